//! What clients send.

use async_graphql::{Enum, ID, InputObject};

use super::types::{CloseReason, DeclineReason, EndReason, Intensity, Urgency};
use crate::graphql::scalars::DateTime;
use crate::graphql::terms::{AgeBand, CaregiverRole, Channel, ExploitationKind, GenderPreference, Phase, each};
use crate::graphql::{reference, target};
use crate::kernel::{Check, Error, Result};
use crate::matching::{
    BroadFacts, Conflict, FamilyAnswer, Information, MatchEnd, MentorAnswer, MentorChoice, NewProposal, RequestDraft,
};

/// What matters to a family, in broad terms: no names, no places, no story.
#[derive(InputObject)]
pub struct SupportRequestFactsInput {
    /// What happened.
    kind: ExploitationKind,
    /// Where the family stands.
    phase: Phase,
    /// What the caregiver is to the child.
    role: CaregiverRole,
    /// The child's age band.
    age_band: AgeBand,
    /// Up to 10 cultures or faiths that matter, as words of the programme's list: small letters, digits and `_`.
    #[graphql(default)]
    cultures: Vec<String>,
    /// Whom the family would rather talk to; no wish when left out.
    gender: Option<GenderPreference>,
    /// How the family would like to meet; any way when left out.
    #[graphql(default)]
    channels: Vec<Channel>,
    /// Up to 10 topics that a mentor must be ready for: small letters, digits and `_`.
    #[graphql(default)]
    topics: Vec<String>,
    /// How much is asked for; standard when left out.
    intensity: Option<Intensity>,
    /// Mentors whom the family met and does not want.
    #[graphql(default)]
    excluded_mentors: Vec<ID>,
}

/// A support request being written.
#[derive(InputObject)]
pub struct SaveSupportRequestInput {
    /// The draft to change; leave it out for a new one.
    request_id: Option<ID>,
    /// What matters.
    facts: SupportRequestFactsInput,
    /// What the family hopes for, in its own words: up to 4000 characters, without a child's name.
    #[graphql(secret)]
    hopes: Option<String>,
    /// The version that you saw.
    version: Option<i32>,
}

impl SaveSupportRequestInput {
    pub(super) fn read(self) -> Result<RequestDraft> {
        let request = self.request_id.as_ref().map(|id| target(id, "input.requestId")).transpose()?;
        let (mut check, facts) = (Check::new(), self.facts);
        let path = |at: usize| format!("input.facts.excludedMentors.{at}");
        let mentors = facts.excluded_mentors.iter().enumerate();
        let excluded_mentors = mentors.filter_map(|(at, id)| reference(id, &path(at), &mut check)).collect();
        check.done()?;
        let facts = BroadFacts {
            kind: facts.kind.into(),
            phase: facts.phase.into(),
            role: facts.role.into(),
            age_band: facts.age_band.into(),
            cultures: facts.cultures,
            gender: facts.gender.unwrap_or(GenderPreference::Any).into(),
            channels: each(facts.channels),
            topics: facts.topics,
            intensity: facts.intensity.unwrap_or(Intensity::Standard).into(),
            excluded_mentors,
        };
        Ok(RequestDraft { request, facts, hopes: self.hopes, version: self.version })
    }
}

/// Which support request.
#[derive(InputObject)]
pub struct SupportRequestInput {
    /// The request.
    pub(super) request_id: ID,
    /// The version that you saw.
    pub(super) version: Option<i32>,
}

/// How soon a family needs somebody.
#[derive(InputObject)]
pub struct TriageSupportRequestInput {
    /// The request.
    pub(super) request_id: ID,
    /// How soon.
    pub(super) urgency: Urgency,
    /// The version that you saw.
    pub(super) version: Option<i32>,
}

/// Why a support request is closed.
#[derive(InputObject)]
pub struct CloseSupportRequestInput {
    /// The request.
    pub(super) request_id: ID,
    /// Why.
    pub(super) reason: CloseReason,
    /// The version that you saw.
    pub(super) version: Option<i32>,
}

/// Whom to propose.
#[derive(InputObject)]
pub struct ProposeMatchInput {
    /// The request.
    request_id: ID,
    /// The mentor.
    mentor_id: ID,
    /// How much the match will ask of the mentor; the family's wish when left out.
    intensity: Option<Intensity>,
    /// The version of the request that you saw.
    version: Option<i32>,
}

impl ProposeMatchInput {
    pub(super) fn read(self) -> Result<NewProposal> {
        let (request, mut check) = (target(&self.request_id, "input.requestId")?, Check::new());
        let mentor = reference(&self.mentor_id, "input.mentorId", &mut check);
        check.done()?;
        let mentor = mentor.ok_or(Error::NotFound)?;
        Ok(NewProposal { request, mentor, intensity: self.intensity.map(Into::into), version: self.version })
    }
}

