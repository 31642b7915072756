//! The use cases of families.

use super::model::plan::SafeContactPlan;
use super::model::record::{FAMILY_FULL, Family, InviteFamilyMember, MAX_MEMBERS, Plan, UpdateFamily};
use super::store;
use crate::access::{ActionTag, Decision, Permit, PrincipalKind, act};
use crate::identity::{self, Invited, Invitee, Role};
use crate::kernel::ids::{AccountId, FamilyId};
use crate::kernel::{
    Check, Code, Error, KeysDraft, MatchingKeys, Page, PageRequest, Problem, Result, Rights, Visible, zone,
};
use crate::op::{Each, Op, Tx};
use crate::ties;

/// An invitation that was just made. The code is told once and never stored.
#[derive(Debug, Clone)]
pub struct InvitedFamilyMember {
    /// The family that the caregiver belongs to.
    pub family: Family,
    /// The invitation with its code, to be told to the caregiver.
    pub invited: Invited,
}

/// Invites a caregiver, to a new family or to one of the programme's. Coordinators may, in their own programme. Refused
/// when the family is unknown there or has as many caregivers as one can have.
pub async fn invite_family_member(op: &Op, input: InviteFamilyMember) -> Result<InvitedFamilyMember> {
    let input = input.check()?;
    let input = &input;
    op.write(|tx| async move {
        let permit = tx.allow::<act::InviteFamilyMember>(Some(tx.own_programme::<act::InviteFamilyMember>()?))?;
        let family = if let Some(id) = input.family {
            id
        } else {
            let (zone, languages) = (input.zone.as_deref(), input.languages.as_deref());
            store::insert(&tx, &permit, zone.unwrap_or_default(), languages.unwrap_or_default()).await?
        };
        let of_family = tx.allow::<act::UpdateFamily>(store::facts(&tx, family).await?).map_err(unknown_family)?;
        if store::count_members(&tx, &of_family).await? >= MAX_MEMBERS {
            return Err(
                Problem::at(FAMILY_FULL, "input.familyId", "This family has too many caregivers already.").into()
            );
        }
        let caregiver = Invitee {
            programme: permit.resource().programme,
            role: Role::FamilyMember,
            family: Some(family),
            mentor: None,
            first_name: input.first_name.clone(),
        };
        let invited = identity::invite(&tx, permit.decision(), caregiver).await?;
        let rights = input.rights.as_ref().map_or(Rights::ALL, |some| some.iter().copied().collect());
        store::add_member(&tx, &of_family, invited.account, (input.relation, rights)).await?;
        tx.named(permit.decision(), [family.uuid(), invited.account.uuid(), invited.invitation.uuid()]);
        tx.touched(of_family.decision(), &["members"]);
        Ok(InvitedFamilyMember { family: load(&tx, &of_family).await?, invited })
    })
    .await
}

pub(super) async fn load<A: ActionTag>(tx: &Tx, permit: &Permit<A>) -> Result<Family> {
    let mut family = store::load(tx, permit).await?;
    name(tx, permit.decision(), std::slice::from_mut(&mut family)).await?;
    Ok(family)
}

/// Adds the caregivers' first names: one question for any number of families.
async fn name(tx: &Tx, decision: &Decision, families: &mut [Family]) -> Result<()> {
    let accounts: Vec<AccountId> = families.iter().flat_map(|family| &family.members).map(|m| m.account).collect();
    let mut names = identity::first_names(tx, decision, &accounts).await?;
    for member in families.iter_mut().flat_map(|family| &mut family.members) {
        member.first_name = names.remove(&member.account).unwrap_or_default();
    }
    Ok(())
}

/// A family that the coordinator cannot see is, as a reference in an input, an unknown one.
fn unknown_family(error: Error) -> Error {
    match error {
        Error::NotFound => {
            Problem::at(Code::UnknownReference, "input.familyId", "This names nothing that you can see.").into()
        }
        other => other,
    }
}

/// One page of the programme's families, newest first. Coordinators and safeguarding leads may.
pub async fn list_families(op: &Op, request: PageRequest) -> Result<Page<Family>> {
    op.read(|tx| async move {
        let scope = tx.scope::<act::ListFamilies>(tx.own_programme::<act::ListFamilies>()?)?;
        let mut page = store::page(&tx, &scope, request).await?;
        name(&tx, scope.decision(), &mut page.items).await?;
        tx.named(scope.decision(), page.items.iter().map(|family| family.id));
        Ok(page)
    })
    .await
}

/// One family in broad terms: its caregivers, its programme's coordinators and leads, and the mentor it has now, who sees
/// less.
pub async fn family(op: &Op, id: FamilyId) -> Result<Family> {
    op.read(|tx| async move { read(&tx, id).await }).await
}

/// The family that the caller is a caregiver of; "forbidden" for everybody else.
pub async fn my_family(op: &Op) -> Result<Family> {
    op.read(|tx| async move {
        let id = tx.principal().family.ok_or_else(|| tx.refused::<act::ReadFamily>())?;
        read(&tx, id).await
    })
    .await
}

