//! Everything that can be asked for, each as a value and as a type.

use super::ResourceKind;

/// What an action does to the record, and so how the audit log treats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Changes something: always recorded, in the change's own transaction.
    Change,
    /// Reads what is sensitive: recorded before the answer leaves.
    Read,
    /// Reads what is not sensitive, or one's own settings: recorded only when denied.
    Glance,
}

/// The type-level name of an action, so that a permit for one can never serve another.
pub trait ActionTag: Send + Sync + 'static {
    /// The action as a value.
    const ACTION: Action;
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal on $kind:ident, $effect:ident;)+) => {
        /// An action that somebody can ask for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $($(#[$doc])* $name,)+
        }

        impl Action {
            /// Every action, in the order of the permission matrix.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name in policies and audit entries, for example `family.read`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The kind of record it is about.
            #[must_use]
            pub const fn resource_kind(self) -> ResourceKind {
                match self { $(Self::$name => ResourceKind::$kind,)+ }
            }

            /// What it does to the record.
            #[must_use]
            pub const fn effect(self) -> Effect {
                match self { $(Self::$name => Effect::$effect,)+ }
            }
        }

        /// The actions as types.
        pub mod act {
            use super::{Action, ActionTag};
            $(
                $(#[$doc])*
                #[derive(Debug, Clone, Copy)]
                pub struct $name;
                impl ActionTag for $name {
                    const ACTION: Action = Action::$name;
                }
            )+
        }
    };
}

