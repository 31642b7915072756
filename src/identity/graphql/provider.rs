//! Signing in through the staff's identity provider.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use secrecy::{ExposeSecret as _, SecretString};

use super::factors::SignInPayload;
use super::mutations::SessionPayload;
use crate::graphql::scalars::DateTime;
use crate::identity::{self, Identity, ProviderAnswer};
use crate::op::Op;
use crate::payload;

/// Where to go to sign in, and what to keep meanwhile.
#[derive(SimpleObject)]
pub struct ProviderSignIn {
    /// Open this address at the identity provider. It sends the person back to your page with `state`, `code` and perhaps
    /// `iss`.
    address: String,
    /// Keep it where only this browser or app can read it, and send it with the answer. It must not be in an address.
    secret: String,
    /// Until when the answer is taken: ten minutes.
    expires_at: DateTime,
}

impl From<identity::ProviderSignIn> for ProviderSignIn {
    fn from(begun: identity::ProviderSignIn) -> Self {
        Self {
            address: begun.address,
            secret: begun.secret.expose_secret().to_owned(),
            expires_at: begun.expires_at.into(),
        }
    }
}

payload! {
    /// The sign-in at the identity provider.
    pub ProviderSignInPayload { /// Where to go, and what to keep.
        begun: ProviderSignIn }
}

/// What the identity provider sent the person back with.
#[derive(InputObject)]
pub struct FinishProviderSignInInput {
    /// The parameter `state` of the address to which the provider sent the person back.
    #[graphql(secret)]
    state: String,
    /// The parameter `code`.
    #[graphql(secret)]
    provider_code: String,
    /// The parameter `iss`, if there is one.
    issuer: Option<String>,
    /// The `secret` of `beginProviderSignIn`.
    #[graphql(secret)]
    secret: String,
}

/// An invitation code, and what the identity provider sent the person back with.
#[derive(InputObject)]
pub struct AcceptInvitationWithProviderInput {
    /// The code as it was told: any case, with or without dashes.
    #[graphql(secret)]
    code: String,
    /// The parameter `state` of the address to which the provider sent the person back.
    #[graphql(secret)]
    state: String,
    /// The parameter `code`.
    #[graphql(secret)]
    provider_code: String,
    /// The parameter `iss`, if there is one.
    issuer: Option<String>,
    /// The `secret` of `beginProviderSignIn`.
    #[graphql(secret)]
    secret: String,
}

/// Signing in through the identity provider.
#[derive(Debug, Default)]
pub struct ProviderMutation;

#[Object]
impl ProviderMutation {
    /// Begins to sign in through the staff's own identity provider, where the service has one.
    async fn begin_provider_sign_in(&self, ctx: &Context<'_>) -> Result<ProviderSignInPayload> {
        let identity = ctx.data::<Arc<Identity>>()?;
        ProviderSignInPayload::from_result(identity.begin_provider_sign_in(ctx.data::<Op>()?).await)
    }

    /// Signs a member of staff in with the identity provider's answer, which is good once; or asks for a second factor, where
    /// the provider did not say that it asked for more than one.
    async fn finish_provider_sign_in(
        &self,
        ctx: &Context<'_>,
        input: FinishProviderSignInInput,
    ) -> Result<SignInPayload> {
        let FinishProviderSignInInput { state, provider_code, issuer, secret } = input;
        let answer = answer(state, provider_code, issuer, secret);
        let identity = ctx.data::<Arc<Identity>>()?;
        SignInPayload::from_result(identity.finish_provider_sign_in(ctx.data::<Op>()?, answer).await)
    }

    /// Turns the invitation code of a member of staff into an account that signs in through the identity provider and has no
    /// passphrase, and signs it in.
    async fn accept_invitation_with_provider(
        &self,
        ctx: &Context<'_>,
        input: AcceptInvitationWithProviderInput,
    ) -> Result<SessionPayload> {
        let AcceptInvitationWithProviderInput { code, state, provider_code, issuer, secret } = input;
        let answer = answer(state, provider_code, issuer, secret);
        let identity = ctx.data::<Arc<Identity>>()?;
        let outcome = identity.accept_invitation_with_provider(ctx.data::<Op>()?, &code, answer).await;
        SessionPayload::from_result(outcome)
    }
}

fn answer(state: String, code: String, issuer: Option<String>, secret: String) -> ProviderAnswer {
    let [state, code, secret] = [state, code, secret].map(SecretString::from);
    ProviderAnswer { state, code, issuer, secret }
}
