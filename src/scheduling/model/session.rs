//! A session as its readers see it, and what people say about one.

use jiff::{SignedDuration, Timestamp};

use super::states::{SessionSide, SessionState};
use crate::kernel::ids::{FamilyId, MatchId, MeetingId, MentorId, ProgrammeId};
use crate::kernel::states::texts;
use crate::kernel::{Check, Code, Problem, Result};

/// How long a proposed session keeps its slot while nobody confirms it.
pub const HOLD: SignedDuration = SignedDuration::from_hours(24);
/// How far ahead the first slot lies, so that nobody is surprised by a session that is about to begin.
pub const NOTICE: SignedDuration = SignedDuration::from_hours(2);
/// How long somebody may be late before the other side can say that they did not come.
pub const GRACE: SignedDuration = SignedDuration::from_mins(10);
/// The length of a session when nobody says another, in minutes.
pub const USUAL_MINUTES: i64 = 45;
/// The longest reason for a cancellation, in characters.
pub const MAX_REASON: usize = 500;
/// The longest note about a session, in characters.
pub const MAX_NOTE: usize = 2000;

/// Most sessions of one match that hold a time and wait to be confirmed: more would take the mentor's hours from others.
pub const MAX_WAITING: u64 = 5;

/// Too many sessions of the match wait to be confirmed.
pub const TOO_MANY_WAITING: Code = Code::TooManyWaiting;
/// The side that asked for a time does not confirm it.
pub const OWN_PROPOSAL: Code = Code::OwnProposal;
/// The session has not begun, or not long enough ago.
pub const TOO_EARLY: Code = Code::TooEarly;
/// The session has begun.
pub const TOO_LATE: Code = Code::TooLate;

texts! {
    /// Who called a session off.
    pub enum Canceller {
        /// The family.
        Family = "family",
        /// The mentor.
        Mentor = "mentor",
        /// The programme: a coordinator, or the end of the match.
        Programme = "programme",
    }
}

impl From<SessionSide> for Canceller {
    fn from(side: SessionSide) -> Self {
        match side {
            SessionSide::Family => Self::Family,
            SessionSide::Mentor => Self::Mentor,
        }
    }
}

/// Which part of a list of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Asked for or agreed, and not over; the soonest first.
    Upcoming,
    /// All others: over, called off or lapsed; the latest first.
    Past,
}

/// A session between mentor and family.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id; it stays when the session is moved.
    pub id: MeetingId,
    /// The match it belongs to.
    pub of_match: MatchId,
    /// The programme.
    pub programme: ProgrammeId,
    /// The family side.
    pub family: FamilyId,
    /// The mentor side.
    pub mentor: MentorId,
    /// Its state now. A hold that has run out reads as expired, also before the clean-up has written that down.
    pub state: SessionState,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// The family's time zone when the time was chosen (IANA name).
    pub zone: String,
    /// The side that asked for this time; the other one confirms.
    pub booked_side: SessionSide,
    /// Until when the slot is held, while nobody has confirmed.
    pub hold_expires_at: Option<Timestamp>,
    /// Who called it off.
    pub cancelled_by: Option<Canceller>,
    /// Why, in their words. For both sides and the coordinator.
    pub cancel_reason: Option<String>,
    /// The side that did not come.
    pub no_show: Option<SessionSide>,
    /// When it was first asked for.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts the changes.
    pub version: i32,
}

/// The reason for a cancellation is nobody's business in a log.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}

impl Session {
    /// The side that has to confirm.
    #[must_use]
    pub const fn other_side(&self) -> SessionSide {
        match self.booked_side {
            SessionSide::Family => SessionSide::Mentor,
            SessionSide::Mentor => SessionSide::Family,
        }
    }

    /// Refuses when somebody changed the session since the caller read it; `None` when the caller does not ask.
    pub fn check_version(&self, read: Option<i32>) -> Result<(), Problem> {
        if read.is_none_or(|read| read == self.version) {
            return Ok(());
        }
        let message = "Somebody changed this session in the meantime. Look at it again.";
        Err(Problem::at(Code::Stale, "input.version", message))
    }

