//! Who may do what, said a second time: in plain Rust, from the sentences that explain the policies and from the words of
//! the field, never from the policies' text. Where the two differ, one of them is wrong.
//!
//! The tests of `access` read this file too (`src/access/policy.rs`), to show that the comparison notices any change of
//! any policy. An action that this model does not name is nobody's, so that a new one must be written down here as well.

mod draw;

use kinward::access::{Action, Denial, Policy, Principal, PrincipalKind, Resource, ResourceKind};
use kinward::kernel::Error;

pub use draw::{Draw, NOW, Question};

/// What a caller hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answer {
    Allow,
    Forbidden,
    NotFound,
    NeedsFreshProof,
    NeedsSecondFactor,
}

/// What a caller has proved about themself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    /// With more than one factor.
    pub strong: bool,
    /// Within the last five minutes.
    pub fresh: bool,
}

/// The answer that the sentences give.
pub fn may(who: &Principal, action: Action, what: &Resource, proof: Proof) -> Answer {
    let right = has_right(who, action, what);
    if right && suffices(action, proof) {
        return Answer::Allow;
    }
    // Only who would be let in with a better proof is asked for one.
    if right && !proof.fresh && suffices(action, Proof { fresh: true, ..proof }) {
        return Answer::NeedsFreshProof;
    }
    if right && !proof.strong && suffices(action, Proof { strong: true, fresh: true }) {
        return Answer::NeedsSecondFactor;
    }
    let look = what.kind.read_action().filter(|look| *look != action);
    let may_know = look.is_some_and(|look| has_right(who, look, what) && suffices(look, proof));
    if may_know { Answer::Forbidden } else { Answer::NotFound }
}

/// The answer that the policies give.
pub fn decided(policy: &Policy, question: &Question) -> Answer {
    let Question { who, action, what } = question;
    match policy.decide(who, *action, what.clone(), NOW) {
        Ok(_) => Answer::Allow,
        Err(denial) => heard(denial),
    }
}

fn heard(denial: Box<Denial>) -> Answer {
    match Error::from(denial) {
        Error::Forbidden => Answer::Forbidden,
        Error::NotFound => Answer::NotFound,
        Error::FreshProofNeeded => Answer::NeedsFreshProof,
        Error::SecondFactorNeeded => Answer::NeedsSecondFactor,
        other => panic!("no answer of a decision: {other:?}"),
    }
}

/// What must be proved for it, on top of the right.
fn suffices(action: Action, proof: Proof) -> bool {
    match action {
        // The gravest act: an unlocked screen is not enough.
        Action::CloseAccount => proof.fresh,
        _ => true,
    }
}

/// Whether somebody has the right to it, whatever they have proved.
fn has_right(who: &Principal, action: Action, what: &Resource) -> bool {
    if action.resource_kind() != what.kind {
        return false;
    }
    let as_themself = has_own_right(who, action, what);
    let as_who_they_are = match who.kind {
        PrincipalKind::Anonymous => {
            matches!(action, Action::AcceptInvitation | Action::SignIn | Action::RefreshTokens)
        }
        PrincipalKind::FamilyMember => caregiver(who, action, what),
        PrincipalKind::Mentor => mentor(who, action, what),
        PrincipalKind::Coordinator => coordinator(who, action, what),
        PrincipalKind::SafeguardingLead => lead(who, action, what),
        PrincipalKind::Auditor => matches!(action, Action::ReadAuditLog | Action::VerifyAuditLog) && is_near(who, what),
        PrincipalKind::Administrator => administrator(who, action, what),
        PrincipalKind::SystemJob => matches!(action, Action::RunJob | Action::Bootstrap | Action::VerifyAuditLog),
    };
    as_themself || as_who_they_are
}

/// Whether they act in the programme that the record belongs to.
fn is_near(who: &Principal, what: &Resource) -> bool {
    who.programme.is_some() && who.programme == what.programme
}

/// Whether it is their own account.
fn is_own(who: &Principal, what: &Resource) -> bool {
    who.account.is_some() && who.account == what.account
}

/// What everybody may do with their own account, and see of the programme that they act in.
fn has_own_right(who: &Principal, action: Action, what: &Resource) -> bool {
    match action {
        Action::ReadAccount | Action::ManageOwnSessions | Action::ChangePassphrase => is_own(who, what),
        Action::ReadProgramme => is_near(who, what),
        _ => false,
    }
}

