//! The rules about families: their record, and the safe-contact plan.

pub mod plan;
pub mod record;
