//! The rules about families: their record, the safe-contact plan, and the mark on an alleged abuser.

pub mod mark;
pub mod plan;
pub mod record;
pub mod rights;
