//! What caregivers may do for their family, and how they hand it on.
//!
//! The first caregiver holds every right. One who may delegate adds another, never with more than they hold themself,
//! changes it later and takes it away; somebody who may delegate always stays. Staff see all of it and take rights away
//! for safety, never give them. What is taken away acts at once: the next question is decided on the rights of that
//! moment, and the open sockets of the account are closed.

use super::model::record::{FAMILY_FULL, MAX_MEMBERS};
use super::model::rights::{
    CaregiverRights, Chooser, InviteCaregiver, LAST_DELEGATOR, RIGHTS_TOO_WIDE, RestrictCaregiver, Restriction,
    SetCaregiverRights,
};
use super::service::{self, InvitedFamilyMember};
use super::store::{self, Present};
use crate::access::{ActionTag, Permit, Resource, act};
use crate::identity::{self, Invitee, Role};
use crate::kernel::ids::{AccountId, FamilyId, MemberId};
use crate::kernel::{Error, Page, PageRequest, Problem, Result, Right, Rights};
use crate::op::{Op, Tx};
use crate::ties;

/// Adds a caregiver to the caller's own family, with chosen rights: for a caregiver who may delegate. The code is told by
/// them.
pub async fn invite_caregiver(op: &Op, input: InviteCaregiver) -> Result<InvitedFamilyMember> {
    let (input, rights) = input.check()?;
    let input = &input;
    op.write(|tx| async move {
        let family = tx.principal().family.ok_or_else(|| tx.refused::<act::InviteCaregiver>())?;
        let permit = tx.allow::<act::InviteCaregiver>(store::facts(&tx, family).await?)?;
        chooser(&tx, permit.resource(), None).may_choose(Rights::NONE, rights)?;
        if store::count_members(&tx, &permit).await? >= MAX_MEMBERS {
            return Err(Problem::at(FAMILY_FULL, "input", "Your family has too many caregivers already.").into());
        }
        let caregiver = Invitee {
            programme: permit.resource().programme,
            role: Role::FamilyMember,
            family: Some(family),
            mentor: None,
            first_name: input.first_name.clone(),
        };
        let invited = identity::invite(&tx, permit.decision(), caregiver).await?;
        let member = store::add_member(&tx, &permit, invited.account, (input.relation, rights)).await?;
        tx.named(permit.decision(), [member]);
        tx.touched(permit.decision(), &["members", "rights"]);
        Ok(InvitedFamilyMember { family: service::load(&tx, &permit).await?, invited })
    })
    .await
}

/// Chooses what a caregiver may do: for a caregiver of the same family who may delegate.
pub async fn set_caregiver_rights(op: &Op, input: SetCaregiverRights) -> Result<CaregiverRights> {
    let rights = input.check()?;
    op.write(|tx| async move {
        let (permit, present) = about::<act::SetRights>(&tx, input.member).await?;
        chooser(&tx, permit.resource(), Some(present.account)).may_choose(present.rights, rights)?;
        if !rights.has(Right::Delegate) {
            another_stays(&tx, &permit, &present).await?;
        }
        change(&tx, &permit, &present, rights).await
    })
    .await
}

/// Removes a caregiver from their family: for a caregiver of the same family who may delegate, and for everybody
/// themself. At once they have no part in it: an unused code is dead, their sign-ins end. Gives the membership.
pub async fn remove_caregiver(op: &Op, member: MemberId) -> Result<MemberId> {
    op.write(|tx| async move {
        let (permit, present) = about::<act::RemoveCaregiver>(&tx, member).await?;
        another_stays(&tx, &permit, &present).await?;
        store::remove_member(&tx, &permit, &present).await?;
        identity::end_family_role(&tx, permit.decision(), present.account, present.family).await?;
        tx.named(permit.decision(), [present.account.uuid(), member.uuid()]);
        tx.touched(permit.decision(), &["members"]);
        Ok(member)
    })
    .await
}

