//! All sessions of one family, for who has it open by break-glass or may tell of it. The decision shows that they do.

use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder as _, QuerySelect as _};

use super::super::entity::session as table;
use super::super::model::session::OpenedSession;
use super::super::model::states::SessionState;
use super::{outcomes, sessions};
use crate::access::Decision;
use crate::db::{At, Order};
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
        let outcome = outcomes::outcome_of(tx, &row)?;
        Ok(OpenedSession { session: sessions::view(tx, row)?, outcome })
    };
    Ok(request.page(rows.into_iter().map(read).collect::<Result<Vec<_>>>()?))
}

fn held(family: FamilyId) -> Select<table::Entity> {
    table::Entity::find()
        .filter(table::Column::FamilyId.eq(family.uuid()))
        .filter(table::Column::State.eq(SessionState::Completed.as_str()))
}

/// When the family's sessions took place, the latest first, at most this many.
pub(in super::super) async fn held_at(tx: &Tx, _proof: &Decision, family: FamilyId, most: u64) -> Result<Vec<At>> {
    let query = held(family).order_by_desc(table::Column::StartsAt).limit(most);
    let query = query.select_only().column(table::Column::StartsAt);
    Ok(query.into_tuple::<At>().all(tx.conn()?.raw()).await?)
}

/// How many of the family's sessions took place.
pub(in super::super) async fn count_held(tx: &Tx, _proof: &Decision, family: FamilyId) -> Result<u64> {
    Ok(held(family).count(tx.conn()?.raw()).await?)
}
