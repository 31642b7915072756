//! Mentors: trained volunteers with lived experience. Whether one is ready is computed from evidence, never typed in.
//!
//! A mentor joins on a coordinator's invitation ([`invite_mentor`]). Families see a first name and a public profile;
//! readiness, evidence, capacity and the choices that matching compares are a record of their own ([`mentor_records`]).
//! Features above ask through [`facts`], [`matching_facts`], [`public_profile`], [`account`] and [`lock`].

mod entity;
mod faces;
pub mod graphql;
pub mod model;
mod service;
mod store;
mod view;

pub use faces::{MatchingFacts, account, facts, lock, matching_facts, matching_facts_of, public_profile};
pub use graphql::Mentor as ApiMentor;
pub use model::profile::{Profile, check_words};
pub use model::readiness::{CAPACITY, Evidence, EvidenceKind, MentorState, Readiness, check_evidence, readiness};
pub use model::record::{
    EVIDENCE_FULL, EvidenceOnRecord, InviteMentor, Mentor, MentorFilter, PublicProfile, Record, RecordEvidence,
    UpdateMentor,
};
pub use service::{
    InvitedMentor, invite_mentor, list_mentors, mentor, mentor_keys, mentor_records, my_mentor_record, record_evidence,
    return_to_service, seal_keys_in_clear, set_mentor_keys, step_back, update_mentor, withdraw_evidence,
};
