//! Who is marked as an alleged abuser of a family, and what such a person can never be again.

use sea_orm_migration::prelude::*;

use crate::sql::{Guard, Unique, append_only, guards, indexes, is_postgres, run, tables, uniques};

const TABLES: &str = "
CREATE TABLE alleged_abuser (
    {ID},
    family_id {ref family},
    account_id {ref account},
    reason_sealed {BLOB} NOT NULL,
    marked_by {ref account},
    marked_at {BIGINT} NOT NULL
) {STRICT keyed};
";

/// A marked account belongs to no family, whichever side is written: the mark, the membership or the role.
const APART: [Guard; 6] = [
    Guard {
        name: "alleged_abuser_apart",
        raises: "alleged_abuser_apart",
        table: "alleged_abuser",
        event: "INSERT",
        when: "EXISTS (SELECT 1 FROM family_member WHERE account_id = NEW.account_id AND removed_at IS NULL)
            OR EXISTS (SELECT 1 FROM role WHERE account_id = NEW.account_id AND role = 'family_member'
                AND revoked_at IS NULL)",
    },
    Guard {
        name: "alleged_abuser_apart_member",
        raises: "alleged_abuser_apart",
        table: "family_member",
        event: "INSERT",
        when: "EXISTS (SELECT 1 FROM alleged_abuser WHERE account_id = NEW.account_id)",
    },
    Guard {
        name: "alleged_abuser_apart_member_again",
        raises: "alleged_abuser_apart",
        table: "family_member",
        event: "UPDATE OF removed_at, account_id",
        when: "NEW.removed_at IS NULL AND EXISTS (SELECT 1 FROM alleged_abuser WHERE account_id = NEW.account_id)",
    },
    Guard {
        name: "alleged_abuser_apart_role",
        raises: "alleged_abuser_apart",
        table: "role",
        event: "INSERT",
        when: "NEW.role = 'family_member' AND EXISTS (SELECT 1 FROM alleged_abuser WHERE account_id = NEW.account_id)",
    },
    Guard {
        name: "alleged_abuser_apart_role_again",
        raises: "alleged_abuser_apart",
        table: "role",
        event: "UPDATE OF revoked_at, role, account_id",
        when: "NEW.role = 'family_member' AND NEW.revoked_at IS NULL
            AND EXISTS (SELECT 1 FROM alleged_abuser WHERE account_id = NEW.account_id)",
    },
    // Beside the unique rule, since `INSERT OR REPLACE` on SQLite would rewrite the row under it.
    Guard {
        name: "alleged_abuser_once_insert",
        raises: "alleged_abuser_once",
        table: "alleged_abuser",
        event: "INSERT",
        when: "EXISTS (SELECT 1 FROM alleged_abuser WHERE family_id = NEW.family_id AND account_id = NEW.account_id)",
    },
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLES, &[]).await?;
        append_only(manager, "alleged_abuser", "id = NEW.id").await?;
        guards(manager, &APART).await?;
        uniques(manager, &[Unique("alleged_abuser_once", "alleged_abuser", "family_id, account_id", None)]).await?;
        indexes(manager, &[("alleged_abuser", "account_id"), ("alleged_abuser", "marked_by")]).await?;
        if is_postgres(manager) {
            run(manager, "GRANT SELECT, INSERT ON alleged_abuser TO kinward_app").await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
