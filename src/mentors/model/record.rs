//! A mentor's record as the use cases hand it out, and what they take to change it.

use jiff::Timestamp;
use jiff::civil::Date;

use super::profile::{Profile, check_words};
use super::readiness::{CAPACITY, Evidence, EvidenceKind, MentorState, Readiness, check_evidence};
use crate::kernel::ids::{AccountId, EvidenceId, MentorId};
use crate::kernel::language::check_languages;
use crate::kernel::page::Cursor;
use crate::kernel::zone::check_zone;
use crate::kernel::{Check, Code, Result};

/// What a mentor may carry when an invitation does not say.
const USUAL_CAPACITY: i32 = 2;
/// The longest text of a mentor about themself, in characters.
const ABOUT: usize = 2000;

/// The mentor has as many pieces of evidence on record as one can have.
pub const EVIDENCE_FULL: Code = Code::EvidenceFull;

/// What a family sees of a mentor before it knows their name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicProfile {
    /// Languages spoken, as lower-case tags.
    pub languages: Vec<String>,
    /// Topics that the mentor likes to speak about.
    pub topics: Vec<String>,
    /// What the mentor says of themself.
    pub about: Option<String>,
}

/// A mentor as the store keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Their id.
    pub id: MentorId,
    /// Their account; `None` only while the invitation is being made.
    pub account: Option<AccountId>,
    /// Whether they take part.
    pub state: MentorState,
    /// What anybody may see who sees them at all.
    pub public: PublicProfile,
    /// What matching compares.
    pub profile: Profile,
    /// How much they may carry, in units.
    pub capacity: u32,
    /// IANA name of their zone.
    pub zone: String,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts the changes.
    pub version: i32,
}

/// A mentor as a matched family sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mentor {
    /// Their id.
    pub id: MentorId,
    /// Their first name.
    pub first_name: String,
    /// What anybody may see who sees them at all.
    pub public: PublicProfile,
    /// What only the mentor and staff see, where the use case was allowed to load it.
    pub record: Option<Record>,
    /// When the record was made.
    pub created_at: Timestamp,
}

impl Mentor {
    /// Their place in a list by the time of making.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { key: self.created_at.as_microsecond(), id: self.id.uuid() }
    }
}

/// What only the mentor and the programme's staff see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Whether they take part.
    pub state: MentorState,
    /// How much they may carry, in units.
    pub capacity: u32,
    /// How much their live matches weigh, in units.
    pub load: u32,
    /// Whether they may be proposed today, and what stands in the way.
    pub readiness: Readiness,
    /// All evidence, withdrawn pieces too; by kind, then by day.
    pub evidence: Vec<EvidenceOnRecord>,
    /// What matching compares.
    pub profile: Profile,
    /// IANA name of their zone.
    pub zone: String,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts the changes.
    pub version: i32,
}

/// A piece of evidence with its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceOnRecord {
    /// Its id.
    pub id: EvidenceId,
    /// What it says.
    pub evidence: Evidence,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// A mentor to be invited.
#[derive(Debug, Clone)]
pub struct InviteMentor {
    /// What to call them.
    pub first_name: String,
    /// Languages spoken.
    pub languages: Vec<String>,
    /// Their zone.
    pub zone: String,
    /// How much they may carry, in units; 2 when left out.
    pub capacity: Option<i32>,
}

impl InviteMentor {
    /// Cleans the invitation, or says everything that is wrong with it.
    pub fn check(self) -> Result<Self> {
        let mut check = Check::new();
        let first_name = check.first_name("input.firstName", &self.first_name);
        let languages = check_languages(&mut check, "input.languages", &self.languages);
        let zone = check_zone(&mut check, "input.zone", &self.zone);
        let capacity = check.range("input.capacity", self.capacity.unwrap_or(USUAL_CAPACITY), CAPACITY);
        check.done()?;
        Ok(Self { first_name, languages, zone, capacity: Some(capacity) })
    }
}

/// What to change in a mentor's record. `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct UpdateMentor {
    /// The version that the caller read, if they want no other to be overwritten.
    pub version: Option<i32>,
    /// Languages spoken.
    pub languages: Option<Vec<String>>,
    /// Topics that the mentor likes to speak about.
    pub topics: Option<Vec<String>>,
    /// What the mentor says of themself; an empty text takes it away.
    pub about: Option<String>,
    /// What matching compares, as a whole.
    pub profile: Option<Profile>,
    /// How much they may carry, in units.
    pub capacity: Option<i32>,
    /// Their zone.
    pub zone: Option<String>,
}

impl UpdateMentor {
    /// Cleans the change, or says everything that is wrong with it.
    pub fn check(self) -> Result<Self> {
        let mut check = Check::new();
        check.ensure(!self.fields().is_empty(), Code::Required, "input", "Name at least one thing to change.");
        let languages = self.languages.map(|tags| check_languages(&mut check, "input.languages", &tags));
        let topics = self.topics.map(|topics| check_words(&mut check, "input.topics", &topics));
        let about = self.about.map(|text| check.prose("input.about", &text, 0, ABOUT));
        let profile = self.profile.map(|profile| profile.validated(&mut check, "input.profile"));
        let capacity = self.capacity.map(|units| check.range("input.capacity", units, CAPACITY));
        let zone = self.zone.map(|zone| check_zone(&mut check, "input.zone", &zone));
        check.done()?;
        Ok(Self { version: self.version, languages, topics, about, profile, capacity, zone })
    }

