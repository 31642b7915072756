//! What caregivers may do for their family, and what they hand on.

use jiff::Timestamp;

use crate::kernel::ids::{AccountId, MemberId, RestrictionId};
use crate::kernel::page::Cursor;
use crate::kernel::terms::CaregiverRole;
use crate::kernel::{Check, Code, Problem, Result, Right, Rights};

/// More than the caregiver who chooses may hand on.
pub const RIGHTS_TOO_WIDE: Code = Code::RightsTooWide;
/// Nobody would be left who may add a caregiver.
pub const LAST_DELEGATOR: Code = Code::LastDelegator;
/// The longest reason, in characters.
const REASON: usize = 2000;

/// Reads a choice of rights: at least one, and to keep the record only with seeing it.
pub(super) fn chosen(check: &mut Check, rights: &[Right]) -> Rights {
    const PATH: &str = "input.rights";
    let rights: Rights = rights.iter().copied().collect();
    check.ensure(!rights.is_empty(), Code::Required, PATH, "Choose at least one right.");
    whole(check, rights);
    rights
}

fn whole(check: &mut Check, rights: Rights) {
    let seen = !rights.has(Right::Keep) || rights.has(Right::Record);
    check.ensure(seen, Code::Invalid, "input.rights", "Who keeps the record sees it: choose RECORD as well.");
}

/// Who chooses rights for another, and what they hold.
#[derive(Debug, Clone, Copy)]
pub struct Chooser {
    /// Their own rights.
    pub holds: Rights,
    /// Whether they choose for themself.
    pub is_self: bool,
}

impl Chooser {
    /// Whether they may turn these rights into those: nobody adds to their own, nor gives another what they do not hold.
    pub fn may_choose(self, before: Rights, after: Rights) -> Result<(), Problem> {
        let added = after.beyond(before);
        let limit = if self.is_self { Rights::NONE } else { self.holds };
        if added.beyond(limit).is_empty() {
            return Ok(());
        }
        let said = if self.is_self {
            "Nobody adds to their own rights: somebody else must."
        } else {
            "You can hand on only what you may do yourself."
        };
        Err(Problem::at(RIGHTS_TOO_WIDE, "input.rights", said))
    }
}

/// A caregiver to be added by another.
#[derive(Debug, Clone)]
pub struct InviteCaregiver {
    /// What to call them.
    pub first_name: String,
    /// What they are to the child.
    pub relation: CaregiverRole,
    /// What they may do.
    pub rights: Vec<Right>,
}

impl InviteCaregiver {
    /// Cleans the invitation, or says everything that is wrong with it.
    pub fn check(mut self) -> Result<(Self, Rights)> {
        let mut check = Check::new();
        self.first_name = check.first_name("input.firstName", &self.first_name);
        let rights = chosen(&mut check, &self.rights);
        check.done()?;
        Ok((self, rights))
    }
}

/// Another choice of what a caregiver may do.
#[derive(Debug, Clone)]
pub struct SetCaregiverRights {
    /// Which caregiver.
    pub member: MemberId,
    /// All that they may do from now on.
    pub rights: Vec<Right>,
}

impl SetCaregiverRights {
    /// The rights, or what is wrong with them.
    pub fn check(&self) -> Result<Rights> {
        let mut check = Check::new();
        let rights = chosen(&mut check, &self.rights);
        check.done().map(|()| rights)
    }
}

/// Rights to be taken away by staff, for safety.
#[derive(Clone)]
pub struct RestrictCaregiver {
    /// Which caregiver.
    pub member: MemberId,
    /// What is left to them; may be nothing.
    pub rights: Vec<Right>,
    /// Why, for coordinators and safeguarding leads only.
    pub reason: String,
}

/// The reason is nobody's business in a log.
impl std::fmt::Debug for RestrictCaregiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RestrictCaregiver").field("member", &self.member).finish_non_exhaustive()
    }
}

impl RestrictCaregiver {
    /// Cleans the reason, 20 to 2000 characters; gives what is left.
    pub fn check(mut self) -> Result<(Self, Rights)> {
        let mut check = Check::new();
        self.reason = check.prose("input.reason", &self.reason, 20, REASON);
        let left: Rights = self.rights.iter().copied().collect();
        whole(&mut check, left);
        check.done()?;
        Ok((self, left))
    }
}

/// What one caregiver may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaregiverRights {
    /// The membership.
    pub member: MemberId,
    /// The caregiver's account.
    pub account: AccountId,
    /// Their first name; the store leaves it empty, since names are kept by `identity`.
    pub first_name: String,
    /// What they may do.
    pub rights: Rights,
}

/// Rights that staff took away, on record.
#[derive(Clone, PartialEq, Eq)]
pub struct Restriction {
    /// Its id.
    pub id: RestrictionId,
    /// Whose rights.
    pub member: MemberId,
    /// What was left to them.
    pub left: Rights,
    /// Why.
    pub reason: String,
    /// Who took them away.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

/// The reason is nobody's business in a log.
impl std::fmt::Debug for Restriction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Restriction").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Restriction {
    /// The place in a list by the time of taking away.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { key: self.at.as_microsecond(), id: self.id.uuid() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Error;

    fn set(rights: &[Right]) -> Rights {
        rights.iter().copied().collect()
    }

    #[test]
    fn nobody_hands_on_more_than_they_hold() {
        let holds = set(&[Right::Delegate, Right::Write]);
        let other = Chooser { holds, is_self: false };
        assert!(other.may_choose(Rights::NONE, set(&[Right::Write])).is_ok());
        assert!(other.may_choose(Rights::NONE, set(&[Right::Meet])).is_err());
        // What somebody else gave may stay, and may go.
        assert!(other.may_choose(set(&[Right::Meet]), set(&[Right::Meet, Right::Write])).is_ok());
        assert!(other.may_choose(Rights::ALL, set(&[Right::Record])).is_ok());
        let own = Chooser { holds, is_self: true };
        assert!(own.may_choose(holds, set(&[Right::Delegate])).is_ok());
        assert_eq!(own.may_choose(set(&[Right::Delegate]), holds).unwrap_err().code, RIGHTS_TOO_WIDE);
    }

    #[test]
    fn a_choice_is_not_empty_and_not_half() {
        let wrong = |rights: &[Right]| {
            let input = SetCaregiverRights { member: uuid::Uuid::from_u128(1).into(), rights: rights.to_vec() };
            match input.check() {
                Err(Error::Refused(problems)) => problems[0].code.as_str(),
                _ => "",
            }
        };
        assert_eq!(wrong(&[]), "REQUIRED");
        assert_eq!(wrong(&[Right::Keep]), "INVALID");
        assert_eq!(wrong(&[Right::Keep, Right::Record]), "");
        assert_eq!(wrong(&[Right::Write, Right::Write]), "");
    }
}
