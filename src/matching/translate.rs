//! The words that mentors' profiles and requests share. Each side keeps its own list, since neither may look into the
//! other's; a test holds the lists equal.

use super::model::facts::{AgeBand, CaregiverRole, Channel, ExploitationKind, GenderPreference, Phase};
use crate::mentors;

macro_rules! lists {
    ($($name:ident: $kind:ident;)+) => {
        $(
            /// The same words here.
            pub(super) fn $name(words: &[mentors::$kind]) -> Vec<$kind> {
                words.iter().filter_map(|word| $kind::parse(word.as_str())).collect()
            }
        )+
    };
}

lists! {
    kinds: ExploitationKind;
    phases: Phase;
    roles: CaregiverRole;
    age_bands: AgeBand;
    channels: Channel;
}

/// The same word here.
pub(super) fn gender(word: mentors::GenderPreference) -> GenderPreference {
    GenderPreference::parse(word.as_str()).unwrap_or(GenderPreference::Any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_know_the_same_words() {
        assert_eq!(kinds(mentors::ExploitationKind::ALL), ExploitationKind::ALL);
        assert_eq!(phases(mentors::Phase::ALL), Phase::ALL);
        assert_eq!(roles(mentors::CaregiverRole::ALL), CaregiverRole::ALL);
        assert_eq!(age_bands(mentors::AgeBand::ALL), AgeBand::ALL);
        assert_eq!(channels(mentors::Channel::ALL), Channel::ALL);
        let genders: Vec<_> = mentors::GenderPreference::ALL.iter().map(|word| gender(*word)).collect();
        assert_eq!(genders, GenderPreference::ALL);
    }
}
