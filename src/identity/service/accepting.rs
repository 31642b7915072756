//! How an invitation becomes an account that somebody can sign in with.

use jiff::Timestamp;
use secrecy::SecretString;

use crate::access::{Decision, Resource, Strength, act};
use crate::audit::Outcome;
use crate::identity::model::invitation::MAX_LIFETIME;
use crate::identity::secrets::digest_of;
use crate::identity::store::{self, Invitation};
use crate::identity::{AccountState, Identity, InvitationCode};
use crate::kernel::{Check, Code, Error, Problem, Result};
use crate::op::{Op, Tx};

use super::SignedIn;
use super::factors::{NewPasskey, known};
use super::resets::has_nothing;
use super::signing_in::Proved;

/// The code is not known, was used, was taken back or has expired: one answer for all.
pub const CODE_NOT_GOOD: Code = Code::CodeNotGood;
/// The account needs a passphrase: only families may do without one.
pub const PASSPHRASE_NEEDED: Code = Code::PassphraseNeeded;

/// What somebody signs in with from now on.
enum Chosen<'a> {
    /// The hash of a passphrase.
    Passphrase(String),
    /// A passkey and its name.
    Passkey(&'a NewPasskey, String),
}

/// An invitation code as it is looked for.
pub(super) struct Sought {
    /// What is kept of it.
    pub(super) hash: Vec<u8>,
    /// Texts of the surroundings of the account that it opens.
    context: Vec<String>,
}

impl Identity {
    /// Turns an invitation code into an account with a passphrase, and signs it in. An unknown, used, revoked and expired
    /// code get the same refusal.
    pub async fn accept_invitation(&self, op: &Op, code: &str, passphrase: SecretString) -> Result<SignedIn> {
        let Sought { hash, context } = self.seek(op, code).await?;
        self.passphrases.judge("input.passphrase", &passphrase, context).await?;
        // Hashed before the transaction, which must not wait for it.
        let kept = self.passphrases.hash(passphrase).await?;
        self.accept(op, &hash, &Chosen::Passphrase(kept)).await
    }

    /// Turns an invitation code into a family member's account with a passkey and no passphrase, and signs it in.
    pub async fn accept_with_passkey(&self, op: &Op, code: &str, new: NewPasskey) -> Result<SignedIn> {
        let hash = self.seek(op, code).await?.hash;
        let mut check = Check::new();
        let name = new.check(&mut check, "input.passkey");
        check.done()?;
        let accepted = self.accept(op, &hash, &Chosen::Passkey(&new, name)).await;
        accepted.map_err(|error| known("input.passkey.credential", error))
    }

    /// Counts a try of a code: by the code where there is such an invitation, so that no neighbour keeps somebody from
    /// theirs, and by where it comes from where there is none.
    pub(super) async fn seek(&self, op: &Op, code: &str) -> Result<Sought> {
        let parsed = InvitationCode::parse(code);
        let hash = digest_of(parsed.as_ref().map_or("", InvitationCode::canonical));
        let by_code = &hash;
        let context = op.core().db.read(|conn| async move {
            match store::invitation_by_code(&conn, by_code.clone()).await? {
                Some(invitation) => store::surroundings(&conn, invitation.account).await.map(Some),
                None => Ok(None),
            }
        });
        let context = context.await?;
        match context {
            Some(_) => self.throttle.count(parsed.as_ref().map(InvitationCode::canonical), None)?,
            None => self.throttle.count(None, op.origin().source.as_deref())?,
        }
        Ok(Sought { hash, context: context.unwrap_or_default() })
    }

    async fn accept(&self, op: &Op, hash: &[u8], chosen: &Chosen<'_>) -> Result<SignedIn> {
        op.write(|tx| async move {
            let permit = tx.allow::<act::AcceptInvitation>(Some(Resource::system()))?;
            let (conn, now) = (tx.conn()?, tx.now());
            let invitation = good_invitation(&tx, permit.decision(), hash.to_vec()).await?;
            let account = invitation.account;
            let strength = match chosen {
                Chosen::Passphrase(kept) => {
                    store::set_passphrase(conn, account, kept, now).await?;
                    Strength::Passphrase
                }
                Chosen::Passkey(new, name) => {
                    may_do_without_passphrase(&invitation)?;
                    self.accept_passkey(&tx, account, new, name).await?;
                    Strength::Passkey
                }
            };
            store::use_invitation(conn, invitation.id, now).await?;
            store::set_account_state(conn, account, AccountState::Active, now).await?;
            tx.named(permit.decision(), [invitation.id.uuid(), account.uuid()]);
            let credential = store::credential_by_id(conn, account).await?.ok_or(Error::NotFound)?;
            self.begin(&tx, permit.decision(), &credential, None, Proved::now(&tx, strength)).await
        })
        .await
    }
}

/// Mentors and staff keep both, so that a lost device alone shuts none of them out.
pub(super) fn may_do_without_passphrase(invitation: &Invitation) -> Result<()> {
    if !invitation.role.needs_second_factor() {
        return Ok(());
    }
    let said = "Choose a passphrase first, and add a passkey when you are in.";
    Err(Problem::at(PASSPHRASE_NEEDED, "input.code", said).into())
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
/// account that was closed in the meantime is not opened by any. One in use is opened again only when its owner has nothing
/// left to sign in with.
pub(super) async fn good_invitation(tx: &Tx, decision: &Decision, hash: Vec<u8>) -> Result<Invitation> {
    let (conn, now) = (tx.conn()?, tx.now());
    let found = store::invitation_by_code(conn, hash).await?;
    let (known, place) = (found.as_ref().map(|i| i.account), found.as_ref().and_then(|i| i.programme));
    let good = found.filter(|invitation| is_good(invitation, now));
    let usable = match &good {
        Some(invitation) if invitation.is_bootstrap() && store::administrator_exists(conn).await? => false,
        Some(invitation) => match store::account_state(conn, invitation.account).await? {
            Some(AccountState::Invited) => true,
            Some(AccountState::Active) => has_nothing(tx, invitation.account).await?,
            Some(AccountState::Suspended | AccountState::Closed) | None => false,
        },
        None => false,
    };
    good.filter(|_| usable).ok_or_else(|| {
        tx.deny_in(decision, Outcome::Denied, known, place);
        code_not_good()
    })
}
