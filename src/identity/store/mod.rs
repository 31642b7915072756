//! The queries of identity.

mod accounts;
mod alerts;
mod invitations;
mod programmes;
mod sign_in_list;
mod sign_ins;
mod tries;

pub(super) use accounts::*;
pub use accounts::{Account, HeldRole};
pub(super) use alerts::*;
pub use invitations::Invitation;
pub(super) use invitations::*;
pub use programmes::Programme;
pub(super) use programmes::*;
pub(super) use sign_in_list::*;
pub(super) use sign_ins::*;
pub(super) use tries::*;
