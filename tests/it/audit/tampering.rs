//! Somebody with the database's own rights changes the log: each way is found, and the first bad entry named. Somebody
//! with the service's rights cannot change it at all.

use serde_json::json;
use uuid::Uuid;

use super::{ACCOUNTS, verified};
use crate::harness::{Backend, TestApp, World, on_each};

use sea_orm::{ConnectionTrait as _, Statement};

pub(super) fn id(app: &TestApp, id: Uuid) -> String {
    match app.backend {
        Backend::Sqlite => format!("X'{}'", id.simple()),
        Backend::Postgres => format!("'{id}'"),
    }
}

pub(super) fn bytes(app: &TestApp, bytes: &[u8]) -> String {
    let hex = bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    match app.backend {
        Backend::Sqlite => format!("X'{hex}'"),
        Backend::Postgres => format!("'\\x{hex}'::bytea"),
    }
}

const TABLES: [&str; 2] = ["audit_entry", "audit_index"];

/// Takes the guards away, as only the owner of the database can.
pub(super) async fn unguard(app: &TestApp) {
    for table in TABLES {
        match app.backend {
            Backend::Postgres => app.tamper(&format!("ALTER TABLE {table} DISABLE TRIGGER USER")).await.unwrap(),
            Backend::Sqlite => {
                for end in ["", "_delete", "_insert"] {
                    app.tamper(&format!("DROP TRIGGER {table}_append_only{end}")).await.unwrap();
                }
            }
        }
        app.tamper(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await.unwrap();
    }
    if app.backend == Backend::Sqlite {
        app.tamper("DROP TRIGGER audit_index_gapless").await.unwrap();
    }
}

/// Puts the log back as it was.
pub(super) async fn restore(app: &TestApp) {
    for table in TABLES {
        let sql = format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}");
        app.tamper(&sql).await.unwrap();
    }
}

pub(super) struct Place {
    pub(super) seq: i64,
    pub(super) entry: Uuid,
    canonical: Vec<u8>,
    hash: Vec<u8>,
}

pub(super) async fn places(app: &TestApp) -> Vec<Place> {
    let read = app.app.core.db.read(|conn| async move {
        let sql = "SELECT i.seq, i.entry_id, e.canonical, e.leaf_hash FROM audit_index i JOIN audit_entry e ON e.id = i.entry_id ORDER BY i.seq";
        let rows = conn.raw().query_all_raw(Statement::from_string(conn.raw().get_database_backend(), sql)).await?;
        Ok(rows
            .iter()
            .map(|row| Place {
                seq: row.try_get("", "seq").unwrap(),
                entry: row.try_get("", "entry_id").unwrap(),
                canonical: row.try_get("", "canonical").unwrap(),
                hash: row.try_get("", "leaf_hash").unwrap(),
            })
            .collect::<Vec<_>>())
    });
    read.await.unwrap()
}

/// A log of three ticks with its places.
pub(super) async fn log(app: &TestApp) -> Vec<Place> {
    let world = World::new(app).await;
    for _ in 0..2 {
        app.advance(jiff::SignedDuration::from_secs(1)).await;
        for _ in 0..3 {
            world.administrator.data(ACCOUNTS, json!({})).await;
        }
    }
    app.advance(jiff::SignedDuration::from_secs(1)).await;
    places(app).await
}

pub(super) fn turned(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut turned = bytes.to_vec();
    turned[at] ^= 1;
    turned
}