actions! {
    /// Turn an invitation code into an account.
    AcceptInvitation = "invitation.accept" on System, Change;
    /// Sign in with a passphrase.
    SignIn = "session.sign_in" on System, Change;
    /// Stop the reset of the account whose second factor is being asked for.
    StopResetAtSignIn = "session.stop_reset" on System, Change;
    /// Answer the challenge of a sign-in: with a code, a recovery code or a passkey.
    AnswerChallenge = "session.answer" on System, Change;
    /// Begin to sign in through the identity provider.
    BeginProviderSignIn = "session.provider_begin" on System, Change;
    /// Sign in with the identity provider's answer.
    ProviderSignIn = "session.provider" on System, Change;
    /// Exchange a refresh token.
    RefreshTokens = "session.refresh" on System, Change;
    /// Create the first administrator's invitation.
    Bootstrap = "system.bootstrap" on System, Change;
    /// Make a programme.
    CreateProgramme = "programme.create" on System, Change;
    /// List programmes.
    ListProgrammes = "programme.list" on System, Glance;
    /// See a programme's name and settings.
    ReadProgramme = "programme.read" on Programme, Glance;
    /// Change a programme's settings.
    SetProgramme = "programme.set" on Programme, Change;
    /// Invite a member of staff.
    InviteStaff = "invitation.staff" on Programme, Change;
    /// Invite a caregiver.
    InviteFamilyMember = "invitation.family" on Programme, Change;
    /// Invite a mentor.
    InviteMentor = "invitation.mentor" on Programme, Change;
    /// Take an unused invitation back.
    RevokeInvitation = "invitation.revoke" on Programme, Change;
    /// List open invitations.
    ListInvitations = "invitation.list" on Programme, Read;
    /// List accounts.
    ListAccounts = "account.list" on System, Read;
    /// See an account's state and roles.
    ReadAccount = "account.read" on Account, Glance;
    /// Manage one's own sign-ins: sign out, everywhere, switch role.
    ManageOwnSessions = "account.own_sessions" on Account, Change;
    /// Change one's own passphrase.
    ChangePassphrase = "account.passphrase" on Account, Change;
    /// See one's own second factors, and how many recovery codes are left.
    ListFactors = "factor.list" on Account, Glance;
    /// Add a second factor to one's own account.
    AddFactor = "factor.add" on Account, Change;
    /// Rename one's own second factor.
    RenameFactor = "factor.rename" on Account, Change;
    /// Remove one's own second factor.
    RemoveFactor = "factor.remove" on Account, Change;
    /// Get new recovery codes; the old ones are void.
    RenewRecoveryCodes = "factor.recovery" on Account, Change;
    /// Prove again, in a signed-in session, who one is.
    ProveAgain = "session.prove" on Account, Change;
    /// See the sign-ins of an account: coarse words for devices and times.
    ReadSignIns = "account.sign_ins" on Account, Read;
    /// Say that a security alert about an account was acted on.
    HandleSecurityAlert = "alert.handle" on Account, Change;
    /// End sign-ins of an account.
    EndSignIns = "account.end_sign_ins" on Account, Change;
    /// Suspend an account.
    SuspendAccount = "account.suspend" on Account, Change;
    /// Reinstate a suspended account.
    ReinstateAccount = "account.reinstate" on Account, Change;
    /// Ask for a reset of somebody who lost what they sign in with.
    RequestReset = "reset.request" on Account, Change;
    /// Approve a reset that somebody else asked for.
    ApproveReset = "reset.approve" on Account, Change;
    /// Stop a reset.
    StopReset = "reset.stop" on Account, Change;
    /// Make a code for somebody who has nothing to sign in with after a reset.
    MakeEntryCode = "reset.code" on Account, Change;
    /// List resets.
    ListResets = "reset.list" on Programme, Read;
    /// Give somebody who has an account a role, or take one away.
    ChangeRole = "role.change" on Account, Change;
    /// Close an account for good.
    CloseAccount = "account.close" on Account, Change;

    /// List families.
    ListFamilies = "family.list" on Programme, Read;
    /// See a family's record in broad terms.
    ReadFamily = "family.read" on Family, Read;
    /// See what a family told in confidence: circumstances.
    ReadCircumstances = "family.read_circumstances" on Family, Read;
    /// Change a family's record.
    UpdateFamily = "family.update" on Family, Change;
    /// See the keys that keep a family apart from mentors of its case or town.
    ReadFamilyKeys = "family.read_keys" on Family, Read;
    /// Set the keys that keep a family apart from mentors of its case or town.
    SetFamilyKeys = "family.set_keys" on Family, Change;
    /// See a family's safe-contact plan.
    ReadSafeContactPlan = "family.read_plan" on Family, Read;
    /// Set a family's safe-contact plan.
    SetSafeContactPlan = "family.set_plan" on Family, Change;
    /// Mark a caregiver as an alleged abuser, which ends their access to the family.
    MarkAllegedAbuser = "family.mark_abuser" on Family, Change;
    /// See who is marked as an alleged abuser of a family, and why.
    ReadAllegedAbusers = "family.read_marks" on Family, Read;
    /// Lift the mark on somebody who was marked by mistake.
    LiftMark = "family.lift_mark" on Family, Change;
    /// Add a caregiver to one's own family, with chosen rights.
    InviteCaregiver = "family.invite_caregiver" on Family, Change;
    /// See what each caregiver of a family may do.
    ReadRights = "family.read_rights" on Family, Read;
    /// Choose what a caregiver of one's own family may do.
    SetRights = "family.set_rights" on Family, Change;
    /// Remove a caregiver from one's own family, or leave it.
    RemoveCaregiver = "family.remove_caregiver" on Family, Change;
    /// Take rights of a caregiver away for safety.
    RestrictCaregiver = "family.restrict_caregiver" on Family, Change;
    /// See why rights of caregivers were taken away.
    ReadRestrictions = "family.read_restrictions" on Family, Read;

    /// List mentors.
    ListMentors = "mentor.list" on Programme, Read;
    /// See a mentor's first name and public profile.
    ReadMentor = "mentor.read" on Mentor, Read;
    /// See a mentor's readiness, evidence, capacity and load.
    ReadMentorRecord = "mentor.read_record" on Mentor, Read;
    /// Change a mentor's profile and capacity.
    UpdateMentor = "mentor.update" on Mentor, Change;
    /// See the keys that keep a mentor apart from families of their case or town.
    ReadMentorKeys = "mentor.read_keys" on Mentor, Read;
    /// Set the keys that keep a mentor apart from families of their case or town.
    SetMentorKeys = "mentor.set_keys" on Mentor, Change;
    /// Record or withdraw evidence of readiness.
    RecordEvidence = "mentor.evidence" on Mentor, Change;
    /// Step back from mentoring, or return.
    StepBack = "mentor.step_back" on Mentor, Change;

    /// List support requests.
    ListRequests = "request.list" on Programme, Read;
    /// See a support request.
    ReadRequest = "request.read" on SupportRequest, Read;
    /// Write, submit or change one's own support request.
    WriteRequest = "request.write" on Family, Change;
    /// Withdraw one's own support request.
    WithdrawRequest = "request.withdraw" on SupportRequest, Change;
    /// Set a support request's urgency.
    TriageRequest = "request.triage" on SupportRequest, Change;
    /// Close a support request with a reason.
    CloseRequest = "request.close" on SupportRequest, Change;
    /// Compare candidates for a support request.
    ListCandidates = "request.candidates" on SupportRequest, Read;
    /// Propose a mentor for a support request.
    ProposeMatch = "request.propose" on SupportRequest, Change;
    /// List proposals.
    ListProposals = "proposal.list" on Programme, Read;
    /// See a proposal.
    ReadProposal = "proposal.read" on Proposal, Read;
    /// Answer a proposal for the family.
    AnswerForFamily = "proposal.answer_family" on Proposal, Change;
    /// Answer a proposal as the mentor.
    AnswerAsMentor = "proposal.answer_mentor" on Proposal, Change;
    /// Give the mentor the information asked for, or take the proposal back.
    ManageProposal = "proposal.manage" on Proposal, Change;
    /// List matches.
    ListMatches = "match.list" on Programme, Read;
    /// See a match.
    ReadMatch = "match.read" on Match, Read;
    /// Pause or resume a match, name a backup mentor.
    ManageMatch = "match.manage" on Match, Change;
    /// End a match, at once or with a planned goodbye.
    EndMatch = "match.end" on Match, Change;

    /// See a mentor's availability.
    ReadAvailability = "availability.read" on Mentor, Glance;
    /// Set a mentor's weekly hours and days off.
    SetAvailability = "availability.set" on Mentor, Change;
    /// Add or remove days in a family's safe hours.
    SetFamilyDays = "availability.set_family" on Family, Change;
    /// List the common free times of a match.
    ListSlots = "session.slots" on Match, Glance;
    /// List sessions.
    ListSessions = "session.list" on Match, Read;
    /// Book a session.
    BookSession = "session.book" on Match, Change;
    /// See a session.
    ReadSession = "session.read" on Session, Read;
    /// Confirm, reschedule or cancel a session.
    ChangeSession = "session.change" on Session, Change;
    /// Say that one side did not come to a session.
    CloseSession = "session.close" on Session, Change;
    /// Say how a session went.
    CompleteSession = "session.complete" on Session, Change;
    /// See how a session went: the mentor's note and how the family seemed.
    ReadOutcome = "session.read_outcome" on Session, Read;
    /// List the sessions of all one's own matches.
    ListOwnSessions = "session.list_own" on Programme, Read;

    /// Read a conversation.
    ReadConversation = "conversation.read" on Conversation, Read;
    /// Write in a conversation, edit and remove one's own messages.
    WriteMessage = "conversation.write" on Conversation, Change;
    /// Report a message to the coordinators.
    ReportMessage = "conversation.report" on Conversation, Change;

    /// List moderation cases.
    ListCases = "case.list" on Programme, Read;
    /// See a moderation case and what it puts in front of a reader.
    ReadCase = "case.read" on Case, Read;
    /// Claim, renew or release a case.
    ClaimCase = "case.claim" on Case, Change;
    /// Decide a case that one holds.
    DecideCase = "case.decide" on Case, Change;
    /// Write a note on a case.
    NoteCase = "case.note" on Case, Change;

    /// Open a family for reading in an emergency.
    OpenBreakGlass = "break_glass.open" on Family, Change;
    /// List openings by break-glass.
    ListBreakGlass = "break_glass.list" on Programme, Read;
    /// See an opening: who, why in broad terms, when, what was found.
    ReadBreakGlass = "break_glass.read" on BreakGlass, Read;
    /// See the words that were said about an opening.
    ReadBreakGlassReason = "break_glass.read_reason" on BreakGlass, Read;
    /// Read the family's records under an opening.
    UseBreakGlass = "break_glass.use" on BreakGlass, Read;
    /// End an opening before its time.
    EndBreakGlass = "break_glass.end" on BreakGlass, Change;
    /// Put off once more that the family is told of an opening.
    DelayBreakGlass = "break_glass.delay" on BreakGlass, Change;
    /// Judge an opening of somebody else.
    ReviewBreakGlass = "break_glass.review" on BreakGlass, Change;
    /// See what was looked at under an opening.
    ReadBreakGlassTrail = "break_glass.read_trail" on BreakGlass, Read;
    /// List a family's releases of information.
    ListReleases = "release.list" on Family, Read;
    /// Draft a release of information for a family.
    DraftRelease = "release.draft" on Family, Change;
    /// See a release of information, and what was told under it.
    ReadRelease = "release.read" on Release, Read;
    /// Change or drop a draft.
    ChangeRelease = "release.change" on Release, Change;
    /// Sign a release of information.
    SignRelease = "release.sign" on Release, Change;
    /// Take a release of information back.
    RevokeRelease = "release.revoke" on Release, Change;
    /// Tell something outside of the programme under a release.
    Disclose = "release.disclose" on Release, Change;

    /// Read one's own family's ledger.
    ReadLedger = "ledger.read" on Family, Read;

    /// Read the audit log.
    ReadAuditLog = "audit.read" on AuditLog, Read;
    /// List security alerts.
    ListSecurityAlerts = "alert.list" on AuditLog, Read;
    /// Read the entries of the audit log that belong to no programme. Recorded with the reading of the log itself.
    ReadPlatformLog = "audit.read_platform" on System, Glance;
    /// Verify the audit log.
    VerifyAuditLog = "audit.verify" on AuditLog, Read;
    /// Run the service's own background work.
    RunJob = "job.run" on System, Change;
}
