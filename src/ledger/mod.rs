//! The family's ledger: what was done with its record beyond the everyday work, told to its own caregivers in plain words.
//!
//! Nothing is kept here. Each line is read from the feature that did it, in one snapshot and by the clock, so that a line
//! appears by itself when its time has come and none can be forgotten. Lines name roles, never people of the staff.

pub mod graphql;
pub mod model;
mod service;
mod words;

pub use model::{Happening, Line};
pub use service::family_ledger;
