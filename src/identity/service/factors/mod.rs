//! Second factors: adding and removing them, showing them at sign-in, and the codes for when they are lost.
//!
//! An account with a factor is never signed in by its passphrase alone: `sign_in` answers with a challenge, and the
//! session comes with the answer. Mentors and staff can do nothing before they have a factor; families are offered one.

mod answer;
mod authenticator;
mod manage;
mod passkey;
mod proofs;
mod prove;

pub use answer::{Answer, Answered};
pub use authenticator::{AuthenticatorEnrolment, begin_authenticator, confirm_authenticator};
pub use manage::{MyFactors, my_factors, remove_factor, rename_factor, renew_recovery_codes};
pub(super) use passkey::known;
pub use passkey::{NewPasskey, PasskeyCeremony};
pub use prove::{FreshProof, PasskeyProof};

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::access::{Decision, Strength};
use crate::identity::Identity;
use crate::identity::jobs::FORGET_CHALLENGES;
use crate::identity::model::factor::{CHALLENGE_LIFETIME, FactorKind, MOST, Purpose};
use crate::identity::model::recovery::RecoveryCode;
use crate::identity::model::reset::PendingReset;
use crate::identity::model::sign_in::EndReason;
use crate::identity::secrets::{digest_of, new_token};
use crate::identity::store::{self, ChallengeRow, Factor, NewFactor};
use crate::jobs::NewJob;
use crate::kernel::ids::{AccountId, FactorId, RecoveryId, SignInId};
use crate::kernel::{Code, Error, Problem, Result};
use crate::op::Tx;

use super::SignedIn;

/// The challenge is not known, was used up or has expired: one answer for all.
pub const CHALLENGE_NOT_GOOD: Code = Code::ChallengeNotGood;
/// What was shown is not the factor asked for.
pub const WRONG_PROOF: Code = Code::WrongProof;
/// The account has as many factors as it can have.
pub const TOO_MANY_FACTORS: Code = Code::TooManyFactors;
/// It is the only factor, and the account needs one.
pub const LAST_FACTOR: Code = Code::LastFactor;
/// The account has no second factor that recovery codes could stand in for.
pub const NO_FACTOR: Code = Code::NoFactor;

/// The passphrase does not prove enough: the account has a second factor.
pub const FACTOR_NEEDED: Code = Code::FactorNeeded;

/// What a right passphrase leads to: a session, or the question for a second factor.
#[derive(Debug)]
pub struct FirstStep {
    /// The session of an account without a second factor.
    pub session: Option<SignedIn>,
    /// What an account with one has to answer first.
    pub challenge: Option<Challenge>,
}

/// What can be shown to answer a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofKind {
    /// A code of an authenticator.
    Code,
    /// A recovery code.
    RecoveryCode,
    /// A passkey.
    Passkey,
}

/// A question that waits for its answer.
#[derive(Debug)]
pub struct Challenge {
    /// Names the challenge: good once, until it expires.
    pub token: SecretString,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
    /// What can be shown.
    pub proofs: Vec<ProofKind>,
    /// What the device is asked for a passkey, as JSON; none where there is none to be shown.
    pub passkey_options: Option<String>,
    /// A reset of the account that is under way, and that its owner may want to stop.
    pub pending_reset: Option<PendingReset>,
}

/// A factor that was just added.
#[derive(Debug)]
pub struct Enrolled {
    /// The factor.
    pub factor: Factor,
    /// Recovery codes, shown this once; empty unless it was the first factor.
    pub recovery_codes: Vec<SecretString>,
}

impl Identity {
    /// The question after a right passphrase; none for an account without a second factor.
    pub(super) async fn question(&self, tx: &Tx, account: AccountId) -> Result<Option<Challenge>> {
        let conn = tx.conn()?;
        let keys = store::keys_of(conn, account).await?;
        if keys.is_empty() {
            return Ok(None);
        }
        let asked = passkey::asking(tx, self.passkeys.as_ref(), account).await?;
        let mut proofs = Vec::with_capacity(3);
        if keys.iter().any(|key| key.kind == FactorKind::Authenticator) {
            proofs.push(ProofKind::Code);
        }
        if asked.is_some() {
            proofs.push(ProofKind::Passkey);
        }
        if store::recovery_left(conn, account).await? > 0 {
            proofs.push(ProofKind::RecoveryCode);
        }
        let state = asked.as_ref().map(|asked| asked.state.as_str());
        let (token, expires_at) = open(tx, Purpose::SignIn, Some(account), None, state).await?;
        let pending_reset = store::pending_reset(conn, account, tx.now()).await?;
        let passkey_options = asked.map(|asked| asked.options);
        Ok(Some(Challenge { token, expires_at, proofs, passkey_options, pending_reset }))
    }
}

