//! Who holds a case: claim, renew, release, escalate, reopen.

use super::super::model::{CASE_TAKEN, CLAIM_FIRST, Case, CaseState};
use super::super::store::{self, Row};
use super::{actor, for_leads, open, stale, tell};
use crate::access::{Permit, act};
use crate::db::At;
use crate::kernel::ids::{AccountId, CaseId};
use crate::kernel::states::wrong_state;
use crate::kernel::{Error, Problem, Result};
use crate::op::{Op, Tx};

/// The field that names the case, in every input here.
const PATH: &str = "input.id";

/// Claims a case for five minutes: for coordinators and safeguarding leads, when nobody else holds it; for the leads alone
/// when it was handed to them. Claiming one's own case again renews the lease.
pub async fn claim_case(op: &Op, id: CaseId) -> Result<Case> {
    op.write(|tx| async move {
        let (permit, row) = found(&tx, id).await?;
        let me = actor(&tx)?;
        free_for(&row, me)?;
        let state = row.state()?;
        if state != CaseState::Claimed {
            state.check(CaseState::Claimed, PATH)?;
        }
        // Of two who claim at once, the version lets one through; the other is told who was first.
        let taken = store::change(&tx, &row, store::leased(&tx, &row, me)).await?.ok_or_else(taken)?;
        done(&tx, &permit, &taken, &["state", "claimed_by", "lease_until"])
    })
    .await
}

/// Renews one's own lease, five minutes from now, as long as it has not run out.
pub async fn renew_claim(op: &Op, id: CaseId) -> Result<Case> {
    op.write(|tx| async move {
        let (permit, row) = found(&tx, id).await?;
        let me = actor(&tx)?;
        held_by(&row, me)?;
        let renewed = store::change(&tx, &row, store::leased(&tx, &row, me)).await?.ok_or_else(|| stale(PATH))?;
        done(&tx, &permit, &renewed, &["lease_until"])
    })
    .await
}

/// Gives a case back that one holds; it waits again where it did before.
pub async fn release_claim(op: &Op, id: CaseId) -> Result<Case> {
    op.write(|tx| async move {
        let (permit, row) = found(&tx, id).await?;
        held_by(&row, actor(&tx)?)?;
        let released = store::change(&tx, &row, store::unheld(row.waiting())).await?.ok_or_else(|| stale(PATH))?;
        done(&tx, &permit, &released, &["state", "claimed_by", "lease_until"])
    })
    .await
}

/// Hands a case to the safeguarding leads: one that waits, or one that one holds. Until it is decided, only they claim it.
pub async fn escalate_case(op: &Op, id: CaseId) -> Result<Case> {
    op.write(|tx| async move {
        let (permit, row) = found(&tx, id).await?;
        free_for(&row, actor(&tx)?)?;
        row.state()?.check(CaseState::Escalated, PATH)?;
        let handed = store::change(&tx, &row, store::escalated(&tx, &row)).await?.ok_or_else(|| stale(PATH))?;
        done(&tx, &permit, &handed, &["state", "claimed_by", "lease_until", "escalated_at"])
    })
    .await
}

/// Opens a decided case again. Somebody else than the first decider must decide it then.
pub async fn reopen_case(op: &Op, id: CaseId) -> Result<Case> {
    op.write(|tx| async move {
        let (permit, row) = found(&tx, id).await?;
        // A claimed case goes back to `reopened` too, but only by being given back.
        let state = row.state()?;
        if state != CaseState::Decided {
            return Err(wrong_state("moderation_case", (state.as_str(), CaseState::Reopened.as_str()), PATH).into());
        }
        let message = row.message();
        if let (Some(message), kind) = (message, row.kind()?)
            && store::open_for(&tx, message, kind).await?.is_some()
        {
            return Err(Problem::at(CASE_TAKEN, PATH, "A newer case about the same message is open already.").into());
        }
        let patch = store::reopened(open::appeal_due(&tx));
        let reopened = store::change(&tx, &row, patch).await?.ok_or_else(|| stale(PATH))?;
        done(&tx, &permit, &reopened, &["state", "due_at", "escalated_at"])
    })
    .await
}

async fn found(tx: &Tx, id: CaseId) -> Result<(Permit<act::ClaimCase>, Row)> {
    let found = store::facts(tx, id).await?;
    let permit = tx.allow::<act::ClaimCase>(found.clone()).map_err(|error| for_leads(error, found.as_ref(), PATH))?;
    Ok((permit, found.ok_or(Error::NotFound)?))
}

fn done(tx: &Tx, permit: &Permit<act::ClaimCase>, row: &Row, fields: &[&'static str]) -> Result<Case> {
    tx.touched(permit.decision(), fields);
    tell(tx, row);
    row.view(tx.principal().account)
}

fn taken() -> Error {
    Problem::at(CASE_TAKEN, PATH, "Somebody else holds this case.").into()
}

fn free_for(row: &Row, me: AccountId) -> Result<()> {
    if row.holder().is_some_and(|(holder, _): (AccountId, At)| holder != me) { Err(taken()) } else { Ok(()) }
}

fn held_by(row: &Row, me: AccountId) -> Result<()> {
    free_for(row, me)?;
    if row.holder().is_some() {
        return Ok(());
    }
    Err(Problem::at(CLAIM_FIRST, PATH, "You do not hold this case; claim it first.").into())
}
