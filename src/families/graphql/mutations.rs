//! Changes.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};

use super::rights::CaregiverRight;
use super::types::{ContactChannel, Family, InvitedFamilyMember, SafeContactPlan};
use crate::families::{self, InviteFamilyMember, UpdateFamily};
use crate::graphql::terms::{CaregiverRole, changed, each};
use crate::graphql::{fault, reference, target};
use crate::kernel::ids::FamilyId;
use crate::kernel::{Check, KeysDraft};
use crate::op::Op;
use crate::payload;

/// A caregiver to be invited, to a new family or to one of the programme's.
#[derive(InputObject)]
pub struct InviteFamilyMemberInput {
    /// 1 to 60 characters.
    first_name: String,
    /// What they are to the child.
    relation: CaregiverRole,
    /// The family that they join; leave it out for a new family.
    family_id: Option<ID>,
    /// A new family's IANA zone, for example `America/Chicago`.
    zone: Option<String>,
    /// A new family's languages: 1 to 10 BCP 47 tags, for example `en`, `es`, `pt-br`.
    languages: Option<Vec<String>>,
    /// What they may do; everything, if it is left out. The first caregiver of a family holds every right.
    rights: Option<Vec<CaregiverRight>>,
}

impl InviteFamilyMemberInput {
    fn read(self) -> crate::kernel::Result<InviteFamilyMember> {
        let mut check = Check::new();
        let family = self.family_id.and_then(|id| reference(&id, "input.familyId", &mut check));
        check.done()?;
        Ok(InviteFamilyMember {
            first_name: self.first_name,
            relation: self.relation.into(),
            family,
            zone: self.zone,
            languages: self.languages,
            rights: self.rights.map(each),
        })
    }
}

/// What to change in a family's record. What is left out stays as it is.
#[derive(InputObject)]
pub struct UpdateFamilyInput {
    /// Which family.
    id: ID,
    /// The version that you read, so that you overwrite nobody else's change.
    version: Option<i32>,
    /// An IANA zone, for example `America/Chicago`.
    zone: Option<String>,
    /// 1 to 10 BCP 47 tags, for example `en`, `es`, `pt-br`.
    languages: Option<Vec<String>>,
    /// What happened, in broad terms and without a child's name: up to 4000 characters. Null or an empty text takes it
    /// away.
    #[graphql(secret)]
    circumstances: MaybeUndefined<String>,
}

/// Hours on one day of the week in which contact is safe, by the plan's local clock.
#[derive(InputObject)]
pub struct ContactWindowInput {
    /// The day: 0 is Monday, 6 is Sunday.
    weekday: i32,
    /// The first minute of the local day, 0 to 1439.
    start_min: i32,
    /// The first minute no longer inside, up to 1440.
    end_min: i32,
}

impl From<ContactWindowInput> for families::ContactWindow {
    fn from(window: ContactWindowInput) -> Self {
        // What does not fit the type is as far out of range as what fits and is too large: the check says so.
        let minute = |value: i32| u16::try_from(value).unwrap_or(u16::MAX);
        let weekday = u8::try_from(window.weekday).unwrap_or(u8::MAX);
        Self { weekday, start_min: minute(window.start_min), end_min: minute(window.end_min) }
    }
}

/// How it is safe to reach a family, as a whole. What is not written here is not allowed.
#[derive(InputObject)]
pub struct SetSafeContactPlanInput {
    /// Which family.
    family_id: ID,
    /// The version that you read (0 when there was no plan), so that you overwrite nobody else's change.
    version: Option<i32>,
    /// IANA name of the zone in which the windows are meant.
    zone: String,
    /// When contact is safe, up to 21 windows; needed for calls and texts.
    windows: Vec<ContactWindowInput>,
    /// The one channel to use.
    channel: ContactChannel,
    /// A word that tells the caller that it is safe to talk: up to 200 characters.
    #[graphql(default, secret)]
    safe_words: String,
    /// What to keep from saying or doing, and who may pick up: up to 2000 characters.
    #[graphql(default, secret)]
    unsafe_notes: String,
    /// Whether a neutral voicemail may be left. Only with calls as the channel.
    #[graphql(default)]
    voicemail_ok: bool,
    /// Whether a neutral text message may be left beside a call. Only with calls as the channel.
    #[graphql(default)]
    text_ok: bool,
}

