//! Challenges that wait for their answer.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;

use crate::db::{At, Conn};
use crate::identity::entity::challenge;
use crate::identity::model::factor::{CHALLENGE_TRIES, Purpose};
use crate::kernel::ids::{AccountId, ChallengeId, SignInId};
use crate::kernel::{Error, Place, Result};

/// A challenge's row.
#[derive(Debug, Clone)]
pub(in crate::identity) struct ChallengeRow {
    pub(in crate::identity) id: ChallengeId,
    pub(in crate::identity) purpose: Purpose,
    pub(in crate::identity) account: Option<AccountId>,
    pub(in crate::identity) sign_in: Option<SignInId>,
    pub(in crate::identity) state_sealed: Option<Vec<u8>>,
    pub(in crate::identity) tries: i32,
    pub(in crate::identity) expires_at: Timestamp,
}

/// The place of what a ceremony must remember.
pub(in crate::identity) fn state_place(id: ChallengeId) -> Place {
    Place::new("challenge", "state_sealed", id)
}

pub(in crate::identity) async fn insert_challenge(
    conn: &Conn,
    new: ChallengeRow,
    token_hash: Vec<u8>,
    now: Timestamp,
) -> Result<()> {
    let row = challenge::ActiveModel {
        id: Set(new.id.uuid()),
        purpose: Set(new.purpose.as_str().to_owned()),
        account_id: Set(new.account.map(Uuid::from)),
        sign_in_id: Set(new.sign_in.map(Uuid::from)),
        token_hash: Set(token_hash),
        state_sealed: Set(new.state_sealed),
        tries: Set(new.tries),
        created_at: Set(At::from(now)),
        expires_at: Set(At::from(new.expires_at)),
        used_at: Set(None),
    };
    challenge::Entity::insert(row).exec_without_returning(conn.raw()).await?;
    Ok(())
}

/// The challenge with this token, unless it was used or has expired.
pub(in crate::identity) async fn open_challenge(
    conn: &Conn,
    token_hash: Vec<u8>,
    now: Timestamp,
) -> Result<Option<ChallengeRow>> {
    let found = challenge::Entity::find()
        .filter(challenge::Column::TokenHash.eq(token_hash))
        .filter(challenge::Column::UsedAt.is_null())
        .filter(challenge::Column::ExpiresAt.gt(At::from(now).0))
        .one(conn.raw())
        .await?;
    let unknown = || Error::internal("an unknown purpose of a challenge is stored");
    let row = |row: challenge::Model| {
        Ok(ChallengeRow {
            id: row.id.into(),
            purpose: Purpose::parse(&row.purpose).ok_or_else(unknown)?,
            account: row.account_id.map(AccountId::from),
            sign_in: row.sign_in_id.map(SignInId::from),
            state_sealed: row.state_sealed,
            tries: row.tries,
            expires_at: row.expires_at.timestamp(),
        })
    };
    found.map(row).transpose()
}

/// Uses a challenge; no when somebody else just did.
pub(in crate::identity) async fn use_challenge(conn: &Conn, id: ChallengeId, now: Timestamp) -> Result<bool> {
    let done = challenge::Entity::update_many()
        .col_expr(challenge::Column::UsedAt, Expr::value(At::from(now).0))
        .filter(challenge::Column::Id.eq(id.uuid()))
        .filter(challenge::Column::UsedAt.is_null())
        .exec(conn.raw())
        .await?;
    Ok(done.rows_affected == 1)
}

/// Counts a wrong answer; the last one that is allowed uses the challenge up.
pub(in crate::identity) async fn miss_challenge(conn: &Conn, row: &ChallengeRow, now: Timestamp) -> Result<()> {
    let tries = row.tries + 1;
    let used = (tries >= CHALLENGE_TRIES).then_some(At::from(now).0);
    challenge::Entity::update_many()
        .col_expr(challenge::Column::Tries, Expr::value(tries))
        .col_expr(challenge::Column::UsedAt, Expr::value(used))
        .filter(challenge::Column::Id.eq(row.id.uuid()))
        .exec(conn.raw())
        .await?;
    Ok(())
}

/// Uses up whatever waits for an answer of this account: its passphrase or its factors have changed.
pub(in crate::identity) async fn void_challenges(conn: &Conn, account: AccountId, now: Timestamp) -> Result<()> {
    challenge::Entity::update_many()
        .col_expr(challenge::Column::UsedAt, Expr::value(At::from(now).0))
        .filter(challenge::Column::AccountId.eq(account.uuid()))
        .filter(challenge::Column::UsedAt.is_null())
        .exec(conn.raw())
        .await?;
    Ok(())
}

/// Forgets challenges that expired before this instant, with what they remembered.
pub(in crate::identity) async fn forget_challenges(conn: &Conn, before: Timestamp) -> Result<()> {
    let old = challenge::Entity::delete_many().filter(challenge::Column::ExpiresAt.lt(At::from(before).0));
    old.exec(conn.raw()).await?;
    Ok(())
}
