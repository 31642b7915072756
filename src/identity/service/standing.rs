//! Whether a caller still stands.

use jiff::Timestamp;

use crate::access::Principal;
use crate::identity::AccountState;
use crate::identity::store::{self, SignInRow};
use crate::kernel::{Error, Result};
use crate::op::Core;

/// Whether somebody who signed in may act: the session has neither ended nor run out, and the account is in use.
pub(super) fn is_good(sign_in: &SignInRow, state: AccountState, now: Timestamp) -> bool {
    !sign_in.ended && sign_in.expires_at > now && state == AccountState::Active
}

/// Refuses a caller who was admitted earlier and does not stand any more: the session, the account or the role has ended.
/// For connections that outlive the request on which they were checked; one query. Who is not signed in always stands.
pub async fn still_stands(core: &Core, caller: &Principal) -> Result<()> {
    let Some(id) = caller.sign_in else { return Ok(()) };
    let standing = core.db.read(|conn| async move { store::standing(&conn, id).await }).await?;
    let (sign_in, state, held) = standing.ok_or(Error::Unauthenticated)?;
    let same = Some(held.account) == caller.account && Some(held.id) == caller.role;
    if same && is_good(&sign_in, state, core.clock.now()) { Ok(()) } else { Err(Error::Unauthenticated) }
}
