//! The database: connecting, the one transaction runner, and how its errors become ours.
//!
//! SQLite has one writing connection (more would only queue inside SQLite, with worse tails) and a pool of readers beside
//! it that can only read. PostgreSQL has one pool; changes run SERIALIZABLE, so that a decision and the facts it rests on
//! cannot drift apart, and reads run on one snapshot.

mod fault;
mod keyset;
mod value;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait as _, Database, DatabaseBackend, DatabaseConnection,
    DatabaseTransaction, IsolationLevel, SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};

use crate::kernel::{Error, Result};

pub use keyset::{Order, page};
pub use value::At;

/// How often a transaction is tried before the caller is told that the service is busy.
const MAX_TRIES: u32 = 12;

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct Options {
    /// `sqlite:///path/to/file` (made when missing) or `postgres://…`.
    pub url: String,
    /// The most connections of the pool (readers on SQLite).
    pub max_connections: u32,
    /// The PostgreSQL role that the service works as, without the right to change the audit log; none for the migrations.
    pub role: Option<String>,
}

/// The database of one node.
#[derive(Debug, Clone)]
pub struct Db {
    write: DatabaseConnection,
    read: DatabaseConnection,
    statements: Arc<AtomicU64>,
}

/// An open transaction. It ends with the closure that it was handed to.
#[derive(Debug, Clone)]
pub struct Conn(Arc<DatabaseTransaction>);

impl Conn {
    /// What stores run their queries on.
    #[must_use]
    pub fn raw(&self) -> &DatabaseTransaction {
        &self.0
    }

    /// Whether this is PostgreSQL (otherwise SQLite).
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.0.get_database_backend() == DatabaseBackend::Postgres
    }
}

impl Db {
    /// Connects. The schema is the migrations' business: see [`Db::migrate`].
    pub async fn connect(options: &Options) -> Result<Self> {
        let statements = Arc::new(AtomicU64::new(0));
        let (mut write, mut read) = if options.url.starts_with("sqlite:") {
            (sqlite(options, 1, false).await?, sqlite(options, options.max_connections, true).await?)
        } else if options.url.starts_with("postgres:") || options.url.starts_with("postgresql:") {
            let pool = postgres(options).await?;
            (pool.clone(), pool)
        } else {
            return Err(Error::internal("database.url is neither sqlite: nor postgres:"));
        };
        for pool in [&mut write, &mut read] {
            let count = Arc::clone(&statements);
            pool.set_metric_callback(move |_| {
                count.fetch_add(1, Ordering::Relaxed);
            });
        }
        Ok(Self { write, read, statements })
    }

    /// Brings the schema up to date.
    pub async fn migrate(&self) -> Result<()> {
        Ok(kinward_migrations::up(&self.write).await?)
    }

    /// Each migration's name and whether it has been applied.
    pub async fn migration_status(&self) -> Result<Vec<(String, bool)>> {
        Ok(kinward_migrations::status(&self.write).await?)
    }

    /// How many statements have run since the start (transaction control not counted).
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        for pool in [&self.write, &self.read] {
            if let Err(error) = pool.close_by_ref().await {
                tracing::warn!(%error, "closing the database");
            }
        }
    }

    /// Runs `work` in one changing transaction and commits it; rolls back on an error. The whole of `work` is run again
    /// when the database asks for it, so it must not act on the world outside.
    pub async fn write<T, F, Fut>(&self, work: F) -> Result<T>
    where
        F: Fn(Conn) -> Fut,
        Fut: Future<Output = Result<T>>,
    {
        let options = TransactionOptions {
            isolation_level: self.postgres_level(IsolationLevel::Serializable),
            access_mode: None,
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        };
        for attempt in 0..MAX_TRIES {
            match run(&self.write, options, true, &work).await {
                Err(Error::Busy) => tokio::time::sleep(back_off(attempt)).await,
                done => return done,
            }
        }
        Err(Error::Unavailable("the database is busy"))
    }

    /// Runs `work` on one snapshot that cannot be changed.
    pub async fn read<T, F, Fut>(&self, work: F) -> Result<T>
    where
        F: Fn(Conn) -> Fut,
        Fut: Future<Output = Result<T>>,
    {
        let options = TransactionOptions {
            isolation_level: self.postgres_level(IsolationLevel::RepeatableRead),
            access_mode: self.is_postgres().then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
        };
        for attempt in 0..MAX_TRIES {
            match run(&self.read, options, false, &work).await {
                Err(Error::Busy) => tokio::time::sleep(back_off(attempt)).await,
                done => return done,
            }
        }
        Err(Error::Unavailable("the database is busy"))
    }

    /// Whether this is PostgreSQL (otherwise SQLite).
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.write.get_database_backend() == DatabaseBackend::Postgres
    }

    fn postgres_level(&self, level: IsolationLevel) -> Option<IsolationLevel> {
        self.is_postgres().then_some(level)
    }
}

async fn run<T, F, Fut>(pool: &DatabaseConnection, options: TransactionOptions, commit: bool, work: &F) -> Result<T>
where
    F: Fn(Conn) -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let conn = Conn(Arc::new(pool.begin_with_options(options).await?));
    let outcome = work(conn.clone()).await;
    let Some(open) = Arc::into_inner(conn.0) else {
        return Err(Error::internal("a transaction outlived its work"));
    };
    if commit && outcome.is_ok() {
        open.commit().await?;
    } else {
        open.rollback().await?;
    }
    outcome
}

/// Whether the database answers.
pub async fn ping(conn: &Conn) -> Result<()> {
    conn.raw().execute_unprepared("SELECT 1").await?;
    Ok(())
}

/// Waits longer from try to try, and differently in each task, so that those who lost a race do not meet again.
fn back_off(attempt: u32) -> Duration {
    let spread = std::hash::BuildHasher::hash_one(&std::collections::hash_map::RandomState::new(), attempt) % 8;
    Duration::from_millis((1_u64 << attempt.min(6)) + spread * u64::from(attempt + 1))
}

async fn sqlite(options: &Options, connections: u32, query_only: bool) -> Result<DatabaseConnection> {
    let mut connect = ConnectOptions::new(&options.url);
    connect
        .max_connections(connections)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(15))
        .map_sqlx_sqlite_opts(move |sqlite| {
            make_private(sqlite.get_filename());
            sqlite
                .create_if_missing(true)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("query_only", if query_only { "ON" } else { "OFF" })
        });
    Ok(Database::connect(connect).await?)
}

/// Makes a new database file that only its owner may read; its journals take over the mode. One that is there, or cannot be
/// made, is left to SQLite, which says what is wrong.
fn make_private(file: &std::path::Path) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let _ = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
}

async fn postgres(options: &Options) -> Result<DatabaseConnection> {
    let role = options.role.clone();
    let mut connect = ConnectOptions::new(&options.url);
    connect
        .max_connections(options.max_connections)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(15))
        .map_sqlx_postgres_opts(move |postgres| match &role {
            Some(role) => postgres.options([("role", role.as_str())]),
            None => postgres,
        });
    Ok(Database::connect(connect).await?)
}
