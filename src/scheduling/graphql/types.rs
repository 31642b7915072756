//! API types of sessions and slots.

use async_graphql::{ComplexObject, Context, Enum, ID, Result, SimpleObject, Union};

use super::super::model::session::{Canceller, When};
use super::super::model::states::{SessionSide, SessionState};
use super::super::{model, service};
use crate::graphql::Gather;
use crate::graphql::redacted::{Redacted, seen_if_there};
use crate::graphql::scalars::DateTime;
use crate::kernel::Visible;
use crate::kernel::ids::{MeetingId, TypedId as _};
use crate::op::Op;

/// The state of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "SessionState", remote = "SessionState")]
pub enum ApiSessionState {
    /// Asked for by one side; holds its time until `holdExpiresAt`.
    Proposed,
    /// Both sides agreed.
    Confirmed,
    /// It took place.
    Completed,
    /// One side did not come.
    NoShow,
    /// Called off before it began.
    Cancelled,
    /// Nobody confirmed in time; its time is free again.
    Expired,
}

/// A side of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "SessionSide", remote = "SessionSide")]
pub enum ApiSessionSide {
    /// The family.
    Family,
    /// The mentor.
    Mentor,
}

/// Who called a session off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "SessionCanceller", remote = "Canceller")]
pub enum ApiCanceller {
    /// The family.
    Family,
    /// The mentor.
    Mentor,
    /// The programme: a coordinator, or the end of the match.
    Programme,
}

/// Which part of a list of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "When")]
pub enum SessionsWhen {
    /// Asked for or agreed, and not over; the soonest first.
    Upcoming,
    /// All others: over, called off or lapsed; the latest first.
    Past,
}

/// Why there is no slot to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::offer::WhyEmpty")]
pub enum NoSlotsReason {
    /// The match is paused or has ended.
    MatchNotOpen,
    /// The family has not said when contact is safe, or says that it never is.
    NoPlan,
    /// The mentor has given no hours.
    NoMentorHours,
    /// Both have hours, but none in common that are free.
    NothingInCommon,
}

/// A session between mentor and family.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct Session {
    /// Its id; it stays when the session is moved.
    #[graphql(owned)]
    pub id: ID,
    /// The match it belongs to.
    pub match_id: ID,
    /// Its state now.
    pub state: ApiSessionState,
    /// When it begins.
    pub starts_at: DateTime,
    /// When it ends.
    pub ends_at: DateTime,
    /// What the clock of the family's zone shows at the start; the zone is the one at the time of booking.
    pub local_start: LocalTime,
    /// The side that asked for this time; the other one confirms.
    pub booked_side: ApiSessionSide,
    /// Until when its time is held, while it is proposed.
    pub hold_expires_at: Option<DateTime>,
    /// Who called it off.
    pub cancelled_by: Option<ApiCanceller>,
    /// Why, in their words.
    pub cancel_reason: Option<String>,
    /// The side that did not come.
    pub no_show_side: Option<ApiSessionSide>,
    /// When it was first asked for.
    pub created_at: DateTime,
    /// When it last changed.
    pub updated_at: DateTime,
    /// Counts the changes; hand it in with a change to be told of somebody else's.
    pub version: i32,
    #[graphql(skip)]
    key: MeetingId,
}

#[ComplexObject]
impl Session {
    /// How it went, for its mentor and their coordinator only. Null when you may see that nothing was said yet.
    async fn outcome(&self, ctx: &Context<'_>) -> Result<Option<VisibleSessionOutcome>> {
        let outcome = ctx.data::<SessionFields>()?.outcomes.of(self.key).await?;
        Ok(seen_if_there::<_, SessionOutcome, _>(outcome))
    }
}

/// What needs a decision of its own on each session, asked for once for a whole list.
pub struct SessionFields {
    outcomes: Gather<MeetingId, Visible<Option<model::session::Outcome>>>,
}

