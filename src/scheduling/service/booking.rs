//! Asking for a time, and for another one.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::super::jobs::EXPIRE_HOLD;
use super::super::model::offer::check_duration;
use super::super::model::session::{MAX_WAITING, Session, TOO_MANY_WAITING, USUAL_MINUTES, hold_until};
use super::super::model::states::{SessionSide, SessionState};
use super::super::store::sessions::{self as store, Wanted};
use super::slots::check_offered;
use super::{check_open, found, speaks_for, tell};
use crate::access::{ActionTag, Permit, act};
use crate::jobs::NewJob;
use crate::kernel::ids::{MatchId, MeetingId};
use crate::kernel::{Check, Code, Error, Problem, Result};
use crate::op::{Op, Tx};
use crate::ties::{self, Tie};

/// A time that somebody asks for.
#[derive(Debug, Clone, Copy)]
pub struct NewTime {
    /// The start: one of the common slots.
    pub starts_at: Timestamp,
    /// Length in minutes, 15 to 120.
    pub duration: Option<i32>,
    /// For which side; staff must say, others need not.
    pub side: Option<SessionSide>,
}

/// A first time for a new session.
#[derive(Debug, Clone, Copy)]
pub struct NewBooking {
    /// In which match.
    pub of_match: MatchId,
    /// When.
    pub time: NewTime,
}

/// Books one of the common slots of a match. Either side may, and their coordinator for one of them; the session is
/// proposed and holds its time until the other side confirms or a day has passed. Refused are starts that are not
/// listed (`NOT_A_COMMON_SLOT`), more than a few that wait (`TOO_MANY_WAITING`), starts that somebody else has taken (`SLOT_TAKEN`), and matches that are paused or have
/// ended (`WRONG_STATE`).
pub async fn book_session(op: &Op, new: NewBooking) -> Result<Session> {
    let new = &new;
    op.write(|tx| async move {
        let tie = ties::of_match(tx.conn()?, new.of_match).await?;
        let permit = tx.allow::<act::BookSession>(tie.clone())?;
        let tie = tie.ok_or(Error::NotFound)?;
        check_open(&tie, "input.matchId")?;
        if store::waiting(&tx, &permit, &tie).await? >= MAX_WAITING {
            let said = format!("{MAX_WAITING} sessions wait to be confirmed; one of them first.");
            return Err(Problem::at(TOO_MANY_WAITING, "input.matchId", said).into());
        }
        let wanted = wanted(&tx, &permit, &tie, new.time, None).await?;
        let session = store::insert(&tx, &permit, &tie, &wanted).await?;
        tx.touched(permit.decision(), &["starts_at", "ends_at"]);
        tx.named(permit.decision(), [session.id]);
        proposed(&tx, &session).await?;
        Ok(session)
    })
    .await
}

/// Moves a confirmed session to another common slot. It stays the same session, and the side that did not ask for the
/// new time confirms it again.
pub async fn reschedule_session(op: &Op, id: MeetingId, asked: NewTime, version: Option<i32>) -> Result<Session> {
    op.write(|tx| async move {
        let (permit, tie, session) = found::<act::ChangeSession>(&tx, id).await?;
        session.check_version(version)?;
        session.state.check(SessionState::Proposed, "input.sessionId")?;
        session.check_not_begun(tx.now())?;
        check_open(&tie, "input.sessionId")?;
        let usual = i32::try_from(session.ends_at.duration_since(session.starts_at).as_mins()).ok();
        let asked = NewTime { duration: asked.duration.or(usual), ..asked };
        let wanted = wanted(&tx, &permit, &tie, asked, Some(id)).await?;
        let session = store::reschedule(&tx, &permit, &wanted).await?;
        tx.touched(permit.decision(), &["state", "starts_at", "ends_at"]);
        proposed(&tx, &session).await?;
        Ok(session)
    })
    .await
}

/// Checks a wish against everything that a booking must obey, after both sides' lapsed holds are out of the way.
async fn wanted<A: ActionTag>(
    tx: &Tx,
    permit: &Permit<A>,
    tie: &Tie,
    asked: NewTime,
    moving: Option<MeetingId>,
) -> Result<Wanted> {
    let side = speaks_for(tx, asked.side)?;
    let duration = asked.duration.map_or(USUAL_MINUTES, i64::from);
    let mut check = Check::new();
    check_duration(&mut check, duration);
    check.done()?;
    for (id, of_match) in store::expire_holds(tx, permit, tie).await? {
        tell(tx, of_match, id, SessionState::Expired);
    }
    let zone = check_offered(tx, permit, tie, (asked.starts_at, duration), moving).await?;
    let ends_at = asked.starts_at.checked_add(SignedDuration::from_mins(duration));
    let far = |_| Problem::at(Code::OutOfRange, "input.startsAt", "This lies beyond every calendar.");
    Ok(Wanted {
        starts_at: asked.starts_at,
        ends_at: ends_at.map_err(far)?,
        zone,
        by: tx.principal().account.ok_or(Error::Unauthenticated)?,
        side,
        hold_until: hold_until(tx.now(), asked.starts_at),
    })
}

/// What follows from a proposed session: watchers look again, and the hold ends one day.
async fn proposed(tx: &Tx, session: &Session) -> Result<()> {
    tell(tx, session.of_match, session.id, session.state);
    let Some(run_at) = session.hold_expires_at else { return Ok(()) };
    let payload = json!({ "session": session.id });
    tx.enqueue(NewJob { kind: EXPIRE_HOLD, payload, run_at, unique_key: None }).await
}
