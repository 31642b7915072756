//! Kinward: the service behind a peer-support network.

pub mod access;
pub mod audit;
pub mod config;
pub mod db;
pub mod events;
pub mod jobs;
pub mod kernel;
pub mod op;
