//! Proving again, within a session, who one is: what the gravest acts ask for.

use secrecy::{ExposeSecret as _, SecretString};

use crate::access::{Strength, act};
use crate::audit::Outcome;
use crate::identity::Identity;
use crate::identity::model::passphrase::MOST_BYTES;
use crate::identity::store;
use crate::kernel::ids::AccountId;
use crate::kernel::{Check, Code, Error, Problem, Result};
use crate::op::{Op, Tx};

use super::super::accounts::own;
use super::{FACTOR_NEEDED, WRONG_PROOF, caller, proofs};

/// What somebody shows who is signed in already: exactly one of these.
#[derive(Debug, Default)]
pub struct FreshProof {
    /// A code of an authenticator.
    pub code: Option<String>,
    /// The passphrase, of an account that has no second factor.
    pub passphrase: Option<SecretString>,
}

/// One thing that was shown, a passphrase already compared with the one that is kept.
enum Shown {
    Code(String),
    Passphrase { fits: bool },
}

impl Shown {
    fn refusal(&self) -> Problem {
        match self {
            Self::Code(_) => Problem::at(WRONG_PROOF, "input.code", "This code is not right, or was used before."),
            Self::Passphrase { .. } => Problem::at(WRONG_PROOF, "input.passphrase", "This is not your passphrase."),
        }
    }
}

impl Identity {
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
                let checked = check(&tx, account, shown).await;
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
        match (proof.code, proof.passphrase) {
            (Some(code), None) => {
                let mut check = Check::new();
                check.ensure(code.len() <= 40, Code::TooLong, "input.code", "A code has six digits.");
                check.done()?;
                Ok(Shown::Code(code))
            }
            (None, Some(passphrase)) => {
                let mut check = Check::new();
                let fits = passphrase.expose_secret().len() <= MOST_BYTES;
                check.ensure(fits, Code::TooLong, "input.passphrase", "Use at most 128 characters.");
                check.done()?;
                let found = op.core().db.read(|conn| async move { store::credential_by_id(&conn, account).await });
                let kept = found.await?.and_then(|who| who.hash);
                Ok(Shown::Passphrase { fits: self.passphrases.verify(passphrase, kept).await? })
            }
            _ => Err(Problem::at(Code::Required, "input", "Show exactly one proof.").into()),
        }
    }
}

/// How strong the proof is; none when it is wrong.
async fn check(tx: &Tx, account: AccountId, shown: &Shown) -> Result<Option<Strength>> {
    match shown {
        Shown::Code(code) => Ok(proofs::code(tx, account, code).await?.map(|_| Strength::SecondFactor)),
        Shown::Passphrase { fits } => {
            if !store::keys_of(tx.conn()?, account).await?.is_empty() {
                let said = "Your account has a second factor: show that one.";
                return Err(Problem::at(FACTOR_NEEDED, "input.passphrase", said).into());
            }
            Ok(fits.then_some(Strength::Passphrase))
        }
    }
}
