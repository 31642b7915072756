//! Mentors: trained volunteers with lived experience. Whether one is ready is computed from evidence, never typed in.

pub mod model;

pub use model::{
    CAPACITY, Evidence, EvidenceKind, MentorState, Readiness, check_evidence, check_languages, check_topics,
    is_language_tag, readiness,
};
