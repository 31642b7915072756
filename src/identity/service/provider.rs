//! Signing in through the staff's identity provider.
//!
//! A browser or app asks where to go, with `begin`, and keeps a secret that the provider never sees; it brings that secret
//! back together with the provider's answer. Whoever has only the answer, or only the secret, has nothing: an answer that was
//! led to another browser signs nobody in there. Each sign-in is answered once, within ten minutes.
//!
//! Who the provider says somebody is leads to an account only where that account was opened so: with an invitation code and
//! the provider's answer together. Nothing is ever matched by an address or a name. Whatever is wrong with an answer gets one
//! and the same refusal, and the log says which it was, in fixed words.

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use crate::access::{ActionTag, Decision, Resource, Strength, act};
use crate::audit::Outcome;
use crate::identity::model::provider::{ANSWER_LIFETIME, ProvedByProvider};
use crate::identity::provider::{Provider, Remembered, Trouble};
use crate::identity::secrets::{digest_of, new_token};
use crate::identity::store::{self, Credential, HeldRole, ProviderSignInRow};
use crate::identity::{AccountState, Identity};
use crate::kernel::ids::{AccountId, ProviderSignInId};
use crate::kernel::{Check, Code, Error, Problem, Result};
use crate::op::{Op, Tx};

use super::accepting::{code_not_good, good_invitation, is_good};
use super::factors::{FirstStep, forgetting};
use super::signing_in::{Proved, SignedIn};

/// There is no identity provider.
pub const NO_PROVIDER: Code = Code::NoProvider;
/// The identity provider cannot be asked now.
pub const PROVIDER_UNAVAILABLE: Code = Code::ProviderUnavailable;
/// What came back from the identity provider signs nobody in: one answer, whatever is wrong.
pub const PROVIDER_ANSWER_NOT_GOOD: Code = Code::ProviderAnswerNotGood;

/// The longest code, and the longest name of a provider, that is looked at, in bytes.
const LONGEST: usize = 2_048;
/// The longest state and secret that are looked at, in bytes; ours are shorter.
const LONGEST_OF_OURS: usize = 128;

/// Where somebody goes to sign in, and what they keep meanwhile.
#[derive(Debug)]
pub struct ProviderSignIn {
    /// The address at the provider.
    pub address: String,
    /// Kept by the browser or app that began, and brought back with the answer.
    pub secret: SecretString,
    /// Until when the answer is taken.
    pub expires_at: Timestamp,
}

/// What the provider sent somebody back with, and the secret of who began.
#[derive(Debug)]
pub struct ProviderAnswer {
    /// Which sign-in it is about.
    pub state: SecretString,
    /// The provider's code.
    pub code: SecretString,
    /// Whom the answer says that it is from (RFC 9207).
    pub issuer: Option<String>,
    /// The secret that was given when it began.
    pub secret: SecretString,
}

impl ProviderAnswer {
    fn check(&self) -> Result<()> {
        let mut check = Check::new();
        let code = self.code.expose_secret().len();
        check.ensure(code <= LONGEST, Code::TooLong, "input.providerCode", "A code has at most 2048 characters.");
        let issuer = self.issuer.as_ref().map_or(0, String::len);
        check.ensure(issuer <= LONGEST, Code::TooLong, "input.issuer", "An issuer has at most 2048 characters.");
        for (path, text) in [("input.state", &self.state), ("input.secret", &self.secret)] {
            let fits = text.expose_secret().len() <= LONGEST_OF_OURS;
            check.ensure(fits, Code::TooLong, path, "Send back what was given.");
        }
        check.done()
    }
}

/// What became of an answer: which sign-in it is of, if any, and whom it is about or what is wrong with it.
struct Heard {
    of: Option<ProviderSignInId>,
    outcome: Result<ProvedByProvider, Trouble>,
}

impl Identity {
    /// The provider. Where there is none, whoever may ask for `A` is told so.
    async fn provider<A: ActionTag>(&self, op: &Op) -> Result<&Provider> {
        if let Some(provider) = &self.provider {
            return Ok(provider);
        }
        op.write(|tx| async move {
            let permit = tx.allow::<A>(Some(Resource::system()))?;
            tx.deny(permit.decision(), Outcome::Denied);
            let said = "Staff sign in with a name and a passphrase here.";
            Err(Problem::of_the_whole(NO_PROVIDER, said).into())
        })
        .await
    }

