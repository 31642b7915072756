//! Opening a family, and the end of it.

use super::super::model::{ALREADY_OPEN, BreakGlass, GlassState, NewOpening};
use super::super::store::{self, Step, Times};
use super::{LAPSE, actor, found, named, stale, tell};
use crate::access::{Permit, Resource, act};
use crate::db::At;
use crate::families;
use crate::jobs::NewJob;
use crate::kernel::ids::{BreakGlassId, FamilyId};
use crate::kernel::{Error, Problem, Result};
use crate::op::{Op, Tx};

/// Opens a family of the caller's own programme for reading, for an hour at most: for a safeguarding lead who has just
/// proved who they are. Everybody responsible hears of it at the commit, somebody else must review it, and the family's
/// ledger shows it at once unless telling is unsafe.
pub async fn open(op: &Op, family: FamilyId, new: NewOpening) -> Result<BreakGlass> {
    let new = &new.check(op.now())?;
    op.write(|tx| async move {
        let permit = tx.allow::<act::OpenBreakGlass>(families::facts(&tx, family).await?)?;
        let by = actor(&tx)?;
        for lapsed in store::settle_lapsed(&tx, &permit, by).await? {
            tx.named(permit.decision(), [lapsed]);
        }
        let review_due_at = tx.now().saturating_add(tx.op().core().clocks.break_glass_review);
        let times = Times {
            end: At::from(new.ends_at(tx.now())),
            telling: At::from(new.delay.as_ref().map_or(tx.now(), |delay| delay.until)),
            review: At::from(review_due_at.unwrap_or(jiff::Timestamp::MAX)),
        };
        let open = Problem::at(ALREADY_OPEN, "input.familyId", "You have this family open already.");
        let stored = store::insert(&tx, &permit, by, new, times).await;
        let id = stored.map_err(|error| error.explain("one_open_break_glass", open))?;
        if let Some(delay) = &new.delay {
            let until = (At::from(delay.until), delay.reason.as_str());
            store::insert_delay(&tx, permit.decision(), id, by, until).await?;
        }
        let payload = serde_json::json!({"break_glass": id});
        tx.enqueue(NewJob { kind: LAPSE, payload, run_at: times.end.timestamp(), unique_key: None }).await?;
        tx.named(permit.decision(), named(id));
        let row = store::facts(&tx, id).await?.ok_or(Error::NotFound)?;
        tell(&tx, &row);
        row.view()
    })
    .await
}

/// Ends an opening before its time: for its opener, and for the programme's coordinators and other leads.
pub async fn end(op: &Op, id: BreakGlassId) -> Result<BreakGlass> {
    op.write(|tx| async move {
        let (permit, row) = found::<act::EndBreakGlass>(&tx, id).await?;
        row.state()?.check(GlassState::Ended, "input.id")?;
        let by = actor(&tx)?;
        let ended = store::step(&tx, permit.decision(), &row, Step::End(by)).await?.ok_or_else(stale)?;
        tx.touched(permit.decision(), &["state", "ended_at"]);
        tell(&tx, &ended);
        ended.view()
    })
    .await
}

/// Notes that an opening's time is over, and tells whoever reads under it. Nobody could read any more before this: the
/// instant decides, not the job.
pub async fn lapse(op: &Op, id: BreakGlassId) -> Result<()> {
    op.write(|tx| async move {
        let permit = tx.allow::<act::RunJob>(Some(Resource::system()))?;
        let Some(row) = store::facts(&tx, id).await? else { return Ok(()) };
        if row.has_lapsed() {
            end_of_time(&tx, &permit, &row).await?;
        }
        Ok(())
    })
    .await
}

async fn end_of_time(tx: &Tx, permit: &Permit<act::RunJob>, row: &store::Row) -> Result<()> {
    let ended = store::step(tx, permit.decision(), row, Step::Lapse).await?.ok_or(Error::Busy)?;
    tx.named(permit.decision(), named(row.id()));
    tell(tx, &ended);
    Ok(())
}
