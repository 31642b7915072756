//! Background work of identity.

use crate::access::{Resource, act};
use crate::kernel::Result;
use crate::op::Op;

use super::store;

/// The kind of job that forgets challenges which can no longer be answered: no payload.
pub const FORGET_CHALLENGES: &str = "forget_challenges";

/// Forgets every challenge that has expired, with the secrets and states that it remembered.
pub async fn forget_challenges(op: &Op) -> Result<()> {
    op.write(|tx| async move {
        tx.allow::<act::RunJob>(Some(Resource::system()))?;
        store::forget_challenges(tx.conn()?, tx.now()).await
    })
    .await
}
