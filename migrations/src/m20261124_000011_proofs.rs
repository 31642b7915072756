//! How strongly somebody proved at sign-in who they are, and when they last did.

use sea_orm_migration::prelude::*;

use crate::sql::{run, tables};

/// Both columns have a default only so that they can be added to rows that exist: those were signed in with a passphrase,
/// long ago as far as freshness goes.
const COLUMNS: &str = "
ALTER TABLE sign_in ADD COLUMN strength TEXT NOT NULL DEFAULT 'passphrase'
    CONSTRAINT sign_in_strength CHECK (strength IN ('passphrase', 'second_factor', 'federated', 'passkey'));
ALTER TABLE sign_in ADD COLUMN proved_at {BIGINT} NOT NULL DEFAULT 0;
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, COLUMNS, &[]).await?;
        run(manager, "CREATE INDEX sign_in_by_open ON sign_in (account_id) WHERE ended_at IS NULL").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
