//! Marking an alleged abuser.

use super::model::mark::{Mark, MarkAllegedAbuser};
use super::model::record::Family;
use super::{service, store};
use crate::access::{Decision, act};
use crate::identity;
use crate::kernel::ids::{AccountId, FamilyId};
use crate::kernel::{Error, Page, PageRequest, Result};
use crate::op::{Op, Tx};

/// Marks a caregiver as an alleged abuser: for coordinators and safeguarding leads. In the same transaction the person is
/// no caregiver any more, their role in the family is revoked and their sockets are closed; they can never be a caregiver
/// again, and are told nothing.
pub async fn mark_alleged_abuser(op: &Op, input: MarkAllegedAbuser) -> Result<Family> {
    let input = &input.check()?;
    op.write(|tx| async move {
        let found = store::present_member(&tx, input.member).await?;
        let facts = match found {
            Some((family, _)) => store::facts(&tx, family).await?,
            None => None,
        };
        let permit = tx.allow::<act::MarkAllegedAbuser>(facts)?;
        let (family, account) = found.ok_or(Error::NotFound)?;
        let by = tx.principal().account.ok_or(Error::Forbidden)?;
        store::remove_member(&tx, &permit, input.member).await?;
        identity::end_family_role(&tx, permit.decision(), account, family).await?;
        let mark = store::insert_mark(&tx, &permit, account, by, &input.reason).await?;
        tx.named(permit.decision(), [account.uuid(), mark.uuid()]);
        tx.touched(permit.decision(), &["members", "marks"]);
        service::load(&tx, &permit).await
    })
    .await
}

/// Who is marked as an alleged abuser of a family, and why, newest first: for coordinators and safeguarding leads.
pub async fn alleged_abusers(op: &Op, family: FamilyId, request: PageRequest) -> Result<Page<Mark>> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ReadAllegedAbusers>(store::facts(&tx, family).await?)?;
        let mut page = store::marks(&tx, &permit, request).await?;
        let accounts: Vec<AccountId> = page.items.iter().map(|mark| mark.account).collect();
        let mut names = identity::first_names(&tx, permit.decision(), &accounts).await?;
        for mark in &mut page.items {
            mark.first_name = names.remove(&mark.account).unwrap_or_default();
        }
        Ok(page)
    })
    .await
}

/// Whether this account is marked as an alleged abuser, of whichever family. For features that hand out rights of a
/// caregiver; the decision shows that the caller was allowed to do what this is for, and the answer must not be shown.
pub async fn is_alleged_abuser(tx: &Tx, decision: &Decision, account: AccountId) -> Result<bool> {
    store::is_marked(tx, decision, account).await
}