#[tokio::test]
async fn every_change_behind_the_back_of_the_service_is_found_and_named() {
    on_each(|app| async move {
        let log = log(&app).await;
        assert!(log.len() >= 10);
        unguard(&app).await;
        // Not the first and not the last one.
        let (victim, next) = (&log[3], &log[4]);
        let row = id(&app, victim.entry);
        let mut cases: Vec<(String, String, i64, Uuid)> = Vec::new();
        let mut case = |name: &str, sql: String, named: &Place| cases.push((name.into(), sql, named.seq, named.entry));
        for at in 0..victim.canonical.len() {
            // Every byte would take long; every eleventh meets each field.
            if at % 11 == 0 {
                let changed = bytes(&app, &turned(&victim.canonical, at));
                case("byte", format!("UPDATE audit_entry SET canonical = {changed} WHERE id = {row}"), victim);
            }
        }
        let hash = bytes(&app, &turned(&victim.hash, 31));
        case("hash in the entry", format!("UPDATE audit_entry SET leaf_hash = {hash} WHERE id = {row}"), victim);
        case(
            "hash in the index",
            format!("UPDATE audit_index SET leaf_hash = {hash} WHERE seq = {}", victim.seq),
            victim,
        );
        let other = id(&app, Uuid::from_u128(7));
        for column in [
            "occurred_at = occurred_at + 1".to_owned(),
            "recorded_at = recorded_at - 1".to_owned(),
            format!("programme_id = {other}"),
            format!("actor_id = {other}"),
            "action = 'family.read'".to_owned(),
            "object_kind = 'Family'".to_owned(),
            format!("object_id = {other}"),
            format!("family_id = {other}"),
            "outcome = 'denied'".to_owned(),
        ] {
            case(&column, format!("UPDATE audit_entry SET {column} WHERE id = {row}"), victim);
        }
        case("entry gone", format!("DELETE FROM audit_entry WHERE id = {row}"), victim);
        case("place gone", format!("DELETE FROM audit_index WHERE seq = {}", victim.seq), next);
        let first = format!("DELETE FROM audit_index WHERE seq = {}", log[0].seq);
        case("first place gone", first, &log[1]);
        case(
            "another entry in its place",
            format!("UPDATE audit_index SET entry_id = {other} WHERE seq = {}", victim.seq),
            &Place { entry: Uuid::from_u128(7), ..copy(victim) },
        );
        for (name, sql, seq, entry) in cases {
            app.tamper(&sql).await.unwrap();
            let found = verified(&app).await.first_fault.unwrap_or_else(|| panic!("{name}: not found"));
            assert_eq!((found.seq, found.entry), (Some(seq), Some(entry)), "{name}: {found}");
            restore(&app).await;
            assert_eq!(verified(&app).await.first_fault, None, "{name} was not undone");
        }
    })
    .await;
}

fn copy(place: &Place) -> Place {
    Place { seq: place.seq, entry: place.entry, canonical: place.canonical.clone(), hash: place.hash.clone() }
}

/// Puts each of two entries into the other's place, hashes and all.
async fn swap(app: &TestApp, a: &Place, b: &Place) {
    let put = |at: i64, entry: &Place| {
        format!(
            "INSERT INTO audit_index SELECT {at}, entry_id, leaf_hash, (SELECT indexed_at FROM kept_audit_index WHERE seq = {at}) FROM kept_audit_index WHERE seq = {}",
            entry.seq
        )
    };
    let clear = format!("DELETE FROM audit_index WHERE seq IN ({}, {})", a.seq, b.seq);
    for sql in [clear, put(a.seq, b), put(b.seq, a)] {
        app.tamper(&sql).await.unwrap();
    }
}

#[tokio::test]
async fn entries_that_changed_places_are_found() {
    on_each(|app| async move {
        let log = log(&app).await;
        unguard(&app).await;
        let last = log.len() - 1;
        // Beside each other, within one batch, and far apart.
        for (a, b) in [(1, 2), (0, last), (3, last - 1), (last - 1, last)] {
            swap(&app, &log[a], &log[b]).await;
            let found = verified(&app).await.first_fault.unwrap_or_else(|| panic!("{a} and {b}: not found"));
            let seq = found.seq.unwrap();
            assert!(seq == log[a].seq || seq == log[a].seq + 1, "{a} and {b}: {found}");
            restore(&app).await;
            assert_eq!(verified(&app).await.first_fault, None);
        }
    })
    .await;
}

