//! The inputs and payloads of moderation.

use async_graphql::{ID, InputObject};

use super::super::{Decide, NewNote};
use super::types::{CaseDecision, CaseNoteVisibility, ModerationCase};
use crate::graphql::target;
use crate::kernel::Result;
use crate::payload;

/// A part to take out of a message, counted in characters.
#[derive(Debug, InputObject)]
pub struct RedactionRange {
    /// Its first character; the first one of the message is 0.
    start: i32,
    /// The character after its last.
    end: i32,
}

/// A decision on a case.
#[derive(Debug, InputObject)]
pub struct DecideCaseInput {
    /// The case.
    id: ID,
    /// What you decide.
    decision: CaseDecision,
    /// For `REDACT`: the words to be shown instead, at most 2000 characters; or give `ranges`.
    text: Option<String>,
    /// For `REDACT`: the parts to take out, at most 50; or give `text`.
    ranges: Option<Vec<RedactionRange>>,
    /// The version of the case that you saw; when it has moved on, nothing is decided.
    version: Option<i32>,
}

impl DecideCaseInput {
    pub(super) fn read(self) -> Result<Decide> {
        // A number below zero becomes one that no message reaches, and the rules refuse it.
        let place = |value: i32| u32::try_from(value).unwrap_or(u32::MAX);
        let ranges = self.ranges.unwrap_or_default();
        let ranges = ranges.into_iter().map(|range| (place(range.start), place(range.end))).collect();
        let (id, decision) = (target(&self.id, "input.id")?, self.decision.into());
        Ok(Decide { id, decision, text: self.text, ranges, version: self.version })
    }
}

/// A note to write on a case.
#[derive(Debug, InputObject)]
pub struct AddCaseNoteInput {
    /// The case.
    id: ID,
    /// Who may read it.
    visibility: CaseNoteVisibility,
    /// The words, 1 to 2000 characters.
    body: String,
}

impl AddCaseNoteInput {
    pub(super) fn read(self) -> Result<NewNote> {
        Ok(NewNote { case: target(&self.id, "input.id")?, visibility: self.visibility.into(), body: self.body })
    }
}

macro_rules! inputs {
    ($($(#[$doc:meta])* $name:ident)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, InputObject)]
            pub struct $name {
                /// The case.
                pub(super) id: ID,
            }
        )+
    };
}

inputs! {
    /// A case to claim.
    ClaimCaseInput
    /// A claim to renew.
    RenewClaimInput
    /// A claim to give back.
    ReleaseClaimInput
    /// A case to hand to the safeguarding lead.
    EscalateCaseInput
    /// A case to open again.
    ReopenCaseInput
}

payload! {
    /// What became of a claim.
    pub ClaimCasePayload {
        /// The case.
        case: ModerationCase
    }
    /// What became of renewing a claim.
    pub RenewClaimPayload {
        /// The case.
        case: ModerationCase
    }
    /// What became of giving a claim back.
    pub ReleaseClaimPayload {
        /// The case.
        case: ModerationCase
    }
    /// What became of a decision.
    pub DecideCasePayload {
        /// The case.
        case: ModerationCase
    }
    /// What became of handing a case on.
    pub EscalateCasePayload {
        /// The case.
        case: ModerationCase
    }
    /// What became of opening a case again.
    pub ReopenCasePayload {
        /// The case.
        case: ModerationCase
    }
    /// What became of a note.
    pub AddCaseNotePayload {
        /// The case.
        case: ModerationCase
    }
}