async fn read(tx: &Tx, id: FamilyId) -> Result<Family> {
    let permit = tx.allow::<act::ReadFamily>(store::facts(tx, id).await?)?;
    let mut family = store::load(tx, &permit).await?;
    if tx.principal().kind == PrincipalKind::Mentor {
        let standing = ties::caregivers_who_stand(tx.conn()?, &[id]).await?.remove(&id).unwrap_or_default();
        family = family.for_mentor(&standing);
    }
    name(tx, permit.decision(), std::slice::from_mut(&mut family)).await?;
    Ok(family)
}

/// What these families told in confidence: for themselves, coordinators and leads.
pub async fn circumstances(op: &Op, ids: &[FamilyId]) -> Result<Each<FamilyId, Visible<Option<String>>>> {
    op.read(|tx| async move {
        let decided = tx.allow_each::<act::ReadCircumstances, _, _>(ids, store::facts_of(&tx, ids).await?);
        let told = store::circumstances(&tx, &decided.permits).await?;
        Ok(decided.visible(&tx, told))
    })
    .await
}

/// How it is safe to reach these families: for themselves, coordinators and leads.
pub async fn plans(op: &Op, ids: &[FamilyId]) -> Result<Each<FamilyId, Visible<Option<Plan>>>> {
    op.read(|tx| async move {
        let decided = tx.allow_each::<act::ReadSafeContactPlan, _, _>(ids, store::facts_of(&tx, ids).await?);
        let plans = store::plans(&tx, &decided.permits).await?;
        Ok(decided.visible(&tx, plans))
    })
    .await
}

/// Changes a family's record: the family itself, or a coordinator. Refused when somebody else changed it meanwhile.
pub async fn update_family(op: &Op, id: FamilyId, input: UpdateFamily) -> Result<Family> {
    let input = input.check()?;
    let input = &input;
    op.write(|tx| async move {
        let permit = tx.allow::<act::UpdateFamily>(store::facts(&tx, id).await?)?;
        let present = store::version(&tx, &permit).await?;
        check_version(input.version, present)?;
        store::update(&tx, &permit, input, present).await?;
        tx.touched(permit.decision(), &input.fields());
        load(&tx, &permit).await
    })
    .await
}

/// The keys that keep these families apart from mentors of their case or town, for coordinators.
pub async fn family_keys(op: &Op, ids: &[FamilyId]) -> Result<Each<FamilyId, Visible<MatchingKeys>>> {
    op.read(|tx| async move {
        let decided = tx.allow_each::<act::ReadFamilyKeys, _, _>(ids, store::facts_of(&tx, ids).await?);
        let keys = store::keys_of(&tx, &decided.permits).await?;
        Ok(decided.visible(&tx, keys))
    })
    .await
}

/// Sets the keys that keep a family apart from mentors of its case or town. Coordinators may. Refused when somebody else
/// changed the record meanwhile.
pub async fn set_family_keys(op: &Op, id: FamilyId, keys: KeysDraft, version: Option<i32>) -> Result<Family> {
    let change = &keys.check()?;
    op.write(|tx| async move {
        let permit = tx.allow::<act::SetFamilyKeys>(store::facts(&tx, id).await?)?;
        let (present, on_record) = store::keys(&tx, &permit).await?;
        check_version(version, on_record)?;
        store::set_keys(&tx, &permit, &change.apply(present), on_record).await?;
        tx.touched(permit.decision(), &["matchingKeys"]);
        load(&tx, &permit).await
    })
    .await
}

/// How it is safe to reach a family: for itself, coordinators and leads. `None` when nothing was said yet.
pub async fn safe_contact_plan(op: &Op, id: FamilyId) -> Result<Option<Plan>> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ReadSafeContactPlan>(store::facts(&tx, id).await?)?;
        store::load_plan(&tx, &permit).await
    })
    .await
}

/// Sets how it is safe to reach a family: the family itself, or a coordinator on the phone with them. Refused when
/// somebody else set it meanwhile.
pub async fn set_safe_contact_plan(op: &Op, id: FamilyId, plan: SafeContactPlan, version: Option<i32>) -> Result<Plan> {
    let mut check = Check::new();
    let plan = plan.validated(&mut check, "input", |name| zone::zone(name).is_some());
    check.done()?;
    let plan = &plan;
    op.write(|tx| async move {
        let permit = tx.allow::<act::SetSafeContactPlan>(store::facts(&tx, id).await?)?;
        let present = store::load_plan(&tx, &permit).await?.map_or(0, |plan| plan.version);
        // Written blind, it could undo what keeps somebody safe.
        if present > 0 && version.is_none() {
            let said = "There is a plan already. Read it, and send its version.";
            return Err(Problem::at(Code::Required, "input.version", said).into());
        }
        check_version(version, present)?;
        store::set_plan(&tx, &permit, plan, present).await?;
        tx.touched(permit.decision(), &["zone", "windows", "channel", "details"]);
        store::load_plan(&tx, &permit).await?.ok_or(Error::NotFound)
    })
    .await
}

fn check_version(expected: Option<i32>, present: i32) -> Result<()> {
    if expected.is_some_and(|version| version != present) {
        let message = "Somebody else changed this since you read it. Look again.";
        return Err(Problem::at(Code::Stale, "input.version", message).into());
    }
    Ok(())
}
