//! How fast somebody writes.

use jiff::Timestamp;
use sea_orm::entity::prelude::*;

use super::super::entity::message;
use super::Row;
use crate::access::Decision;
use crate::db::At;
use crate::kernel::Result;
use crate::op::Tx;

/// How many messages the author of this one has sent in the conversation since then, this one included.
pub(in crate::messaging) async fn sent_since(tx: &Tx, _proof: &Decision, row: &Row, since: Timestamp) -> Result<u64> {
    let sent = message::Entity::find()
        .filter(message::Column::ConversationId.eq(row.conversation_id))
        .filter(message::Column::AuthorAccountId.eq(row.author_account_id))
        .filter(message::Column::CreatedAt.gt(At::from(since)));
    Ok(sent.count(tx.conn()?.raw()).await?)
}
