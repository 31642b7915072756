//! Sign-ins as people see them: how long one lasts, how it ended, and times that are only as exact as they need to be.

use jiff::{SignedDuration, Timestamp};

use super::account::Role;
use crate::kernel::ids::{AccountId, SignInId};
use crate::kernel::states::texts;

texts! {
    /// How somebody proved at sign-in who they are.
    pub enum SignInProof {
        /// With a passphrase alone.
        Passphrase = "passphrase",
        /// With a passphrase and a second factor.
        SecondFactor = "second_factor",
        /// Through the staff's own identity provider.
        Federated = "federated",
        /// With a passkey.
        Passkey = "passkey",
    }
}

texts! {
    /// Why a sign-in ended, as the database keeps it.
    pub enum EndReason {
        /// Its owner signed out there.
        SignedOut = "signed_out",
        /// Its owner signed out everywhere.
        SignedOutEverywhere = "signed_out_everywhere",
        /// Its owner ended it from another of their devices.
        EndedElsewhere = "ended_elsewhere",
        /// Its owner went on in another role.
        SwitchedRole = "switched_role",
        /// Its owner changed their passphrase.
        PassphraseChanged = "passphrase_changed",
        /// Its owner added their first second factor, which it had not shown.
        FactorAdded = "factor_added",
        /// Its owner removed a second factor.
        FactorRemoved = "factor_removed",
        /// Its owner lost what they sign in with, and that was taken from the account.
        Reset = "reset",
        /// Staff ended it.
        EndedByStaff = "ended_by_staff",
        /// The account was suspended.
        Suspended = "suspended",
        /// The role that it was in was taken away.
        RoleRevoked = "role_revoked",
        /// The account was closed.
        Closed = "closed",
        /// A refresh token was used twice: somebody has a copy.
        RefreshReused = "refresh_reused",
    }
}

/// What its owner is told about the end of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInEnd {
    /// They ended it themself: by signing out, here or from elsewhere, or by going on in another role.
    ByOwner,
    /// It ended with a change of how they sign in.
    ProofChanged,
    /// Staff ended it, or shut the account out.
    ByStaff,
    /// A copy of its refresh token was used. Somebody else had access.
    CopyUsed,
    /// It was not used for long, or was old.
    RanOut,
    /// It ended for a reason that has no words of its own.
    Other,
}

impl From<EndReason> for SignInEnd {
    fn from(reason: EndReason) -> Self {
        match reason {
            EndReason::SignedOut
            | EndReason::SignedOutEverywhere
            | EndReason::EndedElsewhere
            | EndReason::SwitchedRole => Self::ByOwner,
            EndReason::PassphraseChanged | EndReason::FactorAdded | EndReason::FactorRemoved | EndReason::Reset => {
                Self::ProofChanged
            }
            EndReason::EndedByStaff | EndReason::Suspended | EndReason::RoleRevoked | EndReason::Closed => {
                Self::ByStaff
            }
            EndReason::RefreshReused => Self::CopyUsed,
        }
    }
}

/// How long a sign-in lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// Without being used.
    pub idle: SignedDuration,
    /// At most, however it is used.
    pub longest: SignedDuration,
}

/// How long the sign-ins of each kind of role last: the more a stolen one could do, the shorter (ASVS 5.0, 7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// Of families: long, so that nobody is shut out of help by a forgotten passphrase.
    pub family: Lifetime,
    /// Of mentors.
    pub mentor: Lifetime,
    /// Of coordinators, safeguarding leads and auditors: a working day.
    pub staff: Lifetime,
    /// Of administrators.
    pub administrator: Lifetime,
}

impl Lifetimes {
    /// Those of a role.
    #[must_use]
    pub const fn of(&self, role: Role) -> Lifetime {
        match role {
            Role::FamilyMember => self.family,
            Role::Mentor => self.mentor,
            Role::Coordinator | Role::SafeguardingLead | Role::Auditor => self.staff,
            Role::Administrator => self.administrator,
        }
    }
}

/// How often a sign-in's last use is written down at most.
pub const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// How long one that has ended is still shown.
pub const SHOWN_AFTER_END: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A sign-in as its owner and the account's keepers see it. No address, and times by the hour: enough to know one's own
/// again, too little to follow somebody by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Its id.
    pub id: SignInId,
    /// Whose.
    pub account: AccountId,
    /// The role acted in.
    pub role: Role,
    /// What the device is called, in coarse words.
    pub device: String,
    /// How they proved who they are.
    pub proof: SignInProof,
    /// The hour in which it began.
    pub began: Timestamp,
    /// The hour in which it was last used.
    pub last_used: Timestamp,
    /// Why it ended; none while it is open.
    pub end: Option<SignInEnd>,
    /// Whether it is the one that asks.
    pub is_this_one: bool,
}

/// The hour that an instant lies in.
#[must_use]
pub fn hour_of(at: Timestamp) -> Timestamp {
    let seconds = at.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(3_600)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_by_the_hour() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(hour_of(at("2026-11-23T15:59:59.999Z")), at("2026-11-23T15:00:00Z"));
        assert_eq!(hour_of(at("2026-11-23T15:00:00Z")), at("2026-11-23T15:00:00Z"));
        assert_eq!(hour_of(at("1969-12-31T23:30:00Z")), at("1969-12-31T23:00:00Z"));
    }
}
