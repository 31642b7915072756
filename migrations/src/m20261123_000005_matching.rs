//! From the request for a mentor, over proposals, to the match and its end.

use sea_orm_migration::prelude::*;

use crate::sql::{StateTable, Unique, indexes, is_postgres, raise, run, tables, transitions, trigger, uniques};

/// A support request's life. `matched` leads back when a match ends and the family wants another mentor.
pub(crate) const SUPPORT_REQUEST: StateTable = (
    "support_request",
    &["draft", "submitted"],
    &[
        ("draft", "submitted"),
        ("draft", "withdrawn"),
        ("draft", "closed"),
        ("submitted", "triaged"),
        ("submitted", "withdrawn"),
        ("submitted", "closed"),
        ("triaged", "proposing"),
        ("triaged", "withdrawn"),
        ("triaged", "closed"),
        ("proposing", "triaged"),
        ("proposing", "matched"),
        ("proposing", "withdrawn"),
        ("proposing", "closed"),
        ("matched", "submitted"),
        ("matched", "triaged"),
        ("matched", "withdrawn"),
        ("matched", "closed"),
    ],
);

/// A proposal's life: the family answers before the mentor is asked.
pub(crate) const PROPOSAL: StateTable = (
    "proposal",
    &["offered_to_family"],
    &[
        ("offered_to_family", "accepted_by_family"),
        ("offered_to_family", "offered_to_mentor"),
        ("offered_to_family", "declined"),
        ("offered_to_family", "expired"),
        ("offered_to_family", "withdrawn"),
        ("accepted_by_family", "offered_to_mentor"),
        ("accepted_by_family", "withdrawn"),
        ("accepted_by_family", "expired"),
        ("offered_to_mentor", "accepted"),
        ("offered_to_mentor", "declined"),
        ("offered_to_mentor", "needs_information"),
        ("offered_to_mentor", "expired"),
        ("offered_to_mentor", "withdrawn"),
        ("needs_information", "offered_to_mentor"),
        ("needs_information", "declined"),
        ("needs_information", "withdrawn"),
        ("needs_information", "expired"),
    ],
);

/// A match's life. `ending` is the planned goodbye.
pub(crate) const PEER_MATCH: StateTable = (
    "peer_match",
    &["active"],
    &[
        ("active", "paused"),
        ("active", "ending"),
        ("active", "ended"),
        ("paused", "active"),
        ("paused", "ending"),
        ("paused", "ended"),
        ("ending", "ended"),
        ("ending", "active"),
    ],
);

const TABLES: &str = "
CREATE TABLE support_request (
    {ID},
    family_id {ref family},
    programme_id {ref programme},
    {state support_request},
    urgency TEXT CONSTRAINT support_request_urgency CHECK (urgency IN ('routine', 'soon', 'urgent')),
    facts TEXT NOT NULL,
    hopes_sealed {BLOB},
    created_at {BIGINT} NOT NULL,
    updated_at {BIGINT} NOT NULL,
    submitted_at {BIGINT},
    triaged_at {BIGINT},
    due_at {BIGINT},
    close_reason TEXT,
    version {INT} NOT NULL,
    CONSTRAINT support_request_text CHECK (length(facts) <= 65536 AND length(close_reason) <= 200)
) {STRICT};
CREATE TABLE proposal (
    {ID},
    request_id {ref support_request},
    family_id {ref family},
    mentor_id {ref mentor},
    programme_id {ref programme},
    {state proposal},
    weight {INT} NOT NULL CONSTRAINT proposal_weight CHECK (weight BETWEEN 1 AND 2),
    score {INT} NOT NULL,
    snapshot TEXT NOT NULL,
    policy_version TEXT NOT NULL,
    created_by {ref account},
    created_at {BIGINT} NOT NULL,
    updated_at {BIGINT} NOT NULL,
    expires_at {BIGINT},
    paused_at {BIGINT},
    declined_by TEXT CONSTRAINT proposal_declined_by CHECK (declined_by IN ('family', 'mentor')),
    decline_reason TEXT,
    question_sealed {BLOB},
    information_sealed {BLOB},
    version {INT} NOT NULL,
    CONSTRAINT proposal_text CHECK (length(snapshot) <= 262144 AND length(policy_version) <= 200
        AND length(decline_reason) <= 200)
) {STRICT};
CREATE TABLE conflict_declaration (
    {ID},
    proposal_id {ref proposal},
    side TEXT NOT NULL CONSTRAINT conflict_declaration_side CHECK (side IN ('family', 'mentor')),
    has_conflict {INT} NOT NULL CONSTRAINT conflict_declaration_answer CHECK (has_conflict IN (0, 1)),
    detail_sealed {BLOB},
    declared_at {BIGINT} NOT NULL
) {STRICT};
CREATE TABLE peer_match (
    {ID},
    request_id {ref support_request},
    proposal_id {ref proposal},
    family_id {ref family},
    mentor_id {ref mentor},
    programme_id {ref programme},
    {state peer_match},
    weight {INT} NOT NULL CONSTRAINT peer_match_weight CHECK (weight BETWEEN 1 AND 2),
    backup_mentor_id {ref? mentor},
    started_at {BIGINT} NOT NULL,
    first_contact_due_at {BIGINT} NOT NULL,
    goodbye_at {BIGINT},
    ended_at {BIGINT},
    end_reason TEXT,
    version {INT} NOT NULL,
    CONSTRAINT match_end CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CONSTRAINT peer_match_text CHECK (length(end_reason) <= 200)
) {STRICT};
CREATE TABLE not_again (
    family_id {ref family},
    mentor_id {ref mentor},
    created_at {BIGINT} NOT NULL,
    PRIMARY KEY (family_id, mentor_id)
) {STRICT};
";

