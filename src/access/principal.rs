//! Who asks.

use jiff::{SignedDuration, Timestamp};

use crate::kernel::ids::{AccountId, FamilyId, MentorId, ProgrammeId, RoleId, SignInId};

/// What a caller is, for this request. An account that holds several roles acts in one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PrincipalKind {
    /// Nobody signed in.
    Anonymous,
    /// A caregiver of a family.
    FamilyMember,
    /// A trained volunteer.
    Mentor,
    /// Staff of a programme who assign and moderate.
    Coordinator,
    /// Staff of a programme who answer for concerns and escalations.
    SafeguardingLead,
    /// Reads and verifies the audit log, never content.
    Auditor,
    /// Keeps programmes, accounts and settings, never content.
    Administrator,
    /// The service's own background work.
    SystemJob,
}

impl PrincipalKind {
    /// Every kind, in the order of the permission matrix.
    pub const ALL: [Self; 8] = [
        Self::Anonymous,
        Self::FamilyMember,
        Self::Mentor,
        Self::Coordinator,
        Self::SafeguardingLead,
        Self::Auditor,
        Self::Administrator,
        Self::SystemJob,
    ];

    /// The Cedar entity type in namespace `Who`.
    #[must_use]
    pub const fn cedar_type(self) -> &'static str {
        match self {
            Self::Anonymous => "Anonymous",
            Self::FamilyMember => "FamilyMember",
            Self::Mentor => "Mentor",
            Self::Coordinator => "Coordinator",
            Self::SafeguardingLead => "SafeguardingLead",
            Self::Auditor => "Auditor",
            Self::Administrator => "Administrator",
            Self::SystemJob => "SystemJob",
        }
    }

    /// The name in the database (`role.role`) and in audit entries.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::FamilyMember => "family_member",
            Self::Mentor => "mentor",
            Self::Coordinator => "coordinator",
            Self::SafeguardingLead => "safeguarding_lead",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
            Self::SystemJob => "system_job",
        }
    }

    /// Reads a stored role name. `None` for the kinds that are no role (anonymous, system job) and for anything else.
    #[must_use]
    pub fn from_role(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == name && !matches!(k, Self::Anonymous | Self::SystemJob))
    }
}

/// How strongly the caller proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Strength {
    /// No proof.
    None,
    /// A passphrase alone.
    Passphrase,
    /// A passphrase and a second factor: a code of an authenticator, or a recovery code.
    SecondFactor,
    /// The staff's own identity provider, which said that it asked for more than one factor.
    Federated,
    /// A passkey whose device checked that its owner is there: two factors in one.
    Passkey,
    /// The process itself (command line, jobs).
    Process,
}

impl Strength {
    /// Every strength, weakest first.
    pub const ALL: [Self; 6] =
        [Self::None, Self::Passphrase, Self::SecondFactor, Self::Federated, Self::Passkey, Self::Process];

    /// The name in the database (`sign_in.strength`) and in audit entries.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Passphrase => "passphrase",
            Self::SecondFactor => "second_factor",
            Self::Federated => "federated",
            Self::Passkey => "passkey",
            Self::Process => "process",
        }
    }

    /// Reads a stored name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|strength| strength.as_str() == name)
    }

    /// Whether more than one factor was shown, so that a stolen passphrase alone would not have been enough.
    #[must_use]
    pub const fn is_multi_factor(self) -> bool {
        matches!(self, Self::SecondFactor | Self::Federated | Self::Passkey | Self::Process)
    }
}

/// How long a proof counts as fresh: what is asked for before the gravest acts (the step-up rule; OWASP ASVS 5.0,
/// 7.5.3).
pub const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// The caller of one request: made by `identity` from a checked token, or by the process for its own work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// In which capacity they act.
    pub kind: PrincipalKind,
    /// Whose account it is.
    pub account: Option<AccountId>,
    /// The role they act in.
    pub role: Option<RoleId>,
    /// The signed-in session.
    pub sign_in: Option<SignInId>,
    /// The programme they act in; administrators and jobs have none.
    pub programme: Option<ProgrammeId>,
    /// Their family, if they act as a family member.
    pub family: Option<FamilyId>,
    /// Their mentor record, if they act as a mentor.
    pub mentor: Option<MentorId>,
    /// How strongly they proved who they are.
    pub strength: Strength,
    /// When they last did; none for anonymous callers and for the process itself.
    pub proved_at: Option<Timestamp>,
}

impl Principal {
    fn bare(kind: PrincipalKind, strength: Strength) -> Self {
        Self {
            kind,
            account: None,
            role: None,
            sign_in: None,
            programme: None,
            family: None,
            mentor: None,
            strength,
            proved_at: None,
        }
    }

    /// Whether their proof is fresh at this instant: given within the last five minutes, or by the process itself.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        let lately = |at| now.duration_since(at) < FRESH;
        self.strength == Strength::Process || self.proved_at.is_some_and(lately)
    }

    /// Somebody who is not signed in.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::bare(PrincipalKind::Anonymous, Strength::None)
    }

    /// The service's own background work and the command line.
    #[must_use]
    pub fn system() -> Self {
        Self::bare(PrincipalKind::SystemJob, Strength::Process)
    }

    /// Whether they are staff of a programme or of the whole service.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        matches!(
            self.kind,
            PrincipalKind::Coordinator
                | PrincipalKind::SafeguardingLead
                | PrincipalKind::Auditor
                | PrincipalKind::Administrator
        )
    }
}
