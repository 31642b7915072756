//! What an entry says, and its canonical bytes.

use aws_lc_rs::digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{Principal, Resource, Tried};
use crate::kernel::ids::ProgrammeId;
use crate::kernel::{Error, Result};

/// How the try went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was permitted and done.
    Allowed,
    /// The policies did not permit it, or the proof was wrong.
    Denied,
    /// There was no such record.
    Missing,
}

impl Outcome {
    /// The name in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Missing => "missing",
        }
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The account; none for anonymous callers and jobs.
    pub account: Option<Uuid>,
    /// The kind of principal, for example `coordinator`.
    pub kind: String,
    /// The programme they acted in.
    pub programme: Option<Uuid>,
    /// The role they acted in.
    pub role: Option<Uuid>,
    /// Their signed-in session.
    pub sign_in: Option<Uuid>,
    /// How strongly they had proved who they are.
    pub strength: String,
}

impl From<&Principal> for Actor {
    fn from(principal: &Principal) -> Self {
        Self {
            account: principal.account.map(Uuid::from),
            kind: principal.kind.as_str().to_owned(),
            programme: principal.programme.map(Uuid::from),
            role: principal.role.map(Uuid::from),
            sign_in: principal.sign_in.map(Uuid::from),
            strength: principal.strength.as_str().to_owned(),
        }
    }
}

/// What it was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// The family it concerns, if it concerns one.
    pub family: Option<Uuid>,
    /// The record's id; none for the service as a whole.
    pub id: Option<Uuid>,
    /// The kind of record, for example `Family`.
    pub kind: String,
    /// The record's programme.
    pub programme: Option<Uuid>,
}

impl From<&Resource> for Object {
    fn from(resource: &Resource) -> Self {
        // A mentor may be tied to several families; then the entry concerns none of them in particular.
        let family = match resource.families.as_slice() {
            [one] => Some(Uuid::from(*one)),
            _ => None,
        };
        Self {
            family,
            id: (!resource.id.is_nil()).then_some(resource.id),
            kind: resource.kind.as_str().to_owned(),
            programme: resource.programme.map(Uuid::from),
        }
    }
}

/// An entry. The fields stand in alphabetical order: their JSON without blanks *is* the canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The action, for example `family.read`.
    pub action: String,
    /// Who.
    pub actor: Actor,
    /// The names of the fields that a change touched.
    pub fields: Vec<String>,
    /// The entry's own id.
    pub id: Uuid,
    /// The ids that a list returned, or that a change made.
    pub ids: Vec<Uuid>,
    /// What.
    pub object: Object,
    /// When it happened, microseconds since 1970 UTC.
    pub occurred_at: i64,
    /// How it went.
    pub outcome: Outcome,
    /// The deciding policies.
    pub policies: Vec<String>,
    /// Why, in the caller's words, where they were asked.
    pub purpose: Option<String>,
    /// When the entry was written, microseconds since 1970 UTC.
    pub recorded_at: i64,
    /// The request it belongs to.
    pub request: Uuid,
    /// A keyed hash of the caller's address, hexadecimal.
    pub source: Option<String>,
    /// The version of this form.
    pub v: u32,
}

impl Entry {
    /// The bytes that are hashed and stored.
    pub fn canonical(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(Error::internal)
    }
}

/// The leaf hash of RFC 6962, section 2.1: SHA-256 over a zero byte and the entry.
#[must_use]
pub fn leaf_hash(canonical: &[u8]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&[0]);
    context.update(canonical);
    let mut hash = [0_u8; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// What a transaction has gathered for an entry that is written at its end.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What was decided.
    pub tried: Tried,
    /// How it went.
    pub outcome: Outcome,
    /// The programme that it turned out to concern, if the decision was about the whole service.
    pub programme: Option<ProgrammeId>,
    /// The names of the touched fields.
    pub fields: Vec<&'static str>,
    /// The ids returned or made.
    pub ids: Vec<Uuid>,
    /// When.
    pub occurred_at: Timestamp,
}

impl Draft {
    /// What it was done to, as the entry says it.
    #[must_use]
    pub fn object(&self) -> Object {
        let object = Object::from(&self.tried.resource);
        Object { programme: object.programme.or(self.programme.map(Uuid::from)), ..object }
    }
}
