//! What the policy knows about a request and a mentor. Broad terms only: no names, no places, no story.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::states::texts;
pub use crate::kernel::terms::{AgeBand, CaregiverRole, Channel, ExploitationKind, GenderPreference, Phase};

texts! {
    /// How much a match asks of the mentor.
    pub enum Intensity {
        /// About four contacts in eight weeks.
        Standard = "standard",
        /// More than that.
        Intensive = "intensive",
    }
}

impl Intensity {
    /// Units of a mentor's capacity: 1 for standard, 2 for intensive.
    #[must_use]
    pub const fn weight(self) -> i32 {
        match self {
            Self::Standard => 1,
            Self::Intensive => 2,
        }
    }
}

texts! {
    /// How soon a family needs somebody.
    pub enum Urgency {
        /// In its turn.
        Routine = "routine",
        /// Before others.
        Soon = "soon",
        /// At once.
        Urgent = "urgent",
    }
}

/// Whether a match of this weight still fits: `load` is what active, paused, ending and proposed ones already weigh.
#[must_use]
pub const fn load_fits(load: i32, weight: i32, capacity: i32) -> bool {
    load.saturating_add(weight) <= capacity
}

/// What the policy knows about the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestFacts {
    /// The request.
    pub id: Uuid,
    /// What happened.
    pub kind: ExploitationKind,
    /// Where the family stands.
    pub phase: Phase,
    /// What the caregiver is to the child.
    pub role: CaregiverRole,
    /// The child's age band.
    pub age_band: AgeBand,
    /// Culture or faith that matters to the family, as words of the programme's list; empty when none does.
    pub cultures: Vec<String>,
    /// Whom the family would rather talk to.
    pub gender: GenderPreference,
    /// How the family would like to meet, any of these; empty means any way.
    pub channels: Vec<Channel>,
    /// Languages that the family speaks, as lower-case tags.
    pub languages: Vec<String>,
    /// Topics that a mentor must be ready for.
    pub topics: Vec<String>,
    /// How much is asked for.
    pub intensity: Intensity,
    /// How soon.
    pub urgency: Urgency,
    /// When the request was sent, in microseconds since 1970.
    pub submitted_at: i64,
    /// Whether the programme keeps people of one town apart.
    pub exclude_same_town: bool,
    /// Mentors that the family does not want.
    pub excluded_mentors: Vec<Uuid>,
}

/// What the policy knows about a mentor, as seen from one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is one fact with its own exclusion; none depends on another")]
pub struct MentorFacts {
    /// The mentor.
    pub id: Uuid,
    /// The account is in use and still a mentor's.
    pub account_active: bool,
    /// Screening, training and agreement are in force.
    pub ready: bool,
    /// Has stepped back.
    pub stepped_back: bool,
    /// Units that the mentor may carry.
    pub capacity: i32,
    /// Units that are taken: active, paused, ending and proposed.
    pub load: i32,
    /// Kinds of exploitation lived through or trained for.
    pub kinds: Vec<ExploitationKind>,
    /// Phases lived through.
    pub phases: Vec<Phase>,
    /// Roles lived.
    pub roles: Vec<CaregiverRole>,
    /// Age bands known.
    pub age_bands: Vec<AgeBand>,
    /// Cultures and faiths at home in.
    pub cultures: Vec<String>,
    /// The mentor's gender; `Any` when not said.
    pub gender: GenderPreference,
    /// Ways of meeting on offer.
    pub channels: Vec<Channel>,
    /// Languages spoken, as lower-case tags.
    pub languages: Vec<String>,
    /// Topics that the mentor is not ready to speak about.
    pub topics_not_ready: Vec<String>,
    /// A conflict of interest was declared by either side.
    pub conflict: bool,
    /// One of the two said "not again".
    pub not_again: bool,
    /// Both are known to belong to the same case. The keys themselves are sealed and stand in no decision.
    pub same_case: bool,
    /// Both are known to live in the same town.
    pub same_town: bool,
    /// Minutes a week in which both are free and contact is safe; `None` when one side has no hours yet.
    pub common_minutes: Option<u32>,
    /// How far apart the two clocks are now, in minutes.
    pub zone_distance_min: u32,
    /// When the mentor last had a new match, in microseconds since 1970; `None` if never.
    pub last_matched_at: Option<i64>,
}
