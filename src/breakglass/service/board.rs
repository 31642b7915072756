//! The board: what is open, what awaits a review, what was found.

use super::super::model::{BreakGlass, Delay, Filter, Review};
use super::super::store::{self, Row};
use super::{found, named};
use crate::access::{PrincipalKind, Resource, act};
use crate::kernel::ids::{BreakGlassId, ProgrammeId};
use crate::kernel::{Error, Page, PageRequest, Result, Visible};
use crate::op::{Op, Tx};

/// One page of a programme's openings, what is overdue first: for its coordinators and leads, and for administrators, who
/// name the programme. No words are shown.
pub async fn list(
    op: &Op,
    programme: Option<ProgrammeId>,
    filter: Option<Filter>,
    request: PageRequest,
) -> Result<Page<BreakGlass>> {
    op.read(|tx| async move {
        let scope = tx.scope::<act::ListBreakGlass>(place(&tx, programme)?)?;
        let page = store::page(&tx, &scope, filter, request).await?;
        tx.named(scope.decision(), page.items.iter().map(Row::id));
        let items: Result<_> = page.items.iter().map(Row::view).collect();
        Ok(Page { items: items?, has_next: page.has_next })
    })
    .await
}

/// The programme whose board is meant: the one that is named, or the caller's own. The policies say whether they may.
pub(super) fn place(tx: &Tx, programme: Option<ProgrammeId>) -> Result<Resource> {
    programme.map_or_else(|| tx.own_programme::<act::ListBreakGlass>(), |id| Ok(Resource::programme(id)))
}

/// One opening, without the words that were said about it.
pub async fn access(op: &Op, id: BreakGlassId) -> Result<BreakGlass> {
    op.read(|tx| async move {
        let (_, row) = found::<act::ReadBreakGlass>(&tx, id).await?;
        row.view()
    })
    .await
}

/// Why it was opened, in the opener's words: for the programme's coordinators and leads.
pub async fn reason(op: &Op, id: BreakGlassId) -> Result<Visible<String>> {
    op.read_part(|tx| async move {
        let (permit, row) = found::<act::ReadBreakGlassReason>(&tx, id).await?;
        store::reason(&tx, &permit, &row)
    })
    .await
}

/// Until when telling the family was put off, and why: for the programme's coordinators and leads; nothing for others.
pub async fn delays(op: &Op, id: BreakGlassId) -> Result<Option<Vec<Delay>>> {
    let read = op.read(|tx| async move {
        let (permit, row) = found::<act::ReadBreakGlassReason>(&tx, id).await?;
        store::delays(&tx, permit.decision(), row.id()).await
    });
    unless_forbidden(read.await)
}

pub(super) fn unless_forbidden<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Err(Error::Forbidden) => Ok(None),
        other => other.map(Some),
    }
}

/// What was found about an opening; the notes for coordinators and leads only.
pub async fn reviews(op: &Op, id: BreakGlassId) -> Result<Vec<Review>> {
    op.read(|tx| async move {
        let (permit, row) = found::<act::ReadBreakGlass>(&tx, id).await?;
        let with_notes = tx.principal().kind != PrincipalKind::Administrator;
        tx.named(permit.decision(), named(id));
        store::reviews(&tx, permit.decision(), row.id(), with_notes).await
    })
    .await
}
