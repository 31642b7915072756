//! What caregivers may do, and the end of a membership.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ActiveValue::Set, QueryOrder as _, QuerySelect as _};

use super::super::entity::{member, restriction};
use super::super::model::record::MAX_MEMBERS;
use super::super::model::rights::{CaregiverRights, Restriction};
use crate::access::{ActionTag, Permit, act};
use crate::db::{At, Order};
use crate::kernel::ids::{AccountId, FamilyId, MemberId, RestrictionId};
use crate::kernel::{Page, PageRequest, Place, Result, Right, Rights};
use crate::op::Tx;

fn reason_place(id: Uuid) -> Place {
    Place::new("caregiver_restriction", "reason_sealed", id)
}

/// A present caregiver, as far as a decision about them needs it.
#[derive(Debug, Clone, Copy)]
pub(in crate::families) struct Present {
    pub(in crate::families) id: MemberId,
    pub(in crate::families) family: FamilyId,
    pub(in crate::families) account: AccountId,
    pub(in crate::families) rights: Rights,
}

/// A present membership: a fact for the decision.
pub(in crate::families) async fn present_member(tx: &Tx, id: MemberId) -> Result<Option<Present>> {
    let found = member::Entity::find_by_id(id.uuid()).filter(member::Column::RemovedAt.is_null());
    let row = found.one(tx.conn()?.raw()).await?;
    Ok(row.map(|row| Present {
        id,
        family: row.family_id.into(),
        account: row.account_id.into(),
        rights: Rights::read(row.rights.into()),
    }))
}

/// Ends a membership in the family of the permit.
pub(in crate::families) async fn remove_member<A: ActionTag>(
    tx: &Tx,
    permit: &Permit<A>,
    present: &Present,
) -> Result<()> {
    let change = member::ActiveModel { removed_at: Set(Some(At::from(tx.now()))), ..Default::default() };
    change_member(tx, permit, present, change).await
}

/// Sets what a caregiver of the permit's family may do.
pub(in crate::families) async fn set_rights<A: ActionTag>(
    tx: &Tx,
    permit: &Permit<A>,
    present: &Present,
    rights: Rights,
) -> Result<()> {
    let change = member::ActiveModel { rights: Set(rights.stored()), ..Default::default() };
    change_member(tx, permit, present, change).await
}

async fn change_member<A: ActionTag>(
    tx: &Tx,
    permit: &Permit<A>,
    present: &Present,
    change: member::ActiveModel,
) -> Result<()> {
    let by = tx.principal().account.map(Uuid::from);
    member::Entity::update_many()
        .set(member::ActiveModel { changed_by: Set(by), ..change })
        .filter(member::Column::Id.eq(present.id.uuid()))
        .filter(member::Column::FamilyId.eq(permit.resource().id))
        .exec(tx.conn()?.raw())
        .await?;
    Ok(())
}

/// The accounts of the other present caregivers of the permit's family who may add one.
pub(in crate::families) async fn other_delegators<A: ActionTag>(
    tx: &Tx,
    permit: &Permit<A>,
    but: MemberId,
) -> Result<Vec<AccountId>> {
    let delegate: Rights = [Right::Delegate].into_iter().collect();
    let rows = member::Entity::find()
        .select_only()
        .column(member::Column::AccountId)
        .filter(member::Column::FamilyId.eq(permit.resource().id))
        .filter(member::Column::Id.ne(but.uuid()))
        .filter(member::Column::RemovedAt.is_null())
        .filter(Expr::col(member::Column::Rights).bit_and(delegate.stored()).ne(0))
        .into_tuple::<Uuid>()
        .all(tx.conn()?.raw())
        .await?;
    Ok(rows.into_iter().map(AccountId::from).collect())
}

/// What each present caregiver of the family may do, who was added first comes first.
pub(in crate::families) async fn rights_of_all<A: ActionTag>(
    tx: &Tx,
    permit: &Permit<A>,
) -> Result<Vec<CaregiverRights>> {
    let rows = member::Entity::find()
        .filter(member::Column::FamilyId.eq(permit.resource().id))
        .filter(member::Column::RemovedAt.is_null())
        .order_by_asc(member::Column::AddedAt)
        .order_by_asc(member::Column::Id)
        .limit(MAX_MEMBERS)
        .all(tx.conn()?.raw())
        .await?;
    let read = |row: member::Model| CaregiverRights {
        member: row.id.into(),
        account: row.account_id.into(),
        first_name: String::new(),
        rights: Rights::read(row.rights.into()),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Keeps why rights were taken away.
pub(in crate::families) async fn insert_restriction(
    tx: &Tx,
    permit: &Permit<act::RestrictCaregiver>,
    (member, left): (MemberId, Rights),
    by: AccountId,
    reason: &str,
) -> Result<RestrictionId> {
    let id: RestrictionId = tx.make_id();
    let row = restriction::ActiveModel {
        id: Set(id.uuid()),
        family_id: Set(permit.resource().id),
        member_id: Set(member.uuid()),
        rights: Set(left.stored()),
        reason_sealed: Set(tx.seal(reason_place(id.uuid()), reason)?),
        restricted_by: Set(by.uuid()),
        restricted_at: Set(At::from(tx.now())),
    };
    restriction::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(id)
}

/// One page of what staff took away in a family, newest first.
pub(in crate::families) async fn restrictions(
    tx: &Tx,
    permit: &Permit<act::ReadRestrictions>,
    request: PageRequest,
) -> Result<Page<Restriction>> {
    let query = restriction::Entity::find().filter(restriction::Column::FamilyId.eq(permit.resource().id));
    let (key, id) = (restriction::Column::RestrictedAt, restriction::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    let read = |row: restriction::Model| {
        Ok(Restriction {
            id: row.id.into(),
            member: row.member_id.into(),
            left: Rights::read(row.rights.into()),
            reason: tx.open(reason_place(row.id), &row.reason_sealed)?,
            by: row.restricted_by.into(),
            at: row.restricted_at.timestamp(),
        })
    };
    Ok(request.page(rows.into_iter().map(read).collect::<Result<Vec<_>>>()?))
}
