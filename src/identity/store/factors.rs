//! Second factors and recovery codes.

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, QueryOrder as _, QuerySelect as _};

use crate::db::{At, Conn};
use crate::identity::entity::{code_try, factor, recovery_code};
use crate::identity::model::factor::{FactorKind, MOST};
use crate::kernel::ids::{AccountId, FactorId, RecoveryId};
use crate::kernel::{Error, Place, Result, Sealer};

/// A factor as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// Its id.
    pub id: FactorId,
    /// What it is.
    pub kind: FactorKind,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last shown.
    pub last_used_at: Option<Timestamp>,
}

/// A factor as it is checked: its sealed secret, and what was used last.
#[derive(Debug, Clone)]
pub(in crate::identity) struct Key {
    pub(in crate::identity) id: FactorId,
    pub(in crate::identity) kind: FactorKind,
    pub(in crate::identity) secret_sealed: Vec<u8>,
    pub(in crate::identity) last_step: Option<i32>,
}

/// A factor to be kept.
pub(in crate::identity) struct NewFactor {
    pub(in crate::identity) id: FactorId,
    pub(in crate::identity) account: AccountId,
    pub(in crate::identity) kind: FactorKind,
    pub(in crate::identity) name_sealed: Vec<u8>,
    pub(in crate::identity) secret_sealed: Vec<u8>,
    pub(in crate::identity) credential_hash: Option<Vec<u8>>,
    pub(in crate::identity) last_step: Option<i32>,
    pub(in crate::identity) counter: Option<i64>,
}

/// The place of the name that its owner gave a factor.
pub(in crate::identity) fn name_place(id: FactorId) -> Place {
    Place::new("factor", "name_sealed", id)
}

/// The place of a factor's secret.
pub(in crate::identity) fn secret_place(id: FactorId) -> Place {
    Place::new("factor", "secret_sealed", id)
}

fn kind_of(row: &factor::Model) -> Result<FactorKind> {
    FactorKind::parse(&row.kind).ok_or_else(|| Error::internal("an unknown kind of factor is stored"))
}

async fn rows_of(conn: &Conn, account: AccountId) -> Result<Vec<factor::Model>> {
    let query = factor::Entity::find()
        .filter(factor::Column::AccountId.eq(account.uuid()))
        .order_by_asc(factor::Column::CreatedAt)
        .order_by_asc(factor::Column::Id);
    Ok(query.limit(MOST as u64).all(conn.raw()).await?)
}

pub(in crate::identity) async fn factors_of(conn: &Conn, sealer: &Sealer, account: AccountId) -> Result<Vec<Factor>> {
    let open = |row: factor::Model| {
        let id = FactorId::from(row.id);
        Ok(Factor {
            id,
            kind: kind_of(&row)?,
            name: sealer.open(name_place(id), &row.name_sealed)?,
            created_at: row.created_at.timestamp(),
            last_used_at: row.last_used_at.map(At::timestamp),
        })
    };
    rows_of(conn, account).await?.into_iter().map(open).collect()
}

pub(in crate::identity) async fn keys_of(conn: &Conn, account: AccountId) -> Result<Vec<Key>> {
    let key = |row: factor::Model| {
        let (kind, id) = (kind_of(&row)?, row.id.into());
        Ok(Key { id, kind, secret_sealed: row.secret_sealed, last_step: row.last_step })
    };
    rows_of(conn, account).await?.into_iter().map(key).collect()
}

/// Whose factor it is.
pub(in crate::identity) async fn owner_of(conn: &Conn, id: FactorId) -> Result<Option<AccountId>> {
    let found = factor::Entity::find_by_id(id.uuid()).one(conn.raw()).await?;
    Ok(found.map(|row| row.account_id.into()))
}

pub(in crate::identity) async fn insert_factor(conn: &Conn, new: NewFactor, now: Timestamp) -> Result<()> {
    let row = factor::ActiveModel {
        id: Set(new.id.uuid()),
        account_id: Set(new.account.uuid()),
        kind: Set(new.kind.as_str().to_owned()),
        name_sealed: Set(new.name_sealed),
        secret_sealed: Set(new.secret_sealed),
        credential_hash: Set(new.credential_hash),
        last_step: Set(new.last_step),
        counter: Set(new.counter),
        created_at: Set(At::from(now)),
        last_used_at: Set(None),
    };
    factor::Entity::insert(row).exec_without_returning(conn.raw()).await?;
    Ok(())
}

/// Notes that the code of this step was used; no when it, or a later one, was used before.
pub(in crate::identity) async fn use_step(conn: &Conn, id: FactorId, step: i32, now: Timestamp) -> Result<bool> {
    let done = factor::Entity::update_many()
        .col_expr(factor::Column::LastStep, Expr::value(step))
        .col_expr(factor::Column::LastUsedAt, Expr::value(At::from(now).0))
        .filter(factor::Column::Id.eq(id.uuid()))
        .filter(factor::Column::LastStep.lt(step))
        .exec(conn.raw())
        .await?;
    Ok(done.rows_affected == 1)
}

