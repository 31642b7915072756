//! Releases of information: a family's written, informed, time-limited and revocable consent to tell one receiver certain
//! things for one purpose (34 USC 12291(b)(2), 28 CFR 94.115).

mod content;
mod terms;
mod view;

use crate::kernel::ids::{FamilyId, ReleaseId};
use crate::kernel::states::{machine, texts};
use crate::kernel::terms::TextLanguage;
use crate::kernel::{Check, Code, Problem, Result};

pub use content::{Content, Hours, OutcomeSummary, Support};
pub use terms::{TERMS_VERSION, terms};
pub use view::{Disclosed, Disclosure, Filter, Release, Signature};

/// The longest that a release can be valid, in days, whatever the setting says.
pub const LONGEST_DAYS: i32 = 90;
/// The longest name of a receiver or organisation, in characters.
const LONGEST_NAME: usize = 120;
/// The longest sentence about the purpose, in characters.
const LONGEST_PURPOSE: usize = 500;

/// The release is not live: not signed, over, or taken back. Nothing leaves the programme then.
pub const RELEASE_NOT_LIVE: Code = Code::ReleaseNotLive;
/// The field is none of those that the family agreed to.
pub const FIELD_NOT_RELEASED: Code = Code::FieldNotReleased;
/// Every field must be confirmed, and no other.
pub const CONFIRM_EACH_FIELD: Code = Code::ConfirmEachField;

machine! {
    /// The state of a release.
    pub machine ReleaseState("information_release") {
        /// Being written; nothing may be told.
        Draft = "draft",
        /// The family agreed; what it confirmed may be told until it expires.
        Signed = "signed",
        /// Its time is over.
        Expired = "expired",
        /// The family took it back.
        Revoked = "revoked",
        /// The draft was dropped.
        Discarded = "discarded",
    }
    begins [Draft]
    Draft => [Signed, Discarded],
    Signed => [Expired, Revoked],
}

texts! {
    /// What a release is for.
    pub enum Purpose {
        /// A place to live.
        Housing = "housing",
        /// Legal help.
        LegalHelp = "legal_help",
        /// Health care.
        HealthCare = "health_care",
        /// Counselling.
        Counselling = "counselling",
        /// School.
        School = "school",
        /// Benefits and support in money or kind.
        Benefits = "benefits",
        /// Somebody's safety.
        Safety = "safety",
        /// None of these.
        Other = "other",
    }
}

texts! {
    /// What can be told under a release. There is nothing else that can.
    pub enum Field {
        /// The caregivers' first names.
        FirstNames = "first_names",
        /// The languages that the family speaks.
        Languages = "languages",
        /// The one channel on which it is safe to reach the family.
        ContactChannel = "contact_channel",
        /// The hours in which it is safe to reach the family.
        ContactHours = "contact_hours",
        /// What happened, in broad terms.
        SituationKind = "situation_kind",
        /// Where the family stands, in broad terms.
        SituationPhase = "situation_phase",
        /// When the family has been supported by a mentor.
        SupportDates = "support_dates",
        /// When sessions took place.
        SessionDates = "session_dates",
        /// How many sessions took place, and how the support ended.
        OutcomeSummary = "outcome_summary",
    }
}

impl Field {
    /// The field in plain words.
    #[must_use]
    pub const fn in_words(self, language: TextLanguage) -> &'static str {
        let [english, spanish] = match self {
            Self::FirstNames => ["first names of the caregivers", "nombres de pila de los cuidadores"],
            Self::Languages => ["languages that your family speaks", "idiomas que habla su familia"],
            Self::ContactChannel => ["how it is safe to reach you", "cómo es seguro comunicarse con ustedes"],
            Self::ContactHours => ["when it is safe to reach you", "cuándo es seguro comunicarse con ustedes"],
            Self::SituationKind => ["what happened, in broad terms", "lo que pasó, en términos generales"],
            Self::SituationPhase => ["where your family stands now", "en qué etapa está su familia"],
            Self::SupportDates => ["when you had a mentor", "cuándo tuvieron mentor o mentora"],
            Self::SessionDates => ["dates of sessions", "fechas de las sesiones"],
            Self::OutcomeSummary => ["how the support ended, in one line", "cómo terminó el apoyo, en una línea"],
        };
        match language {
            TextLanguage::English => english,
            TextLanguage::Spanish => spanish,
        }
    }
}

