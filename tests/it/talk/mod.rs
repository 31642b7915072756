//! Messages and their moderation, through GraphQL.

mod cases;
mod changes;
mod conversation;
mod judging;
mod kept;
mod privacy;
mod reports;
mod screened;
mod sides;
mod standing;
pub mod world;
