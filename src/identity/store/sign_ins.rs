//! Signed-in sessions and their refresh tokens.

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, FromQueryResult, Statement, Value};

use super::HeldRole;
use crate::access::Strength;
use crate::db::{At, Conn};
use crate::identity::entity::{refresh_token, sign_in};
use crate::identity::model::sign_in::EndReason;
use crate::identity::{AccountState, Role};
use crate::kernel::ids::{AccountId, FamilyId, MentorId, ProgrammeId, RefreshId, RoleId, SignInId};
use crate::kernel::{Error, Result};

/// A signed-in session's row.
#[derive(Debug, Clone)]
pub(in crate::identity) struct SignInRow {
    pub(in crate::identity) id: SignInId,
    pub(in crate::identity) account: AccountId,
    pub(in crate::identity) role: RoleId,
    pub(in crate::identity) ended: bool,
    pub(in crate::identity) expires_at: Timestamp,
    pub(in crate::identity) strength: Strength,
    pub(in crate::identity) proved_at: Timestamp,
    pub(in crate::identity) last_used_at: Timestamp,
    pub(in crate::identity) device: String,
}

pub(in crate::identity) async fn insert_sign_in(conn: &Conn, row: &SignInRow, now: Timestamp) -> Result<()> {
    let row = sign_in::ActiveModel {
        id: Set(row.id.uuid()),
        account_id: Set(row.account.uuid()),
        role_id: Set(row.role.uuid()),
        created_at: Set(At::from(now)),
        ended_at: Set(None),
        end_reason: Set(None),
        last_used_at: Set(At::from(row.last_used_at)),
        expires_at: Set(At::from(row.expires_at)),
        strength: Set(row.strength.as_str().to_owned()),
        proved_at: Set(At::from(row.proved_at)),
        device: Set(row.device.clone()),
    };
    sign_in::Entity::insert(row).exec_without_returning(conn.raw()).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Standing {
    account_id: Uuid,
    role_id: Uuid,
    ended_at: Option<At>,
    expires_at: At,
    strength: String,
    proved_at: At,
    last_used_at: At,
    device: String,
    state: String,
    role: String,
    programme_id: Option<Uuid>,
    family_id: Option<Uuid>,
    mentor_id: Option<Uuid>,
}

/// A caller's session, account state and unrevoked role, in one query: what every request is checked against.
pub(in crate::identity) async fn standing(
    conn: &Conn,
    id: SignInId,
) -> Result<Option<(SignInRow, AccountState, HeldRole)>> {
    let sql = "SELECT s.account_id, s.role_id, s.ended_at, s.expires_at, s.strength, s.proved_at, s.last_used_at, s.device, a.state, \
               r.role, r.programme_id, r.family_id, r.mentor_id FROM sign_in s JOIN account a ON a.id = s.account_id JOIN role r ON r.id = s.role_id \
               WHERE s.id = $1 AND r.revoked_at IS NULL";
    let backend = conn.raw().get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, [Value::from(id.uuid())]);
    let Some(row) = Standing::find_by_statement(statement).one(conn.raw()).await? else { return Ok(None) };
    let unknown = || Error::internal("an unknown account state, role or strength is stored");
    let state = AccountState::parse(&row.state).ok_or_else(unknown)?;
    let held = HeldRole {
        id: row.role_id.into(),
        account: row.account_id.into(),
        role: Role::parse(&row.role).ok_or_else(unknown)?,
        programme: row.programme_id.map(ProgrammeId::from),
        family: row.family_id.map(FamilyId::from),
        mentor: row.mentor_id.map(MentorId::from),
    };
    let sign_in = SignInRow {
        id,
        account: held.account,
        role: held.id,
        ended: row.ended_at.is_some(),
        expires_at: row.expires_at.timestamp(),
        strength: Strength::parse(&row.strength).ok_or_else(unknown)?,
        proved_at: row.proved_at.timestamp(),
        last_used_at: row.last_used_at.timestamp(),
        device: row.device,
    };
    Ok(Some((sign_in, state, held)))
}

/// Notes that a signed-in session is used now, if the last note is at least as old as `unless_after`.
pub(in crate::identity) async fn note_use(
    conn: &Conn,
    id: SignInId,
    unless_after: Timestamp,
    now: Timestamp,
) -> Result<()> {
    sign_in::Entity::update_many()
        .col_expr(sign_in::Column::LastUsedAt, Expr::value(At::from(now).0))
        .filter(sign_in::Column::Id.eq(id.uuid()))
        .filter(sign_in::Column::LastUsedAt.lte(At::from(unless_after)))
        .filter(sign_in::Column::EndedAt.is_null())
        .exec(conn.raw())
        .await?;
    Ok(())
}

/// Ends one signed-in session, or all of an account.
pub(in crate::identity) async fn end_sign_ins(
    conn: &Conn,
    account: AccountId,
    only: Option<SignInId>,
    reason: EndReason,
    now: Timestamp,
) -> Result<()> {
    let mut query = ending(reason, now).filter(sign_in::Column::AccountId.eq(account.uuid()));
    if let Some(only) = only {
        query = query.filter(sign_in::Column::Id.eq(only.uuid()));
    }
    query.exec(conn.raw()).await?;
    Ok(())
}

