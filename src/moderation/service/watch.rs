//! Watching the queue.

use std::collections::VecDeque;

use futures_util::Stream;
use futures_util::stream;

use super::super::model::{Case, Filter};
use super::queue::{case, list_cases};
use crate::events::Listener;
use crate::kernel::ids::CaseId;
use crate::kernel::{Error, PageRequest, Result};
use crate::op::Op;

struct Watch {
    op: Op,
    cases: Listener,
    missed: VecDeque<CaseId>,
    is_over: bool,
}

/// Every case of the caller's programme as it changes, each read with a fresh decision. When events were missed, the
/// front of the queue is told anew. Ends with the error when the right to it ends.
pub async fn watch(op: &Op) -> Result<impl Stream<Item = Result<Case>> + Send + use<>> {
    let Some(programme) = op.principal().programme else {
        // Who acts in no programme has no queue; the list refuses, and records it.
        list_cases(op, Filter::default(), PageRequest::first(1)).await?;
        return Err(Error::Forbidden);
    };
    let cases = op.core().hub.listen(&format!("programme:{}:cases", programme.uuid()));
    list_cases(op, Filter::default(), PageRequest::first(1)).await?;
    let watch = Watch { op: op.clone(), cases, missed: VecDeque::new(), is_over: false };
    Ok(stream::unfold(watch, next))
}

async fn next(mut watch: Watch) -> Option<(Result<Case>, Watch)> {
    if watch.is_over {
        return None;
    }
    let told = one(&mut watch).await?;
    watch.is_over = told.is_err();
    Some((told, watch))
}

async fn one(watch: &mut Watch) -> Option<Result<Case>> {
    loop {
        if let Some(id) = watch.missed.pop_front() {
            match case(&watch.op, id).await {
                // One about the watcher's own match is not theirs to see. Who may still list goes on watching.
                Err(Error::NotFound) if may_list(&watch.op).await => continue,
                told => return Some(told),
            }
        }
        match watch.cases.next().await? {
            Some(event) => watch.missed.extend(changed(&event.body)),
            None => match list_cases(&watch.op, Filter::default(), PageRequest::first(100)).await {
                Ok(page) => watch.missed = page.items.iter().map(|case| case.id).collect(),
                Err(error) => return Some(Err(error)),
            },
        }
    }
}

async fn may_list(op: &Op) -> bool {
    list_cases(op, Filter::default(), PageRequest::first(1)).await.is_ok()
}

fn changed(body: &serde_json::Value) -> Option<CaseId> {
    serde_json::from_value(body.get("case")?.clone()).ok()
}
