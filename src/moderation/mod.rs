//! The queue of what a person must read: held messages, cries for help, reports, samples.
//!
//! Cases are opened by `messaging` in the transaction of the message ([`Opener`]). A coordinator or safeguarding lead
//! claims one for five minutes, renewably, and only the holder decides; the verdict and what it does to the message are
//! stored with the decision. One that was handed to the safeguarding leads stays theirs until it is decided. Nothing is
//! ever released because time passed: a lease that ends gives the case back to where it waited, and a clock that runs out
//! shows on the board.

mod entity;
pub mod graphql;
pub mod model;
mod service;
mod store;

pub use model::{
    Case, CaseKind, CaseState, Decision, Filter, LEASE, NewNote, Note, NoteVisibility, due_at, may_claim, may_overturn,
    priority, waiting,
};
pub use service::{
    Content, Decide, Opener, add_case_note, case, case_content, claim_case, decide_case, escalate_case, list_cases,
    notes_on_my_message, release_claim, renew_claim, reopen_case, watch,
};
