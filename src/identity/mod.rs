//! Accounts: who somebody is, how they prove it, and in which role they act.
//!
//! An account comes to be by an invitation code told by phone, and by nothing else. It has no e-mail address: it signs in
//! with a name that was made for it and a passphrase of its own, or with a passkey. A family member, a mentor and a member
//! of staff are the same kind of account in another role; somebody with several roles acts in one at a time, and every log
//! entry says in which.

mod entity;
pub mod graphql;
pub mod jobs;
pub mod model;
mod passkeys;
mod provider;
mod secrets;
mod service;
mod store;
mod throttle;
mod tokens;

pub use graphql::InvitationCode as ApiInvitationCode;
pub use model::account::{AccountState, Role};
pub use model::alert::{AlertKind, Handled, SecurityAlert};
pub use model::authenticator::AuthenticatorSecret;
pub use model::factor::FactorKind;
pub use model::invitation::{InvitationCode, check_lifetime};
pub use model::provider::StrongWays;
pub use model::reset::{FactorReset, Lost, PendingReset, ResetState, VerifiedBy};
pub use model::sign_in::{Lifetime, Lifetimes, SignIn, SignInEnd, SignInProof};
pub use model::sign_in_name::sign_in_name;
pub use passkeys::Passkeys;
pub use provider::{Provider, ProviderSettings};
pub use secrets::Passphrases;
pub use service::{
    Answer, Answered, AuthenticatorEnrolment, Caller, Challenge, Enrolled, FirstStep, FreshProof, Identity, Invited,
    Invitee, MyFactors, NewPasskey, NewProgramme, PasskeyCeremony, PasskeyProof, ProofKind, ProviderAnswer,
    ProviderSignIn, SignedIn, StaffInvitation, Viewer, access_topic, account, accounts, approve_reset,
    begin_authenticator, bootstrap, close_account, confirm_authenticator, create_programme, cut, end_family_role,
    end_other_sign_ins, end_sign_in, end_sign_ins, first_names, grant_role, handle_security_alert, invitations, invite,
    invite_staff, make_entry_code, my_factors, programme, programme_settings, programmes, reinstate_account,
    remove_factor, rename_factor, renew_recovery_codes, request_reset, resets, revoke_invitation, revoke_role,
    security_alerts, set_programme_settings, sign_ins, sign_out, sign_out_everywhere, stop_reset, suspend_account,
    viewer,
};
pub use store::{Account, Factor, HeldRole, Invitation, Programme, ProgrammeSettings};
pub use throttle::{Rules as ThrottleRules, Throttle};
pub use tokens::Tokens;
