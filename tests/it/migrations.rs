//! The database refuses, by name, what must never be stored: tried with raw SQL on SQLite and, when
//! `KINWARD_TEST_POSTGRES` names a server, on PostgreSQL.

mod races;
mod refusals;
mod states;

use std::sync::atomic::{AtomicU32, Ordering};

use kinward_migrations::{constraint_name, constraint_names, status, up};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, TransactionTrait, Value,
};
use uuid::Uuid;

static NEXT: AtomicU32 = AtomicU32::new(1);

/// An empty database of its own, migrated.
pub(crate) struct Db {
    pub(crate) conn: DatabaseConnection,
    cleanup: Cleanup,
}

enum Cleanup {
    File(std::path::PathBuf),
    Database { admin: String, name: String },
}

fn fresh_name() -> String {
    format!("kinward_it_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

async fn sqlite() -> Db {
    let path = std::env::temp_dir().join(format!("{}.sqlite", fresh_name()));
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rwc", path.display()));
    options.max_connections(1).sqlx_logging(false);
    let conn = Database::connect(options).await.unwrap();
    conn.execute_unprepared("PRAGMA synchronous = OFF").await.unwrap();
    Db { conn, cleanup: Cleanup::File(path) }
}

/// PostgreSQL, when the environment names a server; `connections` is the size of the pool.
pub(crate) async fn postgres(connections: u32) -> Option<Db> {
    let admin = std::env::var("KINWARD_TEST_POSTGRES").ok()?;
    let name = fresh_name();
    let server = Database::connect(&admin).await.unwrap();
    server.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
    server.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    server.close().await.unwrap();
    let (base, _) = admin.rsplit_once('/').unwrap();
    let mut options = ConnectOptions::new(format!("{base}/{name}"));
    options.max_connections(connections).sqlx_logging(false);
    let conn = Database::connect(options).await.unwrap();
    let db = Db { conn, cleanup: Cleanup::Database { admin, name } };
    up(&db.conn).await.unwrap();
    Some(db)
}

/// Every kind of database that can be reached, migrated from empty.
pub(crate) async fn databases() -> Vec<Db> {
    let file = sqlite().await;
    up(&file.conn).await.unwrap();
    std::iter::once(file).chain(postgres(4).await).collect()
}

impl Db {
    pub(crate) fn is_postgres(&self) -> bool {
        self.conn.get_database_backend() == DbBackend::Postgres
    }

    /// Writes `#7` as the seventh id and `~7` as 32 bytes of value 7, as this database spells them.
    pub(crate) fn spell(&self, sql: &str) -> String {
        let mut out = String::new();
        let mut rest = sql;
        while let Some(at) = rest.find(['#', '~']) {
            let (before, marked) = rest.split_at(at);
            let digits: String = marked[1..].chars().take_while(char::is_ascii_digit).collect();
            let number: u128 = digits.parse().unwrap();
            let hex =
                if marked.starts_with('#') { format!("{number:032x}") } else { format!("{number:02x}").repeat(32) };
            out.push_str(before);
            let literal = match (self.is_postgres(), marked.starts_with('#')) {
                (true, true) => format!("'{}'::uuid", Uuid::from_u128(number)),
                (true, false) => format!("'\\x{hex}'::bytea"),
                (false, _) => format!("x'{hex}'"),
            };
            out.push_str(&literal);
            rest = &marked[1 + digits.len()..];
        }
        out + rest
    }

    /// Runs SQL that must succeed.
    pub(crate) async fn run(&self, sql: &str) {
        let sql = self.spell(sql);
        let done = self.conn.execute_unprepared(&sql).await;
        assert!(done.is_ok(), "{done:?}\nin: {sql}");
    }

    /// Runs SQL that must be refused under `name`, on either database.
    pub(crate) async fn refuses(&self, name: &str, sql: &str) {
        let done = self.conn.execute_unprepared(&self.spell(sql)).await;
        assert!(done.is_err(), "allowed: {sql}");
        let error = done.unwrap_err().to_string();
        assert_eq!(constraint_name(&error), Some(name), "{error}\nin: {sql}");
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let statement = Statement::from_string(self.conn.get_database_backend(), self.spell(sql));
        self.conn.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    async fn texts(&self, sql: &str) -> Vec<String> {
        let statement = Statement::from_string(self.conn.get_database_backend(), sql);
        let rows = self.conn.query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// Closes the connection and removes the database.
    pub(crate) async fn end(self) {
        self.conn.close().await.unwrap();
        match self.cleanup {
            Cleanup::File(path) => std::fs::remove_file(path).unwrap(),
            Cleanup::Database { admin, name } => {
                let server = Database::connect(&admin).await.unwrap();
                server.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
            }
        }
    }

    /// A programme #1, an account #2, and the mentors #3 with room for one and #4 with room for three.
    pub(crate) async fn seed(&self) {
        self.run("INSERT INTO programme (id, name, zone, created_at) VALUES (#1, 'North', 'Europe/London', 1)").await;
        self.run(
            "INSERT INTO account (id, sign_in_name, first_name_sealed, state, created_at, updated_at)
             VALUES (#2, 'robin', ~1, 'active', 1, 1)",
        )
        .await;
        for (mentor, capacity) in [(3, 1), (4, 3)] {
            self.run(&format!(
                "INSERT INTO mentor (id, programme_id, state, languages, topics, profile, capacity, zone, created_at,
                 updated_at, version) VALUES (#{mentor}, #1, 'active', '[]', '[]', '{{}}', {capacity}, 'UTC', 1, 1, 1)"
            ))
            .await;
        }
    }

    /// Family number `n` (#1000+n) with its request (#2000+n) and a proposal (#3000+n) for a mentor.
    pub(crate) async fn family(&self, n: u32, mentor: u32) {
        let (family, request, proposal) = (1000 + n, 2000 + n, 3000 + n);
        self.run(&format!(
            "INSERT INTO family (id, programme_id, zone, languages, created_at, updated_at, version)
             VALUES (#{family}, #1, 'UTC', '[]', 1, 1, 1)"
        ))
        .await;
        self.run(&request_sql(request, family, "submitted")).await;
        self.run(&proposal_sql(proposal, request, family, mentor, "offered_to_family")).await;
    }

    /// The match (#4000+n) of family `n` with a mentor.
    pub(crate) async fn matched(&self, n: u32, mentor: u32) {
        self.family(n, mentor).await;
        self.run(&match_sql(n, mentor, 1)).await;
    }
}

pub(crate) fn request_sql(id: u32, family: u32, state: &str) -> String {
    format!(
        "INSERT INTO support_request (id, family_id, programme_id, state, facts, created_at, updated_at, version)
         VALUES (#{id}, #{family}, #1, '{state}', '{{}}', 1, 1, 1)"
    )
}

pub(crate) fn proposal_sql(id: u32, request: u32, family: u32, mentor: u32, state: &str) -> String {
    format!(
        "INSERT INTO proposal (id, request_id, family_id, mentor_id, programme_id, state, weight, score, snapshot,
         policy_version, created_by, created_at, updated_at, version)
         VALUES (#{id}, #{request}, #{family}, #{mentor}, #1, '{state}', 1, 50, '{{}}', '1', #2, 1, 1, 1)"
    )
}

pub(crate) fn match_sql(n: u32, mentor: u32, weight: u32) -> String {
    format!(
        "INSERT INTO peer_match (id, request_id, proposal_id, family_id, mentor_id, programme_id, state, weight,
         started_at, first_contact_due_at, version)
         VALUES (#{}, #{}, #{}, #{}, #{mentor}, #1, 'active', {weight}, 1, 2, 1)",
        4000 + n,
        2000 + n,
        3000 + n,
        1000 + n
    )
}

/// A session of family `n` with a mentor, from one minute to another.
pub(crate) fn session_sql(id: u32, n: u32, mentor: u32, state: &str, times: (u32, u32)) -> String {
    format!(
        "INSERT INTO session (id, match_id, family_id, mentor_id, programme_id, state, starts_at, ends_at, zone,
         booked_by, booked_side, created_at, updated_at, version)
         VALUES (#{id}, #{}, #{}, #{mentor}, #1, '{state}', {}, {}, 'UTC', #2, 'family', 1, 1, 1)",
        4000 + n,
        1000 + n,
        times.0,
        times.1
    )
}

#[tokio::test]
async fn every_migration_lands_from_empty_once() {
    let empty = sqlite().await;
    assert!(status(&empty.conn).await.unwrap().iter().all(|(_, applied)| !applied));
    empty.end().await;
    for db in databases().await {
        up(&db.conn).await.unwrap();
        let list = status(&db.conn).await.unwrap();
        assert!(list.len() >= 10 && list.iter().all(|(_, applied)| *applied), "{list:?}");
        assert!(list.is_sorted(), "the names are in the order in which they run: {list:?}");
        db.end().await;
    }
}

#[tokio::test]
async fn nodes_that_start_together_take_turns() {
    let Some(db) = postgres(8).await else { return };
    db.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await;
    let ups = futures_util::future::join_all((0..5).map(|_| up(&db.conn))).await;
    assert!(ups.iter().all(Result::is_ok), "{ups:?}");
    db.end().await;
}

#[tokio::test]
async fn bound_values_fit_the_columns() {
    for db in databases().await {
        let id = Uuid::from_u128(77);
        let values: [Value; 7] = [
            id.into(),
            "kim".into(),
            vec![1_u8, 2].into(),
            "active".into(),
            5_i64.into(),
            6_i64.into(),
            None::<String>.into(),
        ];
        let insert = "INSERT INTO account (id, sign_in_name, first_name_sealed, state, created_at, updated_at, \
                      passphrase_hash) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let backend = db.conn.get_database_backend();
        db.conn.execute_raw(Statement::from_sql_and_values(backend, insert, values)).await.unwrap();
        let select = "SELECT id, first_name_sealed, updated_at, passphrase_hash FROM account WHERE id = $1";
        let row = db.conn.query_one_raw(Statement::from_sql_and_values(backend, select, [id.into()])).await;
        let row = row.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<Uuid>(0).unwrap(), id);
        assert_eq!(row.try_get_by_index::<Vec<u8>>(1).unwrap(), [1, 2]);
        assert_eq!(row.try_get_by_index::<i64>(2).unwrap(), 6);
        assert_eq!(row.try_get_by_index::<Option<String>>(3).unwrap(), None);
        db.seed().await;
        let text = "SELECT capacity FROM mentor WHERE id = $1";
        let three = Statement::from_sql_and_values(backend, text, [Uuid::from_u128(4).into()]);
        let row = db.conn.query_one_raw(three).await.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<i32>(0).unwrap(), 3);
        db.end().await;
    }
}

#[tokio::test]
async fn every_foreign_key_has_an_index() {
    let db = sqlite().await;
    up(&db.conn).await.unwrap();
    let bare = db
        .texts(
            "SELECT m.name || '.' || f.\"from\" FROM sqlite_master m, pragma_foreign_key_list(m.name) f
             WHERE m.type = 'table' AND NOT EXISTS (
                 SELECT 1 FROM pragma_index_list(m.name) l, pragma_index_info(l.name) i
                 WHERE l.partial = 0 AND i.seqno = 0 AND i.name = f.\"from\")",
        )
        .await;
    assert!(bare.is_empty(), "{bare:?}");
    let loose = db.texts("SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict").await;
    assert_eq!(loose.iter().filter(|name| !name.starts_with("sqlite_")).collect::<Vec<_>>(), ["seaql_migrations"]);
    db.end().await;
}

#[tokio::test]
async fn every_listed_name_is_in_the_database() {
    for db in databases().await {
        let known = if db.is_postgres() {
            db.texts(
                "SELECT conname::text FROM pg_constraint UNION SELECT tgname::text FROM pg_trigger \
                      UNION SELECT relname::text FROM pg_class WHERE relkind = 'i'",
            )
            .await
        } else {
            db.texts("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").await
        };
        for name in constraint_names() {
            assert!(known.iter().any(|text| text.contains(name)), "{name} is unknown to the database");
        }
        db.end().await;
    }
}

#[tokio::test]
async fn the_runtime_role_can_not_rewrite_the_record() {
    let Some(db) = postgres(2).await else { return };
    let rights = db
        .texts(
            "SELECT concat_ws(' ', has_table_privilege('kinward_app', c.oid, 'SELECT'),
                has_table_privilege('kinward_app', c.oid, 'INSERT'), has_table_privilege('kinward_app', c.oid, 'UPDATE'),
                has_table_privilege('kinward_app', c.oid, 'DELETE'), has_table_privilege('kinward_app', c.oid, 'TRUNCATE'),
                c.relname)
             FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace",
        )
        .await;
    for line in rights {
        let (rights, table) = line.rsplit_once(' ').unwrap();
        let expected = match table {
            "seaql_migrations" => "t f f f f",
            "audit_entry"
            | "audit_index"
            | "verdict"
            | "case_note"
            | "message_version"
            | "alleged_abuser"
            | "sealing_check"
            | "break_glass_delay"
            | "break_glass_review"
            | "release_signature"
            | "disclosure"
            | "disclosure_field"
            | "security_alert"
            | "alert_handling"
            | "provider_link"
            | "caregiver_restriction"
            | "mark_lift" => "t t f f f",
            // Made, and taken out when it is answered.
            "provider_sign_in" => "t t f t f",
            // Its steps are kept for good.
            "factor_reset" => "t t t f f",
            _ => "t t t t f",
        };
        assert_eq!(rights, expected, "{table}");
    }
    for sql in [
        "UPDATE audit_entry SET action = 'x'",
        "DELETE FROM audit_index",
        "TRUNCATE verdict",
        "UPDATE message_version SET version = 9",
        "DELETE FROM message_version",
    ] {
        let service = db.conn.begin().await.unwrap();
        service.execute_unprepared("SET LOCAL ROLE kinward_app").await.unwrap();
        service.execute_unprepared("UPDATE programme SET zone = 'UTC'").await.unwrap();
        let error = service.execute_unprepared(sql).await.unwrap_err().to_string();
        assert!(error.contains("permission denied"), "{error}");
    }
    db.end().await;
}
