//! The queries of releases.

mod told;

use std::collections::{HashMap, HashSet};

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, Condition, FromQueryResult, Statement, Value};

use super::entity::{field, release as table, signature};
use super::model::{Field, Filter, NewDraft, Purpose, Receiver, Release, ReleaseState, Signature, Signing, terms};
use crate::access::{ActionTag, Decision, Guarded, Permit, Resource, ResourceKind, act};
use crate::db::{At, Order};
use crate::kernel::ids::{AccountId, FamilyId, ReleaseId};
use crate::kernel::terms::TextLanguage;
use crate::kernel::{Error, Page, PageRequest, Place, Result};
use crate::op::Tx;
use crate::ties;

pub(super) use told::{disclosures, ended, insert_disclosure, signatures};

/// The facts about a release.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) stored: table::Model,
    side: ties::Side,
}

impl Guarded for Facts {
    fn resource(&self) -> Resource {
        let resource = Resource::new(ResourceKind::Release, self.stored.id)
            .in_programme(self.stored.programme_id.into())
            .of_family(self.stored.family_id.into());
        self.side.guard(resource)
    }
}

impl Facts {
    pub(super) fn id(&self) -> ReleaseId {
        self.stored.id.into()
    }

    pub(super) fn family(&self) -> FamilyId {
        self.stored.family_id.into()
    }
}

/// The facts about a release; `None` when there is none.
pub(super) async fn facts(tx: &Tx, id: ReleaseId) -> Result<Option<Facts>> {
    let conn = tx.conn()?;
    let Some(stored) = table::Entity::find_by_id(id.uuid()).one(conn.raw()).await? else { return Ok(None) };
    let side = ties::side(conn, stored.family_id.into()).await?;
    Ok(Some(Facts { stored, side }))
}

fn receiver_place(id: Uuid) -> Place {
    Place::new("information_release", "receiver_sealed", id)
}

fn purpose_place(id: Uuid) -> Place {
    Place::new("information_release", "purpose_sealed", id)
}

fn sealed_receiver(tx: &Tx, id: Uuid, receiver: &Receiver) -> Result<Vec<u8>> {
    tx.seal(receiver_place(id), &serde_json::to_string(receiver).map_err(Error::internal)?)
}

fn receiver(tx: &Tx, row: &table::Model) -> Result<Receiver> {
    let opened = tx.open(receiver_place(row.id), &row.receiver_sealed)?;
    serde_json::from_str(&opened).map_err(Error::internal)
}

/// Stores a new draft of the family.
pub(super) async fn insert(
    tx: &Tx,
    permit: &Permit<act::DraftRelease>,
    by: AccountId,
    draft: &NewDraft,
) -> Result<ReleaseId> {
    let id: ReleaseId = tx.make_id();
    let programme = permit.resource().programme.ok_or_else(|| Error::internal("a family without a programme"))?;
    let row = table::ActiveModel {
        id: Set(id.uuid()),
        programme_id: Set(programme.uuid()),
        family_id: Set(permit.resource().id),
        state: Set(ReleaseState::Draft.as_str().to_owned()),
        drafted_by: Set(by.uuid()),
        drafted_at: Set(At::from(tx.now())),
        receiver_sealed: Set(sealed_receiver(tx, id.uuid(), &draft.receiver)?),
        purpose: Set(draft.purpose.as_str().to_owned()),
        purpose_sealed: Set(tx.seal(purpose_place(id.uuid()), &draft.purpose_detail)?),
        valid_days: Set(draft.valid_days.unwrap_or(1)),
        signed_at: Set(None),
        expires_at: Set(None),
        ended_at: Set(None),
        ended_by: Set(None),
        ended_role: Set(None),
        version: Set(1),
    };
    table::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    insert_fields(tx, id, &draft.fields).await?;
    Ok(id)
}

async fn insert_fields(tx: &Tx, id: ReleaseId, fields: &[Field]) -> Result<()> {
    let rows =
        fields.iter().map(|of| field::ActiveModel { release_id: Set(id.uuid()), field: Set(of.as_str().to_owned()) });
    field::Entity::insert_many(rows).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(())
}

