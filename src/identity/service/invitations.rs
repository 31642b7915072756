//! Invitations: how every account but none other comes to be.

use jiff::Timestamp;
use uuid::Uuid;

use crate::access::{Decision, Resource, ResourceKind, act};
use crate::identity::model::invitation::DEFAULT_LIFETIME;
use crate::identity::secrets::digest_of;
use crate::identity::store::{self, HeldRole, Invitation, NewAccount};
use crate::identity::{AccountState, InvitationCode, Role, sign_in_name};
use crate::kernel::ids::{AccountId, FamilyId, InvitationId, MentorId, ProgrammeId};
use crate::kernel::page::Cursor;
use crate::kernel::{Check, Code, Error, Page, PageRequest, Problem, Result};
use crate::op::{Op, Tx};

/// There is an administrator already; they invite the next ones.
pub const ALREADY_BOOTSTRAPPED: Code = Code::AlreadyBootstrapped;

/// Who is to be invited.
#[derive(Debug, Clone)]
pub struct Invitee {
    /// The programme; none for an administrator.
    pub programme: Option<ProgrammeId>,
    /// What they will be.
    pub role: Role,
    /// The family of a caregiver.
    pub family: Option<FamilyId>,
    /// The record of a mentor.
    pub mentor: Option<MentorId>,
    /// Their first name, checked by the caller: one line of 1 to 60 characters.
    pub first_name: String,
}

/// An invitation that was just made. The code is told now, by phone, and never again.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The account, in the state `invited` until the code is used.
    pub account: AccountId,
    /// The invitation.
    pub invitation: InvitationId,
    /// The code, in the form that is read out.
    pub code: String,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// Makes an account in the state `invited`, its role, and the invitation that opens it. The decision is the permit of the
/// use case that invites.
pub async fn invite(tx: &Tx, decision: &Decision, invitee: Invitee) -> Result<Invited> {
    let (conn, now, entropy) = (tx.conn()?, tx.now(), &tx.op().core().entropy);
    let account: AccountId = tx.make_id();
    let mut name = sign_in_name(entropy.as_ref());
    while store::sign_in_name_taken(conn, &name).await? {
        name = sign_in_name(entropy.as_ref());
    }
    let first_name_sealed = tx.seal(store::first_name_place(account), &invitee.first_name)?;
    store::insert_account(conn, NewAccount { id: account, sign_in_name: &name, first_name_sealed, now }).await?;
    let role = HeldRole {
        id: tx.make_id(),
        account,
        role: invitee.role,
        programme: invitee.programme,
        family: invitee.family,
        mentor: invitee.mentor,
    };
    store::insert_role(conn, &role, now).await?;
    let code = InvitationCode::generate(entropy.as_ref());
    let new = Invitation {
        id: tx.make_id(),
        account,
        role: invitee.role,
        by: tx.principal().account,
        programme: invitee.programme,
        created_at: now,
        expires_at: now + DEFAULT_LIFETIME,
        used: false,
        revoked: false,
    };
    store::insert_invitation(conn, &new, digest_of(code.canonical())).await?;
    tx.named(decision, [account.uuid(), new.id.uuid()]);
    Ok(Invited { account, invitation: new.id, code: code.spoken(), expires_at: new.expires_at })
}

/// Makes the first administrator's invitation. Only the command line may, and only while there is no administrator.
pub async fn bootstrap(op: &Op, first_name: &str) -> Result<Invited> {
    let mut check = Check::new();
    let first_name = check.first_name("first_name", first_name);
    check.done()?;
    let first_name = &first_name;
    op.write(|tx| async move {
        let permit = tx.allow::<act::Bootstrap>(Some(Resource::system()))?;
        if store::administrator_exists(tx.conn()?).await? {
            return Err(Problem::of_the_whole(ALREADY_BOOTSTRAPPED, "There is an administrator already.").into());
        }
        // Of several codes only the latest one is good: the others may lie about anywhere.
        for account in store::take_back_bootstraps(tx.conn()?, tx.now()).await? {
            store::set_account_state(tx.conn()?, account, AccountState::Closed, tx.now()).await?;
            tx.named(permit.decision(), [account]);
        }
        let role = Role::Administrator;
        let invitee = Invitee { programme: None, role, family: None, mentor: None, first_name: first_name.clone() };
        invite(&tx, permit.decision(), invitee).await
    })
    .await
}