/// A family's answer.
#[derive(InputObject)]
pub struct AnswerProposalAsFamilyInput {
    /// The proposal.
    proposal_id: ID,
    /// Yes or no. A no needs no reason.
    accept: bool,
    /// Whether there is a conflict of interest, for example that you know each other; needed with a yes.
    has_conflict: Option<bool>,
    /// What it is: up to 2000 characters.
    #[graphql(secret)]
    conflict_detail: Option<String>,
    /// Why not, if you like to say.
    reason: Option<DeclineReason>,
    /// The version that you saw.
    version: Option<i32>,
}

impl AnswerProposalAsFamilyInput {
    pub(super) fn read(self) -> Result<FamilyAnswer> {
        Ok(FamilyAnswer {
            proposal: target(&self.proposal_id, "input.proposalId")?,
            accept: self.accept,
            conflict: Conflict { exists: self.has_conflict, detail: self.conflict_detail },
            reason: self.reason.map(Into::into),
            version: self.version,
        })
    }
}

/// What a mentor can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "MentorChoice")]
pub enum MentorAnswerChoice {
    /// Yes: the match begins.
    Accept,
    /// No.
    Decline,
    /// Not before a question is answered; the clock stands until then.
    NeedsInformation,
}

/// A mentor's answer.
#[derive(InputObject)]
pub struct AnswerProposalAsMentorInput {
    /// The proposal.
    proposal_id: ID,
    /// The answer.
    answer: MentorAnswerChoice,
    /// Whether there is a conflict of interest, for example that you know each other; needed with a yes.
    has_conflict: Option<bool>,
    /// What it is: up to 2000 characters.
    #[graphql(secret)]
    conflict_detail: Option<String>,
    /// Why not, if you like to say.
    reason: Option<DeclineReason>,
    /// What you would like to know: up to 2000 characters; needed when asking for information.
    #[graphql(secret)]
    question: Option<String>,
    /// The version that you saw.
    version: Option<i32>,
}

impl AnswerProposalAsMentorInput {
    pub(super) fn read(self) -> Result<MentorAnswer> {
        Ok(MentorAnswer {
            proposal: target(&self.proposal_id, "input.proposalId")?,
            choice: self.answer.into(),
            conflict: Conflict { exists: self.has_conflict, detail: self.conflict_detail },
            reason: self.reason.map(Into::into),
            question: self.question,
            version: self.version,
        })
    }
}

/// A coordinator's answer to the mentor's question.
#[derive(InputObject)]
pub struct ProvideInformationInput {
    /// The proposal.
    proposal_id: ID,
    /// The answer, in broad terms and without names: up to 2000 characters.
    #[graphql(secret)]
    information: String,
    /// The version that you saw.
    version: Option<i32>,
}

impl ProvideInformationInput {
    pub(super) fn read(self) -> Result<Information> {
        Ok(Information {
            proposal: target(&self.proposal_id, "input.proposalId")?,
            text: self.information,
            version: self.version,
        })
    }
}

/// Which proposal.
#[derive(InputObject)]
pub struct WithdrawProposalInput {
    /// The proposal.
    pub(super) proposal_id: ID,
    /// The version that you saw.
    pub(super) version: Option<i32>,
}

/// Who steps in when the mentor cannot.
#[derive(InputObject)]
pub struct NameBackupMentorInput {
    /// The match.
    pub(super) match_id: ID,
    /// The backup mentor; leave it out to name nobody.
    pub(super) mentor_id: Option<ID>,
    /// The version that you saw.
    pub(super) version: Option<i32>,
}

/// Which match.
#[derive(InputObject)]
pub struct MatchInput {
    /// The match.
    pub(super) match_id: ID,
    /// The version that you saw.
    pub(super) version: Option<i32>,
}

/// When to say goodbye.
#[derive(InputObject)]
pub struct PlanGoodbyeInput {
    /// The match.
    pub(super) match_id: ID,
    /// Within the next 30 days.
    pub(super) goodbye_at: DateTime,
    /// The version that you saw.
    pub(super) version: Option<i32>,
}

/// The end of a match.
#[derive(InputObject)]
pub struct EndMatchInput {
    /// The match.
    match_id: ID,
    /// Why. Coordinators must say; families and mentors need not.
    reason: Option<EndReason>,
    /// Whether the family's request goes back to the coordinators, for another mentor; else it is closed. When left out:
    /// yes if the mentor ends the match, no otherwise.
    reopen_request: Option<bool>,
    /// Whether these two are never to be brought together again.
    #[graphql(default)]
    not_again: bool,
    /// The version that you saw.
    version: Option<i32>,
}

impl EndMatchInput {
    pub(super) fn read(self) -> Result<MatchEnd> {
        Ok(MatchEnd {
            id: target(&self.match_id, "input.matchId")?,
            reason: self.reason.map(Into::into),
            reopen: self.reopen_request,
            not_again: self.not_again,
            version: self.version,
        })
    }
}
