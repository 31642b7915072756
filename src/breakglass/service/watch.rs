//! Watching the board.

use std::collections::VecDeque;

use futures_util::Stream;
use futures_util::stream;

use super::super::model::BreakGlass;
use super::board::{access, list, place};
use super::board_topic;
use crate::access::act;
use crate::events::Listener;
use crate::kernel::ids::{BreakGlassId, ProgrammeId};
use crate::kernel::{PageRequest, Result};
use crate::op::Op;

struct Watch {
    op: Op,
    programme: ProgrammeId,
    board: Listener,
    missed: VecDeque<BreakGlassId>,
    is_over: bool,
}

/// Every opening of a programme when it begins and changes, each read with a fresh decision: for coordinators and leads,
/// and for administrators, who name the programme. When events were missed, the front of the board is told anew.
pub async fn changes(
    op: &Op,
    programme: Option<ProgrammeId>,
) -> Result<impl Stream<Item = Result<BreakGlass>> + Send + use<>> {
    let programme = match programme.or(op.principal().programme) {
        Some(id) => id,
        // Who acts in no programme and names none has no board; the refusal is recorded.
        None => op.read(|tx| async move { place(&tx, None).map(|place| place.id.into()) }).await?,
    };
    // Listening begins before the decision, so that nothing falls between the two.
    let board = op.core().hub.listen(&board_topic(programme));
    op.read(|tx| async move {
        tx.scope::<act::ListBreakGlass>(place(&tx, Some(programme))?)?;
        Ok(())
    })
    .await?;
    let watch = Watch { op: op.clone(), programme, board, missed: VecDeque::new(), is_over: false };
    Ok(stream::unfold(watch, next))
}

async fn next(mut watch: Watch) -> Option<(Result<BreakGlass>, Watch)> {
    if watch.is_over {
        return None;
    }
    let told = one(&mut watch).await?;
    watch.is_over = told.is_err();
    Some((told, watch))
}

async fn one(watch: &mut Watch) -> Option<Result<BreakGlass>> {
    loop {
        if let Some(id) = watch.missed.pop_front() {
            return Some(access(&watch.op, id).await);
        }
        match watch.board.next().await? {
            Some(event) => watch.missed.extend(changed(&event.body)),
            None => match list(&watch.op, Some(watch.programme), None, PageRequest::first(100)).await {
                Ok(page) => watch.missed = page.items.iter().map(|item| item.id).collect(),
                Err(error) => return Some(Err(error)),
            },
        }
    }
}

fn changed(body: &serde_json::Value) -> Option<BreakGlassId> {
    serde_json::from_value(body.get("break_glass")?.clone()).ok()
}