/// Opens a challenge that remembers `state`; its token and its end.
async fn open(
    tx: &Tx,
    purpose: Purpose,
    account: Option<AccountId>,
    sign_in: Option<SignInId>,
    state: Option<&str>,
) -> Result<(SecretString, Timestamp)> {
    let (id, expires_at) = (tx.make_id(), tx.now() + CHALLENGE_LIFETIME);
    let state_sealed = state.map(|state| tx.seal(store::state_place(id), state)).transpose()?;
    let token = new_token(tx.op().core().entropy.as_ref());
    let row = ChallengeRow { id, purpose, account, sign_in, state_sealed, tries: 0, expires_at };
    let hash = digest_of(secrecy::ExposeSecret::expose_secret(&token));
    store::insert_challenge(tx.conn()?, row, hash, tx.now()).await?;
    tx.enqueue(forgetting(tx.now())).await?;
    Ok((token, expires_at))
}

/// One job an hour forgets what was opened in it.
pub(super) fn forgetting(now: Timestamp) -> NewJob {
    let hour = now.as_second() / 3_600;
    NewJob {
        kind: FORGET_CHALLENGES,
        payload: serde_json::json!({}),
        run_at: now + SignedDuration::from_hours(2),
        unique_key: Some(format!("{FORGET_CHALLENGES}:{hour}")),
    }
}

/// The refusal of a challenge that cannot be answered (any more).
pub(super) fn not_good(path: &str) -> Error {
    Problem::at(CHALLENGE_NOT_GOOD, path, "This has expired or was used. Begin again.").into()
}

/// A factor to be added, with its secret still open.
struct Addition {
    kind: FactorKind,
    name: String,
    secret: String,
    credential_hash: Option<Vec<u8>>,
    last_step: Option<i32>,
    counter: Option<i64>,
}

/// Refuses a further factor when the account is full.
fn room(keys: &[store::Key]) -> Result<()> {
    if keys.len() < MOST {
        return Ok(());
    }
    let said = format!("You have {MOST} factors. Remove one that you no longer use first.");
    Err(Problem::of_the_whole(TOO_MANY_FACTORS, said).into())
}

/// Keeps a new factor of the caller. The first one ends all their other sign-ins, which were weaker, makes the present one
/// as strong as what was just shown, and comes with recovery codes.
async fn keep(tx: &Tx, decision: &Decision, addition: Addition, strength: Strength) -> Result<Enrolled> {
    let (conn, now) = (tx.conn()?, tx.now());
    let (account, sign_in) = caller(tx)?;
    let keys = store::keys_of(conn, account).await?;
    room(&keys)?;
    if keys.is_empty() {
        store::end_other_sign_ins(conn, account, sign_in, EndReason::FactorAdded, now).await?;
        store::void_challenges(conn, account, now).await?;
        // What was proved stays as old as it was: only how strongly has changed.
        let proved_at = tx.principal().proved_at.unwrap_or(now);
        store::prove_sign_in(conn, sign_in, strength, proved_at).await?;
        super::cut(tx, account);
    }
    let factor = insert(tx, account, addition).await?;
    tx.named(decision, [factor.id]);
    let recovery_codes = if keys.is_empty() { new_set(tx, account).await? } else { Vec::new() };
    Ok(Enrolled { factor, recovery_codes })
}

async fn insert(tx: &Tx, account: AccountId, addition: Addition) -> Result<Factor> {
    let id: FactorId = tx.make_id();
    let new = NewFactor {
        id,
        account,
        kind: addition.kind,
        name_sealed: tx.seal(store::name_place(id), &addition.name)?,
        secret_sealed: tx.seal(store::secret_place(id), &addition.secret)?,
        credential_hash: addition.credential_hash,
        last_step: addition.last_step,
        counter: addition.counter,
    };
    store::insert_factor(tx.conn()?, new, tx.now()).await?;
    let (kind, name, created_at) = (addition.kind, addition.name, tx.now());
    Ok(Factor { id, kind, name, created_at, last_used_at: None })
}

/// Makes ten new recovery codes in place of those that are there. None for an account without a passphrase: a recovery
/// code goes with one.
async fn new_set(tx: &Tx, account: AccountId) -> Result<Vec<SecretString>> {
    let conn = tx.conn()?;
    store::void_recovery(conn, account).await?;
    if store::credential_by_id(conn, account).await?.is_none_or(|found| found.hash.is_none()) {
        return Ok(Vec::new());
    }
    let codes = RecoveryCode::set(tx.op().core().entropy.as_ref());
    let rows = codes.iter().map(|code| (tx.make_id::<RecoveryId>(), digest_of(code.canonical()))).collect();
    store::insert_recovery(conn, account, rows, tx.now()).await?;
    Ok(codes.iter().map(|code| SecretString::from(code.spoken())).collect())
}

/// The account and the session of the caller.
fn caller(tx: &Tx) -> Result<(AccountId, SignInId)> {
    let caller = tx.principal();
    caller.account.zip(caller.sign_in).ok_or(Error::Unauthenticated)
}
