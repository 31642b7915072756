//! Background work of matching.

use serde::Deserialize;

use crate::kernel::ids::{MentorId, ProposalId};
use crate::kernel::{Error, Result};
use crate::op::Op;

use super::service;

/// The kind of job that [`expire_proposal`] handles.
pub const EXPIRE_PROPOSAL: &str = service::EXPIRE_PROPOSAL;

#[derive(Deserialize)]
struct Expiry {
    proposal: ProposalId,
}

/// Lets a proposal expire that nobody answered in time: the family within 72 h, then the mentor within 48 h, by the
/// programme's clocks. Its request lands on the coordinators' board, due at once. Safe to run twice.
pub async fn expire_proposal(op: &Op, payload: serde_json::Value) -> Result<()> {
    let expiry: Expiry = serde_json::from_value(payload).map_err(Error::internal)?;
    service::expire(op, expiry.proposal).await
}

#[derive(Deserialize)]
struct ShutOut {
    mentor: MentorId,
}

/// Takes back what is proposed to a mentor who cannot act any more, so that the family need not wait for the clock: the
/// requests land on the coordinators' board, due at once. Does nothing when the mentor was let in again. Safe to run twice.
pub async fn mentor_shut_out(op: &Op, payload: serde_json::Value) -> Result<()> {
    let out: ShutOut = serde_json::from_value(payload).map_err(Error::internal)?;
    service::take_back_from(op, out.mentor).await
}
