//! The face for break-glass: everything of one family, for who has it open now. Break-glass decides that they have, and
//! hands that decision in; each record is decided here once more, so that each stands in the log.

use super::{names, proposals, store};
use crate::access::{Decision, Resource, ResourceKind, act};
use crate::kernel::ids::{AccountId, FamilyId, ProgrammeId};
use crate::kernel::{Page, PageRequest, Result};
use crate::matching::model::records::{MatchView, ProposalView, SupportRequest};
use crate::op::Tx;
use crate::ties;

/// The facts about a record of a family, with who has the family open in this snapshot.
fn facts(
    kind: ResourceKind,
    id: impl Into<uuid::Uuid>,
    (programme, family): (ProgrammeId, FamilyId),
    openers: &[AccountId],
) -> Resource {
    Resource::new(kind, id).in_programme(programme).of_family(family).opened_by(openers.iter().copied())
}

/// One page of the family's requests, newest first; drafts are not among them.
pub async fn opened_requests(
    tx: &Tx,
    proof: &Decision,
    family: FamilyId,
    request: PageRequest,
) -> Result<Page<SupportRequest>> {
    let openers = ties::openers(tx.conn()?, family, tx.now()).await?;
    let page = store::requests_of(tx, proof, family, request).await?;
    for item in &page.items {
        let place = (item.programme, item.family);
        tx.allow::<act::ReadRequest>(Some(facts(ResourceKind::SupportRequest, item.id, place, &openers)))?;
    }
    Ok(page)
}

/// One page of the proposals to the family, newest first, with what each rested on.
pub async fn opened_proposals(
    tx: &Tx,
    proof: &Decision,
    family: FamilyId,
    request: PageRequest,
) -> Result<Page<ProposalView>> {
    let openers = ties::openers(tx.conn()?, family, tx.now()).await?;
    let page = store::proposals_of(tx, proof, family, request).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for item in page.items {
        let place = (item.programme, item.family);
        let found = facts(ResourceKind::Proposal, item.id, place, &openers);
        let permit = tx.allow::<act::ReadProposal>(Some(found))?;
        items.push(proposals::view(tx, &permit, item).await?);
    }
    Ok(Page { items, has_next: page.has_next })
}

/// One page of the family's matches, newest first, with the first names that staff see.
pub async fn opened_matches(
    tx: &Tx,
    proof: &Decision,
    family: FamilyId,
    request: PageRequest,
) -> Result<Page<MatchView>> {
    let openers = ties::openers(tx.conn()?, family, tx.now()).await?;
    let page = store::matches_of(tx, proof, family, request).await?;
    for item in &page.items {
        let place = (item.programme, item.family);
        tx.allow::<act::ReadMatch>(Some(facts(ResourceKind::Match, item.id, place, &openers)))?;
    }
    Ok(Page { items: names::views(tx, proof, page.items).await?, has_next: page.has_next })
}
