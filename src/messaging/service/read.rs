//! Reading a conversation. Reading never writes: a conversation that nobody has begun reads as empty.

use super::super::store;
use super::super::view::{Change, Message};
use super::{Person, one_view, views};
use crate::access::act;
use crate::audit::Outcome;
use crate::kernel::ids::{MatchId, MessageId};
use crate::kernel::{Error, Page, PageRequest, Result};
use crate::op::Op;

/// One page of a match's conversation, newest first: for the two sides, as far as each may see it.
pub async fn messages(op: &Op, id: MatchId, request: PageRequest) -> Result<Page<Message>> {
    op.read(|tx| async move {
        let ground = store::ground(&tx, id).await?;
        let permit = tx.allow::<act::ReadConversation>(ground.clone())?;
        let (proof, reader) = (permit.decision(), Person::asking(&tx)?);
        let Some(conversation) = ground.and_then(|ground| ground.conversation) else {
            return Ok(request.page(Vec::new()));
        };
        let page = store::page(&tx, proof, conversation, reader.account, request).await?;
        tx.named(proof, page.items.iter().map(|row| row.id));
        Ok(Page { items: views(&tx, proof, &page.items, reader).await?, has_next: page.has_next })
    })
    .await
}

/// One message: for its author, and for the other side once it is delivered.
pub async fn message(op: &Op, id: MessageId) -> Result<Message> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ReadConversation>(store::ground_of(&tx, id).await?)?;
        let (proof, reader) = (permit.decision(), Person::asking(&tx)?);
        let row = store::message(&tx, proof, id).await?.ok_or(Error::NotFound)?;
        if !reader.may_see(&row)? {
            tx.deny(proof, Outcome::Denied);
            return Err(Error::NotFound);
        }
        tx.named(proof, [id]);
        one_view(&tx, proof, &row, reader).await
    })
    .await
}

/// The number of the newest change, where somebody who listens from now on begins.
pub(super) async fn newest_change(op: &Op, id: MatchId) -> Result<i64> {
    op.read(|tx| async move {
        let ground = store::ground(&tx, id).await?;
        let permit = tx.allow::<act::ReadConversation>(ground.clone())?;
        Person::asking(&tx)?;
        match ground.and_then(|ground| ground.conversation) {
            Some(conversation) => store::newest_change(&tx, permit.decision(), conversation).await,
            None => Ok(0),
        }
    })
    .await
}

/// The first change after this number that the caller may know of.
pub(super) async fn next_change(op: &Op, id: MatchId, after: i64) -> Result<Option<Change>> {
    op.read(|tx| async move {
        let ground = store::ground(&tx, id).await?;
        let permit = tx.allow::<act::ReadConversation>(ground.clone())?;
        let (proof, reader) = (permit.decision(), Person::asking(&tx)?);
        let Some(conversation) = ground.and_then(|ground| ground.conversation) else { return Ok(None) };
        let next = store::next_change(&tx, proof, conversation, reader.account, after).await?;
        let Some(row) = next else { return Ok(None) };
        tx.named(proof, [row.id]);
        let message = if reader.may_see(&row)? { Some(one_view(&tx, proof, &row, reader).await?) } else { None };
        Ok(Some(Change { number: row.change_seq, id: row.id.into(), message }))
    })
    .await
}
