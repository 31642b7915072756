//! What becomes of a booked session.

use jiff::SignedDuration;

use super::super::model::session::{Canceller, GRACE, NewOutcome, OWN_PROPOSAL, Session, check_reason};
use super::super::model::states::{SessionSide, SessionState};
use super::super::store::sessions as store;
use super::{check_open, found, own_side, tell};
use crate::access::act;
use crate::kernel::ids::MeetingId;
use crate::kernel::{Check, Problem, Result};
use crate::op::Op;
use crate::screening;

/// Agrees to a proposed session. The side that did not ask for the time may, and a coordinator for either; refused for
/// the side that asked (`OWN_PROPOSAL`), for a hold that has run out and in a match that is not open (`WRONG_STATE`).
pub async fn confirm_session(op: &Op, id: MeetingId, version: Option<i32>) -> Result<Session> {
    op.write(|tx| async move {
        let (permit, tie, session) = found::<act::ChangeSession>(&tx, id).await?;
        session.check_version(version)?;
        session.state.check(SessionState::Confirmed, "input.sessionId")?;
        check_open(&tie, "input.sessionId")?;
        if own_side(&tx) == Some(session.booked_side) {
            let message = format!("You asked for this time; the {} confirms it.", session.other_side());
            return Err(Problem::at(OWN_PROPOSAL, "input.sessionId", message).into());
        }
        let session = store::confirm(&tx, &permit).await?;
        tx.touched(permit.decision(), &["state"]);
        tell(&tx, session.of_match, session.id, session.state);
        Ok(session)
    })
    .await
}

/// Calls a session off before it begins, with a reason or without. Either side may, and their coordinator; also in a
/// match that is paused.
pub async fn cancel_session(op: &Op, id: MeetingId, reason: Option<String>, version: Option<i32>) -> Result<Session> {
    let reason = check_reason(reason)?;
    let mut check = Check::new();
    screening::check_shown(&mut check, "input.reason", reason.as_deref().unwrap_or_default());
    check.done()?;
    let reason = reason.as_deref();
    op.write(|tx| async move {
        let (permit, _, session) = found::<act::ChangeSession>(&tx, id).await?;
        session.check_version(version)?;
        session.state.check(SessionState::Cancelled, "input.sessionId")?;
        session.check_not_begun(tx.now())?;
        let by = own_side(&tx).map_or(Canceller::Programme, Canceller::from);
        let session = store::cancel(&tx, &permit, by, reason).await?;
        tx.touched(permit.decision(), &["state", "cancelled_by", "cancel_reason"]);
        tell(&tx, session.of_match, session.id, session.state);
        Ok(session)
    })
    .await
}

/// Says that a session took place and how it went. The mentor may, once it has begun.
pub async fn complete_session(op: &Op, id: MeetingId, outcome: NewOutcome) -> Result<Session> {
    let outcome = outcome.check()?;
    let outcome = &outcome;
    op.write(|tx| async move {
        let (permit, _, session) = found::<act::CompleteSession>(&tx, id).await?;
        session.state.check(SessionState::Completed, "input.sessionId")?;
        session.check_begun(tx.now(), SignedDuration::ZERO)?;
        let session = store::complete(&tx, &permit, outcome).await?;
        tx.touched(permit.decision(), &["state", "outcome", "wellbeing"]);
        tell(&tx, session.of_match, session.id, session.state);
        Ok(session)
    })
    .await
}

/// Says that one side did not come. Either side may, ten minutes after the start.
pub async fn report_no_show(op: &Op, id: MeetingId, missing: SessionSide) -> Result<Session> {
    op.write(|tx| async move {
        let (permit, _, session) = found::<act::CloseSession>(&tx, id).await?;
        session.state.check(SessionState::NoShow, "input.sessionId")?;
        session.check_begun(tx.now(), GRACE)?;
        let session = store::no_show(&tx, &permit, missing).await?;
        tx.touched(permit.decision(), &["state", "no_show"]);
        tell(&tx, session.of_match, session.id, session.state);
        Ok(session)
    })
    .await
}
