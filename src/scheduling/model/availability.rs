//! What people say about when they can: weekly hours, days off, extra hours.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};

use super::calendar::{Calendar, Removed, Span, WeeklyRule, Window, zone};
use crate::kernel::ids::{AvailabilityId, FamilyId, MentorId};
use crate::kernel::{Check, Code, Result};

/// The most weekly hours of a mentor: three stretches on each day.
pub const MAX_WEEKLY_HOURS: usize = 21;
/// The most days off and extra hours that are yet to come, for one party.
pub const MAX_EXCEPTIONS: u64 = 200;
/// The party has as many days off and extra hours as can be kept.
pub const TOO_MANY: Code = Code::TooMany;

/// Whose hours they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Party {
    /// A mentor's.
    Mentor(MentorId),
    /// A family's.
    Family(FamilyId),
}

/// A day that is not as every week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayException {
    /// Its id.
    pub id: AvailabilityId,
    /// Whose it is.
    pub party: Party,
    /// The local date.
    pub date: Date,
    /// Extra hours, as minutes of the local day; none for a day off.
    pub hours: Option<(u16, u16)>,
}

/// A mentor's hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MentorHours {
    /// The mentor.
    pub mentor: MentorId,
    /// The zone in which the hours are meant.
    pub zone: String,
    /// Weekly hours.
    pub rules: Vec<WeeklyRule>,
    /// Days off and extra hours from today on.
    pub exceptions: Vec<DayException>,
}

/// New weekly hours; they replace all earlier ones.
#[derive(Debug, Clone)]
pub struct NewWeeklyHours {
    /// The zone in which the hours are meant.
    pub zone: String,
    /// At most 21.
    pub rules: Vec<WeeklyRule>,
}

impl NewWeeklyHours {
    /// Refuses what no week has.
    pub fn check(self) -> Result<Self> {
        let mut check = Check::new();
        check.at_most("input.hours", &self.rules, MAX_WEEKLY_HOURS);
        for (index, rule) in self.rules.iter().take(MAX_WEEKLY_HOURS).enumerate() {
            rule.validate(&mut check, &format!("input.hours.{index}"));
        }
        let known = zone(&self.zone).is_some();
        check.ensure(known, Code::Invalid, "input.zone", "Choose a time zone such as America/New_York.");
        check.done()?;
        Ok(self)
    }
}

/// A day off, or extra hours on one day.
#[derive(Debug, Clone)]
pub struct NewException {
    /// The local date, `YYYY-MM-DD`.
    pub date: String,
    /// Extra hours as minutes of the local day; none for a day off.
    pub hours: Option<(u16, u16)>,
}

impl NewException {
    /// Refuses dates outside of the coming year and hours that no day has.
    pub fn check(self, now: Timestamp) -> Result<(Date, Option<(u16, u16)>)> {
        let mut check = Check::new();
        let plain = self.date.len() == 10;
        let date = self.date.parse::<Date>().ok().filter(|_| plain);
        let date = check.valid("input.date", date, "Write the date as 2026-03-29.");
        let today = now.to_zoned(TimeZone::UTC).date();
        // A day of slack on either side: it may be yesterday still where the party lives.
        let range = today.saturating_sub(1.day())..=today.saturating_add(366.days());
        if let Some(date) = date {
            let near = range.contains(&date);
            check.ensure(near, Code::OutOfRange, "input.date", "Choose a day from today to a year ahead.");
        }
        if let Some((start_min, end_min)) = self.hours {
            WeeklyRule { weekday: 0, start_min, end_min }.validate(&mut check, "input");
        }
        check.done()?;
        Ok((date.unwrap_or(today), self.hours))
    }
}

/// Puts together everything that says when one party is free.
#[must_use]
pub fn calendar(zone: TimeZone, rules: Vec<WeeklyRule>, exceptions: &[DayException], busy: Vec<Span>) -> Calendar {
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    for exception in exceptions {
        let date = exception.date;
        match exception.hours {
            Some((start_min, end_min)) => added.push(Window { date, start_min, end_min }),
            None => removed.extend((0..rules.len()).map(|rule| Removed { rule, date })),
        }
    }
    Calendar { zone, rules, removed, added, busy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Error;

    fn fields<T>(result: Result<T>) -> Vec<String> {
        match result {
            Err(Error::Refused(problems)) => {
                problems.iter().map(|p| format!("{} {}", p.code, p.field().join("."))).collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn weekly_hours_are_checked_all_at_once() {
        let rule = |weekday, start_min, end_min| WeeklyRule { weekday, start_min, end_min };
        let week = |zone: &str, rules| NewWeeklyHours { zone: zone.to_owned(), rules }.check();
        assert!(week("Europe/London", vec![rule(0, 0, 1440)]).is_ok());
        assert_eq!(
            fields(week("Mars", vec![rule(7, 60, 30)])),
            ["OUT_OF_RANGE input.hours.0.weekday", "OUT_OF_RANGE input.hours.0.endMin", "INVALID input.zone"]
        );
        assert_eq!(fields(week("UTC", vec![rule(0, 0, 60); 22])), ["TOO_LONG input.hours"]);
    }

    #[test]
    fn an_exception_lies_in_the_coming_year() {
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let on = |date: &str, hours| NewException { date: date.to_owned(), hours }.check(now);
        assert!(on("2026-02-28", None).is_ok() && on("2027-03-02", Some((0, 60))).is_ok());
        assert_eq!(fields(on("2026-02-27", None)), ["OUT_OF_RANGE input.date"]);
        assert_eq!(fields(on("2026-02-30", Some((60, 60)))), ["INVALID input.date", "OUT_OF_RANGE input.endMin"]);
        assert_eq!(fields(on("2026-03-02T10:00", None)), ["INVALID input.date"]);
    }

    #[test]
    fn a_day_off_takes_every_weekly_hour_of_that_day() {
        let rules = vec![WeeklyRule { weekday: 0, start_min: 60, end_min: 120 }; 2];
        let party = Party::Mentor(MentorId::from(uuid::Uuid::nil()));
        let date = "2026-03-02".parse().unwrap();
        let day = |hours| DayException { id: AvailabilityId::from(uuid::Uuid::nil()), party, date, hours };
        let calendar = calendar(TimeZone::UTC, rules, &[day(None), day(Some((600, 660)))], Vec::new());
        assert_eq!(calendar.removed.len(), 2);
        assert_eq!(calendar.added, [Window { date, start_min: 600, end_min: 660 }]);
    }
}
