//! The rule for passphrases: length, and not one that everybody tries first (NIST SP 800-63B, ASVS 6.2). No rules about
//! kinds of characters, which make people choose worse.

use crate::kernel::{Check, Code};

/// Shortest and longest passphrase, in characters.
pub const LENGTH: std::ops::RangeInclusive<usize> = 12..=128;
/// The passphrase is too easy to guess.
pub const TOO_COMMON: Code = Code("PASSPHRASE_TOO_COMMON");

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

/// Notes what is wrong with a new passphrase; `sign_in_name` must not stand in it.
pub fn check_passphrase(check: &mut Check, path: &str, passphrase: &str, sign_in_name: Option<&str>) {
    let length = passphrase.chars().count();
    if length < *LENGTH.start() {
        check.problem(Code::TOO_SHORT, path, "Use at least 12 characters. Four or five words work well.");
    } else if length > *LENGTH.end() {
        check.problem(Code::TOO_LONG, path, "Use at most 128 characters.");
    } else if is_common(passphrase, sign_in_name) {
        check.problem(TOO_COMMON, path, "This is one of the first that somebody would try. Please choose another.");
    }
}

fn is_common(passphrase: &str, sign_in_name: Option<&str>) -> bool {
    let folded: String = passphrase.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    if let Some(name) = sign_in_name {
        let name: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        if !name.is_empty() && folded.contains(&name) {
            return true;
        }
    }
    if folded.chars().count() < 6 {
        // Hardly a letter or digit in it: then the signs themselves are looked at, since any kind of character will do.
        let signs: std::collections::BTreeSet<char> = passphrase.chars().collect();
        return signs.len() < 6 || repeats(passphrase);
    }
    repeats(&folded) || made_of_common_parts(&folded)
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

    fn codes(passphrase: &str) -> Vec<Code> {
        let mut check = Check::new();
        check_passphrase(&mut check, "passphrase", passphrase, Some("calm-river-4821"));
        match check.done() {
            Err(crate::kernel::Error::Refused(problems)) => problems.iter().map(|p| p.code).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn length_and_commonness_decide_and_nothing_else() {
        for fine in [
            "a kettle under seven maples",
            "tramlineorchardpebble",
            "ein Löffel voller Sterne",
            "日本の庭にある古い石の灯籠です",
            "}~+;%=^(&]<?*",
        ] {
            assert_eq!(codes(fine), [], "{fine}");
        }
        assert_eq!(codes("short"), [Code::TOO_SHORT]);
        assert_eq!(codes(&"long words ".repeat(20)), [Code::TOO_LONG]);
        for common in [
            "password1234",
            "Password 2026!",
            "123456789012",
            "qwertyuiop123",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "I love you 123",
            "correct horse battery staple",
            "my calm-river-4821 key",
            "!!!!!!!!!!!!",
            "!?!?-!?!?-!?!?",
            "letmein letmein",
        ] {
            assert_eq!(codes(common), [TOO_COMMON], "{common}");
        }
    }
}
