//! Kinward: the service behind a peer-support network.

pub mod families;
pub mod identity;
pub mod kernel;
pub mod matching;
pub mod mentors;
pub mod messaging;
pub mod moderation;
pub mod scheduling;
pub mod screening;
