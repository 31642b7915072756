//! Kinward: the service behind a peer-support network.

pub mod kernel;
pub mod logging;

pub mod access;
pub mod config;
pub mod db;

pub mod audit;
pub mod events;
pub mod graphql;
pub mod jobs;
pub mod op;
pub mod ties;

pub mod families;
pub mod identity;
pub mod matching;
pub mod mentors;
pub mod messaging;
pub mod moderation;
pub mod scheduling;
pub mod screening;

pub mod app;
pub mod documents;
pub mod gate;
pub mod routes;
pub mod schema;