impl ReleaseState {
    /// The state at this instant: a release whose time is over has expired, whether or not anybody has noted it; one whose
    /// signer is marked as an alleged abuser counts as taken back.
    #[must_use]
    pub fn seen_at(self, now: jiff::Timestamp, expires_at: Option<jiff::Timestamp>, signer_is_marked: bool) -> Self {
        match self {
            Self::Signed if expires_at.is_some_and(|end| end <= now) => Self::Expired,
            Self::Signed if signer_is_marked => Self::Revoked,
            other => other,
        }
    }
}

/// Who receives what is told.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Receiver {
    /// The person's name.
    pub name: String,
    /// Their organisation.
    pub organisation: String,
}

/// A receiver is nobody's business in a log.
impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}

/// A draft, new or changed.
#[derive(Clone)]
pub struct NewDraft {
    /// The draft to be changed, with the version that the caller read; none for a new one.
    pub changes: Option<(ReleaseId, i32)>,
    /// Whose consent it will be; only for a new one.
    pub family: Option<FamilyId>,
    /// Who receives.
    pub receiver: Receiver,
    /// What for, in broad terms.
    pub purpose: Purpose,
    /// What for, in one sentence.
    pub purpose_detail: String,
    /// What may be told.
    pub fields: Vec<Field>,
    /// For how many days from the signature on; as long as can be when left out.
    pub valid_days: Option<i32>,
}

/// Receivers and purposes are nobody's business in a log.
impl std::fmt::Debug for NewDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewDraft").field("changes", &self.changes).finish_non_exhaustive()
    }
}

impl NewDraft {
    /// Cleans the draft, or says everything that is wrong with it. `longest` is the setting, in days.
    pub fn check(mut self, longest: i32) -> Result<Self> {
        let longest = longest.clamp(1, LONGEST_DAYS);
        let mut check = Check::new();
        self.receiver.name = check.line("input.receiver.name", &self.receiver.name, 1, LONGEST_NAME);
        let path = "input.receiver.organisation";
        self.receiver.organisation = check.line(path, &self.receiver.organisation, 1, LONGEST_NAME);
        self.purpose_detail = check.line("input.purposeDetail", &self.purpose_detail, 10, LONGEST_PURPOSE);
        let valid_days = check.range("input.validDays", self.valid_days.unwrap_or(longest), 1..=longest);
        self.valid_days = Some(valid_days);
        check.ensure(!self.fields.is_empty(), Code::Required, "input.fields", "Name at least one thing.");
        check.at_most("input.fields", &self.fields, Field::ALL.len());
        self.fields.sort();
        self.fields.dedup();
        check.ensure(
            self.changes.is_some() != self.family.is_some(),
            Code::Required,
            "input.familyId",
            "Name the family of a new draft, or the draft to be changed.",
        );
        check.done().map(|()| self)
    }
}

/// What the family member says when signing.
#[derive(Debug, Clone)]
pub struct Signing {
    /// The release.
    pub id: ReleaseId,
    /// The version that they read: who signs, signs what they saw.
    pub version: i32,
    /// The language of the text that they read.
    pub language: TextLanguage,
    /// The version of the text that they read.
    pub text_version: String,
    /// Each field that they confirm.
    pub confirmed: Vec<Field>,
}

impl Signing {
    /// Refuses unless the text is the present one and exactly the fields of the release are confirmed.
    pub fn check(&self, fields: &[Field]) -> Result<()> {
        let mut check = Check::new();
        let message = "The text has changed. Read it again before you sign.";
        check.ensure(self.text_version == TERMS_VERSION, Code::Stale, "input.textVersion", message);
        let mut confirmed = self.confirmed.clone();
        confirmed.sort();
        let message = "Confirm each thing that may be told, once, and nothing else.";
        check.ensure(confirmed == fields, CONFIRM_EACH_FIELD, "input.confirmedFields", message);
        check.done()
    }
}

/// Refuses to tell anything that is not released, or nothing at all.
pub fn check_disclosed(asked: &[Field], released: &[Field]) -> Result<Vec<Field>> {
    let mut check = Check::new();
    check.ensure(!asked.is_empty(), Code::Required, "input.fields", "Name at least one thing.");
    check.at_most("input.fields", asked, Field::ALL.len());
    for (at, field) in asked.iter().enumerate().take(Field::ALL.len()) {
        let path = format!("input.fields.{at}");
        check.ensure(released.contains(field), FIELD_NOT_RELEASED, &path, "The family has not agreed to tell this.");
    }
    check.done()?;
    let mut fields = asked.to_vec();
    fields.sort();
    fields.dedup();
    Ok(fields)
}

