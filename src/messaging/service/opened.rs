//! The face for break-glass: a whole conversation, for who has its family open now. The reader is no side of it: nothing
//! is written, and nobody in the conversation can tell.

use std::collections::HashMap;

use futures_util::Stream;
use futures_util::stream;

use super::super::model::MessageState;
use super::super::store::{self, Ground, Row};
use super::super::view::{OpenedChange, OpenedMessage};
use super::names;
use crate::access::{Guarded as _, Permit, act};
use crate::events::Listener;
use crate::kernel::ids::{AccountId, FamilyId, MatchId};
use crate::kernel::{Error, Page, PageRequest, Result};
use crate::op::{Op, Tx};
use crate::ties;

/// The right to read the conversation of a match whose family is open to the caller in this snapshot. A match of another
/// family is not there.
async fn opened(tx: &Tx, family: FamilyId, id: MatchId) -> Result<(Permit<act::ReadConversation>, Ground)> {
    let ground = store::ground(tx, id).await?.filter(|ground| ground.tie.family == family);
    let openers = ties::openers(tx.conn()?, family, tx.now()).await?;
    let facts = ground.as_ref().map(|ground| ground.resource().opened_by(openers));
    let permit = tx.allow::<act::ReadConversation>(facts)?;
    Ok((permit, ground.ok_or(Error::NotFound)?))
}

/// One page of the conversation of one of the family's matches, newest first, held and refused messages too.
pub async fn opened_messages(
    tx: &Tx,
    family: FamilyId,
    id: MatchId,
    request: PageRequest,
) -> Result<Page<OpenedMessage>> {
    let (permit, ground) = opened(tx, family, id).await?;
    let Some(conversation) = ground.conversation else { return Ok(request.page(Vec::new())) };
    let proof = permit.decision();
    let page = store::whole_page(tx, proof, conversation, request).await?;
    tx.named(proof, page.items.iter().map(|row| row.id));
    let names = names(tx, proof, &page.items).await?;
    let items: Result<_> = page.items.iter().map(|row| view(tx, row, &names)).collect();
    Ok(Page { items: items?, has_next: page.has_next })
}

fn view(tx: &Tx, row: &Row, names: &HashMap<AccountId, String>) -> Result<OpenedMessage> {
    let (state, side) = store::state_and_side(row)?;
    let gone = state == MessageState::Removed;
    Ok(OpenedMessage {
        id: row.id.into(),
        side,
        first_name: names.get(&row.author_account_id.into()).cloned().unwrap_or_default(),
        state,
        // What its author took back is gone for both sides, and so for this reader.
        body: if gone { None } else { Some(store::body(tx, row)?) },
        shown_as: if gone { None } else { store::shown(tx, row)? },
        sent_at: row.created_at.timestamp(),
        edited_at: row.edited_at.map(crate::db::At::timestamp),
        version: row.version,
        seq: row.seq,
    })
}

struct Follower {
    op: Op,
    of: (FamilyId, MatchId),
    after: i64,
    conversation: Listener,
    glass: Listener,
    is_over: bool,
}

/// Follows the conversation of one of the family's matches: first what changed after the place `after`, then what
/// changes. `glass` is heard when the family is closed again; then, as with every change, it is decided anew, and the last
/// item is the error.
pub async fn follow_opened(
    op: &Op,
    of: (FamilyId, MatchId),
    after: Option<i64>,
    glass: Listener,
) -> Result<impl Stream<Item = Result<OpenedChange>> + Send + use<>> {
    let conversation = op.core().hub.listen(&format!("conversation:{}", of.1.uuid()));
    let newest = op.read(|tx| async move { newest(&tx, of).await }).await?;
    let follower = Follower { op: op.clone(), of, after: after.unwrap_or(newest), conversation, glass, is_over: false };
    Ok(stream::unfold(follower, Follower::next))
}

async fn newest(tx: &Tx, (family, id): (FamilyId, MatchId)) -> Result<i64> {
    let (permit, ground) = opened(tx, family, id).await?;
    match ground.conversation {
        Some(conversation) => store::newest_change(tx, permit.decision(), conversation).await,
        None => Ok(0),
    }
}

async fn next_change(tx: &Tx, (family, id): (FamilyId, MatchId), after: i64) -> Result<Option<OpenedChange>> {
    let (permit, ground) = opened(tx, family, id).await?;
    let (proof, Some(conversation)) = (permit.decision(), ground.conversation) else { return Ok(None) };
    let Some(row) = store::whole_next_change(tx, proof, conversation, after).await? else { return Ok(None) };
    tx.named(proof, [row.id]);
    let names = names(tx, proof, std::slice::from_ref(&row)).await?;
    Ok(Some(OpenedChange { number: row.change_seq, message: view(tx, &row, &names)? }))
}

impl Follower {
    async fn next(mut self) -> Option<(Result<OpenedChange>, Self)> {
        while !self.is_over {
            let (of, after) = (self.of, self.after);
            match self.op.read(|tx| async move { next_change(&tx, of, after).await }).await {
                Ok(Some(change)) => {
                    self.after = change.number;
                    return Some((Ok(change), self));
                }
                Ok(None) => self.is_over = !self.woken().await,
                Err(error) => {
                    self.is_over = true;
                    return Some((Err(error), self));
                }
            }
        }
        None
    }

    /// Waits until there may be something new; false when nothing can come any more.
    async fn woken(&mut self) -> bool {
        tokio::select! {
            event = self.conversation.next() => event.is_some(),
            event = self.glass.next() => event.is_some(),
        }
    }
}
