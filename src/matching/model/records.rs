//! Support requests, proposals and matches as services know them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::evaluate::{Exclusion, Reason, Warning};
use super::facts::{
    AgeBand, CaregiverRole, Channel, ExploitationKind, GenderPreference, Intensity, Phase, RequestFacts, Urgency,
};
use super::states::{CloseReason, EndReason, MatchState, ProposalState, RequestState};
use crate::kernel::ids::{AccountId, FamilyId, MatchId, MentorId, ProgrammeId, ProposalId, RequestId};
use crate::kernel::page::Cursor;
use crate::kernel::states::texts;

texts! {
    /// The two who are brought together.
    pub enum Side {
        /// The family.
        Family = "family",
        /// The mentor.
        Mentor = "mentor",
    }
}

texts! {
    /// Why somebody said no to a proposal; nobody has to say.
    pub enum DeclineReason {
        /// They would not suit each other.
        NotAFit = "not_a_fit",
        /// Not at this time.
        NotNow = "not_now",
        /// It comes too near to what they went through themselves.
        TooClose = "too_close",
        /// A conflict of interest was declared.
        Conflict = "conflict",
        /// None of these.
        Other = "other",
    }
}

texts! {
    /// The order of the coordinators' board.
    pub enum BoardOrder {
        /// What is due first comes first.
        Due = "due",
        /// The most urgent first (what nobody has read yet before all), and in that by what is due.
        Urgency = "urgency",
    }
}

/// What a family says about its situation and its wishes, in broad terms: no names, no places, no story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BroadFacts {
    /// What happened.
    pub kind: ExploitationKind,
    /// Where the family stands.
    pub phase: Phase,
    /// What the caregiver is to the child.
    pub role: CaregiverRole,
    /// The child's age band.
    pub age_band: AgeBand,
    /// Culture or faith that matters.
    pub cultures: Vec<String>,
    /// Whom the family would rather talk to.
    pub gender: GenderPreference,
    /// How the family would like to meet; empty means any way.
    pub channels: Vec<Channel>,
    /// Topics that a mentor must be ready for.
    pub topics: Vec<String>,
    /// How much is asked for.
    pub intensity: Intensity,
    /// Mentors whom the family met and does not want.
    pub excluded_mentors: Vec<MentorId>,
}

/// A family's request for a mentor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportRequest {
    /// Its id.
    pub id: RequestId,
    /// Whose it is.
    pub family: FamilyId,
    /// Where it was made.
    pub programme: ProgrammeId,
    /// Where it stands.
    pub state: RequestState,
    /// How soon; set by a coordinator.
    pub urgency: Option<Urgency>,
    /// What matters.
    pub facts: BroadFacts,
    /// What the family hopes for, in its own words.
    pub hopes: Option<String>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was last sent.
    pub submitted_at: Option<Timestamp>,
    /// When a coordinator first read it.
    pub triaged_at: Option<Timestamp>,
    /// By when somebody must act next; none when no clock runs.
    pub due_at: Option<Timestamp>,
    /// Why it was closed.
    pub close_reason: Option<CloseReason>,
    /// Counts changes.
    pub version: i32,
}

/// Later than every clock: the place on the board of requests that no clock runs for. In the year 2255.
const NEVER: i64 = 9_000_000_000_000_000;
/// Keeps the ranks of urgency apart: longer than any instant in microseconds.
const RANK: i64 = 10_000_000_000_000_000;

impl SupportRequest {
    /// The place on the board, smallest first: the same number as the store orders by.
    #[must_use]
    pub fn place(&self, order: BoardOrder) -> Cursor {
        let due = self.due_at.map_or(NEVER, Timestamp::as_microsecond);
        let rank = match (order, self.urgency) {
            (BoardOrder::Due, _) | (BoardOrder::Urgency, None) => 0,
            (BoardOrder::Urgency, Some(Urgency::Urgent)) => 1,
            (BoardOrder::Urgency, Some(Urgency::Soon)) => 2,
            (BoardOrder::Urgency, Some(Urgency::Routine)) => 3,
        };
        Cursor { key: rank * RANK + due, id: self.id.uuid() }
    }

    /// What the policy knows about it. `intensity` is the coordinator's, which may differ from the wish;
    /// `exclude_same_town` is the programme's.
    #[must_use]
    pub fn policy_facts(&self, languages: Vec<String>, intensity: Intensity, exclude_same_town: bool) -> RequestFacts {
        let facts = &self.facts;
        RequestFacts {
            id: self.id.uuid(),
            kind: facts.kind,
            phase: facts.phase,
            role: facts.role,
            age_band: facts.age_band,
            cultures: facts.cultures.clone(),
            gender: facts.gender,
            channels: facts.channels.clone(),
            languages,
            topics: facts.topics.clone(),
            intensity,
            urgency: self.urgency.unwrap_or(Urgency::Routine),
            submitted_at: self.submitted_at.unwrap_or(self.created_at).as_microsecond(),
            exclude_same_town,
            excluded_mentors: facts.excluded_mentors.iter().map(|mentor| mentor.uuid()).collect(),
        }
    }
}

/// A proposal as it is stored, with everything that only coordinators see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// The request that it is for.
    pub request: RequestId,
    /// The family.
    pub family: FamilyId,
    /// The mentor.
    pub mentor: MentorId,
    /// The programme.
    pub programme: ProgrammeId,
    /// Where it stands.
    pub state: ProposalState,
    /// Units of the mentor's capacity that the match would take.
    pub weight: i32,
    /// The score at the time.
    pub score: i64,
    /// Everything that the decision rested on, as JSON of [`super::evaluate::Snapshot`].
    pub snapshot: String,
    /// The policy's version at the time.
    pub policy_version: String,
    /// Which coordinator proposed.
    pub created_by: AccountId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the time to answer ends.
    pub expires_at: Option<Timestamp>,
    /// Since when the clock stands.
    pub paused_at: Option<Timestamp>,
    /// Who said no.
    pub declined_by: Option<Side>,
    /// Why, if they said.
    pub decline_reason: Option<DeclineReason>,
    /// What the mentor wants to know.
    pub question: Option<String>,
    /// What the coordinator answered.
    pub information: Option<String>,
    /// Counts changes.
    pub version: i32,
}

