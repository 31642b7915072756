//! What each caregiver may do for their family, who last chose it, why staff took rights away; and marks that were lifted.

use sea_orm_migration::prelude::*;

use crate::sql::{Guard, Unique, append_only, guards, indexes, is_postgres, run, tables, uniques};

/// The rights are a sum: record 1, keep 2, ask 4, meet 8, write 16, release 32, delegate 64. Everybody who is a caregiver
/// already holds all of them, and whoever the version before adds. To keep the record means to see it.
const COLUMNS: [&str; 2] = [
    "rights {INT} NOT NULL DEFAULT 127 CONSTRAINT family_member_rights CHECK (rights BETWEEN 0 AND 127
        AND ((rights & 2) = 0 OR (rights & 1) = 1))",
    "changed_by {ref? account}",
];

const TABLES: &str = "
CREATE TABLE caregiver_restriction (
    {ID},
    family_id {ref family},
    member_id {ref family_member},
    rights {INT} NOT NULL CONSTRAINT caregiver_restriction_rights CHECK (rights BETWEEN 0 AND 127),
    reason_sealed {BLOB} NOT NULL,
    restricted_by {ref account},
    restricted_at {BIGINT} NOT NULL
) {STRICT keyed};
CREATE TABLE mark_lift (
    {ID},
    mark_id {ref alleged_abuser},
    reason_sealed {BLOB} NOT NULL,
    lifted_by {ref account},
    lifted_at {BIGINT} NOT NULL
) {STRICT keyed};
CREATE VIEW present_mark AS SELECT m.id, m.family_id, m.account_id FROM alleged_abuser m
    WHERE NOT EXISTS (SELECT 1 FROM mark_lift l WHERE l.mark_id = m.id);
";

/// What caregivers do to each other's rights. Who acts stands in `changed_by`; staff are no caregivers of the family, and a
/// node of the version before names nobody.
const RIGHTS: [Guard; 7] = [
    Guard {
        name: "family_rights_own",
        raises: "family_rights_own",
        table: "family_member",
        event: "UPDATE OF rights",
        when: "NEW.changed_by = NEW.account_id AND (NEW.rights & ~OLD.rights) <> 0",
    },
    Guard {
        name: "family_rights_wider",
        raises: "family_rights_wider",
        table: "family_member",
        event: "UPDATE OF rights",
        when: "EXISTS (SELECT 1 FROM family_member d WHERE d.family_id = NEW.family_id AND d.account_id = NEW.changed_by
            AND d.id <> NEW.id AND d.removed_at IS NULL
            AND ((d.rights & 64) = 0 OR (NEW.rights & ~OLD.rights & ~d.rights) <> 0))",
    },
    Guard {
        name: "family_rights_wider_insert",
        raises: "family_rights_wider",
        table: "family_member",
        event: "INSERT",
        when: "EXISTS (SELECT 1 FROM family_member d WHERE d.family_id = NEW.family_id AND d.account_id = NEW.changed_by
            AND d.removed_at IS NULL AND ((d.rights & 64) = 0 OR (NEW.rights & ~d.rights) <> 0))",
    },
    // Only caregivers can leave a family without anybody who can add another; staff can, for safety.
    Guard {
        name: "family_last_delegator",
        raises: "family_last_delegator",
        table: "family_member",
        event: "UPDATE OF rights, removed_at",
        when: "OLD.removed_at IS NULL AND (OLD.rights & 64) <> 0
            AND (NEW.removed_at IS NOT NULL OR (NEW.rights & 64) = 0)
            AND EXISTS (SELECT 1 FROM family_member d WHERE d.family_id = NEW.family_id AND d.account_id = NEW.changed_by
                AND d.removed_at IS NULL)
            AND NOT EXISTS (SELECT 1 FROM family_member o JOIN account a ON a.id = o.account_id AND a.state = 'active'
                WHERE o.family_id = NEW.family_id AND o.id <> NEW.id AND o.removed_at IS NULL AND (o.rights & 64) <> 0)",
    },
    Guard {
        name: "family_rights_removed",
        raises: "family_rights_removed",
        table: "family_member",
        event: "UPDATE OF rights",
        when: "OLD.removed_at IS NOT NULL",
    },
    // Beside the guard of releases that asks for a present caregiver: one with the right to release.
    Guard {
        name: "release_signer_right",
        raises: "release_signer",
        table: "release_signature",
        event: "INSERT",
        when: "NOT EXISTS (SELECT 1 FROM family_member m WHERE m.family_id = NEW.family_id
            AND m.account_id = NEW.account_id AND m.removed_at IS NULL AND (m.rights & 32) <> 0)",
    },
    Guard {
        name: "caregiver_restriction_family",
        raises: "caregiver_restriction_family",
        table: "caregiver_restriction",
        event: "INSERT",
        when: "NOT EXISTS (SELECT 1 FROM family_member WHERE id = NEW.member_id AND family_id = NEW.family_id)",
    },
];

