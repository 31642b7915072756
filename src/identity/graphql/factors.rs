//! Second factors: what is asked and answered about them.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use secrecy::{ExposeSecret as _, SecretString};

use super::passkeys::PasskeyProofInput;
use super::resets::PendingReset;
use super::types::Session;
use crate::graphql::scalars::DateTime;
use crate::graphql::{UserError, fault, outcome, target};
use crate::identity::{self, Answer, Answered, FirstStep, FreshProof, Identity};
use crate::kernel::ids::{FactorId, TypedId as _};
use crate::op::Op;
use crate::payload;

/// What somebody shows beside their passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::FactorKind")]
pub enum FactorKind {
    /// An app that makes codes from a shared secret.
    Authenticator,
    /// A key in a device that checks its owner.
    Passkey,
}

/// What can be shown to answer a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::ProofKind")]
pub enum ProofKind {
    /// A code of an authenticator.
    Code,
    /// A recovery code.
    RecoveryCode,
    /// A passkey.
    Passkey,
}

/// A second factor of yours.
#[derive(Debug, SimpleObject)]
pub struct SignInFactor {
    /// Its id.
    id: ID,
    /// What it is.
    kind: FactorKind,
    /// What you call it.
    name: String,
    /// When it was added.
    created_at: DateTime,
    /// When it was last shown.
    last_used_at: Option<DateTime>,
}

impl From<identity::Factor> for SignInFactor {
    fn from(factor: identity::Factor) -> Self {
        Self {
            id: ID(factor.id.to_global()),
            kind: factor.kind.into(),
            name: factor.name,
            created_at: factor.created_at.into(),
            last_used_at: factor.last_used_at.map(DateTime::from),
        }
    }
}

/// How you sign in.
#[derive(Debug, SimpleObject)]
pub struct MyFactors {
    /// Your second factors, oldest first; at most ten.
    factors: Vec<SignInFactor>,
    /// How many recovery codes are unused. Get new ones before none is left.
    recovery_codes_left: u32,
    /// Whether a role of yours needs a second factor.
    required: bool,
    /// Whether you have a passphrase.
    has_passphrase: bool,
    /// Wrong codes in a row since the last right one. If they are not yours, somebody knows your passphrase: change it.
    wrong_codes: u32,
}

impl From<identity::MyFactors> for MyFactors {
    fn from(mine: identity::MyFactors) -> Self {
        Self {
            factors: mine.factors.into_iter().map(SignInFactor::from).collect(),
            recovery_codes_left: mine.recovery_codes_left,
            required: mine.required,
            has_passphrase: mine.has_passphrase,
            wrong_codes: mine.wrong_codes,
        }
    }
}

/// A question that waits for a proof.
#[derive(SimpleObject)]
pub struct SignInChallenge {
    /// Names the challenge. It is good once, and after five wrong answers no more.
    token: String,
    /// Until when it can be answered: five minutes.
    expires_at: DateTime,
    /// What can be shown.
    proofs: Vec<ProofKind>,
    /// Where a passkey can be shown: what to ask the device for, as JSON for `parseRequestOptionsFromJSON`.
    passkey_options: Option<String>,
    /// A reset of your account that is under way. If you did not ask for it, stop it with `stopResetAtSignIn`.
    pending_reset: Option<PendingReset>,
}

impl From<identity::Challenge> for SignInChallenge {
    fn from(challenge: identity::Challenge) -> Self {
        Self {
            token: challenge.token.expose_secret().to_owned(),
            expires_at: challenge.expires_at.into(),
            proofs: challenge.proofs.into_iter().map(ProofKind::from).collect(),
            passkey_options: challenge.passkey_options,
            pending_reset: challenge.pending_reset.map(PendingReset::from),
        }
    }
}

/// What a right passphrase led to: the tokens, or a challenge if the account has a second factor.
#[derive(SimpleObject)]
pub struct SignInPayload {
    /// The tokens.
    session: Option<Session>,
    /// What has to be answered first, with `answerChallenge`.
    challenge: Option<SignInChallenge>,
    /// What stands in the way; empty when it was done.
    user_errors: Vec<UserError>,
}

impl SignInPayload {
    pub(super) fn from_result(result: crate::kernel::Result<FirstStep>) -> Result<Self> {
        let (step, user_errors) = outcome(result)?;
        let (session, challenge) = step.map_or((None, None), |step| (step.session, step.challenge));
        Ok(Self { session: session.map(Into::into), challenge: challenge.map(Into::into), user_errors })
    }
}

