//! Passkeys: adding one, asking for one, and coming in by one alone.

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use crate::access::{Resource, Strength, act};
use crate::identity::Identity;
use crate::identity::model::factor::{FactorKind, Purpose, check_name};
use crate::identity::passkeys::{Begun, Kept, MOST_BYTES, Passkeys};
use crate::identity::secrets::digest_of;
use crate::identity::store::{self, ChallengeRow};
use crate::kernel::ids::AccountId;
use crate::kernel::{Check, Code, Error, Problem, Result};
use crate::op::{Op, Tx};

use super::super::accepting;
use super::super::accounts::own;
use super::{Addition, Challenge, Enrolled, ProofKind, WRONG_PROOF, caller, keep, not_good, open, room};

/// The service's address is one to which no passkey can be tied.
pub const PASSKEYS_UNAVAILABLE: Code = Code::PasskeysUnavailable;
/// The key is somebody's already.
pub const PASSKEY_KNOWN: Code = Code::PasskeyKnown;

/// A passkey that is being made.
#[derive(Debug)]
pub struct PasskeyCeremony {
    /// Names the ceremony: good once, until it expires.
    pub token: SecretString,
    /// Until when it can be finished.
    pub expires_at: Timestamp,
    /// What the device is asked, as JSON.
    pub options: String,
}

/// The answer of a device that made a passkey.
#[derive(Debug)]
pub struct NewPasskey {
    /// The ceremony's token.
    pub ceremony: SecretString,
    /// The credential, as JSON.
    pub credential: String,
    /// What its owner calls it: 1 to 60 characters.
    pub name: String,
}

impl NewPasskey {
    /// Checks name and length, the fields standing below `path`.
    pub(in crate::identity::service) fn check(&self, check: &mut Check, path: &str) -> String {
        check_credential(check, &format!("{path}.credential"), &self.credential);
        check_name(check, &format!("{path}.name"), &self.name)
    }
}

/// A credential is JSON of a few hundred bytes; far longer ones are refused unread.
pub(super) fn check_credential(check: &mut Check, path: &str, credential: &str) {
    check.ensure(credential.len() <= MOST_BYTES, Code::TooLong, path, "This is too long for a credential.");
}

impl Identity {
    pub(super) fn passkeys(&self) -> Result<&Passkeys> {
        let said = "Passkeys need an address with a name, which this service does not have.";
        self.passkeys.as_ref().ok_or_else(|| Problem::of_the_whole(PASSKEYS_UNAVAILABLE, said).into())
    }

    /// Begins to add a passkey to the caller's account.
    pub async fn begin_passkey(&self, op: &Op) -> Result<PasskeyCeremony> {
        let (account, _) = own(op)?;
        let passkeys = self.passkeys()?;
        op.write(|tx| async move {
            let conn = tx.conn()?;
            let permit = tx.allow::<act::AddFactor>(store::account_facts(conn, account).await?)?;
            let (account, sign_in) = caller(&tx)?;
            room(&store::keys_of(conn, account).await?)?;
            let begun = registration(&tx, passkeys, account).await?;
            tx.touched(permit.decision(), &["passkey"]);
            let (purpose, state) = (Purpose::EnrolPasskey, Some(begun.state.as_str()));
            let (token, expires_at) = open(&tx, purpose, Some(account), Some(sign_in), state).await?;
            Ok(PasskeyCeremony { token, expires_at, options: begun.options })
        })
        .await
    }

    /// Adds the passkey that the device made to the caller's account.
    pub async fn confirm_passkey(&self, op: &Op, new: NewPasskey) -> Result<Enrolled> {
        let mut check = Check::new();
        let name = &new.check(&mut check, "input");
        check.done()?;
        let (account, _) = own(op)?;
        let (passkeys, new) = (self.passkeys()?, &new);
        let done = op.write(|tx| async move {
            let permit = tx.allow::<act::AddFactor>(store::account_facts(tx.conn()?, account).await?)?;
            let (account, sign_in) = caller(&tx)?;
            let ours = |row: &ChallengeRow| {
                (row.purpose, row.account, row.sign_in) == (Purpose::EnrolPasskey, Some(account), Some(sign_in))
            };
            let made = made(&tx, passkeys, new, "input", ours).await?;
            keep(&tx, permit.decision(), addition(made, name.clone()), Strength::Passkey).await
        });
        done.await.map_err(|error| known("input.credential", error))
    }

    /// Asks for a passkey of any account: the first step of signing in without name and passphrase.
    pub async fn begin_passkey_sign_in(&self, op: &Op) -> Result<Challenge> {
        self.throttle.count(None, op.origin().source.as_deref())?;
        let passkeys = self.passkeys()?;
        op.write(|tx| async move {
            tx.allow::<act::SignIn>(Some(Resource::system()))?;
            let begun = passkeys.ask_anybody()?;
            let (token, expires_at) = open(&tx, Purpose::PasskeySignIn, None, None, Some(&begun.state)).await?;
            let (proofs, passkey_options) = (vec![ProofKind::Passkey], Some(begun.options));
            Ok(Challenge { token, expires_at, proofs, passkey_options, pending_reset: None })
        })
        .await
    }