    /// Begins a sign-in at the identity provider.
    pub async fn begin_provider_sign_in(&self, op: &Op) -> Result<ProviderSignIn> {
        let provider = self.provider::<act::BeginProviderSignIn>(op).await?;
        self.throttle.count(None, op.origin().source.as_deref())?;
        let known = &provider.known(op.now()).await;
        op.write(|tx| async move {
            let permit = tx.allow::<act::BeginProviderSignIn>(Some(Resource::system()))?;
            let entropy = tx.op().core().entropy.as_ref();
            let [state, secret, nonce, verifier] = std::array::from_fn(|_| new_token(entropy));
            let remembered =
                Remembered { nonce: nonce.expose_secret().to_owned(), verifier: verifier.expose_secret().to_owned() };
            let address = known
                .as_ref()
                .map_err(|trouble| *trouble)
                .and_then(|known| provider.address(known, state.expose_secret(), &remembered));
            let address = address.map_err(|trouble| {
                tx.deny(permit.decision(), Outcome::Denied);
                Error::from(refusal(trouble))
            })?;
            let (id, expires_at) = (tx.make_id(), tx.now() + ANSWER_LIFETIME);
            let text = serde_json::to_string(&remembered).map_err(Error::internal)?;
            let remembered_sealed = tx.seal(store::remembered_place(id), &text)?;
            let secret_hash = digest_of(secret.expose_secret());
            let row = ProviderSignInRow { id, secret_hash, remembered_sealed, expires_at };
            store::insert_provider_sign_in(tx.conn()?, row, digest_of(state.expose_secret()), tx.now()).await?;
            tx.enqueue(forgetting(tx.now())).await?;
            tx.named(permit.decision(), [id]);
            Ok(ProviderSignIn { address, secret, expires_at })
        })
        .await
    }

    /// Signs in with the provider's answer, or asks for a second factor here where the provider did not say that it asked
    /// for one.
    pub async fn finish_provider_sign_in(&self, op: &Op, answer: ProviderAnswer) -> Result<FirstStep> {
        let provider = self.provider::<act::ProviderSignIn>(op).await?;
        let heard = &self.hear(op, provider, &answer).await?;
        let outcome = op
            .write(|tx| async move {
                let permit = tx.allow::<act::ProviderSignIn>(Some(Resource::system()))?;
                let decision = permit.decision();
                let proved = match settle(&tx, decision, heard).await? {
                    Ok(proved) => proved,
                    Err(problem) => return Ok(Err(problem)),
                };
                let Some((who, held)) = linked(&tx, decision, proved).await? else {
                    return Ok(Err(refusal(Trouble::NotGood("no account in use belongs to it"))));
                };
                tx.named(decision, [who.account]);
                if !proved.is_multi_factor
                    && let Some(challenge) = self.question(&tx, who.account).await?
                {
                    return Ok(Ok(FirstStep { session: None, challenge: Some(challenge) }));
                }
                let session = self.begin(&tx, decision, &who, Some(held.id), worth(proved)).await?;
                Ok(Ok(FirstStep { session: Some(session), challenge: None }))
            })
            .await?;
        outcome.map_err(Error::from)
    }

    /// Turns the invitation code of a member of staff into an account that signs in through the provider, and signs it in.
    pub async fn accept_invitation_with_provider(
        &self,
        op: &Op,
        code: &str,
        answer: ProviderAnswer,
    ) -> Result<SignedIn> {
        let provider = self.provider::<act::AcceptInvitation>(op).await?;
        answer.check()?;
        let hash = &self.seek(op, code).await?.hash;
        let found = op.core().db.read(|conn| async move { store::invitation_by_code(&conn, hash.clone()).await });
        // A code that is mistyped costs no second way to the provider.
        let worth_asking = found.await?.is_some_and(|found| is_good(&found, op.now()) && found.role.is_staff());
        let heard = &if worth_asking { Some(self.hear(op, provider, &answer).await?) } else { None };
        let outcome = op
            .write(|tx| async move {
                let permit = tx.allow::<act::AcceptInvitation>(Some(Resource::system()))?;
                let (decision, conn, now) = (permit.decision(), tx.conn()?, tx.now());
                let invitation = good_invitation(&tx, decision, hash.clone()).await?;
                let (true, Some(heard)) = (invitation.role.is_staff(), heard) else {
                    tx.deny_in(decision, Outcome::Denied, Some(invitation.account), invitation.programme);
                    return Err(code_not_good());
                };
                let proved = match settle(&tx, decision, heard).await? {
                    Ok(proved) => proved,
                    Err(problem) => return Ok(Err(problem)),
                };
                let subject = mark(proved);
                if store::linked_account(conn, subject.clone()).await?.is_some() {
                    tx.deny(decision, Outcome::Denied);
                    return Ok(Err(refusal(Trouble::NotGood("an account belongs to it already"))));
                }
                let link = (proved.issuer.as_str(), subject);
                // Of two who ask at once the database takes one.
                let taken = |error: Error| {
                    let refused = || refusal(Trouble::NotGood("one of the two belongs to somebody already"));
                    error.explain("provider_link_subject", refused()).explain("provider_link_account", refused())
                };
                store::insert_provider_link(conn, tx.make_id(), invitation.account, link, now).await.map_err(taken)?;
                store::use_invitation(conn, invitation.id, now).await?;
                store::set_account_state(conn, invitation.account, AccountState::Active, now).await?;
                tx.named(decision, [invitation.id.uuid(), invitation.account.uuid()]);
                let credential = store::credential_by_id(conn, invitation.account).await?.ok_or(Error::NotFound)?;
                self.begin(&tx, decision, &credential, None, worth(proved)).await.map(Ok)
            })
            .await?;
        outcome.map_err(Error::from)
    }

