//! Common slots as people see them: the instant, and what the clock shows on either side.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::calendar::instant;
use super::session::{NOTICE, USUAL_MINUTES};
use super::slots::{MAX_HORIZON_MINUTES, MAX_SLOTS, MENTOR_BUFFER_MINUTES, Query, SlotRefusal};
use crate::kernel::ids::MeetingId;
use crate::kernel::{Check, Code, Result};

/// How many slots are listed when nobody says another number.
pub const USUAL_COUNT: i32 = 10;

/// What somebody looks for.
#[derive(Debug, Clone, Copy, Default)]
pub struct SlotWish {
    /// No slot before this instant; now when left out.
    pub from: Option<Timestamp>,
    /// How many to list, 1 to 50; 10 when left out.
    pub count: Option<i32>,
    /// Length in minutes, 15 to 120; 45 when left out.
    pub duration: Option<i32>,
    /// A session of the match that is to be moved: its own time does not stand in the way.
    pub moving: Option<MeetingId>,
}

impl SlotWish {
    /// The search that the wish stands for; refuses what is out of bounds.
    pub fn check(&self, now: Timestamp) -> Result<Query> {
        let mut check = Check::new();
        let usual = query(now, self.duration.map_or(USUAL_MINUTES, i64::from));
        let count = usize::try_from(self.count.unwrap_or(USUAL_COUNT)).unwrap_or(0);
        check.range("input.count", count, 1..=MAX_SLOTS);
        check_duration(&mut check, usual.duration);
        let from = self.from.map_or(usual.start, |from| ceil_minute(from).max(usual.start));
        let last = usual.start + usual.horizon;
        let near = from < last;
        check.ensure(near, Code::OutOfRange, "input.from", "Choose a time within the next eight weeks.");
        check.done()?;
        Ok(Query { start: from, horizon: last - from, count, ..usual })
    }
}

/// Notes a length that no session has.
pub fn check_duration(check: &mut Check, minutes: i64) {
    check.range("input.durationMinutes", minutes, super::slots::DURATION_MINUTES);
}

/// Everything that can be booked at this moment: from two hours ahead to eight weeks ahead. Listing narrows this search
/// and booking asks it whole, so what is listed can be booked.
#[must_use]
pub fn query(now: Timestamp, duration: i64) -> Query {
    let start = now.saturating_add(NOTICE).map_or(i64::MAX, ceil_minute);
    let last = now.as_second().div_euclid(60).saturating_add(MAX_HORIZON_MINUTES);
    Query { start, horizon: last.saturating_sub(start), duration, buffer: MENTOR_BUFFER_MINUTES, count: MAX_SLOTS }
}

fn ceil_minute(at: Timestamp) -> i64 {
    let second = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    second.saturating_add(59).div_euclid(60)
}

/// The minute that a start stands for; a start within a minute is on no grid.
pub fn start_minute(at: Timestamp) -> Result<i64, SlotRefusal> {
    if at.subsec_nanosecond() != 0 || at.as_second().rem_euclid(60) != 0 {
        return Err(SlotRefusal::OffGrid);
    }
    Ok(at.as_second().div_euclid(60))
}

/// What a clock shows at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalTime {
    /// The zone's IANA name.
    pub zone: String,
    /// The date, `YYYY-MM-DD`.
    pub date: String,
    /// The time, `HH:MM`, 24 hours.
    pub time: String,
    /// Hours ahead of UTC, for example `-05:00`: it tells the two hours of a clock change apart.
    pub offset: String,
    /// All of it for a reader, for example `Sun 8 Mar 2026, 09:30 (UTC-05:00)`.
    pub text: String,
}

impl LocalTime {
    /// What the clock of `zone` shows at this instant.
    #[must_use]
    pub fn at(instant: Timestamp, name: &str, zone: &TimeZone) -> Self {
        let local = instant.to_zoned(zone.clone());
        let shown = |format: &str| local.strftime(format).to_string();
        Self {
            zone: name.to_owned(),
            date: shown("%Y-%m-%d"),
            time: shown("%H:%M"),
            offset: shown("%:z"),
            text: shown("%a %-d %b %Y, %H:%M (UTC%:z)"),
        }
    }
}