/// Takes rights of a caregiver away for safety, with a reason: for coordinators and safeguarding leads.
pub async fn restrict_caregiver(op: &Op, input: RestrictCaregiver) -> Result<CaregiverRights> {
    let (input, left) = input.check()?;
    let input = &input;
    op.write(|tx| async move {
        let (permit, present) = about::<act::RestrictCaregiver>(&tx, input.member).await?;
        if !left.beyond(present.rights).is_empty() || left == present.rights {
            let said = "Leave them less than they hold: staff take rights away, never give them.";
            return Err(Problem::at(RIGHTS_TOO_WIDE, "input.rights", said).into());
        }
        let by = tx.principal().account.ok_or(Error::Forbidden)?;
        let id = store::insert_restriction(&tx, &permit, (present.id, left), by, &input.reason).await?;
        tx.named(permit.decision(), [id]);
        change(&tx, &permit, &present, left).await
    })
    .await
}

/// What each caregiver of a family may do, who was added first comes first: for its caregivers who may delegate, and for
/// coordinators and safeguarding leads. As many as a family can have.
pub async fn caregiver_rights(op: &Op, family: FamilyId) -> Result<Vec<CaregiverRights>> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ReadRights>(store::facts(&tx, family).await?)?;
        let mut all = store::rights_of_all(&tx, &permit).await?;
        name(&tx, &permit, &mut all).await?;
        Ok(all)
    })
    .await
}

/// What staff took away in a family, and why, newest first: for coordinators and safeguarding leads.
pub async fn restrictions(op: &Op, family: FamilyId, request: PageRequest) -> Result<Page<Restriction>> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ReadRestrictions>(store::facts(&tx, family).await?)?;
        store::restrictions(&tx, &permit, request).await
    })
    .await
}

/// The permit for an act on a present caregiver; the record's owner is whom it is about.
async fn about<A: ActionTag>(tx: &Tx, member: MemberId) -> Result<(Permit<A>, Present)> {
    let found = store::present_member(tx, member).await?;
    let facts = match &found {
        Some(present) => store::facts(tx, present.family).await?.map(|facts| facts.of_account(present.account)),
        None => None,
    };
    let permit = tx.allow::<A>(facts)?;
    Ok((permit, found.ok_or(Error::NotFound)?))
}

/// Who chooses: the caller, with what they hold in the facts of the decision.
fn chooser(tx: &Tx, facts: &Resource, about: Option<AccountId>) -> Chooser {
    let own = tx.principal().account;
    let held = facts.rights.iter().find(|(account, _)| Some(*account) == own);
    Chooser { holds: held.map_or(Rights::NONE, |(_, rights)| *rights), is_self: about.is_some() && about == own }
}

/// Sees to it that somebody else who may delegate stays and stands: an invitation that nobody accepted does not count.
async fn another_stays<A: ActionTag>(tx: &Tx, permit: &Permit<A>, leaving: &Present) -> Result<()> {
    if !leaving.rights.has(Right::Delegate) {
        return Ok(());
    }
    let stand = ties::caregivers_who_stand(tx.conn()?, &[leaving.family]).await?.remove(&leaving.family);
    let others = store::other_delegators(tx, permit, leaving.id).await?;
    if stand.unwrap_or_default().iter().any(|account| others.contains(account)) {
        return Ok(());
    }
    let said = "Nobody else could add a caregiver then. Give somebody else the right first.";
    Err(Problem::at(LAST_DELEGATOR, "input.memberId", said).into())
}

async fn change<A: ActionTag>(
    tx: &Tx,
    permit: &Permit<A>,
    present: &Present,
    rights: Rights,
) -> Result<CaregiverRights> {
    store::set_rights(tx, permit, present, rights).await?;
    if !present.rights.beyond(rights).is_empty() {
        identity::cut(tx, present.account);
    }
    tx.named(permit.decision(), [present.account.uuid(), present.id.uuid()]);
    tx.touched(permit.decision(), &["rights"]);
    let (member, account) = (present.id, present.account);
    let mut changed = [CaregiverRights { member, account, first_name: String::new(), rights }];
    name(tx, permit, &mut changed).await?;
    let [changed] = changed;
    Ok(changed)
}

async fn name<A: ActionTag>(tx: &Tx, permit: &Permit<A>, all: &mut [CaregiverRights]) -> Result<()> {
    let accounts: Vec<AccountId> = all.iter().map(|one| one.account).collect();
    let mut names = identity::first_names(tx, permit.decision(), &accounts).await?;
    for one in all {
        one.first_name = names.remove(&one.account).unwrap_or_default();
    }
    Ok(())
}
