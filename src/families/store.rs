//! The queries of families. Data leaves only for a permit or a scope.

mod marks;
mod rights;

use std::collections::HashMap;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entity::{family, member, plan};
use super::model::plan::{ContactChannel, ContactWindow, SafeContactPlan};
use super::model::record::{Family, Member, Plan, UpdateFamily};
use crate::access::{ActionTag, Permit, Reach, Resource, ResourceKind, Scope, act};
use crate::db::{At, Order};
use crate::kernel::ids::{AccountId, FamilyId, MemberId, MentorId, ProgrammeId};
use crate::kernel::terms::CaregiverRole;
use crate::kernel::{Error, MatchingKeys, Page, PageRequest, Place, Result, Rights};
use crate::op::Tx;
use crate::ties;

pub(super) use marks::{insert_lift, insert_mark, mark, marks};
pub(super) use rights::{
    Present, insert_restriction, other_delegators, present_member, remove_member, restrictions, rights_of_all,
    set_rights,
};

/// What the sealed column of a plan holds.
#[derive(Serialize, Deserialize)]
struct Details {
    safe_words: String,
    unsafe_notes: String,
    voicemail_ok: bool,
    text_ok: bool,
}

fn circumstances_place(id: Uuid) -> Place {
    Place::new("family", "circumstances_sealed", id)
}

fn keys_place(id: Uuid) -> Place {
    Place::new("family", "matching_keys_sealed", id)
}

fn details_place(id: Uuid) -> Place {
    Place::new("safe_contact_plan", "details_sealed", id)
}

/// The facts for decisions about a family; `None` when there is none.
pub(super) async fn facts(tx: &Tx, id: FamilyId) -> Result<Option<Resource>> {
    Ok(facts_of(tx, &[id]).await?.remove(&id))
}

