//! Sign-ins as people see them.

use std::collections::HashMap;

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect as _};

use crate::access::{Permit, act};
use crate::db::{At, Conn, Order};
use crate::identity::entity::{role, sign_in};
use crate::identity::model::sign_in::{EndReason, SHOWN_AFTER_END, hour_of};
use crate::identity::{Lifetimes, Role, SignIn, SignInEnd, SignInProof};
use crate::kernel::ids::{AccountId, SignInId};
use crate::kernel::page::Cursor;
use crate::kernel::{Error, Page, PageRequest, Result};

/// What tells how a stored sign-in looks now, and to whom.
pub(in crate::identity) struct Seen<'a> {
    pub(in crate::identity) now: Timestamp,
    pub(in crate::identity) lifetimes: &'a Lifetimes,
    pub(in crate::identity) by: Option<SignInId>,
}

impl Seen<'_> {
    fn end(&self, row: &sign_in::Model, role: Role) -> Option<SignInEnd> {
        if row.ended_at.is_some() {
            let reason = row.end_reason.as_deref().and_then(EndReason::parse);
            return Some(reason.map_or(SignInEnd::Other, SignInEnd::from));
        }
        let idle_end = row.last_used_at.timestamp() + self.lifetimes.of(role).idle;
        (row.expires_at.timestamp().min(idle_end) <= self.now).then_some(SignInEnd::RanOut)
    }

    fn sign_in(&self, row: sign_in::Model, role: Role) -> Result<SignIn> {
        let proof = SignInProof::parse(&row.strength);
        Ok(SignIn {
            id: row.id.into(),
            account: row.account_id.into(),
            role,
            proof: proof.ok_or_else(|| Error::internal("an unknown strength is stored"))?,
            began: hour_of(row.created_at.timestamp()),
            last_used: hour_of(row.last_used_at.timestamp()),
            end: self.end(&row, role),
            is_this_one: self.by == Some(row.id.into()),
            device: row.device,
        })
    }
}

/// The sign-ins of the account that the permit is for, newest first: those that are open, and those that ended lately.
pub(in crate::identity) async fn sign_ins(
    conn: &Conn,
    permit: &Permit<act::ReadSignIns>,
    seen: &Seen<'_>,
    request: PageRequest,
) -> Result<Page<(Cursor, SignIn)>> {
    let shown = At::from(seen.now - SHOWN_AFTER_END);
    let open = Condition::all().add(sign_in::Column::EndedAt.is_null()).add(sign_in::Column::ExpiresAt.gt(shown));
    let query = sign_in::Entity::find()
        .filter(sign_in::Column::AccountId.eq(permit.id::<Uuid>()))
        .filter(Condition::any().add(open).add(sign_in::Column::EndedAt.gt(shown)));
    let (key, id) = (sign_in::Column::CreatedAt, sign_in::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(conn.raw()).await?;
    let page = request.page(rows);
    let roles = roles(conn, &page.items).await?;
    let items = page.items.into_iter().map(|row| {
        let cursor = Cursor { key: row.created_at.0, id: row.id };
        let role = roles.get(&row.role_id).copied().ok_or_else(no_role)?;
        Ok((cursor, seen.sign_in(row, role)?))
    });
    Ok(Page { items: items.collect::<Result<_>>()?, has_next: page.has_next })
}

/// Whose sign-in it is.
pub(in crate::identity) async fn account_of_sign_in(conn: &Conn, id: SignInId) -> Result<Option<AccountId>> {
    let found = sign_in::Entity::find_by_id(id.uuid()).select_only().column(sign_in::Column::AccountId);
    Ok(found.into_tuple::<Uuid>().one(conn.raw()).await?.map(AccountId::from))
}

/// One sign-in of the account that the permit is for.
pub(in crate::identity) async fn one_sign_in(
    conn: &Conn,
    permit: &Permit<act::EndSignIns>,
    id: SignInId,
    seen: &Seen<'_>,
) -> Result<SignIn> {
    let query = sign_in::Entity::find_by_id(id.uuid()).filter(sign_in::Column::AccountId.eq(permit.id::<Uuid>()));
    let row = query.one(conn.raw()).await?.ok_or(Error::NotFound)?;
    let roles = roles(conn, std::slice::from_ref(&row)).await?;
    let role = roles.get(&row.role_id).copied().ok_or_else(no_role)?;
    seen.sign_in(row, role)
}

fn no_role() -> Error {
    Error::internal("a sign-in without a role is stored")
}

/// What each role is, those included that were taken back since.
async fn roles(conn: &Conn, rows: &[sign_in::Model]) -> Result<HashMap<Uuid, Role>> {
    let ids = rows.iter().map(|row| row.role_id);
    let found = role::Entity::find().filter(role::Column::Id.is_in(ids)).all(conn.raw()).await?;
    found.into_iter().map(|row| Ok((row.id, Role::parse(&row.role).ok_or_else(no_role)?))).collect()
}
