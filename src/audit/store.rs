//! The tables of the log.

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, IntoCondition as _};
use sea_orm::{ActiveValue::Set, Condition, QueryOrder as _, QuerySelect as _};

use crate::access::{Decision, Permit, Reach, Scope, act};
use crate::db::{At, Conn, Db, Order};
use crate::kernel::page::Cursor;
use crate::kernel::{Page, PageRequest, Result};

use super::{Entry, leaf_hash};

pub(super) mod entry_table {
    use super::{At, DeriveEntityModel, DerivePrimaryKey, EntityTrait, EnumIter, PrimaryKeyTrait};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub occurred_at: At,
        pub recorded_at: At,
        pub programme_id: Option<Uuid>,
        pub actor_id: Option<Uuid>,
        pub action: String,
        pub object_kind: String,
        pub object_id: Option<Uuid>,
        pub family_id: Option<Uuid>,
        pub outcome: String,
        pub canonical: Vec<u8>,
        pub leaf_hash: Vec<u8>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod index_table {
    use sea_orm::entity::prelude::*;

    use super::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_index")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        pub entry_id: Uuid,
        pub leaf_hash: Vec<u8>,
        pub indexed_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Stores entries with their canonical bytes and leaf hashes. The database refuses to change or delete them afterwards.
pub async fn append(conn: &Conn, entries: &[Entry]) -> Result<()> {
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let canonical = entry.canonical()?;
        rows.push(entry_table::ActiveModel {
            id: Set(entry.id),
            occurred_at: Set(At(entry.occurred_at)),
            recorded_at: Set(At(entry.recorded_at)),
            programme_id: Set(entry.object.programme.or(entry.actor.programme)),
            actor_id: Set(entry.actor.account),
            action: Set(entry.action.clone()),
            object_kind: Set(entry.object.kind.clone()),
            object_id: Set(entry.object.id),
            family_id: Set(entry.object.family),
            outcome: Set(entry.outcome.as_str().to_owned()),
            leaf_hash: Set(leaf_hash(&canonical).to_vec()),
            canonical: Set(canonical),
        });
    }
    if !rows.is_empty() {
        entry_table::Entity::insert_many(rows).exec_without_returning(conn.raw()).await?;
    }
    Ok(())
}

/// How far before the newest indexed entry a late one is still looked for. No transaction may last this long.
const LATE: jiff::SignedDuration = jiff::SignedDuration::from_mins(30);
/// Entries indexed in one transaction.
const INDEX_BATCH: u64 = 500;

/// Gives entries that have none yet their place in the index; returns how many. Safe to run on several nodes at once:
/// the index refuses a place that is taken, and the loser tries again later.
pub async fn index_pending(db: &Db, now: Timestamp) -> Result<u64> {
    db.write(|conn| async move {
        let last = index_table::Entity::find().order_by_desc(index_table::Column::Seq).one(conn.raw()).await?;
        let mut pending = entry_table::Entity::find()
            .filter(
                entry_table::Column::Id.not_in_subquery(
                    sea_orm::sea_query::Query::select()
                        .column(index_table::Column::EntryId)
                        .from(index_table::Entity)
                        .to_owned(),
                ),
            )
            .order_by_asc(entry_table::Column::RecordedAt)
            .order_by_asc(entry_table::Column::Id)
            .limit(INDEX_BATCH);
        if let Some(last) = &last {
            let since = At::from(last.indexed_at.timestamp() - LATE);
            pending = pending.filter(entry_table::Column::RecordedAt.gte(since));
        }
        let pending = pending.all(conn.raw()).await?;
        let Some(newest) = pending.iter().map(|row| row.recorded_at.0).max() else { return Ok(0) };
        // Every batch has an instant of its own, later than the last one's and not before any entry in it, whatever the
        // clocks of other nodes say: so the order of places can be checked against the order of entries.
        let after = last.as_ref().map_or(i64::MIN, |row| row.indexed_at.0.saturating_add(1));
        let indexed_at = At(now.as_microsecond().max(newest).max(after));
        let mut seq = last.map_or(0, |row| row.seq);
        let count = pending.len() as u64;
        // One row a statement: the trigger that keeps the index without gaps looks at the newest place.
        for row in pending {
            seq += 1;
            let place = index_table::ActiveModel {
                seq: Set(seq),
                entry_id: Set(row.id),
                leaf_hash: Set(row.leaf_hash),
                indexed_at: Set(indexed_at),
            };
            index_table::Entity::insert(place).exec_without_returning(conn.raw()).await?;
        }
        Ok(count)
    })
    .await
}

/// What part of the log an auditor wants to see.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only entries about this family.
    pub family: Option<Uuid>,
    /// Only entries by this account.
    pub actor: Option<Uuid>,
    /// Only this action.
    pub action: Option<String>,
    /// Only this outcome.
    pub outcome: Option<String>,
}

