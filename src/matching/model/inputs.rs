//! What people send, and what is wrong with it.

use jiff::{SignedDuration, Timestamp};

use super::facts::Intensity;
use super::records::{BroadFacts, DeclineReason, Side};
use super::states::EndReason;
use crate::kernel::ids::{MatchId, MentorId, ProposalId, RequestId};
use crate::kernel::{Check, Code, Error, Problem, Result};

/// The most characters of what a family hopes for.
const MAX_HOPES: usize = 4000;
/// The most characters of the other texts.
const MAX_TEXT: usize = 2000;
/// The most words in a list.
const MAX_WORDS: usize = 10;
/// The most mentors that a family can turn away by name.
const MAX_EXCLUDED: usize = 20;
/// The furthest away that a goodbye can be planned.
const MAX_GOODBYE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A support request being written.
#[derive(Debug, Clone)]
pub struct RequestDraft {
    /// The draft to change; none for a new one.
    pub request: Option<RequestId>,
    /// What matters.
    pub facts: BroadFacts,
    /// What the family hopes for, in its own words.
    pub hopes: Option<String>,
    /// The version that the caller saw.
    pub version: Option<i32>,
}

impl RequestDraft {
    /// Cleans it, or names everything that is wrong.
    pub fn check(mut self) -> Result<Self> {
        let mut check = Check::new();
        self.facts.cultures = words(&mut check, "input.facts.cultures", &self.facts.cultures);
        self.facts.topics = words(&mut check, "input.facts.topics", &self.facts.topics);
        self.facts.channels.sort_unstable();
        self.facts.channels.dedup();
        check.at_most("input.facts.excludedMentors", &self.facts.excluded_mentors, MAX_EXCLUDED);
        self.hopes = optional(&mut check, "input.hopes", self.hopes.as_deref(), MAX_HOPES);
        check.done().map(|()| self)
    }
}

/// A coordinator's proposal.
#[derive(Debug, Clone, Copy)]
pub struct NewProposal {
    /// The request.
    pub request: RequestId,
    /// The mentor.
    pub mentor: MentorId,
    /// How much the match will ask of the mentor; the family's wish when left out.
    pub intensity: Option<Intensity>,
    /// The version of the request that the caller saw.
    pub version: Option<i32>,
}

/// What somebody declares about conflicts of interest.
#[derive(Debug, Clone, Default)]
pub struct Conflict {
    /// Whether there is one; must be said with a yes.
    pub exists: Option<bool>,
    /// What it is.
    pub detail: Option<String>,
}

impl Conflict {
    fn check(mut self, check: &mut Check, needed: bool) -> Self {
        let message = "Say whether there is a conflict of interest.";
        check.ensure(!needed || self.exists.is_some(), Code::Required, "input.hasConflict", message);
        self.detail = optional(check, "input.conflictDetail", self.detail.as_deref(), MAX_TEXT);
        // Two answers to one question: somebody must say which one they mean before a match rests on it.
        let plain = self.detail.is_none() || self.exists != Some(false);
        let message = "You said that there is no conflict. Say that there is one, or leave out what it is.";
        check.ensure(plain, Code::Invalid, "input.conflictDetail", message);
        self
    }
}

/// The family's answer to a proposal.
#[derive(Debug, Clone)]
pub struct FamilyAnswer {
    /// The proposal.
    pub proposal: ProposalId,
    /// Yes or no.
    pub accept: bool,
    /// Needed with a yes.
    pub conflict: Conflict,
    /// Why not, if the family likes to say.
    pub reason: Option<DeclineReason>,
    /// The version that the caller saw.
    pub version: Option<i32>,
}

impl FamilyAnswer {
    /// Cleans it, or names everything that is wrong.
    pub fn check(mut self) -> Result<Self> {
        let mut check = Check::new();
        self.conflict = self.conflict.check(&mut check, self.accept);
        check.done().map(|()| self)
    }
}

/// What a mentor can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MentorChoice {
    /// Yes.
    Accept,
    /// No.
    Decline,
    /// Not before a question is answered.
    NeedsInformation,
}

/// The mentor's answer to a proposal.
#[derive(Debug, Clone)]
pub struct MentorAnswer {
    /// The proposal.
    pub proposal: ProposalId,
    /// The answer.
    pub choice: MentorChoice,
    /// Needed with a yes.
    pub conflict: Conflict,
    /// Why not, if the mentor likes to say.
    pub reason: Option<DeclineReason>,
    /// What the mentor wants to know; needed when asking for information.
    pub question: Option<String>,
    /// The version that the caller saw.
    pub version: Option<i32>,
}

