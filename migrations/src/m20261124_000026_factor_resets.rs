//! Letting somebody in again who lost what they sign in with: asked for by one, approved by another, a day before it is done.

use sea_orm_migration::prelude::*;

use crate::sql::{Guard, StateTable, Unique, guards, indexes, is_postgres, run, tables, transitions, uniques};

/// The life of a reset. Nothing is taken from anybody before `done`.
pub(crate) const FACTOR_RESET: StateTable = (
    "factor_reset",
    &["requested"],
    &[
        ("requested", "approved"),
        ("requested", "stopped"),
        ("requested", "lapsed"),
        ("approved", "done"),
        ("approved", "stopped"),
    ],
);

/// A day is in microseconds.
const TABLES: &str = "
CREATE TABLE factor_reset (
    {ID},
    account_id {ref account},
    programme_id {ref? programme},
    of_staff {INT} NOT NULL CONSTRAINT factor_reset_of_staff CHECK (of_staff IN (0, 1)),
    lost TEXT NOT NULL CONSTRAINT factor_reset_lost CHECK (lost IN ('factors', 'everything')),
    verified_by TEXT NOT NULL CONSTRAINT factor_reset_verified CHECK (verified_by IN
        ('called_back', 'in_person', 'video')),
    {state factor_reset},
    requested_by {ref account},
    requested_at {BIGINT} NOT NULL,
    approved_by {ref? account},
    approved_at {BIGINT},
    due_at {BIGINT},
    ended_at {BIGINT},
    ended_by {ref? account},
    CONSTRAINT factor_reset_another CHECK (requested_by <> account_id
        AND (approved_by IS NULL OR (approved_by <> requested_by AND approved_by <> account_id))),
    CONSTRAINT factor_reset_approval CHECK ((approved_at IS NULL) = (approved_by IS NULL)
        AND (approved_at IS NULL) = (due_at IS NULL) AND (approved_at IS NULL OR approved_at >= requested_at)
        AND (state NOT IN ('approved', 'done') OR approved_at IS NOT NULL)),
    CONSTRAINT factor_reset_day CHECK ((due_at IS NULL OR due_at - approved_at >= 86400000000)
        AND (state <> 'done' OR ended_at >= due_at)),
    CONSTRAINT factor_reset_end CHECK ((state IN ('requested', 'approved')) = (ended_at IS NULL)
        AND (ended_by IS NULL OR state = 'stopped'))
) {STRICT};
";

const GUARDS: [Guard; 2] = [
    // Who asked for what about whom, who approved it and when it falls due is on record and stays as it is.
    Guard {
        name: "factor_reset_fixed",
        raises: "factor_reset_fixed",
        table: "factor_reset",
        event: "UPDATE",
        when: "NEW.id <> OLD.id OR NEW.account_id <> OLD.account_id
            OR NEW.programme_id IS DISTINCT FROM OLD.programme_id OR NEW.of_staff <> OLD.of_staff
            OR NEW.lost <> OLD.lost OR NEW.verified_by <> OLD.verified_by
            OR NEW.requested_by <> OLD.requested_by OR NEW.requested_at <> OLD.requested_at
            OR (OLD.approved_at IS NOT NULL AND (NEW.approved_at IS DISTINCT FROM OLD.approved_at
                OR NEW.approved_by IS DISTINCT FROM OLD.approved_by OR NEW.due_at IS DISTINCT FROM OLD.due_at))
            OR OLD.ended_at IS NOT NULL",
    },
    Guard {
        name: "factor_reset_fixed_delete",
        raises: "factor_reset_fixed",
        table: "factor_reset",
        event: "DELETE",
        when: "TRUE",
    },
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLES, &[&FACTOR_RESET]).await?;
        transitions(manager, &FACTOR_RESET).await?;
        guards(manager, &GUARDS).await?;
        let open = Some("state IN ('requested', 'approved')");
        uniques(manager, &[Unique("one_open_factor_reset", "factor_reset", "account_id", open)]).await?;
        indexes(
            manager,
            &[
                ("factor_reset", "account_id, requested_at"),
                ("factor_reset", "programme_id, requested_at, id"),
                ("factor_reset", "requested_by"),
                ("factor_reset", "approved_by"),
                ("factor_reset", "ended_by"),
            ],
        )
        .await?;
        if is_postgres(manager) {
            run(manager, "GRANT SELECT, INSERT, UPDATE ON factor_reset TO kinward_app").await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
