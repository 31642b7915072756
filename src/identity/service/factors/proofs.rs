//! Whether what somebody shows is theirs and was not shown before.

use jiff::Timestamp;

use crate::identity::model::authenticator::AuthenticatorSecret;
use crate::identity::model::factor::{FactorKind, wait_after};
use crate::identity::model::recovery::RecoveryCode;
use crate::identity::secrets::digest_of;
use crate::identity::store::{self, Key, Tries};
use crate::kernel::ids::{AccountId, FactorId};
use crate::kernel::{Error, Result};
use crate::op::Tx;

/// The factor to which a typed code belongs, which is used up with it; none when it is wrong or was used before. Wrong
/// codes are counted for each account, and from the fifth in a row on the next one has to wait.
pub(super) async fn code(tx: &Tx, account: AccountId, typed: &str) -> Result<Option<FactorId>> {
    let (conn, now) = (tx.conn()?, tx.now());
    let tries = store::tries_of(conn, account).await?;
    if let Some(retry_after) = tries.and_then(|tries| seconds_until(tries.open_at, now)) {
        return Err(Error::TooMany { retry_after });
    }
    for key in store::keys_of(conn, account).await? {
        if key.kind == FactorKind::Authenticator && belongs(tx, &key, typed).await? {
            store::forget_tries(conn, account).await?;
            return Ok(Some(key.id));
        }
    }
    let failures = tries.map_or(0, |tries| tries.failures).saturating_add(1);
    store::keep_tries(conn, account, Tries { failures, open_at: now + wait_after(failures) }).await?;
    Ok(None)
}

async fn belongs(tx: &Tx, key: &Key, typed: &str) -> Result<bool> {
    let secret = AuthenticatorSecret::read(&tx.open(store::secret_place(key.id), &key.secret_sealed)?)?;
    match secret.step_of(typed, tx.now())? {
        Some(step) if key.last_step.is_some_and(|last| step > last) => {
            store::use_step(tx.conn()?, key.id, step, tx.now()).await
        }
        _ => Ok(false),
    }
}

fn seconds_until(open_at: Timestamp, now: Timestamp) -> Option<u64> {
    let wait = open_at.duration_since(now);
    wait.is_positive().then(|| u64::try_from(wait.as_secs()).unwrap_or(0) + 1)
}

/// Uses a recovery code; how many are left, or none when it is wrong or was used before.
pub(super) async fn recovery(tx: &Tx, account: AccountId, typed: &str) -> Result<Option<u32>> {
    let conn = tx.conn()?;
    let Some(code) = RecoveryCode::parse(typed) else { return Ok(None) };
    if !store::use_recovery(conn, account, digest_of(code.canonical()), tx.now()).await? {
        return Ok(None);
    }
    store::recovery_left(conn, account).await.map(Some)
}
