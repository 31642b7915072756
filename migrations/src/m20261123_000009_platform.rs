//! The audit log, the outbox and the job queue.

use sea_orm_migration::prelude::*;

use crate::sql::{Guard, Unique, append_only, guards, indexes, run, tables, uniques};

/// Audit tables have no foreign keys: an entry outlives the row it tells of.
const TABLES: &str = "
CREATE TABLE audit_entry (
    {ID},
    occurred_at {BIGINT} NOT NULL,
    recorded_at {BIGINT} NOT NULL,
    programme_id {UUID},
    actor_id {UUID},
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id {UUID},
    family_id {UUID},
    outcome TEXT NOT NULL CONSTRAINT audit_entry_outcome CHECK (outcome IN
        ('allowed', 'denied', 'missing', 'refused', 'failed')),
    canonical {BLOB} NOT NULL,
    leaf_hash {BLOB} NOT NULL CONSTRAINT audit_entry_leaf_hash CHECK (length(leaf_hash) = 32),
    CONSTRAINT audit_entry_text CHECK (length(action) BETWEEN 1 AND 200 AND length(object_kind) BETWEEN 1 AND 100)
) {STRICT keyed};
CREATE TABLE audit_index (
    seq {BIGINT} NOT NULL PRIMARY KEY,
    entry_id {UUID} NOT NULL,
    leaf_hash {BLOB} NOT NULL CONSTRAINT audit_index_leaf_hash CHECK (length(leaf_hash) = 32),
    indexed_at {BIGINT} NOT NULL
) {STRICT};
CREATE TABLE outbox (
    {ID},
    topic TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at {BIGINT} NOT NULL,
    CONSTRAINT outbox_text CHECK (length(topic) BETWEEN 1 AND 200 AND length(payload) <= 262144)
) {STRICT};
CREATE TABLE job (
    {ID},
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    run_at {BIGINT} NOT NULL,
    attempts {INT} NOT NULL DEFAULT 0,
    lease_until {BIGINT},
    leased_by TEXT,
    done_at {BIGINT},
    failed_at {BIGINT},
    last_error TEXT,
    unique_key TEXT,
    CONSTRAINT job_text CHECK (length(kind) BETWEEN 1 AND 200 AND length(payload) <= 262144
        AND length(leased_by) <= 200 AND length(unique_key) <= 500)
) {STRICT};
";

const GAPLESS: Guard = Guard {
    name: "audit_index_gapless",
    raises: "audit_index_gapless",
    table: "audit_index",
    event: "INSERT",
    when: "NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit_index)",
};

const INDEXES: [(&str, &str); 7] = [
    ("audit_entry", "recorded_at, id"),
    ("audit_entry", "programme_id, recorded_at, id"),
    ("audit_entry", "family_id, recorded_at, id"),
    ("audit_entry", "actor_id, recorded_at, id"),
    ("audit_entry", "object_id, recorded_at, id"),
    ("outbox", "created_at, id"),
    ("job", "kind, run_at"),
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLES, &[]).await?;
        append_only(manager, "audit_entry", "id = NEW.id").await?;
        append_only(manager, "audit_index", "entry_id = NEW.entry_id").await?;
        guards(manager, &[GAPLESS]).await?;
        uniques(
            manager,
            &[
                Unique("audit_index_entry", "audit_index", "entry_id", None),
                Unique("job_unique_key", "job", "unique_key", None),
            ],
        )
        .await?;
        indexes(manager, &INDEXES).await?;
        // The runner asks only for jobs that are still to do, and those stay few.
        run(manager, "CREATE INDEX job_to_do ON job (run_at, id) WHERE done_at IS NULL AND failed_at IS NULL").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
