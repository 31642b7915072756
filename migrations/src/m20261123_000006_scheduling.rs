//! When mentors can, and the sessions that are held for or agreed with a family.

use sea_orm_migration::prelude::*;

use crate::sql::{StateTable, indexes, is_postgres, run, tables, transitions};

/// A session's life. `confirmed` leads back to `proposed` when it is moved to another time.
pub(crate) const SESSION: StateTable = (
    "session",
    &["proposed", "confirmed"],
    &[
        ("proposed", "confirmed"),
        ("proposed", "cancelled"),
        ("proposed", "expired"),
        ("confirmed", "completed"),
        ("confirmed", "no_show"),
        ("confirmed", "cancelled"),
        ("confirmed", "proposed"),
    ],
);

const TABLES: &str = "
CREATE TABLE availability_rule (
    {ID},
    mentor_id {ref mentor},
    zone TEXT NOT NULL,
    weekday {INT} NOT NULL CONSTRAINT availability_rule_weekday CHECK (weekday BETWEEN 0 AND 6),
    start_min {INT} NOT NULL,
    end_min {INT} NOT NULL,
    created_at {BIGINT} NOT NULL,
    CONSTRAINT availability_rule_minutes CHECK (start_min BETWEEN 0 AND 1439 AND end_min BETWEEN 1 AND 1440
        AND end_min > start_min),
    CONSTRAINT availability_rule_text CHECK (length(zone) BETWEEN 1 AND 64)
) {STRICT};
CREATE TABLE availability_exception (
    {ID},
    mentor_id {ref? mentor},
    family_id {ref? family},
    kind TEXT NOT NULL CONSTRAINT availability_exception_kind CHECK (kind IN ('removed', 'added')),
    on_date TEXT NOT NULL CONSTRAINT availability_exception_date CHECK (length(on_date) = 10),
    start_min {INT},
    end_min {INT},
    created_at {BIGINT} NOT NULL,
    CONSTRAINT availability_exception_owner CHECK ((mentor_id IS NULL) <> (family_id IS NULL)),
    CONSTRAINT availability_exception_added CHECK (kind <> 'added'
        OR (start_min IS NOT NULL AND end_min IS NOT NULL)),
    CONSTRAINT availability_exception_minutes CHECK ((start_min IS NULL) = (end_min IS NULL)
        AND (start_min IS NULL OR (start_min BETWEEN 0 AND 1439 AND end_min BETWEEN 1 AND 1440
            AND end_min > start_min)))
) {STRICT};
CREATE TABLE session (
    {ID},
    match_id {ref peer_match},
    family_id {ref family},
    mentor_id {ref mentor},
    programme_id {ref programme},
    {state session},
    starts_at {BIGINT} NOT NULL,
    ends_at {BIGINT} NOT NULL,
    zone TEXT NOT NULL,
    booked_by {ref account},
    booked_side TEXT NOT NULL CONSTRAINT session_booked_side CHECK (booked_side IN ('family', 'mentor')),
    hold_expires_at {BIGINT},
    cancelled_side TEXT,
    cancel_reason_sealed {BLOB},
    no_show_side TEXT,
    wellbeing {INT} CONSTRAINT session_wellbeing CHECK (wellbeing BETWEEN 1 AND 5),
    outcome_sealed {BLOB},
    created_at {BIGINT} NOT NULL,
    updated_at {BIGINT} NOT NULL,
    version {INT} NOT NULL,
    CONSTRAINT session_times CHECK (ends_at > starts_at),
    CONSTRAINT session_text CHECK (length(zone) BETWEEN 1 AND 64 AND length(cancelled_side) <= 40
        AND length(no_show_side) <= 40)
) {STRICT};
";

const INDEXES: [(&str, &str); 9] = [
    ("availability_rule", "mentor_id, weekday"),
    ("availability_exception", "mentor_id, on_date"),
    ("availability_exception", "family_id, on_date"),
    ("session", "match_id, starts_at"),
    ("session", "family_id, starts_at"),
    ("session", "mentor_id, starts_at"),
    ("session", "programme_id, starts_at, id"),
    ("session", "booked_by"),
    ("session", "state, hold_expires_at"),
];

/// Makes it impossible that one side's held or agreed sessions overlap. Half-open ranges: touching is allowed.
async fn no_overlap(manager: &SchemaManager<'_>, side: &str) -> Result<(), DbErr> {
    let name = format!("session_{side}_overlap");
    if is_postgres(manager) {
        let sql = format!(
            "ALTER TABLE session ADD CONSTRAINT {name} EXCLUDE USING gist \
             ({side}_id WITH =, int8range(starts_at, ends_at) WITH &&) WHERE (state IN ('proposed', 'confirmed'))"
        );
        return run(manager, &sql).await;
    }
    let taken = format!(
        "NEW.state IN ('proposed', 'confirmed') AND EXISTS (SELECT 1 FROM session WHERE {side}_id = NEW.{side}_id \
         AND state IN ('proposed', 'confirmed') AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at"
    );
    let answer = format!("BEGIN SELECT RAISE(ABORT, '{name}'); END;");
    run(manager, &format!("CREATE TRIGGER {name} BEFORE INSERT ON session WHEN {taken}) {answer}")).await?;
    let event = format!("UPDATE OF state, starts_at, ends_at, {side}_id");
    let sql = format!("CREATE TRIGGER {name}_update BEFORE {event} ON session WHEN {taken} AND id <> OLD.id) {answer}");
    run(manager, &sql).await
}

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLES, &[&SESSION]).await?;
        transitions(manager, &SESSION).await?;
        indexes(manager, &INDEXES).await?;
        if is_postgres(manager) {
            run(manager, "CREATE EXTENSION IF NOT EXISTS btree_gist").await?;
        }
        no_overlap(manager, "mentor").await?;
        no_overlap(manager, "family").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
