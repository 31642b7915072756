//! The pure part of identity: states, roles, codes, names, the passphrase rule.

pub mod account;
pub mod alert;
pub mod device;
pub mod invitation;
pub mod passphrase;
pub mod sign_in;
pub mod sign_in_name;
pub mod throttling;
mod words;
