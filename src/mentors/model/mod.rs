//! The rules about mentors: readiness from evidence, and what a profile may say.

pub mod profile;
pub mod readiness;