/// Ends all signed-in sessions of an account but one.
pub(in crate::identity) async fn end_other_sign_ins(
    conn: &Conn,
    account: AccountId,
    spared: SignInId,
    reason: EndReason,
    now: Timestamp,
) -> Result<()> {
    let others = sign_in::Column::Id.ne(spared.uuid());
    ending(reason, now).filter(sign_in::Column::AccountId.eq(account.uuid())).filter(others).exec(conn.raw()).await?;
    Ok(())
}

/// Ends all signed-in sessions in one role.
pub(in crate::identity) async fn end_role_sign_ins(
    conn: &Conn,
    role: RoleId,
    reason: EndReason,
    now: Timestamp,
) -> Result<()> {
    ending(reason, now).filter(sign_in::Column::RoleId.eq(role.uuid())).exec(conn.raw()).await?;
    Ok(())
}

/// Ends those that have not ended.
fn ending(reason: EndReason, now: Timestamp) -> sea_orm::UpdateMany<sign_in::Entity> {
    sign_in::Entity::update_many()
        .col_expr(sign_in::Column::EndedAt, Expr::value(At::from(now).0))
        .col_expr(sign_in::Column::EndReason, Expr::value(reason.as_str()))
        .filter(sign_in::Column::EndedAt.is_null())
}

/// Notes that the person of this session proved at `proved_at` who they are, so strongly.
pub(in crate::identity) async fn prove_sign_in(
    conn: &Conn,
    id: SignInId,
    strength: Strength,
    proved_at: Timestamp,
) -> Result<()> {
    sign_in::Entity::update_many()
        .col_expr(sign_in::Column::Strength, Expr::value(strength.as_str()))
        .col_expr(sign_in::Column::ProvedAt, Expr::value(At::from(proved_at).0))
        .filter(sign_in::Column::Id.eq(id.uuid()))
        .exec(conn.raw())
        .await?;
    Ok(())
}

/// A refresh token's row.
pub(in crate::identity) struct RefreshRow {
    pub(in crate::identity) id: RefreshId,
    pub(in crate::identity) sign_in: SignInId,
    pub(in crate::identity) used_at: Option<Timestamp>,
    pub(in crate::identity) expires_at: Timestamp,
    /// What is kept of the client's key that it was used with.
    pub(in crate::identity) retry_hash: Option<Vec<u8>>,
    /// The token that was given for it.
    pub(in crate::identity) successor: Option<RefreshId>,
}

/// A refresh token that is made now.
pub(in crate::identity) struct NewRefresh {
    pub(in crate::identity) id: RefreshId,
    pub(in crate::identity) sign_in: SignInId,
    pub(in crate::identity) expires_at: Timestamp,
}

pub(in crate::identity) async fn insert_refresh(
    conn: &Conn,
    row: &NewRefresh,
    hash: Vec<u8>,
    now: Timestamp,
) -> Result<()> {
    let row = refresh_token::ActiveModel {
        id: Set(row.id.uuid()),
        sign_in_id: Set(row.sign_in.uuid()),
        token_hash: Set(hash),
        issued_at: Set(At::from(now)),
        expires_at: Set(At::from(row.expires_at)),
        used_at: Set(None),
        retry_hash: Set(None),
        successor_id: Set(None),
    };
    refresh_token::Entity::insert(row).exec_without_returning(conn.raw()).await?;
    Ok(())
}

pub(in crate::identity) async fn refresh_by_hash(conn: &Conn, hash: Vec<u8>) -> Result<Option<RefreshRow>> {
    let found = refresh_token::Entity::find().filter(refresh_token::Column::TokenHash.eq(hash)).one(conn.raw()).await?;
    Ok(found.map(|row| RefreshRow {
        id: row.id.into(),
        sign_in: row.sign_in_id.into(),
        used_at: row.used_at.map(At::timestamp),
        expires_at: row.expires_at.timestamp(),
        retry_hash: row.retry_hash,
        successor: row.successor_id.map(RefreshId::from),
    }))
}

/// Uses a token up, with what is to be kept of the client's key.
pub(in crate::identity) async fn use_refresh(
    conn: &Conn,
    id: RefreshId,
    retry_hash: Option<&Vec<u8>>,
    now: Timestamp,
) -> Result<()> {
    refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::UsedAt, Expr::value(At::from(now).0))
        .col_expr(refresh_token::Column::RetryHash, Expr::value(retry_hash.cloned()))
        .filter(refresh_token::Column::Id.eq(id.uuid()))
        .exec(conn.raw())
        .await?;
    Ok(())
}

/// Whether a token has not been used yet.
pub(in crate::identity) async fn is_unused(conn: &Conn, id: RefreshId) -> Result<bool> {
    let unused = refresh_token::Entity::find_by_id(id.uuid()).filter(refresh_token::Column::UsedAt.is_null());
    Ok(unused.count(conn.raw()).await? > 0)
}

/// Writes down which token was given for a used one: the only one of the sign-in that has not been used.
pub(in crate::identity) async fn name_successor(conn: &Conn, used: RefreshId, sign_in: SignInId) -> Result<()> {
    let query = refresh_token::Entity::find()
        .filter(refresh_token::Column::SignInId.eq(sign_in.uuid()))
        .filter(refresh_token::Column::UsedAt.is_null());
    let unused = query.one(conn.raw()).await?.map(|row| row.id);
    refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::SuccessorId, Expr::value(unused))
        .filter(refresh_token::Column::Id.eq(used.uuid()))
        .exec(conn.raw())
        .await?;
    Ok(())
}
