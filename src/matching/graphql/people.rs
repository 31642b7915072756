//! Mentors as a proposal or a comparison shows them.

use async_graphql::{Enum, ID, SimpleObject};

use super::types::{DeclineReason, ProposalSide, global};
use crate::graphql::scalars::DateTime;
use crate::graphql::terms::each;
use crate::matching;

/// What adds to a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "matching::Factor")]
pub enum ScoreFactor {
    /// Kind of exploitation.
    Kind,
    /// Phase.
    Phase,
    /// Caregiver role.
    Role,
    /// The child's age band.
    AgeBand,
    /// Culture or faith.
    Culture,
    /// Gender preference.
    Gender,
    /// Way of meeting.
    Channel,
    /// Common hours.
    CommonHours,
    /// Nearness of the clocks.
    ZoneOverlap,
    /// Present load.
    Load,
    /// How long the family has waited.
    Waiting,
    /// Urgency.
    Urgency,
}

/// Why a mentor cannot be proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "matching::ExclusionCode")]
pub enum ExclusionReason {
    /// The account is not in use: the invitation was never accepted, it is suspended or closed, or it is no mentor's any
    /// more.
    NoActiveAccount,
    /// Screening, training or agreement is missing or has run out.
    NotReady,
    /// Has stepped back.
    SteppedBack,
    /// Cannot carry one more match of this weight.
    AtCapacity,
    /// They share no language.
    NoSharedLanguage,
    /// A conflict of interest was declared.
    ConflictDeclared,
    /// They belong to the same case.
    SameCase,
    /// They live in the same town.
    SameTown,
    /// One of them said "not again".
    NotAgain,
    /// The family does not want this mentor.
    FamilyExclusion,
    /// Not ready for a topic that matters here.
    TopicNotReady,
}

/// What to look at before proposing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "matching::Warning")]
pub enum CandidateWarning {
    /// No common hour in the safe-contact windows.
    NoCommonHour,
    /// One side has not said yet when it is free.
    HoursUnknown,
    /// The match would take the mentor's last place.
    LastPlace,
    /// No way of meeting suits both.
    NoSharedChannel,
}

/// What one factor added to a score.
#[derive(Debug, SimpleObject)]
pub struct ScoreReason {
    /// The factor.
    factor: ScoreFactor,
    /// Points added.
    points: i64,
    /// The most that it could have added.
    max: i64,
}

impl From<matching::Reason> for ScoreReason {
    fn from(reason: matching::Reason) -> Self {
        Self { factor: reason.factor.into(), points: reason.points, max: reason.max }
    }
}

/// A mentor who may be proposed.
#[derive(Debug, SimpleObject)]
pub struct RankedCandidate {
    /// The mentor.
    mentor_id: ID,
    /// The first name; null while the mentor has no account.
    first_name: Option<String>,
    /// The sum of the points, 0 to 1000.
    score: i64,
    /// Where the score comes from, every factor.
    reasons: Vec<ScoreReason>,
    /// What to look at before proposing.
    warnings: Vec<CandidateWarning>,
    /// Units that are taken, proposals under way among them.
    load: i32,
    /// Units that the mentor may carry.
    capacity: i32,
}

/// A mentor who may not be proposed.
#[derive(Debug, SimpleObject)]
pub struct ExcludedCandidate {
    /// The mentor.
    mentor_id: ID,
    /// The first name; null while the mentor has no account.
    first_name: Option<String>,
    /// Every reason against.
    reasons: Vec<ExclusionReason>,
}

/// The mentors of the programme, compared for one request.
#[derive(Debug, SimpleObject)]
pub struct Candidates {
    /// Who may be proposed, the best first, as many as asked for.
    ranked: Vec<RankedCandidate>,
    /// How many may be proposed in all.
    ranked_total: i32,
    /// Who may not, as many as asked for.
    excluded: Vec<ExcludedCandidate>,
    /// How many may not in all.
    excluded_total: i32,
    /// The version of the policy that decided.
    policy_version: String,
}

impl From<matching::Candidates> for Candidates {
    fn from(all: matching::Candidates) -> Self {
        let ranked = |one: matching::RankedMentor| RankedCandidate {
            mentor_id: global(one.mentor),
            first_name: one.first_name,
            score: one.score,
            reasons: each(one.reasons),
            warnings: each(one.warnings),
            load: one.load,
            capacity: one.capacity,
        };
        let excluded = |one: matching::ExcludedMentor| ExcludedCandidate {
            mentor_id: global(one.mentor),
            first_name: one.first_name,
            reasons: one.reasons.into_iter().map(|exclusion| exclusion.code.into()).collect(),
        };
        Self {
            ranked: all.ranked.into_iter().map(ranked).collect(),
            ranked_total: i32::try_from(all.ranked_total).unwrap_or(i32::MAX),
            excluded: all.excluded.into_iter().map(excluded).collect(),
            excluded_total: i32::try_from(all.excluded_total).unwrap_or(i32::MAX),
            policy_version: all.policy_version.to_owned(),
        }
    }
}

/// A mentor as a family sees them before names are shown: nothing that leads to a name.
#[derive(Debug, SimpleObject)]
pub struct AnonymousProfile {
    /// Languages spoken.
    languages: Vec<String>,
    /// Topics at home in.
    topics: Vec<String>,
    /// What the mentor tells about themself.
    about: Option<String>,
}

impl From<matching::AnonymousProfile> for AnonymousProfile {
    fn from(profile: matching::AnonymousProfile) -> Self {
        Self { languages: profile.languages, topics: profile.topics, about: profile.about }
    }
}

/// What one side declared about conflicts of interest.
#[derive(Debug, SimpleObject)]
pub struct ConflictDeclaration {
    /// Which side.
    side: ProposalSide,
    /// Whether there is a conflict.
    has_conflict: bool,
    /// What it is, in their words.
    detail: Option<String>,
    /// When it was declared.
    declared_at: DateTime,
}

impl From<matching::Declaration> for ConflictDeclaration {
    fn from(one: matching::Declaration) -> Self {
        Self {
            side: one.side.into(),
            has_conflict: one.has_conflict,
            detail: one.detail,
            declared_at: DateTime(one.declared_at),
        }
    }
}

/// What a proposal rested on, for coordinators.
#[derive(Debug, SimpleObject)]
pub struct ProposalGrounds {
    /// The family.
    family_id: ID,
    /// The mentor.
    mentor_id: ID,
    /// The mentor's first name; null while the mentor has no account.
    mentor_first_name: Option<String>,
    /// The score at the time.
    score: i64,
    /// Where the score came from, worked out again from the stored inputs; null under another version of the policy.
    reasons: Option<Vec<ScoreReason>>,
    /// The version of the policy at the time.
    policy_version: String,
    /// What both sides declared.
    declarations: Vec<ConflictDeclaration>,
    /// Who said no.
    declined_by: Option<ProposalSide>,
    /// Why, if they said.
    decline_reason: Option<DeclineReason>,
}

impl From<matching::Grounds> for ProposalGrounds {
    fn from(grounds: matching::Grounds) -> Self {
        Self {
            family_id: global(grounds.family),
            mentor_id: global(grounds.mentor),
            mentor_first_name: grounds.mentor_first_name,
            score: grounds.score,
            reasons: grounds.reasons.map(each),
            policy_version: grounds.policy_version,
            declarations: each(grounds.declarations),
            declined_by: grounds.declined_by.map(Into::into),
            decline_reason: grounds.decline_reason.map(Into::into),
        }
    }
}
