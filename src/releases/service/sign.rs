//! Signing, taking back, and the end of a release's time.

use jiff::SignedDuration;

use super::super::model::{Release, ReleaseState, Signing};
use super::super::store::{self, End};
use super::{EXPIRE, actor, done, found, fresh, longest_days, stale, tell};
use crate::access::{PrincipalKind, Resource, act};
use crate::db::At;
use crate::jobs::NewJob;
use crate::kernel::ids::ReleaseId;
use crate::kernel::{Error, Result};
use crate::op::Op;

/// Signs a release: a caregiver of the family alone, never staff for them. Who signs has read the present text in a
/// language of theirs, names the version that they saw, and confirms each field. From the commit on it is live.
pub async fn sign(op: &Op, signing: Signing) -> Result<Release> {
    let signing = &signing;
    op.write(|tx| async move {
        let (permit, facts) = found::<act::SignRelease>(&tx, signing.id).await?;
        let release = store::load(&tx, permit.decision(), signing.id).await?;
        release.state.check(ReleaseState::Signed, "input.releaseId")?;
        fresh(signing.version, release.version)?;
        signing.check(&release.fields)?;
        let days = release.valid_days.min(longest_days(&tx));
        let expires_at = tx.now() + SignedDuration::from_hours(i64::from(days) * 24);
        let signed = store::sign(&tx, &permit, &facts.stored, actor(&tx)?, (signing, At::from(expires_at))).await?;
        if !signed {
            return Err(stale());
        }
        let payload = serde_json::json!({"release": signing.id});
        tx.enqueue(NewJob { kind: EXPIRE, payload, run_at: expires_at, unique_key: None }).await?;
        done(&tx, &permit, &facts, &["state", "signature"]).await
    })
    .await
}

/// Takes a release back, without a reason: a caregiver of the family, or a coordinator at the family's word. From the
/// commit on nothing is told under it; nothing else changes for the family.
pub async fn revoke(op: &Op, id: ReleaseId) -> Result<Release> {
    op.write(|tx| async move {
        let (permit, facts) = found::<act::RevokeRelease>(&tx, id).await?;
        let release = store::load(&tx, permit.decision(), id).await?;
        release.state.check(ReleaseState::Revoked, "input.releaseId")?;
        let staff = tx.principal().kind != PrincipalKind::FamilyMember;
        let how = End::Revoke { by: actor(&tx)?, staff };
        if !store::end(&tx, permit.decision(), &facts.stored, how).await? {
            return Err(stale());
        }
        done(&tx, &permit, &facts, &["state"]).await
    })
    .await
}

/// Notes that a release's time is over, and tells whoever watches. Nothing could be told under it before this already: the
/// instant decides, not the job.
pub async fn expire(op: &Op, id: ReleaseId) -> Result<()> {
    op.write(|tx| async move {
        let permit = tx.allow::<act::RunJob>(Some(Resource::system()))?;
        let Some(facts) = store::facts(&tx, id).await? else { return Ok(()) };
        let signed = facts.stored.state == ReleaseState::Signed.as_str();
        if signed && facts.stored.expires_at.is_some_and(|end| end <= At::from(tx.now())) {
            if !store::end(&tx, permit.decision(), &facts.stored, End::Expire).await? {
                return Err(Error::Busy);
            }
            tx.named(permit.decision(), [id]);
            tell(&tx, facts.family(), id);
        }
        Ok(())
    })
    .await
}
