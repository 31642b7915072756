//! The codes of what stands in a person's way, and their sentences.

use super::evaluate::ExclusionCode;
use crate::kernel::{Code, Problem};

/// The family has not said yet how it is safe to reach it.
pub const NO_SAFE_CONTACT_PLAN: Code = Code("NO_SAFE_CONTACT_PLAN");
/// The family has an open support request already.
pub const REQUEST_OPEN: Code = Code("REQUEST_OPEN");
/// A proposal for this request is under way.
pub const PROPOSAL_OPEN: Code = Code("PROPOSAL_OPEN");
/// The time to answer this proposal is over.
pub const PROPOSAL_OVERDUE: Code = Code("PROPOSAL_OVERDUE");
/// The two must be kept apart after all. The code and its sentence do not say why: the mentor must not learn it.
pub const PROPOSAL_NOT_POSSIBLE: Code = Code("PROPOSAL_NOT_POSSIBLE");
/// The mentor has no free place.
pub const MENTOR_FULL: Code = Code("MENTOR_FULL");
/// The family has a live match.
pub const FAMILY_ALREADY_MATCHED: Code = Code("FAMILY_ALREADY_MATCHED");
/// The request's match must be ended first.
pub const MATCH_LIVE: Code = Code("MATCH_LIVE");
/// The mentor is part of this match already.
pub const SAME_MENTOR: Code = Code("SAME_MENTOR");

/// The refusal to propose an excluded mentor, or to name one as backup.
#[must_use]
pub fn excluded(code: ExclusionCode, path: &str) -> Problem {
    let (code, message) = match code {
        ExclusionCode::NoActiveAccount => ("NO_ACTIVE_ACCOUNT", "This mentor's account is not in use."),
        ExclusionCode::NotReady => ("NOT_READY", "This mentor's screening, training or agreement is not in force."),
        ExclusionCode::SteppedBack => ("STEPPED_BACK", "This mentor has stepped back."),
        ExclusionCode::AtCapacity => ("AT_CAPACITY", "This mentor has no free place for a match of this weight."),
        ExclusionCode::NoSharedLanguage => ("NO_SHARED_LANGUAGE", "This mentor and the family share no language."),
        ExclusionCode::ConflictDeclared => ("CONFLICT_DECLARED", "A conflict of interest was declared."),
        ExclusionCode::SameCase => ("SAME_CASE", "This mentor and the family belong to the same case."),
        ExclusionCode::SameTown => ("SAME_TOWN", "This mentor and the family live in the same town."),
        ExclusionCode::NotAgain => ("NOT_AGAIN", "These two are not to be brought together again."),
        ExclusionCode::FamilyExclusion => ("FAMILY_EXCLUSION", "The family does not want this mentor."),
        ExclusionCode::TopicNotReady => ("TOPIC_NOT_READY", "This mentor is not ready for a topic that matters here."),
    };
    Problem::at(Code(code), path, message)
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
