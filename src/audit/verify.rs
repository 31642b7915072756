//! Whether the log is what was written.

use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder as _, QuerySelect as _};

use crate::db::{Conn, Db};
use crate::kernel::Result;

use super::store::{entry_table, index_table};
use super::{Entry, leaf_hash};

/// Something in the log that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The place in the index; none for an entry that has no place.
    pub seq: Option<i64>,
    /// The entry.
    pub entry: Option<Uuid>,
    /// What is wrong, in plain words.
    pub what: &'static str,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.seq, self.entry) {
            (Some(seq), Some(entry)) => write!(f, "entry {entry} at place {seq}: {}", self.what),
            (Some(seq), None) => write!(f, "place {seq}: {}", self.what),
            (None, Some(entry)) => write!(f, "entry {entry}, not yet in the index: {}", self.what),
            (None, None) => f.write_str(self.what),
        }
    }
}

/// What a verification saw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Entries found whole, in order and without gaps.
    pub verified: u64,
    /// Entries found whole that have no place in the index yet.
    pub pending: u64,
    /// The first thing that is wrong; none when the log verifies.
    pub first_fault: Option<Finding>,
}

const BATCH: u64 = 1_000;

/// Walks the whole log: places without gaps, every entry there, its bytes as hashed, its columns as in its bytes.
pub async fn verify(db: &Db) -> Result<Report> {
    let mut report = Report::default();
    let mut last = Last::default();
    loop {
        let from = last.seq;
        let batch = db.read(|conn| async move { batch(&conn, from).await }).await?;
        if batch.is_empty() {
            break;
        }
        for (place, entry) in batch {
            match check(&last, &place, entry.as_ref()) {
                Ok(next) => last = next,
                Err(what) => {
                    let entry = Some(place.entry_id);
                    report.first_fault = Some(Finding { seq: Some(place.seq), entry, what });
                    return Ok(report);
                }
            }
            report.verified += 1;
        }
    }
    verify_pending(db, report).await
}

async fn batch(conn: &Conn, after: i64) -> Result<Vec<(index_table::Model, Option<entry_table::Model>)>> {
    let places = index_table::Entity::find()
        .filter(index_table::Column::Seq.gt(after))
        .order_by_asc(index_table::Column::Seq)
        .limit(BATCH)
        .all(conn.raw())
        .await?;
    let ids = places.iter().map(|p| p.entry_id);
    let rows = entry_table::Entity::find().filter(entry_table::Column::Id.is_in(ids)).all(conn.raw()).await?;
    let mut entries: std::collections::HashMap<Uuid, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(places
        .into_iter()
        .map(|place| {
            let entry = entries.remove(&place.entry_id);
            (place, entry)
        })
        .collect())
}

/// The place that was looked at last.
#[derive(Debug, Default)]
struct Last {
    seq: i64,
    indexed_at: i64,
    /// Its entry's instant and id, by which a batch is ordered.
    order: (i64, Uuid),
}

fn check(last: &Last, place: &index_table::Model, entry: Option<&entry_table::Model>) -> Result<Last, &'static str> {
    if place.seq != last.seq + 1 {
        return Err("a place before it is missing");
    }
    let Some(entry) = entry else { return Err("the entry is gone") };
    if place.leaf_hash != entry.leaf_hash {
        return Err("the index holds another hash");
    }
    if let Some(what) = damaged(entry) {
        return Err(what);
    }
    let (indexed_at, order) = (place.indexed_at.0, (entry.recorded_at.0, entry.id));
    // Entries get their places in batches: one instant a batch, never before its entries, in their order within it. A late
    // entry may stand in a later batch than its instant says, never in an earlier one.
    let in_order = indexed_at > last.indexed_at || (indexed_at == last.indexed_at && order > last.order);
    if !in_order || order.0 > indexed_at {
        return Err("it does not stand where it was put");
    }
    Ok(Last { seq: place.seq, indexed_at, order })
}

fn damaged(row: &entry_table::Model) -> Option<&'static str> {
    if leaf_hash(&row.canonical).as_slice() != row.leaf_hash.as_slice() {
        return Some("its bytes do not match its hash");
    }
    let Ok(entry) = serde_json::from_slice::<Entry>(&row.canonical) else { return Some("its bytes are no entry") };
    let same = entry.id == row.id
        && entry.occurred_at == row.occurred_at.0
        && entry.recorded_at == row.recorded_at.0
        && entry.object.programme.or(entry.actor.programme) == row.programme_id
        && entry.actor.account == row.actor_id
        && entry.action == row.action
        && entry.object.kind == row.object_kind
        && entry.object.id == row.object_id
        && entry.object.family == row.family_id
        && entry.outcome.as_str() == row.outcome;
    (!same).then_some("its columns do not match its bytes")
}

async fn verify_pending(db: &Db, mut report: Report) -> Result<Report> {
    let pending = db
        .read(|conn| async move {
            let indexed = sea_orm::sea_query::Query::select()
                .column(index_table::Column::EntryId)
                .from(index_table::Entity)
                .to_owned();
            let query = entry_table::Entity::find().filter(entry_table::Column::Id.not_in_subquery(indexed));
            Ok(query.order_by_asc(entry_table::Column::RecordedAt).limit(BATCH).all(conn.raw()).await?)
        })
        .await?;
    for row in pending {
        if let Some(what) = damaged(&row) {
            report.first_fault = Some(Finding { seq: None, entry: Some(row.id), what });
            break;
        }
        report.pending += 1;
    }
    Ok(report)
}
