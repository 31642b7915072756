//! Marking alleged abusers.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use super::types::Family;
use crate::families::{self, Lift, Mark};
use crate::graphql::scalars::DateTime;
use crate::graphql::{Connection, connection, fault, page_request, target};
use crate::kernel::ids::{FamilyId, TypedId as _};
use crate::op::Op;
use crate::payload;

/// Somebody who is marked as an alleged abuser of a family. Never shown to anybody but coordinators and safeguarding
/// leads.
#[derive(SimpleObject)]
pub struct AllegedAbuser {
    /// The mark's id.
    id: ID,
    /// Their first name.
    first_name: String,
    /// Why they are marked.
    reason: String,
    /// The account of the member of staff who marked them.
    marked_by: ID,
    /// When.
    marked_at: DateTime,
    /// That the mark was lifted. Null while it stands.
    lifted: Option<MarkLift>,
}

/// That a mark was lifted.
#[derive(SimpleObject)]
pub struct MarkLift {
    /// Why.
    reason: String,
    /// The account of the safeguarding lead who lifted it.
    lifted_by: ID,
    /// When.
    lifted_at: DateTime,
}

impl From<Lift> for MarkLift {
    fn from(lift: Lift) -> Self {
        Self { reason: lift.reason, lifted_by: ID(lift.by.to_global()), lifted_at: lift.at.into() }
    }
}

impl From<Mark> for AllegedAbuser {
    fn from(mark: Mark) -> Self {
        Self {
            id: ID(mark.id.to_global()),
            first_name: mark.first_name,
            reason: mark.reason,
            marked_by: ID(mark.by.to_global()),
            marked_at: mark.marked_at.into(),
            lifted: mark.lifted.map(MarkLift::from),
        }
    }
}

/// A caregiver to be marked as an alleged abuser.
#[derive(InputObject)]
pub struct MarkAllegedAbuserInput {
    /// The membership of the caregiver, from `Family.members`.
    member_id: ID,
    /// Why, for coordinators and safeguarding leads only: 20 to 2000 characters.
    #[graphql(secret)]
    reason: String,
}

/// A mark to be lifted.
#[derive(InputObject)]
pub struct LiftMarkInput {
    /// The mark, from `allegedAbusers`.
    mark_id: ID,
    /// Why it was a mistake, for coordinators and safeguarding leads only: 20 to 2000 characters.
    #[graphql(secret)]
    reason: String,
}

payload! {
    /// What became of a lifted mark.
    pub LiftMarkPayload { /// The family, to which the person does not belong again by this.
        family: Family }
    /// What became of a mark.
    pub MarkAllegedAbuserPayload { /// The family, in which the person is no caregiver any more.
        family: Family }
}

/// Who is marked.
#[derive(Debug, Default)]
pub struct MarksQuery;

#[Object]
impl MarksQuery {
    /// Who is marked as an alleged abuser of a family, newest first, the lifted marks too. Coordinators and safeguarding leads.
    async fn alleged_abusers(
        &self,
        ctx: &Context<'_>,
        family_id: ID,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<AllegedAbuser>> {
        let request = page_request(first, after.as_deref())?;
        let id = target::<FamilyId>(&family_id, "familyId").map_err(fault)?;
        let page = families::alleged_abusers(ctx.data::<Op>()?, id, request).await.map_err(fault)?;
        Ok(connection(&request, page, Mark::cursor, AllegedAbuser::from))
    }
}

/// Marking.
#[derive(Debug, Default)]
pub struct MarksMutation;

#[Object]
impl MarksMutation {
    /// Lifts a mark that was a mistake. The account is barred from nothing of the family any more; who shall be a caregiver
    /// again is invited anew. Safeguarding leads, never who set the mark.
    async fn lift_mark(&self, ctx: &Context<'_>, input: LiftMarkInput) -> Result<LiftMarkPayload> {
        let mark = target(&input.mark_id, "input.markId").map_err(fault)?;
        let lift = families::LiftMark { mark, reason: input.reason };
        LiftMarkPayload::from_result(families::lift_mark(ctx.data::<Op>()?, lift).await)
    }

    /// Marks a caregiver as an alleged abuser. At once they are no caregiver of the family, and none again while the mark
    /// stands: requests are refused, sockets closed; they are told nothing. Coordinators and safeguarding leads.
    async fn mark_alleged_abuser(
        &self,
        ctx: &Context<'_>,
        input: MarkAllegedAbuserInput,
    ) -> Result<MarkAllegedAbuserPayload> {
        let member = target(&input.member_id, "input.memberId").map_err(fault)?;
        let mark = families::MarkAllegedAbuser { member, reason: input.reason };
        MarkAllegedAbuserPayload::from_result(families::mark_alleged_abuser(ctx.data::<Op>()?, mark).await)
    }
}
