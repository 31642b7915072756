//! What people see of their sign-ins, that an end is an end, and what happens to a refresh token that is used twice.

use sea_orm_migration::prelude::*;

use crate::sql::{Guard, Unique, append_only, guards, indexes, is_postgres, run, tables, uniques};

/// The default stands for the rows that exist.
const COLUMNS: &str = "
ALTER TABLE sign_in ADD COLUMN device TEXT NOT NULL DEFAULT 'another device'
    CONSTRAINT sign_in_device CHECK (length(device) BETWEEN 1 AND 40);
ALTER TABLE refresh_token ADD COLUMN retry_hash {BLOB}
    CONSTRAINT refresh_token_retry CHECK (length(retry_hash) = 32);
ALTER TABLE refresh_token ADD COLUMN successor_id {ref? refresh_token};
CREATE TABLE security_alert (
    {ID},
    kind TEXT NOT NULL CONSTRAINT security_alert_kind CHECK (kind IN ('refresh_reused')),
    account_id {ref account},
    programme_id {ref? programme},
    role TEXT NOT NULL CONSTRAINT security_alert_role CHECK (role IN
        ('administrator', 'coordinator', 'safeguarding_lead', 'auditor', 'mentor', 'family_member')),
    sign_in_id {ref sign_in},
    raised_at {BIGINT} NOT NULL
) {STRICT keyed};
CREATE TABLE alert_handling (
    alert_id {UUID} NOT NULL PRIMARY KEY REFERENCES security_alert(id) ON DELETE RESTRICT,
    handled_by {ref account},
    handled_at {BIGINT} NOT NULL
) {STRICT keyed};
";

const GUARDS: [Guard; 2] = [
    Guard {
        name: "sign_in_ended",
        raises: "sign_in_ended",
        table: "sign_in",
        event: "UPDATE",
        when: "OLD.ended_at IS NOT NULL AND (NEW.ended_at IS DISTINCT FROM OLD.ended_at
            OR NEW.end_reason IS DISTINCT FROM OLD.end_reason OR NEW.last_used_at IS DISTINCT FROM OLD.last_used_at)",
    },
    Guard {
        name: "refresh_token_single_use",
        raises: "refresh_token_single_use",
        table: "refresh_token",
        event: "UPDATE",
        when: "OLD.used_at IS NOT NULL AND (NEW.used_at IS DISTINCT FROM OLD.used_at
            OR NEW.retry_hash IS DISTINCT FROM OLD.retry_hash)",
    },
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, COLUMNS, &[]).await?;
        guards(manager, &GUARDS).await?;
        append_only(manager, "security_alert", "id = NEW.id").await?;
        append_only(manager, "alert_handling", "alert_id = NEW.alert_id").await?;
        let once = "used_at IS NULL";
        uniques(
            manager,
            &[
                Unique("one_live_refresh_token", "refresh_token", "sign_in_id", Some(once)),
                Unique("security_alert_once", "security_alert", "sign_in_id, kind", None),
            ],
        )
        .await?;
        indexes(
            manager,
            &[
                ("refresh_token", "successor_id"),
                ("security_alert", "raised_at, id"),
                ("security_alert", "programme_id, raised_at, id"),
                ("security_alert", "account_id"),
                ("alert_handling", "handled_by"),
            ],
        )
        .await?;
        if is_postgres(manager) {
            run(manager, "GRANT SELECT, INSERT ON security_alert, alert_handling TO kinward_app").await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