const UNIQUES: [Unique; 5] = [
    Unique(
        "one_open_request_per_family",
        "support_request",
        "family_id",
        Some("state IN ('draft', 'submitted', 'triaged', 'proposing', 'matched')"),
    ),
    Unique(
        "one_live_proposal_per_request",
        "proposal",
        "request_id",
        Some("state IN ('offered_to_family', 'accepted_by_family', 'offered_to_mentor', 'needs_information')"),
    ),
    Unique("conflict_once", "conflict_declaration", "proposal_id, side", None),
    Unique("peer_match_proposal", "peer_match", "proposal_id", None),
    Unique("one_live_match_per_family", "peer_match", "family_id", Some("state <> 'ended'")),
];

const INDEXES: [(&str, &str); 18] = [
    ("support_request", "family_id, created_at"),
    ("support_request", "programme_id, created_at, id"),
    ("support_request", "programme_id, state, due_at, id"),
    ("proposal", "request_id, created_at"),
    ("proposal", "family_id, created_at"),
    ("proposal", "mentor_id, state, created_at"),
    ("proposal", "programme_id, created_at, id"),
    ("proposal", "created_by"),
    ("proposal", "state, expires_at"),
    ("conflict_declaration", "proposal_id"),
    ("peer_match", "request_id"),
    ("peer_match", "family_id, started_at"),
    ("peer_match", "mentor_id, state, started_at"),
    ("peer_match", "programme_id, started_at, id"),
    ("peer_match", "programme_id, state, first_contact_due_at"),
    ("peer_match", "backup_mentor_id"),
    ("not_again", "family_id"),
    ("not_again", "mentor_id"),
];

/// Both databases count the same load: what the mentor carries without this match, plus this match.
const LOAD: &str = "NEW.weight + (SELECT coalesce(sum(weight), 0) FROM peer_match
    WHERE mentor_id = NEW.mentor_id AND id <> NEW.id AND state IN ('active', 'paused', 'ending'))";

/// When a write makes a mentor's load greater. A greater load needs a place, whichever verb makes it.
const GROWS: &str = "NEW.state <> 'ended' AND (NEW.weight > OLD.weight OR NEW.mentor_id <> OLD.mentor_id)";

async fn capacity(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let (insert, update) = ("BEFORE INSERT ON peer_match", "BEFORE UPDATE OF weight, mentor_id ON peer_match");
    if is_postgres(manager) {
        // The mentor's row is rewritten unchanged, not only locked: a second accept waits, then counts what the first
        // left, and at the stricter isolation levels it fails to serialize, where a plain lock would let it count in
        // an old snapshot. The lock of such an update does not clash with the foreign keys' own locks.
        let body = format!(
            "UPDATE mentor SET capacity = capacity WHERE id = NEW.mentor_id; \
             IF {LOAD} > (SELECT capacity FROM mentor WHERE id = NEW.mentor_id) THEN {} END IF; RETURN NEW;",
            raise("mentor_capacity")
        );
        trigger(manager, "mentor_capacity", "peer_match", &format!("{insert} FOR EACH ROW"), &body).await?;
        let timing = format!("{update} FOR EACH ROW WHEN ({GROWS})");
        return trigger(manager, "mentor_capacity_update", "peer_match", &timing, &body).await;
    }
    let full = format!("{LOAD} > (SELECT capacity FROM mentor WHERE id = NEW.mentor_id)");
    let answer = "BEGIN SELECT RAISE(ABORT, 'mentor_capacity'); END;";
    run(manager, &format!("CREATE TRIGGER mentor_capacity {insert} WHEN {full} {answer}")).await?;
    run(manager, &format!("CREATE TRIGGER mentor_capacity_update {update} WHEN {GROWS} AND {full} {answer}")).await
}

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLES, &[&SUPPORT_REQUEST, &PROPOSAL, &PEER_MATCH]).await?;
        for states in [&SUPPORT_REQUEST, &PROPOSAL, &PEER_MATCH] {
            transitions(manager, states).await?;
        }
        uniques(manager, &UNIQUES).await?;
        indexes(manager, &INDEXES).await?;
        capacity(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
