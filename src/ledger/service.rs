//! The use case of the ledger.

use super::model::{ActingRole, Happening, Line, merged};
use crate::access::act;
use crate::breakglass::{self, BreakGlass};
use crate::families;
use crate::kernel::ids::{FamilyId, LedgerEntryId};
use crate::kernel::terms::TextLanguage;
use crate::kernel::{Page, PageRequest, Result};
use crate::op::Op;

/// One page of a family's ledger, newest first: for its own caregivers.
pub async fn family_ledger(op: &Op, family: FamilyId, request: PageRequest) -> Result<Page<Line>> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ReadLedger>(families::facts(&tx, family).await?)?;
        let openings = breakglass::told_to_family(&tx, &permit, request).await?;
        let lines = openings.iter().map(opened).collect();
        let page = merged(&request, lines);
        tx.named(permit.decision(), page.items.iter().map(|line| line.id));
        Ok(page)
    })
    .await
}

fn opened(opening: &BreakGlass) -> Line {
    let words = [TextLanguage::English, TextLanguage::Spanish].map(|in_| opening.category.in_words(in_).to_owned());
    Line {
        id: LedgerEntryId::from(opening.id.uuid()),
        at: opening.opened_at,
        what: Happening::RecordOpened,
        role: ActingRole::SafeguardingLead,
        until: Some(opening.ended_at.unwrap_or(opening.ends_at)),
        words,
    }
}
