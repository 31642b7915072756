//! The API types of requests, proposals and matches.

use async_graphql::{Enum, ID, SimpleObject};

use crate::graphql::scalars::DateTime;
use crate::graphql::terms::{AgeBand, CaregiverRole, Channel, ExploitationKind, GenderPreference, Phase, each};
use crate::kernel::ids::TypedId;
use crate::matching;

/// How soon a family needs somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "matching::Urgency")]
pub enum Urgency {
    /// In its turn.
    Routine,
    /// Before others.
    Soon,
    /// At once.
    Urgent,
}

/// How much a match asks of the mentor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "matching::Intensity")]
pub enum Intensity {
    /// About four contacts in eight weeks; one unit of the mentor's capacity.
    Standard,
    /// More than that; two units.
    Intensive,
}

/// Where a support request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "matching::RequestState")]
pub enum SupportRequestState {
    /// Being written; only its family sees it.
    Draft,
    /// Sent; waits for a coordinator.
    Submitted,
    /// Read, with an urgency.
    Triaged,
    /// A proposal is under way.
    Proposing,
    /// A match stands.
    Matched,
    /// Taken back by the family.
    Withdrawn,
    /// Closed, with a reason.
    Closed,
}

/// Why a support request was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "matching::CloseReason")]
pub enum CloseReason {
    /// The family was supported and needs no more.
    Supported,
    /// The family cannot be reached in a safe way.
    Unreachable,
    /// Another service fits better, and the family was told.
    ReferredElsewhere,
    /// Outside of what the programme does.
    OutOfScope,
    /// There is another request of this family.
    Duplicate,
    /// The family is with another programme now.
    MovedProgramme,
    /// None of these.
    Other,
}

/// The order of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "matching::BoardOrder")]
pub enum BoardOrder {
    /// What is due first comes first.
    Due,
    /// What nobody has read yet, then the most urgent; in that by what is due.
    Urgency,
}

/// Where a proposal stands. The family is asked first, then the mentor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "matching::ProposalState")]
pub enum ProposalState {
    /// The family sees an anonymous profile.
    OfferedToFamily,
    /// The family said yes; the mentor is about to be asked.
    AcceptedByFamily,
    /// The mentor is asked.
    OfferedToMentor,
    /// The mentor asked for more; the clock stands.
    NeedsInformation,
    /// Both said yes: a match stands.
    Accepted,
    /// One side said no.
    Declined,
    /// Nobody answered in time.
    Expired,
    /// Taken back.
    Withdrawn,
}

/// One of the two who are brought together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "matching::Side")]
pub enum ProposalSide {
    /// The family.
    Family,
    /// The mentor.
    Mentor,
}

/// Why somebody said no to a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "matching::DeclineReason")]
pub enum DeclineReason {
    /// They would not suit each other.
    NotAFit,
    /// Not at this time.
    NotNow,
    /// It comes too near to what they went through themselves.
    TooClose,
    /// A conflict of interest was declared.
    Conflict,
    /// None of these.
    Other,
}

/// Where a match stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "matching::MatchState")]
pub enum MatchState {
    /// In contact.
    Active,
    /// Resting for a while.
    Paused,
    /// A goodbye is planned.
    Ending,
    /// Over.
    Ended,
}

/// Why a match ended. No reason carries a penalty for the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "matching::EndReason")]
pub enum EndReason {
    /// What was hoped for is reached.
    GoalReached,
    /// The family chose so.
    FamilyChoice,
    /// The mentor chose so.
    MentorChoice,
    /// The mentor cannot go on.
    MentorUnavailable,
    /// They did not suit each other.
    NotAFit,
    /// For somebody's safety.
    Safety,
    /// The family is with another programme now.
    MovedProgramme,
    /// None of these.
    Other,
}

/// What matters to a family, in broad terms: no names, no places, no story.
#[derive(Debug, SimpleObject)]
pub struct SupportRequestFacts {
    /// What happened.
    kind: ExploitationKind,
    /// Where the family stands.
    phase: Phase,
    /// What the caregiver is to the child.
    role: CaregiverRole,
    /// The child's age band.
    age_band: AgeBand,
    /// Culture or faith that matters.
    cultures: Vec<String>,
    /// Whom the family would rather talk to.
    gender: GenderPreference,
    /// How the family would like to meet; empty means any way.
    channels: Vec<Channel>,
    /// Topics that a mentor must be ready for.
    topics: Vec<String>,
    /// How much is asked for.
    intensity: Intensity,
    /// Mentors whom the family met and does not want; empty for mentors.
    excluded_mentors: Vec<ID>,
}

impl From<matching::BroadFacts> for SupportRequestFacts {
    fn from(facts: matching::BroadFacts) -> Self {
        Self {
            kind: facts.kind.into(),
            phase: facts.phase.into(),
            role: facts.role.into(),
            age_band: facts.age_band.into(),
            cultures: facts.cultures,
            gender: facts.gender.into(),
            channels: each(facts.channels),
            topics: facts.topics,
            intensity: facts.intensity.into(),
            excluded_mentors: facts.excluded_mentors.into_iter().map(global).collect(),
        }
    }
}