/// The facts for decisions about these families: three statements for any number of them.
pub(super) async fn facts_of(tx: &Tx, ids: &[FamilyId]) -> Result<HashMap<FamilyId, Resource>> {
    let conn = tx.conn()?;
    let query = family::Entity::find().filter(family::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    let query = query.select_only().columns([family::Column::Id, family::Column::ProgrammeId]);
    let rows = query.into_tuple::<(Uuid, Uuid)>().all(conn.raw()).await?;
    let mut sides = ties::family_sides(conn, ids).await?;
    let mentors: HashMap<FamilyId, MentorId> =
        ties::of_families(conn, ids).await?.into_iter().map(|tie| (tie.family, tie.mentor)).collect();
    let facts = |(id, programme): (Uuid, Uuid)| {
        let id = FamilyId::from(id);
        let facts = Resource::new(ResourceKind::Family, id).in_programme(ProgrammeId::from(programme)).of_family(id);
        let facts = sides.remove(&id).unwrap_or_default().guard(facts);
        (id, mentors.get(&id).into_iter().fold(facts, |facts, mentor| facts.of_mentor(*mentor)))
    };
    Ok(rows.into_iter().map(facts).collect())
}

async fn row<A: ActionTag>(tx: &Tx, permit: &Permit<A>) -> Result<family::Model> {
    family::Entity::find_by_id(permit.resource().id).one(tx.conn()?.raw()).await?.ok_or(Error::NotFound)
}

/// The family of a permit.
pub(super) async fn load<A: ActionTag>(tx: &Tx, permit: &Permit<A>) -> Result<Family> {
    let row = row(tx, permit).await?;
    let family = assemble(tx, vec![row]).await?.pop().ok_or(Error::NotFound)?;
    let own = permit.resource().rights.iter().find(|(account, _)| Some(*account) == tx.principal().account);
    Ok(Family { own_rights: own.map(|(_, rights)| *rights), ..family })
}

/// One page of the families in reach, newest first.
pub(super) async fn page(tx: &Tx, scope: &Scope<act::ListFamilies>, request: PageRequest) -> Result<Page<Family>> {
    let query = match scope.reach() {
        Reach::Everything => family::Entity::find(),
        Reach::Programme(id) => family::Entity::find().filter(family::Column::ProgrammeId.eq(id.uuid())),
        Reach::Family(_) | Reach::Mentor(_) | Reach::Account(_) | Reach::Nothing => return Ok(request.page(Vec::new())),
    };
    let query = query.filter(family::Column::Id.not_in_subquery(ties::closed_to(tx.principal().account)));
    let (key, id) = (family::Column::CreatedAt, family::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    let Page { items, has_next } = request.page(rows);
    Ok(Page { items: assemble(tx, items).await?, has_next })
}

/// Adds the members to the rows: one statement for any number of families.
async fn assemble(tx: &Tx, rows: Vec<family::Model>) -> Result<Vec<Family>> {
    let ids = rows.iter().map(|row| row.id);
    let members = member::Entity::find()
        .filter(member::Column::FamilyId.is_in(ids))
        .filter(member::Column::RemovedAt.is_null())
        .order_by_asc(member::Column::AddedAt)
        .order_by_asc(member::Column::Id)
        .all(tx.conn()?.raw())
        .await?;
    let mut of_family: HashMap<Uuid, Vec<Member>> = HashMap::new();
    for row in members {
        let relation = CaregiverRole::parse(&row.relation);
        let (id, account) = (MemberId::from(row.id), AccountId::from(row.account_id));
        of_family.entry(row.family_id).or_default().push(Member { id, account, first_name: String::new(), relation });
    }
    let family = |row: family::Model| -> Result<Family> {
        Ok(Family {
            id: row.id.into(),
            members: of_family.remove(&row.id).unwrap_or_default(),
            zone: row.zone,
            languages: serde_json::from_str(&row.languages).map_err(Error::internal)?,
            created_at: row.created_at.timestamp(),
            own_rights: None,
            whole: true,
            version: row.version,
        })
    };
    rows.into_iter().map(family).collect()
}

/// The rows of these permits' families: one statement for any number of them.
async fn rows<A>(tx: &Tx, permits: &[Permit<A>]) -> Result<Vec<family::Model>> {
    let ids = permits.iter().map(|permit| permit.resource().id);
    Ok(family::Entity::find().filter(family::Column::Id.is_in(ids)).all(tx.conn()?.raw()).await?)
}

/// What these families told in confidence.
pub(super) async fn circumstances(
    tx: &Tx,
    permits: &[Permit<act::ReadCircumstances>],
) -> Result<HashMap<FamilyId, Option<String>>> {
    let told = |row: family::Model| {
        let open = |sealed: Vec<u8>| tx.open(circumstances_place(row.id), &sealed);
        Ok((row.id.into(), row.circumstances_sealed.map(open).transpose()?))
    };
    rows(tx, permits).await?.into_iter().map(told).collect()
}

fn keys_in(tx: &Tx, row: &family::Model) -> Result<MatchingKeys> {
    match &row.matching_keys_sealed {
        Some(sealed) => MatchingKeys::from_text(&tx.open(keys_place(row.id), sealed)?),
        None => Ok(MatchingKeys::default()),
    }
}

/// The keys that keep the family apart from mentors of its case or town, and the version of its record.
pub(super) async fn keys<A: ActionTag>(tx: &Tx, permit: &Permit<A>) -> Result<(MatchingKeys, i32)> {
    let row = row(tx, permit).await?;
    Ok((keys_in(tx, &row)?, row.version))
}

/// The keys of these permits' families.
pub(super) async fn keys_of(
    tx: &Tx,
    permits: &[Permit<act::ReadFamilyKeys>],
) -> Result<HashMap<FamilyId, MatchingKeys>> {
    rows(tx, permits).await?.iter().map(|row| Ok((row.id.into(), keys_in(tx, row)?))).collect()
}

/// Sets the keys; `version` is the one on record.
pub(super) async fn set_keys(
    tx: &Tx,
    permit: &Permit<act::SetFamilyKeys>,
    keys: &MatchingKeys,
    version: i32,
) -> Result<()> {
    let id = permit.resource().id;
    let text = keys.to_text()?;
    let row = family::ActiveModel {
        matching_keys_sealed: Set(text.map(|text| tx.seal(keys_place(id), &text)).transpose()?),
        updated_at: Set(At::from(tx.now())),
        version: Set(version + 1),
        ..Default::default()
    };
    family::Entity::update_many().set(row).filter(family::Column::Id.eq(id)).exec(tx.conn()?.raw()).await?;
    Ok(())
}

/// Makes a family in the programme of the permit.
pub(super) async fn insert(
    tx: &Tx,
    permit: &Permit<act::InviteFamilyMember>,
    zone: &str,
    languages: &[String],
) -> Result<FamilyId> {
    let id: FamilyId = tx.make_id();
    let row = family::ActiveModel {
        id: Set(id.uuid()),
        programme_id: Set(permit.resource().id),
        zone: Set(zone.to_owned()),
        languages: Set(serde_json::to_string(languages).map_err(Error::internal)?),
        circumstances_sealed: Set(None),
        matching_keys_sealed: Set(None),
        created_at: Set(At::from(tx.now())),
        updated_at: Set(At::from(tx.now())),
        version: Set(1),
    };
    family::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(id)
}

/// How many caregivers the family has.
pub(super) async fn count_members<A: ActionTag>(tx: &Tx, permit: &Permit<A>) -> Result<u64> {
    let query = member::Entity::find()
        .filter(member::Column::FamilyId.eq(permit.resource().id))
        .filter(member::Column::RemovedAt.is_null());
    Ok(query.count(tx.conn()?.raw()).await?)
}

/// Adds a caregiver to the family, with these rights; gives the membership.
pub(super) async fn add_member<A: ActionTag>(
    tx: &Tx,
    permit: &Permit<A>,
    account: AccountId,
    (relation, rights): (CaregiverRole, Rights),
) -> Result<MemberId> {
    let id: MemberId = tx.make_id();
    let row = member::ActiveModel {
        id: Set(id.uuid()),
        family_id: Set(permit.resource().id),
        account_id: Set(account.uuid()),
        relation: Set(relation.as_str().to_owned()),
        added_at: Set(At::from(tx.now())),
        removed_at: Set(None),
        rights: Set(rights.stored()),
        changed_by: Set(tx.principal().account.map(Uuid::from)),
    };
    member::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(id)
}

/// The present version of the family's record.
pub(super) async fn version(tx: &Tx, permit: &Permit<act::UpdateFamily>) -> Result<i32> {
    Ok(row(tx, permit).await?.version)
}

/// Changes the family's record; `version` is the one on record.
pub(super) async fn update(
    tx: &Tx,
    permit: &Permit<act::UpdateFamily>,
    change: &UpdateFamily,
    version: i32,
) -> Result<()> {
    let id = permit.resource().id;
    let mut row = family::ActiveModel { updated_at: Set(At::from(tx.now())), ..Default::default() };
    if let Some(zone) = &change.zone {
        row.zone = Set(zone.clone());
    }
    if let Some(languages) = &change.languages {
        row.languages = Set(serde_json::to_string(languages).map_err(Error::internal)?);
    }
    if let Some(text) = &change.circumstances {
        let sealed = if text.is_empty() { None } else { Some(tx.seal(circumstances_place(id), text)?) };
        row.circumstances_sealed = Set(sealed);
    }
    row.version = Set(version + 1);
    family::Entity::update_many().set(row).filter(family::Column::Id.eq(id)).exec(tx.conn()?.raw()).await?;
    Ok(())
}

/// The safe-contact plan of the family; `None` when none was set yet.
pub(super) async fn load_plan<A: ActionTag>(tx: &Tx, permit: &Permit<A>) -> Result<Option<Plan>> {
    let found = plan::Entity::find_by_id(permit.resource().id).one(tx.conn()?.raw()).await?;
    found.map(|row| plan_in(tx, row)).transpose()
}

/// The plans of these permits' families; none where nothing was said yet.
pub(super) async fn plans(
    tx: &Tx,
    permits: &[Permit<act::ReadSafeContactPlan>],
) -> Result<HashMap<FamilyId, Option<Plan>>> {
    let ids = || permits.iter().map(|permit| permit.resource().id);
    let mut plans: HashMap<FamilyId, Option<Plan>> = ids().map(|id| (id.into(), None)).collect();
    let query = plan::Entity::find().filter(plan::Column::FamilyId.is_in(ids()));
    for row in query.all(tx.conn()?.raw()).await? {
        plans.insert(row.family_id.into(), Some(plan_in(tx, row)?));
    }
    Ok(plans)
}

fn plan_in(tx: &Tx, row: plan::Model) -> Result<Plan> {
    let details = tx.open(details_place(row.family_id), &row.details_sealed)?;
    let Details { safe_words, unsafe_notes, voicemail_ok, text_ok } =
        serde_json::from_str(&details).map_err(Error::internal)?;
    let plan = SafeContactPlan {
        windows: serde_json::from_str(&row.windows).map_err(Error::internal)?,
        channel: channel(&row.channel)?,
        zone: row.zone,
        safe_words,
        unsafe_notes,
        voicemail_ok,
        text_ok,
    };
    Ok(Plan { family: row.family_id.into(), plan, updated_at: row.updated_at.timestamp(), version: row.version })
}

fn channel(stored: &str) -> Result<ContactChannel> {
    ContactChannel::parse(stored).ok_or_else(|| Error::internal("a contact channel that nobody knows"))
}

/// Sets the safe-contact plan; `version` is that of the plan on record, 0 when there is none.
pub(super) async fn set_plan(
    tx: &Tx,
    permit: &Permit<act::SetSafeContactPlan>,
    plan: &SafeContactPlan,
    version: i32,
) -> Result<()> {
    use plan::Column::{Channel, DetailsSealed, FamilyId, UpdatedAt, Version, Windows, Zone};
    let id = permit.resource().id;
    let details = Details {
        safe_words: plan.safe_words.clone(),
        unsafe_notes: plan.unsafe_notes.clone(),
        voicemail_ok: plan.voicemail_ok,
        text_ok: plan.text_ok,
    };
    let details = serde_json::to_string(&details).map_err(Error::internal)?;
    let row = plan::ActiveModel {
        family_id: Set(id),
        zone: Set(plan.zone.clone()),
        windows: Set(serde_json::to_string(&plan.windows).map_err(Error::internal)?),
        channel: Set(plan.channel.as_str().to_owned()),
        details_sealed: Set(tx.seal(details_place(id), &details)?),
        updated_at: Set(At::from(tx.now())),
        version: Set(version + 1),
    };
    let replace = OnConflict::column(FamilyId)
        .update_columns([Zone, Windows, Channel, DetailsSealed, UpdatedAt, Version])
        .to_owned();
    plan::Entity::insert(row).on_conflict(replace).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(())
}

/// What matching compares of a family's own record, for a caller that has decided already.
pub(super) struct Basics {
    pub(super) zone: String,
    pub(super) languages: Vec<String>,
    pub(super) keys: MatchingKeys,
}

pub(super) async fn basics(tx: &Tx, id: FamilyId) -> Result<Option<Basics>> {
    let Some(row) = family::Entity::find_by_id(id.uuid()).one(tx.conn()?.raw()).await? else { return Ok(None) };
    let languages = serde_json::from_str(&row.languages).map_err(Error::internal)?;
    Ok(Some(Basics { keys: keys_in(tx, &row)?, zone: row.zone, languages }))
}

/// Zone, windows and channel of a plan, without its sealed part.
pub(super) async fn windows(tx: &Tx, id: FamilyId) -> Result<Option<(String, Vec<ContactWindow>, ContactChannel)>> {
    let Some(row) = plan::Entity::find_by_id(id.uuid()).one(tx.conn()?.raw()).await? else { return Ok(None) };
    let windows = serde_json::from_str(&row.windows).map_err(Error::internal)?;
    Ok(Some((row.zone, windows, channel(&row.channel)?)))
}

/// The accounts of the family's present caregivers.
pub(super) async fn accounts(tx: &Tx, id: FamilyId) -> Result<Vec<AccountId>> {
    let ids = member::Entity::find()
        .filter(member::Column::FamilyId.eq(id.uuid()))
        .filter(member::Column::RemovedAt.is_null())
        .order_by_asc(member::Column::AddedAt)
        .select_only()
        .column(member::Column::AccountId)
        .into_tuple::<Uuid>()
        .all(tx.conn()?.raw())
        .await?;
    Ok(ids.into_iter().map(AccountId::from).collect())
}
