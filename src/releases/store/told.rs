//! What was told under a release, and what a family's ledger shows of releases.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ActiveValue::Set, Condition, QueryOrder as _, QuerySelect as _};

use super::super::entity::{disclosed_field, disclosure, release as table, signature};
use super::super::model::{Disclosure, Field, Release, ReleaseState};
use super::{by_ids, unreadable};
use crate::access::{ActionTag, Permit, act};
use crate::db::{At, Order};
use crate::kernel::ids::{AccountId, DisclosureId};
use crate::kernel::{PageRequest, Result};
use crate::op::Tx;

/// Keeps that these fields are told now. The database refuses it without a live release, and any field that is not of it.
pub(in crate::releases) async fn insert_disclosure(
    tx: &Tx,
    permit: &Permit<act::Disclose>,
    seen: &table::Model,
    by: AccountId,
    fields: &[Field],
) -> Result<DisclosureId> {
    let id: DisclosureId = tx.make_id();
    let row = disclosure::ActiveModel {
        id: Set(id.uuid()),
        release_id: Set(permit.resource().id),
        family_id: Set(seen.family_id),
        disclosed_by: Set(by.uuid()),
        disclosed_at: Set(At::from(tx.now())),
    };
    disclosure::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    let rows = fields.iter().map(|field| disclosed_field::ActiveModel {
        disclosure_id: Set(id.uuid()),
        field: Set(field.as_str().to_owned()),
        release_id: Set(permit.resource().id),
    });
    disclosed_field::Entity::insert_many(rows).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(id)
}

/// What was told of the permit's family, newest first: at most as many rows as the request asks for. `only` narrows it to
/// one release.
pub(in crate::releases) async fn disclosures<A: ActionTag>(
    tx: &Tx,
    permit: &Permit<A>,
    family: Uuid,
    only: Option<Uuid>,
    request: PageRequest,
) -> Result<Vec<Disclosure>> {
    let mut query = disclosure::Entity::find().filter(disclosure::Column::FamilyId.eq(family));
    if let Some(release) = only {
        query = query.filter(disclosure::Column::ReleaseId.eq(release));
    }
    let (key, id) = (disclosure::Column::DisclosedAt, disclosure::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    let releases = by_ids(tx, permit, rows.iter().map(|row| row.release_id).collect()).await?;
    let told = disclosed_field::Entity::find()
        .filter(disclosed_field::Column::DisclosureId.is_in(rows.iter().map(|row| row.id)))
        .all(tx.conn()?.raw())
        .await?;
    let mut fields: HashMap<Uuid, Vec<Field>> = HashMap::new();
    for row in told {
        let known = Field::parse(&row.field).ok_or_else(|| unreadable("disclosure", row.disclosure_id))?;
        fields.entry(row.disclosure_id).or_default().push(known);
    }
    let view = |row: disclosure::Model| {
        let release = releases.get(&row.release_id).ok_or_else(|| unreadable("disclosure", row.id))?;
        let mut fields = fields.remove(&row.id).unwrap_or_default();
        fields.sort();
        let (id, release, receiver) = (row.id.into(), row.release_id.into(), release.receiver.clone());
        Ok(Disclosure { id, release, receiver, fields, at: row.disclosed_at.timestamp() })
    };
    rows.into_iter().map(view).collect()
}

/// The signed releases of the permit's family in the order of signing, newest first.
pub(in crate::releases) async fn signatures<A: ActionTag>(
    tx: &Tx,
    permit: &Permit<A>,
    request: PageRequest,
) -> Result<Vec<Release>> {
    let query = signature::Entity::find().filter(signature::Column::FamilyId.eq(permit.resource().id));
    let (key, id) = (signature::Column::SignedAt, signature::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    let mut releases = by_ids(tx, permit, rows.iter().map(|row| row.release_id).collect()).await?;
    Ok(rows.iter().filter_map(|row| releases.remove(&row.release_id)).collect())
}

/// The releases of the permit's family that were taken back, or whose time is over by now, newest end first.
pub(in crate::releases) async fn ended<A: ActionTag>(
    tx: &Tx,
    permit: &Permit<A>,
    request: PageRequest,
) -> Result<Vec<Release>> {
    let end = || Expr::cust("coalesce(ended_at, expires_at)");
    let is = |state: ReleaseState| table::Column::State.eq(state.as_str());
    // An end that nobody has noted yet is an end.
    let lapsed = Condition::all().add(is(ReleaseState::Signed)).add(table::Column::ExpiresAt.lte(At::from(tx.now())));
    let over = Condition::any().add(is(ReleaseState::Expired)).add(is(ReleaseState::Revoked)).add(lapsed);
    let mut query = table::Entity::find().filter(table::Column::FamilyId.eq(permit.resource().id)).filter(over);
    if let Some(after) = request.after() {
        let equal = Condition::all().add(end().eq(after.key)).add(table::Column::Id.lt(after.id));
        query = query.filter(Condition::any().add(end().lt(after.key)).add(equal));
    }
    let query = query.order_by_desc(end()).order_by_desc(table::Column::Id).limit(request.limit());
    let rows = query.all(tx.conn()?.raw()).await?;
    let order: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut releases = by_ids(tx, permit, order.clone()).await?;
    Ok(order.iter().filter_map(|id| releases.remove(id)).collect())
}
