//! How the world sees mentors.

mod mutations;
mod queries;
mod types;

pub use mutations::MentorsMutation;
pub use queries::MentorsQuery;
pub use types::{Mentor, MentorFields};
