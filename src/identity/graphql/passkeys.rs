//! Passkeys: what is asked and answered about them.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use secrecy::{ExposeSecret as _, SecretString};

use super::factors::{EnrolledFactorPayload, SignInChallenge};
use crate::graphql::scalars::DateTime;
use crate::identity::{self, Identity, NewPasskey, PasskeyProof};
use crate::op::Op;
use crate::payload;

/// A passkey that is being made.
#[derive(SimpleObject)]
pub struct PasskeyCeremony {
    /// Names the ceremony. It is good once.
    token: String,
    /// Until when it can be finished: five minutes.
    expires_at: DateTime,
    /// What to ask the device for, as JSON for `parseCreationOptionsFromJSON`.
    options: String,
}

impl From<identity::PasskeyCeremony> for PasskeyCeremony {
    fn from(ceremony: identity::PasskeyCeremony) -> Self {
        Self {
            token: ceremony.token.expose_secret().to_owned(),
            expires_at: ceremony.expires_at.into(),
            options: ceremony.options,
        }
    }
}

payload! {
    /// The passkey to be made.
    pub PasskeyCeremonyPayload { /// What to ask the device for.
        ceremony: PasskeyCeremony }
    /// What to ask a passkey for.
    pub SignInChallengePayload { /// The question.
        challenge: SignInChallenge }
}

/// A passkey that a device made.
#[derive(InputObject)]
pub struct NewPasskeyInput {
    /// The ceremony's token.
    #[graphql(secret)]
    ceremony: String,
    /// What the device answered, as the JSON of its `toJSON`.
    #[graphql(secret)]
    credential: String,
    /// What you call it: 1 to 60 characters.
    name: String,
}

impl From<NewPasskeyInput> for NewPasskey {
    fn from(input: NewPasskeyInput) -> Self {
        Self { ceremony: input.ceremony.into(), credential: input.credential, name: input.name }
    }
}

/// A passkey that was shown within a session.
#[derive(InputObject)]
pub struct PasskeyProofInput {
    /// The token of the challenge.
    #[graphql(secret)]
    challenge: String,
    /// What the device answered, as the JSON of its `toJSON`.
    #[graphql(secret)]
    credential: String,
}

impl From<PasskeyProofInput> for PasskeyProof {
    fn from(input: PasskeyProofInput) -> Self {
        Self { challenge: SecretString::from(input.challenge), credential: input.credential }
    }
}

/// A family's invitation code.
#[derive(InputObject)]
pub struct BeginInvitationInput {
    /// The code as it was told: any case, with or without dashes.
    code: String,
}

fn identity<'a>(ctx: &Context<'a>) -> Result<&'a Identity> {
    Ok(ctx.data::<Arc<Identity>>()?.as_ref())
}

/// Adding and showing passkeys.
#[derive(Debug, Default)]
pub struct PasskeyMutation;

#[Object]
impl PasskeyMutation {
    /// Begins to add a passkey to your account. Asks for a fresh proof.
    async fn begin_passkey(&self, ctx: &Context<'_>) -> Result<PasskeyCeremonyPayload> {
        PasskeyCeremonyPayload::from_result(identity(ctx)?.begin_passkey(ctx.data::<Op>()?).await)
    }

    /// Adds the passkey that the device made. Your first factor ends your other sign-ins and comes with recovery codes.
    async fn confirm_passkey(&self, ctx: &Context<'_>, input: NewPasskeyInput) -> Result<EnrolledFactorPayload> {
        EnrolledFactorPayload::from_result(identity(ctx)?.confirm_passkey(ctx.data::<Op>()?, input.into()).await)
    }

    /// Begins to sign in with a passkey and nothing else: asks the device for any of its keys for this service. The answer
    /// goes to `answerChallenge`.
    async fn begin_passkey_sign_in(&self, ctx: &Context<'_>) -> Result<SignInChallengePayload> {
        SignInChallengePayload::from_result(identity(ctx)?.begin_passkey_sign_in(ctx.data::<Op>()?).await)
    }

    /// Begins to accept a family's invitation with a passkey instead of a passphrase; `acceptInvitation` takes the answer.
    async fn begin_invitation(&self, ctx: &Context<'_>, input: BeginInvitationInput) -> Result<PasskeyCeremonyPayload> {
        let begun = identity(ctx)?.begin_invitation(ctx.data::<Op>()?, &input.code).await;
        PasskeyCeremonyPayload::from_result(begun)
    }

    /// Asks for one of your passkeys, as a proof for `proveAgain`.
    async fn begin_proof(&self, ctx: &Context<'_>) -> Result<SignInChallengePayload> {
        SignInChallengePayload::from_result(identity(ctx)?.begin_proof(ctx.data::<Op>()?).await)
    }
}
