//! The codes of what stands in a person's way, and their sentences.

use super::evaluate::ExclusionCode;
use crate::kernel::{Code, Problem};

/// The family has not said yet how it is safe to reach it.
pub const NO_SAFE_CONTACT_PLAN: Code = Code::NoSafeContactPlan;
/// The family has an open support request already.
pub const REQUEST_OPEN: Code = Code::RequestOpen;
/// A proposal for this request is under way.
pub const PROPOSAL_OPEN: Code = Code::ProposalOpen;
/// The time to answer this proposal is over.
pub const PROPOSAL_OVERDUE: Code = Code::ProposalOverdue;
/// The two must be kept apart after all. The code and its sentence do not say why: the mentor must not learn it.
pub const PROPOSAL_NOT_POSSIBLE: Code = Code::ProposalNotPossible;
/// The mentor has no free place.
pub const MENTOR_FULL: Code = Code::MentorFull;
/// The family has a live match.
pub const FAMILY_ALREADY_MATCHED: Code = Code::FamilyAlreadyMatched;
/// The request's match must be ended first.
pub const MATCH_LIVE: Code = Code::MatchLive;
/// The mentor is part of this match already.
pub const SAME_MENTOR: Code = Code::SameMentor;

/// The refusal to propose an excluded mentor, or to name one as backup.
#[must_use]
pub fn excluded(code: ExclusionCode, path: &str) -> Problem {
    let (code, message) = match code {
        ExclusionCode::NoActiveAccount => (Code::NoActiveAccount, "This mentor's account is not in use."),
        ExclusionCode::NotReady => (Code::NotReady, "This mentor's screening, training or agreement is not in force."),
        ExclusionCode::SteppedBack => (Code::SteppedBack, "This mentor has stepped back."),
        ExclusionCode::AtCapacity => (Code::AtCapacity, "This mentor has no free place for a match of this weight."),
        ExclusionCode::NoSharedLanguage => (Code::NoSharedLanguage, "This mentor and the family share no language."),
        ExclusionCode::ConflictDeclared => (Code::ConflictDeclared, "A conflict of interest was declared."),
        ExclusionCode::SameCase => (Code::SameCase, "This mentor and the family belong to the same case."),
        ExclusionCode::SameTown => (Code::SameTown, "This mentor and the family live in the same town."),
        ExclusionCode::NotAgain => (Code::NotAgain, "These two are not to be brought together again."),
        ExclusionCode::FamilyExclusion => (Code::FamilyExclusion, "The family does not want this mentor."),
        ExclusionCode::TopicNotReady => {
            (Code::TopicNotReady, "This mentor is not ready for a topic that matters here.")
        }
    };
    Problem::at(code, path, message)
}

/// The mentor whom a proposal names has no free place.
#[must_use]
pub fn mentor_full() -> Problem {
    Problem::at(MENTOR_FULL, "input.proposalId", "There is no free place with this mentor any more.")
}

/// The family that a proposal is for has a live match.
#[must_use]
pub fn family_matched() -> Problem {
    Problem::at(FAMILY_ALREADY_MATCHED, "input.proposalId", "This family has a mentor already.")
}

/// A proposal for the request is under way.
#[must_use]
pub fn proposal_open() -> Problem {
    Problem::at(PROPOSAL_OPEN, "input.requestId", "A proposal for this request is under way.")
}
