//! What the family itself is told of its releases: for the ledger, which decides.

use super::super::model::{Disclosure, Release};
use super::super::store;
use crate::access::{ActionTag, Permit};
use crate::kernel::{PageRequest, Result};
use crate::op::Tx;

/// The signed releases of the permit's family in the order of signing, newest first.
pub async fn signed_to_family<A: ActionTag>(tx: &Tx, permit: &Permit<A>, request: PageRequest) -> Result<Vec<Release>> {
    store::signatures(tx, permit, request).await
}

/// Its releases that were taken back or have expired by now, newest end first.
pub async fn ended_to_family<A: ActionTag>(tx: &Tx, permit: &Permit<A>, request: PageRequest) -> Result<Vec<Release>> {
    store::ended(tx, permit, request).await
}

/// What was told of it, newest first.
pub async fn disclosed_to_family<A: ActionTag>(
    tx: &Tx,
    permit: &Permit<A>,
    request: PageRequest,
) -> Result<Vec<Disclosure>> {
    store::disclosures(tx, permit, permit.resource().id, None, request).await
}
