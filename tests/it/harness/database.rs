//! A fresh, migrated database per test: a copy of one that was migrated once.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database as Sea, DatabaseConnection, Statement};
use tokio::sync::OnceCell;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

fn server() -> Option<String> {
    std::env::var("KINWARD_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// The databases that this run can use.
pub fn backends() -> Vec<Backend> {
    let postgres = server().map(|_| Backend::Postgres);
    std::iter::once(Backend::Sqlite).chain(postgres).collect()
}

/// One test's database; removed at the end.
pub struct Database {
    pub url: String,
    backend: Backend,
    file: Option<PathBuf>,
    nodes: AtomicU64,
}

static COUNT: AtomicU64 = AtomicU64::new(0);
static SQLITE: OnceCell<PathBuf> = OnceCell::const_new();
static POSTGRES: OnceCell<String> = OnceCell::const_new();

fn unique() -> String {
    format!("kinward_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst))
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Sea::connect(options).await.unwrap()
}

fn on_server(name: &str) -> String {
    let server = server().unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

impl Database {
    pub async fn fresh(backend: Backend) -> Self {
        let nodes = AtomicU64::new(0);
        match backend {
            Backend::Sqlite => {
                let template = SQLITE.get_or_init(sqlite_template).await;
                let file = std::env::temp_dir().join(format!("{}.sqlite", unique()));
                std::fs::copy(template, &file).unwrap();
                Self { url: format!("sqlite://{}", file.display()), backend, file: Some(file), nodes }
            }
            Backend::Postgres => {
                let template = POSTGRES.get_or_init(postgres_template).await;
                let name = unique();
                let admin = connect(&server().unwrap()).await;
                admin.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await.unwrap();
                admin.close().await.unwrap();
                Self { url: on_server(&name), backend, file: None, nodes }
            }
        }
    }

    pub fn next_seed(&self) -> u64 {
        1_000 + self.nodes.fetch_add(1, Ordering::SeqCst)
    }

    pub async fn count(&self, sql: &str) -> i64 {
        let db = connect(&self.url).await;
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
        let count = row.try_get::<i64>("", "n").unwrap();
        db.close().await.unwrap();
        count
    }

    pub async fn tamper(&self, sql: &str) -> Result<(), sea_orm::DbErr> {
        let db = connect(&self.url).await;
        let done = db.execute_unprepared(sql).await.map(|_| ());
        db.close().await.unwrap();
        done
    }

    pub async fn dump(&self, table: &str) -> String {
        let db = connect(&self.url).await;
        let backend = db.get_database_backend();
        // Every value as text, and bytes as they stand, so that a plain text inside them would show.
        let columns = match self.backend {
            Backend::Postgres => format!(
                "SELECT string_agg('coalesce(' || CASE data_type WHEN 'bytea'
                     THEN 'encode(' || quote_ident(column_name) || ', ''escape'')'
                     ELSE quote_ident(column_name) || '::text' END || ', '''')', ' || '' '' || ') AS line
                 FROM information_schema.columns WHERE table_name = '{table}'"
            ),
            Backend::Sqlite => format!(
                "SELECT group_concat('coalesce(cast(\"' || name || '\" AS TEXT), '''')', ' || '' '' || ') AS line
                 FROM pragma_table_info('{table}')"
            ),
        };
        let row = db.query_one_raw(Statement::from_string(backend, columns)).await.unwrap().unwrap();
        let line = row.try_get::<String>("", "line").unwrap();
        // Sealed bytes are no UTF-8, so a line leaves the database as bytes.
        let sql = match self.backend {
            Backend::Postgres => format!("SELECT convert_to({line}, 'UTF8') AS line FROM {table}"),
            Backend::Sqlite => format!("SELECT CAST({line} AS BLOB) AS line FROM {table}"),
        };
        let rows = db.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
        let text = |row: &sea_orm::QueryResult| {
            String::from_utf8_lossy(&row.try_get::<Vec<u8>>("", "line").unwrap()).into_owned()
        };
        let lines: Vec<String> = rows.iter().map(text).collect();
        db.close().await.unwrap();
        lines.join("\n")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", file.display()));
            }
        }
        // A PostgreSQL database goes with its private server.
    }
}

async fn sqlite_template() -> PathBuf {
    let file = std::env::temp_dir().join(format!("kinward_template_{}.sqlite", std::process::id()));
    let _ = std::fs::remove_file(&file);
    let db = connect(&format!("sqlite://{}?mode=rwc", file.display())).await;
    kinward_migrations::up(&db).await.unwrap();
    db.close().await.unwrap();
    file
}

async fn postgres_template() -> String {
    let name = format!("kinward_template_{}", std::process::id());
    let admin = connect(&server().unwrap()).await;
    admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name}")).await.unwrap();
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    admin.close().await.unwrap();
    let db = connect(&on_server(&name)).await;
    kinward_migrations::up(&db).await.unwrap();
    db.close().await.unwrap();
    name
}
