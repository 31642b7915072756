//! Seeing and ending sign-ins. One that has ended opens nothing from that moment: the next request is refused, its refresh
//! token is dead, its sockets are closed on every node.

use crate::access::act;
use crate::identity::SignIn;
use crate::identity::model::sign_in::EndReason;
use crate::identity::store::{self, Seen};
use crate::kernel::ids::{AccountId, SignInId};
use crate::kernel::page::Cursor;
use crate::kernel::{Error, Page, PageRequest, Result};
use crate::op::{Op, Tx};

use super::Identity;
use super::accounts::own;

/// The topic on which an account's sockets listen for the end of their access.
#[must_use]
pub fn access_topic(account: AccountId) -> String {
    format!("access:{}", account.uuid())
}

/// Closes all open sockets of an account, on every node, once the change is committed.
pub fn cut(tx: &Tx, account: AccountId) {
    tx.publish(access_topic(account), serde_json::json!({ "sign_in": null }));
}

/// Closes the open sockets of one sign-in, on every node, once the change is committed.
pub(super) fn cut_one(tx: &Tx, account: AccountId, sign_in: SignInId) {
    tx.publish(access_topic(account), serde_json::json!({ "sign_in": sign_in.uuid() }));
}

/// The sign-ins of an account, newest first, of the caller's own when none is named: its owner, administrators, and
/// coordinators for their families' and mentors'.
pub async fn sign_ins(
    op: &Op,
    identity: &Identity,
    account: Option<AccountId>,
    request: PageRequest,
) -> Result<Page<(Cursor, SignIn)>> {
    let account = account.map_or_else(|| own(op).map(|(account, _)| account), Ok)?;
    op.read(|tx| async move {
        let permit = tx.allow::<act::ReadSignIns>(store::account_facts(tx.conn()?, account).await?)?;
        let page = store::sign_ins(tx.conn()?, &permit, &seen(&tx, identity), request).await?;
        tx.named(permit.decision(), page.items.iter().map(|(_, sign_in)| sign_in.id));
        Ok(page)
    })
    .await
}

fn seen<'a>(tx: &Tx, identity: &'a Identity) -> Seen<'a> {
    Seen { now: tx.now(), lifetimes: &identity.lifetimes, by: tx.principal().sign_in }
}

/// Ends one sign-in. One that has ended already stays as it is.
pub async fn end_sign_in(op: &Op, identity: &Identity, id: SignInId) -> Result<SignIn> {
    op.write(|tx| async move {
        let conn = tx.conn()?;
        let found = store::account_of_sign_in(conn, id).await?;
        let facts = match found {
            Some(account) => store::account_facts(conn, account).await?,
            None => None,
        };
        let permit = tx.allow::<act::EndSignIns>(facts)?;
        let account = permit.id();
        store::end_sign_ins(conn, account, Some(id), reason(&tx, account), tx.now()).await?;
        tx.named(permit.decision(), [id]);
        cut_one(&tx, account, id);
        store::one_sign_in(conn, &permit, id, &seen(&tx, identity)).await
    })
    .await
}

fn reason(tx: &Tx, account: AccountId) -> EndReason {
    if tx.principal().account == Some(account) { EndReason::EndedElsewhere } else { EndReason::EndedByStaff }
}

/// Ends every sign-in of an account, with its owner's present one if they ask themself.
pub async fn end_sign_ins(op: &Op, account: AccountId) -> Result<()> {
    op.write(|tx| async move {
        tx.allow::<act::EndSignIns>(store::account_facts(tx.conn()?, account).await?)?;
        store::end_sign_ins(tx.conn()?, account, None, reason(&tx, account), tx.now()).await?;
        cut(&tx, account);
        Ok(())
    })
    .await
}

/// Ends all of the caller's sign-ins but the present one.
pub async fn end_other_sign_ins(op: &Op) -> Result<()> {
    let (account, _) = own(op)?;
    let present = op.principal().sign_in.ok_or(Error::Unauthenticated)?;
    op.write(|tx| async move {
        tx.allow::<act::EndSignIns>(store::account_facts(tx.conn()?, account).await?)?;
        store::end_other_sign_ins(tx.conn()?, account, present, EndReason::EndedElsewhere, tx.now()).await?;
        tx.publish(access_topic(account), serde_json::json!({ "sign_in": null, "except": present.uuid() }));
        Ok(())
    })
    .await
}

/// Ends the caller's present sign-in. Its refresh token is dead, its sockets are closed.
pub async fn sign_out(op: &Op) -> Result<()> {
    let (account, facts) = own(op)?;
    let (sign_in, facts) = (op.principal().sign_in.ok_or(Error::Unauthenticated)?, &facts);
    op.write(|tx| async move {
        let permit = tx.allow::<act::ManageOwnSessions>(Some(facts.clone()))?;
        store::end_sign_ins(tx.conn()?, account, Some(sign_in), EndReason::SignedOut, tx.now()).await?;
        tx.named(permit.decision(), [sign_in]);
        cut_one(&tx, account, sign_in);
        Ok(())
    })
    .await
}

/// Ends all of the caller's sign-ins, this one included.
pub async fn sign_out_everywhere(op: &Op) -> Result<()> {
    let (account, facts) = own(op)?;
    let facts = &facts;
    op.write(|tx| async move {
        tx.allow::<act::ManageOwnSessions>(Some(facts.clone()))?;
        store::end_sign_ins(tx.conn()?, account, None, EndReason::SignedOutEverywhere, tx.now()).await?;
        cut(&tx, account);
        Ok(())
    })
    .await
}
