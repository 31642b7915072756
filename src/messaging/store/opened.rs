//! A whole conversation, for who has its family open by break-glass.

use sea_orm::QueryOrder as _;
use sea_orm::entity::prelude::*;

use super::super::entity::message;
use super::Row;
use crate::access::Decision;
use crate::db::Order;
use crate::kernel::ids::ConversationId;
use crate::kernel::{Page, PageRequest, Result};
use crate::op::Tx;

/// One page of all messages in every state, newest first.
pub(in crate::messaging) async fn whole_page(
    tx: &Tx,
    _proof: &Decision,
    id: ConversationId,
    request: PageRequest,
) -> Result<Page<Row>> {
    let query = message::Entity::find().filter(message::Column::ConversationId.eq(id.uuid()));
    let (key, id) = (message::Column::Seq, message::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    Ok(request.page(rows))
}

/// The first message that changed after this number, whatever its state.
pub(in crate::messaging) async fn whole_next_change(
    tx: &Tx,
    _proof: &Decision,
    id: ConversationId,
    after: i64,
) -> Result<Option<Row>> {
    let query = message::Entity::find()
        .filter(message::Column::ConversationId.eq(id.uuid()))
        .filter(message::Column::ChangeSeq.gt(after))
        .order_by_asc(message::Column::ChangeSeq);
    Ok(query.one(tx.conn()?.raw()).await?)
}
