//! A family's record as the use cases hand it out, and what they take to change it.

use jiff::Timestamp;

use super::plan::SafeContactPlan;
use crate::kernel::ids::{AccountId, FamilyId, MemberId};
use crate::kernel::language::check_languages;
use crate::kernel::page::Cursor;
use crate::kernel::terms::CaregiverRole;
use crate::kernel::zone::check_zone;
use crate::kernel::{Check, Code, Result, Right, Rights};

/// The most caregivers in one family.
pub const MAX_MEMBERS: u64 = 12;
/// The longest text about a family's circumstances, in characters.
const CIRCUMSTANCES: usize = 4000;

/// The family has as many caregivers as one can have.
pub const FAMILY_FULL: Code = Code::FamilyFull;

/// A family, without what it told in confidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// Its id.
    pub id: FamilyId,
    /// IANA name of the zone in which it lives.
    pub zone: String,
    /// Languages that it speaks, as lower-case tags.
    pub languages: Vec<String>,
    /// Its caregivers, who was added first comes first.
    pub members: Vec<Member>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// What the reader may do for it; `None` for who is no caregiver of it.
    pub own_rights: Option<Rights>,
    /// Whether the reader sees the whole record; the family's mentor sees less.
    pub whole: bool,
    /// Counts the changes; a change can name it so that it does not overwrite another one.
    pub version: i32,
}

impl Family {
    /// Its place in a list by the time of making.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { key: self.created_at.as_microsecond(), id: self.id.uuid() }
    }

    /// What the mentor who is matched with the family now sees: nothing beyond first names, languages and zone, and of the
    /// caregivers only those who stand.
    #[must_use]
    pub fn for_mentor(mut self, standing: &[AccountId]) -> Self {
        self.members.retain(|member| standing.contains(&member.account));
        for member in &mut self.members {
            member.relation = None;
        }
        self.whole = false;
        self
    }
}

/// A caregiver of a family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The membership's id; it says nothing about the account.
    pub id: MemberId,
    /// The caregiver's account.
    pub account: AccountId,
    /// The caregiver's first name; the store leaves it empty, since names are kept by `identity`.
    pub first_name: String,
    /// What the caregiver is to the child; `None` where the reader may not see it.
    pub relation: Option<CaregiverRole>,
}

/// A safe-contact plan on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Whose it is.
    pub family: FamilyId,
    /// How it is safe to reach them.
    pub plan: SafeContactPlan,
    /// When it was last set.
    pub updated_at: Timestamp,
    /// Counts the changes.
    pub version: i32,
}

/// A caregiver to be invited.
#[derive(Debug, Clone)]
pub struct InviteFamilyMember {
    /// What to call them.
    pub first_name: String,
    /// What they are to the child.
    pub relation: CaregiverRole,
    /// The family that they join; `None` makes a new one.
    pub family: Option<FamilyId>,
    /// A new family's zone.
    pub zone: Option<String>,
    /// A new family's languages.
    pub languages: Option<Vec<String>>,
    /// What they may do; `None` is everything.
    pub rights: Option<Vec<Right>>,
}

impl InviteFamilyMember {
    /// Cleans the invitation, or says everything that is wrong with it.
    pub fn check(mut self) -> Result<Self> {
        let mut check = Check::new();
        self.first_name = check.first_name("input.firstName", &self.first_name);
        if self.family.is_none() {
            self.zone = Some(check_zone(&mut check, "input.zone", self.zone.as_deref().unwrap_or_default()));
            let languages = self.languages.as_deref().unwrap_or_default();
            self.languages = Some(check_languages(&mut check, "input.languages", languages));
        } else {
            let message = "This family has its own already. Change it with updateFamily.";
            check.ensure(self.zone.is_none(), Code::Invalid, "input.zone", message);
            check.ensure(self.languages.is_none(), Code::Invalid, "input.languages", message);
        }
        let rights = self.rights.as_deref().map_or(Rights::ALL, |rights| super::rights::chosen(&mut check, rights));
        let first = self.family.is_none() && rights != Rights::ALL;
        check.ensure(!first, Code::Invalid, "input.rights", "The first caregiver of a family holds every right.");
        check.done()?;
        Ok(self)
    }
}

