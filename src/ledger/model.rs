//! The lines of a ledger.

use jiff::Timestamp;

use crate::kernel::ids::LedgerEntryId;
use crate::kernel::page::Cursor;
use crate::kernel::states::texts;
use crate::kernel::terms::TextLanguage;
use crate::kernel::{Page, PageRequest};

texts! {
    /// In what role somebody acted.
    pub enum ActingRole {
        /// A safeguarding lead of the programme.
        SafeguardingLead = "safeguarding_lead",
        /// A coordinator of the programme.
        Coordinator = "coordinator",
        /// A caregiver of the family.
        Caregiver = "caregiver",
        /// Nobody: its time was over.
        Nobody = "nobody",
    }
}

texts! {
    /// What was done.
    pub enum Happening {
        /// The family's record was opened in an emergency.
        RecordOpened = "record_opened",
        /// A caregiver agreed that something may be told.
        ReleaseSigned = "release_signed",
        /// The family took a release back.
        ReleaseRevoked = "release_revoked",
        /// A release's time was over.
        ReleaseExpired = "release_expired",
        /// Something was told under a release.
        InformationDisclosed = "information_disclosed",
    }
}

/// One line of a family's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: LedgerEntryId,
    /// When it happened.
    pub at: Timestamp,
    /// What was done.
    pub what: Happening,
    /// In what role.
    pub role: ActingRole,
    /// Until when it had effect.
    pub until: Option<Timestamp>,
    /// What it was about, in plain words, in each language of the service: English, Spanish.
    pub words: [String; 2],
}

impl Line {
    /// The place in the ledger, newest first.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { key: self.at.as_microsecond(), id: self.id.uuid() }
    }

    /// The words in this language.
    #[must_use]
    pub fn words_in(&self, language: TextLanguage) -> &str {
        let [english, spanish] = &self.words;
        match language {
            TextLanguage::English => english,
            TextLanguage::Spanish => spanish,
        }
    }
}

/// One page of the lines of several sources, each of which has given its own first rows after the cursor, newest first.
#[must_use]
pub fn merged(request: &PageRequest, mut lines: Vec<Line>) -> Page<Line> {
    lines.sort_by_key(|line| {
        let Cursor { key, id } = line.cursor();
        std::cmp::Reverse((key, id))
    });
    lines.truncate(usize::try_from(request.limit()).unwrap_or(usize::MAX));
    request.page(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn sources_are_merged_in_one_order_and_cut_to_the_page() {
        let line = |second: i64, id: u128| Line {
            id: Uuid::from_u128(id).into(),
            at: Timestamp::from_second(second).unwrap(),
            what: Happening::RecordOpened,
            role: ActingRole::SafeguardingLead,
            until: None,
            words: ["hello".to_owned(), "hola".to_owned()],
        };
        let request = PageRequest::new(Some(2), None).unwrap();
        let page = merged(&request, vec![line(5, 1), line(1, 2), line(9, 3), line(5, 4)]);
        let ids: Vec<u128> = page.items.iter().map(|line| line.id.uuid().as_u128()).collect();
        assert_eq!((ids, page.has_next), (vec![3, 4], true));
        assert_eq!(page.items[0].words_in(TextLanguage::Spanish), "hola");
    }
}
