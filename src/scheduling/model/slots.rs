//! Times that suit both: one predicate for listing and for booking.

use serde::{Deserialize, Serialize};

use super::calendar::{Calendar, Span, merge};
use crate::kernel::{Check, Code, Problem};

/// Starts lie on this grid, in minutes of UTC.
pub const GRID_MINUTES: i64 = 15;
/// Free time that a mentor keeps on both sides of another session, in minutes.
pub const MENTOR_BUFFER_MINUTES: i64 = 15;
/// How far ahead slots are offered, in minutes (eight weeks).
pub const MAX_HORIZON_MINUTES: i64 = 8 * 7 * 24 * 60;
/// Shortest and longest session, in minutes.
pub const DURATION_MINUTES: std::ops::RangeInclusive<i64> = 15..=120;
/// The most slots in one list.
pub const MAX_SLOTS: usize = 50;

/// What is being looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// No slot starts before this minute (since 1970 UTC).
    pub start: i64,
    /// Every slot has ended this many minutes after `start`; at most eight weeks.
    pub horizon: i64,
    /// Length of the session in minutes, 15 to 120.
    pub duration: i64,
    /// The mentor's free time around other sessions, in minutes.
    pub buffer: i64,
    /// The most slots to list, 1 to 50.
    pub count: usize,
}

impl Query {
    /// The usual search: eight weeks from `start`, with the mentor's usual buffer.
    #[must_use]
    pub fn usual(start: i64, duration: i64, count: usize) -> Self {
        Self { start, horizon: MAX_HORIZON_MINUTES, duration, buffer: MENTOR_BUFFER_MINUTES, count }
    }

    /// Notes what is out of bounds.
    pub fn validate(&self, check: &mut Check) {
        check.range("input.durationMinutes", self.duration, DURATION_MINUTES);
        check.range("input.count", self.count, 1..=MAX_SLOTS);
        check.range("input.horizonMinutes", self.horizon, GRID_MINUTES..=MAX_HORIZON_MINUTES);
        check.range("input.bufferMinutes", self.buffer, 0..=240);
    }

    // A wrong query is cut to its bounds here, so that no caller can make the search long.
    fn bounded(mut self) -> Self {
        self.horizon = self.horizon.clamp(0, MAX_HORIZON_MINUTES);
        self.duration = self.duration.clamp(*DURATION_MINUTES.start(), *DURATION_MINUTES.end());
        self.buffer = self.buffer.clamp(0, 240);
        self.count = self.count.min(MAX_SLOTS);
        // Far outside of any calendar nothing is open; the bound keeps the sums below from overflowing.
        self.start = self.start.clamp(-(1 << 40), 1 << 40);
        self
    }

    fn range(self) -> Span {
        Span { start: self.start, end: self.start + self.horizon }
    }
}

/// Why a start cannot be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SlotRefusal {
    /// Not on the quarter-hour grid.
    OffGrid,
    /// Before the first or after the last time on offer.
    OutOfRange,
    /// Outside the mentor's hours.
    MentorClosed,
    /// Outside the family's safe hours.
    FamilyClosed,
    /// The mentor has another session then, or too near.
    MentorBusy,
    /// The family has another session then.
    FamilyBusy,
}

impl SlotRefusal {
    /// Somebody else has the time.
    pub const SLOT_TAKEN: Code = Code::SlotTaken;
    /// Not a start that the list of common slots offers.
    pub const NOT_A_COMMON_SLOT: Code = Code::NotACommonSlot;

    /// The refusal as an answer. The two sides are not told apart: what else the other does is theirs.
    #[must_use]
    pub fn problem(self, path: &str) -> Problem {
        let (code, message) = match self {
            Self::MentorBusy | Self::FamilyBusy => {
                (Self::SLOT_TAKEN, "This time has just been taken. Please choose another.")
            }
            Self::MentorClosed | Self::FamilyClosed => {
                (Self::NOT_A_COMMON_SLOT, "This time is outside your common hours.")
            }
            Self::OffGrid => (Self::NOT_A_COMMON_SLOT, "Sessions start on a quarter of an hour."),
            Self::OutOfRange => (Self::NOT_A_COMMON_SLOT, "Choose a time from two hours ahead to eight weeks ahead."),
        };
        Problem::at(code, path, message)
    }
}

