//! The API types of break-glass.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use uuid::Uuid;

use super::opened::{OpenedMessage, OpenedSession};
use crate::breakglass::{self, BreakGlass, Delay, Entry, Outcome, Review, service};
use crate::graphql::redacted::{ConfidentialText, VisibleText, seen};
use crate::graphql::scalars::DateTime;
use crate::graphql::terms::each;
use crate::graphql::{Connection, Gather, connection, fault, page_request, target};
use crate::kernel::Visible;
use crate::kernel::ids::{BreakGlassId, TypedId};
use crate::kernel::page::Cursor;
use crate::matching::{self, ApiMatch, ApiProposal, ApiSupportRequest};
use crate::messaging;
use crate::op::Op;
use crate::scheduling;

/// Why a family is opened, in broad terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "breakglass::Category")]
pub enum BreakGlassCategory {
    /// Somebody's life or body is in danger now.
    ImminentDanger,
    /// A child is missing.
    MissingChild,
    /// Somebody needs medical help at once.
    MedicalEmergency,
    /// Somebody outside of the family is threatened.
    ThreatToOthers,
    /// The law leaves no choice.
    LegalDuty,
}

/// Where an opening stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "breakglass::GlassState")]
pub enum BreakGlassState {
    /// Its opener may read.
    Open,
    /// Over; waits for its review.
    Ended,
    /// Reviewed, and something must still be looked into.
    FollowUp,
    /// Reviewed for good.
    Reviewed,
}

/// What part of the board to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "breakglass::Filter")]
pub enum BreakGlassFilter {
    /// Those that somebody may read under now.
    Open,
    /// Those that are over and not reviewed for good.
    AwaitingReview,
    /// Those that are reviewed for good.
    Reviewed,
}

/// What a review found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "breakglass::Verdict")]
pub enum BreakGlassVerdict {
    /// The opening was right.
    Justified,
    /// It was not.
    NotJustified,
    /// Something must still be looked into; the review goes on.
    NeedsFollowUp,
}

fn global(id: impl TypedId) -> ID {
    ID(id.to_global())
}

/// Until when telling the family was put off.
#[derive(SimpleObject)]
pub struct BreakGlassDelay {
    /// Until when.
    until: DateTime,
    /// Why.
    reason: String,
    /// The account of the lead who said so.
    set_by: ID,
    /// When.
    set_at: DateTime,
}

impl From<Delay> for BreakGlassDelay {
    fn from(delay: Delay) -> Self {
        Self { until: delay.until.into(), reason: delay.reason, set_by: global(delay.by), set_at: delay.at.into() }
    }
}

/// What somebody else found.
#[derive(SimpleObject)]
pub struct BreakGlassReview {
    /// The verdict.
    verdict: BreakGlassVerdict,
    /// What led to it. Not for administrators.
    note: VisibleText,
    /// The account of the reviewer.
    reviewed_by: ID,
    /// When.
    reviewed_at: DateTime,
}

impl From<Review> for BreakGlassReview {
    fn from(review: Review) -> Self {
        let (verdict, note) = (review.verdict.into(), seen::<_, ConfidentialText, _>(review.note));
        Self { verdict, note, reviewed_by: global(review.by), reviewed_at: review.at.into() }
    }
}

/// One thing that was looked at under an opening.
#[derive(SimpleObject)]
pub struct BreakGlassReadEntry {
    /// When.
    at: DateTime,
    /// The action, for example `conversation.read`.
    action: String,
    /// The kind of record, for example `Conversation`.
    object_kind: String,
    /// The record's internal id.
    object_id: Option<Uuid>,
    /// How many parts of it were seen, for example messages.
    count: usize,
    /// Whether it was permitted.
    allowed: bool,
}

impl From<Entry> for BreakGlassReadEntry {
    fn from(entry: Entry) -> Self {
        Self {
            at: DateTime(jiff::Timestamp::from_microsecond(entry.occurred_at).unwrap_or_default()),
            action: entry.action,
            object_kind: entry.object.kind,
            object_id: entry.object.id,
            count: entry.ids.len(),
            allowed: entry.outcome == Outcome::Allowed,
        }
    }
}

/// A family opened by break-glass. While it lasts, its opener reads through it what staff cannot read otherwise; for
/// everybody else those fields are not there.
pub struct BreakGlassAccess(BreakGlass);

impl From<BreakGlass> for BreakGlassAccess {
    fn from(opening: BreakGlass) -> Self {
        Self(opening)
    }
}

/// A family opened by break-glass. While it lasts, its opener reads through it what staff cannot read otherwise; for
/// everybody else those fields are not there.
#[Object]
impl BreakGlassAccess {
    /// Its id.
    pub async fn id(&self) -> ID {
        global(self.0.id)
    }

    /// The family that was opened.
    async fn family_id(&self) -> ID {
        global(self.0.family)
    }

    /// The account of the safeguarding lead who opened it.
    async fn opened_by(&self) -> ID {
        global(self.0.opened_by)
    }

    /// Why, in broad terms.
    async fn category(&self) -> BreakGlassCategory {
        self.0.category.into()
    }

    /// Where it stands now.
    async fn state(&self) -> BreakGlassState {
        self.0.state.into()
    }

    /// When it began.
    async fn opened_at(&self) -> DateTime {
        self.0.opened_at.into()
    }

    /// When it ends by itself.
    async fn ends_at(&self) -> DateTime {
        self.0.ends_at.into()
    }

