//! Resets: how somebody gets in again who lost what they sign in with, without anybody else getting in.
//!
//! One of the staff asks for it, sure whom they speak to; another approves; a day later it is done, and all sign-ins end. All
//! that time the owner is told wherever they still get in, at the latest at the question for their second factor, and can
//! stop it there.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use crate::access::{ActionTag, Decision, Permit, Resource, act};
use crate::audit::Outcome;
use crate::identity::jobs::SETTLE_RESET;
use crate::identity::model::invitation::DEFAULT_LIFETIME;
use crate::identity::model::reset::{APPROVAL_WITHIN, DELAY, FactorReset, Lost, ResetState, VerifiedBy};
use crate::identity::model::sign_in::EndReason;
use crate::identity::secrets::digest_of;
use crate::identity::store::{self, Invitation, NewReset, ResetStep};
use crate::identity::{AccountState, Identity, InvitationCode};
use crate::jobs::NewJob;
use crate::kernel::ids::{AccountId, FactorResetId};
use crate::kernel::page::Cursor;
use crate::kernel::states::wrong_state;
use crate::kernel::{Code, Error, Page, PageRequest, Problem, Result};
use crate::op::{Op, Tx};

use super::factors::{NO_FACTOR, not_good};
use super::invitations::{Invited, nowhere};

/// A reset of this account is under way already.
pub const RESET_UNDER_WAY: Code = Code::ResetUnderWay;
/// No reset of this account is under way.
pub const NO_RESET: Code = Code::NoReset;
/// The account has something to sign in with.
pub const NO_CODE_NEEDED: Code = Code::NoCodeNeeded;

/// Asks for a reset of somebody's account. Who has no passphrase has lost everything with their factors.
pub async fn request_reset(op: &Op, account: AccountId, lost: Lost, verified_by: VerifiedBy) -> Result<FactorReset> {
    let by = op.principal().account.ok_or(Error::Unauthenticated)?;
    op.write(|tx| async move {
        let (conn, now) = (tx.conn()?, tx.now());
        let permit = tx.allow::<act::RequestReset>(store::account_facts(conn, account).await?)?;
        let lost = really_lost(&tx, account, lost).await?;
        let under_way =
            || Problem::at(RESET_UNDER_WAY, "input.accountId", "A reset of this account is under way already.");
        if let Some(old) = store::open_reset(conn, account, now).await? {
            if old.state.is_open() {
                return Err(under_way().into());
            }
            let from = (old.id, ResetState::Requested);
            store::step_reset(conn, permit.decision(), from, ResetStep::Lapse, now).await?;
        }
        let new = NewReset { id: tx.make_id(), lost, verified_by, by, now };
        let stored = store::insert_reset(conn, &permit, &new).await;
        stored.map_err(|error| error.explain("one_open_factor_reset", under_way()))?;
        tx.enqueue(settling(new.id, now + APPROVAL_WITHIN)).await?;
        tx.named(permit.decision(), [new.id]);
        load(&tx, new.id).await
    })
    .await
}

/// What is to be taken from the account; refuses when there is nothing.
async fn really_lost(tx: &Tx, account: AccountId, lost: Lost) -> Result<Lost> {
    let conn = tx.conn()?;
    let who = store::credential_by_id(conn, account).await?.ok_or(Error::NotFound)?;
    if who.state != AccountState::Active {
        return Err(wrong_state("account", (who.state.as_str(), "reset"), "input.accountId").into());
    }
    let keys = store::keys_of(conn, account).await?;
    match (lost, who.hash) {
        (Lost::Factors, Some(_)) if keys.is_empty() => {
            Err(Problem::at(NO_FACTOR, "input.lost", "This account has no second factor.").into())
        }
        (Lost::Factors, Some(_)) => Ok(Lost::Factors),
        (Lost::Factors, None) | (Lost::Everything, _) => Ok(Lost::Everything),
    }
}

/// Approves a reset that somebody else asked for. It is done a day later.
pub async fn approve_reset(op: &Op, id: FactorResetId) -> Result<FactorReset> {
    let by = op.principal().account.ok_or(Error::Unauthenticated)?;
    op.write(|tx| async move {
        let (permit, reset) = found::<act::ApproveReset>(&tx, id).await?;
        let due = tx.now() + DELAY;
        step(&tx, permit.decision(), &reset, ResetState::Approved, ResetStep::Approve { by, due }).await?;
        tx.enqueue(settling(id, due)).await?;
        load(&tx, id).await
    })
    .await
}

