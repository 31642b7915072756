//! Background work of break-glass.

use serde::Deserialize;

use super::service;
use crate::kernel::ids::BreakGlassId;
use crate::kernel::{Error, Result};
use crate::op::Op;

/// The kind of job that [`lapse`] handles.
pub const LAPSE: &str = service::LAPSE;

#[derive(Deserialize)]
struct End {
    break_glass: BreakGlassId,
}

/// Notes that an opening's time is over, and tells whoever still listens under it. Safe to run twice.
pub async fn lapse(op: &Op, payload: serde_json::Value) -> Result<()> {
    let end: End = serde_json::from_value(payload).map_err(Error::internal)?;
    service::lapse(op, end.break_glass).await
}
