//! From a family's request to a match: which mentors are possible, why, and in what order a coordinator sees them.
//!
//! Coordinators decide; nothing here matches anybody. Every decision can be replayed from its stored inputs and the
//! version of the policy. The family is asked before the mentor, both declare conflicts before names are shown, and the
//! mentor's yes makes the match in one transaction.

mod entity;
pub mod graphql;
pub mod jobs;
pub mod model;
mod service;
mod store;

pub use graphql::{PeerMatch as ApiMatch, Proposal as ApiProposal, SupportRequest as ApiSupportRequest};
pub use model::evaluate::{
    Candidate, Exclusion, ExclusionCode, Factor, POLICY_VERSION, Reason, Snapshot, Warning, evaluate, rank, replay,
};
pub use model::facts::{
    AgeBand, CaregiverRole, Channel, ExploitationKind, GenderPreference, Intensity, MentorFacts, Phase, RequestFacts,
    Urgency, load_fits,
};
pub use model::inputs::{
    Conflict, FamilyAnswer, Information, MatchEnd, MentorAnswer, MentorChoice, NewProposal, RequestDraft,
};
pub use model::records::{
    AnonymousProfile, BoardOrder, BroadFacts, Candidates, Declaration, DeclineReason, ExcludedMentor, Grounds,
    MatchView, PeerMatch, Proposal, ProposalView, RankedMentor, Side, SupportRequest,
};
pub use model::states::{CloseReason, EndReason, MatchState, ProposalState, RequestState};
pub use service::{
    Situation, Supported, answer_proposal_as_family, answer_proposal_as_mentor, candidates, close_support_request,
    end_match, list_matches, list_proposals, list_support_requests, name_backup_mentor, opened_matches,
    opened_proposals, opened_requests, pause_match, peer_match, plan_goodbye, proposal, propose_match,
    provide_information, resume_match, save_support_request, situation_of, submit_support_request, support_request,
    supported, triage_support_request, withdraw_proposal, withdraw_support_request,
};
