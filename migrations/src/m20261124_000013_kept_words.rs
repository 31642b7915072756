//! Every version of a message is kept, and no word is changed while somebody has yet to judge it.

use sea_orm_migration::prelude::*;

use crate::sql::{
    Guard, StateTable, Unique, append_only, guards, indexes, is_postgres, run, tables, transitions, trigger, uniques,
};

/// A message's life. The way back to `screening` is an edit of what was delivered; what is held waits for its reader.
pub(crate) const MESSAGE: StateTable = (
    "message",
    &["screening"],
    &[
        ("screening", "delivered"),
        ("screening", "held"),
        ("screening", "blocked"),
        ("held", "delivered"),
        ("held", "blocked"),
        ("delivered", "removed"),
        ("delivered", "screening"),
        ("blocked", "appealed"),
        ("appealed", "delivered"),
        ("appealed", "blocked"),
    ],
);

const TABLE: &str = "
CREATE TABLE message_version (
    {ID},
    message_id {ref message},
    version {INT} NOT NULL,
    form TEXT NOT NULL CONSTRAINT message_version_form CHECK (form IN ('written', 'shown')),
    body_sealed {BLOB} NOT NULL,
    kept_at {BIGINT} NOT NULL
) {STRICT keyed};
";

/// A version is written once; what others are shown of it may be decided more than once.
const WRITTEN_ONCE: Unique =
    Unique("message_version_written", "message_version", "message_id, version", Some("form = 'written'"));

/// Words are overwritten only when they are kept. A node of the version before keeps none, so its edits are refused from
/// the moment this lands, rather than lose what was said.
const KEPT: Guard = Guard {
    name: "message_kept",
    raises: "message_kept",
    table: "message",
    event: "UPDATE OF version",
    when: "NEW.version <> OLD.version AND NOT EXISTS (SELECT 1 FROM message_version
        WHERE message_id = OLD.id AND version = OLD.version AND form = 'written')",
};

const UNDER_REVIEW: Guard = Guard {
    name: "message_under_review",
    raises: "message_under_review",
    table: "message",
    event: "UPDATE OF version",
    when: "NEW.version <> OLD.version
        AND EXISTS (SELECT 1 FROM moderation_case WHERE message_id = NEW.id AND state <> 'decided')",
};

/// An edit and a report at the same moment take turns at the message's row, or the edit would look before the case can be
/// seen. The row is rewritten unchanged, not only locked: at the stricter isolation levels an edit that began earlier then
/// fails to serialize, where a plain lock would let it go on with its old snapshot. SQLite has one writer at a time.
async fn take_turns(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if !is_postgres(manager) {
        return Ok(());
    }
    let body = "UPDATE message SET version = version WHERE id = NEW.message_id; RETURN NEW;";
    let opened = "BEFORE INSERT ON moderation_case FOR EACH ROW";
    trigger(manager, "moderation_case_opened", "moderation_case", opened, body).await?;
    let again = "BEFORE UPDATE OF state ON moderation_case FOR EACH ROW
        WHEN (OLD.state = 'decided' AND NEW.state <> 'decided')";
    trigger(manager, "moderation_case_opened_again", "moderation_case", again, body).await
}

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLE, &[]).await?;
        append_only(manager, "message_version", "id = NEW.id").await?;
        uniques(manager, &[WRITTEN_ONCE]).await?;
        indexes(manager, &[("message_version", "message_id, version")]).await?;
        if is_postgres(manager) {
            run(manager, "GRANT SELECT, INSERT ON message_version TO kinward_app").await?;
        }
        transitions(manager, &MESSAGE).await?;
        guards(manager, &[KEPT, UNDER_REVIEW]).await?;
        take_turns(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
