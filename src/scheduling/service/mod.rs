//! The use cases of scheduling.

pub(super) mod availability;
pub(super) mod booking;
pub(super) mod changes;
pub(super) mod opened;
pub(super) mod reads;
pub(super) mod slots;
pub(super) mod watch;

use serde_json::json;

use super::model::session::Session;
use super::model::states::{SessionSide, SessionState};
use super::store::sessions as store;
use crate::access::{ActionTag, Permit, PrincipalKind, ResourceKind};
use crate::kernel::ids::{MatchId, MeetingId};
use crate::kernel::{Code, Error, Problem, Result};
use crate::op::Tx;
use crate::ties::Tie;

/// The topic for whoever watches a match's sessions.
pub(super) fn topic(of_match: MatchId) -> String {
    format!("match:{}:sessions", of_match.uuid())
}

/// Tells who watches that a session changed.
pub(super) fn tell(tx: &Tx, of_match: MatchId, session: MeetingId, state: SessionState) {
    tx.publish(topic(of_match), json!({ "session": session, "state": state }));
}

/// The permit for a session, its match and the session itself.
async fn found<A: ActionTag>(tx: &Tx, id: MeetingId) -> Result<(Permit<A>, Tie, Session)> {
    let tie = store::tie_of(tx, id).await?;
    let permit = tx.allow::<A>(tie.as_ref().map(|tie| tie.resource_of(ResourceKind::Session, id)))?;
    let session = store::load(tx, &permit).await?;
    Ok((permit, tie.ok_or(Error::NotFound)?, session))
}

/// The caller's own side; none for staff.
fn own_side(tx: &Tx) -> Option<SessionSide> {
    match tx.principal().kind {
        PrincipalKind::FamilyMember => Some(SessionSide::Family),
        PrincipalKind::Mentor => Some(SessionSide::Mentor),
        _ => None,
    }
}

/// The side that the caller speaks for. Staff say which; everybody else speaks for their own.
fn speaks_for(tx: &Tx, named: Option<SessionSide>) -> Result<SessionSide> {
    const PATH: &str = "input.onBehalfOf";
    match (own_side(tx), named) {
        (None, Some(side)) => Ok(side),
        (None, None) => Err(Problem::at(Code::Required, PATH, "Say for which side you do this.").into()),
        (Some(own), named) if named.is_none_or(|named| named == own) => Ok(own),
        (Some(_), _) => Err(Problem::at(Code::Invalid, PATH, "You can do this for your own side only.").into()),
    }
}

/// Refuses new times in a match that is paused or has ended; `path` is the input field that leads to it. A planned goodbye
/// still needs its session.
fn check_open(tie: &Tie, path: &str) -> Result<(), Problem> {
    if is_open(tie) {
        return Ok(());
    }
    let state = &tie.state;
    let message = format!("This match is {state}; no session can be agreed in it now.");
    Err(Problem::at(Code::WrongState, path, message))
}

fn is_open(tie: &Tie) -> bool {
    matches!(tie.state.as_str(), "active" | "ending")
}
