//! Changes.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};

use super::types::{EvidenceKind, InvitedMentor, Mentor};
use crate::graphql::terms::{
    AgeBand, CaregiverRole, Channel, ExploitationKind, GenderPreference, Phase, changed, each,
};
use crate::graphql::{fault, target};
use crate::kernel::KeysDraft;
use crate::kernel::ids::{EvidenceId, MentorId};
use crate::mentors::{self, InviteMentor, Profile, RecordEvidence, UpdateMentor};
use crate::op::Op;
use crate::payload;

/// A mentor to be invited.
#[derive(InputObject)]
pub struct InviteMentorInput {
    /// 1 to 60 characters.
    first_name: String,
    /// 1 to 10 BCP 47 tags, for example `en`, `es`, `pt-br`.
    languages: Vec<String>,
    /// An IANA zone, for example `America/Chicago`.
    zone: String,
    /// How much they may carry, in units from 1 to 10: a standard match weighs 1, an intensive one 2. 2 when left out.
    capacity: Option<i32>,
}

/// What a mentor has lived through and offers, in broad terms.
#[derive(InputObject)]
pub struct MentorProfileInput {
    /// Kinds of exploitation lived through or trained for.
    #[graphql(default)]
    kinds: Vec<ExploitationKind>,
    /// Phases lived through.
    #[graphql(default)]
    phases: Vec<Phase>,
    /// Roles lived.
    #[graphql(default)]
    roles: Vec<CaregiverRole>,
    /// Age bands known.
    #[graphql(default)]
    age_bands: Vec<AgeBand>,
    /// Up to 10 cultures and faiths at home in, as words of the programme's list: small letters, digits and `_`.
    #[graphql(default)]
    cultures: Vec<String>,
    /// Their gender; not said when left out.
    gender: Option<GenderPreference>,
    /// Ways of meeting on offer.
    #[graphql(default)]
    channels: Vec<Channel>,
    /// Up to 10 topics that they are not ready to speak about: small letters, digits and `_`.
    #[graphql(default)]
    topics_not_ready: Vec<String>,
}

impl From<MentorProfileInput> for Profile {
    fn from(input: MentorProfileInput) -> Self {
        Self {
            kinds: each(input.kinds),
            phases: each(input.phases),
            roles: each(input.roles),
            age_bands: each(input.age_bands),
            cultures: input.cultures,
            gender: input.gender.unwrap_or(GenderPreference::Any).into(),
            channels: each(input.channels),
            topics_not_ready: input.topics_not_ready,
        }
    }
}

/// What to change in a mentor's record. What is left out stays as it is.
#[derive(InputObject)]
pub struct UpdateMentorInput {
    /// Which mentor.
    id: ID,
    /// The version that you read, so that you overwrite nobody else's change.
    version: Option<i32>,
    /// 1 to 10 BCP 47 tags, for example `en`, `es`, `pt-br`.
    languages: Option<Vec<String>>,
    /// Up to 10 topics that they like to speak about: small letters, digits and `_`.
    topics: Option<Vec<String>>,
    /// What they say of themself, without surname, place or contact: up to 2000 characters. Null or an empty text takes
    /// it away.
    about: MaybeUndefined<String>,
    /// What matching compares, as a whole.
    profile: Option<MentorProfileInput>,
    /// How much they may carry, in units from 1 to 10. Less than the present load only means that nothing comes on top.
    capacity: Option<i32>,
    /// An IANA zone, for example `America/Chicago`.
    zone: Option<String>,
}

impl From<UpdateMentorInput> for UpdateMentor {
    fn from(input: UpdateMentorInput) -> Self {
        Self {
            version: input.version,
            languages: input.languages,
            topics: input.topics,
            about: changed(input.about),
            profile: input.profile.map(Profile::from),
            capacity: input.capacity,
            zone: input.zone,
        }
    }
}

/// The keys that keep a mentor apart from families of their case or town. What is left out stays as it is; null or an
/// empty text takes a key away.
#[derive(InputObject)]
pub struct SetMentorMatchingKeysInput {
    /// Which mentor.
    mentor_id: ID,
    /// The version of the mentor's record that you read, so that you overwrite nobody else's change.
    version: Option<i32>,
    /// The case that they belong to: up to 64 characters, written as for families. Case and spaces make no difference.
    #[graphql(secret)]
    case_key: MaybeUndefined<String>,
    /// The town where they live: up to 64 characters, written as for families. Case and spaces make no difference.
    #[graphql(secret)]
    town_key: MaybeUndefined<String>,
}

