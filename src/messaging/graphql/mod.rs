//! Conversations in GraphQL.

mod types;

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, Subscription};
use futures_util::{Stream, StreamExt as _};

use super::{Messaging, service};
use crate::graphql::{Connection, connection, fault, outcome, page_request, target};
use crate::kernel::ids::MatchId;
use crate::kernel::page::Cursor;
use crate::kernel::{Code, Error, Problem};
use crate::op::Op;

pub use types::{
    AppealMessageInput, AppealMessagePayload, EditMessageInput, EditMessagePayload, Message, MessageAuthor,
    MessageChange, MessageForm, MessageSide, MessageState, RemoveMessageInput, RemoveMessagePayload,
    ReportMessageInput, ReportMessagePayload, SendMessageInput, SendMessagePayload,
};

/// Reading conversations.
#[derive(Debug, Default)]
pub struct MessagingQuery;

#[Object]
impl MessagingQuery {
    /// The conversation of a match, newest message first, as far as you may see it.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The match.")] match_id: ID,
        #[graphql(desc = "How many messages, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor, with older messages.")] after: Option<String>,
    ) -> Result<Connection<Message>> {
        let request = page_request(first, after.as_deref())?;
        let page = service::messages(ctx.data::<Op>()?, target(&match_id, "matchId").map_err(fault)?, request).await;
        let place = |message: &super::Message| Cursor { key: message.seq, id: message.id.uuid() };
        Ok(connection(&request, page.map_err(fault)?, place, Message::from))
    }

    /// One message.
    async fn message(&self, ctx: &Context<'_>, #[graphql(desc = "The message.")] id: ID) -> Result<Message> {
        let found = service::message(ctx.data::<Op>()?, target(&id, "id").map_err(fault)?).await;
        found.map(Message::from).map_err(fault)
    }
}

/// Writing in conversations.
#[derive(Debug, Default)]
pub struct MessagingMutation;

#[Object]
impl MessagingMutation {
    /// Send a message. Sending it again with the same client id changes nothing.
    async fn send_message(&self, ctx: &Context<'_>, input: SendMessageInput) -> Result<SendMessagePayload> {
        let new = input.read().map_err(fault)?;
        let sent = service::send_message(ctx.data::<Op>()?, ctx.data::<Arc<Messaging>>()?, new).await;
        outcome(sent).map(SendMessagePayload::from)
    }

    /// Change a message of yours, within 15 minutes of sending it, and not while a coordinator has yet to look at it.
    async fn edit_message(&self, ctx: &Context<'_>, input: EditMessageInput) -> Result<EditMessagePayload> {
        let edit = input.read().map_err(fault)?;
        let sent = service::edit_message(ctx.data::<Op>()?, ctx.data::<Arc<Messaging>>()?, edit).await;
        outcome(sent).map(EditMessagePayload::from)
    }

    /// Take a delivered message of yours back.
    async fn remove_message(&self, ctx: &Context<'_>, input: RemoveMessageInput) -> Result<RemoveMessagePayload> {
        let id = target(&input.id, "input.id").map_err(fault)?;
        RemoveMessagePayload::from_result(service::remove_message(ctx.data::<Op>()?, id).await)
    }

    /// Report a message that you received to the coordinators.
    async fn report_message(&self, ctx: &Context<'_>, input: ReportMessageInput) -> Result<ReportMessagePayload> {
        let (id, reason) = (target(&input.id, "input.id").map_err(fault)?, input.reason.as_deref());
        let messaging = ctx.data::<Arc<Messaging>>()?;
        ReportMessagePayload::from_result(service::report_message(ctx.data::<Op>()?, messaging, id, reason).await)
    }

    /// Ask for another look at a message of yours that was refused.
    async fn appeal_message(&self, ctx: &Context<'_>, input: AppealMessageInput) -> Result<AppealMessagePayload> {
        let (id, reason) = (target(&input.id, "input.id").map_err(fault)?, input.reason.as_deref());
        let messaging = ctx.data::<Arc<Messaging>>()?;
        AppealMessagePayload::from_result(service::appeal_message(ctx.data::<Op>()?, messaging, id, reason).await)
    }
}

/// Following conversations.
#[derive(Debug, Default)]
pub struct MessagingSubscription;

#[Subscription]
impl MessagingSubscription {
    /// Every change in the conversation of a match that you may know of: first what changed after the cursor `after` (of
    /// an earlier change), then what changes. Ends with a fault when you may not read it any more.
    async fn message_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The match.")] match_id: ID,
        #[graphql(desc = "Begin after this change; without it, with what changes from now on.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<MessageChange>> + use<>> {
        let id: MatchId = target(&match_id, "matchId").map_err(fault)?;
        let after = after.as_deref().map(place).transpose().map_err(fault)?;
        let changes = service::follow(ctx.data::<Op>()?, id, after).await.map_err(fault)?;
        Ok(changes.map(|change| change.map(MessageChange::from).map_err(fault)))
    }
}

fn place(cursor: &str) -> Result<i64, Error> {
    let known = Cursor::decode(cursor).map(|cursor| cursor.key);
    known.ok_or_else(|| Problem::at(Code::Invalid, "after", "This is not a cursor of an earlier change.").into())
}
