//! The use cases of identity.

mod accepting;
mod accounts;
mod alerts;
mod factors;
mod invitations;
mod programmes;
mod provider;
mod refreshing;
mod resets;
mod roles;
mod sessions;
mod signing_in;
mod standing;

pub use accounts::{
    MENTOR_SHUT_OUT, Viewer, account, accounts, close_account, end_family_role, reinstate_account, suspend_account,
    viewer,
};
pub use alerts::{handle_security_alert, security_alerts};
pub use factors::{
    Answer, Answered, AuthenticatorEnrolment, Challenge, Enrolled, FirstStep, FreshProof, MyFactors, NewPasskey,
    PasskeyCeremony, PasskeyProof, ProofKind, begin_authenticator, confirm_authenticator, my_factors, remove_factor,
    rename_factor, renew_recovery_codes,
};
pub use invitations::{
    Invited, Invitee, StaffInvitation, bootstrap, invitations, invite, invite_staff, revoke_invitation,
};
pub use programmes::{
    NewProgramme, create_programme, programme, programme_settings, programmes, set_programme_settings,
};
pub use provider::{ProviderAnswer, ProviderSignIn};
pub use resets::{approve_reset, make_entry_code, request_reset, resets, settle_reset, stop_reset};
pub use roles::{grant_role, revoke_role};
pub use sessions::{
    access_topic, cut, end_other_sign_ins, end_sign_in, end_sign_ins, sign_ins, sign_out, sign_out_everywhere,
};
pub use signing_in::{Caller, Identity, SignedIn};

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