    /// Takes the answer to the provider and hears whom it is about. Nothing is changed yet.
    async fn hear(&self, op: &Op, provider: &Provider, answer: &ProviderAnswer) -> Result<Heard> {
        answer.check()?;
        let (hash, now) = (&digest_of(answer.state.expose_secret()), op.now());
        let core = op.core();
        let open = core.db.read(|conn| async move { store::open_provider_sign_in(&conn, hash.clone(), now).await });
        let open = open.await?;
        // By the sign-in, not by the address: only those that were made up, or are over, are counted by where they come from.
        match &open {
            Some(_) => self.throttle.count(Some(answer.state.expose_secret()), None)?,
            None => self.throttle.count(None, op.origin().source.as_deref())?,
        }
        let secret = digest_of(answer.secret.expose_secret());
        let Some(row) = open.filter(|row| row.secret_hash.ct_eq(&secret).into()) else {
            return Ok(Heard { of: None, outcome: Err(Trouble::NotGood("no sign-in waits for it")) });
        };
        let text = core.sealer.open(store::remembered_place(row.id), &row.remembered_sealed)?;
        let remembered: Remembered = serde_json::from_str(&text).map_err(Error::internal)?;
        let outcome = provider.hear(&answer.code, answer.issuer.as_deref(), &remembered, now).await;
        Ok(Heard { of: Some(row.id), outcome })
    }
}

/// Uses the sign-in up and says whom its answer is about, or what stands in the way. While the provider is away nothing is used
/// up. What is refused must be kept, so it is no error inside the transaction.
async fn settle<'a>(tx: &Tx, decision: &Decision, heard: &'a Heard) -> Result<Result<&'a ProvedByProvider, Problem>> {
    let away = matches!(heard.outcome, Err(Trouble::Away(_)));
    let taken = match heard.of {
        Some(id) if !away => store::take_provider_sign_in(tx.conn()?, id).await?,
        _ => false,
    };
    let outcome = match &heard.outcome {
        Ok(proved) if taken => return Ok(Ok(proved)),
        Ok(_) => Trouble::NotGood("it was answered before"),
        Err(trouble) => *trouble,
    };
    tx.deny(decision, Outcome::Denied);
    Ok(Err(refusal(outcome)))
}

/// The account in use, and its role of staff, of whom the provider knows.
async fn linked(tx: &Tx, decision: &Decision, proved: &ProvedByProvider) -> Result<Option<(Credential, HeldRole)>> {
    let conn = tx.conn()?;
    let account = store::linked_account(conn, mark(proved)).await?;
    let found = match account {
        Some(account) => store::credential_by_id(conn, account).await?.zip(staff_role(tx, account).await?),
        None => None,
    };
    let found = found.filter(|(who, _)| who.state == AccountState::Active);
    if found.is_none() {
        tx.deny_about(decision, Outcome::Denied, account);
    }
    Ok(found)
}

async fn staff_role(tx: &Tx, account: AccountId) -> Result<Option<HeldRole>> {
    Ok(store::roles_of(tx.conn()?, account).await?.into_iter().find(|held| held.role.is_staff()))
}

/// What stands for somebody whom a provider knows. A name there is unique for its issuer only.
fn mark(proved: &ProvedByProvider) -> Vec<u8> {
    digest_of(&format!("{}\0{}", proved.issuer, proved.subject))
}

/// What the provider's word is worth here. It is as old as what the person showed there.
fn worth(proved: &ProvedByProvider) -> Proved {
    let strength = if proved.is_multi_factor { Strength::Federated } else { Strength::Passphrase };
    Proved::at(strength, proved.at)
}

fn refusal(trouble: Trouble) -> Problem {
    match trouble {
        Trouble::Away(reason) => {
            tracing::warn!(reason, "the identity provider cannot be asked");
            let said = "The sign-in service of your organisation does not answer. Try again in a moment.";
            Problem::of_the_whole(PROVIDER_UNAVAILABLE, said)
        }
        Trouble::NotGood(reason) => {
            tracing::warn!(reason, "an answer of the identity provider was refused");
            let said = "This did not sign you in. Begin again; if it stays so, ask an administrator.";
            Problem::at(PROVIDER_ANSWER_NOT_GOOD, "input", said)
        }
    }
}
