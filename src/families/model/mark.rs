//! The mark on an alleged abuser.
//!
//! While it stands, the person can neither be a caregiver nor sign a family's release of information (34 USC
//! 12291(b)(2)(B)(ii)). A safeguarding lead other than who set it may lift it, when it was a mistake: the account is barred
//! from nothing any more, what it signed stays dead, and who shall be a caregiver again is invited anew.

use jiff::Timestamp;

use crate::kernel::ids::{AccountId, FamilyId, MarkId, MemberId};
use crate::kernel::page::Cursor;
use crate::kernel::{Check, Result};

/// The longest reason, in characters.
const REASON: usize = 2000;

/// A caregiver to be marked.
#[derive(Clone)]
pub struct MarkAllegedAbuser {
    /// Which caregiver.
    pub member: MemberId,
    /// Why, for coordinators and safeguarding leads only.
    pub reason: String,
}

/// The reason is nobody's business in a log.
impl std::fmt::Debug for MarkAllegedAbuser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MarkAllegedAbuser").field("member", &self.member).finish_non_exhaustive()
    }
}

impl MarkAllegedAbuser {
    /// Cleans the reason, 20 to 2000 characters.
    pub fn check(mut self) -> Result<Self> {
        let mut check = Check::new();
        self.reason = check.prose("input.reason", &self.reason, 20, REASON);
        check.done().map(|()| self)
    }
}

/// A mark on record.
#[derive(Clone, PartialEq, Eq)]
pub struct Mark {
    /// Its id.
    pub id: MarkId,
    /// The family that is kept safe.
    pub family: FamilyId,
    /// Who is marked.
    pub account: AccountId,
    /// Their first name; the store leaves it empty, since names are kept by `identity`.
    pub first_name: String,
    /// Why.
    pub reason: String,
    /// Who marked them.
    pub by: AccountId,
    /// When.
    pub marked_at: Timestamp,
    /// That it was lifted, if it was.
    pub lifted: Option<Lift>,
}

/// A mark to be lifted.
#[derive(Clone)]
pub struct LiftMark {
    /// Which mark.
    pub mark: MarkId,
    /// Why, for coordinators and safeguarding leads only.
    pub reason: String,
}

/// The reason is nobody's business in a log.
impl std::fmt::Debug for LiftMark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiftMark").field("mark", &self.mark).finish_non_exhaustive()
    }
}

impl LiftMark {
    /// Cleans the reason, 20 to 2000 characters.
    pub fn check(mut self) -> Result<Self> {
        let mut check = Check::new();
        self.reason = check.prose("input.reason", &self.reason, 20, REASON);
        check.done().map(|()| self)
    }
}

/// That a mark was lifted.
#[derive(Clone, PartialEq, Eq)]
pub struct Lift {
    /// Why.
    pub reason: String,
    /// Who lifted it.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

/// The reason is nobody's business in a log.
impl std::fmt::Debug for Lift {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lift").field("by", &self.by).finish_non_exhaustive()
    }
}

/// The reason is nobody's business in a log.
impl std::fmt::Debug for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mark").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Mark {
    /// The place in a list by the time of marking.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { key: self.marked_at.as_microsecond(), id: self.id.uuid() }
    }
}