/// What one side declared about conflicts of interest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// Which side.
    pub side: Side,
    /// Whether there is a conflict.
    pub has_conflict: bool,
    /// What it is, in their words.
    pub detail: Option<String>,
    /// When it was declared.
    pub declared_at: Timestamp,
}

/// The mentor's side of a proposal as the family sees it: nothing that leads to a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnonymousProfile {
    /// Languages spoken.
    pub languages: Vec<String>,
    /// Topics at home in.
    pub topics: Vec<String>,
    /// What the mentor tells about themself.
    pub about: Option<String>,
}

/// What only coordinators see of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grounds {
    /// The family.
    pub family: FamilyId,
    /// The mentor.
    pub mentor: MentorId,
    /// The mentor's first name.
    pub mentor_first_name: Option<String>,
    /// The score at the time.
    pub score: i64,
    /// Where the score came from, evaluated again from the stored inputs; none under another version of the policy.
    pub reasons: Option<Vec<Reason>>,
    /// The policy's version at the time.
    pub policy_version: String,
    /// What both sides declared.
    pub declarations: Vec<Declaration>,
    /// Who said no.
    pub declined_by: Option<Side>,
    /// Why, if they said.
    pub decline_reason: Option<DeclineReason>,
}

/// A proposal as the caller may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalView {
    /// Its id.
    pub id: ProposalId,
    /// The request, for the family and for coordinators.
    pub request: Option<RequestId>,
    /// Where it stands.
    pub state: ProposalState,
    /// Units of capacity that the match would take.
    pub weight: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the time to answer ends.
    pub expires_at: Option<Timestamp>,
    /// Since when the clock stands.
    pub paused_at: Option<Timestamp>,
    /// The anonymous profile, for the family and for coordinators.
    pub profile: Option<AnonymousProfile>,
    /// The family's situation in broad terms, for the mentor and for coordinators.
    pub facts: Option<BroadFacts>,
    /// The mentor's question, for the mentor and for coordinators.
    pub question: Option<String>,
    /// The coordinator's answer to it, for the mentor and for coordinators.
    pub information: Option<String>,
    /// What only coordinators see.
    pub grounds: Option<Grounds>,
    /// Counts changes.
    pub version: i32,
}

impl ProposalView {
    /// The place in a list, newest first.
    #[must_use]
    pub fn place(&self) -> Cursor {
        Cursor { key: self.created_at.as_microsecond(), id: self.id.uuid() }
    }
}

/// A match as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerMatch {
    /// Its id.
    pub id: MatchId,
    /// The request that it answers.
    pub request: RequestId,
    /// The family.
    pub family: FamilyId,
    /// The mentor.
    pub mentor: MentorId,
    /// The programme.
    pub programme: ProgrammeId,
    /// Where it stands.
    pub state: MatchState,
    /// Units of the mentor's capacity that it takes.
    pub weight: i32,
    /// Who steps in when the mentor cannot.
    pub backup: Option<MentorId>,
    /// When both had said yes.
    pub started_at: Timestamp,
    /// By when they should have been in contact.
    pub first_contact_due_at: Timestamp,
    /// When the goodbye is planned.
    pub goodbye_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub end_reason: Option<EndReason>,
    /// Counts changes.
    pub version: i32,
}

/// A match as the caller may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchView {
    /// The match. Its `backup` and `end_reason` are for coordinators only and absent for others.
    pub record: PeerMatch,
    /// Whether a backup mentor is named.
    pub has_backup: bool,
    /// First names of the family's caregivers who stand now; empty for the sides once the match has ended.
    pub family_first_names: Vec<String>,
    /// The mentor's first name; absent for the sides once the match has ended.
    pub mentor_first_name: Option<String>,
    /// The backup mentor's first name, for coordinators.
    pub backup_first_name: Option<String>,
}

impl MatchView {
    /// The place in a list, newest first.
    #[must_use]
    pub fn place(&self) -> Cursor {
        Cursor { key: self.record.started_at.as_microsecond(), id: self.record.id.uuid() }
    }
}

/// A mentor who may be proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankedMentor {
    /// The mentor.
    pub mentor: MentorId,
    /// The first name; none while there is no account.
    pub first_name: Option<String>,
    /// The sum of the points.
    pub score: i64,
    /// Where the score comes from.
    pub reasons: Vec<Reason>,
    /// What to look at before proposing.
    pub warnings: Vec<Warning>,
    /// Units that are taken.
    pub load: i32,
    /// Units that the mentor may carry.
    pub capacity: i32,
}

/// A mentor who may not be proposed, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcludedMentor {
    /// The mentor.
    pub mentor: MentorId,
    /// The first name; none while there is no account.
    pub first_name: Option<String>,
    /// Every hard reason.
    pub reasons: Vec<Exclusion>,
}

/// What a coordinator compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidates {
    /// The best first.
    pub ranked: Vec<RankedMentor>,
    /// How many may be proposed in all.
    pub ranked_total: usize,
    /// The excluded, in a stable order.
    pub excluded: Vec<ExcludedMentor>,
    /// How many are excluded in all.
    pub excluded_total: usize,
    /// The version of the policy that decided.
    pub policy_version: &'static str,
}