/// What to change in a family's record. `None` leaves a field as it is.
#[derive(Clone, Default)]
pub struct UpdateFamily {
    /// The version that the caller read, if they want no other to be overwritten.
    pub version: Option<i32>,
    /// The zone.
    pub zone: Option<String>,
    /// The languages.
    pub languages: Option<Vec<String>>,
    /// What the family told in confidence, in broad terms; an empty text takes it away.
    pub circumstances: Option<String>,
}

/// Circumstances are told in confidence: only the shape shows in logs.
impl std::fmt::Debug for UpdateFamily {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UpdateFamily").field("version", &self.version).finish_non_exhaustive()
    }
}

impl UpdateFamily {
    /// Cleans the change, or says everything that is wrong with it.
    pub fn check(self) -> Result<Self> {
        let mut check = Check::new();
        let some = self.zone.is_some() || self.languages.is_some() || self.circumstances.is_some();
        check.ensure(some, Code::Required, "input", "Name at least one thing to change.");
        let zone = self.zone.map(|zone| check_zone(&mut check, "input.zone", &zone));
        let languages = self.languages.map(|tags| check_languages(&mut check, "input.languages", &tags));
        let path = "input.circumstances";
        let circumstances = self.circumstances.map(|text| check.prose(path, &text, 0, CIRCUMSTANCES));
        check.done()?;
        Ok(Self { version: self.version, zone, languages, circumstances })
    }

    /// The fields that it changes, for the audit entry.
    #[must_use]
    pub fn fields(&self) -> Vec<&'static str> {
        let fields = [
            (self.zone.is_some(), "zone"),
            (self.languages.is_some(), "languages"),
            (self.circumstances.is_some(), "circumstances"),
        ];
        fields.into_iter().filter(|(changes, _)| *changes).map(|(_, field)| field).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Error;

    fn wrong<T>(result: Result<T>) -> Vec<String> {
        match result {
            Err(Error::Refused(problems)) => {
                problems.iter().map(|p| format!("{} {}", p.code, p.field().join("."))).collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_new_family_needs_a_zone_and_languages_and_a_known_one_takes_none() {
        let new = InviteFamilyMember {
            first_name: " ".to_owned(),
            relation: CaregiverRole::Parent,
            family: None,
            zone: None,
            languages: None,
            rights: None,
        };
        let want = ["REQUIRED input.firstName", "REQUIRED input.zone", "REQUIRED input.languages"];
        assert_eq!(wrong(new.clone().check()), want);
        let known = InviteFamilyMember {
            first_name: "Ada".to_owned(),
            family: Some(uuid::Uuid::from_u128(1).into()),
            zone: Some("Europe/Rome".to_owned()),
            ..new
        };
        assert_eq!(wrong(known.clone().check()), ["INVALID input.zone"]);
        assert_eq!(wrong(InviteFamilyMember { zone: None, ..known }.check()), Vec::<String>::new());
    }

    #[test]
    fn an_update_changes_something_and_only_good_values() {
        assert_eq!(wrong(UpdateFamily::default().check()), ["REQUIRED input"]);
        let update = UpdateFamily {
            zone: Some("Mars/Base".to_owned()),
            languages: Some(vec!["english".to_owned()]),
            circumstances: Some("x".repeat(4001)),
            ..UpdateFamily::default()
        };
        assert!(!format!("{update:?}").contains("xx"));
        assert_eq!(update.fields(), ["zone", "languages", "circumstances"]);
        let want = ["INVALID input.zone", "INVALID input.languages.0", "TOO_LONG input.circumstances"];
        assert_eq!(wrong(update.check()), want);
    }
}
