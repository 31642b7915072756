//! Ending sign-ins.

use crate::access::act;
use crate::identity::store;
use crate::kernel::ids::AccountId;
use crate::kernel::{Error, Result};
use crate::op::{Op, Tx};

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

/// Ends the caller's present sign-in. Its refresh token is dead, its sockets are closed.
pub async fn sign_out(op: &Op) -> Result<()> {
    let (account, facts) = own(op)?;
    let (sign_in, facts) = (op.principal().sign_in.ok_or(Error::Unauthenticated)?, &facts);
    op.write(|tx| async move {
        let permit = tx.allow::<act::ManageOwnSessions>(Some(facts.clone()))?;
        store::end_sign_ins(tx.conn()?, account, Some(sign_in), "signed_out", tx.now()).await?;
        tx.named(permit.decision(), [sign_in]);
        tx.publish(access_topic(account), serde_json::json!({ "sign_in": sign_in.uuid() }));
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
        store::end_sign_ins(tx.conn()?, account, None, "signed_out_everywhere", tx.now()).await?;
        cut(&tx, account);
        Ok(())
    })
    .await
}
