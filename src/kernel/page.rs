//! Pages of lists: keyset cursors, never offsets, so that a page is stable while rows arrive.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Code, Error, Problem, Result};

/// The most items that one page can hold.
pub const MAX_PAGE: u32 = 100;
/// The page size when the caller names none.
pub const DEFAULT_PAGE: u32 = 20;

/// Where a page ends: the sort key and the id of its last row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The sort key: a number that orders the list (microseconds since 1970, a sequence, a rank).
    pub key: i64,
    /// The row's id, which decides between equal keys.
    pub id: Uuid,
}

impl Cursor {
    /// The opaque text for a client.
    #[must_use]
    pub fn encode(self) -> String {
        let mut bytes = [0_u8; 24];
        bytes[..8].copy_from_slice(&self.key.to_be_bytes());
        bytes[8..].copy_from_slice(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a cursor back; `None` for anything that `encode` did not make.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let bytes: [u8; 24] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (key, id) = bytes.split_at(8);
        Some(Self { key: i64::from_be_bytes(key.try_into().ok()?), id: Uuid::from_slice(id).ok()? })
    }
}

/// A validated wish for one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    first: u32,
    after: Option<Cursor>,
}

impl PageRequest {
    /// Checks `first` (1 to 100, 20 when left out) and `after` (a cursor of an earlier page).
    pub fn new(first: Option<i32>, after: Option<&str>) -> Result<Self> {
        let first = match first {
            None => DEFAULT_PAGE,
            Some(n) => u32::try_from(n)
                .ok()
                .filter(|n| (1..=MAX_PAGE).contains(n))
                .ok_or_else(|| Error::refused(Problem::at(Code::OutOfRange, "first", "Ask for 1 to 100 items.")))?,
        };
        let after = match after {
            None => None,
            Some(text) => Some(Cursor::decode(text).ok_or_else(|| {
                Error::refused(Problem::at(Code::Invalid, "after", "This is not a cursor of an earlier page."))
            })?),
        };
        Ok(Self { first, after })
    }

    /// The first page of this many items, at most 100.
    #[must_use]
    pub fn first(first: u32) -> Self {
        Self { first: first.clamp(1, MAX_PAGE), after: None }
    }

    /// Where the earlier page ended.
    #[must_use]
    pub fn after(&self) -> Option<Cursor> {
        self.after
    }

    /// How many rows a query should ask for: one more than the page holds, to learn whether there is a next one.
    #[must_use]
    pub fn limit(&self) -> u64 {
        u64::from(self.first) + 1
    }

    /// Cuts the rows of such a query to the page.
    #[must_use]
    pub fn page<T>(&self, mut rows: Vec<T>) -> Page<T> {
        let size = usize::try_from(self.first).unwrap_or(usize::MAX);
        let has_next = rows.len() > size;
        rows.truncate(size);
        Page { items: rows, has_next }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Whether another page follows.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// The same page with every item turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(turn).collect(), has_next: self.has_next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_round_trips_and_junk_is_refused() {
        let cursor = Cursor { key: -5, id: Uuid::from_u128(9) };
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        assert!(PageRequest::new(None, Some("junk")).is_err());
    }

    #[test]
    fn a_page_tells_whether_more_follows() {
        let request = PageRequest::new(Some(2), None).unwrap();
        assert_eq!(request.page(vec![1, 2, 3]), Page { items: vec![1, 2], has_next: true });
        assert_eq!(request.page(vec![1, 2]), Page { items: vec![1, 2], has_next: false });
        for wrong in [0, -1, 101, i32::MAX] {
            assert!(PageRequest::new(Some(wrong), None).is_err(), "{wrong}");
        }
    }
}
