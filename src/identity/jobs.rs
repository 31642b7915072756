//! Background work of identity.

use serde::Deserialize;

use crate::access::{Resource, act};
use crate::kernel::ids::FactorResetId;
use crate::kernel::{Error, Result};
use crate::op::Op;

use super::{service, store};

/// The kind of job that forgets challenges which can no longer be answered: no payload.
pub const FORGET_CHALLENGES: &str = "forget_challenges";

/// The kind of job that features do for a mentor who cannot act any more: the mentor's id.
pub const MENTOR_SHUT_OUT: &str = service::MENTOR_SHUT_OUT;

/// The kind of job that does what is due about a reset: the reset's id.
pub const SETTLE_RESET: &str = "settle_reset";

#[derive(Deserialize)]
struct Due {
    reset: FactorResetId,
}

/// Does a reset that has waited its day, or notes that nobody approved it. Safe to run twice.
pub async fn settle_reset(op: &Op, payload: serde_json::Value) -> Result<()> {
    let due: Due = serde_json::from_value(payload).map_err(Error::internal)?;
    service::settle_reset(op, due.reset).await
}

/// Forgets every challenge and every sign-in at the provider that has expired, with the secrets and states that it remembered.
pub async fn forget_challenges(op: &Op) -> Result<()> {
    op.write(|tx| async move {
        tx.allow::<act::RunJob>(Some(Resource::system()))?;
        store::forget_provider_sign_ins(tx.conn()?, tx.now()).await?;
        store::forget_challenges(tx.conn()?, tx.now()).await
    })
    .await
}
