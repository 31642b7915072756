//! Keys that keep people apart: the case that somebody belongs to, and the town where they live.
//!
//! A coordinator writes them on a family's and on a mentor's record; matching looks whether they are equal. They say little,
//! so they are easily guessed: they are stored sealed, and never as a hash that could be looked up.

use caseless::Caseless as _;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::text::is_invisible;
use super::{Check, Code, Error, Result};

/// The most characters of a key.
const MAX_KEY: usize = 64;

/// One key in its plain form: two that mean the same are equal, however they were typed.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

/// A key is nobody's business in a log.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Key {
    /// Reads a key: without regard to case (Unicode's full case folding), to compatibility forms (NFKC), to characters that
    /// cannot be seen, and to how much white space stands where. `None` when nothing is left.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        // Folding and taking apart by turns is how Unicode defines a caseless match of compatibility forms.
        let plain: String = text.nfd().default_case_fold().nfkd().default_case_fold().nfkc().collect();
        let seen: String = plain.chars().filter(|c| c.is_whitespace() || !is_invisible(*c)).collect();
        let words: Vec<&str> = seen.split_whitespace().collect();
        if words.is_empty() { None } else { Some(Self(words.join(" "))) }
    }

    /// The plain form, for coordinators and for sealing.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The keys of one family or mentor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MatchingKeys {
    /// The case that they belong to; `None` when unknown.
    pub case: Option<Key>,
    /// The town where they live; `None` when unknown.
    pub town: Option<Key>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    case: Option<String>,
    town: Option<String>,
}

impl MatchingKeys {
    /// The text to be sealed; `None` when no key is known.
    pub fn to_text(&self) -> Result<Option<String>> {
        if *self == Self::default() {
            return Ok(None);
        }
        let text = |key: &Option<Key>| key.as_ref().map(|key| key.0.clone());
        let stored = Stored { case: text(&self.case), town: text(&self.town) };
        serde_json::to_string(&stored).map(Some).map_err(Error::internal)
    }

    /// Reads what was sealed. Keys are brought into their plain form again, in case an older form was stored.
    pub fn from_text(text: &str) -> Result<Self> {
        // The error of the library would quote the text.
        let stored: Stored = serde_json::from_str(text).map_err(|_| Error::internal("stored keys cannot be read"))?;
        let read = |text: Option<String>| text.as_deref().and_then(Key::read);
        Ok(Self { case: read(stored.case), town: read(stored.town) })
    }

    /// Whether both are known to belong to the same case.
    #[must_use]
    pub fn same_case(&self, other: &Self) -> bool {
        self.case.is_some() && self.case == other.case
    }

    /// Whether both are known to live in the same town.
    #[must_use]
    pub fn same_town(&self, other: &Self) -> bool {
        self.town.is_some() && self.town == other.town
    }
}

/// Keys as somebody typed them. `None` leaves a key as it is, an empty text takes it away.
#[derive(Clone, Default)]
pub struct KeysDraft {
    /// The case.
    pub case: Option<String>,
    /// The town.
    pub town: Option<String>,
}

/// Keys are nobody's business in a log.
impl std::fmt::Debug for KeysDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeysDraft").finish_non_exhaustive()
    }
}

impl KeysDraft {
    /// Cleans the keys at `input.caseKey` and `input.townKey`, or says everything that is wrong with them.
    pub fn check(self) -> Result<Self> {
        let mut check = Check::new();
        let some = self.case.is_some() || self.town.is_some();
        check.ensure(some, Code::Required, "input", "Name at least one thing to change.");
        let case = self.case.map(|text| clean(&mut check, "input.caseKey", &text));
        let town = self.town.map(|text| clean(&mut check, "input.townKey", &text));
        check.done()?;
        Ok(Self { case, town })
    }

    /// The keys after the change.
    #[must_use]
    pub fn apply(&self, to: MatchingKeys) -> MatchingKeys {
        let change = |text: &Option<String>, present| text.as_deref().map_or(present, Key::read);
        MatchingKeys { case: change(&self.case, to.case), town: change(&self.town, to.town) }
    }
}

