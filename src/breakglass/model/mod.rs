//! Openings by break-glass: why, how long, who must look at it afterwards, and when the family is told.

mod view;

use jiff::{SignedDuration, Timestamp};

use crate::kernel::states::{machine, texts};
use crate::kernel::terms::TextLanguage;
use crate::kernel::{Check, Code, Problem, Result};

pub use view::{BreakGlass, Delay, Filter, Review};

/// The longest that a family can be opened, in minutes.
pub const LONGEST_MINUTES: i32 = 60;
/// How far ahead the family's telling can be put off, counted from when somebody says so.
pub const LONGEST_DELAY: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The least that a reason says, in characters.
const LEAST_REASON: usize = 20;
/// The longest reason or note, in characters.
const LONGEST_TEXT: usize = 2000;

/// The caller has this family open already.
pub const ALREADY_OPEN: Code = Code::AlreadyOpen;
/// Whoever opened cannot also judge, or put the telling off again.
pub const SOMEBODY_ELSE: Code = Code::SomebodyElseMustDoThis;
/// The family has been told, so there is nothing to put off any more.
pub const ALREADY_TOLD: Code = Code::AlreadyTold;

machine! {
    /// The state of an opening.
    pub machine GlassState("break_glass") {
        /// The opener may read.
        Open = "open",
        /// Over; waits for its review.
        Ended = "ended",
        /// Reviewed, and something must still be done.
        FollowUp = "follow_up",
        /// Reviewed for good.
        Reviewed = "reviewed",
    }
    begins [Open]
    Open => [Ended],
    Ended => [FollowUp, Reviewed],
    FollowUp => [Reviewed],
}

texts! {
    /// Why a family is opened, in broad terms; the family reads the plain words.
    pub enum Category {
        /// Somebody's life or body is in danger now.
        ImminentDanger = "imminent_danger",
        /// A child is missing.
        MissingChild = "missing_child",
        /// Somebody needs medical help at once.
        MedicalEmergency = "medical_emergency",
        /// Somebody outside of the family is threatened.
        ThreatToOthers = "threat_to_others",
        /// The law leaves no choice.
        LegalDuty = "legal_duty",
    }
}

texts! {
    /// What a review found.
    pub enum Verdict {
        /// The opening was right.
        Justified = "justified",
        /// It was not.
        NotJustified = "not_justified",
        /// Something must still be looked into; the review goes on.
        NeedsFollowUp = "needs_follow_up",
    }
}

impl Category {
    /// What the family reads.
    #[must_use]
    pub const fn in_words(self, language: TextLanguage) -> &'static str {
        match (self, language) {
            (Self::ImminentDanger, TextLanguage::English) => "Somebody's life or health was in danger.",
            (Self::ImminentDanger, TextLanguage::Spanish) => "La vida o la salud de alguien corría peligro.",
            (Self::MissingChild, TextLanguage::English) => "A child was missing.",
            (Self::MissingChild, TextLanguage::Spanish) => "Una niña o un niño había desaparecido.",
            (Self::MedicalEmergency, TextLanguage::English) => "Somebody needed medical help at once.",
            (Self::MedicalEmergency, TextLanguage::Spanish) => "Alguien necesitaba ayuda médica de inmediato.",
            (Self::ThreatToOthers, TextLanguage::English) => "Somebody outside of your family was threatened.",
            (Self::ThreatToOthers, TextLanguage::Spanish) => "Alguien ajeno a su familia estaba bajo amenaza.",
            (Self::LegalDuty, TextLanguage::English) => "The law required it.",
            (Self::LegalDuty, TextLanguage::Spanish) => "La ley lo exigía.",
        }
    }
}

impl GlassState {
    /// The state at this instant: an opening whose time is over has ended, whether or not anybody has noted it.
    #[must_use]
    pub fn seen_at(self, now: Timestamp, ends_at: Timestamp) -> Self {
        if self == Self::Open && ends_at <= now { Self::Ended } else { self }
    }

    /// Whether a review is still to come.
    #[must_use]
    pub const fn awaits_review(self) -> bool {
        matches!(self, Self::Ended | Self::FollowUp)
    }
}

impl Verdict {
    /// The state that it gives.
    #[must_use]
    pub const fn state(self) -> GlassState {
        match self {
            Self::NeedsFollowUp => GlassState::FollowUp,
            Self::Justified | Self::NotJustified => GlassState::Reviewed,
        }
    }
}

/// A wish to open a family.
#[derive(Clone)]
pub struct NewOpening {
    /// Why, in broad terms.
    pub category: Category,
    /// Why, for the programme's coordinators and leads only.
    pub reason: String,
    /// For how many minutes, 1 to 60; as long as can be when left out.
    pub minutes: Option<i32>,
    /// Until when it would be unsafe to tell the family, and why.
    pub delay: Option<NewDelay>,
}

