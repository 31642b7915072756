//! Mentors and the evidence from which their readiness is computed.

use sea_orm_migration::prelude::*;

use crate::sql::{Unique, indexes, tables, uniques};

const TABLES: &str = "
CREATE TABLE mentor (
    {ID},
    programme_id {ref programme},
    account_id {ref? account},
    state TEXT NOT NULL CONSTRAINT mentor_state_known CHECK (state IN ('active', 'stepped_back')),
    languages TEXT NOT NULL,
    topics TEXT NOT NULL,
    profile TEXT NOT NULL,
    about_sealed {BLOB},
    capacity {INT} NOT NULL CONSTRAINT mentor_capacity_range CHECK (capacity BETWEEN 1 AND 10),
    zone TEXT NOT NULL,
    created_at {BIGINT} NOT NULL,
    updated_at {BIGINT} NOT NULL,
    version {INT} NOT NULL,
    CONSTRAINT mentor_text CHECK (length(languages) <= 4096 AND length(topics) <= 65536 AND length(profile) <= 65536
        AND length(zone) BETWEEN 1 AND 64)
) {STRICT};
CREATE TABLE mentor_evidence (
    {ID},
    mentor_id {ref mentor},
    kind TEXT NOT NULL CONSTRAINT mentor_evidence_kind CHECK (kind IN
        ('application', 'references', 'background_check', 'interview', 'training', 'agreement')),
    obtained_on TEXT NOT NULL,
    expires_on TEXT,
    recorded_by {ref account},
    recorded_at {BIGINT} NOT NULL,
    withdrawn_at {BIGINT},
    CONSTRAINT mentor_evidence_dates CHECK (length(obtained_on) = 10
        AND (expires_on IS NULL OR (length(expires_on) = 10 AND expires_on >= obtained_on)))
) {STRICT};
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLES, &[]).await?;
        let only = Some("account_id IS NOT NULL");
        uniques(manager, &[Unique("mentor_account", "mentor", "account_id", only)]).await?;
        indexes(
            manager,
            &[
                ("mentor", "programme_id, created_at, id"),
                ("mentor", "account_id"),
                ("mentor_evidence", "mentor_id, kind, obtained_on"),
                ("mentor_evidence", "recorded_by"),
            ],
        )
        .await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
