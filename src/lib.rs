//! Kinward: the service behind a peer-support network.

pub mod config;
pub mod kernel;
pub mod logging;
