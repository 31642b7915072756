//! Watching a family's releases.

use std::collections::VecDeque;

use futures_util::Stream;
use futures_util::stream;

use super::super::model::{Filter, Release};
use super::reads::{list, release};
use super::topic;
use crate::access::act;
use crate::events::Listener;
use crate::families;
use crate::kernel::ids::{FamilyId, ReleaseId};
use crate::kernel::{PageRequest, Result};
use crate::op::Op;

struct Watch {
    op: Op,
    family: FamilyId,
    releases: Listener,
    missed: VecDeque<ReleaseId>,
    is_over: bool,
}

/// Every release of a family as it changes, is used, expires or is taken back, each read with a fresh decision: for its
/// caregivers, and its programme's coordinators and leads. When events were missed, the newest are told anew.
pub async fn changes(op: &Op, family: FamilyId) -> Result<impl Stream<Item = Result<Release>> + Send + use<>> {
    // Listening begins before the decision, so that nothing falls between the two.
    let releases = op.core().hub.listen(&topic(family));
    op.read(|tx| async move {
        tx.allow::<act::ListReleases>(families::facts(&tx, family).await?)?;
        Ok(())
    })
    .await?;
    let watch = Watch { op: op.clone(), family, releases, missed: VecDeque::new(), is_over: false };
    Ok(stream::unfold(watch, next))
}

async fn next(mut watch: Watch) -> Option<(Result<Release>, Watch)> {
    if watch.is_over {
        return None;
    }
    let told = one(&mut watch).await?;
    watch.is_over = told.is_err();
    Some((told, watch))
}

async fn one(watch: &mut Watch) -> Option<Result<Release>> {
    loop {
        if let Some(id) = watch.missed.pop_front() {
            return Some(release(&watch.op, id).await);
        }
        match watch.releases.next().await? {
            Some(event) => watch.missed.extend(changed(&event.body)),
            None => match list(&watch.op, watch.family, Filter::default(), PageRequest::first(100)).await {
                Ok(page) => watch.missed = page.items.iter().map(|item| item.id).collect(),
                Err(error) => return Some(Err(error)),
            },
        }
    }
}

fn changed(body: &serde_json::Value) -> Option<ReleaseId> {
    serde_json::from_value(body.get("release")?.clone()).ok()
}
