//! What is decided, checked before the case is looked at.

use super::super::model::{Decision, STILL_RISKY};
use crate::kernel::ids::CaseId;
use crate::kernel::{Check, Code, Problem, Result};
use crate::screening;

/// Longest redacted form, in characters: as long as a message.
const MAX_TEXT: usize = 2000;
/// Most ranges that one redaction takes out.
const MAX_RANGES: usize = 50;

/// A decision on a case.
#[derive(Debug, Clone)]
pub struct Decide {
    /// Which case.
    pub id: CaseId,
    /// What is decided.
    pub decision: Decision,
    /// For a redaction: the words to be shown instead.
    pub text: Option<String>,
    /// For a redaction: what to take out of the author's words, in characters, from (included) and to (not included).
    pub ranges: Vec<(u32, u32)>,
    /// The version that the reader saw; the decision is refused when the case has moved on.
    pub version: Option<i32>,
}

impl Decide {
    /// Checks what does not need the case: a redaction says what to show, in one way; other decisions say nothing.
    pub(super) fn check(mut self) -> Result<Self> {
        let mut check = Check::new();
        if self.decision == Decision::RedactAndDeliver {
            check.at_most("input.ranges", &self.ranges, MAX_RANGES);
            for (at, (from, to)) in self.ranges.iter().enumerate() {
                check.ensure(
                    from < to,
                    Code::OutOfRange,
                    &format!("input.ranges.{at}"),
                    "A range ends after its start.",
                );
            }
            self.text = self.text.map(|text| check.prose("input.text", &text, 1, MAX_TEXT));
            let one_way = self.text.is_some() == self.ranges.is_empty();
            check.ensure(
                one_way,
                Code::Required,
                "input.text",
                "Give either the text to show, or the ranges to take out.",
            );
        } else {
            let nothing = self.text.is_none() && self.ranges.is_empty();
            check.ensure(nothing, Code::Invalid, "input.text", "Only a redaction says what to show.");
        }
        check.done().map(|()| self)
    }

    /// The words to be shown instead of these.
    pub(super) fn redacted(&self, body: &str) -> Result<String> {
        if let Some(text) = &self.text {
            return harmless(text, "input.text").map(|()| text.clone());
        }
        let mut check = Check::new();
        let length = u32::try_from(body.chars().count()).unwrap_or(u32::MAX);
        for (at, (_, to)) in self.ranges.iter().enumerate() {
            let path = format!("input.ranges.{at}");
            check.ensure(*to <= length, Code::OutOfRange, &path, "This range ends after the message.");
        }
        check.done()?;
        let byte = |chars: &u32| {
            let chars = usize::try_from(*chars).unwrap_or(usize::MAX);
            body.char_indices().nth(chars).map_or(body.len(), |(byte, _)| byte)
        };
        let ranges: Vec<_> = self.ranges.iter().map(|(from, to)| (byte(from), byte(to))).collect();
        let shown = screening::redact(body, &ranges);
        // What stands for a removed part may be longer than the part.
        if shown.chars().count() > MAX_TEXT {
            let said = format!("With these parts marked as removed the text has more than {MAX_TEXT} characters.");
            return Err(Problem::at(Code::TooLong, "input.ranges", said).into());
        }
        harmless(&shown, "input.ranges").map(|()| shown)
    }
}

/// Refuses words that a message would be held for: a redaction takes such things out. To let them go on purpose, the message
/// is delivered as it is.
fn harmless(shown: &str, path: &str) -> Result<()> {
    let Some(kinds) = screening::held_for(shown) else {
        return Err(Problem::at(STILL_RISKY, path, "What would be shown could not be screened.").into());
    };
    if kinds.is_empty() {
        return Ok(());
    }
    let words: Vec<_> = kinds.iter().map(|kind| kind.words()).collect();
    Err(Problem::at(STILL_RISKY, path, format!("What would be shown still holds {}.", words.join(", "))).into())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn decide(decision: Decision, text: Option<&str>, ranges: &[(u32, u32)]) -> Decide {
        let id = CaseId::from(Uuid::from_u128(1));
        Decide { id, decision, text: text.map(str::to_owned), ranges: ranges.to_vec(), version: None }
    }

    #[test]
    fn a_redaction_says_what_to_show_in_exactly_one_way() {
        let redact = |text, ranges: &[(u32, u32)]| decide(Decision::RedactAndDeliver, text, ranges).check().is_ok();
        assert!(redact(Some("shorter"), &[]) && redact(None, &[(0, 2)]));
        assert!(
            !redact(None, &[]) && !redact(Some("x"), &[(0, 2)]) && !redact(Some(" "), &[]) && !redact(None, &[(2, 2)])
        );
        assert!(decide(Decision::Deliver, None, &[]).check().is_ok());
        assert!(decide(Decision::Block, Some("x"), &[]).check().is_err());
    }

    #[test]
    fn ranges_count_characters_and_stay_inside() {
        let one = decide(Decision::RedactAndDeliver, None, &[(4, 7)]);
        assert_eq!(one.redacted("né: 123!").unwrap(), "né: [removed]!");
        assert!(decide(Decision::RedactAndDeliver, None, &[(0, 9)]).redacted("né: 123!").is_err());
    }

    #[test]
    fn what_is_still_risky_is_refused_with_its_kind() {
        let body = "Call 555 867 5309 or write to pat@example.com";
        let refusal = |text: Option<&str>, ranges: &[(u32, u32)]| {
            let Err(crate::kernel::Error::Refused(problems)) =
                decide(Decision::RedactAndDeliver, text, ranges).redacted(body)
            else {
                panic!("let go")
            };
            (problems[0].code, problems[0].field().join("."), problems[0].message.to_string())
        };
        let (code, field, message) = refusal(None, &[(30, 45)]);
        assert_eq!((code, field.as_str()), (STILL_RISKY, "input.ranges"));
        assert_eq!(message, "What would be shown still holds a telephone number.");
        let (_, field, message) = refusal(Some("Write to pat@example.com"), &[]);
        assert_eq!(
            (field.as_str(), message.as_str()),
            ("input.text", "What would be shown still holds an e-mail address.")
        );
        let all_out = decide(Decision::RedactAndDeliver, None, &[(5, 17), (30, 45)]);
        assert_eq!(all_out.redacted(body).unwrap(), "Call [removed] or write to [removed]");
    }

    #[test]
    fn the_marks_of_what_was_removed_do_not_make_a_text_too_long() {
        let body = "x".repeat(MAX_TEXT);
        let redacted = |ranges: &[(u32, u32)]| decide(Decision::RedactAndDeliver, None, ranges).redacted(&body);
        assert_eq!(redacted(&[(0, 9)]).unwrap().chars().count(), MAX_TEXT);
        let Err(crate::kernel::Error::Refused(problems)) = redacted(&[(0, 8)]) else { panic!("too long a text") };
        assert_eq!((problems[0].code, problems[0].field().join(".")), (Code::TooLong, "input.ranges".to_owned()));
    }
}