/// Changes a draft that still is as it was read; false when it is not.
pub(super) async fn rewrite(
    tx: &Tx,
    _permit: &Permit<act::ChangeRelease>,
    seen: &table::Model,
    draft: &NewDraft,
) -> Result<bool> {
    let change = table::ActiveModel {
        receiver_sealed: Set(sealed_receiver(tx, seen.id, &draft.receiver)?),
        purpose: Set(draft.purpose.as_str().to_owned()),
        purpose_sealed: Set(tx.seal(purpose_place(seen.id), &draft.purpose_detail)?),
        valid_days: Set(draft.valid_days.unwrap_or(1)),
        ..Default::default()
    };
    if !update(tx, seen, change).await? {
        return Ok(false);
    }
    let old = field::Entity::delete_many().filter(field::Column::ReleaseId.eq(seen.id));
    old.exec(tx.conn()?.raw()).await?;
    insert_fields(tx, seen.id.into(), &draft.fields).await?;
    Ok(true)
}

async fn update(tx: &Tx, seen: &table::Model, change: table::ActiveModel) -> Result<bool> {
    let done = table::Entity::update_many()
        .set(table::ActiveModel { version: Set(seen.version + 1), ..change })
        .filter(table::Column::Id.eq(seen.id))
        .filter(table::Column::Version.eq(seen.version))
        .exec(tx.conn()?.raw())
        .await?;
    Ok(done.rows_affected > 0)
}

/// Keeps the signature with the words that were read, and makes the release live; false when it is not as it was read.
pub(super) async fn sign(
    tx: &Tx,
    _permit: &Permit<act::SignRelease>,
    seen: &table::Model,
    by: AccountId,
    (signing, expires_at): (&Signing, At),
) -> Result<bool> {
    let signed_at = At::from(tx.now());
    let row = signature::ActiveModel {
        id: Set(tx.op().core().ids.make()),
        release_id: Set(seen.id),
        family_id: Set(seen.family_id),
        account_id: Set(by.uuid()),
        text_version: Set(signing.text_version.clone()),
        text_language: Set(signing.language.as_str().to_owned()),
        body: Set(terms(signing.language).to_owned()),
        signed_at: Set(signed_at),
    };
    signature::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    let change = table::ActiveModel {
        state: Set(ReleaseState::Signed.as_str().to_owned()),
        signed_at: Set(Some(signed_at)),
        expires_at: Set(Some(expires_at)),
        ..Default::default()
    };
    update(tx, seen, change).await
}

/// How a release or draft ends.
#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    /// The draft is dropped.
    Discard,
    /// The family takes it back, itself or through a coordinator.
    Revoke {
        /// Who noted it.
        by: AccountId,
        /// Whether a coordinator did, at the family's word.
        staff: bool,
    },
    /// Its time is over.
    Expire,
}

/// Ends a release that still is as it was read; false when it is not.
pub(super) async fn end(tx: &Tx, _proof: &Decision, seen: &table::Model, how: End) -> Result<bool> {
    let in_state = |state: ReleaseState| table::ActiveModel {
        state: Set(state.as_str().to_owned()),
        ended_at: Set(Some(At::from(tx.now()))),
        ..Default::default()
    };
    let change = match how {
        End::Discard => in_state(ReleaseState::Discarded),
        End::Expire => table::ActiveModel { ended_at: Set(seen.expires_at), ..in_state(ReleaseState::Expired) },
        End::Revoke { by, staff } => table::ActiveModel {
            ended_by: Set(Some(by.uuid())),
            ended_role: Set(Some(if staff { "coordinator" } else { "family_member" }.to_owned())),
            ..in_state(ReleaseState::Revoked)
        },
    };
    update(tx, seen, change).await
}

/// The release of a decision, or one that belongs to what it is about.
pub(super) async fn load(tx: &Tx, proof: &Decision, id: ReleaseId) -> Result<Release> {
    let row = table::Entity::find_by_id(id.uuid()).one(tx.conn()?.raw()).await?.ok_or(Error::NotFound)?;
    assemble(tx, proof, vec![row]).await?.pop().ok_or(Error::NotFound)
}

