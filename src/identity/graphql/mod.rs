//! How the world sees identity.

mod alerts;
mod factors;
mod mutations;
mod passkeys;
mod provider;
mod queries;
mod resets;
mod sign_ins;
mod types;

pub use alerts::{AlertsMutation, AlertsQuery};
pub use factors::{FactorMutation, FactorQuery};
pub use mutations::IdentityMutation;
pub use passkeys::PasskeyMutation;
pub use provider::ProviderMutation;
pub use queries::IdentityQuery;
pub use resets::{ResetMutation, ResetQuery};
pub use sign_ins::{SignInsMutation, SignInsQuery};
pub use types::{Account, InvitationCode, Programme};
