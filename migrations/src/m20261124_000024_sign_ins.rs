//! What people see of their sign-ins, and that an end is an end.

use sea_orm_migration::prelude::*;

use crate::sql::{Guard, guards, tables};

/// The default stands for the rows that exist.
const COLUMNS: &str = "
ALTER TABLE sign_in ADD COLUMN device TEXT NOT NULL DEFAULT 'another device'
    CONSTRAINT sign_in_device CHECK (length(device) BETWEEN 1 AND 40);
";

const ENDED: Guard = Guard {
    name: "sign_in_ended",
    raises: "sign_in_ended",
    table: "sign_in",
    event: "UPDATE",
    when: "OLD.ended_at IS NOT NULL AND (NEW.ended_at IS DISTINCT FROM OLD.ended_at
        OR NEW.end_reason IS DISTINCT FROM OLD.end_reason OR NEW.last_used_at IS DISTINCT FROM OLD.last_used_at)",
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, COLUMNS, &[]).await?;
        guards(manager, &[ENDED]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
