//! Conversations of a match. A message reaches the other side only with a verdict; what the screener cannot judge is held.
//!
//! Each match has one conversation, made with its first message. A message is screened, judged and stored in one
//! transaction; the database refuses to deliver one without a verdict on its present version. Its author sees it in
//! every state, everybody else only once it is delivered: not in a list, a count, a cursor or a change before. Sequence
//! numbers leap with the clock, so that a gap between two of them tells nobody that a message between is held.
//!
//! Who has the family open by break-glass reads a conversation from outside, through [`opened_messages`], and leaves no
//! trace in it.
//! Every version of a message is kept, sealed, and shown to whoever judges it; the two sides see only the present words.
//! While a case about a message is not decided, its words stay.
//!
//! What a person must read becomes a case through [`OpenCase`], which `moderation` implements above this room.

mod entity;
pub mod graphql;
pub mod model;
mod service;
mod store;
mod view;

pub use graphql::{MessageForm as ApiForm, MessageSide as ApiSide, MessageState as ApiState};
pub use model::{
    FIRST_HELD, Form, HELP, MessageState, Side, Verdict, Version, Why, check_body, check_client_id, in_edit_window,
    state_after,
};
pub use service::{
    CaseReason, Messaging, NewCase, OpenCase, Release, appeal_message, authored, block, context, edit_message,
    facts_of_message, follow, follow_opened, message, messages, opened_messages, release, remove_message,
    report_message, send_message, under_review,
};
pub use view::{Change, EditMessage, Message, NewMessage, OpenedChange, OpenedMessage, Sent, Spoken, UnderReview};
