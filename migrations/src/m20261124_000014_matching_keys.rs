//! The keys that keep people of one case or one town apart, sealed, on both sides.
//!
//! Until now a mentor's keys stood in their profile in clear. The new column stands beside that: a node that knows it reads
//! both and writes only here, and seals what an older node has left in a profile when it starts.

use sea_orm_migration::prelude::*;

use crate::sql::tables;

/// Two keys of at most 64 characters with what sealing adds: 29 bytes.
const COLUMNS: &str = "
ALTER TABLE family ADD COLUMN matching_keys_sealed {BLOB}
    CONSTRAINT family_matching_keys CHECK (length(matching_keys_sealed) BETWEEN 30 AND 2048);
ALTER TABLE mentor ADD COLUMN matching_keys_sealed {BLOB}
    CONSTRAINT mentor_matching_keys CHECK (length(matching_keys_sealed) BETWEEN 30 AND 2048);
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