    /// The fields that it changes, for the audit entry.
    #[must_use]
    pub fn fields(&self) -> Vec<&'static str> {
        let fields = [
            (self.languages.is_some(), "languages"),
            (self.topics.is_some(), "topics"),
            (self.about.is_some(), "about"),
            (self.profile.is_some(), "profile"),
            (self.capacity.is_some(), "capacity"),
            (self.zone.is_some(), "zone"),
        ];
        fields.into_iter().filter(|(changes, _)| *changes).map(|(_, field)| field).collect()
    }
}

/// A piece of evidence to be recorded; days as `2026-11-23`.
#[derive(Debug, Clone)]
pub struct RecordEvidence {
    /// What it proves.
    pub kind: EvidenceKind,
    /// The day from which it counts.
    pub obtained_on: String,
    /// The first day on which it no longer counts, if it expires.
    pub expires_on: Option<String>,
}

impl RecordEvidence {
    /// Reads the days, or says everything that is wrong with them.
    pub fn check(&self, today: Date) -> Result<Evidence> {
        let mut check = Check::new();
        let obtained = day(&mut check, "input.obtainedOn", &self.obtained_on);
        let expires_on = self.expires_on.as_deref().map(|text| day(&mut check, "input.expiresOn", text));
        // A day that could not be read is a problem already; the rules are asked about those that could.
        let evidence = Evidence {
            kind: self.kind,
            obtained_on: obtained.unwrap_or(today),
            expires_on: expires_on.flatten(),
            withdrawn: false,
        };
        check_evidence(&mut check, "input", &evidence, today);
        check.done()?;
        Ok(evidence)
    }
}

/// Reads a day in the years from 1950 to 2200: nothing outside can be evidence of today, and the database keeps days as
/// ten characters.
fn day(check: &mut Check, path: &str, text: &str) -> Option<Date> {
    let written = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let day = if written { text.parse::<Date>().ok() } else { None };
    let day = check.valid(path, day, "Write the day as 2026-11-23.")?;
    let known = (1950..=2200).contains(&day.year());
    check.ensure(known, Code::OutOfRange, path, "Choose a day in the years from 1950 to 2200.");
    Some(day)
}

/// Which mentors a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct MentorFilter {
    /// Only those who are ready today, or only those who are not.
    pub ready: Option<bool>,
    /// Only those in this state.
    pub state: Option<MentorState>,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

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
    fn an_invitation_is_checked_all_at_once() {
        let good = InviteMentor {
            first_name: " Bo ".to_owned(),
            languages: vec!["EN".to_owned()],
            zone: "Europe/Rome".to_owned(),
            capacity: None,
        };
        let clean = good.clone().check().unwrap();
        assert_eq!((clean.first_name.as_str(), clean.capacity), ("Bo", Some(2)));
        let bad =
            InviteMentor { first_name: String::new(), languages: vec![], zone: String::new(), capacity: Some(11) };
        let want = [
            "REQUIRED input.firstName",
            "REQUIRED input.languages",
            "REQUIRED input.zone",
            "OUT_OF_RANGE input.capacity",
        ];
        assert_eq!(wrong(bad.check()), want);
    }

    #[test]
    fn an_update_changes_something_and_only_good_values() {
        assert_eq!(wrong(UpdateMentor::default().check()), ["REQUIRED input"]);
        let update = UpdateMentor {
            topics: Some(vec!["Big Words".to_owned()]),
            about: Some("x".repeat(2001)),
            capacity: Some(0),
            ..UpdateMentor::default()
        };
        assert_eq!(update.fields(), ["topics", "about", "capacity"]);
        assert_eq!(
            wrong(update.check()),
            ["INVALID input.topics.0", "TOO_LONG input.about", "OUT_OF_RANGE input.capacity"]
        );
    }

    #[test]
    fn days_of_evidence_are_read_strictly() {
        let today = date(2026, 11, 23);
        let check = |obtained: &str, expires: Option<&str>| {
            let input = RecordEvidence {
                kind: EvidenceKind::Training,
                obtained_on: obtained.to_owned(),
                expires_on: expires.map(str::to_owned),
            };
            wrong(input.check(today))
        };
        assert_eq!(check("2026-11-23", Some("2026-11-24")), Vec::<String>::new());
        assert_eq!(check("2026-11-24", None), ["OUT_OF_RANGE input.obtainedOn"]);
        assert_eq!(check("2026-11-01", Some("2026-11-01")), ["OUT_OF_RANGE input.expiresOn"]);
        assert_eq!(check("1949-12-31", None), ["OUT_OF_RANGE input.obtainedOn"]);
        assert_eq!(check("2026-11-01", Some("2201-01-01")), ["OUT_OF_RANGE input.expiresOn"]);
        for junk in ["", "yesterday", "2026-02-30", "20261123", "2026-11-23T10", "-00001-01-"] {
            assert_eq!(check(junk, None), ["INVALID input.obtainedOn"], "{junk}");
        }
    }
}
