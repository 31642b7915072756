//! What a case remembers beside its state: that it was handed to the safeguarding leads, and how often the message was
//! reported.

use sea_orm_migration::prelude::*;

use crate::sql::{Guard, StateTable, guards, tables, transitions};

/// A case's life. Whoever claims a case gives it back to where it waited: open, escalated or reopened.
pub(crate) const MODERATION_CASE: StateTable = (
    "moderation_case",
    &["open"],
    &[
        ("open", "claimed"),
        ("open", "decided"),
        ("open", "escalated"),
        ("claimed", "open"),
        ("claimed", "decided"),
        ("claimed", "escalated"),
        ("claimed", "reopened"),
        ("escalated", "claimed"),
        ("escalated", "decided"),
        ("decided", "reopened"),
        ("reopened", "claimed"),
        ("reopened", "decided"),
        ("reopened", "escalated"),
    ],
);

/// A node of the version before still opens reports while this lands, without a count; the rule allows for that. The
/// reports that are there already came once, when they opened their case. When a waiting case was handed on stands in the
/// audit log only, so the mark gets the earliest instant that it can have been.
const COLUMNS: &str = "
ALTER TABLE moderation_case ADD COLUMN report_count {INT} NOT NULL DEFAULT 0;
ALTER TABLE moderation_case ADD COLUMN last_reported_at {BIGINT}
    CONSTRAINT moderation_case_reports CHECK (report_count >= 0 AND (report_count = 0) = (last_reported_at IS NULL));
ALTER TABLE moderation_case ADD COLUMN escalated_at {BIGINT};
UPDATE moderation_case SET report_count = 1, last_reported_at = opened_at WHERE kind = 'report';
UPDATE moderation_case SET escalated_at = opened_at WHERE state = 'escalated';
";

/// A case that was handed to the safeguarding leads waits for them, is held by one of them and decided by one of them. The
/// mark goes only when a decided case is opened again.
const ESCALATION: Guard = Guard {
    name: "moderation_case_escalation",
    raises: "moderation_case_escalation",
    table: "moderation_case",
    event: "UPDATE OF state, claimed_by, decided_by, escalated_at",
    when: "(OLD.escalated_at IS NOT NULL AND NEW.escalated_at IS NULL
            AND NOT (OLD.state = 'decided' AND NEW.state = 'reopened'))
        OR (NEW.escalated_at IS NOT NULL AND NEW.state IN ('open', 'reopened'))
        OR (NEW.escalated_at IS NOT NULL AND NEW.state IN ('claimed', 'decided') AND NOT EXISTS (
            SELECT 1 FROM role WHERE role = 'safeguarding_lead' AND revoked_at IS NULL
                AND programme_id = NEW.programme_id
                AND account_id = CASE NEW.state WHEN 'claimed' THEN NEW.claimed_by ELSE NEW.decided_by END))",
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, COLUMNS, &[]).await?;
        transitions(manager, &MODERATION_CASE).await?;
        guards(manager, &[ESCALATION]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