/// What somebody hears who wants to tell something without a live release.
#[must_use]
pub fn not_live() -> Problem {
    Problem::at(RELEASE_NOT_LIVE, "input.releaseId", "This release is not live, so nothing may be told under it.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Error;
    use jiff::Timestamp;
    use uuid::Uuid;

    fn wrong<T>(result: Result<T>) -> Vec<String> {
        match result {
            Err(Error::Refused(problems)) => {
                problems.iter().map(|p| format!("{} {}", p.code, p.field().join("."))).collect()
            }
            _ => Vec::new(),
        }
    }

    fn draft() -> NewDraft {
        NewDraft {
            changes: None,
            family: Some(Uuid::from_u128(1).into()),
            receiver: Receiver { name: " Jo Park ".to_owned(), organisation: "Harbour Legal Aid".to_owned() },
            purpose: Purpose::LegalHelp,
            purpose_detail: "To prepare a first appointment.".to_owned(),
            fields: vec![Field::Languages, Field::FirstNames, Field::Languages],
            valid_days: None,
        }
    }

    #[test]
    fn a_draft_names_one_receiver_and_exact_fields_for_a_bounded_time() {
        let clean = draft().check(90).unwrap();
        assert_eq!((clean.receiver.name.as_str(), clean.valid_days), ("Jo Park", Some(90)));
        assert_eq!(clean.fields, [Field::FirstNames, Field::Languages]);
        assert_eq!(draft().check(14).unwrap().valid_days, Some(14));
        let days = |days| NewDraft { valid_days: Some(days), ..draft() };
        for (wish, longest) in [(0, 90), (91, 90), (91, 400), (15, 14)] {
            assert_eq!(wrong(days(wish).check(longest)), ["OUT_OF_RANGE input.validDays"]);
        }
        let none = Receiver { name: String::new(), organisation: "x".repeat(121) };
        let bad =
            NewDraft { receiver: none, fields: Vec::new(), family: None, purpose_detail: "Help".into(), ..draft() };
        assert!(!format!("{bad:?}").contains("Help"));
        let want = [
            "REQUIRED input.receiver.name",
            "TOO_LONG input.receiver.organisation",
            "TOO_SHORT input.purposeDetail",
            "REQUIRED input.fields",
            "REQUIRED input.familyId",
        ];
        assert_eq!(wrong(bad.check(90)), want);
    }

    #[test]
    fn who_signs_confirms_each_field_and_read_the_present_text() {
        let fields = [Field::FirstNames, Field::Languages];
        let signing = |confirmed: &[Field], text_version: &str| Signing {
            id: Uuid::from_u128(1).into(),
            version: 1,
            language: TextLanguage::English,
            text_version: text_version.to_owned(),
            confirmed: confirmed.to_vec(),
        };
        assert!(signing(&[Field::Languages, Field::FirstNames], TERMS_VERSION).check(&fields).is_ok());
        for confirmed in [&fields[..1], &[Field::FirstNames, Field::FirstNames][..], &Field::ALL[..3], &[]] {
            let wrong = wrong(signing(confirmed, TERMS_VERSION).check(&fields));
            assert_eq!(wrong, ["CONFIRM_EACH_FIELD input.confirmedFields"]);
        }
        assert_eq!(wrong(signing(&fields, "2020-01").check(&fields)), ["STALE input.textVersion"]);
    }

    #[test]
    fn only_released_fields_are_told() {
        let released = [Field::FirstNames, Field::Languages];
        assert_eq!(check_disclosed(&[Field::Languages], &released).unwrap(), [Field::Languages]);
        let asked = [Field::Languages, Field::SessionDates];
        assert_eq!(wrong(check_disclosed(&asked, &released)), ["FIELD_NOT_RELEASED input.fields.1"]);
        assert_eq!(wrong(check_disclosed(&[], &released)), ["REQUIRED input.fields"]);
    }

    #[test]
    fn a_release_is_over_at_its_instant_and_with_its_signer() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let signed = |now, marked| ReleaseState::Signed.seen_at(at(now), Some(at(10)), marked);
        assert_eq!(signed(9, false), ReleaseState::Signed);
        assert_eq!(signed(10, false), ReleaseState::Expired);
        assert_eq!(signed(9, true), ReleaseState::Revoked);
        assert_eq!(ReleaseState::Draft.seen_at(at(9), None, true), ReleaseState::Draft);
    }

    #[test]
    fn every_field_has_words_and_the_text_fits_its_column() {
        for language in [TextLanguage::English, TextLanguage::Spanish] {
            assert!(Field::ALL.iter().all(|field| !field.in_words(language).is_empty()));
            assert!((500..8000).contains(&terms(language).chars().count()));
        }
    }
}
