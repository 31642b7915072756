//! What is asked about: the facts that a decision needs, and nothing more.

use uuid::Uuid;

use crate::kernel::ids::{AccountId, FamilyId, MentorId, ProgrammeId};
use crate::kernel::{Right, Rights};

use super::Action;

/// The kinds of record that actions are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceKind {
    /// The service as a whole.
    System,
    /// A programme; also the place that programme-wide lists belong to.
    Programme,
    /// A person's account.
    Account,
    /// A family's record.
    Family,
    /// A mentor's record.
    Mentor,
    /// A support request.
    SupportRequest,
    /// A proposal.
    Proposal,
    /// A match.
    Match,
    /// A scheduled session.
    Session,
    /// A conversation and its messages.
    Conversation,
    /// A moderation case.
    Case,
    /// An opening of a family by break-glass.
    BreakGlass,
    /// A release of information.
    Release,
    /// The audit log.
    AuditLog,
}

impl ResourceKind {
    /// Every kind, in the order of the permission matrix.
    pub const ALL: [Self; 14] = [
        Self::System,
        Self::Programme,
        Self::Account,
        Self::Family,
        Self::Mentor,
        Self::SupportRequest,
        Self::Proposal,
        Self::Match,
        Self::Session,
        Self::Conversation,
        Self::Case,
        Self::BreakGlass,
        Self::Release,
        Self::AuditLog,
    ];

    /// The Cedar entity type in namespace `What`, also the object kind in audit entries.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Programme => "Programme",
            Self::Account => "Account",
            Self::Family => "Family",
            Self::Mentor => "Mentor",
            Self::SupportRequest => "SupportRequest",
            Self::Proposal => "Proposal",
            Self::Match => "Match",
            Self::Session => "Session",
            Self::Conversation => "Conversation",
            Self::Case => "Case",
            Self::BreakGlass => "BreakGlass",
            Self::Release => "Release",
            Self::AuditLog => "AuditLog",
        }
    }

    /// The action that asks "may they know that it exists?": who is denied it hears "not found", who is allowed it hears
    /// "forbidden" for what they may not do.
    #[must_use]
    pub const fn read_action(self) -> Option<Action> {
        match self {
            Self::System => None,
            Self::Programme => Some(Action::ReadProgramme),
            Self::Account => Some(Action::ReadAccount),
            Self::Family => Some(Action::ReadFamily),
            Self::Mentor => Some(Action::ReadMentor),
            Self::SupportRequest => Some(Action::ReadRequest),
            Self::Proposal => Some(Action::ReadProposal),
            Self::Match => Some(Action::ReadMatch),
            Self::Session => Some(Action::ReadSession),
            Self::Conversation => Some(Action::ReadConversation),
            Self::Case => Some(Action::ReadCase),
            Self::BreakGlass => Some(Action::ReadBreakGlass),
            Self::Release => Some(Action::ReadRelease),
            Self::AuditLog => Some(Action::ReadAuditLog),
        }
    }
}

/// The facts about one record. A store loads them in the same transaction as the data they guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// What kind of record.
    pub kind: ResourceKind,
    /// Which one.
    pub id: Uuid,
    /// The programme it belongs to; none for what belongs to the whole service.
    pub programme: Option<ProgrammeId>,
    /// The families with a present tie: the family itself, the family side of a match.
    pub families: Vec<FamilyId>,
    /// The mentors with a present tie: the mentor itself, or the mentor side *while the match is live*. A former mentor is
    /// not in this list, which is what cuts their access.
    pub mentors: Vec<MentorId>,
    /// The account that owns it.
    pub account: Option<AccountId>,
    /// Who holds it now (a claimed case).
    pub holder: Option<AccountId>,
    /// Whether it is about staff (an account with a staff role).
    pub staff: bool,
    /// The accounts that may do nothing to it, in whatever role: those marked as alleged abusers of its family.
    pub barred: Vec<AccountId>,
    /// What each present caregiver of its family may do, by account.
    pub rights: Vec<(AccountId, Rights)>,
    /// The accounts of the people whom it is about, who may not judge it (a case: both sides of its match).
    pub sides: Vec<AccountId>,
    /// Whether it was handed to the safeguarding leads and is not decided since (a case).
    pub escalated: bool,
    /// The accounts that have its family open by break-glass at this moment. Only reads under such an opening load them.
    pub openers: Vec<AccountId>,
}