/// A family's request for a mentor.
#[derive(Debug, SimpleObject)]
pub struct SupportRequest {
    /// Its id.
    #[graphql(owned)]
    pub id: ID,
    /// Whose it is.
    family_id: ID,
    /// Where it stands.
    state: SupportRequestState,
    /// How soon; set by a coordinator.
    urgency: Option<Urgency>,
    /// What matters.
    facts: SupportRequestFacts,
    /// What the family hopes for, in its own words.
    hopes: Option<String>,
    /// When it was begun.
    created_at: DateTime,
    /// When it was last sent.
    submitted_at: Option<DateTime>,
    /// When a coordinator last gave it an urgency.
    triaged_at: Option<DateTime>,
    /// By when somebody must act next; null when no clock runs.
    due_at: Option<DateTime>,
    /// Why it was closed.
    close_reason: Option<CloseReason>,
    /// Counts changes; send it with a change to be sure that nobody else changed it since.
    version: i32,
}

impl From<matching::SupportRequest> for SupportRequest {
    fn from(request: matching::SupportRequest) -> Self {
        Self {
            id: global(request.id),
            family_id: global(request.family),
            state: request.state.into(),
            urgency: request.urgency.map(Into::into),
            facts: request.facts.into(),
            hopes: request.hopes,
            created_at: DateTime(request.created_at),
            submitted_at: request.submitted_at.map(DateTime),
            triaged_at: request.triaged_at.map(DateTime),
            due_at: request.due_at.map(DateTime),
            close_reason: request.close_reason.map(Into::into),
            version: request.version,
        }
    }
}

/// A match of a family and a mentor.
#[derive(Debug, SimpleObject)]
#[graphql(name = "Match")]
pub struct PeerMatch {
    /// Its id.
    #[graphql(owned)]
    pub id: ID,
    /// The family.
    family_id: ID,
    /// The mentor.
    mentor_id: ID,
    /// The request that it answers.
    request_id: ID,
    /// Where it stands.
    state: MatchState,
    /// First names of those caregivers of the family whose accounts are in use; empty for the two sides once the match has
    /// ended.
    family_first_names: Vec<String>,
    /// The mentor's first name; null for the two sides once the match has ended.
    mentor_first_name: Option<String>,
    /// Units of the mentor's capacity that it takes.
    weight: i32,
    /// When both had said yes.
    started_at: DateTime,
    /// By when they should have been in contact.
    first_contact_due_at: DateTime,
    /// When the goodbye is planned.
    goodbye_at: Option<DateTime>,
    /// When it ended.
    ended_at: Option<DateTime>,
    /// Why it ended, for coordinators.
    end_reason: Option<EndReason>,
    /// Whether a backup mentor is named.
    has_backup_mentor: bool,
    /// The backup mentor, for coordinators.
    backup_mentor_id: Option<ID>,
    /// The backup mentor's first name, for coordinators.
    backup_mentor_first_name: Option<String>,
    /// Counts changes; send it with a change to be sure that nobody else changed it since.
    version: i32,
}

impl From<matching::MatchView> for PeerMatch {
    fn from(view: matching::MatchView) -> Self {
        let the = view.record;
        Self {
            id: global(the.id),
            family_id: global(the.family),
            mentor_id: global(the.mentor),
            request_id: global(the.request),
            state: the.state.into(),
            family_first_names: view.family_first_names,
            mentor_first_name: view.mentor_first_name,
            weight: the.weight,
            started_at: DateTime(the.started_at),
            first_contact_due_at: DateTime(the.first_contact_due_at),
            goodbye_at: the.goodbye_at.map(DateTime),
            ended_at: the.ended_at.map(DateTime),
            end_reason: the.end_reason.map(Into::into),
            has_backup_mentor: view.has_backup,
            backup_mentor_id: the.backup.map(global),
            backup_mentor_first_name: view.backup_first_name,
            version: the.version,
        }
    }
}

/// A proposal to bring a family and a mentor together, as far as you may see it.
#[derive(Debug, SimpleObject)]
pub struct Proposal {
    /// Its id.
    #[graphql(owned)]
    pub id: ID,
    /// The request that it is for; null for mentors.
    request_id: Option<ID>,
    /// Where it stands.
    state: ProposalState,
    /// Units of the mentor's capacity that the match would take.
    weight: i32,
    /// When it was made.
    created_at: DateTime,
    /// When the time to answer ends.
    expires_at: Option<DateTime>,
    /// Since when the clock stands, while the mentor waits for information.
    paused_at: Option<DateTime>,
    /// The mentor without a name, for the family and for coordinators. Null in lists.
    profile: Option<super::people::AnonymousProfile>,
    /// The family's situation in broad terms, for the mentor and for coordinators. Null in lists.
    facts: Option<SupportRequestFacts>,
    /// What the mentor wants to know, for the mentor and for coordinators. Null in lists.
    question: Option<String>,
    /// What a coordinator answered, for the mentor and for coordinators. Null in lists.
    information: Option<String>,
    /// What only coordinators see. Null in lists.
    grounds: Option<super::people::ProposalGrounds>,
    /// Counts changes; send it with an answer to be sure that nothing changed since.
    version: i32,
}

impl From<matching::ProposalView> for Proposal {
    fn from(view: matching::ProposalView) -> Self {
        Self {
            id: global(view.id),
            request_id: view.request.map(global),
            state: view.state.into(),
            weight: view.weight,
            created_at: DateTime(view.created_at),
            expires_at: view.expires_at.map(DateTime),
            paused_at: view.paused_at.map(DateTime),
            profile: view.profile.map(Into::into),
            facts: view.facts.map(Into::into),
            question: view.question,
            information: view.information,
            grounds: view.grounds.map(Into::into),
            version: view.version,
        }
    }
}

/// The id as it leaves the service.
pub(super) fn global(id: impl TypedId) -> ID {
    ID(id.to_global())
}