/// One page of the releases of the family of the permit, newest first.
pub(super) async fn page(
    tx: &Tx,
    permit: &Permit<act::ListReleases>,
    filter: Filter,
    request: PageRequest,
) -> Result<Page<Release>> {
    let mut query = table::Entity::find().filter(table::Column::FamilyId.eq(permit.resource().id));
    if filter.live_only {
        let live = Condition::all()
            .add(table::Column::State.eq(ReleaseState::Signed.as_str()))
            .add(table::Column::ExpiresAt.gt(At::from(tx.now())));
        query = query.filter(live);
    }
    let (key, id) = (table::Column::DraftedAt, table::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    let page = request.page(rows);
    Ok(Page { items: assemble(tx, permit.decision(), page.items).await?, has_next: page.has_next })
}

#[derive(FromQueryResult)]
struct Marked {
    release_id: Uuid,
}

/// Which of these releases were signed by somebody who is marked as an alleged abuser now.
async fn signed_by_marked(tx: &Tx, ids: &[Uuid]) -> Result<HashSet<Uuid>> {
    let raw = tx.conn()?.raw();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let marks: Vec<String> = (1..=ids.len()).map(|at| format!("${at}")).collect();
    let sql = format!(
        "SELECT s.release_id FROM release_signature s JOIN alleged_abuser a ON a.account_id = s.account_id
         WHERE s.release_id IN ({})",
        marks.join(", ")
    );
    let values = ids.iter().map(|id| Value::from(*id));
    let statement = Statement::from_sql_and_values(raw.get_database_backend(), sql, values);
    let rows = Marked::find_by_statement(statement).all(raw).await?;
    Ok(rows.into_iter().map(|row| row.release_id).collect())
}

fn unreadable(what: &str, id: Uuid) -> Error {
    Error::internal(format!("{what} {id} is unreadable"))
}

/// Adds fields and signatures to the rows: three statements for any number of them.
async fn assemble(tx: &Tx, _proof: &Decision, rows: Vec<table::Model>) -> Result<Vec<Release>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut fields = fields_of(tx, &ids).await?;
    let mut signed = signatures_of(tx, &ids).await?;
    let marked = signed_by_marked(tx, &ids).await?;
    let release = |row: table::Model| -> Result<Release> {
        let state = ReleaseState::parse(&row.state).ok_or_else(|| unreadable("release", row.id))?;
        let expires_at = row.expires_at.map(At::timestamp);
        let state = state.seen_at(tx.now(), expires_at, marked.contains(&row.id));
        let lapsed = expires_at.filter(|_| state == ReleaseState::Expired);
        Ok(Release {
            id: row.id.into(),
            programme: row.programme_id.into(),
            family: row.family_id.into(),
            state,
            receiver: receiver(tx, &row)?,
            purpose: Purpose::parse(&row.purpose).ok_or_else(|| unreadable("release", row.id))?,
            purpose_detail: tx.open(purpose_place(row.id), &row.purpose_sealed)?,
            fields: fields.remove(&row.id).unwrap_or_default(),
            valid_days: row.valid_days,
            drafted_at: row.drafted_at.timestamp(),
            signature: signed.remove(&row.id),
            expires_at,
            ended_at: row.ended_at.map(At::timestamp).or(lapsed),
            ended_by_staff: row.ended_role.as_deref().map(|role| role == "coordinator"),
            version: row.version,
        })
    };
    rows.into_iter().map(release).collect()
}

async fn fields_of(tx: &Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Field>>> {
    let query = field::Entity::find().filter(field::Column::ReleaseId.is_in(ids.iter().copied()));
    let mut fields: HashMap<Uuid, Vec<Field>> = HashMap::new();
    for row in query.all(tx.conn()?.raw()).await? {
        let known = Field::parse(&row.field).ok_or_else(|| unreadable("release", row.release_id))?;
        fields.entry(row.release_id).or_default().push(known);
    }
    for list in fields.values_mut() {
        list.sort();
    }
    Ok(fields)
}

fn signature_view(row: signature::Model) -> Result<Signature> {
    Ok(Signature {
        id: row.id,
        account: row.account_id.into(),
        language: TextLanguage::parse(&row.text_language).ok_or_else(|| unreadable("signature", row.id))?,
        text_version: row.text_version,
        text: row.body,
        signed_at: row.signed_at.timestamp(),
    })
}

async fn signatures_of(tx: &Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Signature>> {
    let query = signature::Entity::find().filter(signature::Column::ReleaseId.is_in(ids.iter().copied()));
    let rows = query.all(tx.conn()?.raw()).await?;
    rows.into_iter().map(|row| Ok((row.release_id, signature_view(row)?))).collect()
}

/// The releases with these ids, for lines of a ledger.
async fn by_ids<A: ActionTag>(tx: &Tx, permit: &Permit<A>, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Release>> {
    let rows = table::Entity::find().filter(table::Column::Id.is_in(ids)).all(tx.conn()?.raw()).await?;
    let releases = assemble(tx, permit.decision(), rows).await?;
    Ok(releases.into_iter().map(|release| (release.id.uuid(), release)).collect())
}
