//! Tries with a name, and the places that accounts have signed in from: under keyed hashes, known to all nodes.

use sea_orm_migration::prelude::*;

use crate::sql::{indexes, is_postgres, run, tables};

/// The ids are keyed hashes. Tries have no account: a name that nobody has is counted as well.
const TABLES: &str = "
CREATE TABLE sign_in_try (
    {ID},
    tries {INT} NOT NULL CONSTRAINT sign_in_try_count CHECK (tries >= 1),
    last_at {BIGINT} NOT NULL,
    open_at {BIGINT} NOT NULL,
    CONSTRAINT sign_in_try_open CHECK (open_at >= last_at)
) {STRICT};
CREATE TABLE known_place (
    {ID},
    account_id {ref account},
    last_seen_at {BIGINT} NOT NULL
) {STRICT};
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLES, &[]).await?;
        indexes(
            manager,
            &[("sign_in_try", "last_at"), ("known_place", "account_id, last_seen_at"), ("known_place", "last_seen_at")],
        )
        .await?;
        if is_postgres(manager) {
            run(manager, "GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_try, known_place TO kinward_app").await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
