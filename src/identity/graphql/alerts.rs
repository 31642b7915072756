//! Security alerts.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

use super::types::Role;
use crate::graphql::scalars::DateTime;
use crate::graphql::{Connection, connection, fault, page_request, target};
use crate::identity;
use crate::kernel::ids::{AlertId, TypedId as _};
use crate::op::Op;
use crate::payload;

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
    /// The account of who acted on it first; null while it waits.
    handled_by: Option<ID>,
    /// When they said so.
    handled_at: Option<DateTime>,
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
            handled_by: alert.handled.map(|handled| ID(handled.by.to_global())),
            handled_at: alert.handled.map(|handled| handled.at.into()),
        }
    }
}

/// Which alert.
#[derive(InputObject)]
pub struct HandleSecurityAlertInput {
    /// The alert.
    id: ID,
}

payload! {
    /// The alert.
    pub SecurityAlertPayload { /// The alert, with who acted on it first.
        alert: SecurityAlert }
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

/// Acting on alerts.
#[derive(Debug, Default)]
pub struct AlertsMutation;

#[Object]
impl AlertsMutation {
    /// Says that an alert was acted on: the person was called, or their sign-ins were ended. It stays in the list; who says so
    /// first stands.
    async fn handle_security_alert(
        &self,
        ctx: &Context<'_>,
        input: HandleSecurityAlertInput,
    ) -> Result<SecurityAlertPayload> {
        let outcome = match target::<AlertId>(&input.id, "input.id") {
            Ok(id) => identity::handle_security_alert(ctx.data::<Op>()?, id).await,
            Err(error) => Err(error),
        };
        SecurityAlertPayload::from_result(outcome)
    }
}
