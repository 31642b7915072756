//! The pure part of identity: states, roles, codes, names, devices, factors, the passphrase rule.

pub mod account;
pub mod alert;
pub mod authenticator;
pub mod device;
pub mod factor;
pub mod invitation;
pub mod passphrase;
pub mod provider;
pub mod recovery;
pub mod reset;
pub mod sign_in;
pub mod sign_in_name;
mod spoken;
pub mod throttling;
mod words;