/// Who signed in with a second factor.
#[derive(SimpleObject)]
pub struct AnswerPayload {
    /// The tokens.
    session: Option<Session>,
    /// How many recovery codes are left, if one was used.
    recovery_codes_left: Option<u32>,
    /// What stands in the way; empty when it was done.
    user_errors: Vec<UserError>,
}

impl AnswerPayload {
    fn from_result(result: crate::kernel::Result<Answered>) -> Result<Self> {
        let (answered, user_errors) = outcome(result)?;
        let recovery_codes_left = answered.as_ref().and_then(|answered| answered.recovery_codes_left);
        Ok(Self { session: answered.map(|answered| answered.session.into()), recovery_codes_left, user_errors })
    }
}

/// An authenticator that waits for its first code.
#[derive(SimpleObject)]
pub struct AuthenticatorEnrolment {
    /// Names the enrolment, for `confirmAuthenticator`.
    token: String,
    /// Until when it can be confirmed: five minutes.
    expires_at: DateTime,
    /// The secret in base 32, for typing. Shown this once.
    secret: String,
    /// The secret as an `otpauth` address, for a QR code. Shown this once.
    address: String,
}

impl From<identity::AuthenticatorEnrolment> for AuthenticatorEnrolment {
    fn from(enrolment: identity::AuthenticatorEnrolment) -> Self {
        Self {
            token: enrolment.token.expose_secret().to_owned(),
            expires_at: enrolment.expires_at.into(),
            secret: enrolment.secret.expose_secret().to_owned(),
            address: enrolment.address.expose_secret().to_owned(),
        }
    }
}

/// A factor that was just added.
#[derive(SimpleObject)]
pub struct EnrolledFactor {
    /// The factor.
    factor: SignInFactor,
    /// Ten recovery codes to write down, shown this once; empty unless it is the first factor.
    recovery_codes: Vec<String>,
}

impl From<identity::Enrolled> for EnrolledFactor {
    fn from(enrolled: identity::Enrolled) -> Self {
        Self { factor: enrolled.factor.into(), recovery_codes: exposed(&enrolled.recovery_codes) }
    }
}

fn exposed(codes: &[SecretString]) -> Vec<String> {
    codes.iter().map(|code| code.expose_secret().to_owned()).collect()
}

payload! {
    /// Whether it was proved.
    pub ProvedPayload { /// True when it was.
        proved: bool }
    /// The authenticator to be confirmed.
    pub AuthenticatorEnrolmentPayload { /// What to put into the authenticator.
        enrolment: AuthenticatorEnrolment }
    /// The new factor.
    pub EnrolledFactorPayload { /// The factor and, with the first one, recovery codes.
        enrolled: EnrolledFactor }
    /// Your factors.
    pub MyFactorsPayload { /// Your factors as they are now.
        factors: MyFactors }
    /// New recovery codes.
    pub RecoveryCodesPayload { /// Ten codes to write down, shown this once.
        recovery_codes: Vec<String> }
}

/// The challenge and one proof.
#[derive(InputObject)]
pub struct AnswerChallengeInput {
    /// The challenge's token.
    #[graphql(secret)]
    challenge: String,
    /// A code of an authenticator.
    #[graphql(secret)]
    code: Option<String>,
    /// A recovery code: any case, with or without dashes.
    #[graphql(secret)]
    recovery_code: Option<String>,
    /// A passkey: what the device answered to the challenge's `passkeyOptions`, as the JSON of its `toJSON`.
    #[graphql(secret)]
    passkey: Option<String>,
}

/// One proof of who you are.
#[derive(InputObject)]
pub struct ProveAgainInput {
    /// A code of an authenticator.
    #[graphql(secret)]
    code: Option<String>,
    /// The passphrase, if your account has no second factor.
    #[graphql(secret)]
    passphrase: Option<String>,
    /// A passkey, asked for with `beginProof`.
    passkey: Option<PasskeyProofInput>,
}

/// How the entry is to be called in the authenticator.
#[derive(InputObject)]
pub struct BeginAuthenticatorInput {
    /// What stands on the phone instead of the service's name, for whoever's phone is looked at by somebody else: 1 to 40
    /// characters.
    label: Option<String>,
}

/// The enrolment and the first code.
#[derive(InputObject)]
pub struct ConfirmAuthenticatorInput {
    /// The enrolment's token.
    #[graphql(secret)]
    enrolment: String,
    /// The code that the authenticator shows.
    #[graphql(secret)]
    code: String,
    /// What you call it: 1 to 60 characters.
    name: String,
}