impl Filter {
    fn condition(&self) -> Condition {
        use entry_table::Column::{Action, ActorId, FamilyId, Outcome};
        Condition::all()
            .add_option(self.family.map(|family| FamilyId.eq(family)))
            .add_option(self.actor.map(|actor| ActorId.eq(actor)))
            .add_option(self.action.as_ref().map(|action| Action.eq(action)))
            .add_option(self.outcome.as_ref().map(|outcome| Outcome.eq(outcome)))
    }
}

/// One page of the log, newest first: the entries within the scope, and those that belong to no programme.
pub async fn page(
    conn: &Conn,
    scope: &Scope<act::ReadAuditLog>,
    _platform: &Permit<act::ReadPlatformLog>,
    filter: &Filter,
    request: PageRequest,
) -> Result<Page<(Cursor, Entry)>> {
    let of = entry_table::Column::ProgrammeId;
    let within = match scope.reach() {
        Reach::Everything => vec![Condition::all()],
        // Two walks along the index of programmes, merged: one question for both would read the whole log.
        Reach::Programme(id) => vec![of.eq(Uuid::from(id)).into_condition(), of.is_null().into_condition()],
        Reach::Family(_) | Reach::Mentor(_) | Reach::Account(_) | Reach::Nothing => Vec::new(),
    };
    let (key, id) = (entry_table::Column::RecordedAt, entry_table::Column::Id);
    let mut rows = Vec::new();
    for part in within {
        let query = entry_table::Entity::find().filter(part).filter(filter.condition());
        rows.extend(crate::db::page(query, key, id, Order::Descending, request).all(conn.raw()).await?);
    }
    rows.sort_by_key(|row| std::cmp::Reverse((row.recorded_at, row.id)));
    rows.truncate(usize::try_from(request.limit()).unwrap_or(usize::MAX));
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        let cursor = Cursor { key: row.recorded_at.0, id: row.id };
        entries.push((cursor, serde_json::from_slice(&row.canonical).map_err(crate::kernel::Error::internal)?));
    }
    Ok(request.page(entries))
}

/// What somebody looked at of one family, for one purpose.
#[derive(Debug, Clone)]
pub struct Trail {
    /// The family.
    pub family: Uuid,
    /// Who looked.
    pub actor: Uuid,
    /// The purpose, word for word as entries carry it.
    pub purpose: String,
    /// Since when.
    pub since: Timestamp,
    /// An action that is no look of its own when it was allowed.
    pub beside: &'static str,
}

impl Trail {
    fn query(&self, conn: &Conn) -> Select<entry_table::Entity> {
        // The purpose stands inside the canonical bytes. Family, actor and time narrow the search to a few entries.
        let purpose = serde_json::Value::from(self.purpose.as_str());
        let bytes = format!("\"purpose\":{purpose},").into_bytes();
        let holds = if conn.is_postgres() { "position($1 in canonical) > 0" } else { "instr(canonical, ?) > 0" };
        let look = Condition::any()
            .add(entry_table::Column::Action.ne(self.beside))
            .add(entry_table::Column::Outcome.ne(super::Outcome::Allowed.as_str()));
        entry_table::Entity::find()
            .filter(look)
            .filter(entry_table::Column::FamilyId.eq(self.family))
            .filter(entry_table::Column::ActorId.eq(self.actor))
            .filter(entry_table::Column::RecordedAt.gte(At::from(self.since)))
            .filter(Expr::cust_with_values(holds, [bytes]))
    }
}

/// One page of a trail, the latest first. Whoever asks has been permitted to see it.
pub async fn trail(
    conn: &Conn,
    _proof: &Decision,
    trail: &Trail,
    request: PageRequest,
) -> Result<Page<(Cursor, Entry)>> {
    let (key, id) = (entry_table::Column::RecordedAt, entry_table::Column::Id);
    let rows = crate::db::page(trail.query(conn), key, id, Order::Descending, request).all(conn.raw()).await?;
    let read = |row: entry_table::Model| {
        let cursor = Cursor { key: row.recorded_at.0, id: row.id };
        Ok((cursor, serde_json::from_slice(&row.canonical).map_err(crate::kernel::Error::internal)?))
    };
    Ok(request.page(rows.into_iter().map(read).collect::<Result<Vec<_>>>()?))
}

/// How many entries a trail has.
pub async fn count_trail(conn: &Conn, _proof: &Decision, trail: &Trail) -> Result<u64> {
    Ok(trail.query(conn).count(conn.raw()).await?)
}
