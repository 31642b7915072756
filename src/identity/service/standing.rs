//! Whether a caller still stands.

use jiff::Timestamp;

use super::Identity;
use crate::access::Principal;
use crate::identity::AccountState;
use crate::identity::store::{self, HeldRole, SignInRow};
use crate::kernel::{Error, Result};
use crate::op::Core;

impl Identity {
    /// The session and role of what stands, if both may be used: neither ended, nor run out, nor left alone for longer than
    /// the role allows, and the account is in use.
    pub(super) fn open(
        &self,
        standing: Option<(SignInRow, AccountState, HeldRole)>,
        now: Timestamp,
    ) -> Option<(SignInRow, HeldRole)> {
        let (sign_in, state, held) = standing?;
        let idle = self.lifetimes.of(held.role).idle;
        let good = !sign_in.ended
            && sign_in.expires_at > now
            && sign_in.last_used_at + idle > now
            && state == AccountState::Active;
        good.then_some((sign_in, held))
    }

    /// Refuses a caller who was admitted earlier and does not stand any more: the session, the account or the role has
    /// ended. For connections that outlive the request on which they were checked; one query. Who is not signed in always
    /// stands.
    pub async fn still_stands(&self, core: &Core, caller: &Principal) -> Result<()> {
        let Some(id) = caller.sign_in else { return Ok(()) };
        let standing = core.db.read(|conn| async move { store::standing(&conn, id).await }).await?;
        let (_, held) = self.open(standing, core.clock.now()).ok_or(Error::Unauthenticated)?;
        let same = Some(held.account) == caller.account && Some(held.id) == caller.role;
        if same { Ok(()) } else { Err(Error::Unauthenticated) }
    }
}
