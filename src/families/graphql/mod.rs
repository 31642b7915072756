//! How the world sees families.

mod mutations;
mod queries;
mod types;

pub use mutations::FamiliesMutation;
pub use queries::FamiliesQuery;
pub use types::Family;
