//! Who may do what, said a second time: in plain Rust, from the sentences that explain the policies and from the words of
//! the field, never from the policies' text. Where the two differ, one of them is wrong.
//!
//! The tests of `access` read this file too (`src/access/rules/tests.rs`), to show that the comparison notices any change of
//! any policy. An action that this model does not name is nobody's, so that a new one must be written down here as well.

#![expect(clippy::match_same_arms, reason = "each arm is a sentence of its own")]

mod draw;

use kinward::access::{Action, Denial, Policy, Principal, PrincipalKind, Resource, ResourceKind};
use kinward::kernel::{Error, Right};
use uuid::Uuid;

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
    let with = |proof| right && suffices(who, action, what, proof);
    if with(proof) {
        return Answer::Allow;
    }
    // Who serves families and showed one factor only hears of the second for all that they could do with it, whether there
    // is such a record or not.
    if serves(who) && !proof.strong && wants_second_factor(who, action) {
        return Answer::NeedsSecondFactor;
    }
    // Only who would be let in with a better proof is asked for one.
    if with(Proof { fresh: true, ..proof }) {
        return Answer::NeedsFreshProof;
    }
    if with(Proof { strong: true, fresh: true }) {
        return Answer::NeedsSecondFactor;
    }
    let look = what.kind.read_action().filter(|look| *look != action);
    let may_know = look.is_some_and(|look| has_right(who, look, what) && suffices(who, look, what, proof));
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

/// Mentors and staff, of whom a second factor is asked; families may choose.
fn serves(who: &Principal) -> bool {
    !matches!(who.kind, PrincipalKind::Anonymous | PrincipalKind::FamilyMember | PrincipalKind::SystemJob)
}

/// What must be proved for it, on top of the right.
fn suffices(who: &Principal, action: Action, what: &Resource, proof: Proof) -> bool {
    let fresh_enough = match action {
        // The gravest acts: an unlocked screen is not enough.
        Action::CloseAccount | Action::ChangeRole | Action::OpenBreakGlass => proof.fresh,
        // What decides who gets in next time.
        Action::ChangePassphrase | Action::AddFactor | Action::RemoveFactor | Action::RenewRecoveryCodes => proof.fresh,
        // What lets somebody in who cannot show what they had.
        Action::RequestReset | Action::ApproveReset | Action::MakeEntryCode => proof.fresh,
        // What shuts the owner's own devices out.
        Action::EndSignIns => proof.fresh,
        _ => true,
    };
    // Without a second factor those who serve come as far as getting one, and out.
    let way_in = match action {
        Action::ReadAccount
        | Action::ManageOwnSessions
        | Action::ListFactors
        | Action::AddFactor
        | Action::ProveAgain
        | Action::StopReset => is_own(who, what),
        _ => false,
    };
    fresh_enough && (proof.strong || way_in || !serves(who))
}

/// Whether there can be a record about which they have the right, and would need a second factor: their own or another's,
/// held by them or not, of staff or not, tied to all that they are tied to.
fn wants_second_factor(who: &Principal, action: Action) -> bool {
    let mut near = Resource::new(action.resource_kind(), Uuid::from_u128(77));
    near.programme = who.programme;
    near.families.extend(who.family);
    near.mentors.extend(who.mentor);
    near.openers.extend(who.account);
    (0..8).any(|which| {
        let mine = |bit: u8| who.account.filter(|_| which & bit > 0);
        let what = Resource { account: mine(1), holder: mine(2), staff: which & 4 > 0, ..near.clone() };
        has_right(who, action, &what) && !suffices(who, action, &what, Proof { strong: false, fresh: true })
    })
}

