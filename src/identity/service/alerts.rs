//! Security alerts, for those who can call the person that one is about.

use crate::access::{Resource, act};
use crate::identity::SecurityAlert;
use crate::identity::store;
use crate::kernel::page::Cursor;
use crate::kernel::{Page, PageRequest, Result};
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