impl From<SetSafeContactPlanInput> for families::SafeContactPlan {
    fn from(input: SetSafeContactPlanInput) -> Self {
        Self {
            zone: input.zone,
            windows: each(input.windows),
            channel: input.channel.into(),
            safe_words: input.safe_words,
            unsafe_notes: input.unsafe_notes,
            voicemail_ok: input.voicemail_ok,
            text_ok: input.text_ok,
        }
    }
}

/// The keys that keep a family apart from mentors of its case or town. What is left out stays as it is; null or an empty
/// text takes a key away.
#[derive(InputObject)]
pub struct SetFamilyMatchingKeysInput {
    /// Which family.
    family_id: ID,
    /// The version of the family that you read, so that you overwrite nobody else's change.
    version: Option<i32>,
    /// The case that it belongs to: up to 64 characters, written as for mentors. Case and spaces make no difference.
    #[graphql(secret)]
    case_key: MaybeUndefined<String>,
    /// The town where it lives: up to 64 characters, written as for mentors. Case and spaces make no difference.
    #[graphql(secret)]
    town_key: MaybeUndefined<String>,
}

payload! {
    /// The invited caregiver.
    pub InviteFamilyMemberPayload { /// The family, and the invitation with its code.
        invited: InvitedFamilyMember }
    /// The family.
    pub FamilyPayload { /// The family.
        family: Family }
    /// The safe-contact plan.
    pub SafeContactPlanPayload { /// The plan.
        plan: SafeContactPlan }
}

/// Inviting caregivers, and keeping families' records.
#[derive(Debug, Default)]
pub struct FamiliesMutation;

#[Object]
impl FamiliesMutation {
    /// Invites a caregiver. Tell the code by phone: it is shown this once. Coordinators.
    async fn invite_family_member(
        &self,
        ctx: &Context<'_>,
        input: InviteFamilyMemberInput,
    ) -> Result<InviteFamilyMemberPayload> {
        let outcome = match input.read() {
            Ok(invite) => families::invite_family_member(ctx.data::<Op>()?, invite).await,
            Err(error) => Err(error),
        };
        InviteFamilyMemberPayload::from_result(outcome)
    }

    /// Changes a family's record: your own, or one of the programme that you coordinate.
    async fn update_family(&self, ctx: &Context<'_>, input: UpdateFamilyInput) -> Result<FamilyPayload> {
        let id = target::<FamilyId>(&input.id, "input.id").map_err(fault)?;
        let circumstances = changed(input.circumstances);
        let (version, zone, languages) = (input.version, input.zone, input.languages);
        let update = UpdateFamily { version, zone, languages, circumstances };
        FamilyPayload::from_result(families::update_family(ctx.data::<Op>()?, id, update).await)
    }

    /// Sets the keys that keep a family apart from mentors of its case or town. Coordinators.
    async fn set_family_matching_keys(
        &self,
        ctx: &Context<'_>,
        input: SetFamilyMatchingKeysInput,
    ) -> Result<FamilyPayload> {
        let id = target::<FamilyId>(&input.family_id, "input.familyId").map_err(fault)?;
        let keys = KeysDraft { case: changed(input.case_key), town: changed(input.town_key) };
        FamilyPayload::from_result(families::set_family_keys(ctx.data::<Op>()?, id, keys, input.version).await)
    }

    /// Sets how it is safe to reach a family: your own, or one of the programme that you coordinate.
    async fn set_safe_contact_plan(
        &self,
        ctx: &Context<'_>,
        input: SetSafeContactPlanInput,
    ) -> Result<SafeContactPlanPayload> {
        let id = target::<FamilyId>(&input.family_id, "input.familyId").map_err(fault)?;
        let (op, version) = (ctx.data::<Op>()?, input.version);
        SafeContactPlanPayload::from_result(families::set_safe_contact_plan(op, id, input.into(), version).await)
    }
}
