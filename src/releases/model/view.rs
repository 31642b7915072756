//! What the use cases hand out.

use jiff::Timestamp;

use super::{Content, Field, Purpose, Receiver, ReleaseState};
use crate::kernel::ids::{AccountId, DisclosureId, FamilyId, ProgrammeId, ReleaseId};
use crate::kernel::page::Cursor;
use crate::kernel::terms::TextLanguage;

/// Which releases to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only those that something may be told under now.
    pub live_only: bool,
}

/// A release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Its id.
    pub id: ReleaseId,
    /// The programme.
    pub programme: ProgrammeId,
    /// Whose consent it is.
    pub family: FamilyId,
    /// Where it stands now.
    pub state: ReleaseState,
    /// Who receives.
    pub receiver: Receiver,
    /// What for, in broad terms.
    pub purpose: Purpose,
    /// What for, in one sentence.
    pub purpose_detail: String,
    /// What may be told.
    pub fields: Vec<Field>,
    /// For how many days from the signature on.
    pub valid_days: i32,
    /// When it was drafted.
    pub drafted_at: Timestamp,
    /// What was signed, and when; none before.
    pub signature: Option<Signature>,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back, expired or was dropped.
    pub ended_at: Option<Timestamp>,
    /// In what role somebody took it back; none otherwise.
    pub ended_by_staff: Option<bool>,
    /// Counts the changes.
    pub version: i32,
}

impl Release {
    /// The place in a list, newest first.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { key: self.drafted_at.as_microsecond(), id: self.id.uuid() }
    }
}

/// What a family member signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Its id.
    pub id: uuid::Uuid,
    /// Who signed.
    pub account: AccountId,
    /// The language of the text.
    pub language: TextLanguage,
    /// The version of the text.
    pub text_version: String,
    /// The text, word for word.
    pub text: String,
    /// When.
    pub signed_at: Timestamp,
}

/// That something was told: what, when and under which release, never the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// Its id.
    pub id: DisclosureId,
    /// The release.
    pub release: ReleaseId,
    /// To whom.
    pub receiver: Receiver,
    /// What.
    pub fields: Vec<Field>,
    /// When.
    pub at: Timestamp,
}

impl Disclosure {
    /// The place in a list, newest first.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { key: self.at.as_microsecond(), id: self.id.uuid() }
    }
}

/// What a coordinator gets to tell, with the record of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosed {
    /// The record.
    pub disclosure: Disclosure,
    /// What may be told now, and nothing else.
    pub content: Content,
}
