//! The rule for passphrases: length, and not easy to guess (NIST SP 800-63B-4, section 3.1.1; ASVS 5.0, 6.2). Any character
//! may stand in one, spaces too; there are no rules about kinds of characters, which make people choose worse.
//!
//! A passphrase is brought into the form NFKC before it is counted, judged, hashed or compared, so that what one keyboard
//! writes as one character and another as two is the same passphrase. Nothing is cut off, at neither end.
//!
//! How easy it is to guess is estimated by zxcvbn (Wheeler 2016), whose lists hold 30,000 common passwords beside names and
//! words; words of the person's own surroundings count as common too. A short list of our own holds what is too easy though
//! it does not look so: famous phrases, and what this service would make people think of.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;
use zxcvbn::feedback::{Feedback, Warning};
use zxcvbn::{Score, zxcvbn};

use crate::kernel::{Check, Code};

/// Shortest and longest passphrase, in characters.
pub const LENGTH: std::ops::RangeInclusive<usize> = 12..=128;
/// The most bytes that are looked at: 128 characters of the longest kind, in pieces.
pub const MOST_BYTES: usize = 2_048;
/// How many characters are judged at a time. The estimate takes more than proportionally longer for a longer text.
const JUDGED: usize = 64;
/// A piece of a person's surroundings that is shorter says nothing.
const LEAST_CONTEXT: usize = 3;
/// The passphrase is too easy to guess.
pub const TOO_COMMON: Code = Code::PassphraseTooCommon;

/// Stems of what is tried first; a passphrase made of these alone, of one repeated piece or of a keyboard run is refused.
const COMMON: &[&str] = &[
    "password",
    "passphrase",
    "passwort",
    "letmein",
    "welcome",
    "iloveyou",
    "qwerty",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abc",
    "abcdef",
    "abcdefgh",
    "abcdefghijkl",
    "admin",
    "administrator",
    "login",
    "secret",
    "changeme",
    "default",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "batman",
    "dragon",
    "monkey",
    "master",
    "shadow",
    "trustno",
    "whatever",
    "starwars",
    "computer",
    "internet",
    "freedom",
    "michael",
    "jennifer",
    "jordan",
    "charlie",
    "ashley",
    "hello",
    "mustang",
    "access",
    "summer",
    "winter",
    "spring",
    "autumn",
    "test",
    "testing",
    "please",
    "kinward",
    "family",
    "mentor",
    "my",
    "is",
    "the",
    "me",
    "in",
    "let",
    "love",
    "you",
    "i",
    "correct",
    "horse",
    "battery",
    "staple",
    "pass",
    "word",
    "1q2w3e4r",
    "1qaz2wsx",
    "qazwsx",
    "zaq",
    "123qwe",
    "user",
    "guest",
    "root",
    "new",
    "god",
    "jesus",
    "blessed",
    "faith",
];

/// The form in which a passphrase is counted, judged, hashed and compared: NFKC (Unicode Standard Annex 15).
#[must_use]
pub fn normal_form(passphrase: &str) -> Zeroizing<String> {
    Zeroizing::new(passphrase.nfkc().collect())
}

/// Notes what is wrong with a new passphrase. `context` are texts of the person's surroundings, the sign-in name first: a
/// passphrase that holds that name is refused, and words of all of them are no help.
pub fn check_passphrase(check: &mut Check, path: &str, passphrase: &str, context: &[&str]) {
    const TOO_LONG: &str = "Use at most 128 characters.";
    if passphrase.len() > MOST_BYTES {
        check.problem(Code::TooLong, path, TOO_LONG);
        return;
    }
    let passphrase = normal_form(passphrase);
    let length = passphrase.chars().count();
    if length < *LENGTH.start() {
        check.problem(Code::TooShort, path, "Use at least 12 characters. Four or five words work well.");
    } else if length > *LENGTH.end() {
        check.problem(Code::TooLong, path, TOO_LONG);
    } else if let Some(reason) = too_easy(&passphrase, context) {
        check.problem(TOO_COMMON, path, reason);
    }
}

