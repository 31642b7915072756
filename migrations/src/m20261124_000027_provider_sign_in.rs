//! Sign-in of staff through their identity provider: what is under way there, and which account belongs to whom.

use sea_orm_migration::prelude::*;

use crate::sql::{Guard, Unique, guards, indexes, is_postgres, run, tables, uniques};

/// A sign-in that was answered is deleted, so that its row can serve only once. Ten minutes are 600,000,000 microseconds.
const TABLES: &str = "
CREATE TABLE provider_sign_in (
    {ID},
    state_hash {BLOB} NOT NULL CONSTRAINT provider_sign_in_state_digest CHECK (length(state_hash) = 32),
    secret_hash {BLOB} NOT NULL CONSTRAINT provider_sign_in_secret_digest CHECK (length(secret_hash) = 32),
    remembered_sealed {BLOB} NOT NULL,
    created_at {BIGINT} NOT NULL,
    expires_at {BIGINT} NOT NULL,
    CONSTRAINT provider_sign_in_end CHECK (expires_at > created_at AND expires_at - created_at <= 600000000)
) {STRICT};
CREATE TABLE provider_link (
    {ID},
    account_id {ref account},
    issuer TEXT NOT NULL CONSTRAINT provider_link_issuer CHECK (length(issuer) BETWEEN 1 AND 300),
    subject_hash {BLOB} NOT NULL CONSTRAINT provider_link_digest CHECK (length(subject_hash) = 32),
    created_at {BIGINT} NOT NULL
) {STRICT};
";

const GUARDS: [Guard; 3] = [
    Guard {
        name: "provider_sign_in_fixed",
        raises: "provider_sign_in_fixed",
        table: "provider_sign_in",
        event: "UPDATE",
        when: "TRUE",
    },
    Guard {
        name: "provider_link_fixed",
        raises: "provider_link_fixed",
        table: "provider_link",
        event: "UPDATE",
        when: "TRUE",
    },
    Guard {
        name: "provider_link_staff",
        raises: "provider_link_staff",
        table: "provider_link",
        event: "INSERT",
        when: "NOT EXISTS (SELECT 1 FROM role WHERE account_id = NEW.account_id AND revoked_at IS NULL
            AND role IN ('administrator', 'coordinator', 'safeguarding_lead', 'auditor'))",
    },
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLES, &[]).await?;
        guards(manager, &GUARDS).await?;
        uniques(
            manager,
            &[
                Unique("provider_sign_in_state", "provider_sign_in", "state_hash", None),
                Unique("provider_link_subject", "provider_link", "subject_hash", None),
                Unique("provider_link_account", "provider_link", "account_id, issuer", None),
            ],
        )
        .await?;
        indexes(manager, &[("provider_sign_in", "expires_at")]).await?;
        if is_postgres(manager) {
            run(manager, "GRANT SELECT, INSERT, DELETE ON provider_sign_in TO kinward_app").await?;
            run(manager, "GRANT SELECT, INSERT ON provider_link TO kinward_app").await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
