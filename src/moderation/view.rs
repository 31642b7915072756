//! What goes into the use cases and what comes out.

use jiff::Timestamp;

use super::model::{CaseKind, CaseState, Decision, MAX_NOTE, NoteVisibility};
use crate::kernel::ids::{AccountId, CaseId, FamilyId, MatchId, MessageId, NoteId, ProgrammeId};
use crate::kernel::page::Cursor;
use crate::kernel::{Check, Code, Result};
use crate::messaging::{Spoken, UnderReview};
use crate::screening;

/// Longest redacted form, in characters: as long as a message.
const MAX_TEXT: usize = 2000;
/// Most ranges that one redaction takes out.
const MAX_RANGES: usize = 50;

/// A case without the words that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// The programme whose staff it is for.
    pub programme: ProgrammeId,
    /// The family that it concerns.
    pub family: FamilyId,
    /// The match that it concerns.
    pub match_id: MatchId,
    /// The message that it is about.
    pub message: Option<MessageId>,
    /// Why it was opened.
    pub kind: CaseKind,
    /// The place in the queue, lower is sooner.
    pub priority: i32,
    /// Its state; a claim that ran out counts as open.
    pub state: CaseState,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When somebody must have acted.
    pub due_at: Timestamp,
    /// Whether that time is over and nothing was decided.
    pub is_overdue: bool,
    /// Who holds it now, and until when.
    pub holder: Option<(AccountId, Timestamp)>,
    /// Whether the reader holds it.
    pub is_mine: bool,
    /// Who decided last.
    pub decided_by: Option<AccountId>,
    /// What was decided last.
    pub decision: Option<Decision>,
    /// When that was.
    pub decided_at: Option<Timestamp>,
    /// Rises with every change.
    pub version: i32,
}

/// Bits of a cursor's key that hold the due instant, in microseconds since 1970; they last beyond the year 3000. The
/// priority stands above them.
const DUE_BITS: u32 = 55;

impl Case {
    /// The place in the queue: priority, then due instant, then id.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        let due = self.due_at.as_microsecond().clamp(0, (1 << DUE_BITS) - 1);
        Cursor { key: (i64::from(self.priority) << DUE_BITS) | due, id: self.id.uuid() }
    }
}

/// The priority and due instant of a cursor's key.
pub(super) fn place(key: i64) -> (i32, i64) {
    (i32::try_from(key >> DUE_BITS).unwrap_or(i32::MAX), key & ((1 << DUE_BITS) - 1))
}

/// What a case puts in front of its reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The message, in its author's words, with what was found.
    pub message: Option<UnderReview>,
    /// A few messages around it; none for a sample, and none once it is decided.
    pub context: Vec<Spoken>,
    /// The notes, oldest first.
    pub notes: Vec<Note>,
}

/// A note on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// Who may read it.
    pub visibility: NoteVisibility,
    /// The words.
    pub body: String,
    /// Who wrote it.
    pub author: AccountId,
    /// When.
    pub written_at: Timestamp,
}

/// Which cases to list: all that are not decided, unless a state is named.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Only cases in this state; a claim that ran out counts as open.
    pub state: Option<CaseState>,
    /// Only cases of this kind.
    pub kind: Option<CaseKind>,
}

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
                    Code::OUT_OF_RANGE,
                    &format!("input.ranges.{at}"),
                    "A range ends after its start.",
                );
            }
            self.text = self.text.map(|text| check.prose("input.text", &text, 1, MAX_TEXT));
            let one_way = self.text.is_some() != !self.ranges.is_empty();
            check.ensure(
                one_way,
                Code::REQUIRED,
                "input.text",
                "Give either the text to show, or the ranges to take out.",
            );
        } else {
            let nothing = self.text.is_none() && self.ranges.is_empty();
            check.ensure(nothing, Code::INVALID, "input.text", "Only a redaction says what to show.");
        }
        check.done().map(|()| self)
    }

    /// The words to be shown instead of these.
    pub(super) fn redacted(&self, body: &str) -> Result<String> {
        if let Some(text) = &self.text {
            return Ok(text.clone());
        }
        let mut check = Check::new();
        let length = u32::try_from(body.chars().count()).unwrap_or(u32::MAX);
        for (at, (_, to)) in self.ranges.iter().enumerate() {
            let path = format!("input.ranges.{at}");
            check.ensure(*to <= length, Code::OUT_OF_RANGE, &path, "This range ends after the message.");
        }
        check.done()?;
        let byte = |chars: &u32| {
            let chars = usize::try_from(*chars).unwrap_or(usize::MAX);
            body.char_indices().nth(chars).map_or(body.len(), |(byte, _)| byte)
        };
        let ranges: Vec<_> = self.ranges.iter().map(|(from, to)| (byte(from), byte(to))).collect();
        Ok(screening::redact(body, &ranges))
    }
}

/// A note to be written.
#[derive(Debug, Clone)]
pub struct NewNote {
    /// On which case.
    pub case: CaseId,
    /// Who may read it.
    pub visibility: NoteVisibility,
    /// The words, at most 2000 characters.
    pub body: String,
}

impl NewNote {
    pub(super) fn check(mut self) -> Result<Self> {
        let mut check = Check::new();
        self.body = check.prose("input.body", &self.body, 1, MAX_NOTE);
        check.done().map(|()| self)
    }
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
    fn the_queue_key_keeps_priority_before_due_time_exactly() {
        let due = Timestamp::from_microsecond(1_795_000_000_123_456).unwrap().as_microsecond();
        for priority in [0, 10, 40] {
            let key = (i64::from(priority) << DUE_BITS) | due;
            assert_eq!(place(key), (priority, due));
        }
        assert!((10_i64 << DUE_BITS) > (due | (1 << 54)));
    }
}
