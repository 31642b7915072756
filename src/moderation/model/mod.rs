//! Cases: how soon, by whom, with what end.

mod view;

use jiff::{SignedDuration, Timestamp};

use crate::kernel::ids::AccountId;
use crate::kernel::states::{machine, texts};
use crate::kernel::{Code, Problem};

pub(in crate::moderation) use view::place;
pub use view::{Case, Filter, NewNote, Note};

/// How long a claim lasts unless it is renewed.
pub const LEASE: SignedDuration = SignedDuration::from_mins(5);
/// An overturn must be decided by somebody else than the first decision.
pub const SOMEBODY_ELSE: Code = Code::SomebodyElseMustDecide;
/// Somebody else holds the case.
pub const CASE_TAKEN: Code = Code::CaseTaken;
/// Only who holds the case can do this.
pub const CLAIM_FIRST: Code = Code::ClaimFirst;
/// An escalated case is for the safeguarding lead.
pub const LEAD_ONLY: Code = Code::LeadOnly;
/// This decision does not end a case of this kind.
pub const WRONG_DECISION: Code = Code::WrongDecision;
/// Whoever reports this message has given many reasons already that nobody has decided on yet.
pub const TOO_MANY_REASONS: Code = Code::TooManyReasons;
/// What a redaction would show still holds something for which a message is held.
pub const STILL_RISKY: Code = Code::StillRisky;
/// Most reasons that one person gives for reporting one message, until the case is decided.
pub const MAX_REASONS: u64 = 10;
/// Longest note, in characters.
pub const MAX_NOTE: usize = 2000;

machine! {
    /// The state of a moderation case.
    pub machine CaseState("moderation_case") {
        /// Waits for somebody.
        Open = "open",
        /// Somebody reads it, under a lease.
        Claimed = "claimed",
        /// Done, unless reopened.
        Decided = "decided",
        /// Handed to the safeguarding lead.
        Escalated = "escalated",
        /// Must be decided again.
        Reopened = "reopened",
    }
    begins [Open]
    Open => [Claimed, Decided, Escalated],
    // Back to where it waited when it is given back; see `waiting`.
    Claimed => [Open, Decided, Escalated, Reopened],
    Escalated => [Claimed, Decided],
    Decided => [Reopened],
    Reopened => [Claimed, Decided, Escalated],
}

texts! {
    /// Why a case was opened.
    pub enum CaseKind {
        /// A message that the screener kept back.
        HeldMessage = "held_message",
        /// A cry for help, or a threat to somebody's life.
        Crisis = "crisis",
        /// Somebody reported it.
        Report = "report",
        /// Drawn by lot from what was delivered.
        Sample = "sample",
    }
}

texts! {
    /// How a case ended.
    pub enum Decision {
        /// Let the message go as it is.
        Deliver = "deliver",
        /// Let it go with parts taken out.
        RedactAndDeliver = "redact",
        /// Refuse it.
        Block = "block",
        /// A report or sample without consequence.
        Dismiss = "dismiss",
        /// A cry for help was seen and answered.
        Acknowledge = "acknowledge",
    }
}

texts! {
    /// Who may read a note on a case.
    pub enum NoteVisibility {
        /// Staff only.
        Internal = "internal",
        /// The author of the message too.
        Public = "public",
    }
}

impl CaseKind {
    /// The decisions that can end a case of this kind.
    #[must_use]
    pub const fn decisions(self) -> &'static [Decision] {
        match self {
            Self::HeldMessage => &[Decision::Deliver, Decision::RedactAndDeliver, Decision::Block],
            Self::Crisis => &[Decision::Acknowledge],
            Self::Report | Self::Sample => &[Decision::Dismiss, Decision::Acknowledge, Decision::Block],
        }
    }

    /// How long until a coordinator must have acted, by the programme's usual clocks: a crisis is claimed in 5 minutes,
    /// a held message is judged in 30 minutes, a report in 4 hours, a sample in 72 hours.
    #[must_use]
    pub const fn clock(self) -> SignedDuration {
        match self {
            Self::Crisis => SignedDuration::from_mins(5),
            Self::HeldMessage => SignedDuration::from_mins(30),
            Self::Report => SignedDuration::from_hours(4),
            Self::Sample => SignedDuration::from_hours(72),
        }
    }
}