/// The guards on marked accounts, in place of those of the migration before: a mark that was lifted bars nobody, and its
/// family may mark the same account again.
const MARKS: [Guard; 7] = [
    Guard {
        name: "alleged_abuser_apart_member",
        raises: "alleged_abuser_apart",
        table: "family_member",
        event: "INSERT",
        when: "EXISTS (SELECT 1 FROM present_mark WHERE account_id = NEW.account_id)",
    },
    Guard {
        name: "alleged_abuser_apart_member_again",
        raises: "alleged_abuser_apart",
        table: "family_member",
        event: "UPDATE OF removed_at, account_id",
        when: "NEW.removed_at IS NULL AND EXISTS (SELECT 1 FROM present_mark WHERE account_id = NEW.account_id)",
    },
    Guard {
        name: "alleged_abuser_apart_role",
        raises: "alleged_abuser_apart",
        table: "role",
        event: "INSERT",
        when: "NEW.role = 'family_member' AND EXISTS (SELECT 1 FROM present_mark WHERE account_id = NEW.account_id)",
    },
    Guard {
        name: "alleged_abuser_apart_role_again",
        raises: "alleged_abuser_apart",
        table: "role",
        event: "UPDATE OF revoked_at, role, account_id",
        when: "NEW.role = 'family_member' AND NEW.revoked_at IS NULL
            AND EXISTS (SELECT 1 FROM present_mark WHERE account_id = NEW.account_id)",
    },
    Guard {
        name: "alleged_abuser_once_insert",
        raises: "alleged_abuser_once",
        table: "alleged_abuser",
        event: "INSERT",
        when: "EXISTS (SELECT 1 FROM present_mark WHERE family_id = NEW.family_id AND account_id = NEW.account_id)",
    },
    Guard {
        name: "mark_lift_another",
        raises: "mark_lift_another",
        table: "mark_lift",
        event: "INSERT",
        when: "EXISTS (SELECT 1 FROM alleged_abuser WHERE id = NEW.mark_id
            AND NEW.lifted_by IN (account_id, marked_by))",
    },
    // Beside the unique rule, since `INSERT OR REPLACE` on SQLite would rewrite the row under it.
    Guard {
        name: "mark_lift_once_insert",
        raises: "mark_lift_once",
        table: "mark_lift",
        event: "INSERT",
        when: "EXISTS (SELECT 1 FROM mark_lift WHERE mark_id = NEW.mark_id)",
    },
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            tables(manager, &format!("ALTER TABLE family_member ADD COLUMN {column}"), &[]).await?;
        }
        tables(manager, TABLES, &[]).await?;
        append_only(manager, "caregiver_restriction", "id = NEW.id").await?;
        append_only(manager, "mark_lift", "id = NEW.id").await?;
        guards(manager, &RIGHTS).await?;
        guards(manager, &MARKS).await?;
        // The guard of the same name as the rule says now what the index cannot: of marks that stand, there is one.
        run(manager, "DROP INDEX alleged_abuser_once").await?;
        uniques(manager, &[Unique("mark_lift_once", "mark_lift", "mark_id", None)]).await?;
        indexes(
            manager,
            &[
                ("family_member", "changed_by"),
                ("alleged_abuser", "family_id, account_id"),
                ("caregiver_restriction", "family_id, restricted_at"),
                ("caregiver_restriction", "member_id"),
                ("caregiver_restriction", "restricted_by"),
                ("mark_lift", "lifted_by"),
            ],
        )
        .await?;
        if is_postgres(manager) {
            run(manager, "GRANT SELECT, INSERT ON caregiver_restriction, mark_lift TO kinward_app").await?;
            run(manager, "GRANT SELECT ON present_mark TO kinward_app").await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