/// A member of staff to be invited.
#[derive(Debug, Clone)]
pub struct StaffInvitation {
    /// The programme they will work in.
    pub programme: ProgrammeId,
    /// Coordinator, safeguarding lead or auditor.
    pub role: Role,
    /// Their first name: 1 to 60 characters.
    pub first_name: String,
}

fn staff_role(check: &mut Check, role: Role) {
    let staff = matches!(role, Role::Coordinator | Role::SafeguardingLead | Role::Auditor);
    check.ensure(staff, Code::Invalid, "input.role", "Choose coordinator, safeguarding lead or auditor.");
}

/// Invites a member of staff into a programme. Administrators only.
pub async fn invite_staff(op: &Op, input: StaffInvitation) -> Result<Invited> {
    let mut check = Check::new();
    let first_name = check.first_name("input.firstName", &input.first_name);
    staff_role(&mut check, input.role);
    check.done()?;
    let (programme, role, first_name) = (input.programme, input.role, &first_name);
    op.write(|tx| async move {
        let permit = tx.allow::<act::InviteStaff>(store::programme_facts(tx.conn()?, programme).await?)?;
        let (programme, first_name) = (Some(programme), first_name.clone());
        invite(&tx, permit.decision(), Invitee { programme, role, family: None, mentor: None, first_name }).await
    })
    .await
}

/// Takes an unused invitation back; its account is closed.
pub async fn revoke_invitation(op: &Op, id: InvitationId) -> Result<Invitation> {
    op.write(|tx| async move {
        let conn = tx.conn()?;
        let found = store::invitation(conn, id).await?;
        let place = found.as_ref().map(|invitation| invitation.programme.map_or_else(nowhere, Resource::programme));
        let permit = tx.allow::<act::RevokeInvitation>(place)?;
        let invitation = found.ok_or(Error::NotFound)?;
        if invitation.used || invitation.revoked {
            return Err(Problem::at(Code::WrongState, "input.id", "It was used or taken back already.").into());
        }
        store::revoke_invitation(conn, id, tx.now()).await?;
        // An account that was in use before its owner lost everything stays as it is.
        if store::account_state(conn, invitation.account).await? == Some(AccountState::Invited) {
            store::set_account_state(conn, invitation.account, AccountState::Closed, tx.now()).await?;
        }
        tx.named(permit.decision(), [id]);
        Ok(Invitation { revoked: true, ..invitation })
    })
    .await
}

/// The place of invitations that belong to no programme: those of administrators.
pub(super) fn nowhere() -> Resource {
    Resource::new(ResourceKind::Programme, Uuid::nil())
}

/// The open invitations of a programme, newest first: of the caller's own, or of the one that an administrator names. An
/// administrator who names none gets those of administrators, which belong to no programme.
pub async fn invitations(
    op: &Op,
    programme: Option<ProgrammeId>,
    request: PageRequest,
) -> Result<Page<(Cursor, Invitation)>> {
    op.read(|tx| async move {
        let place = match programme {
            Some(id) => {
                let found = store::programme_facts(tx.conn()?, id).await?;
                found.ok_or_else(|| tx.missing::<act::ListInvitations>())?
            }
            None => tx.principal().programme.map_or_else(nowhere, Resource::programme),
        };
        let scope = tx.scope::<act::ListInvitations>(place)?;
        let page = store::invitations(tx.conn()?, &scope, request).await?;
        tx.named(scope.decision(), page.items.iter().map(|(_, invitation)| invitation.id));
        Ok(page)
    })
    .await
}
