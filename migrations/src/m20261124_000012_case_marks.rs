//! What a case remembers beside its state: how often the message was reported.

use sea_orm_migration::prelude::*;

use crate::sql::tables;

/// A node of the version before still opens reports while this lands, without a count; the rule allows for that. The
/// reports that are there already came once, when they opened their case.
const COLUMNS: &str = "
ALTER TABLE moderation_case ADD COLUMN report_count {INT} NOT NULL DEFAULT 0;
ALTER TABLE moderation_case ADD COLUMN last_reported_at {BIGINT}
    CONSTRAINT moderation_case_reports CHECK (report_count >= 0 AND (report_count = 0) = (last_reported_at IS NULL));
UPDATE moderation_case SET report_count = 1, last_reported_at = opened_at WHERE kind = 'report';
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, COLUMNS, &[]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
