//! Questions.

use async_graphql::{Context, ID, Object, Result};

use super::types::{Mentor, MentorState};
use crate::graphql::{Connection, connection, fault, page_request, target};
use crate::kernel::ids::MentorId;
use crate::mentors::{self, MentorFilter};
use crate::op::Op;

/// Mentors and their records.
#[derive(Debug, Default)]
pub struct MentorsQuery;

#[Object]
impl MentorsQuery {
    /// The programme's mentors, newest first. Coordinators and safeguarding leads.
    async fn mentors(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        #[graphql(desc = "Only those who are ready today, or only those who are not.")] ready: Option<bool>,
        #[graphql(desc = "Only those in this state.")] state: Option<MentorState>,
    ) -> Result<Connection<Mentor>> {
        let request = page_request(first, after.as_deref())?;
        let filter = MentorFilter { ready, state: state.map(Into::into) };
        let page = mentors::list_mentors(ctx.data::<Op>()?, filter, request).await.map_err(fault)?;
        Ok(connection(&request, page, mentors::Mentor::cursor, Mentor::from))
    }

    /// One mentor: yourself, one of your programme, or the one that your family is matched with now.
    async fn mentor(&self, ctx: &Context<'_>, id: ID) -> Result<Mentor> {
        let id = target::<MentorId>(&id, "id").map_err(fault)?;
        Ok(mentors::mentor(ctx.data::<Op>()?, id).await.map_err(fault)?.into())
    }

    /// Yourself as a mentor, with your record.
    async fn my_mentor_record(&self, ctx: &Context<'_>) -> Result<Mentor> {
        Ok(mentors::my_mentor_record(ctx.data::<Op>()?).await.map_err(fault)?.into())
    }
}
