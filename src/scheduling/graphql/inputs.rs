//! Inputs of scheduling.

use async_graphql::{ID, InputObject};

use super::super::model::availability::{NewException, NewWeeklyHours, Party};
use super::super::model::calendar::WeeklyRule;
use super::super::model::offer::SlotWish;
use super::super::model::session::NewOutcome;
use super::super::service::booking::{NewBooking, NewTime};
use super::types::ApiSessionSide;
use crate::graphql::scalars::DateTime;
use crate::graphql::{reference, target};
use crate::kernel::ids::{MatchId, MeetingId, MentorId, TypedId as _};
use crate::kernel::{Check, Result};

// Numbers that do not fit become ones that the rules refuse.
fn minute(value: i32) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

/// Hours on one day of every week.
#[derive(InputObject)]
pub struct WeeklyHoursInput {
    /// The day: 0 is Monday, 6 is Sunday.
    pub weekday: i32,
    /// The first minute of the local day, 0 to 1439.
    pub start_min: i32,
    /// The first minute no longer inside, up to 1440; later than the start.
    pub end_min: i32,
}

/// New weekly hours of a mentor.
#[derive(InputObject)]
pub struct SetWeeklyAvailabilityInput {
    /// The mentor.
    pub mentor_id: ID,
    /// The zone in which the hours are meant (IANA name).
    pub zone: String,
    /// At most 21; they replace all earlier ones.
    pub hours: Vec<WeeklyHoursInput>,
}

impl SetWeeklyAvailabilityInput {
    pub(super) fn hours(self) -> NewWeeklyHours {
        let rules = self.hours.into_iter().map(|hour| WeeklyRule {
            weekday: u8::try_from(hour.weekday).unwrap_or(u8::MAX),
            start_min: minute(hour.start_min),
            end_min: minute(hour.end_min),
        });
        NewWeeklyHours { zone: self.zone, rules: rules.collect() }
    }
}

fn party(id: &ID) -> Result<Party> {
    if let Some(mentor) = MentorId::from_global(id) {
        return Ok(Party::Mentor(mentor));
    }
    target(id, "input.ownerId").map(Party::Family)
}

/// A day off.
#[derive(InputObject)]
pub struct AddDayOffInput {
    /// The mentor or the family whose day it is.
    pub owner_id: ID,
    /// The local date, `YYYY-MM-DD`, within a year.
    pub date: String,
}

impl AddDayOffInput {
    pub(super) fn read(self) -> Result<(Party, NewException)> {
        Ok((party(&self.owner_id)?, NewException { date: self.date, hours: None }))
    }
}

/// Hours on one day beside the weekly ones.
#[derive(InputObject)]
pub struct AddExtraHoursInput {
    /// The mentor or the family whose day it is.
    pub owner_id: ID,
    /// The local date, `YYYY-MM-DD`, within a year.
    pub date: String,
    /// The first minute of the local day, 0 to 1439.
    pub start_min: i32,
    /// The first minute no longer inside, up to 1440; later than the start.
    pub end_min: i32,
}

impl AddExtraHoursInput {
    pub(super) fn read(self) -> Result<(Party, NewException)> {
        let hours = Some((minute(self.start_min), minute(self.end_min)));
        Ok((party(&self.owner_id)?, NewException { date: self.date, hours }))
    }
}

/// A day off or extra hours to be taken back.
#[derive(InputObject)]
pub struct RemoveAvailabilityExceptionInput {
    /// The day off or the extra hours.
    pub exception_id: ID,
}

/// What slots to look for.
#[derive(InputObject)]
pub struct CommonSlotsInput {
    /// The match.
    pub match_id: ID,
    /// No slot before this instant; two hours from now when left out.
    pub from: Option<DateTime>,
    /// How many to list, 1 to 50; 10 when left out.
    pub count: Option<i32>,
    /// Length of the session in minutes, 15 to 120; 45 when left out.
    pub duration_minutes: Option<i32>,
    /// A session of this match that is to be moved: its own time does not stand in the way.
    pub moving_session_id: Option<ID>,
}

impl CommonSlotsInput {
    pub(super) fn read(self) -> Result<(MatchId, SlotWish)> {
        let id = target(&self.match_id, "input.matchId")?;
        let mut check = Check::new();
        let moving = self.moving_session_id.and_then(|id| reference(&id, "input.movingSessionId", &mut check));
        check.done()?;
        let from = self.from.map(|from| from.0);
        Ok((id, SlotWish { from, count: self.count, duration: self.duration_minutes, moving }))
    }
}

/// A time to be booked.
#[derive(InputObject)]
pub struct BookSessionInput {
    /// The match.
    pub match_id: ID,
    /// The start: one of the common slots.
    pub starts_at: DateTime,
    /// Length in minutes, 15 to 120; 45 when left out.
    pub duration_minutes: Option<i32>,
    /// For which side; coordinators must say, others need not.
    pub on_behalf_of: Option<ApiSessionSide>,
}

impl BookSessionInput {
    pub(super) fn read(&self) -> Result<NewBooking> {
        let side = self.on_behalf_of.map(Into::into);
        let time = NewTime { starts_at: self.starts_at.0, duration: self.duration_minutes, side };
        Ok(NewBooking { of_match: target(&self.match_id, "input.matchId")?, time })
    }
}

/// A session to be agreed to.
#[derive(InputObject)]
pub struct ConfirmSessionInput {
    /// The session.
    pub session_id: ID,
    /// The version that the caller read; a later one is refused (`STALE`).
    pub version: Option<i32>,
}

/// Another time for a session.
#[derive(InputObject)]
pub struct RescheduleSessionInput {
    /// The session.
    pub session_id: ID,
    /// The new start: one of the common slots.
    pub starts_at: DateTime,
    /// Length in minutes, 15 to 120; as before when left out.
    pub duration_minutes: Option<i32>,
    /// For which side; coordinators must say, others need not.
    pub on_behalf_of: Option<ApiSessionSide>,
    /// The version that the caller read; a later one is refused (`STALE`).
    pub version: Option<i32>,
}

impl RescheduleSessionInput {
    pub(super) fn read(&self) -> Result<(MeetingId, NewTime)> {
        let side = self.on_behalf_of.map(Into::into);
        let time = NewTime { starts_at: self.starts_at.0, duration: self.duration_minutes, side };
        Ok((target(&self.session_id, "input.sessionId")?, time))
    }
}

/// A session to be called off.
#[derive(InputObject)]
pub struct CancelSessionInput {
    /// The session.
    pub session_id: ID,
    /// Why, at most 500 characters; the other side and the coordinator can read it.
    pub reason: Option<String>,
    /// The version that the caller read; a later one is refused (`STALE`).
    pub version: Option<i32>,
}

/// How a session went.
#[derive(InputObject)]
pub struct CompleteSessionInput {
    /// The session.
    pub session_id: ID,
    /// A note of at most 2000 characters for the mentor and the coordinator.
    pub note: Option<String>,
    /// How the family seemed, from 1 (very low) to 5 (very well).
    pub wellbeing: i32,
}

impl CompleteSessionInput {
    pub(super) fn outcome(self) -> NewOutcome {
        NewOutcome { note: self.note, wellbeing: self.wellbeing }
    }
}

/// A side that did not come.
#[derive(InputObject)]
pub struct ReportNoShowInput {
    /// The session.
    pub session_id: ID,
    /// Who did not come.
    pub side: ApiSessionSide,
}
