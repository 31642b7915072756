//! What was looked at under an opening, as the audit log has it: for who reviews.

use super::board::unless_forbidden;
use super::{found, purpose};
use crate::access::{Action, Decision, act};
use crate::audit::{self, Trail};
pub use crate::audit::{Entry, Outcome};
use crate::kernel::ids::BreakGlassId;
use crate::kernel::page::Cursor;
use crate::kernel::{Page, PageRequest, Result};
use crate::op::{Op, Tx};

async fn trail(tx: &Tx, id: BreakGlassId) -> Result<(Decision, Trail)> {
    let (permit, row) = found::<act::ReadBreakGlassTrail>(tx, id).await?;
    let (family, actor, since) = (row.stored.family_id, row.stored.opened_by, row.stored.opened_at.timestamp());
    // That the opening was used stands beside each record that was looked at.
    let beside = Action::UseBreakGlass.as_str();
    Ok((permit.decision().clone(), Trail { family, actor, purpose: purpose(id), since, beside }))
}

/// One page of what was looked at, the latest first: kinds, ids, counts and times, never content.
pub async fn reads(op: &Op, id: BreakGlassId, request: PageRequest) -> Result<Page<(Cursor, Entry)>> {
    op.read(|tx| async move {
        let (proof, trail) = trail(&tx, id).await?;
        audit::trail(tx.conn()?, &proof, &trail, request).await
    })
    .await
}

/// How many entries there are in all; nothing for who may know of the opening and not of these.
pub async fn count_reads(op: &Op, id: BreakGlassId) -> Result<Option<u64>> {
    let counted = op.read(|tx| async move {
        let (proof, trail) = trail(&tx, id).await?;
        audit::count_trail(tx.conn()?, &proof, &trail).await
    });
    unless_forbidden(counted.await)
}
