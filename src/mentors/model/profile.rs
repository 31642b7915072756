//! What a mentor has lived through and offers: the choices that matching compares. Broad terms from closed lists only:
//! no names, no places, no story.

use serde::{Deserialize, Serialize};

use crate::kernel::terms::{AgeBand, CaregiverRole, Channel, ExploitationKind, GenderPreference, Phase};
use crate::kernel::{Check, Code};

/// The most words in one list of a profile.
const MAX_WORDS: usize = 10;

/// The choices of one mentor. What another version of the service wrote beside them is passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Kinds of exploitation lived through or trained for.
    pub kinds: Vec<ExploitationKind>,
    /// Phases lived through.
    pub phases: Vec<Phase>,
    /// Roles lived.
    pub roles: Vec<CaregiverRole>,
    /// Age bands known.
    pub age_bands: Vec<AgeBand>,
    /// Cultures and faiths at home in, as words of the programme's list.
    pub cultures: Vec<String>,
    /// The mentor's gender; `Any` when not said.
    pub gender: GenderPreference,
    /// Ways of meeting on offer.
    pub channels: Vec<Channel>,
    /// Topics that the mentor is not ready to speak about.
    pub topics_not_ready: Vec<String>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            kinds: Vec::new(),
            phases: Vec::new(),
            roles: Vec::new(),
            age_bands: Vec::new(),
            cultures: Vec::new(),
            gender: GenderPreference::Any,
            channels: Vec::new(),
            topics_not_ready: Vec::new(),
        }
    }
}

impl Profile {
    /// Cleans the profile and notes every problem: lists sorted and without doubles, words and keys of the form asked
    /// for.
    #[must_use]
    pub fn validated(self, check: &mut Check, path: &str) -> Self {
        let at = |field: &str| format!("{path}.{field}");
        let cultures = check_words(check, &at("cultures"), &self.cultures);
        let topics_not_ready = check_words(check, &at("topicsNotReady"), &self.topics_not_ready);
        Self {
            kinds: sorted(self.kinds),
            phases: sorted(self.phases),
            roles: sorted(self.roles),
            age_bands: sorted(self.age_bands),
            cultures,
            gender: self.gender,
            channels: sorted(self.channels),
            topics_not_ready,
        }
    }
}

/// Choices from a closed list cannot be more than the list is long once doubles are gone.
fn sorted<T: Ord>(mut choices: Vec<T>) -> Vec<T> {
    choices.sort_unstable();
    choices.dedup();
    choices
}

/// Cleans a list of at most 10 words, each a snake_case word of the programme's own list.
pub fn check_words(check: &mut Check, path: &str, words: &[String]) -> Vec<String> {
    check.at_most(path, words, MAX_WORDS);
    let mut clean = Vec::new();
    for (at, word) in words.iter().take(MAX_WORDS).enumerate() {
        let here = format!("{path}.{at}");
        let word = check.line(&here, word, 2, 40);
        let shaped = word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        check.ensure(shaped, Code::Invalid, &here, "Use small letters, digits and _.");
        clean.push(word);
    }
    sorted(clean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Error;

    #[test]
    fn a_profile_is_cleaned_so_that_equal_ones_are_equal() {
        let profile = Profile {
            phases: vec![Phase::Later, Phase::Missing, Phase::Later],
            cultures: vec!["haitian".to_owned(), "haitian".to_owned()],
            ..Profile::default()
        };
        let mut check = Check::new();
        let clean = profile.validated(&mut check, "input.profile");
        assert!(check.done().is_ok());
        assert_eq!(clean.phases, [Phase::Missing, Phase::Later]);
        assert_eq!(clean.cultures, ["haitian"]);
    }

    #[test]
    fn every_wrong_word_is_named() {
        let profile = Profile {
            cultures: vec!["Not A Word".to_owned()],
            topics_not_ready: vec!["court".to_owned(); 11],
            ..Profile::default()
        };
        let mut check = Check::new();
        let _ = profile.validated(&mut check, "input.profile");
        let Err(Error::Refused(problems)) = check.done() else { panic!("accepted") };
        let paths: Vec<_> = problems.iter().map(|p| p.field().join(".")).collect();
        assert_eq!(paths, ["input.profile.cultures.0", "input.profile.topicsNotReady"]);
    }

    #[test]
    fn the_stored_form_reads_back() {
        let profile = Profile { channels: vec![Channel::Phone], ..Profile::default() };
        let text = serde_json::to_string(&profile).unwrap();
        assert_eq!(serde_json::from_str::<Profile>(&text).unwrap(), profile);
        // Keys that an older version wrote here are read elsewhere, and leave with the next change.
        let older = text.replacen('{', r#"{"case_key":"c","town_key":null,"#, 1);
        assert_eq!(serde_json::from_str::<Profile>(&older).unwrap(), profile);
    }
}