impl SessionFields {
    /// Those of one operation.
    #[must_use]
    pub fn new(op: &Op) -> Self {
        Self { outcomes: Gather::new(op, |op, ids| async move { service::reads::outcomes(&op, &ids).await }) }
    }
}

impl From<model::session::Session> for Session {
    fn from(session: model::session::Session) -> Self {
        let zone = model::calendar::zone(&session.zone).unwrap_or(jiff::tz::TimeZone::UTC);
        Self {
            id: ID(session.id.to_global()),
            match_id: ID(session.of_match.to_global()),
            state: session.state.into(),
            starts_at: DateTime(session.starts_at),
            ends_at: DateTime(session.ends_at),
            local_start: model::offer::LocalTime::at(session.starts_at, &session.zone, &zone).into(),
            booked_side: session.booked_side.into(),
            hold_expires_at: session.hold_expires_at.map(DateTime),
            cancelled_by: session.cancelled_by.map(ApiCanceller::from),
            cancel_reason: session.cancel_reason,
            no_show_side: session.no_show.map(ApiSessionSide::from),
            created_at: DateTime(session.created_at),
            updated_at: DateTime(session.updated_at),
            version: session.version,
            key: session.id,
        }
    }
}

/// How a session went, in the mentor's words.
#[derive(Debug, SimpleObject)]
pub struct SessionOutcome {
    /// What the mentor noted.
    pub note: Option<String>,
    /// How the family seemed, from 1 (very low) to 5 (very well).
    pub wellbeing: Option<i32>,
}

/// How a session went, or why it is kept from you.
#[derive(Union)]
pub enum VisibleSessionOutcome {
    /// How it went.
    Shown(SessionOutcome),
    /// Why not.
    Redacted(Redacted),
}

impl From<model::session::Outcome> for SessionOutcome {
    fn from(outcome: model::session::Outcome) -> Self {
        Self { note: outcome.note, wellbeing: outcome.wellbeing.map(i32::from) }
    }
}

/// What a clock shows at an instant.
#[derive(Debug, SimpleObject)]
pub struct LocalTime {
    /// The zone's IANA name, for example `America/New_York`.
    pub zone: String,
    /// The date, `YYYY-MM-DD`.
    pub date: String,
    /// The time, `HH:MM`, 24 hours.
    pub time: String,
    /// The clock's distance from UTC, for example `-05:00`; it tells the two hours of a clock change apart.
    pub offset: String,
    /// All of it in English, for example `Sun 8 Mar 2026, 09:30 (UTC-04:00)`.
    pub text: String,
}

impl From<model::offer::LocalTime> for LocalTime {
    fn from(local: model::offer::LocalTime) -> Self {
        let model::offer::LocalTime { zone, date, time, offset, text } = local;
        Self { zone, date, time, offset, text }
    }
}

/// A time that suits both sides.
#[derive(Debug, SimpleObject)]
pub struct SessionSlot {
    /// When it begins.
    pub starts_at: DateTime,
    /// When it ends.
    pub ends_at: DateTime,
    /// What the family's clock shows at the start.
    pub family_start: LocalTime,
    /// What the mentor's clock shows at the start.
    pub mentor_start: LocalTime,
}

impl From<model::offer::Slot> for SessionSlot {
    fn from(slot: model::offer::Slot) -> Self {
        Self {
            starts_at: DateTime(slot.starts_at),
            ends_at: DateTime(slot.ends_at),
            family_start: slot.family.into(),
            mentor_start: slot.mentor.into(),
        }
    }
}

/// The times that suit both sides, the soonest first.
#[derive(Debug, SimpleObject)]
pub struct CommonSlots {
    /// At most as many as asked for.
    pub slots: Vec<SessionSlot>,
    /// Why there are none.
    pub why_empty: Option<NoSlotsReason>,
}

impl From<model::offer::CommonSlots> for CommonSlots {
    fn from(common: model::offer::CommonSlots) -> Self {
        Self {
            slots: common.slots.into_iter().map(SessionSlot::from).collect(),
            why_empty: common.why_empty.map(NoSlotsReason::from),
        }
    }
}
