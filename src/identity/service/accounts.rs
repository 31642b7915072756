//! Accounts: who is who, and shutting somebody out.

use serde_json::json;

use crate::access::{ActionTag, Decision, Resource, ResourceKind, act};
use crate::identity::model::reset::PendingReset;
use crate::identity::model::sign_in::EndReason;
use crate::identity::store::{self, Account, HeldRole};
use crate::identity::{AccountState, Role};
use crate::jobs::NewJob;
use crate::kernel::ids::{AccountId, FamilyId};
use crate::kernel::page::Cursor;
use crate::kernel::{Error, Page, PageRequest, Result};
use crate::op::{Op, Tx};

use super::sessions::cut;

/// The job that others do when a mentor cannot act any more: their account is suspended or closed, or their role is gone.
pub const MENTOR_SHUT_OUT: &str = "mentor_shut_out";

/// The caller about themself.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Their account.
    pub account: Account,
    /// Their first name.
    pub first_name: String,
    /// The role they act in now.
    pub acting: HeldRole,
    /// A reset of their account that is under way.
    pub pending_reset: Option<PendingReset>,
}

/// The caller's own account, roles and first name.
pub async fn viewer(op: &Op) -> Result<Viewer> {
    op.read(|tx| async move {
        let id = tx.principal().account.ok_or(Error::Unauthenticated)?;
        let permit = tx.allow::<act::ReadAccount>(store::account_facts(tx.conn()?, id).await?)?;
        let account = store::load_account(tx.conn()?, permit.decision()).await?;
        let acting = account.roles.iter().find(|held| Some(held.id) == tx.principal().role).cloned();
        let mut names = super::first_names(&tx, permit.decision(), &[id]).await?;
        let first_name = names.remove(&id).unwrap_or_default();
        let pending_reset = store::pending_reset(tx.conn()?, id, tx.now()).await?;
        Ok(Viewer { account, first_name, pending_reset, acting: acting.ok_or(Error::Unauthenticated)? })
    })
    .await
}

/// One account: its owner, administrators, and coordinators for their families' and mentors'.
pub async fn account(op: &Op, id: AccountId) -> Result<Account> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ReadAccount>(store::account_facts(tx.conn()?, id).await?)?;
        store::load_account(tx.conn()?, permit.decision()).await
    })
    .await
}

/// All accounts, newest first. Administrators only.
pub async fn accounts(op: &Op, request: PageRequest) -> Result<Page<(Cursor, Account)>> {
    op.read(|tx| async move {
        let scope = tx.scope::<act::ListAccounts>(Resource::system())?;
        let page = store::accounts(tx.conn()?, &scope, request).await?;
        tx.named(scope.decision(), page.items.iter().map(|(_, account)| account.id));
        Ok(page)
    })
    .await
}

/// Shuts an account out at once: every session ends, open sockets are closed.
pub async fn suspend_account(op: &Op, id: AccountId) -> Result<Account> {
    change_state::<act::SuspendAccount>(op, id, AccountState::Suspended, Some(EndReason::Suspended)).await
}

/// Lets a suspended account in again. It signs in anew.
pub async fn reinstate_account(op: &Op, id: AccountId) -> Result<Account> {
    change_state::<act::ReinstateAccount>(op, id, AccountState::Active, None).await
}

/// Closes an account for good.
pub async fn close_account(op: &Op, id: AccountId) -> Result<Account> {
    change_state::<act::CloseAccount>(op, id, AccountState::Closed, Some(EndReason::Closed)).await
}

async fn change_state<A: ActionTag>(
    op: &Op,
    id: AccountId,
    to: AccountState,
    ends: Option<EndReason>,
) -> Result<Account> {
    op.write(|tx| async move {
        let conn = tx.conn()?;
        let permit = tx.allow::<A>(store::account_facts(conn, id).await?)?;
        let account = store::load_account(conn, permit.decision()).await?;
        // An invited account becomes active by its code only.
        if account.state == AccountState::Invited && to == AccountState::Active {
            return Err(crate::kernel::states::wrong_state("account", ("invited", "active"), "input.id").into());
        }
        account.state.check(to, "input.id")?;
        store::set_account_state(conn, id, to, tx.now()).await?;
        tx.touched(permit.decision(), &["state"]);
        if let Some(reason) = ends {
            store::end_sign_ins(conn, id, None, reason, tx.now()).await?;
            cut(&tx, id);
            shut_out(&tx, &account.roles).await?;
        }
        Ok(Account { state: to, ..account })
    })
    .await
}

/// Lets the features above know of mentors who cannot act any more, so that nobody waits for their answers.
pub(super) async fn shut_out(tx: &Tx, roles: &[HeldRole]) -> Result<()> {
    for mentor in roles.iter().filter_map(|held| held.mentor) {
        let payload = json!({ "mentor": mentor });
        tx.enqueue(NewJob { kind: MENTOR_SHUT_OUT, payload, run_at: tx.now(), unique_key: None }).await?;
    }
    Ok(())
}

/// Ends an account's role in a family, at once: the role is revoked, its sign-ins end, an unused code is dead, all sockets
/// of the account are closed. An account that is left without any role is closed, so that signing in gets the answer of
/// any account that is not in use. The decision is that of the use case that shuts the person out.
pub async fn end_family_role(tx: &Tx, decision: &Decision, id: AccountId, family: FamilyId) -> Result<()> {
    let (conn, now) = (tx.conn()?, tx.now());
    let roles = store::roles_of(conn, id).await?;
    let (ended, left): (Vec<_>, Vec<_>) = roles.into_iter().partition(|held| held.family == Some(family));
    for held in &ended {
        store::revoke_role(conn, held.id, now).await?;
        store::end_role_sign_ins(conn, held.id, EndReason::RoleRevoked, now).await?;
    }
    store::revoke_open_invitations(conn, id, Role::FamilyMember, now).await?;
    if left.is_empty() {
        let state = store::account_state(conn, id).await?.ok_or(Error::NotFound)?;
        if state != AccountState::Closed {
            state.check(AccountState::Closed, "input.memberId")?;
            store::set_account_state(conn, id, AccountState::Closed, now).await?;
        }
    }
    tx.named(decision, ended.iter().map(|held| held.id));
    cut(tx, id);
    Ok(())
}

/// The facts about the caller's own account.
pub(super) fn own(op: &Op) -> Result<(AccountId, Resource)> {
    let id = op.principal().account.ok_or(Error::Unauthenticated)?;
    let mut facts = Resource::new(ResourceKind::Account, id).of_account(id);
    facts.programme = op.principal().programme;
    Ok((id, facts))
}
