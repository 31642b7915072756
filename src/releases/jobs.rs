//! Background work of releases.

use serde::Deserialize;

use super::service;
use crate::kernel::ids::ReleaseId;
use crate::kernel::{Error, Result};
use crate::op::Op;

/// The kind of job that [`expire`] handles.
pub const EXPIRE: &str = service::EXPIRE;

#[derive(Deserialize)]
struct Expiry {
    release: ReleaseId,
}

/// Notes that a release's time is over, and tells whoever watches. Safe to run twice.
pub async fn expire(op: &Op, payload: serde_json::Value) -> Result<()> {
    let expiry: Expiry = serde_json::from_value(payload).map_err(Error::internal)?;
    service::expire(op, expiry.release).await
}
