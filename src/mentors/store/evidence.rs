//! The queries of evidence.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::access::{Permit, act};
use crate::db::At;
use crate::kernel::ids::{AccountId, EvidenceId, MentorId};
use crate::kernel::{Error, Result};
use crate::mentors::entity::evidence;
use crate::mentors::model::readiness::{Evidence, EvidenceKind};
use crate::mentors::model::record::EvidenceOnRecord;
use crate::op::Tx;

/// All evidence of these mentors by kind, then by day: one statement for any number of mentors.
pub(in crate::mentors) async fn of_mentors(tx: &Tx, mentors: &[MentorId]) -> Result<Vec<(MentorId, EvidenceOnRecord)>> {
    let rows = evidence::Entity::find()
        .filter(evidence::Column::MentorId.is_in(mentors.iter().map(|id| id.uuid())))
        .order_by_asc(evidence::Column::Kind)
        .order_by_asc(evidence::Column::ObtainedOn)
        .order_by_asc(evidence::Column::Id)
        .all(tx.conn()?.raw())
        .await?;
    rows.into_iter().map(|row| Ok((row.mentor_id.into(), read(&row)?))).collect()
}

fn read(row: &evidence::Model) -> Result<EvidenceOnRecord> {
    let kind = EvidenceKind::parse(&row.kind).ok_or_else(|| Error::internal("evidence of a kind that nobody knows"))?;
    let evidence = Evidence {
        kind,
        obtained_on: row.obtained_on.parse().map_err(Error::internal)?,
        expires_on: row.expires_on.as_deref().map(str::parse).transpose().map_err(Error::internal)?,
        withdrawn: row.withdrawn_at.is_some(),
    };
    Ok(EvidenceOnRecord { id: row.id.into(), evidence, recorded_at: row.recorded_at.timestamp() })
}

/// Whose evidence it is; `None` when there is none with this id.
pub(in crate::mentors) async fn mentor_of(tx: &Tx, id: EvidenceId) -> Result<Option<MentorId>> {
    let query = evidence::Entity::find_by_id(id.uuid()).select_only().column(evidence::Column::MentorId);
    Ok(query.into_tuple::<Uuid>().one(tx.conn()?.raw()).await?.map(MentorId::from))
}

/// How many pieces the mentor has, withdrawn ones too.
pub(in crate::mentors) async fn count(tx: &Tx, permit: &Permit<act::RecordEvidence>) -> Result<u64> {
    let query = evidence::Entity::find().filter(evidence::Column::MentorId.eq(permit.resource().id));
    Ok(query.count(tx.conn()?.raw()).await?)
}

/// Records a piece of evidence.
pub(in crate::mentors) async fn insert(
    tx: &Tx,
    permit: &Permit<act::RecordEvidence>,
    what: &Evidence,
    by: AccountId,
) -> Result<EvidenceId> {
    let id: EvidenceId = tx.make_id();
    let row = evidence::ActiveModel {
        id: Set(id.uuid()),
        mentor_id: Set(permit.resource().id),
        kind: Set(what.kind.as_str().to_owned()),
        obtained_on: Set(what.obtained_on.to_string()),
        expires_on: Set(what.expires_on.map(|day| day.to_string())),
        recorded_by: Set(by.uuid()),
        recorded_at: Set(At::from(tx.now())),
        withdrawn_at: Set(None),
    };
    evidence::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(id)
}

/// Withdraws a piece of the permit's mentor; false when it was withdrawn before.
pub(in crate::mentors) async fn withdraw(
    tx: &Tx,
    permit: &Permit<act::RecordEvidence>,
    id: EvidenceId,
) -> Result<bool> {
    let row = evidence::ActiveModel { withdrawn_at: Set(Some(At::from(tx.now()))), ..Default::default() };
    let done = evidence::Entity::update_many()
        .set(row)
        .filter(evidence::Column::Id.eq(id.uuid()))
        .filter(evidence::Column::MentorId.eq(permit.resource().id))
        .filter(evidence::Column::WithdrawnAt.is_null())
        .exec(tx.conn()?.raw())
        .await?;
    Ok(done.rows_affected == 1)
}