impl MentorAnswer {
    /// Cleans it, or names everything that is wrong.
    pub fn check(mut self) -> Result<Self> {
        let mut check = Check::new();
        self.conflict = self.conflict.check(&mut check, self.choice == MentorChoice::Accept);
        self.question = optional(&mut check, "input.question", self.question.as_deref(), MAX_TEXT);
        let asked = self.choice != MentorChoice::NeedsInformation || self.question.is_some();
        check.ensure(asked, Code::Required, "input.question", "Say what you would like to know.");
        check.done().map(|()| self)
    }
}

/// A coordinator's answer to the mentor's question.
#[derive(Debug, Clone)]
pub struct Information {
    /// The proposal.
    pub proposal: ProposalId,
    /// The answer, in broad terms.
    pub text: String,
    /// The version that the caller saw.
    pub version: Option<i32>,
}

impl Information {
    /// Cleans it, or names everything that is wrong.
    pub fn check(mut self) -> Result<Self> {
        let mut check = Check::new();
        self.text = check.prose("input.information", &self.text, 1, MAX_TEXT);
        check.done().map(|()| self)
    }
}

/// The end of a match.
#[derive(Debug, Clone, Copy)]
pub struct MatchEnd {
    /// The match.
    pub id: MatchId,
    /// Why; coordinators must say, the two sides need not.
    pub reason: Option<EndReason>,
    /// Whether the family's request goes back to the coordinators, for another mentor. When left out: yes if the mentor
    /// ends the match (the family loses no place), no otherwise.
    pub reopen: Option<bool>,
    /// Whether these two are never to be brought together again.
    pub not_again: bool,
    /// The version that the caller saw.
    pub version: Option<i32>,
}

/// Who ends a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ender {
    /// One of the two sides.
    Side(Side),
    /// The programme.
    Staff,
}

impl MatchEnd {
    /// The reason to be kept: one that the caller may speak of.
    pub fn reason_by(&self, who: Ender) -> Result<EndReason> {
        let at = |code, message: &'static str| Error::refused(Problem::at(code, "input.reason", message));
        let foreign = || at(Code::Invalid, "Only the other side can give this reason.");
        match (who, self.reason) {
            (Ender::Side(Side::Family), None) => Ok(EndReason::FamilyChoice),
            (Ender::Side(Side::Mentor), None) => Ok(EndReason::MentorChoice),
            (Ender::Staff, None) => Err(at(Code::Required, "Say why the match ends.")),
            (Ender::Side(Side::Family), Some(EndReason::MentorChoice | EndReason::MentorUnavailable))
            | (Ender::Side(Side::Mentor), Some(EndReason::FamilyChoice | EndReason::MovedProgramme)) => Err(foreign()),
            (_, Some(reason)) => Ok(reason),
        }
    }

    /// Whether the request goes back to the coordinators. When the mentor ends the match it always does: the family loses
    /// no place by it.
    #[must_use]
    pub fn reopens(&self, who: Ender) -> bool {
        who == Ender::Side(Side::Mentor) || self.reopen.unwrap_or(false)
    }
}

/// Refuses a goodbye in the past or more than 30 days away.
pub fn check_goodbye(at: Timestamp, now: Timestamp) -> Result<()> {
    let mut check = Check::new();
    let within = at > now && at <= now + MAX_GOODBYE;
    check.ensure(within, Code::OutOfRange, "input.goodbyeAt", "Choose a time within the next 30 days.");
    check.done()
}

/// Refuses a change of something that has changed since the caller saw it.
pub fn fresh(seen: Option<i32>, version: i32) -> Result<()> {
    if seen.is_none_or(|seen| seen == version) {
        return Ok(());
    }
    let message = "This was changed in the meantime. Look at it again first.";
    Err(Error::refused(Problem::at(Code::Stale, "input.version", message)))
}

fn optional(check: &mut Check, path: &str, text: Option<&str>, max: usize) -> Option<String> {
    let clean = check.prose(path, text?, 0, max);
    (!clean.is_empty()).then_some(clean)
}

