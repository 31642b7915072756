//! The queue in GraphQL.

mod inputs;
mod types;

use async_graphql::{Context, ID, Object, Result, Subscription};
use futures_util::{Stream, StreamExt as _};

use super::{Filter, service};
use crate::graphql::{Connection, connection, fault, page_request, target};
use crate::kernel::ids::MessageId;
use crate::op::Op;

pub use inputs::{
    AddCaseNoteInput, AddCaseNotePayload, ClaimCaseInput, ClaimCasePayload, DecideCaseInput, DecideCasePayload,
    EscalateCaseInput, EscalateCasePayload, RedactionRange, ReleaseClaimInput, ReleaseClaimPayload, RenewClaimInput,
    RenewClaimPayload, ReopenCaseInput, ReopenCasePayload,
};
pub use types::{
    CaseContent, CaseContextMessage, CaseDecision, CaseFinding, CaseKind, CaseMessage, CaseMessageVersion, CaseNote,
    CaseNoteVisibility, CaseState, ModerationCase, PublicNote,
};

/// Reading the queue.
#[derive(Debug, Default)]
pub struct ModerationQuery;

#[Object]
impl ModerationQuery {
    /// The moderation cases of your programme, most pressing first, then soonest due. Without a state: all not decided.
    async fn cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only cases in this state; a claim that ran out counts as none.")] state: Option<CaseState>,
        #[graphql(desc = "Only cases of this kind.")] kind: Option<CaseKind>,
        #[graphql(desc = "How many cases, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
    ) -> Result<Connection<ModerationCase>> {
        let request = page_request(first, after.as_deref())?;
        let filter = Filter { state: state.map(Into::into), kind: kind.map(Into::into) };
        let page = service::list_cases(ctx.data::<Op>()?, filter, request).await.map_err(fault)?;
        Ok(connection(&request, page, super::Case::cursor, ModerationCase::from))
    }

    /// One moderation case.
    async fn case(&self, ctx: &Context<'_>, #[graphql(desc = "The case.")] id: ID) -> Result<ModerationCase> {
        let found = service::case(ctx.data::<Op>()?, target(&id, "id").map_err(fault)?).await;
        found.map(ModerationCase::from).map_err(fault)
    }

    /// What coordinators wrote to you about a message of yours.
    async fn notes_on_my_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message.")] id: ID,
    ) -> Result<Vec<PublicNote>> {
        let id: MessageId = target(&id, "id").map_err(fault)?;
        let notes = service::notes_on_my_message(ctx.data::<Op>()?, id).await.map_err(fault)?;
        Ok(notes.into_iter().map(PublicNote::from).collect())
    }
}

/// Working on cases.
#[derive(Debug, Default)]
pub struct ModerationMutation;

#[Object]
impl ModerationMutation {
    /// Claim a case for five minutes. Claiming your own case again renews the claim.
    async fn claim_case(&self, ctx: &Context<'_>, input: ClaimCaseInput) -> Result<ClaimCasePayload> {
        let id = target(&input.id, "input.id").map_err(fault)?;
        ClaimCasePayload::from_result(service::claim_case(ctx.data::<Op>()?, id).await)
    }

    /// Renew your claim: it lasts five minutes from now.
    async fn renew_claim(&self, ctx: &Context<'_>, input: RenewClaimInput) -> Result<RenewClaimPayload> {
        let id = target(&input.id, "input.id").map_err(fault)?;
        RenewClaimPayload::from_result(service::renew_claim(ctx.data::<Op>()?, id).await)
    }

    /// Give a case back to the queue.
    async fn release_claim(&self, ctx: &Context<'_>, input: ReleaseClaimInput) -> Result<ReleaseClaimPayload> {
        let id = target(&input.id, "input.id").map_err(fault)?;
        ReleaseClaimPayload::from_result(service::release_claim(ctx.data::<Op>()?, id).await)
    }

    /// Decide a case that you hold.
    async fn decide_case(&self, ctx: &Context<'_>, input: DecideCaseInput) -> Result<DecideCasePayload> {
        let decide = input.read().map_err(fault)?;
        DecideCasePayload::from_result(service::decide_case(ctx.data::<Op>()?, decide).await)
    }

    /// Hand a case to the safeguarding leads. Until it is decided, only they can claim it.
    async fn escalate_case(&self, ctx: &Context<'_>, input: EscalateCaseInput) -> Result<EscalateCasePayload> {
        let id = target(&input.id, "input.id").map_err(fault)?;
        EscalateCasePayload::from_result(service::escalate_case(ctx.data::<Op>()?, id).await)
    }

    /// Open a decided case again; somebody else than before must decide it then.
    async fn reopen_case(&self, ctx: &Context<'_>, input: ReopenCaseInput) -> Result<ReopenCasePayload> {
        let id = target(&input.id, "input.id").map_err(fault)?;
        ReopenCasePayload::from_result(service::reopen_case(ctx.data::<Op>()?, id).await)
    }

    /// Write a note on a case.
    async fn add_case_note(&self, ctx: &Context<'_>, input: AddCaseNoteInput) -> Result<AddCaseNotePayload> {
        let note = input.read().map_err(fault)?;
        AddCaseNotePayload::from_result(service::add_case_note(ctx.data::<Op>()?, note).await)
    }
}

/// Watching the queue.
#[derive(Debug, Default)]
pub struct ModerationSubscription;

#[Subscription]
impl ModerationSubscription {
    /// Every case of your programme when it is opened or changes.
    async fn moderation_queue(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = Result<ModerationCase>> + use<>> {
        let cases = service::watch(ctx.data::<Op>()?).await.map_err(fault)?;
        Ok(cases.map(|case| case.map(ModerationCase::from).map_err(fault)))
    }
}
