//! Languages by their BCP 47 tags, in lists that compare plainly.

use super::{Check, Code};

/// The most languages in one list.
const MAX_LANGUAGES: usize = 10;

/// Whether a text has the shape of a BCP 47 language tag: `es`, `pt-BR`, `zh-Hant-TW`. Only the shape: no register of
/// tags is kept here.
#[must_use]
pub fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let letters = |s: &str| s.bytes().all(|b| b.is_ascii_alphabetic());
    tag.len() <= 35
        && (2..=3).contains(&language.len())
        && letters(language)
        && parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Cleans a list of 1 to 10 language tags: lower case, sorted, no doubles, so that lists compare plainly.
pub fn check_languages(check: &mut Check, path: &str, tags: &[String]) -> Vec<String> {
    check.ensure(!tags.is_empty(), Code::Required, path, "Name at least one language.");
    check.at_most(path, tags, MAX_LANGUAGES);
    let mut clean = Vec::new();
    for (at, tag) in tags.iter().take(MAX_LANGUAGES).enumerate() {
        let here = format!("{path}.{at}");
        let tag = check.line(&here, tag, 2, 35).to_ascii_lowercase();
        check.ensure(is_language_tag(&tag), Code::Invalid, &here, "Use a language tag such as en, es or pt-br.");
        clean.push(tag);
    }
    clean.sort_unstable();
    clean.dedup();
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_tags_are_told_by_their_shape() {
        for good in ["en", "es", "pt-BR", "zh-Hant-TW", "fil", "es-419"] {
            assert!(is_language_tag(good), "{good}");
        }
        for bad in ["", "e", "english", "en_US", "en-", "-en", "12", "en-waytoolongpart", "日本"] {
            assert!(!is_language_tag(bad), "{bad}");
        }
        let mut check = Check::new();
        let tags = ["pt-BR", "en", "EN"].map(str::to_owned);
        assert_eq!(check_languages(&mut check, "languages", &tags), ["en", "pt-br"]);
        assert!(check.done().is_ok());
        let mut check = Check::new();
        check_languages(&mut check, "languages", &[]);
        assert!(check.done().is_err());
    }
}