/// Cleans a list of at most 10 words of the programme's own lists: sorted, no doubles.
fn words(check: &mut Check, path: &str, list: &[String]) -> Vec<String> {
    check.at_most(path, list, MAX_WORDS);
    let mut clean = Vec::new();
    for (at, word) in list.iter().take(MAX_WORDS).enumerate() {
        let here = format!("{path}.{at}");
        let word = check.line(&here, word, 2, 40);
        let shaped = word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        check.ensure(shaped, Code::Invalid, &here, "Use small letters, digits and _.");
        clean.push(word);
    }
    clean.sort_unstable();
    clean.dedup();
    clean
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::matching::model::facts::{AgeBand, CaregiverRole, ExploitationKind, GenderPreference, Phase};

    fn paths<T>(result: Result<T>) -> Vec<(String, String)> {
        match result {
            Err(Error::Refused(problems)) => {
                problems.iter().map(|p| (p.code.to_string(), p.field().join("."))).collect()
            }
            _ => Vec::new(),
        }
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(code, path)| ((*code).to_owned(), (*path).to_owned())).collect()
    }

    fn draft() -> RequestDraft {
        let facts = BroadFacts {
            kind: ExploitationKind::Unknown,
            phase: Phase::Recovered,
            role: CaregiverRole::Parent,
            age_band: AgeBand::From14To17,
            cultures: vec!["haitian".to_owned(), "haitian".to_owned()],
            gender: GenderPreference::Any,
            channels: vec![],
            topics: vec!["court".to_owned()],
            intensity: Intensity::Standard,
            excluded_mentors: vec![],
        };
        RequestDraft { request: None, facts, hopes: Some("  Somebody to talk to. ".to_owned()), version: None }
    }

    #[test]
    fn a_draft_is_cleaned_and_everything_wrong_is_named() {
        let clean = draft().check().unwrap();
        assert_eq!(clean.facts.cultures, ["haitian"]);
        assert_eq!(clean.hopes.as_deref(), Some("Somebody to talk to."));
        let mut wrong = draft();
        wrong.facts.topics = vec!["Court Dates".to_owned()];
        wrong.facts.cultures = vec!["x2".to_owned(); 11];
        wrong.hopes = Some("é".repeat(4001));
        let want =
            [("TOO_LONG", "input.facts.cultures"), ("INVALID", "input.facts.topics.0"), ("TOO_LONG", "input.hopes")];
        assert_eq!(paths(wrong.check()), pairs(&want));
    }

    #[test]
    fn a_yes_needs_a_declaration_and_a_question_needs_words() {
        let proposal = ProposalId::from(Uuid::from_u128(1));
        let answer =
            FamilyAnswer { proposal, accept: true, conflict: Conflict::default(), reason: None, version: None };
        assert_eq!(paths(answer.clone().check()), pairs(&[("REQUIRED", "input.hasConflict")]));
        assert!(FamilyAnswer { accept: false, ..answer }.check().is_ok());
        let answer = MentorAnswer {
            proposal,
            choice: MentorChoice::NeedsInformation,
            conflict: Conflict::default(),
            reason: None,
            question: Some(" ".to_owned()),
            version: None,
        };
        assert_eq!(paths(answer.check()), pairs(&[("REQUIRED", "input.question")]));
    }

    #[test]
    fn each_ends_a_match_with_reasons_of_its_own() {
        let id = MatchId::from(Uuid::from_u128(1));
        let end = MatchEnd { id, reason: None, reopen: None, not_again: false, version: None };
        let (family, mentor) = (Ender::Side(Side::Family), Ender::Side(Side::Mentor));
        assert_eq!(end.reason_by(family).unwrap(), EndReason::FamilyChoice);
        assert_eq!(end.reason_by(mentor).unwrap(), EndReason::MentorChoice);
        assert_eq!(paths(end.reason_by(Ender::Staff)), pairs(&[("REQUIRED", "input.reason")]));
        assert!(end.reopens(mentor) && !end.reopens(family) && !end.reopens(Ender::Staff));
        let end = MatchEnd { reason: Some(EndReason::FamilyChoice), reopen: Some(false), ..end };
        assert_eq!(paths(end.reason_by(mentor)), pairs(&[("INVALID", "input.reason")]));
        assert!(end.reason_by(Ender::Staff).is_ok() && end.reopens(mentor) && !end.reopens(family));
    }

    #[test]
    fn a_goodbye_is_within_thirty_days() {
        let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        assert!(check_goodbye(now + MAX_GOODBYE, now).is_ok());
        for wrong in [now, now + MAX_GOODBYE + SignedDuration::from_secs(1)] {
            assert_eq!(paths(check_goodbye(wrong, now)), pairs(&[("OUT_OF_RANGE", "input.goodbyeAt")]));
        }
        assert!(fresh(None, 3).is_ok() && fresh(Some(3), 3).is_ok());
        assert_eq!(paths(fresh(Some(2), 3)), pairs(&[("STALE", "input.version")]));
    }
}