    /// Begins to accept a family's invitation with a passkey instead of a passphrase.
    pub async fn begin_invitation(&self, op: &Op, code: &str) -> Result<PasskeyCeremony> {
        let hash = &self.seek(op, code).await?.hash;
        let passkeys = self.passkeys()?;
        op.write(|tx| async move {
            let permit = tx.allow::<act::AcceptInvitation>(Some(Resource::system()))?;
            let invitation = accepting::good_invitation(&tx, permit.decision(), hash.clone()).await?;
            accepting::may_do_without_passphrase(&invitation)?;
            let account = invitation.account;
            tx.named(permit.decision(), [invitation.id]);
            let begun = registration(&tx, passkeys, account).await?;
            let (purpose, state) = (Purpose::AcceptInvitation, Some(begun.state.as_str()));
            let (token, expires_at) = open(&tx, purpose, Some(account), None, state).await?;
            Ok(PasskeyCeremony { token, expires_at, options: begun.options })
        })
        .await
    }

    /// Gives the account of an invitation that is being accepted its first passkey.
    pub(in crate::identity::service) async fn accept_passkey(
        &self,
        tx: &Tx,
        account: AccountId,
        new: &NewPasskey,
        name: &str,
    ) -> Result<()> {
        let ours = |row: &ChallengeRow| (row.purpose, row.account) == (Purpose::AcceptInvitation, Some(account));
        let made = made(tx, self.passkeys()?, new, "input.passkey", ours).await?;
        super::insert(tx, account, addition(made, name.to_owned())).await.map(|_| ())
    }

    /// Whether the credential is a passkey of the account, shown in answer to this challenge. A right one is kept with its
    /// new counter.
    pub(super) async fn passkey(
        &self,
        tx: &Tx,
        row: &ChallengeRow,
        account: AccountId,
        credential: &str,
    ) -> Result<bool> {
        let (conn, passkeys) = (tx.conn()?, self.passkeys()?);
        let Some(state) = state_of(tx, row)? else { return Ok(false) };
        let anybody = row.purpose == Purpose::PasskeySignIn;
        for key in store::keys_of(conn, account).await? {
            if key.kind != FactorKind::Passkey {
                continue;
            }
            let secret = tx.open(store::secret_place(key.id), &key.secret_sealed)?;
            if let Some(kept) = passkeys.shown(credential, &state, anybody, &secret)? {
                let sealed = tx.seal(store::secret_place(key.id), &kept.secret)?;
                return store::use_counter(conn, key.id, kept.counter, sealed, tx.now()).await;
            }
        }
        Ok(false)
    }
}

/// What the devices of this account are asked to show one of its passkeys; none when it has none.
pub(super) async fn asking(tx: &Tx, passkeys: Option<&Passkeys>, account: AccountId) -> Result<Option<Begun>> {
    let secrets = secrets_of(tx, account).await?;
    match passkeys {
        Some(passkeys) if !secrets.is_empty() => passkeys.ask(&secrets).map(Some),
        _ => Ok(None),
    }
}

async fn registration(tx: &Tx, passkeys: &Passkeys, account: AccountId) -> Result<Begun> {
    let who = store::credential_by_id(tx.conn()?, account).await?.ok_or(Error::Unauthenticated)?;
    passkeys.register(account.uuid(), &who.sign_in_name, &secrets_of(tx, account).await?)
}

async fn secrets_of(tx: &Tx, account: AccountId) -> Result<Vec<String>> {
    let keys = store::keys_of(tx.conn()?, account).await?;
    let passkeys = keys.iter().filter(|key| key.kind == FactorKind::Passkey);
    passkeys.map(|key| tx.open(store::secret_place(key.id), &key.secret_sealed)).collect()
}

fn state_of(tx: &Tx, row: &ChallengeRow) -> Result<Option<String>> {
    row.state_sealed.as_deref().map(|sealed| tx.open(store::state_place(row.id), sealed)).transpose()
}

/// The passkey that the device made in this ceremony, which is used up with it.
async fn made(
    tx: &Tx,
    passkeys: &Passkeys,
    new: &NewPasskey,
    path: &str,
    ours: impl Fn(&ChallengeRow) -> bool,
) -> Result<Kept> {
    let (conn, now) = (tx.conn()?, tx.now());
    let refuse = || not_good(&format!("{path}.ceremony"));
    let found = store::open_challenge(conn, digest_of(new.ceremony.expose_secret()), now).await?;
    let row = found.filter(ours).ok_or_else(refuse)?;
    let state = state_of(tx, &row)?.ok_or_else(refuse)?;
    if !store::use_challenge(conn, row.id, now).await? {
        return Err(refuse());
    }
    let said = "The device did not make a key that can be used here.";
    let wrong = || Problem::at(WRONG_PROOF, &format!("{path}.credential"), said).into();
    passkeys.registered(&new.credential, &state)?.ok_or_else(wrong)
}

fn addition(made: Kept, name: String) -> Addition {
    Addition {
        kind: FactorKind::Passkey,
        name,
        secret: made.secret,
        credential_hash: Some(made.credential_hash),
        last_step: None,
        counter: Some(made.counter),
    }
}

/// Says that a key stands in the database already.
pub(in crate::identity::service) fn known(path: &str, error: Error) -> Error {
    error.explain("factor_credential", Problem::at(PASSKEY_KNOWN, path, "This key is in use already."))
}
