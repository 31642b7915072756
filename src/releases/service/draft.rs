//! Writing and dropping drafts.

use super::super::model::{NewDraft, Release, ReleaseState};
use super::super::store::{self, End};
use super::{actor, done, found, fresh, longest_days, stale, tell};
use crate::access::act;
use crate::families;
use crate::kernel::ids::ReleaseId;
use crate::kernel::states::wrong_state;
use crate::kernel::{Error, Result};
use crate::op::{Op, Tx};

/// Writes a draft, a new one for a family or a change of one that is not signed: the family itself, or a coordinator.
pub async fn draft(op: &Op, input: NewDraft) -> Result<Release> {
    let input = &input;
    op.write(|tx| async move {
        match input.changes {
            Some(changes) => change(&tx, changes, input).await,
            None => create(&tx, input).await,
        }
    })
    .await
}

async fn create(tx: &Tx, input: &NewDraft) -> Result<Release> {
    let facts = match input.family {
        Some(family) => families::facts(tx, family).await?,
        None => None,
    };
    let permit = tx.allow::<act::DraftRelease>(facts)?;
    let input = input.clone().check(longest_days(tx))?;
    let id = store::insert(tx, &permit, actor(tx)?, &input).await?;
    tx.named(permit.decision(), [id]);
    tell(tx, permit.id(), id);
    store::load(tx, permit.decision(), id).await
}

async fn change(tx: &Tx, (id, version): (ReleaseId, i32), input: &NewDraft) -> Result<Release> {
    let (permit, facts) = found::<act::ChangeRelease>(tx, id).await?;
    let input = input.clone().check(longest_days(tx))?;
    fresh(version, facts.stored.version)?;
    check_draft(&facts.stored.state, "changed")?;
    if !store::rewrite(tx, &permit, &facts.stored, &input).await? {
        return Err(stale());
    }
    done(tx, &permit, &facts, &["receiver", "purpose", "fields", "valid_days"]).await
}

fn check_draft(state: &str, to: &str) -> Result<()> {
    if state == ReleaseState::Draft.as_str() {
        return Ok(());
    }
    Err(Error::refused(wrong_state("release", (state, to), "input.releaseId")))
}

/// Drops a draft: the family itself, or a coordinator. What is signed is taken back instead.
pub async fn discard(op: &Op, id: ReleaseId) -> Result<Release> {
    op.write(|tx| async move {
        let (permit, facts) = found::<act::ChangeRelease>(&tx, id).await?;
        check_draft(&facts.stored.state, ReleaseState::Discarded.as_str())?;
        if !store::end(&tx, permit.decision(), &facts.stored, End::Discard).await? {
            return Err(stale());
        }
        done(&tx, &permit, &facts, &["state"]).await
    })
    .await
}