/// When a case that is opened now is due.
#[must_use]
pub fn due_at(kind: CaseKind, opened_at: Timestamp) -> Timestamp {
    opened_at.checked_add(kind.clock()).unwrap_or(Timestamp::MAX)
}

/// The place in the queue, lower is sooner: crisis, threat, other hold, report, sample.
#[must_use]
pub const fn priority(kind: CaseKind, is_threat: bool) -> i32 {
    match (kind, is_threat) {
        (CaseKind::Crisis, _) => 0,
        (_, true) => 10,
        (CaseKind::HeldMessage, _) => 20,
        (CaseKind::Report, _) => 30,
        (CaseKind::Sample, _) => 40,
    }
}

/// The state in which a case that is not decided waits when nobody holds it. That it was handed to the safeguarding leads
/// lasts until it is decided, whoever held it in between; that it must be decided again lasts too.
#[must_use]
pub const fn waiting(is_escalated: bool, was_decided: bool) -> CaseState {
    match (is_escalated, was_decided) {
        (true, _) => CaseState::Escalated,
        (false, true) => CaseState::Reopened,
        (false, false) => CaseState::Open,
    }
}

/// Whether somebody may claim (or renew): nobody holds it, they hold it themselves, or the other's lease ran out.
#[must_use]
pub fn may_claim(
    state: CaseState,
    holder: Option<(AccountId, Timestamp)>,
    claimant: AccountId,
    now: Timestamp,
) -> bool {
    match (state, holder) {
        (CaseState::Decided, _) => false,
        (CaseState::Claimed, Some((other, until))) => other == claimant || until <= now,
        _ => true,
    }
}

/// Refuses a decision on an appeal or a reopened case by the person who decided first.
pub fn may_overturn(first_decided_by: Option<AccountId>, decider: AccountId) -> Result<(), Problem> {
    if first_decided_by == Some(decider) {
        Err(Problem::at(SOMEBODY_ELSE, "input.id", "Somebody else must decide this, because you decided it first."))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_most_pressing_comes_first() {
        let order = [
            priority(CaseKind::Crisis, false),
            priority(CaseKind::HeldMessage, true),
            priority(CaseKind::HeldMessage, false),
            priority(CaseKind::Report, false),
            priority(CaseKind::Sample, false),
        ];
        assert!(order.is_sorted_by(|a, b| a < b));
        assert_eq!(priority(CaseKind::Report, true), priority(CaseKind::HeldMessage, true));
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(due_at(CaseKind::Crisis, now), now + SignedDuration::from_mins(5));
        assert_eq!(due_at(CaseKind::Sample, Timestamp::MAX), Timestamp::MAX);
    }

    #[test]
    fn a_lease_keeps_others_out_until_it_ends() {
        let (one, two) = (AccountId::from(Uuid::from_u128(1)), AccountId::from(Uuid::from_u128(2)));
        let now = Timestamp::UNIX_EPOCH;
        let held = Some((one, now + LEASE));
        assert!(may_claim(CaseState::Claimed, held, one, now));
        assert!(!may_claim(CaseState::Claimed, held, two, now));
        assert!(may_claim(CaseState::Claimed, held, two, now + LEASE));
        assert!(may_claim(CaseState::Open, None, two, now));
        assert!(!may_claim(CaseState::Decided, None, two, now));
    }

    #[test]
    fn a_claim_that_ends_leads_back_to_where_the_case_waited() {
        for (is_escalated, was_decided) in [(false, false), (false, true), (true, false), (true, true)] {
            let state = waiting(is_escalated, was_decided);
            assert!(CaseState::Claimed.may_become(state) && state.may_become(CaseState::Claimed), "{state}");
            assert_eq!(state == CaseState::Escalated, is_escalated);
        }
        assert_eq!(waiting(false, true), CaseState::Reopened);
    }

    #[test]
    fn an_overturn_is_decided_by_somebody_else() {
        let (one, two) = (AccountId::from(Uuid::from_u128(1)), AccountId::from(Uuid::from_u128(2)));
        assert_eq!(may_overturn(Some(one), one).unwrap_err().code, SOMEBODY_ELSE);
        assert!(may_overturn(Some(one), two).is_ok() && may_overturn(None, one).is_ok());
        assert!(CaseKind::HeldMessage.decisions().contains(&Decision::RedactAndDeliver));
    }
}