impl Resource {
    /// A record of this kind with no ties yet.
    #[must_use]
    pub fn new(kind: ResourceKind, id: impl Into<Uuid>) -> Self {
        Self {
            kind,
            id: id.into(),
            programme: None,
            families: Vec::new(),
            mentors: Vec::new(),
            account: None,
            holder: None,
            staff: false,
            barred: Vec::new(),
            rights: Vec::new(),
            sides: Vec::new(),
            escalated: false,
            openers: Vec::new(),
        }
    }

    /// The service as a whole.
    #[must_use]
    pub fn system() -> Self {
        Self::new(ResourceKind::System, Uuid::nil())
    }

    /// A programme.
    #[must_use]
    pub fn programme(id: ProgrammeId) -> Self {
        Self::new(ResourceKind::Programme, id).in_programme(id)
    }

    /// The audit log of a programme, or of the whole service.
    #[must_use]
    pub fn audit_log(programme: Option<ProgrammeId>) -> Self {
        let id = programme.map_or(Uuid::nil(), Uuid::from);
        Self { programme, ..Self::new(ResourceKind::AuditLog, id) }
    }

    /// Belongs to this programme.
    #[must_use]
    pub fn in_programme(mut self, programme: ProgrammeId) -> Self {
        self.programme = Some(programme);
        self
    }

    /// Is tied to this family.
    #[must_use]
    pub fn of_family(mut self, family: FamilyId) -> Self {
        self.families.push(family);
        self
    }

    /// Is tied to this mentor now.
    #[must_use]
    pub fn of_mentor(mut self, mentor: MentorId) -> Self {
        self.mentors.push(mentor);
        self
    }

    /// Is owned by this account.
    #[must_use]
    pub fn of_account(mut self, account: AccountId) -> Self {
        self.account = Some(account);
        self
    }

    /// Is closed to these accounts.
    #[must_use]
    pub fn closed_to(mut self, barred: impl IntoIterator<Item = AccountId>) -> Self {
        self.barred.extend(barred);
        self
    }

    /// Belongs to a family whose caregivers have these rights.
    #[must_use]
    pub fn with_rights(mut self, rights: impl IntoIterator<Item = (AccountId, Rights)>) -> Self {
        self.rights.extend(rights);
        self
    }

    /// The accounts of the caregivers who hold this right.
    pub fn holders_of(&self, right: Right) -> impl Iterator<Item = AccountId> {
        self.rights.iter().filter(move |(_, rights)| rights.has(right)).map(|(account, _)| *account)
    }

    /// Is about these people, who may not judge it.
    #[must_use]
    pub fn between(mut self, sides: impl IntoIterator<Item = AccountId>) -> Self {
        self.sides.extend(sides);
        self
    }

    /// Belongs to a family that these accounts have open by break-glass now.
    #[must_use]
    pub fn opened_by(mut self, openers: impl IntoIterator<Item = AccountId>) -> Self {
        self.openers.extend(openers);
        self
    }

    /// Is held by this account, if by any.
    #[must_use]
    pub fn held_by(mut self, holder: Option<AccountId>) -> Self {
        self.holder = holder;
        self
    }

    /// Was handed to the safeguarding leads, if so.
    #[must_use]
    pub fn escalated(mut self, is_escalated: bool) -> Self {
        self.escalated = is_escalated;
        self
    }
}

/// A row of facts that knows the resource it stands for.
pub trait Guarded {
    /// The facts, for a decision.
    fn resource(&self) -> Resource;
}

impl Guarded for Resource {
    fn resource(&self) -> Resource {
        self.clone()
    }
}
