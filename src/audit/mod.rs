//! The audit log: one entry for every change, denied try and sensitive read.
//!
//! An entry's canonical bytes and their leaf hash are stored in the transaction of the change itself; a read's entry is
//! stored before the answer leaves (see [`Appender`]). A single sequencer then gives each entry its place in
//! `audit_index`, without gaps; [`verify()`] walks that index and names the first entry that is not what was written. The
//! leaf hash is that of an RFC 6962 Merkle tree, so a signed tree can be grown over the same index later.

mod appender;
mod entry;
mod store;
mod verify;

pub use appender::Appender;
pub use entry::{Actor, Draft, Entry, Object, Outcome, leaf_hash};
pub use store::{Filter, Trail, append, count_trail, index_pending, page, trail};
pub use verify::{Finding, Report, verify};
