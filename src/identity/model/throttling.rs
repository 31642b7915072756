//! How long a further try has to wait: nothing at first, then twice as long from try to try.

use jiff::{SignedDuration, Timestamp};

/// How long tries are remembered after the last one.
pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// What is kept of the tries at one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    /// How many there were.
    pub count: u32,
    /// When the last one was.
    pub last_at: Timestamp,
    /// From when on the next one is taken.
    pub open_at: Timestamp,
}

/// The tries after one more at `now`, or how long that one has to wait. `free` ones need not wait; then a second, two, four,
/// and so on up to `longest`.
pub fn one_more(
    before: Option<Tries>,
    free: u32,
    longest: SignedDuration,
    now: Timestamp,
) -> Result<Tries, SignedDuration> {
    let before = before.filter(|tries| tries.last_at + REMEMBERED > now);
    if let Some(wait) = before.map(|tries| tries.open_at.duration_since(now)).filter(SignedDuration::is_positive) {
        return Err(wait);
    }
    let count = before.map_or(0, |tries| tries.count).saturating_add(1);
    // 2^20 seconds are twelve days, longer than any limit.
    let doubled = count.checked_sub(free).map(|over| SignedDuration::from_secs(1 << over.min(20)));
    let wait = doubled.map_or(SignedDuration::ZERO, |wait| wait.min(longest));
    Ok(Tries { count, last_at: now, open_at: now + wait })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_its_limit_and_is_forgotten_after_a_day() {
        let (longest, mut now) = (SignedDuration::from_mins(15), Timestamp::UNIX_EPOCH);
        let mut tries = None;
        let mut waits = Vec::new();
        for _ in 0..15 {
            let after = one_more(tries, 3, longest, now).unwrap();
            let wait = after.open_at.duration_since(now);
            waits.push(wait.as_secs());
            if wait.is_positive() {
                let early = now + wait - SignedDuration::from_secs(1);
                assert_eq!(one_more(Some(after), 3, longest, early), Err(SignedDuration::from_secs(1)));
            }
            (tries, now) = (Some(after), after.open_at);
        }
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
        let much_later = now + REMEMBERED;
        assert_eq!(one_more(tries, 3, longest, much_later).unwrap().count, 1);
        let worn = Tries { count: u32::MAX, last_at: now, open_at: now };
        assert_eq!(one_more(Some(worn), 3, longest, now).unwrap().open_at, now + longest);
    }
}
