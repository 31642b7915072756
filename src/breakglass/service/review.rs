//! What somebody else does afterwards: judge, or put the telling off once more.

use super::super::model::{ALREADY_TOLD, BreakGlass, NewDelay, Verdict, check_note, somebody_else};
use super::super::store::{self, Row, Step};
use super::{actor, stale, tell};
use crate::access::{ActionTag, Decision, Permit, act};
use crate::db::At;
use crate::kernel::ids::BreakGlassId;
use crate::kernel::{Error, Problem, Result};
use crate::op::{Op, Tx};

/// Judges an opening that is over: another safeguarding lead of the programme, or an administrator. What needs a
/// follow-up is due again after the time of a review.
pub async fn review(op: &Op, id: BreakGlassId, verdict: Verdict, note: &str) -> Result<BreakGlass> {
    let note = &check_note(note)?;
    op.write(|tx| async move {
        let (permit, row) = of_another::<act::ReviewBreakGlass>(&tx, id).await?;
        row.state()?.check(verdict.state(), "input.id")?;
        let row = ended(&tx, permit.decision(), row).await?;
        let later = tx.now().saturating_add(tx.op().core().clocks.break_glass_review);
        let due = (verdict == Verdict::NeedsFollowUp).then(|| At::from(later.unwrap_or(jiff::Timestamp::MAX)));
        store::insert_review(&tx, permit.decision(), id, actor(&tx)?, (verdict, note)).await?;
        let step = Step::Review(verdict.state(), due);
        let reviewed = store::step(&tx, permit.decision(), &row, step).await?.ok_or_else(stale)?;
        tx.touched(permit.decision(), &["state", "verdict"]);
        tell(&tx, &reviewed);
        reviewed.view()
    })
    .await
}

/// The opening with its end noted, where its time ran out and the job has not come to it yet.
async fn ended(tx: &Tx, proof: &Decision, row: Row) -> Result<Row> {
    if !row.has_lapsed() {
        return Ok(row);
    }
    store::step(tx, proof, &row, Step::Lapse).await?.ok_or_else(stale)
}

/// Puts off once more that the family is told: another safeguarding lead of the programme, as long as it was not told.
pub async fn delay(op: &Op, id: BreakGlassId, new: NewDelay) -> Result<BreakGlass> {
    let new = &new.check(op.now())?;
    op.write(|tx| async move {
        let (permit, row) = of_another::<act::DelayBreakGlass>(&tx, id).await?;
        if row.stored.tell_at.timestamp() <= tx.now() {
            return Err(Problem::at(ALREADY_TOLD, "input.id", "The family's ledger shows this already.").into());
        }
        let until = At::from(new.until).max(row.stored.tell_at);
        let said = (At::from(new.until), new.reason.as_str());
        store::insert_delay(&tx, permit.decision(), id, actor(&tx)?, said).await?;
        let delayed = store::step(&tx, permit.decision(), &row, Step::Delay(until)).await?.ok_or_else(stale)?;
        tx.touched(permit.decision(), &["tell_at"]);
        tell(&tx, &delayed);
        delayed.view()
    })
    .await
}

/// The permit for an opening of somebody else's. The policies refuse the opener, who is told how to go on.
async fn of_another<A: ActionTag>(tx: &Tx, id: BreakGlassId) -> Result<(Permit<A>, Row)> {
    let found = store::facts(tx, id).await?;
    let own = found.as_ref().is_some_and(|row| Some(row.stored.opened_by.into()) == tx.principal().account);
    match tx.allow::<A>(found.clone()) {
        Err(Error::Forbidden) if own => Err(somebody_else().into()),
        other => Ok((other?, found.ok_or(Error::NotFound)?)),
    }
}
