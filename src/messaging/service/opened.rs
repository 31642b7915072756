//! The face for break-glass: a whole conversation, for who has its family open now. The reader is no side of it: nothing
//! is written, and nobody in the conversation can tell.

use std::collections::HashMap;

use futures_util::Stream;

use super::super::model::MessageState;
use super::super::store::{self, Ground, Row};
use super::super::view::{OpenedChange, OpenedMessage};
use super::follow::{Reader, follow_as};
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

/// Who has the family of a match open.
struct OfOpener(FamilyId, MatchId);

impl Reader for OfOpener {
    type Change = OpenedChange;

    async fn newest(&self, op: &Op) -> Result<i64> {
        let Self(family, id) = *self;
        op.read(|tx| async move {
            let (permit, ground) = opened(&tx, family, id).await?;
            match ground.conversation {
                Some(conversation) => store::newest_change(&tx, permit.decision(), conversation).await,
                None => Ok(0),
            }
        })
        .await
    }

    async fn next(&self, op: &Op, after: i64) -> Result<Option<(i64, OpenedChange)>> {
        let Self(family, id) = *self;
        let change = op.read(|tx| async move { next_change(&tx, (family, id), after).await }).await?;
        Ok(change.map(|change| (change.number, change)))
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

/// Follows the conversation of one of the family's matches. `glass` is heard when the family is closed again; then, as with
/// every change, it is decided anew, and the last item is the error.
pub async fn follow_opened(
    op: &Op,
    (family, id): (FamilyId, MatchId),
    after: Option<i64>,
    glass: Listener,
) -> Result<impl Stream<Item = Result<OpenedChange>> + Send + use<>> {
    follow_as(op, id, OfOpener(family, id), after, glass).await
}
