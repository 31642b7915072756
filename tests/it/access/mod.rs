//! Who may do what: the committed table, the reach of lists, and every field tried as every wrong caller.

mod cast;
pub mod fields;
mod matrix;
mod scopes;
mod sweep;