/// Which factor, and its new name.
#[derive(InputObject)]
pub struct RenameFactorInput {
    /// The factor.
    id: ID,
    /// What you call it: 1 to 60 characters.
    name: String,
}

/// Which factor.
#[derive(InputObject)]
pub struct RemoveFactorInput {
    /// The factor.
    id: ID,
}

/// Questions about one's own factors.
#[derive(Debug, Default)]
pub struct FactorQuery;

#[Object]
impl FactorQuery {
    /// How you sign in: your factors, and what is left of your recovery codes.
    async fn my_factors(&self, ctx: &Context<'_>) -> Result<MyFactors> {
        Ok(identity::my_factors(ctx.data::<Op>()?).await.map_err(fault)?.into())
    }
}

/// Showing, adding and removing factors.
#[derive(Debug, Default)]
pub struct FactorMutation;

#[Object]
impl FactorMutation {
    /// Answers the challenge of a sign-in with one proof. Each code is good once.
    async fn answer_challenge(&self, ctx: &Context<'_>, input: AnswerChallengeInput) -> Result<AnswerPayload> {
        let token = SecretString::from(input.challenge);
        let answer = Answer { code: input.code, recovery_code: input.recovery_code, passkey: input.passkey };
        let identity = ctx.data::<Arc<Identity>>()?;
        AnswerPayload::from_result(identity.answer_challenge(ctx.data::<Op>()?, &token, answer).await)
    }

    /// Proves again who you are, for what asks for a fresh proof: it counts as fresh for five minutes.
    async fn prove_again(&self, ctx: &Context<'_>, input: ProveAgainInput) -> Result<ProvedPayload> {
        let (passphrase, passkey) = (input.passphrase.map(SecretString::from), input.passkey.map(Into::into));
        let proof = FreshProof { code: input.code, passphrase, passkey };
        let identity = ctx.data::<Arc<Identity>>()?;
        ProvedPayload::from_result(identity.prove_again(ctx.data::<Op>()?, proof).await.map(|()| true))
    }

    /// Begins to add an authenticator to your account: shows its secret, once.
    async fn begin_authenticator(
        &self,
        ctx: &Context<'_>,
        input: BeginAuthenticatorInput,
    ) -> Result<AuthenticatorEnrolmentPayload> {
        let begun = identity::begin_authenticator(ctx.data::<Op>()?, input.label.as_deref()).await;
        AuthenticatorEnrolmentPayload::from_result(begun)
    }

    /// Adds the authenticator, shown by its first code. Your first factor ends your other sign-ins and comes with recovery
    /// codes.
    async fn confirm_authenticator(
        &self,
        ctx: &Context<'_>,
        input: ConfirmAuthenticatorInput,
    ) -> Result<EnrolledFactorPayload> {
        let (op, token) = (ctx.data::<Op>()?, SecretString::from(input.enrolment));
        let enrolled = identity::confirm_authenticator(op, &token, &input.code, &input.name).await;
        EnrolledFactorPayload::from_result(enrolled)
    }

    /// Gives one of your factors another name.
    async fn rename_factor(&self, ctx: &Context<'_>, input: RenameFactorInput) -> Result<MyFactorsPayload> {
        let outcome = match target::<FactorId>(&input.id, "input.id") {
            Ok(id) => identity::rename_factor(ctx.data::<Op>()?, id, &input.name).await,
            Err(error) => Err(error),
        };
        MyFactorsPayload::from_result(outcome)
    }

    /// Removes one of your factors, and ends your other sign-ins. Asks for a fresh proof.
    async fn remove_factor(&self, ctx: &Context<'_>, input: RemoveFactorInput) -> Result<MyFactorsPayload> {
        let outcome = match target::<FactorId>(&input.id, "input.id") {
            Ok(id) => identity::remove_factor(ctx.data::<Op>()?, id).await,
            Err(error) => Err(error),
        };
        MyFactorsPayload::from_result(outcome)
    }

    /// Makes ten new recovery codes; the old ones are void. Asks for a fresh proof.
    async fn renew_recovery_codes(&self, ctx: &Context<'_>) -> Result<RecoveryCodesPayload> {
        let renewed = identity::renew_recovery_codes(ctx.data::<Op>()?).await;
        RecoveryCodesPayload::from_result(renewed.map(|codes| exposed(&codes)))
    }
}
