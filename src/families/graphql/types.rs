//! The API types of families.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject, Union};

use super::rights::{CaregiverRight, listed};
use crate::families::{self, Member, Plan};
use crate::graphql::Gather;
use crate::graphql::redacted::{ConfidentialText, Redacted, VisibleMatchingKeys, VisibleText, seen, seen_if_there};
use crate::graphql::scalars::DateTime;
use crate::graphql::terms::{CaregiverRole, MatchingKeys, each};
use crate::identity::ApiInvitationCode;
use crate::kernel::ids::{FamilyId, TypedId as _};
use crate::kernel::{self, Visible};
use crate::op::Op;

/// How the programme may reach somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "families::ContactChannel")]
pub enum ContactChannel {
    /// Only inside the service.
    InApp,
    /// By telephone.
    PhoneCall,
    /// By text message.
    TextMessage,
    /// Not at all, until the family says otherwise.
    None,
}

/// A family that is supported by the programme. A child's name is never kept.
#[derive(Debug)]
pub struct Family(families::Family);

impl From<families::Family> for Family {
    fn from(family: families::Family) -> Self {
        Self(family)
    }
}

/// A family that is supported by the programme. A child's name is never kept.
#[Object]
impl Family {
    /// Its id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_global())
    }

    /// IANA name of the zone in which it lives, for example `America/Chicago`.
    async fn zone(&self) -> &str {
        &self.0.zone
    }

    /// Languages that it speaks, as lower-case BCP 47 tags.
    async fn languages(&self) -> &[String] {
        &self.0.languages
    }

    /// Its caregivers, who was added first comes first. Its mentor sees those whose accounts are in use.
    async fn members(&self) -> Vec<FamilyMember> {
        each(self.0.members.clone())
    }

    /// What the family told in confidence, in broad terms: for its caregivers with the right to the record, coordinators and
    /// safeguarding leads. Null when you may see that it told nothing.
    #[graphql(complexity = "5 + child_complexity")]
    async fn circumstances(&self, ctx: &Context<'_>) -> Result<Option<VisibleText>> {
        let told = ctx.data::<FamilyFields>()?.circumstances.of(self.0.id).await?;
        Ok(seen_if_there::<_, ConfidentialText, _>(told))
    }

    /// How it is safe to reach it: for its caregivers with the right to the record, coordinators and safeguarding leads.
    /// Null when you may see that nothing was said yet.
    #[graphql(complexity = "5 + child_complexity")]
    async fn safe_contact_plan(&self, ctx: &Context<'_>) -> Result<Option<VisibleSafeContactPlan>> {
        let plan = ctx.data::<FamilyFields>()?.plans.of(self.0.id).await?;
        Ok(seen_if_there::<_, SafeContactPlan, _>(plan))
    }

    /// The keys that keep it apart from mentors of its case or town. For coordinators.
    #[graphql(complexity = "5 + child_complexity")]
    async fn matching_keys(&self, ctx: &Context<'_>) -> Result<VisibleMatchingKeys> {
        let keys = ctx.data::<FamilyFields>()?.keys.of(self.0.id).await?;
        Ok(seen::<_, MatchingKeys, _>(keys))
    }

    /// What you may do for it as its caregiver. Null for everybody who is none.
    async fn my_rights(&self) -> Option<Vec<CaregiverRight>> {
        self.0.own_rights.map(listed)
    }

    /// When the record was made. Null for its mentor.
    async fn created_at(&self) -> Option<DateTime> {
        self.0.whole.then(|| self.0.created_at.into())
    }

    /// Counts the changes: send it with a change so that you overwrite nobody else's.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// What needs a decision of its own on each family, asked for once for a whole list.
pub struct FamilyFields {
    circumstances: Gather<FamilyId, Visible<Option<String>>>,
    plans: Gather<FamilyId, Visible<Option<Plan>>>,
    keys: Gather<FamilyId, Visible<kernel::MatchingKeys>>,
}

impl FamilyFields {
    /// Those of one operation.
    #[must_use]
    pub fn new(op: &Op) -> Self {
        Self {
            circumstances: Gather::new(op, |op, ids| async move { families::circumstances(&op, &ids).await }),
            plans: Gather::new(op, |op, ids| async move { families::plans(&op, &ids).await }),
            keys: Gather::new(op, |op, ids| async move { families::family_keys(&op, &ids).await }),
        }
    }
}

/// A caregiver of a family.
#[derive(Debug, SimpleObject)]
pub struct FamilyMember {
    /// The membership's id.
    id: ID,
    /// The caregiver's first name.
    first_name: String,
    /// What the caregiver is to the child. Null for the family's mentor.
    relation: Option<CaregiverRole>,
}

impl From<Member> for FamilyMember {
    fn from(member: Member) -> Self {
        let relation = member.relation.map(CaregiverRole::from);
        Self { id: ID(member.id.to_global()), first_name: member.first_name, relation }
    }
}

/// A caregiver who was just invited.
#[derive(Debug, SimpleObject)]
pub struct InvitedFamilyMember {
    /// The family that they belong to.
    family: Family,
    /// The invitation with its code, shown this once.
    invitation: ApiInvitationCode,
}

impl From<families::InvitedFamilyMember> for InvitedFamilyMember {
    fn from(invited: families::InvitedFamilyMember) -> Self {
        Self { family: invited.family.into(), invitation: invited.invited.into() }
    }
}

/// Hours on one day of the week in which contact is safe, by the plan's local clock.
#[derive(Debug, SimpleObject)]
pub struct ContactWindow {
    /// The day: 0 is Monday, 6 is Sunday.
    weekday: i32,
    /// The first minute of the local day, 0 to 1439.
    start_min: i32,
    /// The first minute no longer inside, up to 1440.
    end_min: i32,
}

impl From<families::ContactWindow> for ContactWindow {
    fn from(window: families::ContactWindow) -> Self {
        Self { weekday: window.weekday.into(), start_min: window.start_min.into(), end_min: window.end_min.into() }
    }
}

/// How it is safe to reach a family. What is not written here is not allowed.
#[derive(Debug, SimpleObject)]
pub struct SafeContactPlan {
    /// Whose it is.
    family_id: ID,
    /// IANA name of the zone in which the windows are meant.
    zone: String,
    /// When contact is safe; empty means at no time.
    windows: Vec<ContactWindow>,
    /// The one channel to use.
    channel: ContactChannel,
    /// A word that tells the caller that it is safe to talk.
    safe_words: String,
    /// What to keep from saying or doing, and who may pick up.
    unsafe_notes: String,
    /// Whether a neutral voicemail may be left.
    voicemail_ok: bool,
    /// Whether a neutral text message may be left beside a call.
    text_ok: bool,
    /// When it was last set.
    updated_at: DateTime,
    /// Counts the changes: send it with a change so that you overwrite nobody else's.
    version: i32,
}

/// How it is safe to reach a family, or why it is kept from you.
#[derive(Union)]
pub enum VisibleSafeContactPlan {
    /// The plan.
    Shown(SafeContactPlan),
    /// Why not.
    Redacted(Redacted),
}

impl From<Plan> for SafeContactPlan {
    fn from(on_record: Plan) -> Self {
        let plan = on_record.plan;
        Self {
            family_id: ID(on_record.family.to_global()),
            zone: plan.zone,
            windows: each(plan.windows),
            channel: plan.channel.into(),
            safe_words: plan.safe_words,
            unsafe_notes: plan.unsafe_notes,
            voicemail_ok: plan.voicemail_ok,
            text_ok: plan.text_ok,
            updated_at: on_record.updated_at.into(),
            version: on_record.version,
        }
    }
}
