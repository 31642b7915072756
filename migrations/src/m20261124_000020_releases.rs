//! Releases of information, their signatures, and what was disclosed under them.

use sea_orm_migration::prelude::*;

use crate::sql::{
    Guard, StateTable, Unique, append_only, guards, indexes, is_postgres, run, tables, transitions, uniques,
};

/// A release's life: only the family member's signature makes it live.
pub(crate) const INFORMATION_RELEASE: StateTable = (
    "information_release",
    &["draft"],
    &[("draft", "signed"), ("draft", "discarded"), ("signed", "expired"), ("signed", "revoked")],
);

/// A day is in microseconds. The fields of a disclosure are those of its release, by the foreign key on both columns.
const TABLES: &str = "
CREATE TABLE information_release (
    {ID},
    programme_id {ref programme},
    family_id {ref family},
    {state information_release},
    drafted_by {ref account},
    drafted_at {BIGINT} NOT NULL,
    receiver_sealed {BLOB} NOT NULL,
    purpose TEXT NOT NULL CONSTRAINT information_release_purpose CHECK (purpose IN
        ('housing', 'legal_help', 'health_care', 'counselling', 'school', 'benefits', 'safety', 'other')),
    purpose_sealed {BLOB} NOT NULL,
    valid_days {INT} NOT NULL,
    signed_at {BIGINT},
    expires_at {BIGINT},
    ended_at {BIGINT},
    ended_by {ref? account},
    ended_role TEXT CONSTRAINT information_release_ended_role CHECK (ended_role IN ('family_member', 'coordinator')),
    version {INT} NOT NULL,
    CONSTRAINT information_release_days CHECK (valid_days BETWEEN 1 AND 90
        AND (expires_at IS NULL OR (expires_at > signed_at AND expires_at - signed_at <= valid_days * 86400000000))),
    CONSTRAINT information_release_signed CHECK ((state IN ('signed', 'expired', 'revoked')) = (signed_at IS NOT NULL)
        AND (signed_at IS NULL) = (expires_at IS NULL)),
    CONSTRAINT information_release_end CHECK ((state IN ('draft', 'signed')) = (ended_at IS NULL)
        AND (ended_by IS NULL) = (ended_role IS NULL) AND (ended_by IS NULL OR ended_at IS NOT NULL))
) {STRICT};
CREATE TABLE release_field (
    release_id {ref information_release},
    field TEXT NOT NULL CONSTRAINT release_field_known CHECK (field IN
        ('first_names', 'languages', 'contact_channel', 'contact_hours', 'situation_kind', 'situation_phase',
         'support_dates', 'session_dates', 'outcome_summary')),
    PRIMARY KEY (release_id, field)
) {STRICT keyed};
CREATE TABLE release_signature (
    {ID},
    release_id {ref information_release},
    family_id {ref family},
    account_id {ref account},
    text_version TEXT NOT NULL,
    text_language TEXT NOT NULL CONSTRAINT release_signature_language CHECK (text_language IN ('en', 'es')),
    body TEXT NOT NULL,
    signed_at {BIGINT} NOT NULL,
    CONSTRAINT release_signature_text CHECK (length(text_version) BETWEEN 1 AND 40 AND length(body) BETWEEN 1 AND 8000)
) {STRICT keyed};
CREATE TABLE disclosure (
    {ID},
    release_id {ref information_release},
    family_id {ref family},
    disclosed_by {ref account},
    disclosed_at {BIGINT} NOT NULL
) {STRICT keyed};
CREATE TABLE disclosure_field (
    disclosure_id {ref disclosure},
    release_id {UUID} NOT NULL,
    field TEXT NOT NULL,
    PRIMARY KEY (disclosure_id, field),
    FOREIGN KEY (release_id, field) REFERENCES release_field (release_id, field) ON DELETE RESTRICT
) {STRICT keyed};
";

