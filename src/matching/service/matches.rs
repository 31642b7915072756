//! Matches: seen by their sides, looked after by coordinators, ended by anyone.

use jiff::Timestamp;

use super::{after, finish, keep_towns_apart, names, store, tell_match, tell_request};
use crate::access::{ActionTag, Permit, PrincipalKind, act};
use crate::families;
use crate::kernel::ids::{MatchId, MentorId};
use crate::kernel::{Code, Error, Page, PageRequest, Problem, Result};
use crate::matching::model::evaluate::ExclusionCode;
use crate::matching::model::inputs::{Ender, MatchEnd, check_goodbye, fresh};
use crate::matching::model::records::{MatchView, PeerMatch, Side};
use crate::matching::model::refusals::{SAME_MENTOR, excluded};
use crate::matching::model::states::{CloseReason, EndReason, MatchState, RequestState};
use crate::mentors;
use crate::op::{Op, Tx};
use crate::ties;

/// The field that names the match, in every input here.
const PATH: &str = "input.matchId";

/// One match, with the first names that the caller may see.
pub async fn peer_match(op: &Op, id: MatchId) -> Result<MatchView> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ReadMatch>(ties::of_match(tx.conn()?, id).await?)?;
        shown(&tx, &permit, id).await
    })
    .await
}

/// The matches of the caller's programme, family or self, newest first. A mentor's list holds live ones only.
pub async fn list_matches(op: &Op, states: Vec<MatchState>, request: PageRequest) -> Result<Page<MatchView>> {
    let filter = &store::MatchFilter { states };
    op.read(|tx| async move {
        let scope = tx.scope::<act::ListMatches>(tx.own_programme::<act::ListMatches>()?)?;
        let page = store::match_page(&tx, &scope, filter, request).await?;
        tx.named(scope.decision(), page.items.iter().map(|item| item.id));
        let items = names::views(&tx, scope.decision(), page.items).await?;
        Ok(Page { items, has_next: page.has_next })
    })
    .await
}

async fn shown(tx: &Tx, permit: &Permit<impl ActionTag>, id: MatchId) -> Result<MatchView> {
    let the = store::load_match(tx, permit, id).await?;
    names::view(tx, permit.decision(), the).await
}

/// Names who steps in when the mentor cannot, or nobody. The backup must be a ready mentor of the same programme whom the
/// family has not turned away.
pub async fn name_backup_mentor(
    op: &Op,
    id: MatchId,
    backup: Option<MentorId>,
    version: Option<i32>,
) -> Result<MatchView> {
    op.write(|tx| async move {
        let permit = tx.allow::<act::ManageMatch>(ties::of_match(tx.conn()?, id).await?)?;
        let the = store::load_match(&tx, &permit, id).await?;
        fresh(version, the.version)?;
        if the.state == MatchState::Ended {
            return Err(Problem::at(Code::WrongState, PATH, "This match has ended.").into());
        }
        if let Some(mentor) = backup {
            check_backup(&tx, &permit, &the, mentor).await?;
        }
        store::step_match(&tx, &permit, id, store::MatchStep::Backup(backup)).await?;
        tx.touched(permit.decision(), &["backupMentor"]);
        tx.named(permit.decision(), backup);
        tell_match(&tx, id, the.state);
        shown(&tx, &permit, id).await
    })
    .await
}

async fn check_backup(tx: &Tx, permit: &Permit<act::ManageMatch>, the: &PeerMatch, mentor: MentorId) -> Result<()> {
    const MENTOR: &str = "input.mentorId";
    if mentor == the.mentor {
        return Err(Problem::at(SAME_MENTOR, MENTOR, "This is the mentor of the match.").into());
    }
    let here = mentors::facts(tx, mentor).await?.is_some_and(|of| of.programme == Some(the.programme));
    let facts = if here { mentors::matching_facts_of(tx, permit.decision(), mentor).await? } else { None };
    let Some(facts) = facts else {
        return Err(Problem::at(Code::UnknownReference, MENTOR, "This names nothing that you can see.").into());
    };
    let pool = store::pool(tx, permit, the.programme, the.family).await?;
    let family = families::matching_facts(tx, permit.decision(), the.family).await?.ok_or(Error::NotFound)?;
    let towns_apart = keep_towns_apart(tx, permit.decision(), the.programme).await?;
    let rules = [
        (!facts.account_active, ExclusionCode::NoActiveAccount),
        (!facts.readiness.ready, ExclusionCode::NotReady),
        (facts.stepped_back, ExclusionCode::SteppedBack),
        (pool.conflicts.contains(&mentor), ExclusionCode::ConflictDeclared),
        (family.keys.same_case(&facts.keys), ExclusionCode::SameCase),
        (towns_apart && family.keys.same_town(&facts.keys), ExclusionCode::SameTown),
        (pool.not_again.contains(&mentor), ExclusionCode::NotAgain),
    ];
    let problems: Vec<Problem> =
        rules.into_iter().filter(|(holds, _)| *holds).map(|(_, code)| excluded(code, MENTOR)).collect();
    if problems.is_empty() { Ok(()) } else { Err(Error::Refused(problems)) }
}

