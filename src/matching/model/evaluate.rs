//! The policy: who is excluded and why, and what each factor adds to the score of the rest.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::facts::{ExploitationKind, GenderPreference, MentorFacts, RequestFacts, Urgency, load_fits};
use crate::kernel::states::texts;

/// The version of this policy. Change it with any change of points, factors or exclusions.
pub const POLICY_VERSION: &str = "2026-11-2";

const DAY_MICROS: i64 = 24 * 60 * 60 * 1_000_000;

texts! {
    /// Why a mentor cannot be proposed for a request.
    pub enum ExclusionCode {
        /// The account is not in use: the invitation was never accepted, it is suspended or closed, or it is no mentor's
        /// any more.
        NoActiveAccount = "no_active_account",
        /// Screening, training or agreement is missing or has run out.
        NotReady = "not_ready",
        /// Has stepped back.
        SteppedBack = "stepped_back",
        /// Cannot carry one more match of this weight.
        AtCapacity = "at_capacity",
        /// They share no language.
        NoSharedLanguage = "no_shared_language",
        /// A conflict of interest was declared.
        ConflictDeclared = "conflict_declared",
        /// They belong to the same case.
        SameCase = "same_case",
        /// They live in the same town, and the programme keeps such people apart.
        SameTown = "same_town",
        /// One of them said "not again".
        NotAgain = "not_again",
        /// The family does not want this mentor.
        FamilyExclusion = "family_exclusion",
        /// The mentor is not ready for a topic that matters here.
        TopicNotReady = "topic_not_ready",
    }
}

/// One hard reason. It names the rule and nothing about either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Exclusion {
    /// The rule.
    pub code: ExclusionCode,
}

texts! {
    /// What a coordinator should look at before proposing.
    pub enum Warning {
        /// No common hour in the safe-contact windows.
        NoCommonHour = "no_common_hour",
        /// One side has not said yet when it is free.
        HoursUnknown = "hours_unknown",
        /// The match would take the mentor's last place.
        LastPlace = "last_place",
        /// No way of meeting suits both.
        NoSharedChannel = "no_shared_channel",
    }
}

texts! {
    /// What adds to a score.
    pub enum Factor {
        /// Kind of exploitation.
        Kind = "kind",
        /// Phase.
        Phase = "phase",
        /// Caregiver role.
        Role = "role",
        /// The child's age band.
        AgeBand = "age_band",
        /// Culture or faith.
        Culture = "culture",
        /// Gender preference.
        Gender = "gender",
        /// Way of meeting.
        Channel = "channel",
        /// Common hours.
        CommonHours = "common_hours",
        /// Nearness of the clocks.
        ZoneOverlap = "zone_overlap",
        /// Present load.
        Load = "load",
        /// How long the family has waited.
        Waiting = "waiting",
        /// Urgency.
        Urgency = "urgency",
    }
}

impl Factor {
    /// The most points that the factor can add.
    #[must_use]
    pub const fn max_points(self) -> i64 {
        match self {
            Self::Kind => 200,
            Self::Phase => 140,
            Self::Role => 120,
            Self::AgeBand | Self::Culture | Self::Load => 80,
            Self::Gender | Self::Channel | Self::CommonHours => 60,
            Self::ZoneOverlap | Self::Waiting | Self::Urgency => 40,
        }
    }
}

/// What one factor added, to be shown beside the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reason {
    /// The factor.
    pub factor: Factor,
    /// Points added, 0 to `max`.
    pub points: i64,
    /// The most that it could have added.
    pub max: i64,
}

/// A mentor as a coordinator sees them for one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The mentor.
    pub mentor: Uuid,
    /// Hard reasons against; empty for a mentor who may be proposed.
    pub exclusions: Vec<Exclusion>,
    /// What to look at first.
    pub warnings: Vec<Warning>,
    /// The sum of the points: 0 to 1000.
    pub score: i64,
    /// Where the score comes from, every factor in the order of declaration.
    pub reasons: Vec<Reason>,
    /// Units the mentor carries, for the order among equals.
    pub load: i32,
    /// When the mentor last had a new match, in microseconds since 1970; who has waited longest comes first.
    pub last_matched_at: Option<i64>,
}

/// Everything that a decision rested on, as it is stored beside a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The policy's version.
    pub policy_version: String,
    /// When it was evaluated, in microseconds since 1970.
    pub now: i64,
    /// The request.
    pub request: RequestFacts,
    /// The mentor.
    pub mentor: MentorFacts,
}

/// Weighs one mentor for one request at an instant (microseconds since 1970).
#[must_use]
pub fn evaluate(request: &RequestFacts, mentor: &MentorFacts, now: i64) -> Candidate {
    let reason = |factor: &Factor| {
        let points = points(*factor, request, mentor, now).clamp(0, factor.max_points());
        Reason { factor: *factor, points, max: factor.max_points() }
    };
    let reasons: Vec<Reason> = Factor::ALL.iter().map(reason).collect();
    Candidate {
        mentor: mentor.id,
        exclusions: exclusions(request, mentor),
        warnings: warnings(request, mentor),
        score: reasons.iter().map(|reason| reason.points).sum(),
        reasons,
        load: mentor.load,
        last_matched_at: mentor.last_matched_at,
    }
}

