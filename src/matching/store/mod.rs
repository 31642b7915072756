//! The queries of matching. Every one takes the proof of a decision: a permit for a record, a scope for a list.

mod hours;
mod matches;
mod opened;
mod pool;
mod proposals;
mod requests;

pub(crate) use hours::hours_of_mentors;
pub(crate) use matches::{
    MatchFilter, MatchStep, NewMatch, insert_match, live_match_of, load_match, match_page, step_match,
};
pub(crate) use opened::{matches_of, proposals_of, requests_of};
pub(crate) use pool::{Pool, met, not_again, pool};
pub(crate) use proposals::{
    NewProposalRow, ProposalFilter, ProposalStep, declarations, declare, insert_proposal, live_proposal_of,
    live_proposals_to, load_proposal, proposal_facts, proposal_page, step_proposal,
};
pub(crate) use requests::{
    RequestFilter, RequestStep, family_of, insert_request, load_request, request_facts, request_page, step_request,
    write_request,
};

use crate::kernel::{Error, Result};

/// Reads a stored text back; what the database holds beyond the known texts is a fault.
fn known<T>(value: Option<T>, what: &'static str) -> Result<T> {
    value.ok_or_else(|| Error::internal(format!("unknown stored value: {what}")))
}
