//! What a coordinator must look at, and the notes on it.

use sea_orm_migration::prelude::*;

use crate::sql::{StateTable, Unique, append_only, indexes, tables, transitions, uniques};

/// A case's life. A decided case opens again only by being reopened.
pub(crate) const MODERATION_CASE: StateTable = (
    "moderation_case",
    &["open"],
    &[
        ("open", "claimed"),
        ("open", "decided"),
        ("open", "escalated"),
        ("claimed", "open"),
        ("claimed", "decided"),
        ("claimed", "escalated"),
        ("escalated", "claimed"),
        ("escalated", "decided"),
        ("decided", "reopened"),
        ("reopened", "claimed"),
        ("reopened", "decided"),
    ],
);

const TABLES: &str = "
CREATE TABLE moderation_case (
    {ID},
    programme_id {ref programme},
    family_id {ref family},
    match_id {ref peer_match},
    conversation_id {ref conversation},
    message_id {ref? message},
    kind TEXT NOT NULL CONSTRAINT moderation_case_kind CHECK (kind IN ('held_message', 'crisis', 'report', 'sample')),
    priority {INT} NOT NULL,
    {state moderation_case},
    opened_at {BIGINT} NOT NULL,
    due_at {BIGINT} NOT NULL,
    claimed_by {ref? account},
    lease_until {BIGINT},
    decided_by {ref? account},
    decision TEXT CONSTRAINT moderation_case_decision CHECK (decision IN
        ('deliver', 'redact', 'block', 'dismiss', 'acknowledge')),
    decided_at {BIGINT},
    version {INT} NOT NULL
) {STRICT};
CREATE TABLE case_note (
    {ID},
    case_id {ref moderation_case},
    visibility TEXT NOT NULL CONSTRAINT case_note_visibility CHECK (visibility IN ('internal', 'public')),
    body_sealed {BLOB} NOT NULL,
    author_account_id {ref account},
    created_at {BIGINT} NOT NULL
) {STRICT keyed};
";

const INDEXES: [(&str, &str); 11] = [
    ("moderation_case", "programme_id, state, priority, due_at, id"),
    ("moderation_case", "programme_id, opened_at, id"),
    ("moderation_case", "family_id"),
    ("moderation_case", "match_id"),
    ("moderation_case", "conversation_id"),
    ("moderation_case", "message_id"),
    ("moderation_case", "claimed_by"),
    ("moderation_case", "decided_by"),
    ("moderation_case", "state, lease_until"),
    ("case_note", "case_id, created_at"),
    ("case_note", "author_account_id"),
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLES, &[&MODERATION_CASE]).await?;
        transitions(manager, &MODERATION_CASE).await?;
        append_only(manager, "case_note", "id = NEW.id").await?;
        let only = Some("state <> 'decided'");
        uniques(manager, &[Unique("one_open_case_per_message", "moderation_case", "message_id, kind", only)]).await?;
        indexes(manager, &INDEXES).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