/// Both calendars opened out for one query. Build once, ask often.
#[derive(Debug)]
pub struct Week {
    query: Query,
    mentor_open: Vec<Span>,
    family_open: Vec<Span>,
    mentor_busy: Vec<Span>,
    family_busy: Vec<Span>,
}

impl Week {
    /// Opens both calendars for the query's range.
    #[must_use]
    pub fn new(mentor: &Calendar, family: &Calendar, query: Query) -> Self {
        let query = query.bounded();
        let buffer = query.buffer;
        let wide = |s: &Span| Span { start: s.start.saturating_sub(buffer), end: s.end.saturating_add(buffer) };
        Self {
            query,
            mentor_open: mentor.open(query.range()),
            family_open: family.open(query.range()),
            mentor_busy: merge(mentor.busy.iter().filter(|s| s.start < s.end).map(wide).collect()),
            family_busy: merge(family.busy.iter().filter(|s| s.start < s.end).copied().collect()),
        }
    }

    /// The one rule: whether a session may start at this minute (since 1970 UTC).
    pub fn check(&self, start: i64) -> Result<(), SlotRefusal> {
        if start.rem_euclid(GRID_MINUTES) != 0 {
            return Err(SlotRefusal::OffGrid);
        }
        let slot = Span { start, end: start.saturating_add(self.query.duration) };
        if !self.query.range().contains(slot) {
            return Err(SlotRefusal::OutOfRange);
        }
        let rules = [
            (holds(&self.mentor_open, slot), SlotRefusal::MentorClosed),
            (holds(&self.family_open, slot), SlotRefusal::FamilyClosed),
            (!touches(&self.mentor_busy, slot), SlotRefusal::MentorBusy),
            (!touches(&self.family_busy, slot), SlotRefusal::FamilyBusy),
        ];
        rules.into_iter().find(|(fine, _)| !fine).map_or(Ok(()), |(_, refusal)| Err(refusal))
    }

    /// The first starts on the grid that pass [`Week::check`].
    #[must_use]
    pub fn slots(&self) -> Vec<i64> {
        // Only starts inside the mentor's hours are asked for: all others fail the rule anyway.
        let grid = |minute: i64| minute.saturating_add(GRID_MINUTES - 1).div_euclid(GRID_MINUTES);
        let mut slots = Vec::new();
        for open in &self.mentor_open {
            let first = grid(open.start.max(self.query.start));
            for start in (first..grid(open.end)).map(|quarter| quarter * GRID_MINUTES) {
                if slots.len() == self.query.count {
                    return slots;
                }
                if self.check(start).is_ok() {
                    slots.push(start);
                }
            }
        }
        slots
    }
}

/// The next starts that suit both, in order, as minutes since 1970 UTC.
#[must_use]
pub fn common_slots(mentor: &Calendar, family: &Calendar, query: Query) -> Vec<i64> {
    Week::new(mentor, family, query).slots()
}

/// Whether this start may be booked: exactly the starts that [`common_slots`] would list, given room enough.
pub fn check_slot(mentor: &Calendar, family: &Calendar, query: Query, start: i64) -> Result<(), SlotRefusal> {
    Week::new(mentor, family, query).check(start)
}

/// Whether one of the stretches (merged, in order) holds the whole slot.
fn holds(spans: &[Span], slot: Span) -> bool {
    let at = spans.partition_point(|span| span.end < slot.end);
    spans.get(at).is_some_and(|span| span.contains(slot))
}

/// Whether one of the stretches (merged, in order) shares a minute with the slot.
fn touches(spans: &[Span], slot: Span) -> bool {
    let at = spans.partition_point(|span| span.end <= slot.start);
    spans.get(at).is_some_and(|span| span.overlaps(slot))
}
