//! The queue's table.

use jiff::{SignedDuration, Timestamp};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, FromQueryResult, Statement};

use crate::db::{At, Conn, Db};
use crate::kernel::ids::JobId;
use crate::kernel::{Error, Result};

mod table {
    use sea_orm::entity::prelude::*;

    use super::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "job")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub payload: String,
        pub run_at: At,
        pub attempts: i32,
        pub lease_until: Option<At>,
        pub leased_by: Option<String>,
        pub done_at: Option<At>,
        pub failed_at: Option<At>,
        pub last_error: Option<String>,
        pub unique_key: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// A job to be enqueued.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Its kind, which names the handler.
    pub kind: &'static str,
    /// Ids only.
    pub payload: serde_json::Value,
    /// Not before this instant.
    pub run_at: Timestamp,
    /// At most one job with this key is ever kept.
    pub unique_key: Option<String>,
}

/// A leased job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// What to work on.
    pub payload: serde_json::Value,
    /// Which try this is, from 1.
    pub attempt: i32,
}

/// Stores a job in the transaction of the change that asks for it. A job whose unique key is there already changes nothing.
pub async fn enqueue(conn: &Conn, id: JobId, job: &NewJob) -> Result<()> {
    let row = table::ActiveModel {
        id: Set(id.uuid()),
        kind: Set(job.kind.to_owned()),
        payload: Set(job.payload.to_string()),
        run_at: Set(At::from(job.run_at)),
        attempts: Set(0),
        lease_until: Set(None),
        leased_by: Set(None),
        done_at: Set(None),
        failed_at: Set(None),
        last_error: Set(None),
        unique_key: Set(job.unique_key.clone()),
    };
    let keep = OnConflict::column(table::Column::UniqueKey).do_nothing().to_owned();
    table::Entity::insert(row).on_conflict(keep).exec_without_returning(conn.raw()).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Leased {
    id: Uuid,
    kind: String,
    payload: String,
    attempts: i32,
}

/// Leases the job that has been due longest, if any is due.
pub(super) async fn lease(db: &Db, node: &str, now: Timestamp, for_how_long: SignedDuration) -> Result<Option<Job>> {
    db.write(|conn| async move {
        // `FOR UPDATE SKIP LOCKED` inside the sub-select keeps nodes from waiting for each other on PostgreSQL; SQLite has
        // one writer and needs none.
        let skip = if conn.is_postgres() { "FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = format!(
            "UPDATE job SET lease_until = $1, leased_by = $2, attempts = attempts + 1 WHERE id = (
               SELECT id FROM job WHERE done_at IS NULL AND failed_at IS NULL AND run_at <= $3
                 AND (lease_until IS NULL OR lease_until <= $3) ORDER BY run_at, id LIMIT 1 {skip})
             RETURNING id, kind, payload, attempts"
        );
        let until = At::from(now + for_how_long);
        let values = [until.0.into(), node.into(), At::from(now).0.into()];
        let statement = Statement::from_sql_and_values(conn.raw().get_database_backend(), sql, values);
        let Some(row) = Leased::find_by_statement(statement).one(conn.raw()).await? else { return Ok(None) };
        let payload = serde_json::from_str(&row.payload).map_err(Error::internal)?;
        Ok(Some(Job { id: JobId::from(row.id), kind: row.kind, payload, attempt: row.attempts }))
    })
    .await
}

/// What became of a leased job.
pub(super) enum Settled {
    /// It is done.
    Done,
    /// It failed and is tried again at this instant.
    Again(Timestamp, String),
    /// It failed for good.
    Failed(String),
    /// It was not begun, or broken off: anybody may take it at once.
    Returned,
}

/// Notes what became of a leased job.
pub(super) async fn settle(db: &Db, id: JobId, now: Timestamp, settled: &Settled) -> Result<()> {
    db.write(|conn| async move {
        let mut row = table::ActiveModel {
            id: Set(id.uuid()),
            lease_until: Set(None),
            leased_by: Set(None),
            ..Default::default()
        };
        match settled {
            Settled::Done => row.done_at = Set(Some(At::from(now))),
            Settled::Again(at, error) => {
                row.run_at = Set(At::from(*at));
                row.last_error = Set(Some(error.clone()));
            }
            Settled::Failed(error) => {
                row.failed_at = Set(Some(At::from(now)));
                row.last_error = Set(Some(error.clone()));
            }
            Settled::Returned => {}
        }
        table::Entity::update_many().set(row).filter(table::Column::Id.eq(id.uuid())).exec(conn.raw()).await?;
        Ok(())
    })
    .await
}