const GUARDS: [Guard; 12] = [
    Guard {
        name: "information_release_programme",
        raises: "information_release_programme",
        table: "information_release",
        event: "INSERT",
        when: "NOT EXISTS (SELECT 1 FROM family WHERE id = NEW.family_id AND programme_id = NEW.programme_id)",
    },
    // What was signed stays as it was signed.
    Guard {
        name: "information_release_fixed",
        raises: "information_release_fixed",
        table: "information_release",
        event: "UPDATE",
        when: "NEW.id <> OLD.id OR NEW.programme_id <> OLD.programme_id OR NEW.family_id <> OLD.family_id
            OR NEW.drafted_by <> OLD.drafted_by OR NEW.drafted_at <> OLD.drafted_at
            OR (OLD.state <> 'draft' AND (NEW.receiver_sealed <> OLD.receiver_sealed OR NEW.purpose <> OLD.purpose
                OR NEW.purpose_sealed <> OLD.purpose_sealed OR NEW.valid_days <> OLD.valid_days
                OR NEW.signed_at IS DISTINCT FROM OLD.signed_at OR NEW.expires_at IS DISTINCT FROM OLD.expires_at))
            OR (OLD.ended_at IS NOT NULL AND (NEW.ended_at IS DISTINCT FROM OLD.ended_at
                OR NEW.ended_by IS DISTINCT FROM OLD.ended_by))",
    },
    Guard {
        name: "information_release_fixed_delete",
        raises: "information_release_fixed",
        table: "information_release",
        event: "DELETE",
        when: "TRUE",
    },
    Guard {
        name: "information_release_signature",
        raises: "information_release_signature",
        table: "information_release",
        event: "UPDATE OF state",
        when: "NEW.state = 'signed' AND OLD.state <> 'signed' AND NOT EXISTS (SELECT 1 FROM release_signature
            WHERE release_id = NEW.id AND signed_at = NEW.signed_at)",
    },
    Guard {
        name: "release_field_fixed",
        raises: "information_release_fixed",
        table: "release_field",
        event: "INSERT",
        when: "NOT EXISTS (SELECT 1 FROM information_release WHERE id = NEW.release_id AND state = 'draft')",
    },
    Guard {
        name: "release_field_fixed_update",
        raises: "information_release_fixed",
        table: "release_field",
        event: "UPDATE",
        when: "TRUE",
    },
    Guard {
        name: "release_field_fixed_delete",
        raises: "information_release_fixed",
        table: "release_field",
        event: "DELETE",
        when: "NOT EXISTS (SELECT 1 FROM information_release WHERE id = OLD.release_id AND state = 'draft')",
    },
    // Only a present caregiver of the family signs, and never one who is marked as an alleged abuser.
    Guard {
        name: "release_signer",
        raises: "release_signer",
        table: "release_signature",
        event: "INSERT",
        when: "NOT EXISTS (SELECT 1 FROM family_member m JOIN information_release r ON r.family_id = m.family_id
                WHERE r.id = NEW.release_id AND r.family_id = NEW.family_id AND r.state = 'draft'
                AND m.account_id = NEW.account_id AND m.removed_at IS NULL)
            OR EXISTS (SELECT 1 FROM alleged_abuser WHERE account_id = NEW.account_id)",
    },
    Guard {
        name: "release_signature_once_insert",
        raises: "release_signature_once",
        table: "release_signature",
        event: "INSERT",
        when: "EXISTS (SELECT 1 FROM release_signature WHERE release_id = NEW.release_id)",
    },
    // Nothing leaves without a release that is live at that instant.
    Guard {
        name: "disclosure_live",
        raises: "disclosure_live",
        table: "disclosure",
        event: "INSERT",
        when: "NOT EXISTS (SELECT 1 FROM information_release r JOIN release_signature s ON s.release_id = r.id
            WHERE r.id = NEW.release_id AND r.family_id = NEW.family_id AND r.state = 'signed'
            AND r.signed_at <= NEW.disclosed_at AND r.expires_at > NEW.disclosed_at
            AND NOT EXISTS (SELECT 1 FROM alleged_abuser a WHERE a.account_id = s.account_id))",
    },
    Guard {
        name: "disclosure_field_of_release",
        raises: "disclosure_live",
        table: "disclosure_field",
        event: "INSERT",
        when: "NOT EXISTS (SELECT 1 FROM disclosure WHERE id = NEW.disclosure_id AND release_id = NEW.release_id)",
    },
    Guard {
        name: "disclosure_field_released",
        raises: "disclosure_field_released",
        table: "disclosure_field",
        event: "INSERT",
        when: "NOT EXISTS (SELECT 1 FROM release_field WHERE release_id = NEW.release_id AND field = NEW.field)",
    },
];

const INDEXES: [(&str, &str); 11] = [
    ("information_release", "family_id, drafted_at, id"),
    ("information_release", "programme_id"),
    ("information_release", "drafted_by"),
    ("information_release", "ended_by"),
    ("release_signature", "family_id, signed_at, id"),
    ("release_signature", "account_id"),
    ("disclosure", "release_id, disclosed_at"),
    ("disclosure", "family_id, disclosed_at, id"),
    ("disclosure", "disclosed_by"),
    ("disclosure_field", "release_id, field"),
    ("disclosure_field", "field"),
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLES, &[&INFORMATION_RELEASE]).await?;
        transitions(manager, &INFORMATION_RELEASE).await?;
        guards(manager, &GUARDS).await?;
        append_only(manager, "release_signature", "id = NEW.id").await?;
        append_only(manager, "disclosure", "id = NEW.id").await?;
        append_only(manager, "disclosure_field", "disclosure_id = NEW.disclosure_id AND field = NEW.field").await?;
        uniques(manager, &[Unique("release_signature_once", "release_signature", "release_id", None)]).await?;
        indexes(manager, &INDEXES).await?;
        if is_postgres(manager) {
            run(manager, "GRANT SELECT, INSERT, UPDATE, DELETE ON information_release, release_field TO kinward_app")
                .await?;
            run(manager, "GRANT SELECT, INSERT ON release_signature, disclosure, disclosure_field TO kinward_app")
                .await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
