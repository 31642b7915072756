//! Questions.

use async_graphql::{Context, ID, Object, Result};

use super::types::{Account, Invitation, Programme, Viewer};
use crate::graphql::{Connection, connection, fault, page_request, target};
use crate::identity;
use crate::kernel::ids::{AccountId, ProgrammeId};
use crate::op::Op;

/// Accounts, programmes and invitations.
#[derive(Debug, Default)]
pub struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// The caller about themself.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer> {
        Ok(identity::viewer(ctx.data::<Op>()?).await.map_err(fault)?.into())
    }

    /// One account: your own, or one that you keep.
    async fn account(&self, ctx: &Context<'_>, id: ID) -> Result<Account> {
        let id = target::<AccountId>(&id, "id").map_err(fault)?;
        Ok(identity::account(ctx.data::<Op>()?, id).await.map_err(fault)?.into())
    }

    /// All accounts, newest first. Administrators only.
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<Account>> {
        let request = page_request(first, after.as_deref())?;
        let page = identity::accounts(ctx.data::<Op>()?, request).await.map_err(fault)?;
        Ok(connection(&request, page, |(cursor, _)| *cursor, |(_, account)| account.into()))
    }

    /// One programme.
    async fn programme(&self, ctx: &Context<'_>, id: ID) -> Result<Programme> {
        let id = target::<ProgrammeId>(&id, "id").map_err(fault)?;
        Ok(identity::programme(ctx.data::<Op>()?, id).await.map_err(fault)?.into())
    }

    /// All programmes, newest first. Administrators only.
    async fn programmes(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<Programme>> {
        let request = page_request(first, after.as_deref())?;
        let page = identity::programmes(ctx.data::<Op>()?, request).await.map_err(fault)?;
        Ok(connection(&request, page, |(cursor, _)| *cursor, |(_, programme)| programme.into()))
    }

    /// The open invitations of a programme, newest first: of your own, or of the one that an administrator names. An
    /// administrator who names none gets those of administrators.
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        programme_id: Option<ID>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<Invitation>> {
        let request = page_request(first, after.as_deref())?;
        let programme =
            programme_id.as_ref().map(|id| target::<ProgrammeId>(id, "programmeId")).transpose().map_err(fault)?;
        let page = identity::invitations(ctx.data::<Op>()?, programme, request).await.map_err(fault)?;
        Ok(connection(&request, page, |(cursor, _)| *cursor, |(_, invitation)| invitation.into()))
    }
}
