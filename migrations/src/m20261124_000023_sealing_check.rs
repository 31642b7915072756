//! A sealed word, by which a node notices at its start that its sealing key is not this database's.

use sea_orm_migration::prelude::*;

use crate::sql::{is_postgres, run, tables};

/// One row, so that all nodes speak of the same word.
const TABLES: &str = "
CREATE TABLE sealing_check (
    {ID},
    sealed {BLOB} NOT NULL,
    CONSTRAINT sealing_check_length CHECK (length(sealed) <= 200)
) {STRICT};
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLES, &[]).await?;
        if is_postgres(manager) {
            run(manager, "GRANT SELECT, INSERT ON sealing_check TO kinward_app").await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
