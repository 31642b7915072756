//! Invitations.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::QuerySelect as _;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;

use crate::access::{Scope, act};
use crate::db::{At, Conn, Order};
use crate::identity::Role;
use crate::identity::entity::invitation;
use crate::kernel::ids::{AccountId, InvitationId, ProgrammeId};
use crate::kernel::page::Cursor;
use crate::kernel::{Error, Page, PageRequest, Result};

/// An invitation, without its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The account that it opens.
    pub account: AccountId,
    /// The role that comes with it.
    pub role: Role,
    /// Who made it; nobody when the command line did.
    pub by: Option<AccountId>,
    /// The programme, except for administrators.
    pub programme: Option<ProgrammeId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it can be used.
    pub expires_at: Timestamp,
    /// Whether it was used.
    pub used: bool,
    /// Whether it was taken back.
    pub revoked: bool,
}

impl Invitation {
    /// Whether it is the command line's, for the first administrator.
    pub(in crate::identity) fn is_bootstrap(&self) -> bool {
        self.by.is_none() && self.programme.is_none() && self.role == Role::Administrator
    }
}

fn invitation_of(row: &invitation::Model) -> Result<Invitation> {
    Ok(Invitation {
        id: row.id.into(),
        account: row.account_id.into(),
        by: row.created_by.map(AccountId::from),
        role: Role::parse(&row.role).ok_or_else(|| Error::internal("an unknown role is stored"))?,
        programme: row.programme_id.map(ProgrammeId::from),
        created_at: row.created_at.timestamp(),
        expires_at: row.expires_at.timestamp(),
        used: row.used_at.is_some(),
        revoked: row.revoked_at.is_some(),
    })
}

pub(in crate::identity) async fn insert_invitation(conn: &Conn, new: &Invitation, code_hash: Vec<u8>) -> Result<()> {
    let row = invitation::ActiveModel {
        id: Set(new.id.uuid()),
        programme_id: Set(new.programme.map(Uuid::from)),
        account_id: Set(new.account.uuid()),
        role: Set(new.role.as_str().to_owned()),
        code_hash: Set(code_hash),
        created_by: Set(new.by.map(Uuid::from)),
        created_at: Set(At::from(new.created_at)),
        expires_at: Set(At::from(new.expires_at)),
        used_at: Set(None),
        revoked_at: Set(None),
    };
    invitation::Entity::insert(row).exec_without_returning(conn.raw()).await?;
    Ok(())
}

pub(in crate::identity) async fn invitation_by_code(conn: &Conn, code_hash: Vec<u8>) -> Result<Option<Invitation>> {
    let found = invitation::Entity::find().filter(invitation::Column::CodeHash.eq(code_hash)).one(conn.raw()).await?;
    found.as_ref().map(invitation_of).transpose()
}

pub(in crate::identity) async fn invitation(conn: &Conn, id: InvitationId) -> Result<Option<Invitation>> {
    let found = invitation::Entity::find_by_id(id.uuid()).one(conn.raw()).await?;
    found.as_ref().map(invitation_of).transpose()
}

pub(in crate::identity) async fn invitations(
    conn: &Conn,
    scope: &Scope<act::ListInvitations>,
    request: PageRequest,
) -> Result<Page<(Cursor, Invitation)>> {
    let place = scope.decision().resource.programme;
    let there = match place {
        Some(programme) => invitation::Column::ProgrammeId.eq(programme.uuid()),
        None => invitation::Column::ProgrammeId.is_null(),
    };
    let query = invitation::Entity::find()
        .filter(there)
        .filter(invitation::Column::UsedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null());
    let (key, id) = (invitation::Column::CreatedAt, invitation::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(conn.raw()).await?;
    let page = request.page(rows);
    let items = page.items.iter().map(|row| Ok((Cursor { key: row.created_at.0, id: row.id }, invitation_of(row)?)));
    Ok(Page { items: items.collect::<Result<_>>()?, has_next: page.has_next })
}

pub(in crate::identity) async fn use_invitation(conn: &Conn, id: InvitationId, now: Timestamp) -> Result<()> {
    invitation::Entity::update_many()
        .col_expr(invitation::Column::UsedAt, Expr::value(At::from(now).0))
        .filter(invitation::Column::Id.eq(id.uuid()))
        .exec(conn.raw())
        .await?;
    Ok(())
}

pub(in crate::identity) async fn revoke_invitation(conn: &Conn, id: InvitationId, now: Timestamp) -> Result<()> {
    invitation::Entity::update_many()
        .col_expr(invitation::Column::RevokedAt, Expr::value(At::from(now).0))
        .filter(invitation::Column::Id.eq(id.uuid()))
        .exec(conn.raw())
        .await?;
    Ok(())
}

/// Takes back an account's unused invitations for a role.
pub(in crate::identity) async fn revoke_open_invitations(
    conn: &Conn,
    account: AccountId,
    role: Role,
    now: Timestamp,
) -> Result<()> {
    invitation::Entity::update_many()
        .col_expr(invitation::Column::RevokedAt, Expr::value(At::from(now).0))
        .filter(invitation::Column::AccountId.eq(account.uuid()))
        .filter(invitation::Column::Role.eq(role.as_str()))
        .filter(invitation::Column::UsedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null())
        .exec(conn.raw())
        .await?;
    Ok(())
}

/// Takes back the command line's unused invitations; the accounts that they would have opened.
pub(in crate::identity) async fn take_back_bootstraps(conn: &Conn, now: Timestamp) -> Result<Vec<AccountId>> {
    let open = invitation::Entity::find()
        .filter(invitation::Column::Role.eq(Role::Administrator.as_str()))
        .filter(invitation::Column::ProgrammeId.is_null())
        .filter(invitation::Column::CreatedBy.is_null())
        .filter(invitation::Column::UsedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null())
        .limit(1_000);
    let mut accounts = Vec::new();
    for row in open.all(conn.raw()).await? {
        revoke_invitation(conn, row.id.into(), now).await?;
        accounts.push(row.account_id.into());
    }
    Ok(accounts)
}