fn clean(check: &mut Check, path: &str, text: &str) -> String {
    let typed = check.line(path, text, 0, MAX_KEY);
    // A compatibility form can become longer than it was typed; what was typed too long is told already.
    let length = Key::read(&typed).map_or(0, |key| key.0.chars().count());
    let grew = length > MAX_KEY && typed.chars().count() <= MAX_KEY;
    check.ensure(!grew, Code::TooLong, path, "Use fewer or simpler characters.");
    typed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(case: Option<&str>, town: Option<&str>) -> MatchingKeys {
        MatchingKeys { case: case.and_then(Key::read), town: town.and_then(Key::read) }
    }

    #[test]
    fn what_means_the_same_is_the_same() {
        for (a, b) in [
            ("Springfield", " springFIELD "),
            ("New   Haven", "new\u{a0}\thaven"),
            ("Straße", "STRASSE"),
            ("\u{ff23}\u{ff11}", "c1"),
            ("Ame\u{301}lie", "AMÉLIE"),
            ("Spring\u{200b}field", "springfield"),
            ("ΟΔΟΣ", "οδος"),
        ] {
            assert_eq!(Key::read(a), Key::read(b), "{a} {b}");
        }
        assert_ne!(Key::read("New Haven"), Key::read("Newhaven"));
        for nothing in ["", "  ", "\u{200b}"] {
            assert_eq!(Key::read(nothing), None);
        }
    }

    #[test]
    fn unknown_keys_are_never_equal() {
        let (none, here) = (MatchingKeys::default(), keys(Some("Case 1"), Some("Haven")));
        assert!(!none.same_case(&none) && !none.same_town(&none) && !none.same_case(&here));
        let there = keys(Some("case  1"), Some("Elsewhere"));
        assert!(here.same_case(&there) && !here.same_town(&there));
    }

    #[test]
    fn the_stored_form_reads_back_and_nothing_shows_in_logs() {
        let both = keys(Some("Case 1"), None);
        let text = both.to_text().unwrap().unwrap();
        assert_eq!(MatchingKeys::from_text(&text).unwrap(), both);
        assert_eq!(MatchingKeys::default().to_text().unwrap(), None);
        let old = MatchingKeys::from_text(r#"{"case":"CASE 1","town":" "}"#).unwrap();
        assert_eq!(old, both);
        let draft = KeysDraft { case: Some("Case 1".to_owned()), town: None };
        assert!(!format!("{both:?} {draft:?}").to_lowercase().contains("case 1"));
        assert!(!MatchingKeys::from_text("Case 1").unwrap_err().to_string().contains("Case"));
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let change = |case: Option<&str>, town: Option<&str>| {
            KeysDraft { case: case.map(str::to_owned), town: town.map(str::to_owned) }.check()
        };
        let before = keys(Some("Case 1"), Some("Haven"));
        assert_eq!(change(None, Some("")).unwrap().apply(before.clone()), keys(Some("Case 1"), None));
        assert_eq!(change(Some("Case 2"), None).unwrap().apply(before), keys(Some("case 2"), Some("haven")));
        let told = |result: Result<KeysDraft>| match result {
            Err(Error::Refused(problems)) => {
                problems.iter().map(|p| format!("{} {}", p.code, p.field().join("."))).collect::<Vec<_>>()
            }
            _ => Vec::new(),
        };
        assert_eq!(told(change(None, None)), ["REQUIRED input"]);
        let long = "k".repeat(65);
        assert_eq!(told(change(Some(&long), Some("a\u{0}"))), ["TOO_LONG input.caseKey", "INVALID input.townKey"]);
        // One character that stands for eighteen.
        assert_eq!(told(change(Some(&"\u{fdfa}".repeat(10)), None)), ["TOO_LONG input.caseKey"]);
    }

    proptest! {
        #[test]
        fn reading_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = Key::read(&text);
            prop_assert_eq!(once.as_ref().and_then(|key| Key::read(key.as_str())), once);
        }
    }
}