/// Stops a reset: for its owner, who is not told who asked for it, and for the staff who may ask for one or approve it.
pub async fn stop_reset(op: &Op, id: FactorResetId) -> Result<()> {
    let by = op.principal().account;
    op.write(|tx| async move {
        let (permit, reset) = found::<act::StopReset>(&tx, id).await?;
        step(&tx, permit.decision(), &reset, ResetState::Stopped, ResetStep::Stop { by }).await
    })
    .await
}

impl Identity {
    /// Stops the reset of the account whose second factor is being asked for: its owner showed the passphrase and sees that
    /// somebody wants their factors gone. The challenge stays as it is.
    pub async fn stop_reset_at_challenge(&self, op: &Op, token: &SecretString) -> Result<()> {
        let (hash, now) = (&digest_of(token.expose_secret()), op.now());
        let open =
            op.core().db.read(|conn| async move { store::open_challenge(&conn, hash.clone(), now).await }).await?;
        match open {
            Some(_) => self.throttle.count(Some(token.expose_secret()), None)?,
            None => self.throttle.count(None, op.origin().source.as_deref())?,
        }
        op.write(|tx| async move {
            let permit = tx.allow::<act::StopResetAtSignIn>(Some(Resource::system()))?;
            let (decision, conn) = (permit.decision(), tx.conn()?);
            let asked = store::open_challenge(conn, hash.clone(), tx.now()).await?;
            let Some(account) = asked.and_then(|row| row.account) else {
                tx.deny(decision, Outcome::Denied);
                return Err(not_good("input.challenge"));
            };
            let place = store::first_programme(conn, account).await?;
            let Some(reset) = store::open_reset(conn, account, tx.now()).await?.filter(|it| it.state.is_open()) else {
                tx.deny_in(decision, Outcome::Denied, Some(account), place);
                return Err(Problem::at(NO_RESET, "input.challenge", "There is nothing to stop.").into());
            };
            tx.file_under(decision, place);
            tx.named(decision, [account]);
            let stop = ResetStep::Stop { by: Some(account) };
            step(&tx, decision, &reset, ResetState::Stopped, stop).await
        })
        .await
    }
}

/// Resets, newest first: those of a programme's families and mentors for its coordinators and leads, those of staff for
/// administrators.
pub async fn resets(op: &Op, request: PageRequest) -> Result<Page<(Cursor, FactorReset)>> {
    op.read(|tx| async move {
        let place = tx.principal().programme.map_or_else(nowhere, Resource::programme);
        let scope = tx.scope::<act::ListResets>(place)?;
        let page = store::resets(tx.conn()?, &scope, request, tx.now()).await?;
        tx.named(scope.decision(), page.items.iter().map(|(_, reset)| reset.id));
        Ok(page)
    })
    .await
}

/// A code for whoever has nothing to sign in with after a reset, in place of the one before. It is told by phone.
pub async fn make_entry_code(op: &Op, id: FactorResetId) -> Result<Invited> {
    op.write(|tx| async move {
        let (permit, reset) = found::<act::MakeEntryCode>(&tx, id).await?;
        let (conn, now, account) = (tx.conn()?, tx.now(), reset.account);
        if reset.state != ResetState::Done {
            return Err(Problem::at(Code::WrongState, "input.id", "This reset is not done.").into());
        }
        if !has_nothing(&tx, account).await? {
            let said = "This account has something to sign in with.";
            return Err(Problem::at(NO_CODE_NEEDED, "input.id", said).into());
        }
        let roles = store::roles_of(conn, account).await?;
        for held in &roles {
            store::revoke_open_invitations(conn, account, held.role, now).await?;
        }
        // Whoever needs more than a passphrase in any role is asked for as much as that one.
        let most = roles.iter().find(|held| held.role.needs_second_factor()).or(roles.first());
        let held = most.ok_or(Error::NotFound)?;
        let code = InvitationCode::generate(tx.op().core().entropy.as_ref());
        let new = Invitation {
            id: tx.make_id(),
            account,
            role: held.role,
            by: tx.principal().account,
            programme: held.programme,
            created_at: now,
            expires_at: now + DEFAULT_LIFETIME,
            used: false,
            revoked: false,
        };
        store::insert_invitation(conn, &new, digest_of(code.canonical())).await?;
        tx.named(permit.decision(), [new.id]);
        Ok(Invited { account, invitation: new.id, code: code.spoken(), expires_at: new.expires_at })
    })
    .await
}

