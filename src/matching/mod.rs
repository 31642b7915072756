//! From a family's request to a match: which mentors are possible, why, and in what order a coordinator sees them.
//!
//! Coordinators decide; nothing here matches anybody. Every decision can be replayed from its stored inputs and the
//! version of the policy.

pub mod model;

pub use model::evaluate::{
    Candidate, Exclusion, ExclusionCode, Factor, POLICY_VERSION, Reason, Snapshot, Warning, evaluate, rank, replay,
};
pub use model::facts::{
    AgeBand, CaregiverRole, Channel, ExploitationKind, GenderPreference, Intensity, MentorFacts, Phase, RequestFacts,
    Urgency, load_fits,
};
pub use model::states::{CloseReason, EndReason, MatchState, ProposalState, RequestState};