/// Why it is too easy to guess, and what to do, in a sentence or two.
fn too_easy(passphrase: &str, context: &[&str]) -> Option<&'static str> {
    let folded: Zeroizing<String> = Zeroizing::new(folded(passphrase));
    let name = context.first().map(|name| self::folded(name)).unwrap_or_default();
    if !name.is_empty() && folded.contains(&name) {
        return Some("Leave the name that you sign in with out of it. Four or five other words work well.");
    }
    // With fewer letters and digits than that the other characters decide.
    let by_letters = folded.chars().count() >= 6 && (repeats(&folded) || made_of_common_parts(&folded));
    if by_letters || repeats(passphrase) {
        return Some(
            "This is one of the first that somebody would try. Four or five words that only you would connect work well.",
        );
    }
    guessable(passphrase, context)
}

fn folded(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Why somebody would guess it within ten thousand million tries. Beginning and end are judged each for itself, and the
/// better one counts: no part of a passphrase makes the whole weaker than it is alone.
fn guessable(passphrase: &str, context: &[&str]) -> Option<&'static str> {
    let known = words_of(context);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let characters: Zeroizing<Vec<char>> = Zeroizing::new(passphrase.chars().collect());
    let mut reason = None;
    for part in [head(&characters), tail(&characters)] {
        let part: Zeroizing<String> = Zeroizing::new(part.iter().collect());
        let estimate = zxcvbn(&part, &known);
        if estimate.score() >= Score::Four {
            return None;
        }
        reason = reason.or_else(|| Some(advice(estimate.feedback().and_then(Feedback::warning))));
        if characters.len() <= JUDGED {
            break;
        }
    }
    reason
}

fn head(characters: &[char]) -> &[char] {
    characters.get(..JUDGED).unwrap_or(characters)
}

fn tail(characters: &[char]) -> &[char] {
    characters.get(characters.len().saturating_sub(JUDGED)..).unwrap_or(characters)
}

/// The texts and their words, in lower case.
fn words_of(context: &[&str]) -> Vec<String> {
    let texts = context.iter().map(|text| text.to_lowercase());
    let mut words: Vec<String> = vec!["kinward".to_owned()];
    for text in texts {
        words.extend(text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned));
        words.push(folded(&text));
        words.push(text);
    }
    words.retain(|word| word.chars().count() >= LEAST_CONTEXT);
    words
}

fn advice(warning: Option<Warning>) -> &'static str {
    match warning {
        Some(Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess) => {
            "Keys that lie beside each other are easy to guess. Four or five words work well."
        }
        Some(
            Warning::RepeatsLikeAaaAreEasyToGuess
            | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess
            | Warning::SequencesLikeAbcAreEasyToGuess,
        ) => "Repeating or counting up is easy to guess. Four or five different words work well.",
        Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => {
            "Dates and years are easy to guess. Add three or four words that have nothing to do with them."
        }
        Some(Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess) => {
            "Names are easy to guess. Add three or four words that have nothing to do with them."
        }
        Some(
            Warning::ThisIsATop10Password
            | Warning::ThisIsATop100Password
            | Warning::ThisIsACommonPassword
            | Warning::ThisIsSimilarToACommonlyUsedPassword
            | Warning::AWordByItselfIsEasyToGuess,
        )
        | None => "This is easy to guess. Four or five words that only you would connect work well.",
    }
}

/// One piece of up to six characters over and over.
fn repeats(text: &str) -> bool {
    let all: Vec<char> = text.chars().collect();
    (1..=6).any(|period| all.iter().zip(all.iter().skip(period)).all(|(a, b)| a == b))
}