    /// When it ended.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(DateTime)
    }

    /// The account of whoever ended it early; null when its time ran out.
    async fn ended_by(&self) -> Option<ID> {
        self.0.ended_by.map(global)
    }

    /// From when the family's ledger shows it.
    async fn told_from(&self) -> DateTime {
        self.0.tell_at.into()
    }

    /// By when somebody else must have reviewed it.
    async fn review_due_at(&self) -> DateTime {
        self.0.review_due_at.into()
    }

    /// Whether it must have been reviewed by now, and was not.
    async fn overdue(&self) -> bool {
        self.0.is_overdue
    }

    /// Why, in the opener's words. Not for administrators.
    #[graphql(complexity = "5 + child_complexity")]
    async fn reason(&self, ctx: &Context<'_>) -> Result<VisibleText> {
        let said = ctx.data::<BreakGlassFields>()?.reasons.of(self.0.id).await?;
        Ok(seen::<_, ConfidentialText, _>(said))
    }

    /// Until when telling the family was put off, and why. Null for administrators.
    #[graphql(complexity = 5)]
    async fn delays(&self, ctx: &Context<'_>) -> Result<Option<Vec<BreakGlassDelay>>> {
        Ok(ctx.data::<BreakGlassFields>()?.delays.of(self.0.id).await?.map(each))
    }

    /// What others found, in order.
    #[graphql(complexity = 5)]
    async fn reviews(&self, ctx: &Context<'_>) -> Result<Vec<BreakGlassReview>> {
        Ok(each(ctx.data::<BreakGlassFields>()?.reviews.of(self.0.id).await?))
    }

    /// What was looked at under it, the latest first. Safeguarding leads and administrators.
    async fn read_entries(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<BreakGlassReadEntry>> {
        let request = page_request(first, after.as_deref())?;
        let page = service::reads(ctx.data::<Op>()?, self.0.id, request).await.map_err(fault)?;
        Ok(connection(&request, page, |(cursor, _)| *cursor, |(_, entry)| entry.into()))
    }

    /// How many things were looked at under it. Null for coordinators.
    #[graphql(complexity = 5)]
    async fn read_count(&self, ctx: &Context<'_>) -> Result<Option<u64>> {
        service::count_reads(ctx.data::<Op>()?, self.0.id).await.map_err(fault)
    }

    /// The family's support requests, newest first. Its opener, while it lasts.
    async fn requests(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<ApiSupportRequest>> {
        let request = page_request(first, after.as_deref())?;
        let page = service::requests(ctx.data::<Op>()?, self.0.id, request).await.map_err(fault)?;
        let place = |item: &matching::SupportRequest| newest(item.created_at, item.id);
        Ok(connection(&request, page, place, ApiSupportRequest::from))
    }

    /// The proposals to the family, newest first. Its opener, while it lasts.
    async fn proposals(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<ApiProposal>> {
        let request = page_request(first, after.as_deref())?;
        let page = service::proposals(ctx.data::<Op>()?, self.0.id, request).await.map_err(fault)?;
        Ok(connection(&request, page, matching::ProposalView::place, ApiProposal::from))
    }

    /// The family's matches, newest first. Its opener, while it lasts.
    async fn matches(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<ApiMatch>> {
        let request = page_request(first, after.as_deref())?;
        let page = service::matches(ctx.data::<Op>()?, self.0.id, request).await.map_err(fault)?;
        Ok(connection(&request, page, matching::MatchView::place, ApiMatch::from))
    }

    /// The family's sessions with how they went, the latest first. Its opener, while it lasts.
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<OpenedSession>> {
        let request = page_request(first, after.as_deref())?;
        let page = service::sessions(ctx.data::<Op>()?, self.0.id, request).await.map_err(fault)?;
        let place = |item: &scheduling::OpenedSession| newest(item.session.starts_at, item.session.id);
        Ok(connection(&request, page, place, OpenedSession::from))
    }

    /// The conversation of one of the family's matches, newest message first, held ones too. Its opener, while it lasts.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        match_id: ID,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<OpenedMessage>> {
        let request = page_request(first, after.as_deref())?;
        let of = target(&match_id, "matchId").map_err(fault)?;
        let page = service::messages(ctx.data::<Op>()?, self.0.id, of, request).await.map_err(fault)?;
        let place = |item: &messaging::OpenedMessage| Cursor { key: item.seq, id: item.id.uuid() };
        Ok(connection(&request, page, place, OpenedMessage::from))
    }
}

/// What needs a decision of its own on each opening, asked for once for a whole list.
pub struct BreakGlassFields {
    reasons: Gather<BreakGlassId, Visible<String>>,
    delays: Gather<BreakGlassId, Option<Vec<Delay>>>,
    reviews: Gather<BreakGlassId, Vec<Review>>,
}

impl BreakGlassFields {
    /// Those of one operation.
    #[must_use]
    pub fn new(op: &Op) -> Self {
        Self {
            reasons: Gather::new(op, |op, ids| async move { service::reasons(&op, &ids).await }),
            delays: Gather::new(op, |op, ids| async move { service::delays(&op, &ids).await }),
            reviews: Gather::new(op, |op, ids| async move { service::reviews(&op, &ids).await }),
        }
    }
}

fn newest(at: jiff::Timestamp, id: impl TypedId) -> Cursor {
    Cursor { key: at.as_microsecond(), id: id.into() }
}
