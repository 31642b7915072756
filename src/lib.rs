//! Kinward: the service behind a peer-support network.

pub mod graphql;
pub mod kernel;
