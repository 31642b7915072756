//! How the world sees matching.

mod inputs;
mod mutations;
mod people;
mod queries;
mod types;

pub use mutations::{MatchMutation, ProposalMutation, RequestMutation};
pub use queries::MatchingQuery;
pub use types::{PeerMatch, Proposal, SupportRequest};
