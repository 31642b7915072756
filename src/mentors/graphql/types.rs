//! The API types of mentors.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use crate::graphql::Gather;
use crate::graphql::redacted::{VisibleMatchingKeys, seen};
use crate::graphql::scalars::DateTime;
use crate::graphql::terms::{
    AgeBand, CaregiverRole, Channel, ExploitationKind, GenderPreference, MatchingKeys, Phase, each,
};
use crate::identity::ApiInvitationCode;
use crate::kernel::ids::{MentorId, TypedId as _};
use crate::kernel::{self, Visible};
use crate::mentors::{self, EvidenceOnRecord, Profile, Readiness, Record};
use crate::op::Op;

/// Whether a mentor takes part; stepping back needs no reason and carries no blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "mentors::MentorState")]
pub enum MentorState {
    /// Takes part.
    Active,
    /// Has stepped back: keeps their matches, and gets no new ones.
    SteppedBack,
}

/// What a mentor must have to be ready, each proven by evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "mentors::EvidenceKind")]
pub enum EvidenceKind {
    /// A written application.
    Application,
    /// References that were taken up.
    References,
    /// A background check.
    BackgroundCheck,
    /// An interview.
    Interview,
    /// The programme's training.
    Training,
    /// A signed agreement.
    Agreement,
}

/// A trained volunteer with lived experience, as the families that they are matched with see them.
#[derive(Debug)]
pub struct Mentor(mentors::Mentor);

impl From<mentors::Mentor> for Mentor {
    fn from(mentor: mentors::Mentor) -> Self {
        Self(mentor)
    }
}

/// A trained volunteer with lived experience, as the families that they are matched with see them.
#[Object]
impl Mentor {
    /// Their id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_global())
    }

    /// Their first name.
    async fn first_name(&self) -> &str {
        &self.0.first_name
    }

    /// Languages spoken, as lower-case BCP 47 tags.
    async fn languages(&self) -> &[String] {
        &self.0.public.languages
    }

    /// Topics that they like to speak about, as words of the programme's list.
    async fn topics(&self) -> &[String] {
        &self.0.public.topics
    }

    /// What they say of themself.
    async fn about(&self) -> Option<&str> {
        self.0.public.about.as_deref()
    }

    /// Readiness, evidence, capacity and choices. For the mentor and the programme's staff; null for families.
    #[graphql(complexity = "5 + child_complexity")]
    async fn record(&self, ctx: &Context<'_>) -> Result<Option<MentorRecord>> {
        let record = match &self.0.record {
            Some(record) => Some(record.clone()),
            None => ctx.data::<MentorFields>()?.records.of(self.0.id).await?,
        };
        Ok(record.map(MentorRecord::from))
    }

    /// The keys that keep them apart from families of their case or town. For coordinators.
    #[graphql(complexity = "5 + child_complexity")]
    async fn matching_keys(&self, ctx: &Context<'_>) -> Result<VisibleMatchingKeys> {
        let keys = ctx.data::<MentorFields>()?.keys.of(self.0.id).await?;
        Ok(seen::<_, MatchingKeys, _>(keys))
    }
}

/// What needs a decision of its own on each mentor, asked for once for a whole list.
pub struct MentorFields {
    records: Gather<MentorId, Option<Record>>,
    keys: Gather<MentorId, Visible<kernel::MatchingKeys>>,
}

impl MentorFields {
    /// Those of one operation.
    #[must_use]
    pub fn new(op: &Op) -> Self {
        Self {
            records: Gather::new(op, |op, ids| async move { mentors::mentor_records(&op, &ids).await }),
            keys: Gather::new(op, |op, ids| async move { mentors::mentor_keys(&op, &ids).await }),
        }
    }
}

/// What only a mentor and the programme's staff see.
#[derive(Debug, SimpleObject)]
pub struct MentorRecord {
    /// Whether they take part.
    state: MentorState,
    /// How much they may carry, in units: a standard match weighs 1, an intensive one 2.
    capacity: u32,
    /// How much their live matches weigh, in units.
    load: u32,
    /// Whether they may be proposed today, and what stands in the way.
    readiness: MentorReadiness,
    /// All evidence, withdrawn pieces too; by kind, then by day.
    evidence: Vec<MentorEvidence>,
    /// What matching compares.
    profile: MentorProfile,
    /// IANA name of their zone.
    zone: String,
    /// When the record was made.
    created_at: DateTime,
    /// When it was last changed.
    updated_at: DateTime,
    /// Counts the changes: send it with a change so that you overwrite nobody else's.
    version: i32,
}

