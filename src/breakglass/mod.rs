//! Break-glass: a family's record opened to a safeguarding lead in an emergency, for an hour at most, and only to read.
//!
//! It is the one way to content that nobody on the staff reads otherwise: requests, proposals, sessions, the conversation.
//! So it costs something: a fresh proof of who one is, a reason, a review by somebody else, and a line in the family's own
//! ledger. It ends at its instant, because every read asks whether the family is open *now*, in the same snapshot
//! ([`crate::ties::lasting`]); the job only tells those who listen.
//!
//! Nothing can be changed under an opening: there is no such function, and the policy permits reads alone. What is read
//! is decided and recorded record by record, with the opening as the purpose, so that a reviewer sees what was looked at.
//! Who reads this way is no side of the conversation and leaves no trace in it.

mod entity;
pub mod graphql;
pub mod jobs;
pub mod model;
mod service;
mod store;

pub use model::{
    BreakGlass, Category, Delay, Filter, GlassState, LONGEST_DELAY, LONGEST_MINUTES, NewDelay, NewOpening, Review,
    Verdict,
};
pub use service::{
    Entry, Outcome, access, changes, count_reads, delay, delays, end, follow_messages, list, matches, messages, open,
    proposals, reads, reasons, requests, review, reviews, sessions, told_to_family,
};
