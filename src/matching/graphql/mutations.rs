//! Changes.

use async_graphql::{Context, Object, Result};

use super::inputs::{
    AnswerProposalAsFamilyInput, AnswerProposalAsMentorInput, CloseSupportRequestInput, EndMatchInput, MatchInput,
    NameBackupMentorInput, PlanGoodbyeInput, ProposeMatchInput, ProvideInformationInput, SaveSupportRequestInput,
    SupportRequestInput, TriageSupportRequestInput, WithdrawProposalInput,
};
use super::types::{PeerMatch, Proposal, SupportRequest};
use crate::graphql::{fault, reference, target};
use crate::kernel::Check;
use crate::matching;
use crate::op::Op;
use crate::payload;

payload! {
    /// The support request after the change.
    pub SupportRequestPayload { /// The request.
        support_request: SupportRequest }
    /// The proposal after the change.
    pub ProposalPayload { /// The proposal, as far as you may still see it.
        proposal: Proposal }
    /// The match after the change.
    pub MatchPayload { /// The match, as far as you may still see it.
        r#match: PeerMatch }
}

/// Support requests.
#[derive(Debug, Default)]
pub struct RequestMutation;

#[Object]
impl RequestMutation {
    /// Writes your family's support request: a new draft, or a change of one that is not sent yet.
    async fn save_support_request(
        &self,
        ctx: &Context<'_>,
        input: SaveSupportRequestInput,
    ) -> Result<SupportRequestPayload> {
        let saved = match input.read() {
            Ok(draft) => matching::save_support_request(ctx.data::<Op>()?, draft).await,
            Err(error) => Err(error),
        };
        SupportRequestPayload::from_result(saved)
    }

    /// Sends your family's draft to the coordinators. You must have said first how it is safe to reach you.
    async fn submit_support_request(
        &self,
        ctx: &Context<'_>,
        input: SupportRequestInput,
    ) -> Result<SupportRequestPayload> {
        let id = target(&input.request_id, "input.requestId").map_err(fault)?;
        let sent = matching::submit_support_request(ctx.data::<Op>()?, id, input.version).await;
        SupportRequestPayload::from_result(sent)
    }

    /// Takes your family's request back, at any time and without a reason. A proposal under way is withdrawn, and a match
    /// ends with it.
    async fn withdraw_support_request(
        &self,
        ctx: &Context<'_>,
        input: SupportRequestInput,
    ) -> Result<SupportRequestPayload> {
        let id = target(&input.request_id, "input.requestId").map_err(fault)?;
        let taken = matching::withdraw_support_request(ctx.data::<Op>()?, id, input.version).await;
        SupportRequestPayload::from_result(taken)
    }

    /// Says how soon a family needs somebody. Coordinators.
    async fn triage_support_request(
        &self,
        ctx: &Context<'_>,
        input: TriageSupportRequestInput,
    ) -> Result<SupportRequestPayload> {
        let (id, urgency) = (target(&input.request_id, "input.requestId").map_err(fault)?, input.urgency.into());
        let triaged = matching::triage_support_request(ctx.data::<Op>()?, id, urgency, input.version).await;
        SupportRequestPayload::from_result(triaged)
    }

    /// Closes a support request with a reason. Coordinators.
    async fn close_support_request(
        &self,
        ctx: &Context<'_>,
        input: CloseSupportRequestInput,
    ) -> Result<SupportRequestPayload> {
        let (id, reason) = (target(&input.request_id, "input.requestId").map_err(fault)?, input.reason.into());
        let closed = matching::close_support_request(ctx.data::<Op>()?, id, reason, input.version).await;
        SupportRequestPayload::from_result(closed)
    }
}

/// Proposals.
#[derive(Debug, Default)]
pub struct ProposalMutation;

#[Object]
impl ProposalMutation {
    /// Proposes a mentor for a triaged request; the family is asked first. Coordinators.
    async fn propose_match(&self, ctx: &Context<'_>, input: ProposeMatchInput) -> Result<ProposalPayload> {
        let proposed = match input.read() {
            Ok(new) => matching::propose_match(ctx.data::<Op>()?, new).await,
            Err(error) => Err(error),
        };
        ProposalPayload::from_result(proposed)
    }

    /// Says yes or no to a proposal for your family.
    async fn answer_proposal_as_family(
        &self,
        ctx: &Context<'_>,
        input: AnswerProposalAsFamilyInput,
    ) -> Result<ProposalPayload> {
        let answer = input.read().map_err(fault)?;
        ProposalPayload::from_result(matching::answer_proposal_as_family(ctx.data::<Op>()?, answer).await)
    }

    /// Says yes or no to a proposal that was put to you as a mentor, or asks for more first. A yes begins the match.
    async fn answer_proposal_as_mentor(
        &self,
        ctx: &Context<'_>,
        input: AnswerProposalAsMentorInput,
    ) -> Result<ProposalPayload> {
        let answer = input.read().map_err(fault)?;
        ProposalPayload::from_result(matching::answer_proposal_as_mentor(ctx.data::<Op>()?, answer).await)
    }

    /// Answers a mentor's question; the clock goes on. Coordinators.
    async fn provide_information(&self, ctx: &Context<'_>, input: ProvideInformationInput) -> Result<ProposalPayload> {
        let information = input.read().map_err(fault)?;
        ProposalPayload::from_result(matching::provide_information(ctx.data::<Op>()?, information).await)
    }

    /// Takes a proposal back. Coordinators.
    async fn withdraw_proposal(&self, ctx: &Context<'_>, input: WithdrawProposalInput) -> Result<ProposalPayload> {
        let id = target(&input.proposal_id, "input.proposalId").map_err(fault)?;
        ProposalPayload::from_result(matching::withdraw_proposal(ctx.data::<Op>()?, id, input.version).await)
    }
}

/// Matches.
#[derive(Debug, Default)]
pub struct MatchMutation;

#[Object]
impl MatchMutation {
    /// Names who steps in when the mentor cannot, or nobody. Coordinators.
    async fn name_backup_mentor(&self, ctx: &Context<'_>, input: NameBackupMentorInput) -> Result<MatchPayload> {
        let id = target(&input.match_id, "input.matchId").map_err(fault)?;
        let mut check = Check::new();
        let backup = input.mentor_id.and_then(|mentor| reference(&mentor, "input.mentorId", &mut check));
        let named = match check.done() {
            Ok(()) => matching::name_backup_mentor(ctx.data::<Op>()?, id, backup, input.version).await,
            Err(error) => Err(error),
        };
        MatchPayload::from_result(named)
    }

    /// Lets a match rest for a while. Coordinators.
    async fn pause_match(&self, ctx: &Context<'_>, input: MatchInput) -> Result<MatchPayload> {
        let id = target(&input.match_id, "input.matchId").map_err(fault)?;
        MatchPayload::from_result(matching::pause_match(ctx.data::<Op>()?, id, input.version).await)
    }

    /// Goes on with a resting match, or takes a planned goodbye back. Coordinators.
    async fn resume_match(&self, ctx: &Context<'_>, input: MatchInput) -> Result<MatchPayload> {
        let id = target(&input.match_id, "input.matchId").map_err(fault)?;
        MatchPayload::from_result(matching::resume_match(ctx.data::<Op>()?, id, input.version).await)
    }

    /// Plans a goodbye within the next 30 days.
    async fn plan_goodbye(&self, ctx: &Context<'_>, input: PlanGoodbyeInput) -> Result<MatchPayload> {
        let (id, at) = (target(&input.match_id, "input.matchId").map_err(fault)?, input.goodbye_at.0);
        MatchPayload::from_result(matching::plan_goodbye(ctx.data::<Op>()?, id, at, input.version).await)
    }

    /// Ends a match at once. The mentor has no access to the family from then on.
    async fn end_match(&self, ctx: &Context<'_>, input: EndMatchInput) -> Result<MatchPayload> {
        let end = input.read().map_err(fault)?;
        MatchPayload::from_result(matching::end_match(ctx.data::<Op>()?, end).await)
    }
}
