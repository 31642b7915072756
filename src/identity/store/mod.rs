//! The queries of identity.

mod accounts;
mod alerts;
mod challenges;
mod factors;
mod invitations;
mod programmes;
mod provider;
mod resets;
mod sign_in_list;
mod sign_ins;
mod tries;

pub(super) use accounts::*;
pub use accounts::{Account, HeldRole};
pub(super) use alerts::*;
pub(super) use challenges::*;
pub use factors::Factor;
pub(super) use factors::*;
pub use invitations::Invitation;
pub(super) use invitations::*;
pub(super) use programmes::*;
pub use programmes::{Programme, ProgrammeSettings};
pub(super) use provider::*;
pub(super) use resets::*;
pub(super) use sign_in_list::*;
pub(super) use sign_ins::*;
pub(super) use tries::*;
