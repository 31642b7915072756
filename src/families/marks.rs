//! Marking an alleged abuser, and lifting a mark.

use super::model::mark::{LiftMark, Mark, MarkAllegedAbuser};
use super::model::record::Family;
use super::{service, store};
use crate::access::act;
use crate::identity;
use crate::kernel::ids::{AccountId, FamilyId};
use crate::kernel::{Code, Error, Page, PageRequest, Problem, Result};
use crate::op::Op;

/// Marks a caregiver as an alleged abuser: for coordinators and safeguarding leads. In the same transaction the person is
/// no caregiver any more, their role in the family is revoked and their sockets are closed; while the mark stands they
/// can not be a caregiver again, and they are told nothing.
pub async fn mark_alleged_abuser(op: &Op, input: MarkAllegedAbuser) -> Result<Family> {
    let input = &input.check()?;
    op.write(|tx| async move {
        let found = store::present_member(&tx, input.member).await?;
        let facts = match &found {
            Some(present) => store::facts(&tx, present.family).await?,
            None => None,
        };
        let permit = tx.allow::<act::MarkAllegedAbuser>(facts)?;
        let present = found.ok_or(Error::NotFound)?;
        let by = tx.principal().account.ok_or(Error::Forbidden)?;
        store::remove_member(&tx, &permit, &present).await?;
        identity::end_family_role(&tx, permit.decision(), present.account, present.family).await?;
        let mark = store::insert_mark(&tx, &permit, present.account, by, &input.reason).await?;
        tx.named(permit.decision(), [present.account.uuid(), mark.uuid()]);
        tx.touched(permit.decision(), &["members", "marks"]);
        service::load(&tx, &permit).await
    })
    .await
}

/// Lifts a mark that was a mistake: for safeguarding leads, never who set it. The account is barred from nothing of the
/// family any more; it is no caregiver again by that.
pub async fn lift_mark(op: &Op, input: LiftMark) -> Result<Family> {
    let input = &input.check()?;
    op.write(|tx| async move {
        let found = store::mark(&tx, input.mark).await?;
        let facts = match &found {
            Some(mark) => store::facts(&tx, mark.family_id.into()).await?.map(|f| f.of_account(mark.marked_by.into())),
            None => None,
        };
        let permit = tx.allow::<act::LiftMark>(facts)?;
        let mark = found.ok_or(Error::NotFound)?;
        let by = tx.principal().account.ok_or(Error::Forbidden)?;
        let lifted = store::insert_lift(&tx, &permit, input.mark, by, &input.reason).await;
        let said = "It was lifted already.";
        let lift = lifted
            .map_err(|error| error.explain("mark_lift_once", Problem::at(Code::WrongState, "input.markId", said)))?;
        tx.named(permit.decision(), [mark.account_id, mark.id, lift.uuid()]);
        tx.touched(permit.decision(), &["marks"]);
        service::load(&tx, &permit).await
    })
    .await
}

/// Who is marked as an alleged abuser of a family, and why, newest first, the lifted marks too: for coordinators and
/// safeguarding leads.
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
