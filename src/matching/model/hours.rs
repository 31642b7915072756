//! Common hours of a week, to warn a coordinator before a proposal. Booking has its own exact calendar: this only says
//! how much there is to choose from.

use jiff::Timestamp;

use crate::kernel::zone::zone;

const WEEK: i32 = 7 * 24 * 60;
const DAY: i32 = 24 * 60;

/// Free hours on one day of every week, by a local clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// The day: 0 is Monday, 6 is Sunday.
    pub weekday: i32,
    /// The first minute of the local day.
    pub start_min: i32,
    /// The first minute no longer inside.
    pub end_min: i32,
    /// How far the local clock is ahead of UTC now, in minutes.
    pub offset_min: i32,
}

/// How far the clocks of a zone are ahead of UTC at an instant, in minutes; 0 for a zone that nobody knows.
#[must_use]
pub fn offset_min(name: &str, now: Timestamp) -> i32 {
    zone(name).map_or(0, |zone| zone.to_offset(now).seconds() / 60)
}

/// Minutes of a week in which both are free. `None` when one side has not said when it is.
#[must_use]
pub fn common_minutes(family: &[Hours], mentor: &[Hours]) -> Option<u32> {
    if family.is_empty() || mentor.is_empty() {
        return None;
    }
    let (family, mentor) = (spans(family), spans(mentor));
    let common: i32 = family.iter().flat_map(|a| mentor.iter().map(|b| (a.1.min(b.1) - a.0.max(b.0)).max(0))).sum();
    u32::try_from(common).ok()
}

/// The hours as stretches of the UTC week, sorted and without overlap. What leaves the week at one end comes in at the
/// other.
fn spans(hours: &[Hours]) -> Vec<(i32, i32)> {
    let mut all = Vec::with_capacity(hours.len() + 1);
    for one in hours {
        let start = (one.weekday * DAY + one.start_min - one.offset_min).rem_euclid(WEEK);
        let end = start + (one.end_min - one.start_min).max(0);
        all.push((start, end.min(WEEK)));
        if end > WEEK {
            all.push((0, end - WEEK));
        }
    }
    all.sort_unstable();
    let mut merged: Vec<(i32, i32)> = Vec::with_capacity(all.len());
    for (start, end) in all {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn hours(weekday: i32, start_min: i32, end_min: i32, offset_min: i32) -> Hours {
        Hours { weekday, start_min, end_min, offset_min }
    }

    #[test]
    fn common_minutes_are_counted_once_and_across_zones() {
        let morning = hours(0, 540, 720, 0);
        assert_eq!(common_minutes(&[morning], &[hours(0, 600, 900, 0)]), Some(120));
        assert_eq!(common_minutes(&[morning, morning], &[hours(0, 600, 660, 0), hours(0, 630, 720, 0)]), Some(120));
        // Nine o'clock in New York (five hours behind) is two in the afternoon in London.
        assert_eq!(common_minutes(&[hours(2, 540, 600, -300)], &[hours(2, 840, 900, 0)]), Some(60));
        assert_eq!(common_minutes(&[morning], &[hours(1, 540, 720, 0)]), Some(0));
        assert_eq!(common_minutes(&[], &[morning]), None);
    }

    #[test]
    fn the_week_is_a_circle() {
        // Late on Sunday in Honolulu is Monday morning in UTC.
        assert_eq!(common_minutes(&[hours(6, 1380, 1440, -600)], &[hours(0, 540, 600, 0)]), Some(60));
        assert_eq!(common_minutes(&[hours(6, 1380, 1440, -30)], &[hours(0, 0, 30, 0)]), Some(30));
    }

    #[test]
    fn offsets_come_from_the_bundled_data() {
        let now: Timestamp = "2026-07-01T12:00:00Z".parse().unwrap();
        assert_eq!(offset_min("America/New_York", now), -240);
        assert_eq!(offset_min("Mars/Olympus", now), 0);
    }
}
