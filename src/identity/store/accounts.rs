//! Accounts and the roles that they hold.

use std::collections::HashMap;

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, QueryOrder as _, QuerySelect as _};

use crate::access::{Decision, Reach, Resource, ResourceKind, Scope, act};
use crate::db::{At, Conn, Order};
use crate::identity::entity::{account, role, sign_in};
use crate::identity::{AccountState, Role};
use crate::kernel::ids::{AccountId, FamilyId, MentorId, ProgrammeId, RoleId};
use crate::kernel::page::Cursor;
use crate::kernel::{Error, Page, PageRequest, Place, Result, Sealer};

/// A role that an account holds now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRole {
    /// Its id.
    pub id: RoleId,
    /// Whose it is.
    pub account: AccountId,
    /// What they may be.
    pub role: Role,
    /// In which programme; none for an administrator.
    pub programme: Option<ProgrammeId>,
    /// Which family they belong to.
    pub family: Option<FamilyId>,
    /// Which mentor they are.
    pub mentor: Option<MentorId>,
}

/// What stands in the way of a new row, or which row it is.
pub(in crate::identity) struct NewAccount<'a> {
    pub(in crate::identity) id: AccountId,
    pub(in crate::identity) sign_in_name: &'a str,
    pub(in crate::identity) first_name_sealed: Vec<u8>,
    pub(in crate::identity) now: Timestamp,
}

/// The place of an account's first name.
pub(in crate::identity) fn first_name_place(id: AccountId) -> Place {
    Place::new("account", "first_name_sealed", id)
}

pub(in crate::identity) async fn insert_account(conn: &Conn, new: NewAccount<'_>) -> Result<()> {
    let row = account::ActiveModel {
        id: Set(new.id.uuid()),
        sign_in_name: Set(new.sign_in_name.to_owned()),
        passphrase_hash: Set(None),
        first_name_sealed: Set(new.first_name_sealed),
        state: Set(AccountState::Invited.as_str().to_owned()),
        created_at: Set(At::from(new.now)),
        updated_at: Set(At::from(new.now)),
    };
    account::Entity::insert(row).exec_without_returning(conn.raw()).await?;
    Ok(())
}

pub(in crate::identity) async fn sign_in_name_taken(conn: &Conn, name: &str) -> Result<bool> {
    let count = account::Entity::find().filter(account::Column::SignInName.eq(name)).count(conn.raw()).await?;
    Ok(count > 0)
}

pub(in crate::identity) async fn insert_role(conn: &Conn, held: &HeldRole, now: Timestamp) -> Result<()> {
    let row = role::ActiveModel {
        id: Set(held.id.uuid()),
        account_id: Set(held.account.uuid()),
        programme_id: Set(held.programme.map(Uuid::from)),
        role: Set(held.role.as_str().to_owned()),
        family_id: Set(held.family.map(Uuid::from)),
        mentor_id: Set(held.mentor.map(Uuid::from)),
        granted_at: Set(At::from(now)),
        revoked_at: Set(None),
    };
    role::Entity::insert(row).exec_without_returning(conn.raw()).await?;
    Ok(())
}

/// Ends a role and every sign-in that acts in it.
pub(in crate::identity) async fn revoke_role(conn: &Conn, id: RoleId, now: Timestamp) -> Result<()> {
    role::Entity::update_many()
        .col_expr(role::Column::RevokedAt, Expr::value(At::from(now).0))
        .filter(role::Column::Id.eq(id.uuid()))
        .filter(role::Column::RevokedAt.is_null())
        .exec(conn.raw())
        .await?;
    sign_in::Entity::update_many()
        .col_expr(sign_in::Column::EndedAt, Expr::value(At::from(now).0))
        .col_expr(sign_in::Column::EndReason, Expr::value("role_revoked"))
        .filter(sign_in::Column::RoleId.eq(id.uuid()))
        .filter(sign_in::Column::EndedAt.is_null())
        .exec(conn.raw())
        .await?;
    Ok(())
}

/// The state of an account.
pub(in crate::identity) async fn account_state(conn: &Conn, id: AccountId) -> Result<Option<AccountState>> {
    let Some(row) = account::Entity::find_by_id(id.uuid()).one(conn.raw()).await? else { return Ok(None) };
    let unknown = || Error::internal("an unknown account state is stored");
    AccountState::parse(&row.state).ok_or_else(unknown).map(Some)
}

