//! Giving and taking roles.

use crate::access::{Resource, act};
use crate::identity::model::sign_in::EndReason;
use crate::identity::store::{self, HeldRole};
use crate::identity::{Account, Role};
use crate::kernel::ids::{AccountId, ProgrammeId, RoleId};
use crate::kernel::{Check, Code, Error, Problem, Result};
use crate::op::{Op, Tx};

use super::accounts::shut_out;

/// The person holds this role already.
pub const ROLE_HELD: Code = Code::RoleHeld;
/// The person could judge themself then: they are in the programme already in a role that must stay apart from this one.
pub const ROLE_CONFLICT: Code = Code::RoleConflict;
/// Nobody else could keep accounts and programmes then.
pub const LAST_ADMINISTRATOR: Code = Code::LastAdministrator;

/// Gives a person who has an account a staff role in a further programme, or makes them an administrator, who has none.
/// Administrators only, and never for themselves.
pub async fn grant_role(op: &Op, account: AccountId, programme: Option<ProgrammeId>, role: Role) -> Result<Account> {
    let mut check = Check::new();
    check.ensure(role.is_staff(), Code::Invalid, "input.role", "Choose a role of staff.");
    let placed = !role.is_staff() || role.is_in_programme() == programme.is_some();
    let said = if programme.is_some() { "An administrator has no programme." } else { "Name the programme." };
    check.ensure(placed, Code::Invalid, "input.programmeId", said);
    check.done()?;
    op.write(|tx| async move {
        let conn = tx.conn()?;
        let facts = concerning(store::account_facts(conn, account).await?, programme);
        let permit = tx.allow::<act::ChangeRole>(facts)?;
        if let Some(programme) = programme {
            tx.allow::<act::ReadProgramme>(store::programme_facts(conn, programme).await?)?;
            apart(role, store::roles_of(conn, account).await?.iter().filter(|held| held.programme == Some(programme)))?;
        }
        let id: RoleId = tx.make_id();
        tx.touched(permit.decision(), &["role", role.as_str()]);
        tx.named(permit.decision(), programme.map(Into::<uuid::Uuid>::into).into_iter().chain([id.uuid()]));
        let held = HeldRole { id, account, role, programme, family: None, mentor: None };
        store::insert_role(conn, &held, tx.now()).await.map_err(|error| {
            error.explain("role_active", Problem::at(ROLE_HELD, "input.role", "They hold this role already."))
        })?;
        store::load_account(conn, permit.decision()).await
    })
    .await
}

/// Takes a role away. Whoever acts in it is out at once: their sign-ins in it end and their sockets close. A caregiver's or
/// mentor's role comes back by a new invitation only; to shut somebody out for a while, suspend them.
pub async fn revoke_role(op: &Op, id: RoleId) -> Result<Account> {
    op.write(|tx| async move {
        let (conn, now) = (tx.conn()?, tx.now());
        let found = store::role(conn, id).await?;
        let facts = match &found {
            Some(held) => concerning(store::account_facts(conn, held.account).await?, held.programme),
            None => None,
        };
        let permit = tx.allow::<act::ChangeRole>(facts)?;
        let held = found.ok_or(Error::NotFound)?;
        another_stays(&tx, &held).await?;
        store::revoke_role(conn, id, now).await?;
        store::end_role_sign_ins(conn, id, EndReason::RoleRevoked, now).await?;
        super::cut(&tx, held.account);
        shut_out(&tx, std::slice::from_ref(&held)).await?;
        tx.touched(permit.decision(), &["role", held.role.as_str()]);
        tx.named(permit.decision(), [id]);
        store::load_account(conn, permit.decision()).await
    })
    .await
}

/// The facts about an account for the sake of one role: its entry belongs to that role's programme, wherever else the
/// account has roles; for an administrator's role to none.
fn concerning(facts: Option<Resource>, programme: Option<ProgrammeId>) -> Option<Resource> {
    facts.map(|facts| Resource { programme, ..facts })
}

/// Keeps apart, within one programme, those who are judged and those who judge: a caregiver or mentor is no staff there, and
/// who audits does nothing that is audited.
fn apart<'a>(role: Role, held: impl Iterator<Item = &'a HeldRole>) -> Result<()> {
    let judged = |other: Role| matches!(other, Role::FamilyMember | Role::Mentor);
    let acts = |other: Role| matches!(other, Role::Coordinator | Role::SafeguardingLead);
    for HeldRole { role: other, .. } in held {
        let said = if judged(*other) {
            "They are a caregiver or mentor in this programme and must not judge their own matters."
        } else if (role == Role::Auditor && acts(*other)) || (*other == Role::Auditor && acts(role)) {
            "Whoever reads the audit log of a programme must not work in it as well."
        } else {
            continue;
        };
        return Err(Problem::at(ROLE_CONFLICT, "input.role", said).into());
    }
    Ok(())
}

async fn another_stays(tx: &Tx, held: &HeldRole) -> Result<()> {
    if held.role != Role::Administrator || store::other_administrators(tx.conn()?, held.id).await? > 0 {
        return Ok(());
    }
    let said = "This is the last administrator. Make somebody else one first.";
    Err(Problem::at(LAST_ADMINISTRATOR, "input.roleId", said).into())
}
