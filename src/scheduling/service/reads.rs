//! Reading sessions.

use super::super::model::session::{Outcome, Session, When};
use super::super::store::sessions as store;
use super::found;
use crate::access::{ResourceKind, act};
use crate::kernel::ids::{MatchId, MeetingId};
use crate::kernel::{Page, PageRequest, Result, Visible};
use crate::op::Op;
use crate::ties;

/// One session, for its two sides and their coordinator.
pub async fn session(op: &Op, id: MeetingId) -> Result<Session> {
    op.read(|tx| async move {
        let (_, _, session) = found::<act::ReadSession>(&tx, id).await?;
        Ok(session)
    })
    .await
}

/// How a session went, for its mentor and their coordinator; nothing until the mentor has said so.
pub async fn outcome(op: &Op, id: MeetingId) -> Result<Visible<Option<Outcome>>> {
    op.read_part(|tx| async move {
        let tie = store::tie_of(&tx, id).await?;
        let facts = tie.map(|tie| tie.resource_of(ResourceKind::Session, id));
        let permit = tx.allow::<act::ReadOutcome>(facts)?;
        store::outcome(&tx, &permit).await
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
