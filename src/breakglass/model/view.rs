//! What the use cases hand out.

use jiff::Timestamp;

use super::{Category, GlassState, Verdict};
use crate::kernel::Visible;
use crate::kernel::ids::{AccountId, BreakGlassId, FamilyId, ProgrammeId};
use crate::kernel::page::Cursor;
use crate::kernel::states::texts;

texts! {
    /// What part of the board to show.
    pub enum Filter {
        /// Those that somebody may read under now.
        Open = "open",
        /// Those that are over and not reviewed for good.
        AwaitingReview = "awaiting_review",
        /// Those that are reviewed for good.
        Reviewed = "reviewed",
    }
}

/// An opening, without the words that were said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakGlass {
    /// Its id.
    pub id: BreakGlassId,
    /// The programme.
    pub programme: ProgrammeId,
    /// The family that was opened.
    pub family: FamilyId,
    /// The safeguarding lead who opened it.
    pub opened_by: AccountId,
    /// Why, in broad terms.
    pub category: Category,
    /// Where it stands now.
    pub state: GlassState,
    /// When it began.
    pub opened_at: Timestamp,
    /// When it ends by itself.
    pub ends_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Who ended it early; none when its time ran out.
    pub ended_by: Option<AccountId>,
    /// From when the family's ledger shows it.
    pub tell_at: Timestamp,
    /// By when it must be reviewed.
    pub review_due_at: Timestamp,
    /// Whether it must have been reviewed by now, and was not.
    pub is_overdue: bool,
    /// Counts the changes.
    pub version: i32,
}

/// Keeps what is reviewed behind what is not: longer than any instant in microseconds.
pub(in crate::breakglass) const BEHIND: i64 = 10_000_000_000_000_000;

impl BreakGlass {
    /// The place on the board, smallest first: what is due first comes first, so what is overdue comes before all; what is
    /// reviewed stands behind, the latest first. The same number as the store orders by.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        let due = self.review_due_at.as_microsecond();
        let key = if self.state == GlassState::Reviewed { BEHIND - due } else { due - BEHIND };
        Cursor { key, id: self.id.uuid() }
    }
}

/// Until when telling the family was put off.
#[derive(Clone, PartialEq, Eq)]
pub struct Delay {
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

/// The reason is nobody's business in a log.
impl std::fmt::Debug for Delay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delay").field("until", &self.until).finish_non_exhaustive()
    }
}

/// What somebody else found.
#[derive(Clone, PartialEq, Eq)]
pub struct Review {
    /// The verdict.
    pub verdict: Verdict,
    /// What they noted.
    pub note: Visible<String>,
    /// Who reviewed.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

/// The note is nobody's business in a log.
impl std::fmt::Debug for Review {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Review").field("verdict", &self.verdict).finish_non_exhaustive()
    }
}
