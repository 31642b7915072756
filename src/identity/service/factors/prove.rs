//! Proving again, within a session, who one is: what the gravest acts ask for.

use secrecy::{ExposeSecret as _, SecretString};

use crate::access::{Strength, act};
use crate::audit::Outcome;
use crate::identity::Identity;
use crate::identity::model::factor::Purpose;
use crate::identity::model::passphrase::MOST_BYTES;
use crate::identity::secrets::digest_of;
use crate::identity::store::{self, ChallengeRow};
use crate::kernel::ids::AccountId;
use crate::kernel::{Check, Code, Error, Problem, Result};
use crate::op::{Op, Tx};

use super::super::accounts::own;
use super::passkey::{asking, check_credential};
use super::{Challenge, FACTOR_NEEDED, NO_FACTOR, ProofKind, WRONG_PROOF, caller, not_good, open, proofs};

/// What somebody shows who is signed in already: exactly one of these.
#[derive(Debug, Default)]
pub struct FreshProof {
    /// A code of an authenticator.
    pub code: Option<String>,
    /// The passphrase, of an account that has no second factor.
    pub passphrase: Option<SecretString>,
    /// A passkey.
    pub passkey: Option<PasskeyProof>,
}

/// A passkey that was shown to a signed-in session.
#[derive(Debug)]
pub struct PasskeyProof {
    /// The challenge's token.
    pub challenge: SecretString,
    /// The credential, as JSON.
    pub credential: String,
}

/// One thing that was shown, a passphrase already compared with the one that is kept.
enum Shown {
    Code(String),
    Passphrase { fits: bool },
    Passkey(PasskeyProof),
}

impl Shown {
    fn refusal(&self) -> Problem {
        match self {
            Self::Code(_) => Problem::at(WRONG_PROOF, "input.code", "This code is not right, or was used before."),
            Self::Passphrase { .. } => Problem::at(WRONG_PROOF, "input.passphrase", "This is not your passphrase."),
            Self::Passkey(_) => Problem::at(WRONG_PROOF, "input.passkey", "This is not a passkey of yours."),
        }
    }
}

impl Identity {
    /// Asks for a passkey of the caller's, for [`Identity::prove_again`].
    pub async fn begin_proof(&self, op: &Op) -> Result<Challenge> {
        let (account, _) = own(op)?;
        let passkeys = Some(self.passkeys()?);
        op.write(|tx| async move {
            let permit = tx.allow::<act::ProveAgain>(store::account_facts(tx.conn()?, account).await?)?;
            let (account, sign_in) = caller(&tx)?;
            let said = "You have no passkey.";
            let asked = asking(&tx, passkeys, account).await?.ok_or_else(|| Problem::of_the_whole(NO_FACTOR, said))?;
            tx.named(permit.decision(), [sign_in]);
            let (purpose, state) = (Purpose::Prove, Some(asked.state.as_str()));
            let (token, expires_at) = open(&tx, purpose, Some(account), Some(sign_in), state).await?;
            let (proofs, passkey_options) = (vec![ProofKind::Passkey], Some(asked.options));
            Ok(Challenge { token, expires_at, proofs, passkey_options, pending_reset: None })
        })
        .await
    }

    /// Renews the proof of the present session; it counts as fresh for five minutes. An account with a second factor has
    /// to show that, one without its passphrase.
    pub async fn prove_again(&self, op: &Op, proof: FreshProof) -> Result<()> {
        let (account, _) = own(op)?;
        // By the sign-in: whoever holds a copy of one must not keep its owner from proving themself in another.
        self.throttle.count(op.principal().sign_in.map(|id| id.to_string()).as_deref(), None)?;
        let shown = &self.shown(op, account, proof).await?;
        let outcome = op
            .write(|tx| async move {
                let conn = tx.conn()?;
                let permit = tx.allow::<act::ProveAgain>(store::account_facts(conn, account).await?)?;
                let (account, sign_in) = caller(&tx)?;
                let checked = self.check_again(&tx, account, shown).await;
                let Some(strength) = checked.inspect_err(|_| tx.deny(permit.decision(), Outcome::Denied))? else {
                    // The wrong try must be kept, so this is no error inside the transaction.
                    tx.deny(permit.decision(), Outcome::Denied);
                    return Ok(Err(shown.refusal()));
                };
                let strength = strength.max(tx.principal().strength);
                store::prove_sign_in(conn, sign_in, strength, tx.now()).await?;
                tx.named(permit.decision(), [sign_in]);
                Ok(Ok(()))
            })
            .await?;
        outcome.map_err(Error::from)
    }

    async fn shown(&self, op: &Op, account: AccountId, proof: FreshProof) -> Result<Shown> {
        match (proof.code, proof.passphrase, proof.passkey) {
            (Some(code), None, None) => {
                let mut check = Check::new();
                check.ensure(code.len() <= 40, Code::TooLong, "input.code", "A code has six digits.");
                check.done()?;
                Ok(Shown::Code(code))
            }
            (None, Some(passphrase), None) => {
                let mut check = Check::new();
                let fits = passphrase.expose_secret().len() <= MOST_BYTES;
                check.ensure(fits, Code::TooLong, "input.passphrase", "Use at most 128 characters.");
                check.done()?;
                let found = op.core().db.read(|conn| async move { store::credential_by_id(&conn, account).await });
                let kept = found.await?.and_then(|who| who.hash);
                Ok(Shown::Passphrase { fits: self.passphrases.verify(passphrase, kept).await? })
            }
            (None, None, Some(passkey)) => {
                let mut check = Check::new();
                check_credential(&mut check, "input.passkey.credential", &passkey.credential);
                check.done()?;
                Ok(Shown::Passkey(passkey))
            }
            _ => Err(Problem::at(Code::Required, "input", "Show exactly one proof.").into()),
        }
    }

    /// How strong the proof is; none when it is wrong.
    async fn check_again(&self, tx: &Tx, account: AccountId, shown: &Shown) -> Result<Option<Strength>> {
        match shown {
            Shown::Code(code) => Ok(proofs::code(tx, account, code).await?.map(|_| Strength::SecondFactor)),
            Shown::Passphrase { fits } => {
                if !store::keys_of(tx.conn()?, account).await?.is_empty() {
                    let said = "Your account has a second factor: show that one.";
                    return Err(Problem::at(FACTOR_NEEDED, "input.passphrase", said).into());
                }
                Ok(fits.then_some(Strength::Passphrase))
            }
            Shown::Passkey(proof) => {
                let (conn, (_, sign_in)) = (tx.conn()?, caller(tx)?);
                let hash = digest_of(proof.challenge.expose_secret());
                let found = store::open_challenge(conn, hash, tx.now()).await?;
                let ours = |row: &ChallengeRow| {
                    (row.purpose, row.account, row.sign_in) == (Purpose::Prove, Some(account), Some(sign_in))
                };
                let row = found.filter(ours).ok_or_else(|| not_good("input.passkey.challenge"))?;
                // Used up whether it is right or wrong: what a device signed is never looked at twice.
                if !store::use_challenge(conn, row.id, tx.now()).await? {
                    return Err(not_good("input.passkey.challenge"));
                }
                Ok(self.passkey(tx, &row, account, &proof.credential).await?.then_some(Strength::Passkey))
            }
        }
    }
}
