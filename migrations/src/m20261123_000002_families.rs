//! Families, who belongs to them, and how it is safe to reach them.

use sea_orm_migration::prelude::*;

use crate::sql::{Unique, indexes, tables, uniques};

const TABLES: &str = "
CREATE TABLE family (
    {ID},
    programme_id {ref programme},
    zone TEXT NOT NULL,
    languages TEXT NOT NULL,
    circumstances_sealed {BLOB},
    created_at {BIGINT} NOT NULL,
    updated_at {BIGINT} NOT NULL,
    version {INT} NOT NULL,
    CONSTRAINT family_text CHECK (length(zone) BETWEEN 1 AND 64 AND length(languages) <= 4096)
) {STRICT};
CREATE TABLE family_member (
    {ID},
    family_id {ref family},
    account_id {ref account},
    relation TEXT NOT NULL,
    added_at {BIGINT} NOT NULL,
    removed_at {BIGINT},
    CONSTRAINT family_member_text CHECK (length(relation) BETWEEN 1 AND 100)
) {STRICT};
CREATE TABLE safe_contact_plan (
    family_id {UUID} NOT NULL PRIMARY KEY REFERENCES family(id) ON DELETE RESTRICT,
    zone TEXT NOT NULL,
    windows TEXT NOT NULL,
    channel TEXT NOT NULL,
    details_sealed {BLOB} NOT NULL,
    updated_at {BIGINT} NOT NULL,
    version {INT} NOT NULL,
    CONSTRAINT safe_contact_plan_text CHECK (length(zone) BETWEEN 1 AND 64 AND length(windows) <= 65536
        AND length(channel) BETWEEN 1 AND 100)
) {STRICT};
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLES, &[]).await?;
        let only = Some("removed_at IS NULL");
        uniques(manager, &[Unique("family_member_account", "family_member", "account_id", only)]).await?;
        indexes(
            manager,
            &[
                ("family", "programme_id, created_at, id"),
                ("family_member", "family_id, added_at"),
                ("family_member", "account_id"),
            ],
        )
        .await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
