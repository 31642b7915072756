//! Questions.

use async_graphql::{Context, ID, Object, Result};

use super::people::Candidates;
use super::types::{
    BoardOrder, Intensity, MatchState, PeerMatch, Proposal, ProposalState, SupportRequest, SupportRequestState,
};
use crate::graphql::terms::each;
use crate::graphql::{Connection, connection, fault, page_request, target};
use crate::matching;
use crate::op::Op;

/// Requests, candidates, proposals and matches.
#[derive(Debug, Default)]
pub struct MatchingQuery;

#[Object]
impl MatchingQuery {
    /// One support request: your family's, or one of your programme.
    async fn support_request(&self, ctx: &Context<'_>, id: ID) -> Result<SupportRequest> {
        let id = target(&id, "id").map_err(fault)?;
        Ok(matching::support_request(ctx.data::<Op>()?, id).await.map_err(fault)?.into())
    }

    /// Support requests: the coordinators' board, or your family's own.
    async fn support_requests(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        #[graphql(desc = "Only these states.")] states: Option<Vec<SupportRequestState>>,
        #[graphql(desc = "By what is due when left out.")] order: Option<BoardOrder>,
    ) -> Result<Connection<SupportRequest>> {
        let request = page_request(first, after.as_deref())?;
        let (states, order) = (each(states.unwrap_or_default()), order.unwrap_or(BoardOrder::Due).into());
        let page = matching::list_support_requests(ctx.data::<Op>()?, states, order, request).await.map_err(fault)?;
        Ok(connection(&request, page, |item| item.place(order), SupportRequest::from))
    }

    /// The programme's mentors compared for a request: who may be proposed, best first, and who may not, with reasons.
    async fn candidates(
        &self,
        ctx: &Context<'_>,
        request_id: ID,
        #[graphql(desc = "How much the match would ask; the family's wish when left out.")] intensity: Option<
            Intensity,
        >,
        #[graphql(desc = "How many of each kind, 1 to 100; 50 when left out.")] first: Option<i32>,
    ) -> Result<Candidates> {
        let id = target(&request_id, "requestId").map_err(fault)?;
        let intensity = intensity.map(Into::into);
        Ok(matching::candidates(ctx.data::<Op>()?, id, intensity, first).await.map_err(fault)?.into())
    }

    /// One proposal, as far as you may see it.
    async fn proposal(&self, ctx: &Context<'_>, id: ID) -> Result<Proposal> {
        let id = target(&id, "id").map_err(fault)?;
        Ok(matching::proposal(ctx.data::<Op>()?, id).await.map_err(fault)?.into())
    }

    /// The proposals that you may see, newest first: your programme's, your family's, or those put to you.
    async fn proposals(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        #[graphql(desc = "Only these states.")] states: Option<Vec<ProposalState>>,
    ) -> Result<Connection<Proposal>> {
        let request = page_request(first, after.as_deref())?;
        let states = each(states.unwrap_or_default());
        let page = matching::list_proposals(ctx.data::<Op>()?, states, request).await.map_err(fault)?;
        Ok(connection(&request, page, matching::ProposalView::place, Proposal::from))
    }

    /// One match: your own, or one of your programme.
    #[graphql(name = "match")]
    async fn peer_match(&self, ctx: &Context<'_>, id: ID) -> Result<PeerMatch> {
        let id = target(&id, "id").map_err(fault)?;
        Ok(matching::peer_match(ctx.data::<Op>()?, id).await.map_err(fault)?.into())
    }

    /// Matches, newest first: your programme's, your family's, or a mentor's live ones.
    async fn matches(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        #[graphql(desc = "Only these states.")] states: Option<Vec<MatchState>>,
    ) -> Result<Connection<PeerMatch>> {
        let request = page_request(first, after.as_deref())?;
        let states = each(states.unwrap_or_default());
        let page = matching::list_matches(ctx.data::<Op>()?, states, request).await.map_err(fault)?;
        Ok(connection(&request, page, matching::MatchView::place, PeerMatch::from))
    }
}
