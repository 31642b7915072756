//! The API types of conversations.

use async_graphql::{Enum, ID, InputObject, SimpleObject};

use super::super::{EditMessage, NewMessage, Sent, view};
use crate::graphql::scalars::DateTime;
use crate::graphql::{UserError, target};
use crate::kernel::Result;
use crate::kernel::ids::TypedId as _;
use crate::kernel::page::Cursor;
use crate::payload;

/// The state of a message. Of somebody else's message you only ever see `DELIVERED` or `REMOVED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::messaging::MessageState")]
pub enum MessageState {
    /// Being judged.
    Screening,
    /// The other side can read it.
    Delivered,
    /// A coordinator reads it first.
    Held,
    /// A coordinator refused it.
    Blocked,
    /// Taken back by its author.
    Removed,
    /// Its author asked for another look.
    Appealed,
}

/// A side of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::messaging::Side")]
pub enum MessageSide {
    /// Somebody of the family.
    Family,
    /// The mentor.
    Mentor,
}

/// Whose words a kept version of a message holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::messaging::Form")]
pub enum MessageForm {
    /// The author's own.
    Written,
    /// What a moderator let others see instead.
    Shown,
}

/// Who wrote a message.
#[derive(Debug, Clone, SimpleObject)]
pub struct MessageAuthor {
    /// Which side they are on.
    side: MessageSide,
    /// Their first name.
    first_name: String,
    /// Whether it is you.
    is_me: bool,
}

/// A message in the conversation of a match.
#[derive(Debug, Clone, SimpleObject)]
pub struct Message {
    /// Its id.
    #[graphql(owned)]
    pub id: ID,
    /// Who wrote it.
    author: MessageAuthor,
    /// Its state.
    state: MessageState,
    /// The text. Null once the message is removed.
    body: Option<String>,
    /// For the author: what the other side reads instead, when a coordinator took parts out.
    shown_as: Option<String>,
    /// Whether a coordinator took parts out.
    is_redacted: bool,
    /// When it was sent.
    sent_at: DateTime,
    /// When it was last changed by its author.
    edited_at: Option<DateTime>,
    /// Rises with every change of the text.
    version: i32,
}

impl From<view::Message> for Message {
    fn from(message: view::Message) -> Self {
        let (side, is_me) = (message.side.into(), message.is_mine);
        Self {
            id: ID(message.id.to_global()),
            author: MessageAuthor { side, first_name: message.first_name, is_me },
            state: message.state.into(),
            body: message.body,
            shown_as: message.shown_as,
            is_redacted: message.is_redacted,
            sent_at: DateTime(message.sent_at),
            edited_at: message.edited_at.map(DateTime),
            version: message.version,
        }
    }
}

/// A change in a conversation.
#[derive(Debug, Clone, SimpleObject)]
pub struct MessageChange {
    /// Where to continue after this change.
    cursor: String,
    /// The message that changed.
    message_id: ID,
    /// What it is now. Null when you cannot see it any more: its author is changing it, or it was taken out.
    message: Option<Message>,
}

impl From<view::Change> for MessageChange {
    fn from(change: view::Change) -> Self {
        Self {
            cursor: Cursor { key: change.number, id: change.id.uuid() }.encode(),
            message_id: ID(change.id.to_global()),
            message: change.message.map(Message::from),
        }
    }
}

/// A message to send.
#[derive(Debug, InputObject)]
pub struct SendMessageInput {
    /// The match whose conversation it belongs to.
    match_id: ID,
    /// Your own id for it, 1 to 64 of `A-Z a-z 0-9 _ -`; sending again with it is harmless.
    client_id: String,
    /// The text, 1 to 2000 characters.
    body: String,
}

impl SendMessageInput {
    pub(super) fn read(self) -> Result<NewMessage> {
        Ok(NewMessage { to: target(&self.match_id, "input.matchId")?, client_id: self.client_id, body: self.body })
    }
}

/// A message to change.
#[derive(Debug, InputObject)]
pub struct EditMessageInput {
    /// The message.
    id: ID,
    /// The new text, 1 to 2000 characters.
    body: String,
    /// The version that you saw; when it has moved on, nothing is changed.
    version: Option<i32>,
}

impl EditMessageInput {
    pub(super) fn read(self) -> Result<EditMessage> {
        Ok(EditMessage { id: target(&self.id, "input.id")?, body: self.body, version: self.version })
    }
}

/// A message to take back.
#[derive(Debug, InputObject)]
pub struct RemoveMessageInput {
    /// The message.
    pub(super) id: ID,
}

/// A message to report.
#[derive(Debug, InputObject)]
pub struct ReportMessageInput {
    /// The message.
    pub(super) id: ID,
    /// Why, in your words, for the coordinators only; at most 1000 characters.
    pub(super) reason: Option<String>,
}

/// A refusal to appeal against.
#[derive(Debug, InputObject)]
pub struct AppealMessageInput {
    /// The message.
    pub(super) id: ID,
    /// Why, in your words, for the coordinators only; at most 1000 characters.
    pub(super) reason: Option<String>,
}

macro_rules! sent_payload {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, SimpleObject)]
        pub struct $name {
            /// The message.
            message: Option<Message>,
            /// Where to find help at once, in English and Spanish, when the message is a cry for help or tells of danger to the
            /// author or somebody they write of; also when it is held.
            help: Option<String>,
            /// What stands in the way; empty when it was done.
            user_errors: Vec<UserError>,
        }

        impl From<(Option<Sent>, Vec<UserError>)> for $name {
            fn from((sent, user_errors): (Option<Sent>, Vec<UserError>)) -> Self {
                let help = sent.as_ref().and_then(|sent| sent.help).map(str::to_owned);
                Self { message: sent.map(|sent| sent.message.into()), help, user_errors }
            }
        }
    };
}

sent_payload! {
    /// What became of a message that was sent.
    SendMessagePayload
}
sent_payload! {
    /// What became of a message that was changed.
    EditMessagePayload
}

payload! {
    /// What became of a message that was taken back.
    pub RemoveMessagePayload {
        /// The message.
        message: Message
    }
    /// What became of a report.
    pub ReportMessagePayload {
        /// The reported message.
        message: Message
    }
    /// What became of an appeal.
    pub AppealMessagePayload {
        /// The message.
        message: Message
    }
}
