//! The use cases of identity.

mod accounts;
mod invitations;
mod programmes;
mod sessions;
mod signing_in;
mod standing;

pub use accounts::{Viewer, account, accounts, close_account, reinstate_account, suspend_account, viewer};
pub use invitations::{
    Invited, Invitee, StaffInvitation, bootstrap, grant_role, invitations, invite, invite_staff, revoke_invitation,
};
pub use programmes::{NewProgramme, create_programme, programme, programmes};
pub use sessions::{access_topic, cut, sign_out, sign_out_everywhere};
pub use signing_in::{Caller, Identity, SignedIn};
pub use standing::still_stands;

use std::collections::HashMap;

use crate::access::Decision;
use crate::kernel::Result;
use crate::kernel::ids::AccountId;
use crate::op::Tx;

use super::store;

/// First names of the people who stand on a record that somebody was permitted to see; `decision` is the proof. Unknown
/// accounts are left out.
pub async fn first_names(tx: &Tx, decision: &Decision, ids: &[AccountId]) -> Result<HashMap<AccountId, String>> {
    // The names are on the record that was decided on, so they stand in its entry too.
    tx.named(decision, ids.iter().copied());
    store::first_names(tx.conn()?, &tx.op().core().sealer, ids).await
}
