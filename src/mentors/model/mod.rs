//! The rules about mentors: readiness from evidence, what a profile may say, and the record.

pub mod profile;
pub mod readiness;
pub mod record;