impl From<Record> for MentorRecord {
    fn from(record: Record) -> Self {
        Self {
            state: record.state.into(),
            capacity: record.capacity,
            load: record.load,
            readiness: record.readiness.into(),
            evidence: each(record.evidence),
            profile: record.profile.into(),
            zone: record.zone,
            created_at: record.created_at.into(),
            updated_at: record.updated_at.into(),
            version: record.version,
        }
    }
}

/// Whether a mentor may be proposed to a family today, computed from evidence by the UTC day.
#[derive(Debug, SimpleObject)]
pub struct MentorReadiness {
    /// Nothing stands in the way.
    ready: bool,
    /// Kinds for which there never was good evidence.
    missing: Vec<EvidenceKind>,
    /// Kinds for which there was, but it has run out.
    expired: Vec<EvidenceKind>,
    /// For a ready mentor the day on which that ends unless something is renewed, for example `2027-03-01`.
    expires_next: Option<String>,
}

impl From<Readiness> for MentorReadiness {
    fn from(readiness: Readiness) -> Self {
        Self {
            ready: readiness.ready,
            missing: each(readiness.missing),
            expired: each(readiness.expired),
            expires_next: readiness.expires_next.map(|day| day.to_string()),
        }
    }
}

/// A piece of evidence.
#[derive(Debug, SimpleObject)]
pub struct MentorEvidence {
    /// Its id.
    id: ID,
    /// What it proves.
    kind: EvidenceKind,
    /// The day from which it counts, for example `2026-11-23`.
    obtained_on: String,
    /// The first day on which it no longer counts; null when it never expires.
    expires_on: Option<String>,
    /// Whether it was withdrawn, for example recorded in error.
    withdrawn: bool,
    /// When it was recorded.
    recorded_at: DateTime,
}

impl From<EvidenceOnRecord> for MentorEvidence {
    fn from(piece: EvidenceOnRecord) -> Self {
        Self {
            id: ID(piece.id.to_global()),
            kind: piece.evidence.kind.into(),
            obtained_on: piece.evidence.obtained_on.to_string(),
            expires_on: piece.evidence.expires_on.map(|day| day.to_string()),
            withdrawn: piece.evidence.withdrawn,
            recorded_at: piece.recorded_at.into(),
        }
    }
}

/// What a mentor has lived through and offers, in broad terms.
#[derive(Debug, SimpleObject)]
pub struct MentorProfile {
    /// Kinds of exploitation lived through or trained for.
    kinds: Vec<ExploitationKind>,
    /// Phases lived through.
    phases: Vec<Phase>,
    /// Roles lived.
    roles: Vec<CaregiverRole>,
    /// Age bands known.
    age_bands: Vec<AgeBand>,
    /// Cultures and faiths at home in, as words of the programme's list.
    cultures: Vec<String>,
    /// Their gender; `ANY` when not said.
    gender: GenderPreference,
    /// Ways of meeting on offer.
    channels: Vec<Channel>,
    /// Topics that they are not ready to speak about.
    topics_not_ready: Vec<String>,
}

impl From<Profile> for MentorProfile {
    fn from(profile: Profile) -> Self {
        Self {
            kinds: each(profile.kinds),
            phases: each(profile.phases),
            roles: each(profile.roles),
            age_bands: each(profile.age_bands),
            cultures: profile.cultures,
            gender: profile.gender.into(),
            channels: each(profile.channels),
            topics_not_ready: profile.topics_not_ready,
        }
    }
}

/// A mentor who was just invited.
#[derive(Debug, SimpleObject)]
pub struct InvitedMentor {
    /// The mentor.
    mentor: Mentor,
    /// The invitation with its code, shown this once.
    invitation: ApiInvitationCode,
}

impl From<mentors::InvitedMentor> for InvitedMentor {
    fn from(invited: mentors::InvitedMentor) -> Self {
        Self { mentor: invited.mentor.into(), invitation: invited.invited.into() }
    }
}
