//! How an invitation becomes an account that somebody can sign in with.

use jiff::Timestamp;
use secrecy::SecretString;

use crate::access::{Decision, Resource, Strength, act};
use crate::audit::Outcome;
use crate::identity::model::invitation::MAX_LIFETIME;
use crate::identity::secrets::digest_of;
use crate::identity::store::{self, Invitation};
use crate::identity::{AccountState, Identity, InvitationCode};
use crate::kernel::{Code, Error, Problem, Result};
use crate::op::{Op, Tx};

use super::SignedIn;
use super::signing_in::Proved;

/// The code is not known, was used, was taken back or has expired: one answer for all.
pub const CODE_NOT_GOOD: Code = Code("CODE_NOT_GOOD");

impl Identity {
    /// Turns an invitation code into an account with a passphrase, and signs it in. An unknown, used, revoked and expired
    /// code get the same refusal.
    pub async fn accept_invitation(&self, op: &Op, code: &str, passphrase: SecretString) -> Result<SignedIn> {
        let (hash, context) = self.try_invitation(op, code).await?;
        let hash = &hash;
        self.passphrases.judge("input.passphrase", &passphrase, context.unwrap_or_default()).await?;
        // Hashed before the transaction, which must not wait for it.
        let kept = &self.passphrases.hash(passphrase).await?;
        op.write(|tx| async move {
            let permit = tx.allow::<act::AcceptInvitation>(Some(Resource::system()))?;
            let (conn, now) = (tx.conn()?, tx.now());
            let invitation = good_invitation(&tx, permit.decision(), hash.clone()).await?;
            store::use_invitation(conn, invitation.id, now).await?;
            store::set_passphrase(conn, invitation.account, kept, now).await?;
            store::set_account_state(conn, invitation.account, AccountState::Active, now).await?;
            tx.named(permit.decision(), [invitation.id.uuid(), invitation.account.uuid()]);
            let credential = store::credential_by_id(conn, invitation.account).await?.ok_or(Error::NotFound)?;
            let proved = Proved::now(&tx, Strength::Passphrase);
            self.begin(&tx, permit.decision(), &credential, None, proved).await
        })
        .await
    }

    /// Counts one try with an invitation code: one that exists by itself, one that was made up by where it comes from. What
    /// is kept of the code, and the surroundings of whom it is for.
    pub(super) async fn try_invitation(&self, op: &Op, code: &str) -> Result<(Vec<u8>, Option<Vec<String>>)> {
        let parsed = InvitationCode::parse(code);
        let hash = &digest_of(parsed.as_ref().map_or("", InvitationCode::canonical));
        let context = op.core().db.read(|conn| async move {
            match store::invitation_by_code(&conn, hash.clone()).await? {
                Some(invitation) => store::surroundings(&conn, invitation.account).await.map(Some),
                None => Ok(None),
            }
        });
        let context = context.await?;
        match context {
            Some(_) => self.throttle.count(parsed.as_ref().map(InvitationCode::canonical), None)?,
            None => self.throttle.count(None, op.origin().source.as_deref())?,
        }
        Ok((hash.clone(), context))
    }
}

/// Whether an invitation is neither used nor taken back nor too old.
pub(super) fn is_good(invitation: &Invitation, now: Timestamp) -> bool {
    let in_time = invitation.expires_at > now && invitation.created_at + MAX_LIFETIME > now;
    !invitation.used && !invitation.revoked && in_time
}

/// The refusal of a code that cannot be used.
pub(super) fn code_not_good() -> Error {
    Problem::at(CODE_NOT_GOOD, "input.code", "This code is not good. Ask for a new one.").into()
}

/// The invitation of this code, if it can be used now. One of the command line was for the first administrator only, and an
/// account that was closed in the meantime is not opened by any.
pub(super) async fn good_invitation(tx: &Tx, decision: &Decision, hash: Vec<u8>) -> Result<Invitation> {
    let (conn, now) = (tx.conn()?, tx.now());
    let found = store::invitation_by_code(conn, hash).await?;
    let (known, place) = (found.as_ref().map(|i| i.account), found.as_ref().and_then(|i| i.programme));
    let good = found.filter(|invitation| is_good(invitation, now));
    let usable = match &good {
        Some(invitation) if invitation.is_bootstrap() && store::administrator_exists(conn).await? => false,
        Some(invitation) => {
            store::account_state(conn, invitation.account).await? == Some(AccountState::Invited)
        }
        None => false,
    };
    good.filter(|_| usable).ok_or_else(|| {
        tx.deny_in(decision, Outcome::Denied, known, place);
        code_not_good()
    })
}
