//! The second step of signing in.

use secrecy::{ExposeSecret as _, SecretString};

use crate::access::{Resource, Strength, act};
use crate::audit::Outcome;
use crate::identity::model::factor::Purpose;
use crate::identity::secrets::digest_of;
use crate::identity::store::{self, ChallengeRow, Credential};
use crate::identity::{AccountState, Identity};
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
}

impl Answer {
    fn shown(self) -> Result<Shown> {
        let long = |text: &Option<String>, most| text.as_ref().is_some_and(|text| text.len() > most);
        let mut check = Check::new();
        check.ensure(!long(&self.code, 40), Code::TooLong, "input.code", "A code has six digits.");
        check.ensure(!long(&self.recovery_code, 128), Code::TooLong, "input.recoveryCode", "A code has 24 characters.");
        check.done()?;
        match (self.code, self.recovery_code) {
            (Some(code), None) => Ok(Shown::Code(code)),
            (None, Some(code)) => Ok(Shown::Recovery(code)),
            _ => Err(Problem::at(Code::Required, "input", "Show exactly one proof.").into()),
        }
    }
}

impl Shown {
    fn refusal(&self) -> Problem {
        match self {
            Self::Code(_) => Problem::at(WRONG_PROOF, "input.code", "This code is not right, or was used before."),
            Self::Recovery(_) => {
                Problem::at(WRONG_PROOF, "input.recoveryCode", "This code is not right, or was used before.")
            }
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
                let Some((row, who)) = asked(&tx, hash.clone()).await? else {
                    tx.deny(decision, Outcome::Denied);
                    return Err(not_good("input.challenge"));
                };
                let (known, place) = (Some(who.account), store::first_programme(conn, who.account).await?);
                let checked = check(&tx, &who, shown).await;
                let Some((strength, recovery_codes_left)) =
                    checked.inspect_err(|_| tx.deny_in(decision, Outcome::Denied, known, place))?
                else {
                    // The wrong try must be kept, so this is no error inside the transaction.
                    store::miss_challenge(conn, &row, now).await?;
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
}

/// The open challenge with this token, and the account in use that it is for.
async fn asked(tx: &Tx, hash: Vec<u8>) -> Result<Option<(ChallengeRow, Credential)>> {
    let conn = tx.conn()?;
    let Some(row) = store::open_challenge(conn, hash, tx.now()).await? else { return Ok(None) };
    let (Purpose::SignIn, Some(account)) = (row.purpose, row.account) else { return Ok(None) };
    let found = store::credential_by_id(conn, account).await?;
    Ok(found.filter(|who| who.state == AccountState::Active).map(|who| (row, who)))
}

/// How strongly what was shown proves who they are, and how many recovery codes are left if it was one; none when it is
/// wrong.
async fn check(tx: &Tx, who: &Credential, shown: &Shown) -> Result<Option<(Strength, Option<u32>)>> {
    match shown {
        Shown::Code(code) => Ok(proofs::code(tx, who.account, code).await?.map(|_| (Strength::SecondFactor, None))),
        Shown::Recovery(code) => {
            let left = proofs::recovery(tx, who.account, code).await?;
            Ok(left.map(|left| (Strength::SecondFactor, Some(left))))
        }
    }
}
