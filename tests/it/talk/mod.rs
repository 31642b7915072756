//! Messages and their moderation, through GraphQL.

mod cases;
mod changes;
mod conversation;
mod judging;
mod privacy;
pub mod world;
