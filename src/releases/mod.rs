//! Releases of information: what leaves the programme, only with a family's written consent.
//!
//! A release names one receiver, exact fields, a purpose and an end, at most ninety days ahead. A coordinator or the family
//! drafts it; only a caregiver of the family signs, after the words in their language, confirming each field; who is marked
//! as an alleged abuser never can. The family takes it back at any time without a reason, and its support never depends on
//! it (34 USC 12291(b)(2), 28 CFR 94.115; this is not legal advice).
//!
//! [`disclose`] is the one door outside. It answers for a release that is live in the very transaction, which the database
//! checks once more, and with the released fields alone; that something was told is kept, what it said is not.

mod entity;
pub mod graphql;
pub mod jobs;
pub mod model;
mod service;
mod store;

pub use model::{
    Content, Disclosed, Disclosure, Field, Filter, NewDraft, Purpose, Receiver, Release, ReleaseState, Signature,
    Signing, TERMS_VERSION, terms,
};
pub use service::{
    changes, discard, disclose, disclosed_to_family, disclosures, draft, ended_to_family, list, release, revoke, sign,
    signed_to_family,
};
