//! How the world sees identity.

mod mutations;
mod queries;
mod types;

pub use mutations::IdentityMutation;
pub use queries::IdentityQuery;
pub use types::{Account, InvitationCode, Programme};
