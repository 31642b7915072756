//! Whether the log is what was written.
//!
//! What this walk finds: a changed byte, hash or column, an entry that is gone from its place, places that are missing or
//! were put elsewhere, and entries that should have had a place long ago. What it cannot find: that the newest entries are
//! gone together with their places, or that a log was rewritten as a whole with new hashes, since the log then agrees with
//! itself. Only a tree head that was signed before, and is kept elsewhere, tells that. Nor that places were taken from entries
//! that are all still there, once a node has run since: it gives them new ones.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{Condition, QueryOrder as _, QuerySelect as _};

use crate::db::{At, Conn, Db};
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
    pub what: Cow<'static, str>,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.seq, self.entry) {
            (Some(seq), Some(entry)) => write!(f, "entry {entry} at place {seq}: {}", self.what),
            (Some(seq), None) => write!(f, "place {seq}: {}", self.what),
            (None, Some(entry)) => write!(f, "entry {entry}, not yet in the index: {}", self.what),
            (None, None) => f.write_str(&self.what),
        }
    }
}

/// What a verification saw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Entries found whole, in order and without gaps.
    pub verified: u64,
    /// Entries found whole that have no place in the index yet, however long they wait.
    pub pending: u64,
    /// The first thing that is wrong; none when the log verifies.
    pub first_fault: Option<Finding>,
}

const BATCH: u64 = 1_000;
/// How long an entry may wait for its place. A node gives places four times a second and once more when it stops; the rest
/// is for clocks that differ.
const GRACE: SignedDuration = SignedDuration::from_mins(2);

/// Walks the whole log: places without gaps, every entry there, its bytes as hashed, its columns as in its bytes; then the
/// entries that have no place yet. `now` is the verifier's own clock.
pub async fn verify(db: &Db, now: Timestamp) -> Result<Report> {
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
    verify_pending(db, report, &last, now).await
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

fn check(
    last: &Last,
    place: &index_table::Model,
    entry: Option<&entry_table::Model>,
) -> Result<Last, Cow<'static, str>> {
    let next = last.seq + 1;
    if place.seq != next {
        return Err(format!("the places {next} to {} before it are missing", place.seq - 1).into());
    }
    let Some(entry) = entry else { return Err("the entry is gone".into()) };
    if place.leaf_hash != entry.leaf_hash {
        return Err("the index holds another hash".into());
    }
    if let Some(what) = damaged(entry) {
        return Err(what.into());
    }
    let (indexed_at, order) = (place.indexed_at.0, (entry.recorded_at.0, entry.id));
    // Entries get their places in batches: one instant a batch, never before its entries, in their order within it. A late
    // entry may stand in a later batch than its instant says, never in an earlier one.
    let in_order = indexed_at > last.indexed_at || (indexed_at == last.indexed_at && order > last.order);
    if !in_order || order.0 > indexed_at {
        return Err("it does not stand where it was put".into());
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

/// Looks at all entries that have no place, page by page: each must be whole, and none may have waited long.
async fn verify_pending(db: &Db, mut report: Report, last: &Last, now: Timestamp) -> Result<Report> {
    let since = At::from(now - GRACE);
    let (mut after, mut overdue, mut first) = (None, 0_u64, None);
    loop {
        let page = db.read(|conn| async move { pending(&conn, after).await }).await?;
        let Some(end) = page.last() else { break };
        after = Some((end.recorded_at, end.id));
        for row in &page {
            if let Some(what) = damaged(row) {
                report.first_fault = Some(Finding { seq: None, entry: Some(row.id), what: what.into() });
                return Ok(report);
            }
            report.pending += 1;
            if row.recorded_at < since {
                overdue += 1;
                first = first.or(Some(row.id));
            }
        }
    }
    if let Some(entry) = first {
        let before = since.timestamp();
        let what =
            format!("the index ends at {} while {overdue} entries recorded before {before} have no place", last.seq);
        report.first_fault = Some(Finding { seq: None, entry: Some(entry), what: what.into() });
    }
    Ok(report)
}

/// The next entries without a place after this instant and id, in the order in which they get one.
async fn pending(conn: &Conn, after: Option<(At, Uuid)>) -> Result<Vec<entry_table::Model>> {
    use entry_table::Column::{Id, RecordedAt};
    let of_entry = Expr::col((index_table::Entity, index_table::Column::EntryId)).equals((entry_table::Entity, Id));
    let placed = Query::select().expr(Expr::val(1)).from(index_table::Entity).and_where(of_entry).to_owned();
    let mut query = entry_table::Entity::find().filter(Expr::exists(placed).not());
    if let Some((at, id)) = after {
        let same = Condition::all().add(RecordedAt.eq(at)).add(Id.gt(id));
        query = query.filter(Condition::any().add(RecordedAt.gt(at)).add(same));
    }
    Ok(query.order_by_asc(RecordedAt).order_by_asc(Id).limit(BATCH).all(conn.raw()).await?)
}
