//! Everything of one family, for who has it open by break-glass. The decision shows that they have.

use sea_orm::entity::prelude::*;

use super::{matches, proposals, requests};
use crate::access::Decision;
use crate::db::Order;
use crate::kernel::ids::FamilyId;
use crate::kernel::{Page, PageRequest, Result};
use crate::matching::entity::{peer_match, proposal, request as requested};
use crate::matching::model::records::{PeerMatch, Proposal, SupportRequest};
use crate::matching::model::states::RequestState;
use crate::op::Tx;

/// One page of the family's requests, newest first, without the draft, which nobody has sent.
pub(crate) async fn requests_of(
    tx: &Tx,
    _proof: &Decision,
    family: FamilyId,
    request: PageRequest,
) -> Result<Page<SupportRequest>> {
    let query = requested::Entity::find()
        .filter(requested::Column::FamilyId.eq(family.uuid()))
        .filter(requested::Column::State.ne(RequestState::Draft.as_str()));
    let (key, id) = (requested::Column::CreatedAt, requested::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    Ok(request.page(rows.into_iter().map(|row| requests::read(tx, row)).collect::<Result<Vec<_>>>()?))
}

/// One page of the proposals to the family, newest first.
pub(crate) async fn proposals_of(
    tx: &Tx,
    _proof: &Decision,
    family: FamilyId,
    request: PageRequest,
) -> Result<Page<Proposal>> {
    let query = proposal::Entity::find().filter(proposal::Column::FamilyId.eq(family.uuid()));
    let (key, id) = (proposal::Column::CreatedAt, proposal::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    Ok(request.page(rows.into_iter().map(|row| proposals::read(tx, row)).collect::<Result<Vec<_>>>()?))
}

/// One page of the family's matches, newest first.
pub(crate) async fn matches_of(
    tx: &Tx,
    _proof: &Decision,
    family: FamilyId,
    request: PageRequest,
) -> Result<Page<PeerMatch>> {
    let query = peer_match::Entity::find().filter(peer_match::Column::FamilyId.eq(family.uuid()));
    let (key, id) = (peer_match::Column::StartedAt, peer_match::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    Ok(request.page(rows.into_iter().map(matches::read).collect::<Result<Vec<_>>>()?))
}