/// Whether an account has neither a passphrase nor a factor: only a new code lets its owner in.
pub(super) async fn has_nothing(tx: &Tx, account: AccountId) -> Result<bool> {
    let who = store::credential_by_id(tx.conn()?, account).await?;
    let no_passphrase = who.is_some_and(|who| who.hash.is_none());
    Ok(no_passphrase && store::keys_of(tx.conn()?, account).await?.is_empty())
}

/// Does what is due about a reset, if anything is: notes that nobody approved it in time, or takes what was lost. Safe to run
/// twice.
pub async fn settle_reset(op: &Op, id: FactorResetId) -> Result<()> {
    op.write(|tx| async move {
        let permit = tx.allow::<act::RunJob>(Some(Resource::system()))?;
        let (decision, now) = (permit.decision(), tx.now());
        let Some(reset) = store::reset(tx.conn()?, id, now).await? else { return Ok(()) };
        tx.file_under(decision, reset.programme);
        match reset.state {
            ResetState::Lapsed if reset.ended_by.is_none() => {
                let from = (id, ResetState::Requested);
                store::step_reset(tx.conn()?, decision, from, ResetStep::Lapse, now).await.map(|_| ())
            }
            ResetState::Approved if reset.due_at.is_some_and(|due| due <= now) => finish(&tx, decision, &reset).await,
            _ => Ok(()),
        }
    })
    .await
}

async fn finish(tx: &Tx, decision: &Decision, reset: &FactorReset) -> Result<()> {
    let (conn, now, account) = (tx.conn()?, tx.now(), reset.account);
    if store::account_state(conn, account).await? == Some(AccountState::Closed) {
        return step(tx, decision, reset, ResetState::Stopped, ResetStep::Stop { by: None }).await;
    }
    step(tx, decision, reset, ResetState::Done, ResetStep::Finish).await?;
    store::end_sign_ins(conn, account, None, EndReason::Reset, now).await?;
    store::void_challenges(conn, account, now).await?;
    store::void_recovery(conn, account).await?;
    store::remove_factors(conn, account).await?;
    store::forget_tries(conn, account).await?;
    if reset.lost == Lost::Everything {
        store::remove_passphrase(conn, account, now).await?;
    }
    tx.named(decision, [account]);
    super::cut(tx, account);
    Ok(())
}

/// Takes the step, or refuses it: when the table does not allow it, and when somebody was faster.
async fn step(tx: &Tx, decision: &Decision, reset: &FactorReset, to: ResetState, step: ResetStep) -> Result<()> {
    reset.state.check(to, "input.id")?;
    tx.named(decision, [reset.id]);
    if store::step_reset(tx.conn()?, decision, (reset.id, reset.state), step, tx.now()).await? {
        return Ok(());
    }
    Err(Problem::at(Code::WrongState, "input.id", "Somebody changed this in the meantime. Look again.").into())
}

/// The reset, for whoever may do `A` to the account that it is about. Who asked for it is the one who holds it.
async fn found<A: ActionTag>(tx: &Tx, id: FactorResetId) -> Result<(Permit<A>, FactorReset)> {
    let found = store::reset(tx.conn()?, id, tx.now()).await?;
    let facts = match &found {
        Some(reset) => {
            store::account_facts(tx.conn()?, reset.account).await?.map(|facts| facts.held_by(Some(reset.requested_by)))
        }
        None => None,
    };
    let permit = tx.allow::<A>(facts)?;
    Ok((permit, found.ok_or(Error::NotFound)?))
}

async fn load(tx: &Tx, id: FactorResetId) -> Result<FactorReset> {
    store::reset(tx.conn()?, id, tx.now()).await?.ok_or(Error::NotFound)
}

fn settling(id: FactorResetId, run_at: jiff::Timestamp) -> NewJob {
    NewJob { kind: SETTLE_RESET, payload: json!({ "reset": id }), run_at, unique_key: None }
}
