//! API types of availability.

use async_graphql::{ID, SimpleObject};

use super::super::model::availability::{self as model, Party};
use super::super::model::calendar::WeeklyRule;
use crate::kernel::ids::TypedId as _;

/// Hours on one day of every week, by the local clock.
#[derive(Debug, SimpleObject)]
pub struct WeeklyHours {
    /// The day: 0 is Monday, 6 is Sunday.
    pub weekday: i32,
    /// The first minute of the local day, 0 to 1439.
    pub start_min: i32,
    /// The first minute no longer inside, up to 1440.
    pub end_min: i32,
}

impl From<WeeklyRule> for WeeklyHours {
    fn from(rule: WeeklyRule) -> Self {
        Self { weekday: rule.weekday.into(), start_min: rule.start_min.into(), end_min: rule.end_min.into() }
    }
}

/// A day off, or extra hours on one day.
#[derive(Debug, SimpleObject)]
pub struct AvailabilityException {
    /// Its id.
    pub id: ID,
    /// The mentor or the family that it belongs to.
    pub owner_id: ID,
    /// The local date, `YYYY-MM-DD`.
    pub date: String,
    /// The first minute of extra hours; null for a day off.
    pub start_min: Option<i32>,
    /// The first minute no longer inside extra hours; null for a day off.
    pub end_min: Option<i32>,
}

impl From<model::DayException> for AvailabilityException {
    fn from(day: model::DayException) -> Self {
        let owner = match day.party {
            Party::Mentor(id) => id.to_global(),
            Party::Family(id) => id.to_global(),
        };
        Self {
            id: ID(day.id.to_global()),
            owner_id: ID(owner),
            date: day.date.to_string(),
            start_min: day.hours.map(|(start, _)| start.into()),
            end_min: day.hours.map(|(_, end)| end.into()),
        }
    }
}

/// When a mentor can.
#[derive(Debug, SimpleObject)]
pub struct MentorAvailability {
    /// The mentor.
    pub mentor_id: ID,
    /// The zone in which the hours are meant (IANA name).
    pub zone: String,
    /// Hours of every week.
    pub hours: Vec<WeeklyHours>,
    /// Days off and extra hours from today on.
    pub exceptions: Vec<AvailabilityException>,
}

impl From<model::MentorHours> for MentorAvailability {
    fn from(hours: model::MentorHours) -> Self {
        Self {
            mentor_id: ID(hours.mentor.to_global()),
            zone: hours.zone,
            hours: hours.rules.into_iter().map(WeeklyHours::from).collect(),
            exceptions: hours.exceptions.into_iter().map(AvailabilityException::from).collect(),
        }
    }
}
