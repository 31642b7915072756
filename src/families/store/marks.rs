//! Marks on alleged abusers, and ending a membership.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, sea_query::Expr};

use super::super::entity::{mark, member};
use super::super::model::mark::Mark;
use crate::access::{Decision, Permit, act};
use crate::db::{At, Order};
use crate::kernel::ids::{AccountId, FamilyId, MarkId, MemberId};
use crate::kernel::{Page, PageRequest, Place, Result};
use crate::op::Tx;

fn reason_place(id: Uuid) -> Place {
    Place::new("alleged_abuser", "reason_sealed", id)
}

/// The family and account of a present membership: a fact for the decision.
pub(in crate::families) async fn present_member(tx: &Tx, id: MemberId) -> Result<Option<(FamilyId, AccountId)>> {
    let found = member::Entity::find_by_id(id.uuid()).filter(member::Column::RemovedAt.is_null());
    let row = found.one(tx.conn()?.raw()).await?;
    Ok(row.map(|row| (row.family_id.into(), row.account_id.into())))
}

/// Ends a membership.
pub(in crate::families) async fn remove_member(
    tx: &Tx,
    permit: &Permit<act::MarkAllegedAbuser>,
    id: MemberId,
) -> Result<()> {
    member::Entity::update_many()
        .col_expr(member::Column::RemovedAt, Expr::value(At::from(tx.now()).0))
        .filter(member::Column::Id.eq(id.uuid()))
        .filter(member::Column::FamilyId.eq(permit.resource().id))
        .exec(tx.conn()?.raw())
        .await?;
    Ok(())
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
    let row = mark::ActiveModel {
        id: Set(id.uuid()),
        family_id: Set(permit.resource().id),
        account_id: Set(account.uuid()),
        reason_sealed: Set(tx.seal(reason_place(id.uuid()), reason)?),
        marked_by: Set(by.uuid()),
        marked_at: Set(At::from(tx.now())),
    };
    mark::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(id)
}

/// One page of a family's marks, newest first.
pub(in crate::families) async fn marks(
    tx: &Tx,
    permit: &Permit<act::ReadAllegedAbusers>,
    request: PageRequest,
) -> Result<Page<Mark>> {
    let query = mark::Entity::find().filter(mark::Column::FamilyId.eq(permit.resource().id));
    let (key, id) = (mark::Column::MarkedAt, mark::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    let read = |row: mark::Model| {
        Ok(Mark {
            id: row.id.into(),
            family: row.family_id.into(),
            account: row.account_id.into(),
            first_name: String::new(),
            reason: tx.open(reason_place(row.id), &row.reason_sealed)?,
            by: row.marked_by.into(),
            marked_at: row.marked_at.timestamp(),
        })
    };
    Ok(request.page(rows.into_iter().map(read).collect::<Result<Vec<_>>>()?))
}

/// Whether this account is marked in any family.
pub(in crate::families) async fn is_marked(tx: &Tx, _proof: &Decision, account: AccountId) -> Result<bool> {
    let found = mark::Entity::find().filter(mark::Column::AccountId.eq(account.uuid()));
    Ok(found.count(tx.conn()?.raw()).await? > 0)
}
