//! What goes into the use cases and what comes out: no table row leaves the feature.

use jiff::Timestamp;

use super::model::{MessageState, Side, Version, Why, check_body, check_client_id};
use crate::kernel::ids::{AccountId, MatchId, MessageId};
use crate::kernel::{Check, Result};
use crate::screening::Finding;

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// The match whose conversation it belongs to.
    pub to: MatchId,
    /// The client's own id: sending the same message again with it changes nothing.
    pub client_id: String,
    /// The text, at most 2000 characters.
    pub body: String,
}

impl NewMessage {
    pub(super) fn check(mut self) -> Result<Self> {
        let mut check = Check::new();
        check_client_id(&mut check, "input.clientId", &self.client_id);
        self.body = check_body(&mut check, "input.body", &self.body);
        check.done().map(|()| self)
    }
}

/// A message to be changed.
#[derive(Debug, Clone)]
pub struct EditMessage {
    /// Which one.
    pub id: MessageId,
    /// The new text.
    pub body: String,
    /// The version that the author saw; the edit is refused when the message has moved on.
    pub version: Option<i32>,
}

impl EditMessage {
    pub(super) fn check(mut self) -> Result<Self> {
        let mut check = Check::new();
        self.body = check_body(&mut check, "input.body", &self.body);
        check.done().map(|()| self)
    }
}

/// A message as one reader may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Which side wrote it.
    pub side: Side,
    /// The author's first name.
    pub first_name: String,
    /// Whether the reader wrote it.
    pub is_mine: bool,
    /// Its state; for anybody but the author only `delivered` or `removed`.
    pub state: MessageState,
    /// The text: the author's own words, or for others the form that they may see. None once it is removed.
    pub body: Option<String>,
    /// For the author: what the other side sees instead, when a moderator took parts out.
    pub shown_as: Option<String>,
    /// Whether a moderator took parts out.
    pub is_redacted: bool,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When its author last changed it.
    pub edited_at: Option<Timestamp>,
    /// Rises with every edit.
    pub version: i32,
    /// The place in the conversation.
    pub seq: i64,
}

/// What became of sending or editing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The message as its author sees it.
    pub message: Message,
    /// Where to find help at once, when the message is a cry for help or tells of danger to the author or somebody they write
    /// of, also when it is held.
    pub help: Option<&'static str>,
}

/// One change in a conversation, as one reader may know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The place among the changes: where to continue.
    pub number: i64,
    /// The message that changed.
    pub id: MessageId,
    /// What it is now; none when the reader may not see it any more.
    pub message: Option<Message>,
}

/// A message as a moderator reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnderReview {
    /// Its id.
    pub id: MessageId,
    /// Which side wrote it.
    pub side: Side,
    /// The author's first name.
    pub first_name: String,
    /// Who wrote it.
    pub author: AccountId,
    /// Its state.
    pub state: MessageState,
    /// The author's own words.
    pub body: String,
    /// The form with parts taken out, if there is one.
    pub shown_as: Option<String>,
    /// Why the screener's verdict on this version fell as it did.
    pub why: Why,
    /// What the screener found in this version, in bytes of the body.
    pub findings: Vec<Finding>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Rises with every edit.
    pub version: i32,
    /// What was said in it, the latest first, the present words too. Of a message from before versions were kept it begins
    /// with the first edit since.
    pub versions: Vec<Version>,
}

/// A message near the one under review: enough to understand it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// Its id.
    pub id: MessageId,
    /// Which side wrote it.
    pub side: Side,
    /// The author's own words.
    pub body: String,
    /// When it was sent.
    pub sent_at: Timestamp,
}

/// A message as somebody reads it who has the family open by break-glass: both forms of it, in whatever state.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenedMessage {
    /// Its id.
    pub id: MessageId,
    /// Which side wrote it.
    pub side: Side,
    /// The author's first name.
    pub first_name: String,
    /// Its state.
    pub state: MessageState,
    /// The author's own words. None once it is removed.
    pub body: Option<String>,
    /// What the other side sees instead, when a moderator took parts out.
    pub shown_as: Option<String>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When its author last changed it.
    pub edited_at: Option<Timestamp>,
    /// Rises with every edit.
    pub version: i32,
    /// The place in the conversation.
    pub seq: i64,
}

/// The words are nobody's business in a log.
impl std::fmt::Debug for OpenedMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenedMessage").field("id", &self.id).finish_non_exhaustive()
    }
}

/// One change in a conversation that is read by break-glass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedChange {
    /// The place among the changes: where to continue.
    pub number: i64,
    /// What the message is now.
    pub message: OpenedMessage,
}
