//! How the world sees families.

mod marks;
mod mutations;
mod queries;
mod rights;
mod types;

pub use marks::{MarksMutation, MarksQuery};
pub use mutations::FamiliesMutation;
pub use queries::FamiliesQuery;
pub use rights::{RightsMutation, RightsQuery};
pub use types::{Family, FamilyFields};
