//! The face for releases: what can be told of a family in broad terms. Releases decide that it may be told, and hand that
//! decision in.

use jiff::Timestamp;

use super::store;
use crate::access::Decision;
use crate::kernel::ids::FamilyId;
use crate::kernel::terms::{ExploitationKind, Phase};
use crate::kernel::{PageRequest, Result};
use crate::matching::model::states::EndReason;
use crate::op::Tx;

/// The most matches that are told of.
const MOST: u32 = 50;

/// A family's situation in broad terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// What happened.
    pub kind: ExploitationKind,
    /// Where the family stands.
    pub phase: Phase,
}

/// A time in which a family had a mentor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supported {
    /// When it began.
    pub from: Timestamp,
    /// When it ended; none while it lasts.
    pub until: Option<Timestamp>,
    /// Why it ended.
    pub ended: Option<EndReason>,
}

/// The family's situation as it last said, in a request that was sent; `None` when it has sent none.
pub async fn situation_of(tx: &Tx, proof: &Decision, family: FamilyId) -> Result<Option<Situation>> {
    let last = store::requests_of(tx, proof, family, PageRequest::first(1)).await?.items.pop();
    Ok(last.map(|request| Situation { kind: request.facts.kind, phase: request.facts.phase }))
}

/// The times in which the family had a mentor, the latest first, at most fifty.
pub async fn supported(tx: &Tx, proof: &Decision, family: FamilyId) -> Result<Vec<Supported>> {
    let matches = store::matches_of(tx, proof, family, PageRequest::first(MOST)).await?.items;
    let of = |the: crate::matching::PeerMatch| Supported {
        from: the.started_at,
        until: the.ended_at,
        ended: the.end_reason,
    };
    Ok(matches.into_iter().map(of).collect())
}
