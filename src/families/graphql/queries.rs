//! Questions.

use async_graphql::{Context, ID, Object, Result};

use super::types::{Family, SafeContactPlan};
use crate::families;
use crate::graphql::{Connection, connection, fault, page_request, target};
use crate::kernel::ids::FamilyId;
use crate::op::Op;

/// Families, and how it is safe to reach them.
#[derive(Debug, Default)]
pub struct FamiliesQuery;

#[Object]
impl FamiliesQuery {
    /// The programme's families, newest first. Coordinators and safeguarding leads.
    async fn families(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<Family>> {
        let request = page_request(first, after.as_deref())?;
        let page = families::list_families(ctx.data::<Op>()?, request).await.map_err(fault)?;
        Ok(connection(&request, page, families::Family::cursor, Family::from))
    }

    /// One family: your own, one of your programme, or the one that you are matched with now.
    async fn family(&self, ctx: &Context<'_>, id: ID) -> Result<Family> {
        let id = target::<FamilyId>(&id, "id").map_err(fault)?;
        Ok(families::family(ctx.data::<Op>()?, id).await.map_err(fault)?.into())
    }

    /// The family that you are a caregiver of.
    async fn my_family(&self, ctx: &Context<'_>) -> Result<Family> {
        Ok(families::my_family(ctx.data::<Op>()?).await.map_err(fault)?.into())
    }

    /// How it is safe to reach a family: for itself, coordinators and safeguarding leads. Null when nothing was said yet.
    async fn safe_contact_plan(&self, ctx: &Context<'_>, family_id: ID) -> Result<Option<SafeContactPlan>> {
        let id = target::<FamilyId>(&family_id, "familyId").map_err(fault)?;
        let plan = families::safe_contact_plan(ctx.data::<Op>()?, id).await.map_err(fault)?;
        Ok(plan.map(SafeContactPlan::from))
    }
}
