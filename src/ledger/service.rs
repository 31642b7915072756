//! The use case of the ledger.

use super::model::{Line, merged};
use super::words;
use crate::access::act;
use crate::breakglass;
use crate::families;
use crate::kernel::ids::FamilyId;
use crate::kernel::{Page, PageRequest, Result};
use crate::op::Op;
use crate::releases;

/// One page of a family's ledger, newest first: for its own caregivers.
pub async fn family_ledger(op: &Op, family: FamilyId, request: PageRequest) -> Result<Page<Line>> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ReadLedger>(families::facts(&tx, family).await?)?;
        let opened = breakglass::told_to_family(&tx, &permit, request).await?;
        let signed = releases::signed_to_family(&tx, &permit, request).await?;
        let ended = releases::ended_to_family(&tx, &permit, request).await?;
        let disclosed = releases::disclosed_to_family(&tx, &permit, request).await?;
        let mut lines: Vec<Line> = opened.iter().map(words::opened).collect();
        lines.extend(signed.iter().filter_map(words::signed));
        lines.extend(ended.iter().filter_map(words::ended));
        lines.extend(disclosed.iter().map(words::disclosed));
        let page = merged(&request, lines);
        tx.named(permit.decision(), page.items.iter().map(|line| line.id));
        Ok(page)
    })
    .await
}
