//! What happens to sessions without anybody asking.

use serde_json::Value;

use super::model::states::SessionState;
use super::service::tell;
use super::store::sessions as store;
use crate::access::{Resource, act};
use crate::kernel::ids::{MatchId, MeetingId};
use crate::kernel::{Error, Result};
use crate::op::Op;
use crate::ties;

/// The kind of job that ends a hold: payload `{"session": uuid}`.
pub const EXPIRE_HOLD: &str = "expire_hold";
/// The kind of job that follows the end of a match: payload `{"match": uuid}`.
pub const MATCH_ENDED: &str = "match_ended";

/// Ends a hold that has run out. A session that was confirmed, called off or moved in the meantime stays as it is.
pub async fn expire_hold(op: &Op, payload: Value) -> Result<()> {
    let id: MeetingId = read(&payload, "session")?;
    op.write(|tx| async move {
        let permit = tx.allow::<act::RunJob>(Some(Resource::system()))?;
        if let Some(of_match) = store::expire_hold(&tx, &permit, id).await? {
            tx.named(permit.decision(), [id]);
            tell(&tx, of_match, id, SessionState::Expired);
        }
        Ok(())
    })
    .await
}

/// Calls off the sessions of an ended match that have not begun.
pub async fn match_ended(op: &Op, payload: Value) -> Result<()> {
    let id: MatchId = read(&payload, "match")?;
    op.write(|tx| async move {
        let permit = tx.allow::<act::RunJob>(Some(Resource::system()))?;
        // A match that is live again, or never was, keeps its sessions.
        if ties::of_match(tx.conn()?, id).await?.is_none_or(|tie| tie.is_live()) {
            return Ok(());
        }
        let cancelled = store::cancel_open(&tx, &permit, id).await?;
        tx.named(permit.decision(), cancelled.iter().copied());
        for session in cancelled {
            tell(&tx, id, session, SessionState::Cancelled);
        }
        Ok(())
    })
    .await
}

fn read<I: serde::de::DeserializeOwned>(payload: &Value, name: &str) -> Result<I> {
    let value = payload.get(name).cloned().unwrap_or_default();
    serde_json::from_value(value).map_err(|_| Error::internal(format!("a job without {name}")))
}