#[tokio::test]
async fn an_entry_without_a_place_is_checked_too() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        app.settle().await;
        world.administrator.data(ACCOUNTS, json!({})).await;
        unguard(&app).await;
        let pending = "id NOT IN (SELECT entry_id FROM audit_index)";
        app.tamper(&format!("UPDATE audit_entry SET action = 'family.read' WHERE {pending}")).await.unwrap();
        let found = verified(&app).await.first_fault.unwrap();
        assert!(found.seq.is_none() && found.entry.is_some(), "{found}");
    })
    .await;
}

/// A statement with the rights of the service; the text of its refusal.
async fn refused(app: &TestApp, sql: &str) -> String {
    let done = app.app.core.db.write(|conn| async move {
        conn.raw().execute_unprepared(sql).await?;
        Ok(())
    });
    let Err(refusal) = done.await else { panic!("not refused: {sql}") };
    refusal.to_string()
}

#[tokio::test]
async fn the_service_itself_cannot_change_the_log() {
    on_each(|app| async move {
        let log = log(&app).await;
        let row = id(&app, log[0].entry);
        let before = (app.dump("audit_entry").await, app.dump("audit_index").await);
        let mut tries = vec![
            format!("UPDATE audit_entry SET action = 'x' WHERE id = {row}"),
            format!("DELETE FROM audit_entry WHERE id = {row}"),
            "UPDATE audit_index SET seq = seq + 100".to_owned(),
            "DELETE FROM audit_index WHERE seq = 1".to_owned(),
            // A gap, and a place that is taken.
            format!("INSERT INTO audit_index SELECT 1000, entry_id, leaf_hash, indexed_at FROM audit_index WHERE seq = 1"),
        ];
        let columns = "id, occurred_at, recorded_at, programme_id, actor_id, action, object_kind, object_id, family_id, outcome, canonical, leaf_hash";
        let values = columns.replacen("action", "'x'", 1);
        let copied = format!("({columns}) SELECT {values} FROM audit_entry WHERE id = {row}");
        match app.backend {
            Backend::Sqlite => {
                tries.push(format!("INSERT OR REPLACE INTO audit_entry {copied}"));
                tries.push(format!("INSERT INTO audit_entry {copied} ON CONFLICT (id) DO UPDATE SET action = 'x'"));
                // The hidden row number is a key as well, and REPLACE deletes what stands under it.
                let fresh = values.replacen("id", "randomblob(16)", 1);
                tries.push(format!("INSERT OR REPLACE INTO audit_entry (rowid, {columns}) SELECT 1, {fresh} FROM audit_entry LIMIT 1"));
                tries.push("INSERT OR REPLACE INTO audit_index SELECT 1, randomblob(16), leaf_hash, indexed_at FROM audit_index LIMIT 1".to_owned());
                let next = "(SELECT max(seq) + 1 FROM audit_index)";
                tries.push(format!("INSERT OR REPLACE INTO audit_index SELECT {next}, entry_id, leaf_hash, indexed_at FROM audit_index LIMIT 1"));
            }
            Backend::Postgres => {
                tries.push(format!("INSERT INTO audit_entry {copied} ON CONFLICT (id) DO UPDATE SET action = 'x'"));
                tries.extend(TABLES.map(|table| format!("TRUNCATE {table}")));
                tries.push("ALTER TABLE audit_entry DISABLE TRIGGER USER".to_owned());
                tries.push("DROP TABLE audit_index".to_owned());
            }
        }
        for sql in &tries {
            refused(&app, sql).await;
            assert_eq!((app.dump("audit_entry").await, app.dump("audit_index").await), before, "{sql}");
        }
        // The guards hold against the owner's own slip as well.
        for table in TABLES {
            app.tamper(&format!("DELETE FROM {table}")).await.unwrap_err();
            if app.backend == Backend::Postgres {
                app.tamper(&format!("TRUNCATE {table}")).await.unwrap_err();
            }
        }
        assert_eq!((app.dump("audit_entry").await, app.dump("audit_index").await), before);
        assert_eq!(verified(&app).await.first_fault, None);
    })
    .await;
}
