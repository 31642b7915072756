//! Background jobs: a table, so that a job is enqueued in the transaction of the change that asks for it, and a runner.
//!
//! A job is leased for a while; a node that dies lets its lease run out and another takes over, so a job may run twice and
//! must bear it. To add one: a kind and a `run` in the feature's `jobs.rs`, and its registration in `app.rs`.

mod runner;
mod store;

pub use runner::{Handler, Runner};
pub use store::{Job, NewJob, enqueue};
