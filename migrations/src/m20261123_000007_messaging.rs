//! Conversations, their messages, and the verdicts without which none is delivered.

use sea_orm_migration::prelude::*;

use crate::sql::{Guard, StateTable, Unique, append_only, guards, indexes, tables, transitions, uniques};

/// A message's life. The way back to `screening` is an edit.
pub(crate) const MESSAGE: StateTable = (
    "message",
    &["screening"],
    &[
        ("screening", "delivered"),
        ("screening", "held"),
        ("screening", "blocked"),
        ("held", "delivered"),
        ("held", "blocked"),
        ("held", "screening"),
        ("delivered", "removed"),
        ("delivered", "screening"),
        ("blocked", "appealed"),
        ("appealed", "delivered"),
        ("appealed", "blocked"),
    ],
);

const TABLES: &str = "
CREATE TABLE conversation (
    {ID},
    match_id {ref peer_match},
    family_id {ref family},
    mentor_id {ref mentor},
    programme_id {ref programme},
    created_at {BIGINT} NOT NULL,
    next_seq {BIGINT} NOT NULL DEFAULT 1,
    next_change {BIGINT} NOT NULL DEFAULT 1
) {STRICT};
CREATE TABLE message (
    {ID},
    conversation_id {ref conversation},
    seq {BIGINT} NOT NULL,
    change_seq {BIGINT} NOT NULL,
    author_account_id {ref account},
    side TEXT NOT NULL CONSTRAINT message_side CHECK (side IN ('family', 'mentor')),
    client_id TEXT NOT NULL,
    body_sealed {BLOB} NOT NULL,
    shown_sealed {BLOB},
    {state message},
    created_at {BIGINT} NOT NULL,
    delivered_at {BIGINT},
    edited_at {BIGINT},
    version {INT} NOT NULL,
    CONSTRAINT message_text CHECK (length(client_id) BETWEEN 1 AND 200)
) {STRICT};
CREATE TABLE verdict (
    {ID},
    message_id {ref message},
    message_version {INT} NOT NULL,
    outcome TEXT NOT NULL CONSTRAINT verdict_outcome CHECK (outcome IN
        ('deliver', 'deliver_and_flag', 'deliver_and_page', 'hold', 'released', 'redacted', 'blocked')),
    findings TEXT NOT NULL,
    judge TEXT NOT NULL CONSTRAINT verdict_judge CHECK (judge IN ('screener', 'moderator')),
    judged_by {ref? account},
    screener_version TEXT NOT NULL,
    decided_at {BIGINT} NOT NULL,
    CONSTRAINT verdict_text CHECK (length(findings) <= 262144 AND length(screener_version) <= 200)
) {STRICT keyed};
";

const UNIQUES: [Unique; 4] = [
    Unique("conversation_match", "conversation", "match_id", None),
    Unique("message_seq", "message", "conversation_id, seq", None),
    Unique("message_client", "message", "conversation_id, author_account_id, client_id", None),
    Unique("message_change", "message", "conversation_id, change_seq", None),
];

const INDEXES: [(&str, &str); 7] = [
    ("conversation", "family_id"),
    ("conversation", "mentor_id"),
    ("conversation", "programme_id"),
    ("message", "author_account_id"),
    ("message", "state, created_at"),
    ("verdict", "message_id, message_version"),
    ("verdict", "judged_by"),
];

/// The verdict must be about the version that is delivered, so an edit can not ride on an older verdict.
const HELD_UNTIL_JUDGED: Guard = Guard {
    name: "message_verdict",
    raises: "message_verdict",
    table: "message",
    event: "UPDATE OF state, version",
    when: "NEW.state = 'delivered' AND (OLD.state <> 'delivered' OR NEW.version <> OLD.version)
        AND NOT EXISTS (SELECT 1 FROM verdict WHERE message_id = NEW.id AND message_version = NEW.version
            AND outcome IN ('deliver', 'deliver_and_flag', 'deliver_and_page', 'released', 'redacted'))",
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLES, &[&MESSAGE]).await?;
        transitions(manager, &MESSAGE).await?;
        guards(manager, &[HELD_UNTIL_JUDGED]).await?;
        append_only(manager, "verdict", "id = NEW.id").await?;
        uniques(manager, &UNIQUES).await?;
        indexes(manager, &INDEXES).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
