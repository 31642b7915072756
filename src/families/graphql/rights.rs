//! What caregivers may do, and how they hand it on.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

use super::types::InvitedFamilyMember;
use crate::families::{self, Restriction};
use crate::graphql::scalars::DateTime;
use crate::graphql::terms::{CaregiverRole, each};
use crate::graphql::{Connection, connection, fault, page_request, target};
use crate::kernel::ids::{FamilyId, MemberId, TypedId as _};
use crate::kernel::{Right, Rights};
use crate::op::Op;
use crate::payload;

/// One right of a caregiver. Everybody who belongs to a family sees who else does, and whom it is matched with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Right")]
pub enum CaregiverRight {
    /// See what the family told in confidence, its safe-contact plan, and its ledger.
    Record,
    /// Change the record, the safe-contact plan and the days. Goes with RECORD.
    Keep,
    /// Ask for a mentor, answer proposals, withdraw a request, end a match.
    Ask,
    /// See, book, confirm, move and cancel sessions.
    Meet,
    /// Read and write in the conversation, and report a message.
    Write,
    /// Draft, sign and take back releases of information.
    Release,
    /// Add caregivers, choose their rights, and take them away.
    Delegate,
}

pub(super) fn listed(rights: Rights) -> Vec<CaregiverRight> {
    rights.each().map(CaregiverRight::from).collect()
}

/// What one caregiver may do.
#[derive(Debug, SimpleObject)]
pub struct CaregiverRights {
    /// The membership's id.
    member_id: ID,
    /// The caregiver's first name.
    first_name: String,
    /// What they may do.
    rights: Vec<CaregiverRight>,
}

impl From<families::CaregiverRights> for CaregiverRights {
    fn from(one: families::CaregiverRights) -> Self {
        Self { member_id: ID(one.member.to_global()), first_name: one.first_name, rights: listed(one.rights) }
    }
}

/// Rights that staff took away for safety. Never shown to anybody but coordinators and safeguarding leads.
#[derive(SimpleObject)]
pub struct CaregiverRestriction {
    /// Its id.
    id: ID,
    /// The membership of the caregiver.
    member_id: ID,
    /// What was left to them then.
    rights_left: Vec<CaregiverRight>,
    /// Why.
    reason: String,
    /// The account of the member of staff.
    restricted_by: ID,
    /// When.
    restricted_at: DateTime,
}

impl From<Restriction> for CaregiverRestriction {
    fn from(restriction: Restriction) -> Self {
        Self {
            id: ID(restriction.id.to_global()),
            member_id: ID(restriction.member.to_global()),
            rights_left: listed(restriction.left),
            reason: restriction.reason,
            restricted_by: ID(restriction.by.to_global()),
            restricted_at: restriction.at.into(),
        }
    }
}

/// A caregiver to be added to your own family.
#[derive(InputObject)]
pub struct InviteCaregiverInput {
    /// 1 to 60 characters.
    first_name: String,
    /// What they are to the child.
    relation: CaregiverRole,
    /// What they may do: at least one right, and none that you do not hold.
    rights: Vec<CaregiverRight>,
}

/// Another choice of what a caregiver may do.
#[derive(InputObject)]
pub struct SetCaregiverRightsInput {
    /// The membership of the caregiver, from `Family.members`.
    member_id: ID,
    /// All that they may do from now on: at least one right, and nothing new that you do not hold.
    rights: Vec<CaregiverRight>,
}

/// A caregiver to be removed from their family.
#[derive(InputObject)]
pub struct RemoveCaregiverInput {
    /// The membership of the caregiver, from `Family.members`; your own to leave.
    member_id: ID,
}

/// Rights to be taken away for safety.
#[derive(InputObject)]
pub struct RestrictCaregiverInput {
    /// The membership of the caregiver, from `Family.members`.
    member_id: ID,
    /// What is left to them: less than they hold, may be nothing.
    rights: Vec<CaregiverRight>,
    /// Why, for coordinators and safeguarding leads only: 20 to 2000 characters.
    #[graphql(secret)]
    reason: String,
}

