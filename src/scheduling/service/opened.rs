//! The face for break-glass: all sessions of one family, for who has it open now. Break-glass decides that they have, and
//! hands that decision in; each session is decided here once more, so that each stands in the log.

use super::super::model::session::OpenedSession;
use super::super::store::opened as store;
use crate::access::{Decision, Resource, ResourceKind, act};
use crate::kernel::ids::FamilyId;
use crate::kernel::{Page, PageRequest, Result};
use crate::op::Tx;
use crate::ties;

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