/// Lets a match rest.
pub async fn pause_match(op: &Op, id: MatchId, version: Option<i32>) -> Result<MatchView> {
    manage(op, id, version, MatchState::Paused).await
}

/// Goes on with a resting match, or takes a planned goodbye back.
pub async fn resume_match(op: &Op, id: MatchId, version: Option<i32>) -> Result<MatchView> {
    manage(op, id, version, MatchState::Active).await
}

async fn manage(op: &Op, id: MatchId, version: Option<i32>, to: MatchState) -> Result<MatchView> {
    op.write(|tx| async move {
        let permit = tx.allow::<act::ManageMatch>(ties::of_match(tx.conn()?, id).await?)?;
        let the = store::load_match(&tx, &permit, id).await?;
        fresh(version, the.version)?;
        the.state.check(to, PATH)?;
        let step = if to == MatchState::Paused { store::MatchStep::Pause } else { store::MatchStep::Resume };
        store::step_match(&tx, &permit, id, step).await?;
        tx.touched(permit.decision(), &["state"]);
        tell_match(&tx, id, to);
        shown(&tx, &permit, id).await
    })
    .await
}

/// Plans a goodbye within the next 30 days. Either side or a coordinator may.
pub async fn plan_goodbye(op: &Op, id: MatchId, at: Timestamp, version: Option<i32>) -> Result<MatchView> {
    op.write(|tx| async move {
        let permit = tx.allow::<act::EndMatch>(ties::of_match(tx.conn()?, id).await?)?;
        check_goodbye(at, tx.now())?;
        let the = store::load_match(&tx, &permit, id).await?;
        fresh(version, the.version)?;
        the.state.check(MatchState::Ending, PATH)?;
        store::step_match(&tx, &permit, id, store::MatchStep::Goodbye(at)).await?;
        tx.touched(permit.decision(), &["state", "goodbyeAt"]);
        tell_match(&tx, id, MatchState::Ending);
        shown(&tx, &permit, id).await
    })
    .await
}

/// Ends a match. From the commit on the mentor has no access to the family any more. The family's request is closed, or
/// goes back to the coordinators for another mentor.
pub async fn end_match(op: &Op, input: MatchEnd) -> Result<MatchView> {
    op.write(|tx| async move {
        let permit = tx.allow::<act::EndMatch>(ties::of_match(tx.conn()?, input.id).await?)?;
        let the = store::load_match(&tx, &permit, input.id).await?;
        fresh(input.version, the.version)?;
        let who = match tx.principal().kind {
            PrincipalKind::FamilyMember => Ender::Side(Side::Family),
            PrincipalKind::Mentor => Ender::Side(Side::Mentor),
            _ => Ender::Staff,
        };
        let reason = input.reason_by(who)?;
        finish(&tx, &permit, &the, reason, PATH).await?;
        if input.not_again {
            store::not_again(&tx, &permit, the.family, the.mentor).await?;
        }
        settle_request(&tx, &permit, &the, reason, input.reopens(who)).await?;
        tx.touched(permit.decision(), &["state", "endReason"]);
        shown(&tx, &permit, input.id).await
    })
    .await
}

/// What becomes of the request whose match has ended.
async fn settle_request(
    tx: &Tx,
    permit: &Permit<act::EndMatch>,
    the: &PeerMatch,
    reason: EndReason,
    reopen: bool,
) -> Result<()> {
    let request = store::load_request(tx, permit, the.request).await?;
    let step = if reopen {
        request.state.check(RequestState::Submitted, PATH)?;
        let due_at = Some(after(tx, tx.op().core().clocks.first_reply));
        store::RequestStep { to: Some(RequestState::Submitted), due_at, submitted: true, ..Default::default() }
    } else {
        request.state.check(RequestState::Closed, PATH)?;
        let close_reason = Some(match reason {
            EndReason::GoalReached => CloseReason::Supported,
            EndReason::MovedProgramme => CloseReason::MovedProgramme,
            _ => CloseReason::Other,
        });
        store::RequestStep { to: Some(RequestState::Closed), close_reason, ..Default::default() }
    };
    store::step_request(tx, permit, request.id, step).await?;
    tell_request(tx, request.id, request.programme);
    Ok(())
}