/// A caregiver: everything about their own family, nothing about another.
fn caregiver(who: &Principal, action: Action, what: &Resource) -> bool {
    let Some(family) = who.family else { return false };
    let of_own_family = what.families.contains(&family);
    is_near(who, what)
        && match action {
            // The record, what they told in confidence, how to reach them, their days, their request.
            Action::ReadFamily
            | Action::ReadCircumstances
            | Action::UpdateFamily
            | Action::ReadSafeContactPlan
            | Action::SetSafeContactPlan
            | Action::SetFamilyDays
            | Action::WriteRequest
            | Action::ReadRequest
            | Action::WithdrawRequest => of_own_family,
            // The mentor that is proposed, and the one they are matched with now.
            Action::ReadProposal | Action::AnswerForFamily | Action::ReadMentor => of_own_family,
            // Their matches, times, sessions.
            Action::ReadMatch
            | Action::EndMatch
            | Action::ListSlots
            | Action::ListSessions
            | Action::BookSession
            | Action::ReadSession
            | Action::ChangeSession
            | Action::CloseSession => of_own_family,
            // Their conversation.
            Action::ReadConversation | Action::WriteMessage | Action::ReportMessage => of_own_family,
            Action::ListRequests | Action::ListProposals | Action::ListMatches | Action::ListOwnSessions => true,
            _ => false,
        }
}

/// A mentor: their own record, and the family that they are matched with now.
fn mentor(who: &Principal, action: Action, what: &Resource) -> bool {
    let Some(mentor) = who.mentor else { return false };
    let tied_now = what.mentors.contains(&mentor);
    is_near(who, what)
        && match action {
            // Their own record, and stepping back without blame.
            Action::ReadMentor
            | Action::ReadMentorRecord
            | Action::UpdateMentor
            | Action::StepBack
            | Action::ReadAvailability
            | Action::SetAvailability => tied_now,
            // Never circumstances nor the safe-contact plan.
            Action::ReadFamily => tied_now,
            Action::ReadProposal | Action::AnswerAsMentor => tied_now,
            Action::ReadMatch
            | Action::EndMatch
            | Action::ListSlots
            | Action::ListSessions
            | Action::BookSession
            | Action::ReadSession
            | Action::ChangeSession
            | Action::CloseSession
            | Action::CompleteSession
            | Action::ReadOutcome => tied_now,
            Action::ReadConversation | Action::WriteMessage | Action::ReportMessage => tied_now,
            Action::ListProposals | Action::ListMatches | Action::ListOwnSessions => true,
            _ => false,
        }
}

/// A coordinator: triages, compares, proposes, moderates, ends and re-makes matches, in their own programme. Never a
/// conversation beyond what a case puts in front of them, and never other staff's accounts.
fn coordinator(who: &Principal, action: Action, what: &Resource) -> bool {
    is_near(who, what)
        && match what.kind {
            ResourceKind::Programme => !matches!(action, Action::InviteStaff | Action::ListOwnSessions),
            // The request is the family's own to write.
            ResourceKind::Family => action != Action::WriteRequest,
            ResourceKind::Mentor | ResourceKind::Match => true,
            ResourceKind::SupportRequest => action != Action::WithdrawRequest,
            ResourceKind::Proposal => matches!(action, Action::ReadProposal | Action::ManageProposal),
            // Who was there says how a session went.
            ResourceKind::Session => !matches!(action, Action::CloseSession | Action::CompleteSession),
            ResourceKind::Case => moderator(who, action, what),
            ResourceKind::Account => {
                matches!(action, Action::ReadAccount | Action::SuspendAccount | Action::ReinstateAccount)
                    && !what.staff
                    && (action == Action::ReadAccount || !is_own(who, what))
            }
            ResourceKind::Conversation | ResourceKind::System | ResourceKind::AuditLog => false,
        }
}

/// A safeguarding lead: sees families, mentors and matches of their programme, may end a match, and moderates.
fn lead(who: &Principal, action: Action, what: &Resource) -> bool {
    is_near(who, what)
        && match action {
            Action::ListFamilies | Action::ListMentors | Action::ListMatches | Action::ListCases => true,
            Action::ReadFamily | Action::ReadCircumstances | Action::ReadSafeContactPlan => true,
            Action::ReadMentor | Action::ReadMentorRecord => true,
            Action::ReadMatch | Action::EndMatch => true,
            _ => what.kind == ResourceKind::Case && moderator(who, action, what),
        }
}

/// Sees, claims and notes cases; decides one that they hold.
fn moderator(who: &Principal, action: Action, what: &Resource) -> bool {
    match action {
        Action::ReadCase | Action::ClaimCase | Action::NoteCase => true,
        Action::DecideCase => who.account.is_some() && who.account == what.holder,
        _ => false,
    }
}

/// An administrator: programmes, their staff, and accounts, never their own; verifies the log without reading it.
fn administrator(who: &Principal, action: Action, what: &Resource) -> bool {
    match action {
        Action::CreateProgramme | Action::ListProgrammes | Action::ListAccounts => true,
        Action::ReadProgramme | Action::InviteStaff | Action::RevokeInvitation | Action::ListInvitations => true,
        Action::ReadAccount | Action::VerifyAuditLog => true,
        Action::SuspendAccount | Action::ReinstateAccount | Action::CloseAccount => !is_own(who, what),
        _ => false,
    }
}