/// Whether common stems and digits alone make up the whole; at most 128 characters, so the table is small.
fn made_of_common_parts(text: &str) -> bool {
    let mut reachable = vec![false; text.len() + 1];
    if let Some(first) = reachable.first_mut() {
        *first = true;
    }
    for at in 0..text.len() {
        let Some(rest) = text.get(at..).filter(|_| reachable.get(at) == Some(&true)) else { continue };
        let digit = rest.starts_with(|c: char| c.is_ascii_digit()).then_some(1);
        let stems = COMMON.iter().filter(|stem| rest.starts_with(**stem)).map(|stem| stem.len());
        for length in stems.chain(digit) {
            if let Some(next) = reachable.get_mut(at + length) {
                *next = true;
            }
        }
    }
    reachable.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: [&str; 2] = ["calm-river-4821", "Northern Lights"];

    fn problems(passphrase: &str) -> Vec<(Code, String)> {
        let mut check = Check::new();
        check_passphrase(&mut check, "passphrase", passphrase, &CONTEXT);
        match check.done() {
            Err(crate::kernel::Error::Refused(problems)) => {
                problems.into_iter().map(|problem| (problem.code, problem.message.into_owned())).collect()
            }
            _ => Vec::new(),
        }
    }

    fn codes(passphrase: &str) -> Vec<Code> {
        problems(passphrase).into_iter().map(|(code, _)| code).collect()
    }

    #[test]
    fn whatever_is_hard_to_guess_is_fine_and_no_kind_of_character_is_asked_for() {
        for fine in [
            "a kettle under seven maples",
            "tramlineorchardpebble",
            "ein Löffel voller Sterne",
            "日本の庭にある古い石の灯籠です",
            "}~+;%=^(&]<?*",
            "  a kettle under seven maples  ",
            "\u{1f9e1}\u{1f40c}\u{1f3bb}\u{1f335}\u{1f6f6}\u{1f9ed}\u{1fab5}\u{1f95d}\u{1f3a1}\u{1f98a}\u{1f9c3}\u{1f332}",
            "kqzvbwtyxmjf",
            "9 boats, 4 spoons & a fog",
            "tab\tand\nline end in a wind",
        ] {
            assert_eq!(codes(fine), [], "{fine}");
        }
    }

    #[test]
    fn what_is_guessed_first_is_refused_with_a_word_of_advice() {
        for (common, advice) in [
            ("password1234", "first that somebody would try"),
            ("Password 2026!", "first that somebody would try"),
            ("123456789012", "first that somebody would try"),
            ("qwertyuiop123", "first that somebody would try"),
            ("aaaaaaaaaaaa", "first that somebody would try"),
            ("abcabcabcabc", "first that somebody would try"),
            ("I love you 123", "first that somebody would try"),
            ("correct horse battery staple", "first that somebody would try"),
            ("my calm-river-4821 key", "Leave the name"),
            ("CALM river 4821 and more", "Leave the name"),
            ("!!!!!!!!!!!!", "first that somebody would try"),
            ("!?!?-!?!?-!?!?", "first that somebody would try"),
            ("letmein letmein", "first that somebody would try"),
            ("elizabeth1987", "easy to guess"),
            ("christopher01", "easy to guess"),
            ("basketball123", "easy to guess"),
            ("P4ssw0rd!2024", "easy to guess"),
            ("northernlights", "easy to guess"),
            ("Northern Lights", "easy to guess"),
            ("kinwardkinward1", "first that somebody would try"),
            ("rivercalm4821", "easy to guess"),
            ("12345 !!!!!!!", "easy to guess"),
            ("zaq12wsxcde3", "easy to guess"),
            ("november232026", "easy to guess"),
        ] {
            let told = problems(common);
            assert!(told.len() == 1 && told[0].0 == TOO_COMMON, "{common}: {told:?}");
            assert!(told[0].1.contains(advice) && told[0].1.contains("words"), "{common}: {told:?}");
        }
        // Beside other words the same names are fine.
        assert_eq!(codes("northern lights over a tin kettle"), []);
    }

    #[test]
    fn length_is_counted_in_characters_of_the_normal_form() {
        assert_eq!(codes("short"), [Code::TooShort]);
        assert_eq!(codes("kqzvbwtyxmj"), [Code::TooShort]);
        assert_eq!(codes(&"long words ".repeat(20)), [Code::TooLong]);
        let fox = "seven grey foxes wait by a tin boat; ";
        let exact = |length: usize| fox.repeat(4).chars().take(length).collect::<String>();
        assert_eq!(codes(&exact(128)), []);
        assert_eq!(codes(&exact(129)), [Code::TooLong]);
        // Eleven characters, each in two pieces, are still eleven; a ligature counts as what it stands for.
        assert_eq!(codes(&"e\u{301}".repeat(11)), [Code::TooShort]);
        assert_eq!(codes("kqzvbwtyxm\u{fb03}"), []);
        assert_eq!(*normal_form("e\u{301} \u{ff4b}\u{ff49}\u{ff4e}"), "\u{e9} kin");
        // What grows out of all bounds is refused unread.
        assert_eq!(codes(&"\u{fdfa}".repeat(100)), [Code::TooLong]);
        assert_eq!(codes(&"x".repeat(100_000)), [Code::TooLong]);
    }

    #[test]
    fn a_long_passphrase_is_judged_by_its_better_end() {
        let weak = "12345678".repeat(8);
        assert_eq!(codes(&weak), [TOO_COMMON]);
        assert_eq!(codes(&format!("{weak}a kettle under seven maples")), []);
        assert_eq!(codes(&format!("a kettle under seven maples{weak}")), []);
    }
}
