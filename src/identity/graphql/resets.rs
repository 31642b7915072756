//! Resets: letting somebody in again who lost what they sign in with.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use secrecy::SecretString;

use super::mutations::{DonePayload, InvitePayload};
use crate::graphql::scalars::DateTime;
use crate::graphql::{Connection, connection, fault, page_request, target};
use crate::identity::{self, Identity, Lost, ResetState, VerifiedBy};
use crate::kernel::ids::{AccountId, FactorResetId, TypedId as _};
use crate::op::Op;
use crate::payload;

/// What somebody lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Lost")]
pub enum LostProofs {
    /// Their second factors and recovery codes; they still have their passphrase.
    Factors,
    /// Their passphrase too, or they never had one: they need a code to come in again.
    Everything,
}

/// How it was made sure whom one speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "VerifiedBy")]
pub enum ResetVerification {
    /// By calling the number that was known before, as the safe-contact plan says.
    CalledBack,
    /// Face to face.
    InPerson,
    /// In a video call with somebody who knows them.
    Video,
}

/// The state of a reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ResetState")]
pub enum FactorResetState {
    /// Asked for; somebody else has to approve it, within three days.
    Requested,
    /// Approved; it is done a day later.
    Approved,
    /// Done: what was lost signs nobody in any more.
    Done,
    /// Stopped, by its owner or by staff.
    Stopped,
    /// Nobody approved it in time.
    Lapsed,
}

/// The reset of somebody who lost what they sign in with.
#[derive(Debug, SimpleObject)]
pub struct FactorReset {
    /// Its id.
    id: ID,
    /// Whose account it is about.
    account_id: ID,
    /// The programme that they belong to; none for an administrator.
    programme_id: Option<ID>,
    /// What they lost. After everything, `makeEntryCode` gives the code that lets them in again.
    lost: LostProofs,
    /// How who asked for it made sure whom they speak to.
    verified_by: ResetVerification,
    /// Its state.
    state: FactorResetState,
    /// The account of who asked for it.
    requested_by: ID,
    /// When.
    requested_at: DateTime,
    /// The account of who approved it.
    approved_by: Option<ID>,
    /// When it is done, once it is approved: a day after that.
    due_at: Option<DateTime>,
    /// When it was done or stopped, or lapsed.
    ended_at: Option<DateTime>,
    /// The account of who stopped it; its owner's own, if they did.
    ended_by: Option<ID>,
}

impl From<identity::FactorReset> for FactorReset {
    fn from(reset: identity::FactorReset) -> Self {
        Self {
            id: ID(reset.id.to_global()),
            account_id: ID(reset.account.to_global()),
            programme_id: reset.programme.map(|id| ID(id.to_global())),
            lost: reset.lost.into(),
            verified_by: reset.verified_by.into(),
            state: reset.state.into(),
            requested_by: ID(reset.requested_by.to_global()),
            requested_at: reset.requested_at.into(),
            approved_by: reset.approved_by.map(|id| ID(id.to_global())),
            due_at: reset.due_at.map(DateTime::from),
            ended_at: reset.ended_at.map(DateTime::from),
            ended_by: reset.ended_by.map(|id| ID(id.to_global())),
        }
    }
}

/// A reset of your own account that is under way. If you did not ask for it, stop it.
#[derive(Debug, SimpleObject)]
pub struct PendingReset {
    /// Its id, for `stopFactorReset`.
    id: ID,
    /// What is said to be lost.
    lost: LostProofs,
    /// When it was asked for.
    requested_at: DateTime,
    /// When it is done and all your sign-ins end; null while a second person has not approved it.
    due_at: Option<DateTime>,
}

impl From<identity::PendingReset> for PendingReset {
    fn from(reset: identity::PendingReset) -> Self {
        Self {
            id: ID(reset.id.to_global()),
            lost: reset.lost.into(),
            requested_at: reset.requested_at.into(),
            due_at: reset.due_at.map(DateTime::from),
        }
    }
}

payload! {
    /// The reset.
    pub FactorResetPayload { /// The reset as it is now.
        reset: FactorReset }
}

