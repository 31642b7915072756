//! Break-glass in GraphQL.

mod inputs;
mod opened;
mod types;

use async_graphql::{Context, ID, Object, Result, Subscription};
use futures_util::{Stream, StreamExt as _};

use super::service;
use crate::graphql::{Connection, connection, fault, page_request, target};
use crate::kernel::ids::{BreakGlassId, MatchId, ProgrammeId};
use crate::kernel::page::Cursor;
use crate::kernel::{Code, Error, Problem};
use crate::op::Op;

pub use inputs::{
    BreakGlassDelayInput, DelayBreakGlassInput, DelayBreakGlassPayload, EndBreakGlassInput, EndBreakGlassPayload,
    OpenBreakGlassInput, OpenBreakGlassPayload, ReviewBreakGlassInput, ReviewBreakGlassPayload,
};
pub use opened::{OpenedMessage, OpenedMessageChange, OpenedSession};
pub use types::{
    BreakGlassAccess, BreakGlassCategory, BreakGlassDelay, BreakGlassFields, BreakGlassFilter, BreakGlassReadEntry,
    BreakGlassReview, BreakGlassState, BreakGlassVerdict,
};

/// The board of openings.
#[derive(Debug, Default)]
pub struct BreakGlassQuery;

#[Object]
impl BreakGlassQuery {
    /// The openings of families by break-glass in your programme: what is overdue for its review first, then what is due
    /// soonest, then what is reviewed. Coordinators and safeguarding leads; administrators name the programme.
    async fn break_glass_accesses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme; your own when left out.")] programme_id: Option<ID>,
        #[graphql(desc = "Only these; all when left out.")] filter: Option<BreakGlassFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<BreakGlassAccess>> {
        let request = page_request(first, after.as_deref())?;
        let programme =
            programme_id.as_ref().map(|id| target::<ProgrammeId>(id, "programmeId")).transpose().map_err(fault)?;
        let page = service::list(ctx.data::<Op>()?, programme, filter.map(Into::into), request).await;
        Ok(connection(&request, page.map_err(fault)?, super::BreakGlass::cursor, BreakGlassAccess::from))
    }

    /// One opening. Its opener reads the family's records through it while it lasts.
    async fn break_glass_access(&self, ctx: &Context<'_>, id: ID) -> Result<BreakGlassAccess> {
        let found = service::access(ctx.data::<Op>()?, target(&id, "id").map_err(fault)?).await;
        found.map(BreakGlassAccess::from).map_err(fault)
    }
}

/// Opening a family, and what follows from it.
#[derive(Debug, Default)]
pub struct BreakGlassMutation;

#[Object]
impl BreakGlassMutation {
    /// Opens a family of your programme for reading in an emergency, for an hour at most. Safeguarding leads, with a proof
    /// that is at most five minutes old. Coordinators, leads and administrators see it at once; somebody else reviews it;
    /// the family's ledger shows it.
    async fn open_break_glass(&self, ctx: &Context<'_>, input: OpenBreakGlassInput) -> Result<OpenBreakGlassPayload> {
        let family = target(input.family(), "input.familyId").map_err(fault)?;
        OpenBreakGlassPayload::from_result(service::open(ctx.data::<Op>()?, family, input.read()).await)
    }

    /// Ends an opening before its time: its opener, a coordinator or another lead of the programme.
    async fn end_break_glass(&self, ctx: &Context<'_>, input: EndBreakGlassInput) -> Result<EndBreakGlassPayload> {
        let id = target(&input.id, "input.id").map_err(fault)?;
        EndBreakGlassPayload::from_result(service::end(ctx.data::<Op>()?, id).await)
    }

    /// Puts off once more that the family's ledger shows an opening. Another safeguarding lead.
    async fn delay_break_glass(
        &self,
        ctx: &Context<'_>,
        input: DelayBreakGlassInput,
    ) -> Result<DelayBreakGlassPayload> {
        let id = target(&input.id, "input.id").map_err(fault)?;
        DelayBreakGlassPayload::from_result(service::delay(ctx.data::<Op>()?, id, input.read()).await)
    }

    /// Judges an opening that is over. Another safeguarding lead, or an administrator, who sees no content.
    async fn review_break_glass(
        &self,
        ctx: &Context<'_>,
        input: ReviewBreakGlassInput,
    ) -> Result<ReviewBreakGlassPayload> {
        let (id, verdict) = (target(&input.id, "input.id").map_err(fault)?, input.verdict.into());
        let reviewed = service::review(ctx.data::<Op>()?, id, verdict, &input.note).await;
        ReviewBreakGlassPayload::from_result(reviewed)
    }
}

/// Watching openings, and conversations under one.
#[derive(Debug, Default)]
pub struct BreakGlassSubscription;

#[Subscription]
impl BreakGlassSubscription {
    /// Every opening of a programme when it begins and when it changes. Coordinators and safeguarding leads;
    /// administrators name the programme.
    async fn break_glass_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme; your own when left out.")] programme_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<BreakGlassAccess>> + use<>> {
        let programme =
            programme_id.as_ref().map(|id| target::<ProgrammeId>(id, "programmeId")).transpose().map_err(fault)?;
        let changes = service::changes(ctx.data::<Op>()?, programme).await.map_err(fault)?;
        Ok(changes.map(|change| change.map(BreakGlassAccess::from).map_err(fault)))
    }

    /// Every change in the conversation of a match of an opened family, held messages too. Ends with a fault when the
    /// opening ends.
    async fn break_glass_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opening.")] id: ID,
        #[graphql(desc = "A match of the family.")] match_id: ID,
        #[graphql(desc = "Begin after this change; without it, with what changes from now on.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<OpenedMessageChange>> + use<>> {
        let (id, of): (BreakGlassId, MatchId) =
            (target(&id, "id").map_err(fault)?, target(&match_id, "matchId").map_err(fault)?);
        let after = after.as_deref().map(place).transpose().map_err(fault)?;
        let changes = service::follow_messages(ctx.data::<Op>()?, id, of, after).await.map_err(fault)?;
        Ok(changes.map(|change| change.map(OpenedMessageChange::from).map_err(fault)))
    }
}

fn place(cursor: &str) -> Result<i64, Error> {
    let known = Cursor::decode(cursor).map(|cursor| cursor.key);
    known.ok_or_else(|| Problem::at(Code::Invalid, "after", "This is not a cursor of an earlier change.").into())
}
