//! Letting somebody in again who lost what they sign in with: one of the staff who is sure whom they speak to asks for it,
//! another one approves, and a day passes in which the owner can stop it. Nothing is taken from anybody before that.

use jiff::{SignedDuration, Timestamp};

use crate::kernel::ids::{AccountId, FactorResetId, ProgrammeId};
use crate::kernel::states::{machine, texts};

machine! {
    /// The state of a reset.
    pub machine ResetState("factor_reset") {
        /// Asked for; somebody else has to approve it.
        Requested = "requested",
        /// Approved; it is done a day later.
        Approved = "approved",
        /// Done: what was lost signs nobody in any more.
        Done = "done",
        /// Stopped, by its owner or by staff.
        Stopped = "stopped",
        /// Nobody approved it in time.
        Lapsed = "lapsed",
    }
    begins [Requested]
    Requested => [Approved, Stopped, Lapsed],
    Approved => [Done, Stopped],
}

texts! {
    /// What somebody lost.
    pub enum Lost {
        /// Their second factors and recovery codes; they still have their passphrase.
        Factors = "factors",
        /// Their passphrase too, or they never had one: they need a code to come in again.
        Everything = "everything",
    }
}

texts! {
    /// How whoever asks for a reset made sure whom they speak to.
    pub enum VerifiedBy {
        /// By calling the number that was known before, as the safe-contact plan says.
        CalledBack = "called_back",
        /// Face to face.
        InPerson = "in_person",
        /// In a video call with somebody who knows them.
        Video = "video",
    }
}

/// How long after the approval it is done: time for the owner to see it and to stop it.
pub const DELAY: SignedDuration = SignedDuration::from_hours(24);
/// How long it waits for an approval.
pub const APPROVAL_WITHIN: SignedDuration = SignedDuration::from_hours(72);

impl ResetState {
    /// The state as of `now`: what nobody approved in time has lapsed, whether that is noted yet or not.
    #[must_use]
    pub fn seen_at(self, now: Timestamp, requested_at: Timestamp) -> Self {
        let late = now.duration_since(requested_at) >= APPROVAL_WITHIN;
        if self == Self::Requested && late { Self::Lapsed } else { self }
    }

    /// Whether it can still take something from its owner.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Requested | Self::Approved)
    }
}

/// A reset, as staff see it. Ids and times only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorReset {
    /// Its id.
    pub id: FactorResetId,
    /// Whose.
    pub account: AccountId,
    /// The programme that they belong to; none for an administrator.
    pub programme: Option<ProgrammeId>,
    /// What they lost.
    pub lost: Lost,
    /// How who asked for it made sure.
    pub verified_by: VerifiedBy,
    /// Its state.
    pub state: ResetState,
    /// Who asked for it.
    pub requested_by: AccountId,
    /// When.
    pub requested_at: Timestamp,
    /// Who approved it.
    pub approved_by: Option<AccountId>,
    /// When it is done, once it is approved.
    pub due_at: Option<Timestamp>,
    /// When it was done or stopped, or lapsed.
    pub ended_at: Option<Timestamp>,
    /// Who stopped it.
    pub ended_by: Option<AccountId>,
}

/// A reset of one's own account that is under way. Who asked for it is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingReset {
    /// Its id.
    pub id: FactorResetId,
    /// What is said to be lost.
    pub lost: Lost,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When it is done; none while it waits for a second person's approval.
    pub due_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_approved_in_three_days_has_lapsed() {
        let asked = Timestamp::UNIX_EPOCH;
        let just = asked + APPROVAL_WITHIN;
        assert_eq!(ResetState::Requested.seen_at(just - SignedDuration::from_nanos(1), asked), ResetState::Requested);
        assert_eq!(ResetState::Requested.seen_at(just, asked), ResetState::Lapsed);
        assert_eq!(ResetState::Approved.seen_at(just, asked), ResetState::Approved);
    }
}
