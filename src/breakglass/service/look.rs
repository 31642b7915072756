//! Reading under an opening: what its opener may see while it lasts, and cannot see otherwise. Nothing here writes.
//!
//! Each read is decided twice in one snapshot: whether the opening is the caller's and lasts, and, record by record,
//! whether the family is open to the caller. Every entry carries the opening as its purpose.

use futures_util::Stream;

use super::{found, purpose, topic};
use crate::access::{Decision, act};
use crate::kernel::ids::{BreakGlassId, FamilyId, MatchId};
use crate::kernel::{Page, PageRequest, Result};
use crate::matching::{self, MatchView, ProposalView, SupportRequest};
use crate::messaging::{self, OpenedChange, OpenedMessage};
use crate::op::{Op, Tx};
use crate::scheduling::{self, OpenedSession};

/// The caller's right to read under an opening now, and the family that it opens.
async fn using(tx: &Tx, id: BreakGlassId) -> Result<(Decision, FamilyId)> {
    let (permit, row) = found::<act::UseBreakGlass>(tx, id).await?;
    Ok((permit.decision().clone(), row.family()))
}

/// The family's support requests, newest first; what the family has not sent is not among them.
pub async fn requests(op: &Op, id: BreakGlassId, request: PageRequest) -> Result<Page<SupportRequest>> {
    op.for_purpose(purpose(id))
        .read(|tx| async move {
            let (proof, family) = using(&tx, id).await?;
            matching::opened_requests(&tx, &proof, family, request).await
        })
        .await
}

/// The proposals to the family, newest first.
pub async fn proposals(op: &Op, id: BreakGlassId, request: PageRequest) -> Result<Page<ProposalView>> {
    op.for_purpose(purpose(id))
        .read(|tx| async move {
            let (proof, family) = using(&tx, id).await?;
            matching::opened_proposals(&tx, &proof, family, request).await
        })
        .await
}

/// The family's matches, newest first.
pub async fn matches(op: &Op, id: BreakGlassId, request: PageRequest) -> Result<Page<MatchView>> {
    op.for_purpose(purpose(id))
        .read(|tx| async move {
            let (proof, family) = using(&tx, id).await?;
            matching::opened_matches(&tx, &proof, family, request).await
        })
        .await
}

/// The family's sessions in all matches with how they went, the latest first.
pub async fn sessions(op: &Op, id: BreakGlassId, request: PageRequest) -> Result<Page<OpenedSession>> {
    op.for_purpose(purpose(id))
        .read(|tx| async move {
            let (proof, family) = using(&tx, id).await?;
            scheduling::opened_sessions(&tx, &proof, family, request).await
        })
        .await
}

/// One page of the conversation of one of the family's matches, newest first: what both sides see, and what is held.
pub async fn messages(op: &Op, id: BreakGlassId, of: MatchId, request: PageRequest) -> Result<Page<OpenedMessage>> {
    op.for_purpose(purpose(id))
        .read(|tx| async move {
            let (_, family) = using(&tx, id).await?;
            messaging::opened_messages(&tx, family, of, request).await
        })
        .await
}

/// Follows the conversation of one of the family's matches: first what changed after the place `after` (nothing, when
/// there is none), then what changes. When the opening ends, the last item is the error and the stream is complete.
pub async fn follow_messages(
    op: &Op,
    id: BreakGlassId,
    of: MatchId,
    after: Option<i64>,
) -> Result<impl Stream<Item = Result<OpenedChange>> + Send + use<>> {
    let op = op.for_purpose(purpose(id));
    // Listening begins before the first decision, so that an end between the two is heard of.
    let glass = op.core().hub.listen(&topic(id));
    let family = op.read(|tx| async move { using(&tx, id).await.map(|(_, family)| family) }).await?;
    messaging::follow_opened(&op, (family, of), after, glass).await
}