payload! {
    /// The caregiver who was added.
    pub InviteCaregiverPayload { /// The family, and the invitation with its code.
        invited: InvitedFamilyMember }
    /// What a caregiver may do now.
    pub SetCaregiverRightsPayload { /// The caregiver.
        caregiver: CaregiverRights }
    /// Who was removed.
    pub RemoveCaregiverPayload { /// The membership that ended.
        member_id: ID }
    /// What is left to a caregiver.
    pub RestrictCaregiverPayload { /// The caregiver.
        caregiver: CaregiverRights }
}

/// What caregivers may do.
#[derive(Debug, Default)]
pub struct RightsQuery;

#[Object]
impl RightsQuery {
    /// What each caregiver of a family may do, at most 12, who was added first comes first: for its caregivers with the
    /// right to delegate, coordinators and safeguarding leads.
    #[graphql(complexity = "5 + 3 * child_complexity")]
    async fn caregiver_rights(&self, ctx: &Context<'_>, family_id: ID) -> Result<Vec<CaregiverRights>> {
        let id = target::<FamilyId>(&family_id, "familyId").map_err(fault)?;
        Ok(each(families::caregiver_rights(ctx.data::<Op>()?, id).await.map_err(fault)?))
    }

    /// What staff took away from caregivers of a family, and why, newest first. Coordinators and safeguarding leads.
    async fn caregiver_restrictions(
        &self,
        ctx: &Context<'_>,
        family_id: ID,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<CaregiverRestriction>> {
        let request = page_request(first, after.as_deref())?;
        let id = target::<FamilyId>(&family_id, "familyId").map_err(fault)?;
        let page = families::restrictions(ctx.data::<Op>()?, id, request).await.map_err(fault)?;
        Ok(connection(&request, page, Restriction::cursor, CaregiverRestriction::from))
    }
}

/// Handing on what caregivers may do, and taking it away.
#[derive(Debug, Default)]
pub struct RightsMutation;

#[Object]
impl RightsMutation {
    /// Adds a caregiver to your own family, with the rights that you choose. Tell them the code yourself: it is shown this
    /// once. Caregivers with the right to delegate.
    async fn invite_caregiver(&self, ctx: &Context<'_>, input: InviteCaregiverInput) -> Result<InviteCaregiverPayload> {
        let (relation, rights) = (input.relation.into(), each(input.rights));
        let invite = families::InviteCaregiver { first_name: input.first_name, relation, rights };
        InviteCaregiverPayload::from_result(families::invite_caregiver(ctx.data::<Op>()?, invite).await)
    }

    /// Chooses anew what a caregiver of your own family may do. What is taken away ends at once. Nobody adds to their own
    /// rights, and somebody who may delegate always stays. Caregivers with the right to delegate.
    async fn set_caregiver_rights(
        &self,
        ctx: &Context<'_>,
        input: SetCaregiverRightsInput,
    ) -> Result<SetCaregiverRightsPayload> {
        let member = target(&input.member_id, "input.memberId").map_err(fault)?;
        let choice = families::SetCaregiverRights { member, rights: each(input.rights) };
        SetCaregiverRightsPayload::from_result(families::set_caregiver_rights(ctx.data::<Op>()?, choice).await)
    }

    /// Removes a caregiver from your own family, at once: for caregivers with the right to delegate. Everybody may leave.
    async fn remove_caregiver(&self, ctx: &Context<'_>, input: RemoveCaregiverInput) -> Result<RemoveCaregiverPayload> {
        let member = target::<MemberId>(&input.member_id, "input.memberId").map_err(fault)?;
        let removed = families::remove_caregiver(ctx.data::<Op>()?, member).await;
        RemoveCaregiverPayload::from_result(removed.map(|member| ID(member.to_global())))
    }

    /// Takes rights of a caregiver away for safety, at once and with a reason. Coordinators and safeguarding leads.
    async fn restrict_caregiver(
        &self,
        ctx: &Context<'_>,
        input: RestrictCaregiverInput,
    ) -> Result<RestrictCaregiverPayload> {
        let member = target(&input.member_id, "input.memberId").map_err(fault)?;
        let restrict = families::RestrictCaregiver { member, rights: each(input.rights), reason: input.reason };
        RestrictCaregiverPayload::from_result(families::restrict_caregiver(ctx.data::<Op>()?, restrict).await)
    }
}
