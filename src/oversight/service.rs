//! The use cases of oversight.

use uuid::Uuid;

use crate::access::{Resource, act};
use crate::audit::{self, Filter};
pub use crate::audit::{Entry, Outcome, Report};
use crate::kernel::ids::{AccountId, FamilyId};
use crate::kernel::page::Cursor;
use crate::kernel::{Check, Page, PageRequest, Result};
use crate::op::Op;

/// What an auditor wants to see.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Only entries about this family.
    pub family: Option<FamilyId>,
    /// Only entries by this account.
    pub actor: Option<AccountId>,
    /// Only this action, for example `family.read`; at most 60 characters.
    pub action: Option<String>,
    /// Only this outcome: `allowed`, `denied` or `missing`.
    pub outcome: Option<String>,
}

/// A page of the log, newest first: the entries of the auditor's programme, and those that belong to none.
pub async fn entries(op: &Op, question: Question, request: PageRequest) -> Result<Page<(Cursor, Entry)>> {
    let mut check = Check::new();
    let action = question.action.map(|action| check.line("filter.action", &action, 1, 60));
    check.done()?;
    let filter = &Filter {
        family: question.family.map(Uuid::from),
        actor: question.actor.map(Uuid::from),
        action,
        outcome: question.outcome,
    };
    op.read(|tx| async move {
        let scope = tx.scope::<act::ReadAuditLog>(Resource::audit_log(tx.principal().programme))?;
        let platform = tx.allow::<act::ReadPlatformLog>(Some(Resource::system()))?;
        let page = audit::page(tx.conn()?, &scope, &platform, filter, request).await?;
        tx.named(scope.decision(), page.items.iter().map(|(_, entry)| entry.id));
        Ok(page)
    })
    .await
}

/// Verifies the whole log: auditors for their programme's sake, administrators, and the command line.
pub async fn verify(op: &Op) -> Result<Report> {
    op.read(|tx| async move {
        tx.allow::<act::VerifyAuditLog>(Some(Resource::audit_log(tx.principal().programme)))?;
        Ok(())
    })
    .await?;
    // The walk takes as long as the log is and runs on snapshots of its own.
    audit::verify(&op.core().db, op.now()).await
}
