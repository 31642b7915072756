//! How an invitation becomes an account that somebody can sign in with.

use secrecy::{ExposeSecret as _, SecretString};

use crate::access::{Decision, Resource, Strength, act};
use crate::audit::Outcome;
use crate::identity::model::invitation::MAX_LIFETIME;
use crate::identity::secrets::digest_of;
use crate::identity::store::{self, Invitation};
use crate::identity::{AccountState, Identity, InvitationCode, check_passphrase};
use crate::kernel::{Check, Code, Error, Problem, Result};
use crate::op::{Op, Tx};

use super::SignedIn;
use super::factors::{NewPasskey, known};
use super::signing_in::Proved;

/// The code is not known, was used, was taken back or has expired: one answer for all.
pub const CODE_NOT_GOOD: Code = Code("CODE_NOT_GOOD");

/// What somebody signs in with from now on.
enum Chosen<'a> {
    /// The hash of a passphrase.
    Passphrase(String),
    /// A passkey and its name.
    Passkey(&'a NewPasskey, String),
}

impl Identity {
    /// Turns an invitation code into an account with a passphrase, and signs it in. An unknown, used, revoked and expired
    /// code get the same refusal.
    pub async fn accept_invitation(&self, op: &Op, code: &str, passphrase: SecretString) -> Result<SignedIn> {
        self.throttle.count(None, op.origin().source.as_deref())?;
        let hash = hash_of(code);
        let by_code = &hash;
        let name = op.core().db.read(|conn| async move {
            let Some(invitation) = store::invitation_by_code(&conn, by_code.clone()).await? else { return Ok(None) };
            Ok(store::credential_by_id(&conn, invitation.account).await?.map(|found| found.sign_in_name))
        });
        let name = name.await?;
        let mut check = Check::new();
        check_passphrase(&mut check, "input.passphrase", passphrase.expose_secret(), name.as_deref());
        check.done()?;
        // Hashed before the transaction, which must not wait for it.
        let kept = self.passphrases.hash(passphrase).await?;
        self.accept(op, &hash, &Chosen::Passphrase(kept)).await
    }

    /// Turns an invitation code into an account with a passkey and no passphrase, and signs it in.
    pub async fn accept_with_passkey(&self, op: &Op, code: &str, new: NewPasskey) -> Result<SignedIn> {
        self.throttle.count(None, op.origin().source.as_deref())?;
        let mut check = Check::new();
        let name = new.check(&mut check, "input.passkey");
        check.done()?;
        let accepted = self.accept(op, &hash_of(code), &Chosen::Passkey(&new, name)).await;
        accepted.map_err(|error| known("input.passkey.credential", error))
    }

    async fn accept(&self, op: &Op, hash: &[u8], chosen: &Chosen<'_>) -> Result<SignedIn> {
        op.write(|tx| async move {
            let permit = tx.allow::<act::AcceptInvitation>(Some(Resource::system()))?;
            let (conn, now) = (tx.conn()?, tx.now());
            let invitation = good_invitation(&tx, permit.decision(), hash.to_vec()).await?;
            let account = invitation.account;
            store::use_invitation(conn, invitation.id, now).await?;
            let strength = match chosen {
                Chosen::Passphrase(kept) => {
                    store::set_passphrase(conn, account, kept, now).await?;
                    Strength::Passphrase
                }
                Chosen::Passkey(new, name) => {
                    self.accept_passkey(&tx, account, new, name).await?;
                    Strength::Passkey
                }
            };
            store::set_account_state(conn, account, AccountState::Active, now).await?;
            tx.named(permit.decision(), [invitation.id.uuid(), account.uuid()]);
            let credential = store::credential_by_id(conn, account).await?.ok_or(Error::NotFound)?;
            self.begin(&tx, permit.decision(), &credential, None, Proved { strength, at: now }).await
        })
        .await
    }
}

fn hash_of(code: &str) -> Vec<u8> {
    digest_of(InvitationCode::parse(code).as_ref().map_or("", InvitationCode::canonical))
}

/// The invitation of this code, if it can be used now. An account that was suspended or closed in the meantime is not
/// opened by it.
pub(super) async fn good_invitation(tx: &Tx, decision: &Decision, hash: Vec<u8>) -> Result<Invitation> {
    let (conn, now) = (tx.conn()?, tx.now());
    let found = store::invitation_by_code(conn, hash).await?;
    let good = found.filter(|i| !i.used && !i.revoked && i.expires_at > now && i.created_at + MAX_LIFETIME > now);
    let standing = match &good {
        Some(invitation) => store::credential_by_id(conn, invitation.account).await?,
        None => None,
    };
    let open = standing.is_some_and(|who| matches!(who.state, AccountState::Invited | AccountState::Active));
    good.filter(|_| open).ok_or_else(|| {
        tx.deny(decision, Outcome::Denied);
        Problem::at(CODE_NOT_GOOD, "input.code", "This code is not good. Ask for a new one.").into()
    })
}
