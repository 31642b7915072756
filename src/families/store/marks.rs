//! Marks on alleged abusers.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use super::super::entity::{lift, mark as table};
use super::super::model::mark::{Lift, Mark};
use crate::access::{Permit, act};
use crate::db::{At, Order};
use crate::kernel::ids::{AccountId, LiftId, MarkId};
use crate::kernel::{Page, PageRequest, Place, Result};
use crate::op::Tx;

fn reason_place(id: Uuid) -> Place {
    Place::new("alleged_abuser", "reason_sealed", id)
}

fn lift_place(id: Uuid) -> Place {
    Place::new("mark_lift", "reason_sealed", id)
}

/// Stores a mark in the family of the permit. The database refuses it while the account belongs to a family.
pub(in crate::families) async fn insert_mark(
    tx: &Tx,
    permit: &Permit<act::MarkAllegedAbuser>,
    account: AccountId,
    by: AccountId,
    reason: &str,
) -> Result<MarkId> {
    let id: MarkId = tx.make_id();
    let row = table::ActiveModel {
        id: Set(id.uuid()),
        family_id: Set(permit.resource().id),
        account_id: Set(account.uuid()),
        reason_sealed: Set(tx.seal(reason_place(id.uuid()), reason)?),
        marked_by: Set(by.uuid()),
        marked_at: Set(At::from(tx.now())),
    };
    table::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(id)
}

/// A mark as stored: a fact for the decision.
pub(in crate::families) async fn mark(tx: &Tx, id: MarkId) -> Result<Option<table::Model>> {
    Ok(table::Entity::find_by_id(id.uuid()).one(tx.conn()?.raw()).await?)
}

/// Lifts a mark of the permit's family. The database refuses a second lift.
pub(in crate::families) async fn insert_lift(
    tx: &Tx,
    _permit: &Permit<act::LiftMark>,
    mark: MarkId,
    by: AccountId,
    reason: &str,
) -> Result<LiftId> {
    let id: LiftId = tx.make_id();
    let row = lift::ActiveModel {
        id: Set(id.uuid()),
        mark_id: Set(mark.uuid()),
        reason_sealed: Set(tx.seal(lift_place(id.uuid()), reason)?),
        lifted_by: Set(by.uuid()),
        lifted_at: Set(At::from(tx.now())),
    };
    lift::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(id)
}

/// One page of a family's marks, newest first, the lifted ones too.
pub(in crate::families) async fn marks(
    tx: &Tx,
    permit: &Permit<act::ReadAllegedAbusers>,
    request: PageRequest,
) -> Result<Page<Mark>> {
    let query = table::Entity::find().filter(table::Column::FamilyId.eq(permit.resource().id));
    let (key, id) = (table::Column::MarkedAt, table::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    let mut lifted = lifts(tx, rows.iter().map(|row| row.id)).await?;
    let read = |row: table::Model| {
        Ok(Mark {
            id: row.id.into(),
            family: row.family_id.into(),
            account: row.account_id.into(),
            first_name: String::new(),
            reason: tx.open(reason_place(row.id), &row.reason_sealed)?,
            by: row.marked_by.into(),
            marked_at: row.marked_at.timestamp(),
            lifted: lifted.remove(&row.id),
        })
    };
    Ok(request.page(rows.into_iter().map(read).collect::<Result<Vec<_>>>()?))
}

async fn lifts(tx: &Tx, marks: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, Lift>> {
    let rows = lift::Entity::find().filter(lift::Column::MarkId.is_in(marks)).all(tx.conn()?.raw()).await?;
    let read = |row: lift::Model| {
        let reason = tx.open(lift_place(row.id), &row.reason_sealed)?;
        Ok((row.mark_id, Lift { reason, by: row.lifted_by.into(), at: row.lifted_at.timestamp() }))
    };
    rows.into_iter().map(read).collect()
}
