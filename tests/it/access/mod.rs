//! Who may do what: the committed table, the reach of lists, and every field tried as every wrong caller.

mod agreement;
mod cast;
mod even;
pub mod fields;
mod matrix;
mod reference;
mod rows;
mod scopes;
mod sweep;
mod twins;
