//! Reading releases and what was told under them.

use super::super::model::{Disclosure, Filter, Release};
use super::super::store;
use super::found;
use crate::access::act;
use crate::families;
use crate::kernel::ids::{FamilyId, ReleaseId};
use crate::kernel::{Page, PageRequest, Result};
use crate::op::Op;

/// One page of a family's releases, newest first: for its caregivers, and its programme's coordinators and leads.
pub async fn list(op: &Op, family: FamilyId, filter: Filter, request: PageRequest) -> Result<Page<Release>> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ListReleases>(families::facts(&tx, family).await?)?;
        let page = store::page(&tx, &permit, filter, request).await?;
        tx.named(permit.decision(), page.items.iter().map(|release| release.id));
        Ok(page)
    })
    .await
}

/// One release.
pub async fn release(op: &Op, id: ReleaseId) -> Result<Release> {
    op.read(|tx| async move {
        let (permit, _) = found::<act::ReadRelease>(&tx, id).await?;
        store::load(&tx, permit.decision(), id).await
    })
    .await
}

/// One page of what was told under a release, newest first: what, when and to whom, never the content.
pub async fn disclosures(op: &Op, id: ReleaseId, request: PageRequest) -> Result<Page<Disclosure>> {
    op.read(|tx| async move {
        let (permit, facts) = found::<act::ReadRelease>(&tx, id).await?;
        let (family, only) = (facts.family().uuid(), Some(id.uuid()));
        let page = request.page(store::disclosures(&tx, &permit, family, only, request).await?);
        tx.named(permit.decision(), page.items.iter().map(|disclosure| disclosure.id));
        Ok(page)
    })
    .await
}