/// A time that suits both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// What the family's clock shows at the start.
    pub family: LocalTime,
    /// What the mentor's clock shows at the start.
    pub mentor: LocalTime,
}

/// A zone by its name.
#[derive(Debug, Clone)]
pub struct NamedZone {
    /// The IANA name.
    pub name: String,
    /// The zone.
    pub zone: TimeZone,
}

impl Slot {
    /// The slot that begins at this minute (since 1970 UTC).
    #[must_use]
    pub fn new(minute: i64, duration: i64, family: &NamedZone, mentor: &NamedZone) -> Option<Self> {
        let starts_at = instant(minute)?;
        let ends_at = starts_at.checked_add(SignedDuration::from_mins(duration)).ok()?;
        let clock = |at: &NamedZone| LocalTime::at(starts_at, &at.name, &at.zone);
        Some(Self { starts_at, ends_at, family: clock(family), mentor: clock(mentor) })
    }
}

/// Why there is nothing to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyEmpty {
    /// The match is paused or has ended.
    MatchNotOpen,
    /// The family has not said when contact is safe, or says that it never is.
    NoPlan,
    /// The mentor has given no hours.
    NoMentorHours,
    /// Both have hours, but none in common that are free.
    NothingInCommon,
}

/// The times that suit both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommonSlots {
    /// In order.
    pub slots: Vec<Slot>,
    /// Why there are none.
    pub why_empty: Option<WhyEmpty>,
}

impl CommonSlots {
    /// Nothing, for this reason.
    #[must_use]
    pub fn empty(why: WhyEmpty) -> Self {
        Self { slots: Vec::new(), why_empty: Some(why) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Error;
    use crate::scheduling::zone;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_search_runs_from_two_hours_to_eight_weeks_ahead() {
        let now = at("2026-03-01T10:00:30Z");
        let all = query(now, 45);
        assert_eq!(instant(all.start).unwrap(), at("2026-03-01T12:01:00Z"));
        assert_eq!(instant(all.start + all.horizon).unwrap(), at("2026-04-26T10:00:00Z"));
        let wish = |from: Option<&str>| SlotWish { from: from.map(at), ..SlotWish::default() };
        assert_eq!(wish(None).check(now).unwrap().start, all.start);
        assert_eq!(wish(Some("2020-01-01T00:00:00Z")).check(now).unwrap().start, all.start);
        let late = wish(Some("2026-04-01T00:00:00Z")).check(now).unwrap();
        assert_eq!(late.start + late.horizon, all.start + all.horizon);
        assert!(wish(Some("2026-05-01T00:00:00Z")).check(now).is_err());
        assert!(wish(Some("9999-12-30T00:00:00Z")).check(now).is_err());
    }

    #[test]
    fn a_wish_is_checked_all_at_once() {
        let wish = SlotWish { count: Some(51), duration: Some(14), ..SlotWish::default() };
        let Err(Error::Refused(problems)) = wish.check(at("2026-03-01T10:00:00Z")) else { panic!("accepted") };
        let fields: Vec<_> = problems.iter().map(|p| p.field().join(".")).collect();
        assert_eq!(fields, ["input.count", "input.durationMinutes"]);
    }

    #[test]
    fn the_two_hours_of_a_clock_change_are_told_apart() {
        let name = "America/New_York";
        let show = |text: &str| LocalTime::at(at(text), name, &zone(name).unwrap()).text;
        assert_eq!(show("2026-11-01T05:30:00Z"), "Sun 1 Nov 2026, 01:30 (UTC-04:00)");
        assert_eq!(show("2026-11-01T06:30:00Z"), "Sun 1 Nov 2026, 01:30 (UTC-05:00)");
        assert_eq!(show("2026-03-08T07:00:00Z"), "Sun 8 Mar 2026, 03:00 (UTC-04:00)");
    }

    #[test]
    fn a_start_within_a_minute_is_on_no_grid() {
        assert_eq!(start_minute(at("2026-03-01T10:15:00Z")), Ok(29_539_335));
        assert_eq!(start_minute(at("2026-03-01T10:15:01Z")), Err(SlotRefusal::OffGrid));
        assert_eq!(start_minute(at("2026-03-01T10:15:00.000001Z")), Err(SlotRefusal::OffGrid));
    }
}