/// Whose account, and what was lost.
#[derive(InputObject)]
pub struct RequestFactorResetInput {
    /// The account.
    account_id: ID,
    /// What they lost.
    lost: LostProofs,
    /// How you made sure whom you speak to. Never by a call or message that came in: call back the number that you know.
    verified_by: ResetVerification,
}

/// Which reset.
#[derive(InputObject)]
pub struct FactorResetInput {
    /// The reset.
    id: ID,
}

/// The challenge of a sign-in.
#[derive(InputObject)]
pub struct StopResetAtSignInInput {
    /// The challenge's token.
    #[graphql(secret)]
    challenge: String,
}

/// Who waits to be let in again.
#[derive(Debug, Default)]
pub struct ResetQuery;

#[Object]
impl ResetQuery {
    /// Resets, newest first: coordinators and safeguarding leads see those of their programme's families and mentors,
    /// administrators those of staff.
    async fn factor_resets(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<FactorReset>> {
        let request = page_request(first, after.as_deref())?;
        let page = identity::resets(ctx.data::<Op>()?, request).await.map_err(fault)?;
        Ok(connection(&request, page, |(cursor, _)| *cursor, |(_, reset)| reset.into()))
    }
}

/// Letting somebody in again.
#[derive(Debug, Default)]
pub struct ResetMutation;

#[Object]
impl ResetMutation {
    /// Asks for a reset of somebody who lost what they sign in with. Somebody else has to approve it. Asks for a fresh proof.
    async fn request_factor_reset(
        &self,
        ctx: &Context<'_>,
        input: RequestFactorResetInput,
    ) -> Result<FactorResetPayload> {
        let (lost, verified_by) = (input.lost.into(), input.verified_by.into());
        let outcome = match target::<AccountId>(&input.account_id, "input.accountId") {
            Ok(account) => identity::request_reset(ctx.data::<Op>()?, account, lost, verified_by).await,
            Err(error) => Err(error),
        };
        FactorResetPayload::from_result(outcome)
    }

    /// Approves a reset that somebody else asked for: it is done a day later, if nobody stops it. Asks for a fresh proof.
    async fn approve_factor_reset(&self, ctx: &Context<'_>, input: FactorResetInput) -> Result<FactorResetPayload> {
        let outcome = match target::<FactorResetId>(&input.id, "input.id") {
            Ok(id) => identity::approve_reset(ctx.data::<Op>()?, id).await,
            Err(error) => Err(error),
        };
        FactorResetPayload::from_result(outcome)
    }

    /// Stops a reset: of your own account, or of somebody whom you may let in again.
    async fn stop_factor_reset(&self, ctx: &Context<'_>, input: FactorResetInput) -> Result<DonePayload> {
        let outcome = match target::<FactorResetId>(&input.id, "input.id") {
            Ok(id) => identity::stop_reset(ctx.data::<Op>()?, id).await,
            Err(error) => Err(error),
        };
        DonePayload::from_result(outcome.map(|()| true))
    }

    /// Stops the reset of your account in the middle of signing in, when the challenge says that one is under way and you did
    /// not ask for it. The challenge can still be answered.
    async fn stop_reset_at_sign_in(&self, ctx: &Context<'_>, input: StopResetAtSignInInput) -> Result<DonePayload> {
        let token = SecretString::from(input.challenge);
        let identity = ctx.data::<Arc<Identity>>()?;
        let stopped = identity.stop_reset_at_challenge(ctx.data::<Op>()?, &token).await;
        DonePayload::from_result(stopped.map(|()| true))
    }

    /// Makes a code for somebody who has nothing to sign in with after a reset, in place of the one before: tell it by phone.
    /// Asks for a fresh proof.
    async fn make_entry_code(&self, ctx: &Context<'_>, input: FactorResetInput) -> Result<InvitePayload> {
        let outcome = match target::<FactorResetId>(&input.id, "input.id") {
            Ok(id) => identity::make_entry_code(ctx.data::<Op>()?, id).await,
            Err(error) => Err(error),
        };
        InvitePayload::from_result(outcome)
    }
}
