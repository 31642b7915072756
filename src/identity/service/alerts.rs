//! Security alerts, for those who can call the person that one is about.

use crate::access::{Resource, act};
use crate::identity::SecurityAlert;
use crate::identity::model::alert::Handled;
use crate::identity::store;
use crate::kernel::ids::AlertId;
use crate::kernel::page::Cursor;
use crate::kernel::{Error, Page, PageRequest, Result};
use crate::op::Op;

/// A page of alerts, newest first: coordinators of their programme's families and mentors, administrators of everybody.
pub async fn security_alerts(op: &Op, request: PageRequest) -> Result<Page<(Cursor, SecurityAlert)>> {
    op.read(|tx| async move {
        let scope = tx.scope::<act::ListSecurityAlerts>(Resource::audit_log(tx.principal().programme))?;
        let page = store::alerts(tx.conn()?, &scope, request).await?;
        tx.named(scope.decision(), page.items.iter().map(|(_, alert)| alert.id));
        Ok(page)
    })
    .await
}

/// Says that an alert was acted on: the person was called, or their sign-ins were ended. Who says so first stands; the alert
/// stays in the list.
pub async fn handle_security_alert(op: &Op, id: AlertId) -> Result<SecurityAlert> {
    let by = op.principal().account.ok_or(Error::Unauthenticated)?;
    op.write(|tx| async move {
        let conn = tx.conn()?;
        let facts = match store::account_of_alert(conn, id).await? {
            Some(account) => store::account_facts(conn, account).await?,
            None => None,
        };
        let permit = tx.allow::<act::HandleSecurityAlert>(facts)?;
        tx.named(permit.decision(), [id]);
        store::handle_alert(conn, &permit, id, Handled { by, at: tx.now() }).await
    })
    .await
}
