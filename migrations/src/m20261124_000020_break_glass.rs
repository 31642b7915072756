//! Break-glass: a family's record opened for an hour at most, told to the family, and reviewed by somebody else.

use sea_orm_migration::prelude::*;

use crate::sql::{
    Guard, StateTable, Unique, append_only, guards, indexes, is_postgres, run, tables, transitions, uniques,
};

/// The life of an opening: it ends, and somebody else reviews it.
pub(crate) const BREAK_GLASS: StateTable = (
    "break_glass",
    &["open"],
    &[("open", "ended"), ("ended", "follow_up"), ("ended", "reviewed"), ("follow_up", "reviewed")],
);

/// An hour and thirty days are in microseconds.
const TABLES: &str = "
CREATE TABLE break_glass (
    {ID},
    programme_id {ref programme},
    family_id {ref family},
    opened_by {ref account},
    category TEXT NOT NULL CONSTRAINT break_glass_category CHECK (category IN
        ('imminent_danger', 'missing_child', 'medical_emergency', 'threat_to_others', 'legal_duty')),
    reason_sealed {BLOB} NOT NULL,
    {state break_glass},
    opened_at {BIGINT} NOT NULL,
    ends_at {BIGINT} NOT NULL,
    ended_at {BIGINT},
    ended_by {ref? account},
    tell_at {BIGINT} NOT NULL,
    review_due_at {BIGINT} NOT NULL,
    version {INT} NOT NULL,
    CONSTRAINT break_glass_hour CHECK (ends_at > opened_at AND ends_at - opened_at <= 3600000000),
    CONSTRAINT break_glass_end CHECK ((state = 'open') = (ended_at IS NULL)
        AND (ended_at IS NULL OR (ended_at >= opened_at AND ended_at <= ends_at))
        AND (ended_by IS NULL OR ended_at IS NOT NULL)),
    CONSTRAINT break_glass_tell CHECK (tell_at >= opened_at)
) {STRICT};
CREATE TABLE break_glass_delay (
    {ID},
    break_glass_id {ref break_glass},
    until_at {BIGINT} NOT NULL,
    reason_sealed {BLOB} NOT NULL,
    set_by {ref account},
    set_at {BIGINT} NOT NULL,
    CONSTRAINT break_glass_delay_days CHECK (until_at > set_at AND until_at - set_at <= 2592000000000)
) {STRICT keyed};
CREATE TABLE break_glass_review (
    {ID},
    break_glass_id {ref break_glass},
    verdict TEXT NOT NULL CONSTRAINT break_glass_review_verdict CHECK (verdict IN
        ('justified', 'not_justified', 'needs_follow_up')),
    note_sealed {BLOB} NOT NULL,
    reviewed_by {ref account},
    reviewed_at {BIGINT} NOT NULL
) {STRICT keyed};
";

const GUARDS: [Guard; 5] = [
    Guard {
        name: "break_glass_programme",
        raises: "break_glass_programme",
        table: "break_glass",
        event: "INSERT",
        when: "NOT EXISTS (SELECT 1 FROM family WHERE id = NEW.family_id AND programme_id = NEW.programme_id)",
    },
    // What was opened, by whom, why and for how long is on record; telling the family can only be put off further.
    Guard {
        name: "break_glass_fixed",
        raises: "break_glass_fixed",
        table: "break_glass",
        event: "UPDATE",
        when: "NEW.id <> OLD.id OR NEW.programme_id <> OLD.programme_id OR NEW.family_id <> OLD.family_id
            OR NEW.opened_by <> OLD.opened_by OR NEW.category <> OLD.category
            OR NEW.reason_sealed <> OLD.reason_sealed OR NEW.opened_at <> OLD.opened_at
            OR NEW.ends_at <> OLD.ends_at OR NEW.tell_at < OLD.tell_at
            OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)",
    },
    Guard {
        name: "break_glass_fixed_delete",
        raises: "break_glass_fixed",
        table: "break_glass",
        event: "DELETE",
        when: "TRUE",
    },
    Guard {
        name: "break_glass_another_reviews",
        raises: "break_glass_another",
        table: "break_glass_review",
        event: "INSERT",
        when: "EXISTS (SELECT 1 FROM break_glass WHERE id = NEW.break_glass_id AND opened_by = NEW.reviewed_by)",
    },
    // The first delay is the opener's own, said while opening; every later one is somebody else's.
    Guard {
        name: "break_glass_another_delays",
        raises: "break_glass_another",
        table: "break_glass_delay",
        event: "INSERT",
        when: "EXISTS (SELECT 1 FROM break_glass WHERE id = NEW.break_glass_id AND opened_by = NEW.set_by
            AND opened_at <> NEW.set_at)",
    },
];

const INDEXES: [(&str, &str); 9] = [
    ("break_glass", "programme_id, review_due_at, id"),
    ("break_glass", "family_id, opened_at, id"),
    ("break_glass", "opened_by"),
    ("break_glass", "ended_by"),
    ("break_glass", "state, ends_at"),
    ("break_glass_delay", "break_glass_id, set_at"),
    ("break_glass_delay", "set_by"),
    ("break_glass_review", "break_glass_id, reviewed_at"),
    ("break_glass_review", "reviewed_by"),
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLES, &[&BREAK_GLASS]).await?;
        transitions(manager, &BREAK_GLASS).await?;
        guards(manager, &GUARDS).await?;
        append_only(manager, "break_glass_delay", "id = NEW.id").await?;
        append_only(manager, "break_glass_review", "id = NEW.id").await?;
        let open = Some("state = 'open'");
        uniques(manager, &[Unique("one_open_break_glass", "break_glass", "family_id, opened_by", open)]).await?;
        indexes(manager, &INDEXES).await?;
        if is_postgres(manager) {
            run(manager, "GRANT SELECT, INSERT, UPDATE, DELETE ON break_glass TO kinward_app").await?;
            run(manager, "GRANT SELECT, INSERT ON break_glass_delay, break_glass_review TO kinward_app").await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
