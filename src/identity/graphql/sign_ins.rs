//! Where somebody is signed in, and ending it.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

use super::mutations::DonePayload;
use super::types::Role;
use crate::graphql::scalars::DateTime;
use crate::graphql::{Connection, connection, fault, page_request, target};
use crate::identity::{self, Identity};
use crate::kernel::ids::{AccountId, SignInId, TypedId as _};
use crate::op::Op;
use crate::payload;

/// How somebody proved at sign-in who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::SignInProof")]
pub enum SignInProof {
    /// With a passphrase alone.
    Passphrase,
    /// With a passphrase and a second factor.
    SecondFactor,
    /// Through the staff's own identity provider.
    Federated,
    /// With a passkey.
    Passkey,
}

/// Why a sign-in ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::SignInEnd")]
pub enum SignInEnd {
    /// Its owner ended it: by signing out, here or from elsewhere, or by going on in another role.
    ByOwner,
    /// It ended with a change of how its owner signs in.
    ProofChanged,
    /// Staff ended it, or shut the account out.
    ByStaff,
    /// A copy of its refresh token was used: somebody else had access. Change the passphrase, and tell a coordinator.
    CopyUsed,
    /// It was not used for long, or was old.
    RanOut,
    /// It ended for another reason.
    Other,
}

/// One place where somebody is or was signed in. It has no address, and its times are those of the hour.
#[derive(Debug, SimpleObject)]
pub struct SignIn {
    /// Its id.
    id: ID,
    /// What the device is called, for example "Firefox on Windows"; "another device" if that is not known.
    device: String,
    /// How its owner proved who they are.
    proof: SignInProof,
    /// The role acted in.
    role: Role,
    /// The hour in which it began.
    began_at: DateTime,
    /// The hour in which it was last used.
    last_used_at: DateTime,
    /// Why it ended; null while it is open. Ended ones are shown for 30 days.
    ended_because: Option<SignInEnd>,
    /// Whether it is the one that asks.
    this_one: bool,
}

impl From<identity::SignIn> for SignIn {
    fn from(sign_in: identity::SignIn) -> Self {
        Self {
            id: ID(sign_in.id.to_global()),
            device: sign_in.device,
            proof: sign_in.proof.into(),
            role: sign_in.role.into(),
            began_at: sign_in.began.into(),
            last_used_at: sign_in.last_used.into(),
            ended_because: sign_in.end.map(Into::into),
            this_one: sign_in.is_this_one,
        }
    }
}

/// Which sign-in.
#[derive(InputObject)]
pub struct EndSignInInput {
    /// One of your own, or of somebody whose account you keep.
    id: ID,
}

/// Whose sign-ins.
#[derive(InputObject)]
pub struct EndSignInsInput {
    /// The account.
    account_id: ID,
}

payload! {
    /// The sign-in that was ended.
    pub EndSignInPayload { /// The sign-in, now ended.
        sign_in: SignIn }
}

fn kept<'a>(ctx: &Context<'a>) -> Result<&'a Identity> {
    Ok(ctx.data::<Arc<Identity>>()?.as_ref())
}

async fn page(
    ctx: &Context<'_>,
    account: Option<AccountId>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Connection<SignIn>> {
    let request = page_request(first, after.as_deref())?;
    let page = identity::sign_ins(ctx.data::<Op>()?, kept(ctx)?, account, request).await.map_err(fault)?;
    Ok(connection(&request, page, |(cursor, _)| *cursor, |(_, sign_in)| sign_in.into()))
}

/// Where people are signed in.
#[derive(Debug, Default)]
pub struct SignInsQuery;

#[Object]
impl SignInsQuery {
    /// Where you are signed in, and where you were within 30 days; newest first.
    async fn my_sign_ins(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<SignIn>> {
        page(ctx, None, first, after).await
    }

    /// The same of somebody whose account you keep: for administrators, and for coordinators of families and mentors.
    async fn sign_ins(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<SignIn>> {
        page(ctx, Some(target(&account_id, "accountId").map_err(fault)?), first, after).await
    }
}

/// Ending sign-ins.
#[derive(Debug, Default)]
pub struct SignInsMutation;

#[Object]
impl SignInsMutation {
    /// Ends one sign-in at once: its next request is refused, its refresh token is dead, its sockets are closed. Asks for a
    /// fresh proof.
    async fn end_sign_in(&self, ctx: &Context<'_>, input: EndSignInInput) -> Result<EndSignInPayload> {
        let outcome = match target::<SignInId>(&input.id, "input.id") {
            Ok(id) => identity::end_sign_in(ctx.data::<Op>()?, kept(ctx)?, id).await,
            Err(error) => Err(error),
        };
        EndSignInPayload::from_result(outcome)
    }

    /// Ends all sign-ins of an account. Asks for a fresh proof.
    async fn end_sign_ins(&self, ctx: &Context<'_>, input: EndSignInsInput) -> Result<DonePayload> {
        let outcome = match target::<AccountId>(&input.account_id, "input.accountId") {
            Ok(account) => identity::end_sign_ins(ctx.data::<Op>()?, account).await,
            Err(error) => Err(error),
        };
        DonePayload::from_result(outcome.map(|()| true))
    }

    /// Ends all your sign-ins but this one. Asks for a fresh proof.
    async fn end_other_sign_ins(&self, ctx: &Context<'_>) -> Result<DonePayload> {
        DonePayload::from_result(identity::end_other_sign_ins(ctx.data::<Op>()?).await.map(|()| true))
    }
}