/// Keeps a passkey as it is after it was shown; no when its counter did not go on, as when somebody has a copy. A device
/// that does not count stays at zero.
pub(in crate::identity) async fn use_counter(
    conn: &Conn,
    id: FactorId,
    counter: i64,
    secret_sealed: Vec<u8>,
    now: Timestamp,
) -> Result<bool> {
    let before = factor::Column::Counter;
    let done = factor::Entity::update_many()
        .col_expr(before, Expr::value(counter))
        .col_expr(factor::Column::SecretSealed, Expr::value(secret_sealed))
        .col_expr(factor::Column::LastUsedAt, Expr::value(At::from(now).0))
        .filter(factor::Column::Id.eq(id.uuid()))
        .filter(if counter == 0 { before.eq(0) } else { before.lt(counter) })
        .exec(conn.raw())
        .await?;
    Ok(done.rows_affected == 1)
}

pub(in crate::identity) async fn rename_factor(conn: &Conn, id: FactorId, name_sealed: Vec<u8>) -> Result<()> {
    factor::Entity::update_many()
        .col_expr(factor::Column::NameSealed, Expr::value(name_sealed))
        .filter(factor::Column::Id.eq(id.uuid()))
        .exec(conn.raw())
        .await?;
    Ok(())
}

/// Forgets a factor, its secret with it.
pub(in crate::identity) async fn remove_factor(conn: &Conn, id: FactorId) -> Result<()> {
    factor::Entity::delete_by_id(id.uuid()).exec(conn.raw()).await?;
    Ok(())
}

pub(in crate::identity) async fn insert_recovery(
    conn: &Conn,
    account: AccountId,
    codes: Vec<(RecoveryId, Vec<u8>)>,
    now: Timestamp,
) -> Result<()> {
    let rows = codes.into_iter().map(|(id, hash)| recovery_code::ActiveModel {
        id: Set(id.uuid()),
        account_id: Set(account.uuid()),
        code_hash: Set(hash),
        created_at: Set(At::from(now)),
        used_at: Set(None),
    });
    recovery_code::Entity::insert_many(rows).exec_without_returning(conn.raw()).await?;
    Ok(())
}

/// Forgets all recovery codes of an account: a new set comes, or nothing is left that they could stand in for.
pub(in crate::identity) async fn void_recovery(conn: &Conn, account: AccountId) -> Result<()> {
    let all = recovery_code::Entity::delete_many().filter(recovery_code::Column::AccountId.eq(account.uuid()));
    all.exec(conn.raw()).await?;
    Ok(())
}

/// Uses a recovery code; no when the account has none like it that is unused.
pub(in crate::identity) async fn use_recovery(
    conn: &Conn,
    account: AccountId,
    hash: Vec<u8>,
    now: Timestamp,
) -> Result<bool> {
    let done = recovery_code::Entity::update_many()
        .col_expr(recovery_code::Column::UsedAt, Expr::value(At::from(now).0))
        .filter(recovery_code::Column::AccountId.eq(account.uuid()))
        .filter(recovery_code::Column::CodeHash.eq(hash))
        .filter(recovery_code::Column::UsedAt.is_null())
        .exec(conn.raw())
        .await?;
    Ok(done.rows_affected == 1)
}

/// How many recovery codes are unused.
pub(in crate::identity) async fn recovery_left(conn: &Conn, account: AccountId) -> Result<u32> {
    let unused = recovery_code::Entity::find()
        .filter(recovery_code::Column::AccountId.eq(account.uuid()))
        .filter(recovery_code::Column::UsedAt.is_null());
    Ok(u32::try_from(unused.count(conn.raw()).await?).unwrap_or(u32::MAX))
}

/// Wrong codes of an account in a row, and when the next may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::identity) struct Tries {
    pub(in crate::identity) failures: i32,
    pub(in crate::identity) open_at: Timestamp,
}

pub(in crate::identity) async fn tries_of(conn: &Conn, account: AccountId) -> Result<Option<Tries>> {
    let found = code_try::Entity::find_by_id(account.uuid()).one(conn.raw()).await?;
    Ok(found.map(|row| Tries { failures: row.failures, open_at: row.open_at.timestamp() }))
}

pub(in crate::identity) async fn keep_tries(conn: &Conn, account: AccountId, tries: Tries) -> Result<()> {
    let row = code_try::ActiveModel {
        account_id: Set(account.uuid()),
        failures: Set(tries.failures),
        open_at: Set(At::from(tries.open_at)),
    };
    let replace = OnConflict::column(code_try::Column::AccountId)
        .update_columns([code_try::Column::Failures, code_try::Column::OpenAt])
        .to_owned();
    code_try::Entity::insert(row).on_conflict(replace).exec_without_returning(conn.raw()).await?;
    Ok(())
}

pub(in crate::identity) async fn forget_tries(conn: &Conn, account: AccountId) -> Result<()> {
    code_try::Entity::delete_by_id(account.uuid()).exec(conn.raw()).await?;
    Ok(())
}
