//! Programmes and accounts.

use sea_orm_migration::prelude::*;

use crate::sql::{StateTable, Unique, tables, transitions, uniques};

/// An account's life.
pub(crate) const ACCOUNT: StateTable = (
    "account",
    &["invited", "active"],
    &[
        ("invited", "active"),
        ("invited", "closed"),
        ("active", "suspended"),
        ("active", "closed"),
        ("suspended", "active"),
        ("suspended", "closed"),
    ],
);

const TABLES: &str = "
CREATE TABLE programme (
    {ID},
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    settings TEXT NOT NULL DEFAULT '{}',
    created_at {BIGINT} NOT NULL,
    CONSTRAINT programme_text CHECK (length(name) BETWEEN 1 AND 200 AND length(zone) BETWEEN 1 AND 64
        AND length(settings) <= 65536)
) {STRICT};
CREATE TABLE account (
    {ID},
    sign_in_name TEXT NOT NULL,
    passphrase_hash TEXT,
    first_name_sealed {BLOB} NOT NULL,
    {state account},
    created_at {BIGINT} NOT NULL,
    updated_at {BIGINT} NOT NULL,
    CONSTRAINT account_text CHECK (length(sign_in_name) BETWEEN 1 AND 200 AND length(passphrase_hash) <= 500)
) {STRICT};
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLES, &[&ACCOUNT]).await?;
        transitions(manager, &ACCOUNT).await?;
        uniques(
            manager,
            &[
                Unique("programme_name", "programme", "name", None),
                Unique("account_sign_in_name", "account", "sign_in_name", None),
            ],
        )
        .await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
