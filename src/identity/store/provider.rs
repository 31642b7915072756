//! Sign-ins under way at the identity provider, and which account belongs to whom there.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use crate::db::{At, Conn};
use crate::identity::entity::{provider_link, provider_sign_in};
use crate::kernel::ids::{AccountId, ProviderLinkId, ProviderSignInId};
use crate::kernel::{Place, Result};

/// A sign-in that waits for the provider's answer.
#[derive(Debug, Clone)]
pub(in crate::identity) struct ProviderSignInRow {
    pub(in crate::identity) id: ProviderSignInId,
    /// What is kept of the secret that the browser or app holds which began it.
    pub(in crate::identity) secret_hash: Vec<u8>,
    pub(in crate::identity) remembered_sealed: Vec<u8>,
    pub(in crate::identity) expires_at: Timestamp,
}

/// The place of what a sign-in at the provider must remember.
pub(in crate::identity) fn remembered_place(id: ProviderSignInId) -> Place {
    Place::new("provider_sign_in", "remembered_sealed", id)
}

pub(in crate::identity) async fn insert_provider_sign_in(
    conn: &Conn,
    new: ProviderSignInRow,
    state_hash: Vec<u8>,
    now: Timestamp,
) -> Result<()> {
    let row = provider_sign_in::ActiveModel {
        id: Set(new.id.uuid()),
        state_hash: Set(state_hash),
        secret_hash: Set(new.secret_hash),
        remembered_sealed: Set(new.remembered_sealed),
        created_at: Set(At::from(now)),
        expires_at: Set(At::from(new.expires_at)),
    };
    provider_sign_in::Entity::insert(row).exec_without_returning(conn.raw()).await?;
    Ok(())
}

/// The sign-in with this state, unless it was answered or has expired.
pub(in crate::identity) async fn open_provider_sign_in(
    conn: &Conn,
    state_hash: Vec<u8>,
    now: Timestamp,
) -> Result<Option<ProviderSignInRow>> {
    let found = provider_sign_in::Entity::find()
        .filter(provider_sign_in::Column::StateHash.eq(state_hash))
        .filter(provider_sign_in::Column::ExpiresAt.gt(At::from(now).0))
        .one(conn.raw())
        .await?;
    Ok(found.map(|row| ProviderSignInRow {
        id: row.id.into(),
        secret_hash: row.secret_hash,
        remembered_sealed: row.remembered_sealed,
        expires_at: row.expires_at.timestamp(),
    }))
}

/// Takes a sign-in out, since it is answered once; no when somebody else just did.
pub(in crate::identity) async fn take_provider_sign_in(conn: &Conn, id: ProviderSignInId) -> Result<bool> {
    let done = provider_sign_in::Entity::delete_by_id(id.uuid()).exec(conn.raw()).await?;
    Ok(done.rows_affected == 1)
}

/// Forgets sign-ins that expired before this instant.
pub(in crate::identity) async fn forget_provider_sign_ins(conn: &Conn, before: Timestamp) -> Result<()> {
    let old = provider_sign_in::Column::ExpiresAt.lt(At::from(before).0);
    provider_sign_in::Entity::delete_many().filter(old).exec(conn.raw()).await?;
    Ok(())
}

/// The account of somebody whom the provider knows, by the hash that stands for them.
pub(in crate::identity) async fn linked_account(conn: &Conn, subject_hash: Vec<u8>) -> Result<Option<AccountId>> {
    let found = provider_link::Entity::find().filter(provider_link::Column::SubjectHash.eq(subject_hash));
    Ok(found.one(conn.raw()).await?.map(|row| row.account_id.into()))
}

/// Ties an account to somebody whom the provider knows, for good. The account must hold a role of staff.
pub(in crate::identity) async fn insert_provider_link(
    conn: &Conn,
    id: ProviderLinkId,
    account: AccountId,
    (issuer, subject_hash): (&str, Vec<u8>),
    now: Timestamp,
) -> Result<()> {
    let row = provider_link::ActiveModel {
        id: Set(id.uuid()),
        account_id: Set(account.uuid()),
        issuer: Set(issuer.to_owned()),
        subject_hash: Set(subject_hash),
        created_at: Set(At::from(now)),
    };
    provider_link::Entity::insert(row).exec_without_returning(conn.raw()).await?;
    Ok(())
}