/// A piece of evidence to be recorded.
#[derive(InputObject)]
pub struct RecordEvidenceInput {
    /// Whose.
    mentor_id: ID,
    /// What it proves.
    kind: EvidenceKind,
    /// The day from which it counts, for example `2026-11-23`.
    obtained_on: String,
    /// The first day on which it no longer counts, if it expires.
    expires_on: Option<String>,
}

/// Which piece of evidence.
#[derive(InputObject)]
pub struct WithdrawEvidenceInput {
    /// The evidence.
    id: ID,
}

/// Which mentor.
#[derive(InputObject)]
pub struct MentorInput {
    /// The mentor.
    id: ID,
}

payload! {
    /// The invited mentor.
    pub InviteMentorPayload { /// The mentor, and the invitation with its code.
        invited: InvitedMentor }
    /// The mentor.
    pub MentorPayload { /// The mentor.
        mentor: Mentor }
}

/// Inviting mentors, and keeping their records.
#[derive(Debug, Default)]
pub struct MentorsMutation;

#[Object]
impl MentorsMutation {
    /// Invites a mentor. Tell the code by phone: it is shown this once. Coordinators.
    async fn invite_mentor(&self, ctx: &Context<'_>, input: InviteMentorInput) -> Result<InviteMentorPayload> {
        let InviteMentorInput { first_name, languages, zone, capacity } = input;
        let invite = InviteMentor { first_name, languages, zone, capacity };
        InviteMentorPayload::from_result(mentors::invite_mentor(ctx.data::<Op>()?, invite).await)
    }

    /// Changes a mentor's record: your own, or one of the programme that you coordinate.
    async fn update_mentor(&self, ctx: &Context<'_>, input: UpdateMentorInput) -> Result<MentorPayload> {
        let id = target::<MentorId>(&input.id, "input.id").map_err(fault)?;
        MentorPayload::from_result(mentors::update_mentor(ctx.data::<Op>()?, id, input.into()).await)
    }

    /// Sets the keys that keep a mentor apart from families of their case or town. Coordinators.
    async fn set_mentor_matching_keys(
        &self,
        ctx: &Context<'_>,
        input: SetMentorMatchingKeysInput,
    ) -> Result<MentorPayload> {
        let id = target::<MentorId>(&input.mentor_id, "input.mentorId").map_err(fault)?;
        let keys = KeysDraft { case: changed(input.case_key), town: changed(input.town_key) };
        MentorPayload::from_result(mentors::set_mentor_keys(ctx.data::<Op>()?, id, keys, input.version).await)
    }

    /// Records a piece of evidence of a mentor's readiness. Coordinators.
    async fn record_evidence(&self, ctx: &Context<'_>, input: RecordEvidenceInput) -> Result<MentorPayload> {
        let id = target::<MentorId>(&input.mentor_id, "input.mentorId").map_err(fault)?;
        let (kind, obtained_on, expires_on) = (input.kind.into(), input.obtained_on, input.expires_on);
        let evidence = RecordEvidence { kind, obtained_on, expires_on };
        MentorPayload::from_result(mentors::record_evidence(ctx.data::<Op>()?, id, evidence).await)
    }

    /// Withdraws a piece of evidence, for example one recorded in error. Coordinators.
    async fn withdraw_evidence(&self, ctx: &Context<'_>, input: WithdrawEvidenceInput) -> Result<MentorPayload> {
        let id = target::<EvidenceId>(&input.id, "input.id").map_err(fault)?;
        MentorPayload::from_result(mentors::withdraw_evidence(ctx.data::<Op>()?, id).await)
    }

    /// Lets a mentor step back: they keep their matches, and get no new ones. No reason is asked for.
    async fn step_back(&self, ctx: &Context<'_>, input: MentorInput) -> Result<MentorPayload> {
        let id = target::<MentorId>(&input.id, "input.id").map_err(fault)?;
        MentorPayload::from_result(mentors::step_back(ctx.data::<Op>()?, id).await)
    }

    /// Lets a mentor who stepped back take part again.
    async fn return_to_service(&self, ctx: &Context<'_>, input: MentorInput) -> Result<MentorPayload> {
        let id = target::<MentorId>(&input.id, "input.id").map_err(fault)?;
        MentorPayload::from_result(mentors::return_to_service(ctx.data::<Op>()?, id).await)
    }
}