/// The candidates who may be proposed, best first: by score, then the lighter load, then who has waited longest for a
/// match, then by id, so that the order never depends on the order of the input.
#[must_use]
pub fn rank(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut ranked: Vec<_> = candidates.into_iter().filter(|c| c.exclusions.is_empty()).collect();
    ranked.sort_unstable_by_key(|c| (std::cmp::Reverse(c.score), c.load, c.last_matched_at, c.mentor));
    ranked
}

/// Evaluates a stored snapshot again. `None` when it is not one, or of another version of the policy.
#[must_use]
pub fn replay(snapshot_json: &str) -> Option<Candidate> {
    let snapshot: Snapshot = serde_json::from_str(snapshot_json).ok()?;
    (snapshot.policy_version == POLICY_VERSION).then(|| evaluate(&snapshot.request, &snapshot.mentor, snapshot.now))
}

fn exclusions(request: &RequestFacts, mentor: &MentorFacts) -> Vec<Exclusion> {
    use ExclusionCode as Code;
    let rules = [
        (!mentor.account_active, Code::NoActiveAccount),
        (!mentor.ready, Code::NotReady),
        (mentor.stepped_back, Code::SteppedBack),
        (!load_fits(mentor.load, request.intensity.weight(), mentor.capacity), Code::AtCapacity),
        (!share_language(&request.languages, &mentor.languages), Code::NoSharedLanguage),
        (mentor.conflict, Code::ConflictDeclared),
        (mentor.same_case, Code::SameCase),
        (request.exclude_same_town && mentor.same_town, Code::SameTown),
        (mentor.not_again, Code::NotAgain),
        (request.excluded_mentors.contains(&mentor.id), Code::FamilyExclusion),
        (request.topics.iter().any(|t| mentor.topics_not_ready.contains(t)), Code::TopicNotReady),
    ];
    rules.into_iter().filter_map(|(holds, code)| holds.then_some(Exclusion { code })).collect()
}

/// Languages are shared when their first parts are: a speaker of `pt-br` and one of `pt` understand each other.
fn share_language(a: &[String], b: &[String]) -> bool {
    let base = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    a.iter().any(|x| b.iter().any(|y| base(x) == base(y)))
}

fn shares_channel(request: &RequestFacts, mentor: &MentorFacts) -> bool {
    request.channels.is_empty() || request.channels.iter().any(|c| mentor.channels.contains(c))
}

fn warnings(request: &RequestFacts, mentor: &MentorFacts) -> Vec<Warning> {
    let rules = [
        (mentor.common_minutes == Some(0), Warning::NoCommonHour),
        (mentor.common_minutes.is_none(), Warning::HoursUnknown),
        (mentor.load.saturating_add(request.intensity.weight()) == mentor.capacity, Warning::LastPlace),
        (!shares_channel(request, mentor), Warning::NoSharedChannel),
    ];
    rules.into_iter().filter_map(|(holds, warning)| holds.then_some(warning)).collect()
}

fn points(factor: Factor, request: &RequestFacts, mentor: &MentorFacts, now: i64) -> i64 {
    let max = factor.max_points();
    let all_if = |holds: bool| if holds { max } else { 0 };
    match factor {
        // When nobody knows what happened, breadth of experience is worth half.
        Factor::Kind if request.kind == ExploitationKind::Unknown => max / 2,
        Factor::Kind => all_if(mentor.kinds.contains(&request.kind)),
        Factor::Phase => all_if(mentor.phases.contains(&request.phase)),
        Factor::Role => all_if(mentor.roles.contains(&request.role)),
        Factor::AgeBand => all_if(mentor.age_bands.contains(&request.age_band)),
        Factor::Culture => {
            all_if(request.cultures.is_empty() || request.cultures.iter().any(|c| mentor.cultures.contains(c)))
        }
        Factor::Gender => all_if(request.gender == GenderPreference::Any || request.gender == mentor.gender),
        Factor::Channel => all_if(shares_channel(request, mentor)),
        // Four common hours a week are plenty.
        Factor::CommonHours => share(max, i64::from(mentor.common_minutes.unwrap_or(0)), 240),
        // Twelve hours apart is as far as clocks get.
        Factor::ZoneOverlap => max - share(max, i64::from(mentor.zone_distance_min), 720),
        Factor::Load => max - share(max, i64::from(mentor.load), i64::from(mentor.capacity.max(1))),
        Factor::Waiting => share(max, now.saturating_sub(request.submitted_at) / DAY_MICROS, 28),
        Factor::Urgency => match request.urgency {
            Urgency::Routine => 0,
            Urgency::Soon => max / 2,
            Urgency::Urgent => max,
        },
    }
}

/// `max` times `part / whole`, rounded down, at most `max`.
fn share(max: i64, part: i64, whole: i64) -> i64 {
    max * part.clamp(0, whole) / whole
}
