//! The board: what is open, what awaits a review, what was found.

use super::super::model::{BreakGlass, Delay, Filter, Review};
use super::super::store::{self, Row};
use super::found;
use crate::access::{PrincipalKind, Resource, act};
use crate::kernel::ids::{BreakGlassId, ProgrammeId};
use crate::kernel::{Error, Page, PageRequest, Result, Visible};
use crate::op::{Each, Op, Tx};

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

/// Why these were opened, in their openers' words: for the programme's coordinators and leads.
pub async fn reasons(op: &Op, ids: &[BreakGlassId]) -> Result<Each<BreakGlassId, Visible<String>>> {
    op.read(|tx| async move {
        let rows = store::facts_of(&tx, ids).await?;
        let decided = tx.allow_each::<act::ReadBreakGlassReason, _, _>(ids, rows.clone());
        let words = store::reasons(&tx, &decided.permits, &rows)?;
        Ok(decided.visible(&tx, words))
    })
    .await
}

/// Until when telling the families was put off, and why: for the programme's coordinators and leads; nothing for others.
pub async fn delays(op: &Op, ids: &[BreakGlassId]) -> Result<Each<BreakGlassId, Option<Vec<Delay>>>> {
    op.read(|tx| async move {
        let decided = tx.allow_each::<act::ReadBreakGlassReason, _, _>(ids, store::facts_of(&tx, ids).await?);
        let delays = store::delays(&tx, &decided.permits).await?;
        Ok(decided.answers_or_nothing(delays))
    })
    .await
}

pub(super) fn unless_forbidden<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Err(Error::Forbidden) => Ok(None),
        other => other.map(Some),
    }
}

/// What was found about these openings; the notes for coordinators and leads only.
pub async fn reviews(op: &Op, ids: &[BreakGlassId]) -> Result<Each<BreakGlassId, Vec<Review>>> {
    op.read(|tx| async move {
        let decided = tx.allow_each::<act::ReadBreakGlass, _, _>(ids, store::facts_of(&tx, ids).await?);
        let with_notes = tx.principal().kind != PrincipalKind::Administrator;
        let reviews = store::reviews(&tx, &decided.permits, with_notes).await?;
        Ok(decided.answers(reviews))
    })
    .await
}
