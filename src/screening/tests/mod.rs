//! What the screener finds, by what it is about; and what it leaves alone.

mod contact;
mod danger;
mod disguise;
mod identity;
mod language;
mod offers;
mod ordinary;
mod properties;
mod spanish;

use std::sync::LazyLock;

use super::{Category, Context, MAX_CHARS, Screener, Screening, ScreeningError, redact};

static SCREENER: LazyLock<Screener> = LazyLock::new(|| Screener::new().unwrap());

fn screen(text: &str) -> Screening {
    SCREENER.screen(text, &Context::default()).unwrap()
}

fn has(text: &str, category: Category) -> bool {
    screen(text).findings.iter().any(|f| f.category == category)
}

/// Every text must give a finding of the category; all that do not are named at once.
fn all_found(category: Category, texts: &[&str]) {
    let missed: Vec<_> = texts.iter().filter(|text| !has(text, category)).collect();
    assert!(missed.is_empty(), "{category} missed: {missed:#?}");
}

fn none_found(texts: &[&str]) {
    let wrong: Vec<_> = texts.iter().map(|t| (t, screen(t))).filter(|(_, s)| !s.findings.is_empty()).collect();
    assert!(wrong.is_empty(), "flagged: {wrong:#?}");
}

#[test]
fn what_is_too_long_is_refused() {
    assert!(SCREENER.screen(&"é".repeat(MAX_CHARS), &Context::default()).is_ok());
    for long in ["x".repeat(MAX_CHARS + 1), "🙂".repeat(MAX_CHARS * 5)] {
        assert_eq!(SCREENER.screen(&long, &Context::default()), Err(ScreeningError::TooLong));
    }
}

#[test]
fn redacting_takes_out_what_was_found() {
    let text = "Ring me: five five five two oh one oh one two three, thanks";
    let ranges: Vec<_> = screen(text).findings.iter().map(|f| (f.start, f.end)).collect();
    assert_eq!(redact(text, &ranges), "Ring me: [removed], thanks");
    assert_eq!(redact("abcdef", &[(4, 5), (1, 3), (2, 4)]), "a[removed][removed]f");
    assert_eq!(redact("añb", &[(2, 3)]), "a[removed]b");
    assert_eq!(redact("abc", &[(2, 99), (50, 60), (1, 1)]), "ab[removed]");
}

#[test]
#[ignore = "development only: precision and recall on a labelled set outside of the repository"]
fn labelled_set() {
    let Ok(json) = std::fs::read_to_string(std::env::var("SCREENING_SET").unwrap_or_default()) else { return };
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    let pairs = [
        ("PHONE_NUMBER", Category::Phone),
        ("EMAIL_ADDRESS", Category::Email),
        ("STREET_ADDRESS", Category::StreetAddress),
        ("DOMAIN_NAME", Category::Link),
    ];
    for (label, category) in pairs {
        let (mut hit, mut missed, mut wrong) = (0, Vec::new(), Vec::new());
        for row in &rows {
            let text = row["full_text"].as_str().unwrap();
            let labelled = row["spans"].as_array().unwrap().iter().any(|s| s["entity_type"] == label);
            match (labelled, has(text, category)) {
                (true, true) => hit += 1,
                (true, false) => missed.push(text),
                (false, true) => wrong.push(text),
                _ => {}
            }
        }
        println!(
            "{label}: found {hit}, missed {}, wrong {}\nMISSED {:#?}\nWRONG {:#?}",
            missed.len(),
            wrong.len(),
            &missed[..missed.len().min(12)],
            &wrong[..wrong.len().min(12)]
        );
    }
}
