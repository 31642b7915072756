//! Oversight: how auditors read the log and how it is verified. The log itself is a platform service ([`crate::audit`]);
//! this feature is its face. Reading the log is itself logged.

pub mod graphql;
mod names;
mod service;

pub use service::{Entry, Outcome, Question, Report, entries, verify};
