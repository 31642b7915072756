//! The second step of signing in.

use secrecy::{ExposeSecret as _, SecretString};

use crate::access::{Resource, Strength, act};
use crate::audit::Outcome;
use crate::identity::model::factor::Purpose;
use crate::identity::secrets::digest_of;
use crate::identity::store::{self, ChallengeRow, Credential};
use crate::identity::{AccountState, Identity};
use crate::kernel::ids::AccountId;
use crate::kernel::{Check, Code, Error, Problem, Result};
use crate::op::{Op, Tx};

use super::super::SignedIn;
use super::super::signing_in::Proved;
use super::{WRONG_PROOF, not_good, proofs};

/// What somebody shows to answer a challenge: exactly one of these.
#[derive(Debug, Default)]
pub struct Answer {
    /// A code of an authenticator.
    pub code: Option<String>,
    /// A recovery code.
    pub recovery_code: Option<String>,
    /// A passkey's credential, as JSON.
    pub passkey: Option<String>,
}

/// A session that came with the right answer.
#[derive(Debug)]
pub struct Answered {
    /// The session.
    pub session: SignedIn,
    /// How many recovery codes are left, when one was used.
    pub recovery_codes_left: Option<u32>,
}

/// One thing that was shown.
enum Shown {
    Code(String),
    Recovery(String),
    Passkey(String),
}

impl Answer {
    fn shown(self) -> Result<Shown> {
        let long = |text: &Option<String>, most| text.as_ref().is_some_and(|text| text.len() > most);
        let mut check = Check::new();
        check.ensure(!long(&self.code, 40), Code::TooLong, "input.code", "A code has six digits.");
        check.ensure(!long(&self.recovery_code, 128), Code::TooLong, "input.recoveryCode", "A code has 24 characters.");
        super::passkey::check_credential(&mut check, "input.passkey", self.passkey.as_deref().unwrap_or_default());
        check.done()?;
        match (self.code, self.recovery_code, self.passkey) {
            (Some(code), None, None) => Ok(Shown::Code(code)),
            (None, Some(code), None) => Ok(Shown::Recovery(code)),
            (None, None, Some(credential)) => Ok(Shown::Passkey(credential)),
            _ => Err(Problem::at(Code::Required, "input", "Show exactly one proof.").into()),
        }
    }
}

impl Shown {
    fn refusal(&self) -> Problem {
        let used = "This code is not right, or was used before.";
        match self {
            Self::Code(_) => Problem::at(WRONG_PROOF, "input.code", used),
            Self::Recovery(_) => Problem::at(WRONG_PROOF, "input.recoveryCode", used),
            Self::Passkey(_) => Problem::at(WRONG_PROOF, "input.passkey", "This is not a passkey of this account."),
        }
    }
}

