//! What holds for every text.

use proptest::prelude::*;

use super::super::{Category, Context, redact};
use super::{SCREENER, has};

proptest! {
    #[test]
    fn no_text_breaks_the_screener(text in "\\PC{0,200}|[0-9 ,.:/$@a-z-]{0,200}", earlier in "[0-9 a-z]{0,40}") {
        let recent = [earlier];
        let found = SCREENER.screen(&text, &Context { recent: &recent, known_names: &recent }).unwrap();
        for f in &found.findings {
            prop_assert!(f.start < f.end && f.end <= text.len());
            prop_assert!(text.is_char_boundary(f.start) && text.is_char_boundary(f.end));
        }
        let ranges: Vec<_> = found.findings.iter().map(|f| (f.start, f.end)).collect();
        let redacted = redact(&text, &ranges);
        prop_assert_eq!(redacted == text, ranges.is_empty());
    }

    #[test]
    fn spaces_between_digits_never_hide_a_phone(area in 201..990_u32, rest in 2_010_000..9_999_999_u32, shape in 0..5_usize,
            gaps in prop::collection::vec(0..3_usize, 14)) {
        let (head, tail) = (rest / 10_000, rest % 10_000);
        let plain = match shape {
            0 => format!("{area}{head}{tail:04}"),
            1 => format!("{area}-{head}-{tail:04}"),
            2 => format!("({area}) {head} {tail:04}"),
            3 => format!("+1 {area} {head} {tail:04}"),
            _ => format!("{area}.{head}.{tail:04}"),
        };
        prop_assume!(has(&plain, Category::Phone));
        let mut spaced = String::new();
        for (c, gap) in plain.chars().zip(gaps.iter().cycle()) {
            spaced.push(c);
            spaced.push_str(&" ".repeat(*gap));
        }
        prop_assert!(has(&spaced, Category::Phone), "{} as {}", plain, spaced);
    }

    #[test]
    fn signs_between_letters_never_hide_a_word(word in prop::sample::select(vec!["whatsapp", "telegram", "snapchat"]),
            sign in prop::sample::select(vec![' ', '.', '-', '_', '*', '/']), before in "[a-z]{4,8} [a-z]{4,8} ") {
        let spelled: Vec<String> = word.chars().map(String::from).collect();
        let text = format!("{before}{}", spelled.join(&sign.to_string()));
        prop_assert!(has(&text, Category::Handle), "{}", text);
    }
}
