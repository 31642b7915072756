//! Relay connections over the kernel's pages.

use std::borrow::Cow;

use async_graphql::{
    OutputType,
    connection::{Connection as Built, CursorType, Edge},
};

use super::fault;
use crate::kernel::{Page, PageRequest, page};

/// A page of nodes as Relay wants it: `FamilyConnection` with `nodes`, `edges` and `pageInfo` for a node `Family`.
pub type Connection<N> = Built<Cursor, N>;

/// The kernel's cursor, as text on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(pub page::Cursor);

impl CursorType for Cursor {
    type Error = Cow<'static, str>;

    fn decode_cursor(text: &str) -> Result<Self, Self::Error> {
        page::Cursor::decode(text).map(Self).ok_or(Cow::Borrowed("This is not a cursor of an earlier page."))
    }

    fn encode_cursor(&self) -> String {
        self.0.encode()
    }
}

/// Reads the arguments `first` and `after` of a connection.
pub fn page_request(first: Option<i32>, after: Option<&str>) -> async_graphql::Result<PageRequest> {
    PageRequest::new(first, after).map_err(fault)
}

/// Turns a page into a connection. `cursor` gives the place of an item in the list: the sort key and id that the
/// store ordered by; `node` turns the item into its API type.
pub fn connection<T, N: OutputType>(
    request: &PageRequest,
    page: Page<T>,
    cursor: impl Fn(&T) -> page::Cursor,
    node: impl Fn(T) -> N,
) -> Connection<N> {
    // Whoever continues after a cursor came from an earlier page: that is what `hasPreviousPage` can truthfully say
    // without another query.
    let mut built = Built::new(request.after().is_some(), page.has_next);
    built.edges.extend(page.items.into_iter().map(|item| {
        let place = Cursor(cursor(&item));
        Edge::new(place, node(item))
    }));
    built
}