impl Identity {
    /// Answers the challenge of a sign-in. A challenge that is unknown, expired or used up gets one answer; a wrong proof
    /// counts, for the challenge and, if it is a code, for the account.
    pub async fn answer_challenge(&self, op: &Op, token: &SecretString, answer: Answer) -> Result<Answered> {
        let (shown, hash, now) = (&answer.shown()?, &digest_of(token.expose_secret()), op.now());
        let is_open = op
            .core()
            .db
            .read(|conn| async move { Ok(store::open_challenge(&conn, hash.clone(), now).await?.is_some()) });
        // By the challenge, not by the address, as with codes and tokens: only those that were made up, or are over, are
        // counted by where they come from, so that no neighbour keeps somebody from their second step.
        if is_open.await? {
            self.throttle.count(Some(token.expose_secret()), None)?;
        } else {
            self.throttle.count(None, op.origin().source.as_deref())?;
        }
        let outcome = op
            .write(|tx| async move {
                let permit = tx.allow::<act::AnswerChallenge>(Some(Resource::system()))?;
                let (decision, conn, now) = (permit.decision(), tx.conn()?, tx.now());
                let Some((row, who)) = self.asked(&tx, hash.clone(), shown).await? else {
                    tx.deny(decision, Outcome::Denied);
                    return Err(not_good("input.challenge"));
                };
                let Some(who) = who else {
                    // A key of nobody is answered as a wrong key of somebody.
                    store::use_challenge(conn, row.id, now).await?;
                    tx.deny(decision, Outcome::Denied);
                    return Ok(Err(shown.refusal()));
                };
                let (known, place) = (Some(who.account), store::first_programme(conn, who.account).await?);
                let checked = self.check(&tx, &row, &who, shown).await;
                let Some((strength, recovery_codes_left)) =
                    checked.inspect_err(|_| tx.deny_in(decision, Outcome::Denied, known, place))?
                else {
                    // The wrong try must be kept, so this is no error inside the transaction.
                    self.miss(&tx, &row, shown).await?;
                    tx.deny_in(decision, Outcome::Denied, known, place);
                    return Ok(Err(shown.refusal()));
                };
                if !store::use_challenge(conn, row.id, now).await? {
                    return Err(not_good("input.challenge"));
                }
                let session = self.begin(&tx, decision, &who, None, Proved::now(&tx, strength)).await?;
                Ok(Ok(Answered { session, recovery_codes_left }))
            })
            .await?;
        outcome.map_err(Error::from)
    }

    /// Counts a wrong answer. What a device signed is never looked at twice.
    async fn miss(&self, tx: &Tx, row: &ChallengeRow, shown: &Shown) -> Result<()> {
        match shown {
            Shown::Passkey(_) => store::use_challenge(tx.conn()?, row.id, tx.now()).await.map(|_| ()),
            Shown::Code(_) | Shown::Recovery(_) => store::miss_challenge(tx.conn()?, row, tx.now()).await,
        }
    }

    /// The open challenge with this token, and the account in use that it is for: the one that it was made for, or the one
    /// that a passkey names. That one may be nobody's.
    async fn asked(&self, tx: &Tx, hash: Vec<u8>, shown: &Shown) -> Result<Option<(ChallengeRow, Option<Credential>)>> {
        let Some(row) = store::open_challenge(tx.conn()?, hash, tx.now()).await? else { return Ok(None) };
        match (row.purpose, row.account, shown) {
            (Purpose::SignIn, Some(account), _) => Ok(in_use(tx, account).await?.map(|who| (row, Some(who)))),
            (Purpose::PasskeySignIn, _, Shown::Passkey(credential)) => {
                let who = match self.passkeys()?.claimed(credential) {
                    Some(account) => in_use(tx, account.into()).await?,
                    None => None,
                };
                Ok(Some((row, who)))
            }
            _ => Ok(None),
        }
    }

    /// How strongly what was shown proves who they are, and how many recovery codes are left if it was one; none when it is
    /// wrong.
    async fn check(
        &self,
        tx: &Tx,
        row: &ChallengeRow,
        who: &Credential,
        shown: &Shown,
    ) -> Result<Option<(Strength, Option<u32>)>> {
        match shown {
            Shown::Code(code) => {
                let factor = proofs::code(tx, who.account, code).await?;
                Ok(factor.map(|_| (Strength::SecondFactor, None)))
            }
            Shown::Recovery(code) => {
                let left = proofs::recovery(tx, who.account, code).await?;
                Ok(left.map(|left| (Strength::SecondFactor, Some(left))))
            }
            Shown::Passkey(credential) => {
                let right = self.passkey(tx, row, who.account, credential).await?;
                Ok(right.then_some((Strength::Passkey, None)))
            }
        }
    }
}

/// The account, if it is in use and holds a role.
async fn in_use(tx: &Tx, account: AccountId) -> Result<Option<Credential>> {
    let conn = tx.conn()?;
    let found = store::credential_by_id(conn, account).await?.filter(|who| who.state == AccountState::Active);
    let holds = !store::roles_of(conn, account).await?.is_empty();
    Ok(found.filter(|_| holds))
}