/// Until when it would be unsafe to tell the family, and why.
#[derive(Clone)]
pub struct NewDelay {
    /// At most 30 days ahead.
    pub until: Timestamp,
    /// Why, for the programme's coordinators and leads only.
    pub reason: String,
}

/// Reasons are nobody's business in a log.
impl std::fmt::Debug for NewOpening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewOpening").field("category", &self.category).finish_non_exhaustive()
    }
}

/// Reasons are nobody's business in a log.
impl std::fmt::Debug for NewDelay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewDelay").field("until", &self.until).finish_non_exhaustive()
    }
}

impl NewOpening {
    /// Cleans the wish, or says everything that is wrong with it.
    pub fn check(mut self, now: Timestamp) -> Result<Self> {
        let mut check = Check::new();
        self.reason = check.prose("input.reason", &self.reason, LEAST_REASON, LONGEST_TEXT);
        if let Some(minutes) = self.minutes {
            check.range("input.minutes", minutes, 1..=LONGEST_MINUTES);
        }
        if let Some(delay) = &mut self.delay {
            delay.clean(&mut check, "input.delay", now);
        }
        check.done().map(|()| self)
    }

    /// When the opening ends if it begins now.
    #[must_use]
    pub fn ends_at(&self, now: Timestamp) -> Timestamp {
        now + SignedDuration::from_mins(i64::from(self.minutes.unwrap_or(LONGEST_MINUTES)))
    }
}

impl NewDelay {
    fn clean(&mut self, check: &mut Check, path: &str, now: Timestamp) {
        self.reason = check.prose(&format!("{path}.reason"), &self.reason, LEAST_REASON, LONGEST_TEXT);
        let ahead = self.until.duration_since(now);
        let fits = ahead.is_positive() && ahead <= LONGEST_DELAY;
        check.ensure(fits, Code::OutOfRange, &format!("{path}.until"), "Name an instant within the next 30 days.");
    }

    /// Cleans the wish to put the telling off once more.
    pub fn check(mut self, now: Timestamp) -> Result<Self> {
        let mut check = Check::new();
        self.clean(&mut check, "input", now);
        check.done().map(|()| self)
    }
}

/// Cleans the note of a review, 20 to 2000 characters.
pub fn check_note(note: &str) -> Result<String> {
    let mut check = Check::new();
    let note = check.prose("input.note", note, LEAST_REASON, LONGEST_TEXT);
    check.done().map(|()| note)
}

/// What the opener hears who wants to judge themself.
#[must_use]
pub fn somebody_else() -> Problem {
    Problem::at(SOMEBODY_ELSE, "input.id", "Somebody else must do this, because you opened it.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Error;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn wish() -> NewOpening {
        let reason = "A grandmother says that the child has gone.".to_owned();
        NewOpening { category: Category::MissingChild, reason, minutes: None, delay: None }
    }

    fn wrong(wish: NewOpening) -> Vec<String> {
        match wish.check(at(0)) {
            Err(Error::Refused(problems)) => {
                problems.iter().map(|p| format!("{} {}", p.code, p.field().join("."))).collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn an_opening_is_short_and_says_why() {
        assert_eq!(wrong(wish()), Vec::<String>::new());
        assert_eq!(wish().ends_at(at(0)), at(3600));
        assert_eq!(NewOpening { minutes: Some(5), ..wish() }.ends_at(at(0)), at(300));
        for minutes in [0, 61, -1] {
            assert_eq!(wrong(NewOpening { minutes: Some(minutes), ..wish() }), ["OUT_OF_RANGE input.minutes"]);
        }
        assert_eq!(wrong(NewOpening { reason: "Because.".to_owned(), ..wish() }), ["TOO_SHORT input.reason"]);
        let delay = |until, reason: &str| Some(NewDelay { until: at(until), reason: reason.to_owned() });
        let why = "The other parent reads the account.";
        assert_eq!(wrong(NewOpening { delay: delay(30 * 86_400, why), ..wish() }), Vec::<String>::new());
        for until in [0, -5, 30 * 86_400 + 1] {
            let wrong = wrong(NewOpening { delay: delay(until, why), ..wish() });
            assert_eq!(wrong, ["OUT_OF_RANGE input.delay.until"]);
        }
        let wrong = wrong(NewOpening { delay: delay(60, ""), ..wish() });
        assert_eq!(wrong, ["REQUIRED input.delay.reason"]);
        assert!(!format!("{:?}", wish()).contains("grandmother"));
    }

    #[test]
    fn an_opening_ends_at_its_instant() {
        assert_eq!(GlassState::Open.seen_at(at(9), at(10)), GlassState::Open);
        assert_eq!(GlassState::Open.seen_at(at(10), at(10)), GlassState::Ended);
        assert_eq!(GlassState::Reviewed.seen_at(at(10), at(10)), GlassState::Reviewed);
        for verdict in Verdict::ALL {
            assert!(GlassState::Ended.may_become(verdict.state()));
        }
        assert!(!GlassState::FollowUp.may_become(Verdict::NeedsFollowUp.state()));
    }
}
