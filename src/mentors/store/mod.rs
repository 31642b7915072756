//! The queries of mentors. Data leaves only for a permit or a scope.

pub(super) mod evidence;
pub(super) mod keys;

use std::collections::HashMap;

use jiff::civil::Date;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};
use uuid::Uuid;

use super::entity::{evidence as evidence_table, mentor};
use super::model::profile::Profile;
use super::model::readiness::{EvidenceKind, MentorState};
use super::model::record::{InviteMentor, Kept, MentorFilter, PublicProfile, UpdateMentor};
use crate::access::{ActionTag, Permit, Reach, Resource, ResourceKind, Scope, act};
use crate::db::{At, Order};
use crate::kernel::ids::{AccountId, MentorId, ProgrammeId};
use crate::kernel::{Error, Page, PageRequest, Place, Result};
use crate::op::Tx;
use crate::ties;

/// The facts for decisions about a mentor, with the families that are matched with them now; `None` when there is none.
pub(super) async fn facts(tx: &Tx, id: MentorId) -> Result<Option<Resource>> {
    Ok(facts_of(tx, &[id]).await?.remove(&id))
}

/// The facts for decisions about these mentors: two statements for any number of them.
pub(super) async fn facts_of(tx: &Tx, ids: &[MentorId]) -> Result<HashMap<MentorId, Resource>> {
    let conn = tx.conn()?;
    let query = mentor::Entity::find().filter(mentor::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    let query = query.select_only().columns([mentor::Column::Id, mentor::Column::ProgrammeId]);
    let rows = query.into_tuple::<(Uuid, Uuid)>().all(conn.raw()).await?;
    let ties = ties::of_mentors(conn, ids).await?;
    let facts = |(id, programme): (Uuid, Uuid)| {
        let id = MentorId::from(id);
        let facts = Resource::new(ResourceKind::Mentor, id).in_programme(ProgrammeId::from(programme)).of_mentor(id);
        let own = ties.iter().filter(|tie| tie.mentor == id);
        (id, own.fold(facts, |facts, tie| facts.of_family(tie.family)))
    };
    Ok(rows.into_iter().map(facts).collect())
}

/// The mentors of these permits: one statement for any number of them.
pub(super) async fn load_all<A: ActionTag>(tx: &Tx, permits: &[Permit<A>]) -> Result<Vec<Kept>> {
    let ids = permits.iter().map(|permit| permit.resource().id);
    let rows = mentor::Entity::find().filter(mentor::Column::Id.is_in(ids)).all(tx.conn()?.raw()).await?;
    rows.into_iter().map(|row| read(tx, row)).collect()
}

/// The mentor of a permit.
pub(super) async fn load<A: ActionTag>(tx: &Tx, permit: &Permit<A>) -> Result<Kept> {
    by_id(tx, permit.resource().id.into()).await?.ok_or(Error::NotFound)
}

/// Where a mentor's text about themself stands.
fn about_place(id: Uuid) -> Place {
    Place::new("mentor", "about_sealed", id)
}

fn read(tx: &Tx, row: mentor::Model) -> Result<Kept> {
    let about = row.about_sealed.map(|sealed| tx.open(about_place(row.id), &sealed)).transpose()?;
    let state = MentorState::parse(&row.state);
    Ok(Kept {
        id: row.id.into(),
        account: row.account_id.map(AccountId::from),
        state: state.ok_or_else(|| Error::internal("a mentor in a state that nobody knows"))?,
        public: PublicProfile { languages: parsed(&row.languages)?, topics: parsed(&row.topics)?, about },
        profile: parsed(&row.profile)?,
        capacity: u32::try_from(row.capacity).map_err(Error::internal)?,
        zone: row.zone,
        created_at: row.created_at.timestamp(),
        updated_at: row.updated_at.timestamp(),
        version: row.version,
    })
}

fn parsed<T: serde::de::DeserializeOwned>(stored: &str) -> Result<T> {
    serde_json::from_str(stored).map_err(Error::internal)
}

/// One page of the mentors in reach, newest first; `today` decides who is ready.
pub(super) async fn page(
    tx: &Tx,
    scope: &Scope<act::ListMentors>,
    filter: MentorFilter,
    today: Date,
    request: PageRequest,
) -> Result<Page<Kept>> {
    let mut query = match scope.reach() {
        Reach::Everything => mentor::Entity::find(),
        Reach::Programme(id) => mentor::Entity::find().filter(mentor::Column::ProgrammeId.eq(id.uuid())),
        Reach::Family(_) | Reach::Mentor(_) | Reach::Account(_) | Reach::Nothing => return Ok(request.page(Vec::new())),
    };
    if let Some(state) = filter.state {
        query = query.filter(mentor::Column::State.eq(state.as_str()));
    }
    if let Some(ready) = filter.ready {
        let today = today.to_string();
        query = query.filter(if ready {
            mentor::Column::Id.in_subquery(ready_on(&today))
        } else {
            mentor::Column::Id.not_in_subquery(ready_on(&today))
        });
    }
    let (key, id) = (mentor::Column::CreatedAt, mentor::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    let Page { items, has_next } = request.page(rows);
    let items = items.into_iter().map(|row| read(tx, row)).collect::<Result<_>>()?;
    Ok(Page { items, has_next })
}

/// The mentors with good evidence of every kind on a day: what `model::readiness` computes, as a query. Days are texts of
/// ten characters and compare as days.
fn ready_on(today: &str) -> SelectStatement {
    let good = evidence_table::Entity::find()
        .filter(evidence_table::Column::WithdrawnAt.is_null())
        .filter(evidence_table::Column::ObtainedOn.lte(today))
        .filter(evidence_table::Column::ExpiresOn.is_null().or(evidence_table::Column::ExpiresOn.gt(today)));
    let kinds = i64::try_from(EvidenceKind::ALL.len()).unwrap_or(i64::MAX);
    let mut query = good.select_only().column(evidence_table::Column::MentorId).into_query();
    query.group_by_col(evidence_table::Column::MentorId);
    query.and_having(Expr::col(evidence_table::Column::Kind).count_distinct().eq(kinds));
    Query::select().from_subquery(query, "ready").column("mentor_id").to_owned()
}

/// Makes a mentor in the programme of the permit; their account follows with [`set_account`].
pub(super) async fn insert(tx: &Tx, permit: &Permit<act::InviteMentor>, input: &InviteMentor) -> Result<MentorId> {
    let id: MentorId = tx.make_id();
    let row = mentor::ActiveModel {
        id: Set(id.uuid()),
        programme_id: Set(permit.resource().id),
        account_id: Set(None),
        state: Set(MentorState::Active.as_str().to_owned()),
        languages: Set(json(&input.languages)?),
        topics: Set("[]".to_owned()),
        profile: Set(json(&Profile::default())?),
        about_sealed: Set(None),
        matching_keys_sealed: Set(None),
        capacity: Set(input.capacity.unwrap_or(1)),
        zone: Set(input.zone.clone()),
        created_at: Set(At::from(tx.now())),
        updated_at: Set(At::from(tx.now())),
        version: Set(1),
    };
    mentor::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(id)
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

/// Ties a new mentor to the account that was made for them.
pub(super) async fn set_account(tx: &Tx, permit: &Permit<act::UpdateMentor>, account: AccountId) -> Result<()> {
    let row = mentor::ActiveModel { account_id: Set(Some(account.uuid())), ..Default::default() };
    write(tx, permit, row).await
}

async fn write<A: ActionTag>(tx: &Tx, permit: &Permit<A>, row: mentor::ActiveModel) -> Result<()> {
    let id = permit.resource().id;
    mentor::Entity::update_many().set(row).filter(mentor::Column::Id.eq(id)).exec(tx.conn()?.raw()).await?;
    Ok(())
}

/// Changes the record; `version` is the one on record.
pub(super) async fn update(
    tx: &Tx,
    permit: &Permit<act::UpdateMentor>,
    change: &UpdateMentor,
    version: i32,
) -> Result<()> {
    let mut row =
        mentor::ActiveModel { updated_at: Set(At::from(tx.now())), version: Set(version + 1), ..Default::default() };
    if let Some(languages) = &change.languages {
        row.languages = Set(json(languages)?);
    }
    if let Some(topics) = &change.topics {
        row.topics = Set(json(topics)?);
    }
    if let Some(text) = &change.about {
        let place = about_place(permit.resource().id);
        row.about_sealed = Set(if text.is_empty() { None } else { Some(tx.seal(place, text)?) });
    }
    if let Some(profile) = &change.profile {
        keys::carry(tx, &self::row(tx, permit.resource().id).await?, &mut row)?;
        row.profile = Set(json(profile)?);
    }
    if let Some(capacity) = change.capacity {
        row.capacity = Set(capacity);
    }
    if let Some(zone) = &change.zone {
        row.zone = Set(zone.clone());
    }
    write(tx, permit, row).await
}

/// Sets whether the mentor takes part.
pub(super) async fn set_state(tx: &Tx, permit: &Permit<act::StepBack>, state: MentorState, version: i32) -> Result<()> {
    let row = mentor::ActiveModel {
        state: Set(state.as_str().to_owned()),
        updated_at: Set(At::from(tx.now())),
        version: Set(version + 1),
        ..Default::default()
    };
    write(tx, permit, row).await
}

/// Rewrites the mentor's row as it is, so that changes that rest on it run one after the other.
pub(super) async fn lock(tx: &Tx, id: MentorId) -> Result<()> {
    mentor::Entity::update_many()
        .col_expr(mentor::Column::Version, Expr::col(mentor::Column::Version))
        .filter(mentor::Column::Id.eq(id.uuid()))
        .exec(tx.conn()?.raw())
        .await?;
    Ok(())
}

/// At most 500 mentors of a programme, newest first, for a caller that has decided already.
pub(super) async fn of_programme(tx: &Tx, programme: ProgrammeId) -> Result<Vec<Kept>> {
    let query = mentor::Entity::find()
        .filter(mentor::Column::ProgrammeId.eq(programme.uuid()))
        .order_by_desc(mentor::Column::CreatedAt)
        .order_by_desc(mentor::Column::Id)
        .limit(500);
    let rows = query.all(tx.conn()?.raw()).await?;
    rows.into_iter().map(|row| read(tx, row)).collect()
}

async fn row(tx: &Tx, id: Uuid) -> Result<mentor::Model> {
    mentor::Entity::find_by_id(id).one(tx.conn()?.raw()).await?.ok_or(Error::NotFound)
}

/// One mentor, for a caller that has decided already.
pub(super) async fn by_id(tx: &Tx, id: MentorId) -> Result<Option<Kept>> {
    let row = mentor::Entity::find_by_id(id.uuid()).one(tx.conn()?.raw()).await?;
    row.map(|row| read(tx, row)).transpose()
}
