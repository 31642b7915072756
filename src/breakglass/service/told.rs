//! What the family itself is told.

use super::super::model::BreakGlass;
use super::super::store;
use crate::access::{ActionTag, Permit};
use crate::kernel::{PageRequest, Result};
use crate::op::Tx;

/// The openings that a family may be told of by now, newest first: at most as many as the request asks rows for. For the
/// ledger, which decides; telling that was put off begins by itself, because the clock is asked here.
pub async fn told_to_family<A: ActionTag>(
    tx: &Tx,
    permit: &Permit<A>,
    request: PageRequest,
) -> Result<Vec<BreakGlass>> {
    store::told(tx, permit, request).await
}
