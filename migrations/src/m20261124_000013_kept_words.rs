//! No word is changed while somebody has yet to judge it.

use sea_orm_migration::prelude::*;

use crate::sql::{Guard, StateTable, guards, is_postgres, transitions, trigger};

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
        transitions(manager, &MESSAGE).await?;
        guards(manager, &[UNDER_REVIEW]).await?;
        take_turns(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
