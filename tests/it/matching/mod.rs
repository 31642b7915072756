//! From a request to a match and its end, through the GraphQL face.

mod apart;
mod consent;
mod endings;
mod requests;
pub mod stage;
mod standing;

mod races;