    /// Refuses until `wait` after the start.
    pub fn check_begun(&self, now: Timestamp, wait: SignedDuration) -> Result<(), Problem> {
        if now < self.starts_at + wait {
            return Err(Problem::at(TOO_EARLY, "input.sessionId", "This can be said once the session has begun."));
        }
        Ok(())
    }

    /// Refuses once the session has begun.
    pub fn check_not_begun(&self, now: Timestamp) -> Result<(), Problem> {
        if now >= self.starts_at {
            return Err(Problem::at(TOO_LATE, "input.sessionId", "The session has begun; say how it went instead."));
        }
        Ok(())
    }
}

impl SessionState {
    /// The state that readers see: a proposed session whose hold has run out has expired.
    #[must_use]
    pub fn seen_at(self, now: Timestamp, hold_expires_at: Option<Timestamp>) -> Self {
        let lapsed = self == Self::Proposed && hold_expires_at.is_some_and(|until| until <= now);
        if lapsed { Self::Expired } else { self }
    }
}

/// Until when a slot is held that is asked for now: a day, and never beyond the session's own start.
#[must_use]
pub fn hold_until(now: Timestamp, starts_at: Timestamp) -> Timestamp {
    now.saturating_add(HOLD).map_or(starts_at, |day| day.min(starts_at))
}

/// How a session went, in the mentor's words. For the mentor and the coordinator only.
#[derive(Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What the mentor noted.
    pub note: Option<String>,
    /// How the family seemed, from 1 (very low) to 5 (very well).
    pub wellbeing: Option<u8>,
}

/// The note is nobody's business in a log.
impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outcome").finish_non_exhaustive()
    }
}

/// A session as somebody reads it who has the family open by break-glass.
#[derive(Debug, Clone)]
pub struct OpenedSession {
    /// The session.
    pub session: Session,
    /// How it went, once the mentor has said so.
    pub outcome: Option<Outcome>,
}

/// What the mentor says after a session.
#[derive(Clone)]
pub struct NewOutcome {
    /// A note of at most 2000 characters.
    pub note: Option<String>,
    /// How the family seemed, from 1 to 5.
    pub wellbeing: i32,
}

impl NewOutcome {
    /// Cleans the note and refuses what is out of bounds.
    pub fn check(self) -> Result<Outcome> {
        let mut check = Check::new();
        let note = self.note.map(|note| check.prose("input.note", &note, 0, MAX_NOTE));
        let wellbeing = check.range("input.wellbeing", self.wellbeing, 1..=5);
        check.done()?;
        Ok(Outcome { note: note.filter(|note| !note.is_empty()), wellbeing: u8::try_from(wellbeing).ok() })
    }
}

/// Cleans the reason for a cancellation and refuses one that is too long.
pub fn check_reason(reason: Option<String>) -> Result<Option<String>> {
    let mut check = Check::new();
    let reason = reason.map(|reason| check.prose("input.reason", &reason, 0, MAX_REASON));
    check.done()?;
    Ok(reason.filter(|reason| !reason.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_hold_lasts_a_day_and_never_beyond_the_start() {
        assert_eq!(hold_until(at(0), at(7200)), at(7200));
        assert_eq!(hold_until(at(0), at(200_000)), at(86_400));
    }

    #[test]
    fn a_lapsed_hold_reads_as_expired() {
        let held = SessionState::Proposed;
        assert_eq!(held.seen_at(at(9), Some(at(10))), SessionState::Proposed);
        assert_eq!(held.seen_at(at(10), Some(at(10))), SessionState::Expired);
        assert_eq!(SessionState::Confirmed.seen_at(at(10), None), SessionState::Confirmed);
    }

    #[test]
    fn an_outcome_is_checked_all_at_once() {
        let wrong = NewOutcome { note: Some("x".repeat(MAX_NOTE + 1)), wellbeing: 6 }.check();
        let Err(crate::kernel::Error::Refused(problems)) = wrong else { panic!("accepted") };
        let fields: Vec<_> = problems.iter().map(|p| p.field().join(".")).collect();
        assert_eq!(fields, ["input.note", "input.wellbeing"]);
        let fine = NewOutcome { note: Some("  ".to_owned()), wellbeing: 3 }.check().unwrap();
        assert_eq!(fine, Outcome { note: None, wellbeing: Some(3) });
        assert!(check_reason(Some("x".repeat(MAX_REASON + 1))).is_err());
    }
}
