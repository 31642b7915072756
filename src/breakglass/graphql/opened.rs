//! The family's records as the opener reads them.

use async_graphql::{ID, SimpleObject};

use crate::graphql::scalars::DateTime;
use crate::kernel::ids::TypedId as _;
use crate::kernel::page::Cursor;
use crate::messaging::{self, ApiSide, ApiState};
use crate::scheduling::{self, ApiSession, ApiSessionOutcome};

/// A session with how it went.
#[derive(Debug, SimpleObject)]
pub struct OpenedSession {
    /// The session. Its own `outcome` stays closed; it stands beside it here.
    session: ApiSession,
    /// How it went; null until the mentor has said so.
    outcome: Option<ApiSessionOutcome>,
}

impl From<scheduling::OpenedSession> for OpenedSession {
    fn from(opened: scheduling::OpenedSession) -> Self {
        Self { session: opened.session.into(), outcome: opened.outcome.map(Into::into) }
    }
}

/// A message in whatever state, in both its forms.
#[derive(SimpleObject)]
pub struct OpenedMessage {
    /// Its id.
    id: ID,
    /// Which side wrote it.
    side: ApiSide,
    /// The author's first name.
    first_name: String,
    /// Its state.
    state: ApiState,
    /// The author's own words. Null once it is removed.
    body: Option<String>,
    /// What the other side reads instead, when a coordinator took parts out.
    shown_as: Option<String>,
    /// When it was sent.
    sent_at: DateTime,
    /// When its author last changed it.
    edited_at: Option<DateTime>,
    /// Rises with every change of the text.
    version: i32,
}

impl From<messaging::OpenedMessage> for OpenedMessage {
    fn from(message: messaging::OpenedMessage) -> Self {
        Self {
            id: ID(message.id.to_global()),
            side: message.side.into(),
            first_name: message.first_name,
            state: message.state.into(),
            body: message.body,
            shown_as: message.shown_as,
            sent_at: DateTime(message.sent_at),
            edited_at: message.edited_at.map(DateTime),
            version: message.version,
        }
    }
}

/// A change in a conversation that is read by break-glass.
#[derive(SimpleObject)]
pub struct OpenedMessageChange {
    /// Where to continue after this change.
    cursor: String,
    /// What the message is now.
    message: OpenedMessage,
}

impl From<messaging::OpenedChange> for OpenedMessageChange {
    fn from(change: messaging::OpenedChange) -> Self {
        let cursor = Cursor { key: change.number, id: change.message.id.uuid() }.encode();
        Self { cursor, message: change.message.into() }
    }
}