fn held_role(row: &role::Model) -> Result<HeldRole> {
    Ok(HeldRole {
        id: row.id.into(),
        account: row.account_id.into(),
        role: Role::parse(&row.role).ok_or_else(|| Error::internal("an unknown role is stored"))?,
        programme: row.programme_id.map(ProgrammeId::from),
        family: row.family_id.map(FamilyId::from),
        mentor: row.mentor_id.map(MentorId::from),
    })
}

/// The roles that an account holds now, oldest first.
pub(in crate::identity) async fn roles_of(conn: &Conn, account: AccountId) -> Result<Vec<HeldRole>> {
    let query = role::Entity::find()
        .filter(role::Column::AccountId.eq(account.uuid()))
        .filter(role::Column::RevokedAt.is_null())
        .order_by_asc(role::Column::GrantedAt)
        .order_by_asc(role::Column::Id);
    query.limit(100).all(conn.raw()).await?.iter().map(held_role).collect()
}

/// The programme of the role that an account comes in with, which is the first: under it its sign-ins are filed.
pub(in crate::identity) async fn first_programme(conn: &Conn, account: AccountId) -> Result<Option<ProgrammeId>> {
    Ok(roles_of(conn, account).await?.first().and_then(|held| held.programme))
}

/// A role that somebody holds now.
pub(in crate::identity) async fn role(conn: &Conn, id: RoleId) -> Result<Option<HeldRole>> {
    let query = role::Entity::find_by_id(id.uuid()).filter(role::Column::RevokedAt.is_null());
    query.one(conn.raw()).await?.as_ref().map(held_role).transpose()
}

/// How many administrators there are whose account is in use, but for the one of this role.
pub(in crate::identity) async fn other_administrators(conn: &Conn, but: RoleId) -> Result<u64> {
    let held = role::Entity::find()
        .select_only()
        .column(role::Column::AccountId)
        .filter(role::Column::Role.eq(Role::Administrator.as_str()))
        .filter(role::Column::RevokedAt.is_null())
        .filter(role::Column::Id.ne(but.uuid()))
        .limit(1_000)
        .into_tuple::<Uuid>()
        .all(conn.raw())
        .await?;
    let in_use = account::Entity::find()
        .filter(account::Column::Id.is_in(held))
        .filter(account::Column::State.eq(AccountState::Active.as_str()));
    Ok(in_use.count(conn.raw()).await?)
}

/// Whether somebody has come in as an administrator. One who never used their code does not count: it may be lost.
pub(in crate::identity) async fn administrator_exists(conn: &Conn) -> Result<bool> {
    let held = role::Entity::find()
        .select_only()
        .column(role::Column::AccountId)
        .filter(role::Column::Role.eq(Role::Administrator.as_str()))
        .filter(role::Column::RevokedAt.is_null())
        .limit(1_000)
        .into_tuple::<Uuid>()
        .all(conn.raw())
        .await?;
    let come_in = account::Entity::find()
        .filter(account::Column::Id.is_in(held))
        .filter(account::Column::State.is_in([AccountState::Active.as_str(), AccountState::Suspended.as_str()]));
    Ok(come_in.count(conn.raw()).await? > 0)
}

/// The facts about an account: its programme (the first, for people of one programme) and whether it is staff's.
pub(in crate::identity) async fn account_facts(conn: &Conn, id: AccountId) -> Result<Option<Resource>> {
    if account::Entity::find_by_id(id.uuid()).one(conn.raw()).await?.is_none() {
        return Ok(None);
    }
    let roles = roles_of(conn, id).await?;
    let mut resource = Resource::new(ResourceKind::Account, id).of_account(id);
    resource.programme = roles.iter().find_map(|held| held.programme);
    resource.staff = roles.iter().any(|held| held.role.is_staff());
    Ok(Some(resource))
}

/// An account as its keepers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The name that is typed at sign-in.
    pub sign_in_name: String,
    /// Its state.
    pub state: AccountState,
    /// When it was made.
    pub created_at: Timestamp,
    /// The roles that it holds now.
    pub roles: Vec<HeldRole>,
}

async fn account_of(conn: &Conn, row: account::Model) -> Result<Account> {
    let state = AccountState::parse(&row.state).ok_or_else(|| Error::internal("an unknown account state is stored"))?;
    let id = AccountId::from(row.id);
    let roles = roles_of(conn, id).await?;
    Ok(Account { id, sign_in_name: row.sign_in_name, state, created_at: row.created_at.timestamp(), roles })
}

