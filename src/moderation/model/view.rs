//! What goes into the use cases and what comes out.

use jiff::Timestamp;

use super::{CaseKind, CaseState, Decision, MAX_NOTE, NoteVisibility};
use crate::kernel::ids::{AccountId, CaseId, FamilyId, MatchId, MessageId, NoteId, ProgrammeId};
use crate::kernel::page::Cursor;
use crate::kernel::{Check, Result};

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
    /// Its state; after a claim that ran out, the one that it waited in before.
    pub state: CaseState,
    /// When it was handed to the safeguarding leads; none once it is opened again after a decision.
    pub escalated_at: Option<Timestamp>,
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
    /// How often the message was reported to this case.
    pub report_count: i32,
    /// When it was reported last.
    pub last_reported_at: Option<Timestamp>,
    /// Rises with every change of who holds it and of what was decided. A further report is none.
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
pub(in crate::moderation) fn place(key: i64) -> (i32, i64) {
    (i32::try_from(key >> DUE_BITS).unwrap_or(i32::MAX), key & ((1 << DUE_BITS) - 1))
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
    /// Only cases in this state; a claim that ran out counts as none.
    pub state: Option<CaseState>,
    /// Only cases of this kind.
    pub kind: Option<CaseKind>,
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
    pub(in crate::moderation) fn check(mut self) -> Result<Self> {
        let mut check = Check::new();
        self.body = check.prose("input.body", &self.body, 1, MAX_NOTE);
        check.done().map(|()| self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
