//! Who somebody is to the service: accounts, roles, invitations told by phone, passphrases.
//!
//! Nobody needs an e-mail address. A person joins with a code that a coordinator reads out, chooses a passphrase, and
//! gets a made-up sign-in name that says nothing about them.

pub mod model;

pub use model::account::{AccountState, Role};
pub use model::invitation::{InvitationCode, check_lifetime};
pub use model::passphrase::check_passphrase;
pub use model::sign_in_name::sign_in_name;
