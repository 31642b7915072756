//! Staying signed in: each refresh token is good once, and gives way to the next one.
//!
//! Whoever uses a token that was used before has a copy, or is robbed by somebody who has one: nobody can tell which, so
//! the whole sign-in ends, its owner sees why, and staff see an alert (RFC 9700, section 4.14.2). There is no time of grace
//! in which a used token is good again, since a thief would come within it.
//!
//! A client whose answer was lost on the way would be signed out by that. It can say that it is the same client that asks
//! again: with each token it sends a random key of its own making, anew for each exchange, which it keeps until the answer
//! has come. The same token with the same key, within a minute, while nothing of what was given has been used, gets new
//! tokens, and those given before are dead. A copy of the token alone is no help, since the key is not in it; and who
//! overheard both still ends the sign-in as soon as the other side goes on. Clients ask once at a time: of two that ask at
//! once with one token, the second ends the sign-in.

use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};

use crate::access::{Decision, Resource, act};
use crate::audit::Outcome;
use crate::identity::model::alert::AlertKind;
use crate::identity::model::sign_in::EndReason;
use crate::identity::secrets::digest_of;
use crate::identity::store::{self, HeldRole, NewAlert, RefreshRow, SignInRow};
use crate::kernel::ids::RefreshId;
use crate::kernel::{Check, Code, Error, Result};
use crate::op::{Op, Tx};

use super::Identity;
use super::sessions::cut_one;
use super::signing_in::SignedIn;

/// How long after its use a token may be sent again with the same key.
const RETRY_WITHIN: SignedDuration = SignedDuration::from_secs(60);
/// How long a client's key is, in characters: at least 128 random bits in base64url.
const RETRY_KEY: std::ops::RangeInclusive<usize> = 22..=128;

impl Identity {
    /// Exchanges a refresh token for new tokens. A token that was used before ends the whole sign-in, unless it comes with
    /// the key of a first try whose answer was lost.
    pub async fn refresh(&self, op: &Op, token: &SecretString, retry_key: Option<&SecretString>) -> Result<SignedIn> {
        let retry = &hash_of(retry_key)?;
        let hash = &digest_of(token.expose_secret());
        let known = op.core().db.read(|conn| async move { store::refresh_by_hash(&conn, hash.clone()).await }).await?;
        // By the token, not by the address: people behind one address must not shut each other out by going on. Only
        // tokens that were made up are counted by where they come from.
        match known {
            Some(_) => self.throttle.count(Some(token.expose_secret()), None)?,
            None => self.throttle.count(None, op.origin().source.as_deref())?,
        }
        let outcome = op
            .write(|tx| async move {
                let permit = tx.allow::<act::RefreshTokens>(Some(Resource::system()))?;
                let Some((row, sign_in, held)) = self.presented(&tx, hash).await? else {
                    tx.deny(permit.decision(), Outcome::Denied);
                    return Err(Error::Unauthenticated);
                };
                tx.named(permit.decision(), [sign_in.account.uuid(), sign_in.id.uuid()]);
                tx.file_under(permit.decision(), held.programme);
                let Some(spent) = spent_by(&tx, &row, retry.as_ref()).await? else {
                    // The end of the sign-in must be kept, so this is no error inside the transaction.
                    end_robbed(&tx, permit.decision(), &sign_in, &held).await?;
                    return Ok(None);
                };
                let (conn, now) = (tx.conn()?, tx.now());
                store::use_refresh(conn, spent, retry.as_ref().filter(|_| spent == row.id), now).await?;
                store::note_use(conn, sign_in.id, now, now).await?;
                let credential = store::credential_by_id(conn, sign_in.account).await?.ok_or(Error::Unauthenticated)?;
                let signed_in = self.issue(&tx, &credential, &held, &sign_in).await?;
                store::name_successor(conn, row.id, sign_in.id).await?;
                Ok(Some(signed_in))
            })
            .await?;
        outcome.ok_or(Error::Unauthenticated)
    }

    /// The token's row with the session and role that it is for, if those may be used now.
    async fn presented(&self, tx: &Tx, hash: &[u8]) -> Result<Option<(RefreshRow, SignInRow, HeldRole)>> {
        let found = store::refresh_by_hash(tx.conn()?, hash.to_vec()).await?;
        let Some(row) = found.filter(|row| row.expires_at > tx.now()) else { return Ok(None) };
        let standing = store::standing(tx.conn()?, row.sign_in).await?;
        Ok(self.open(standing, tx.now()).map(|(sign_in, held)| (row, sign_in, held)))
    }
}

fn hash_of(retry_key: Option<&SecretString>) -> Result<Option<Vec<u8>>> {
    let Some(key) = retry_key else { return Ok(None) };
    let length = key.expose_secret().chars().count();
    let mut check = Check::new();
    let said = "Use 22 to 128 random characters, made anew for each exchange.";
    check.ensure(RETRY_KEY.contains(&length), Code::Invalid, "input.retryKey", said);
    check.done()?;
    Ok(Some(digest_of(key.expose_secret())))
}

/// Which token is used up: the one that was sent, or, when the answer to it was lost, the one given in that answer. None
/// if the one that was sent had been used before.
async fn spent_by(tx: &Tx, row: &RefreshRow, retry: Option<&Vec<u8>>) -> Result<Option<RefreshId>> {
    let Some(used_at) = row.used_at else { return Ok(Some(row.id)) };
    let is_retry = retry.is_some() && row.retry_hash.as_ref() == retry && used_at + RETRY_WITHIN > tx.now();
    match row.successor.filter(|_| is_retry) {
        Some(successor) => Ok(store::is_unused(tx.conn()?, successor).await?.then_some(successor)),
        None => Ok(None),
    }
}

/// Ends a sign-in of which somebody has a copy, and tells its owner and staff.
async fn end_robbed(tx: &Tx, decision: &Decision, sign_in: &SignInRow, held: &HeldRole) -> Result<()> {
    let (conn, now) = (tx.conn()?, tx.now());
    store::end_sign_ins(conn, sign_in.account, Some(sign_in.id), EndReason::RefreshReused, now).await?;
    let alert =
        NewAlert { id: tx.make_id(), kind: AlertKind::RefreshReused, sign_in: sign_in.id, held, raised_at: now };
    store::insert_alert(conn, &alert).await?;
    tx.deny_in(decision, Outcome::Denied, Some(sign_in.account), held.programme);
    cut_one(tx, sign_in.account, sign_in.id);
    tracing::warn!(sign_in = %sign_in.id, "a refresh token was used twice; the sign-in has ended");
    Ok(())
}