pub(in crate::identity) async fn load_account(conn: &Conn, decision: &Decision) -> Result<Account> {
    let found = account::Entity::find_by_id(decision.resource.id).one(conn.raw()).await?;
    account_of(conn, found.ok_or(Error::NotFound)?).await
}

pub(in crate::identity) async fn accounts(
    conn: &Conn,
    scope: &Scope<act::ListAccounts>,
    request: PageRequest,
) -> Result<Page<(Cursor, Account)>> {
    if scope.reach() != Reach::Everything {
        return Ok(request.page(Vec::new()));
    }
    let (key, id) = (account::Column::CreatedAt, account::Column::Id);
    let rows = crate::db::page(account::Entity::find(), key, id, Order::Descending, request).all(conn.raw()).await?;
    let page = request.page(rows);
    let ids = page.items.iter().map(|row| row.id);
    let held = role::Entity::find()
        .filter(role::Column::AccountId.is_in(ids))
        .filter(role::Column::RevokedAt.is_null())
        .order_by_asc(role::Column::GrantedAt)
        .all(conn.raw())
        .await?;
    let mut roles: HashMap<Uuid, Vec<HeldRole>> = HashMap::new();
    for row in &held {
        roles.entry(row.account_id).or_default().push(held_role(row)?);
    }
    let unknown = || Error::internal("an unknown account state is stored");
    let items = page.items.into_iter().map(|row| {
        let cursor = Cursor { key: row.created_at.0, id: row.id };
        let state = AccountState::parse(&row.state).ok_or_else(unknown)?;
        let roles = roles.remove(&row.id).unwrap_or_default();
        let created_at = row.created_at.timestamp();
        Ok((cursor, Account { id: row.id.into(), sign_in_name: row.sign_in_name, state, created_at, roles }))
    });
    Ok(Page { items: items.collect::<Result<_>>()?, has_next: page.has_next })
}

pub(in crate::identity) async fn set_account_state(
    conn: &Conn,
    id: AccountId,
    to: AccountState,
    now: Timestamp,
) -> Result<()> {
    account::Entity::update_many()
        .col_expr(account::Column::State, Expr::value(to.as_str()))
        .col_expr(account::Column::UpdatedAt, Expr::value(At::from(now).0))
        .filter(account::Column::Id.eq(id.uuid()))
        .exec(conn.raw())
        .await?;
    Ok(())
}

pub(in crate::identity) async fn set_passphrase(conn: &Conn, id: AccountId, hash: &str, now: Timestamp) -> Result<()> {
    account::Entity::update_many()
        .col_expr(account::Column::PassphraseHash, Expr::value(hash))
        .col_expr(account::Column::UpdatedAt, Expr::value(At::from(now).0))
        .filter(account::Column::Id.eq(id.uuid()))
        .exec(conn.raw())
        .await?;
    Ok(())
}

/// What sign-in needs to know, before anybody is signed in.
pub(in crate::identity) struct Credential {
    pub(in crate::identity) account: AccountId,
    pub(in crate::identity) state: AccountState,
    pub(in crate::identity) sign_in_name: String,
    pub(in crate::identity) hash: Option<String>,
}

fn credential(row: account::Model) -> Result<Credential> {
    let state = AccountState::parse(&row.state).ok_or_else(|| Error::internal("an unknown account state is stored"))?;
    Ok(Credential { account: row.id.into(), state, sign_in_name: row.sign_in_name, hash: row.passphrase_hash })
}

pub(in crate::identity) async fn credential_by_name(conn: &Conn, name: &str) -> Result<Option<Credential>> {
    let found = account::Entity::find().filter(account::Column::SignInName.eq(name)).one(conn.raw()).await?;
    found.map(credential).transpose()
}

pub(in crate::identity) async fn credential_by_id(conn: &Conn, id: AccountId) -> Result<Option<Credential>> {
    account::Entity::find_by_id(id.uuid()).one(conn.raw()).await?.map(credential).transpose()
}

/// First names of accounts, opened. The decision is the proof that somebody was permitted to see the record that they
/// stand on.
pub(in crate::identity) async fn first_names(
    conn: &Conn,
    sealer: &Sealer,
    ids: &[AccountId],
) -> Result<HashMap<AccountId, String>> {
    let ids = ids.iter().map(|id| id.uuid());
    let rows = account::Entity::find().filter(account::Column::Id.is_in(ids)).all(conn.raw()).await?;
    rows.into_iter()
        .map(|row| {
            let id = AccountId::from(row.id);
            Ok((id, sealer.open(first_name_place(id), &row.first_name_sealed)?))
        })
        .collect()
}