/// Whether somebody has the right to it, whatever they have proved.
fn has_right(who: &Principal, action: Action, what: &Resource) -> bool {
    if action.resource_kind() != what.kind {
        return false;
    }
    // Who is marked as an alleged abuser of a family has no part in it, as whatever they come.
    if who.account.is_some_and(|account| what.barred.contains(&account)) {
        return false;
    }
    let as_themself = has_own_right(who, action, what);
    let as_who_they_are = match who.kind {
        PrincipalKind::Anonymous => {
            matches!(
                action,
                Action::AcceptInvitation
                    | Action::SignIn
                    | Action::AnswerChallenge
                    | Action::BeginProviderSignIn
                    | Action::ProviderSignIn
                    | Action::RefreshTokens
                    | Action::StopResetAtSignIn
            )
        }
        PrincipalKind::FamilyMember => caregiver(who, action, what),
        PrincipalKind::Mentor => mentor(who, action, what),
        PrincipalKind::Coordinator => coordinator(who, action, what),
        PrincipalKind::SafeguardingLead => lead(who, action, what),
        PrincipalKind::Auditor => {
            let log = matches!(action, Action::ReadAuditLog | Action::VerifyAuditLog) && is_near(who, what);
            // What belongs to no programme, any auditor may read.
            log || action == Action::ReadPlatformLog
        }
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

/// Whether they have the record's family open by break-glass now.
fn has_open(who: &Principal, what: &Resource) -> bool {
    who.account.is_some_and(|account| what.openers.contains(&account))
}

/// What everybody may do with their own account, and see of the programme that they act in.
fn has_own_right(who: &Principal, action: Action, what: &Resource) -> bool {
    match action {
        Action::ReadAccount | Action::ManageOwnSessions | Action::ChangePassphrase | Action::ProveAgain => {
            is_own(who, what)
        }
        Action::ReadSignIns | Action::EndSignIns | Action::StopReset => is_own(who, what),
        Action::ListFactors
        | Action::AddFactor
        | Action::RenameFactor
        | Action::RemoveFactor
        | Action::RenewRecoveryCodes => is_own(who, what),
        Action::ReadProgramme => is_near(who, what),
        _ => false,
    }
}

/// A caregiver: about their own family what they were given the right to, nothing about another.
fn caregiver(who: &Principal, action: Action, what: &Resource) -> bool {
    let Some(family) = who.family else { return false };
    let of_own_family = what.families.contains(&family);
    let given = |right: Right| {
        of_own_family
            && who.account.is_some_and(|own| what.rights.iter().any(|(to, some)| *to == own && some.has(right)))
    };
    is_near(who, what)
        && match action {
            // Whoever belongs to it sees who else does, and whom it is matched with now.
            Action::ReadFamily | Action::ReadMentor | Action::ReadMatch => of_own_family,
            // What they told in confidence, how to reach them, who looked at it.
            Action::ReadCircumstances | Action::ReadSafeContactPlan | Action::ReadLedger => given(Right::Record),
            Action::UpdateFamily | Action::SetSafeContactPlan | Action::SetFamilyDays => given(Right::Keep),
            // Whom they want, and whether: it is all theirs to stop.
            Action::WriteRequest
            | Action::ReadRequest
            | Action::WithdrawRequest
            | Action::ReadProposal
            | Action::AnswerForFamily
            | Action::EndMatch => given(Right::Ask),
            Action::ListSlots
            | Action::ListSessions
            | Action::BookSession
            | Action::ReadSession
            | Action::ChangeSession
            | Action::CloseSession => given(Right::Meet),
            // What may be told, which is theirs to say and to take back.
            Action::ListReleases
            | Action::DraftRelease
            | Action::ReadRelease
            | Action::ChangeRelease
            | Action::SignRelease
            | Action::RevokeRelease => given(Right::Release),
            Action::ReadConversation | Action::WriteMessage | Action::ReportMessage => given(Right::Write),
            // Whom else they trust with it; and out, for themself.
            Action::InviteCaregiver | Action::ReadRights | Action::SetRights => given(Right::Delegate),
            Action::RemoveCaregiver => given(Right::Delegate) || (of_own_family && is_own(who, what)),
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
            // Staff and settings are the administrators'.
            ResourceKind::Programme => {
                !matches!(action, Action::InviteStaff | Action::SetProgramme | Action::ListOwnSessions)
            }
            // The request is the family's own to write, as the ledger is theirs to read; opening is the leads'.
            ResourceKind::Family => {
                let familys_own = matches!(
                    action,
                    Action::WriteRequest | Action::ReadLedger | Action::InviteCaregiver | Action::SetRights
                );
                let leads_own = matches!(action, Action::OpenBreakGlass | Action::LiftMark);
                !familys_own && !leads_own && action != Action::RemoveCaregiver
            }
            ResourceKind::Mentor | ResourceKind::Match => true,
            ResourceKind::SupportRequest => action != Action::WithdrawRequest,
            ResourceKind::Proposal => matches!(action, Action::ReadProposal | Action::ManageProposal),
            // Who was there says how a session went.
            ResourceKind::Session => !matches!(action, Action::CloseSession | Action::CompleteSession),
            ResourceKind::Case => moderator(who, action, what),
            ResourceKind::BreakGlass => sees_openings(action),
            // Consent is the family's own.
            ResourceKind::Release => action != Action::SignRelease,
            ResourceKind::Account => {
                let shuts_out = matches!(action, Action::SuspendAccount | Action::ReinstateAccount);
                let helps = matches!(
                    action,
                    Action::ReadAccount | Action::ReadSignIns | Action::EndSignIns | Action::HandleSecurityAlert
                );
                let lets_in = matches!(action, Action::StopReset) || resets(who, action, what);
                !what.staff && (helps || lets_in || (shuts_out && !is_own(who, what)))
            }
            // Whom to call about a stolen sign-in; not the log itself.
            ResourceKind::AuditLog => action == Action::ListSecurityAlerts,
            ResourceKind::Conversation | ResourceKind::System => false,
        }
}

/// A safeguarding lead: sees families, mentors and matches of their programme, may end a match, moderates, and in an
/// emergency opens a family to read what else there is.
fn lead(who: &Principal, action: Action, what: &Resource) -> bool {
    is_near(who, what)
        && match action {
            Action::ListFamilies | Action::ListMentors | Action::ListMatches | Action::ListCases => true,
            Action::ReadFamily | Action::ReadCircumstances | Action::ReadSafeContactPlan => true,
            Action::MarkAllegedAbuser | Action::ReadAllegedAbusers => true,
            // A mistake is mended by somebody else.
            Action::LiftMark => !is_own(who, what),
            Action::ReadRights | Action::RestrictCaregiver | Action::ReadRestrictions => true,
            Action::ReadMentor | Action::ReadMentorRecord => true,
            Action::ReadMatch | Action::EndMatch => true,
            Action::ListReleases | Action::ReadRelease => true,
            Action::OpenBreakGlass | Action::ListBreakGlass => true,
            Action::ReadRequest
            | Action::ReadProposal
            | Action::ReadSession
            | Action::ReadOutcome
            | Action::ReadConversation => has_open(who, what),
            Action::UseBreakGlass => has_open(who, what) && is_own(who, what),
            Action::ReadBreakGlassTrail => true,
            // Nobody judges themself, nor hides longer what they did.
            Action::ReviewBreakGlass | Action::DelayBreakGlass => !is_own(who, what),
            Action::ListResets => true,
            // The second person, where there is no second coordinator.
            Action::StopReset => !what.staff,
            Action::ApproveReset => !what.staff && resets(who, action, what),
            _ => sees_openings(action) || moderator(who, action, what),
        }
}

/// Letting somebody in again is for others than themself, and approved by another than who asked for it.
fn resets(who: &Principal, action: Action, what: &Resource) -> bool {
    let asked_for_it = who.account.is_some() && who.account == what.holder;
    match action {
        Action::RequestReset | Action::MakeEntryCode => !is_own(who, what),
        Action::ApproveReset => !is_own(who, what) && !asked_for_it,
        _ => false,
    }
}

/// What a programme's coordinators and leads may see of an opening; either may stop it.
fn sees_openings(action: Action) -> bool {
    matches!(action, Action::ReadBreakGlass | Action::ReadBreakGlassReason | Action::EndBreakGlass)
}

/// Sees, claims and notes cases; decides one that they hold. What was handed to the leads is theirs alone, and nobody judges
/// what was said in a match of their own.
fn moderator(who: &Principal, action: Action, what: &Resource) -> bool {
    if who.account.is_some_and(|account| what.sides.contains(&account)) {
        return false;
    }
    let theirs_to_take = !what.escalated || who.kind == PrincipalKind::SafeguardingLead;
    match action {
        Action::ReadCase | Action::NoteCase => true,
        Action::ClaimCase => theirs_to_take,
        Action::DecideCase => theirs_to_take && who.account.is_some() && who.account == what.holder,
        _ => false,
    }
}

/// An administrator: programmes, their staff and settings, and accounts and roles, never their own; verifies the log
/// without reading it, and judges openings without their words.
fn administrator(who: &Principal, action: Action, what: &Resource) -> bool {
    match action {
        Action::CreateProgramme | Action::ListProgrammes | Action::ListAccounts => true,
        Action::ReadProgramme | Action::InviteStaff | Action::RevokeInvitation | Action::ListInvitations => true,
        Action::SetProgramme | Action::ReadAccount | Action::VerifyAuditLog => true,
        Action::ReadSignIns | Action::EndSignIns | Action::HandleSecurityAlert | Action::ListSecurityAlerts => true,
        Action::SuspendAccount | Action::ReinstateAccount | Action::CloseAccount | Action::ChangeRole => {
            !is_own(who, what)
        }
        Action::ListResets => true,
        Action::StopReset => what.staff,
        Action::RequestReset | Action::ApproveReset | Action::MakeEntryCode => what.staff && resets(who, action, what),
        Action::ListBreakGlass | Action::ReadBreakGlass | Action::ReadBreakGlassTrail => true,
        Action::ReviewBreakGlass => !is_own(who, what),
        _ => false,
    }
}
