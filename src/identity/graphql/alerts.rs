//! Security alerts.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::types::Role;
use crate::graphql::scalars::DateTime;
use crate::graphql::{Connection, connection, fault, page_request};
use crate::identity;
use crate::kernel::ids::TypedId as _;
use crate::op::Op;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::AlertKind")]
pub enum SecurityAlertKind {
    /// A refresh token was used twice: somebody has a copy of it. The sign-in has ended. Call the person in a safe way.
    RefreshReused,
}

/// Something that endangers an account.
#[derive(Debug, SimpleObject)]
pub struct SecurityAlert {
    /// Its id.
    id: ID,
    /// What happened.
    kind: SecurityAlertKind,
    /// Whose account it is about.
    account_id: ID,
    /// The role that they acted in.
    role: Role,
    /// The programme that they acted in; none for an administrator.
    programme_id: Option<ID>,
    /// When it happened.
    raised_at: DateTime,
}

impl From<identity::SecurityAlert> for SecurityAlert {
    fn from(alert: identity::SecurityAlert) -> Self {
        Self {
            id: ID(alert.id.to_global()),
            kind: alert.kind.into(),
            account_id: ID(alert.account.to_global()),
            role: alert.role.into(),
            programme_id: alert.programme.map(|id| ID(id.to_global())),
            raised_at: alert.raised_at.into(),
        }
    }
}

/// What endangers accounts.
#[derive(Debug, Default)]
pub struct AlertsQuery;

#[Object]
impl AlertsQuery {
    /// Security alerts, newest first: coordinators see those of their programme's families and mentors, administrators
    /// all.
    async fn security_alerts(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<SecurityAlert>> {
        let request = page_request(first, after.as_deref())?;
        let page = identity::security_alerts(ctx.data::<Op>()?, request).await.map_err(fault)?;
        Ok(connection(&request, page, |(cursor, _)| *cursor, |(_, alert)| alert.into()))
    }
}
