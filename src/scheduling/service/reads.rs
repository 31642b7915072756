//! Reading sessions.

use super::super::model::session::{Outcome, Session, When};
use super::super::store::{outcomes, sessions as store};
use super::found;
use crate::access::{Resource, ResourceKind, act};
use crate::kernel::ids::{MatchId, MeetingId};
use crate::kernel::{Page, PageRequest, Result, Visible};
use crate::op::{Each, Op};
use crate::ties;

/// One session, for its two sides and their coordinator.
pub async fn session(op: &Op, id: MeetingId) -> Result<Session> {
    op.read(|tx| async move {
        let (_, _, session) = found::<act::ReadSession>(&tx, id).await?;
        Ok(session)
    })
    .await
}

/// How these sessions went, for their mentors and coordinators; nothing until the mentor has said so.
pub async fn outcomes(op: &Op, ids: &[MeetingId]) -> Result<Each<MeetingId, Visible<Option<Outcome>>>> {
    op.read(|tx| async move {
        let ties = store::ties_of(&tx, ids).await?.into_iter();
        let facts = ties.map(|(id, tie)| (id, tie.resource_of(ResourceKind::Session, id))).collect();
        let decided = tx.allow_each::<act::ReadOutcome, _, Resource>(ids, facts);
        let outcomes = outcomes::of(&tx, &decided.permits).await?;
        Ok(decided.visible(&tx, outcomes))
    })
    .await
}

/// The sessions of one match, for its two sides and their coordinator.
pub async fn list_sessions(op: &Op, id: MatchId, when: When, request: PageRequest) -> Result<Page<Session>> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ListSessions>(ties::of_match(tx.conn()?, id).await?)?;
        let page = store::page(&tx, &permit, when, request).await?;
        tx.named(permit.decision(), page.items.iter().map(|session| session.id));
        Ok(page)
    })
    .await
}

/// The caller's own sessions in all matches, for families and mentors.
pub async fn my_sessions(op: &Op, when: When, request: PageRequest) -> Result<Page<Session>> {
    op.read(|tx| async move {
        let scope = tx.scope::<act::ListOwnSessions>(tx.own_programme::<act::ListOwnSessions>()?)?;
        let page = store::own_page(&tx, &scope, when, request).await?;
        tx.named(scope.decision(), page.items.iter().map(|session| session.id));
        Ok(page)
    })
    .await
}
