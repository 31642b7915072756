//! The face for break-glass and releases. Break-glass decides that somebody has a family open, releases that something may
//! be told of it; both hand that decision in. Under break-glass each session is decided here once more, so that each stands
//! in the log.

use jiff::Timestamp;

use super::super::model::session::OpenedSession;
use super::super::store::opened as store;
use crate::access::{Decision, Resource, ResourceKind, act};
use crate::kernel::ids::FamilyId;
use crate::kernel::{Page, PageRequest, Result};
use crate::op::Tx;
use crate::ties;

/// The most sessions that are told of.
const MOST: u64 = 100;

/// One page of the family's sessions in all matches with how they went, the latest first.
pub async fn opened_sessions(
    tx: &Tx,
    proof: &Decision,
    family: FamilyId,
    request: PageRequest,
) -> Result<Page<OpenedSession>> {
    let openers = ties::openers(tx.conn()?, family, tx.now()).await?;
    let page = store::sessions_of(tx, proof, family, request).await?;
    for OpenedSession { session, outcome } in &page.items {
        let facts = Resource::new(ResourceKind::Session, session.id)
            .in_programme(session.programme)
            .of_family(session.family)
            .opened_by(openers.iter().copied());
        tx.allow::<act::ReadSession>(Some(facts.clone()))?;
        if outcome.is_some() {
            tx.allow::<act::ReadOutcome>(Some(facts))?;
        }
    }
    Ok(page)
}

/// When the family's sessions took place, the latest first, at most a hundred: for what may be told of it.
pub async fn sessions_held(tx: &Tx, proof: &Decision, family: FamilyId) -> Result<Vec<Timestamp>> {
    let held = store::held_at(tx, proof, family, MOST).await?;
    Ok(held.into_iter().map(crate::db::At::timestamp).collect())
}

/// How many of the family's sessions took place: for what may be told of it.
pub async fn count_sessions_held(tx: &Tx, proof: &Decision, family: FamilyId) -> Result<u64> {
    store::count_held(tx, proof, family).await
}
