//! The queue of what a person must read: held messages, cries for help, reports, samples.

pub mod model;

pub use model::{CaseKind, CaseState, Decision, LEASE, NoteVisibility, due_at, may_claim, may_overturn, priority};
