//! Accounts and the roles that they hold.

use crate::kernel::states::{machine, texts};

machine! {
    /// The state of a person's account.
    pub machine AccountState("account") {
        /// Made for an invitation that nobody has used yet.
        Invited = "invited",
        /// In use.
        Active = "active",
        /// Shut out until somebody lifts it.
        Suspended = "suspended",
        /// Gone for good.
        Closed = "closed",
    }
    begins [Invited, Active]
    Invited => [Active, Closed],
    Active => [Suspended, Closed],
    Suspended => [Active, Closed],
}

texts! {
    /// What somebody may be in a programme.
    pub enum Role {
        /// Keeps programmes, accounts, settings and keys; sees no content.
        Administrator = "administrator",
        /// Staff of a programme: triage, proposals, moderation.
        Coordinator = "coordinator",
        /// Concerns, mandated reports, legal holds.
        SafeguardingLead = "safeguarding_lead",
        /// Reads and verifies the audit log; sees no content.
        Auditor = "auditor",
        /// A trained volunteer with lived experience.
        Mentor = "mentor",
        /// A caregiver of a family.
        FamilyMember = "family_member",
    }
}

impl Role {
    /// Whether it is a role of paid staff rather than of a family or a volunteer.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Administrator | Self::Coordinator | Self::SafeguardingLead | Self::Auditor)
    }

    /// Whether who holds it must sign in with more than a passphrase: mentors and all staff.
    #[must_use]
    pub const fn needs_second_factor(self) -> bool {
        self.is_staff() || matches!(self, Self::Mentor)
    }

    /// Whether the role is held in one programme; an administrator's is held in all.
    #[must_use]
    pub const fn is_in_programme(self) -> bool {
        !matches!(self, Self::Administrator)
    }
}
