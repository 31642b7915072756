//! All sessions of one family, for who has it open by break-glass. The decision shows that they have.

use sea_orm::entity::prelude::*;

use super::super::entity::session as table;
use super::super::model::session::OpenedSession;
use super::sessions;
use crate::access::Decision;
use crate::db::Order;
use crate::kernel::ids::FamilyId;
use crate::kernel::{Page, PageRequest, Result};
use crate::op::Tx;

/// One page of the family's sessions in all matches with how they went, the latest first.
pub(in super::super) async fn sessions_of(
    tx: &Tx,
    _proof: &Decision,
    family: FamilyId,
    request: PageRequest,
) -> Result<Page<OpenedSession>> {
    let query = table::Entity::find().filter(table::Column::FamilyId.eq(family.uuid()));
    let (key, id) = (table::Column::StartsAt, table::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    let read = |row: table::Model| {
        let outcome = sessions::outcome_of(tx, &row)?;
        Ok(OpenedSession { session: sessions::view(tx, row)?, outcome })
    };
    Ok(request.page(rows.into_iter().map(read).collect::<Result<Vec<_>>>()?))
}
