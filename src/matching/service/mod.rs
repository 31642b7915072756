//! The use cases of matching.

mod answers;
mod candidates;
mod matches;
mod names;
mod opened;
mod proposals;
mod released;
mod requests;

pub use answers::{answer_proposal_as_family, answer_proposal_as_mentor, provide_information, withdraw_proposal};
pub use candidates::candidates;
pub use matches::{end_match, list_matches, name_backup_mentor, pause_match, peer_match, plan_goodbye, resume_match};
pub use opened::{opened_matches, opened_proposals, opened_requests};
pub(crate) use proposals::{expire, take_back_from};
pub use proposals::{list_proposals, proposal, propose_match};
pub use released::{Situation, Supported, situation_of, supported};
pub use requests::{
    close_support_request, list_support_requests, save_support_request, submit_support_request, support_request,
    triage_support_request, withdraw_support_request,
};

use jiff::Timestamp;
use serde_json::json;

use crate::access::{ActionTag, Decision, Permit};
use crate::identity;
use crate::jobs::NewJob;
use crate::kernel::Result;
use crate::kernel::ids::{MatchId, ProgrammeId, ProposalId, RequestId};
use crate::op::Tx;

use super::model::records::{PeerMatch, Proposal};
use super::model::states::{EndReason, MatchState, ProposalState, RequestState};
use super::store;

/// The job that looks whether a proposal's time to answer is over.
pub(crate) const EXPIRE_PROPOSAL: &str = "expire_proposal";
/// The job that scheduling does when a match has ended.
const MATCH_ENDED: &str = "match_ended";

/// Tells the listeners of a request and of its programme's board.
fn tell_request(tx: &Tx, id: RequestId, programme: ProgrammeId) {
    tx.publish(format!("request:{}", id.uuid()), json!({"request": id}));
    tx.publish(format!("programme:{}:requests", programme.uuid()), json!({"request": id}));
}

/// Tells the listeners of a match.
fn tell_match(tx: &Tx, id: MatchId, state: MatchState) {
    tx.publish(format!("match:{}", id.uuid()), json!({"match": id, "state": state}));
}

/// Looks again when the time to answer is over.
async fn watch(tx: &Tx, proposal: ProposalId, until: Timestamp) -> Result<()> {
    let payload = json!({"proposal": proposal});
    tx.enqueue(NewJob { kind: EXPIRE_PROPOSAL, payload, run_at: until, unique_key: None }).await
}

/// Gives the request of a fallen proposal back to the coordinators, who must act by `due_at`. `path` is the input field that
/// names what is acted on.
async fn back_to_triaged(
    tx: &Tx,
    permit: &Permit<impl ActionTag>,
    proposal: &Proposal,
    due_at: Timestamp,
    path: &str,
) -> Result<()> {
    let request = store::load_request(tx, permit, proposal.request).await?;
    request.state.check(RequestState::Triaged, path)?;
    let step = store::RequestStep { to: Some(RequestState::Triaged), due_at: Some(due_at), ..Default::default() };
    store::step_request(tx, permit, request.id, step).await?;
    tell_request(tx, request.id, request.programme);
    Ok(())
}

/// Takes back the proposal under way for a request, if there is one.
async fn drop_proposal(tx: &Tx, permit: &Permit<impl ActionTag>, request: RequestId, path: &str) -> Result<()> {
    let Some(proposal) = store::live_proposal_of(tx, permit, request).await? else { return Ok(()) };
    proposal.state.check(ProposalState::Withdrawn, path)?;
    tx.named(permit.decision(), [proposal.id]);
    store::step_proposal(tx, permit, proposal.id, ProposalState::Withdrawn, store::ProposalStep::default()).await
}

/// Ends a match: the state, the job for its sessions, the event that closes what hangs on it.
async fn finish(
    tx: &Tx,
    permit: &Permit<impl ActionTag>,
    the: &PeerMatch,
    reason: EndReason,
    path: &str,
) -> Result<()> {
    the.state.check(MatchState::Ended, path)?;
    store::step_match(tx, permit, the.id, store::MatchStep::End(reason)).await?;
    let payload = json!({"match": the.id});
    tx.enqueue(NewJob { kind: MATCH_ENDED, payload, run_at: tx.now(), unique_key: None }).await?;
    tell_match(tx, the.id, MatchState::Ended);
    Ok(())
}

/// Whether the programme keeps people of one town apart.
async fn keep_towns_apart(tx: &Tx, decision: &Decision, programme: ProgrammeId) -> Result<bool> {
    Ok(identity::programme_settings(tx, decision, programme).await?.keep_towns_apart)
}

/// An instant this long from now, by one of the programme's clocks.
fn after(tx: &Tx, clock: std::time::Duration) -> Timestamp {
    tx.now().saturating_add(clock).unwrap_or(Timestamp::MAX)
}
