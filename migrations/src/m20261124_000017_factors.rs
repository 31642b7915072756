//! Second factors: authenticators and passkeys, recovery codes, the open ceremonies in which they are shown, and how often
//! a code was wrong.

use sea_orm_migration::prelude::*;

use crate::sql::{Guard, Unique, guards, indexes, is_postgres, run, tables, uniques};

const TABLES: &str = "
CREATE TABLE factor (
    {ID},
    account_id {ref account},
    kind TEXT NOT NULL CONSTRAINT factor_kind CHECK (kind IN ('authenticator', 'passkey')),
    name_sealed {BLOB} NOT NULL,
    secret_sealed {BLOB} NOT NULL,
    credential_hash {BLOB},
    last_step {INT},
    counter {BIGINT},
    created_at {BIGINT} NOT NULL,
    last_used_at {BIGINT},
    CONSTRAINT factor_parts CHECK ((kind = 'passkey') = (credential_hash IS NOT NULL)
        AND (kind = 'passkey') = (counter IS NOT NULL) AND (kind = 'authenticator') = (last_step IS NOT NULL))
) {STRICT};
CREATE TABLE recovery_code (
    {ID},
    account_id {ref account},
    code_hash {BLOB} NOT NULL CONSTRAINT recovery_code_digest CHECK (length(code_hash) = 32),
    created_at {BIGINT} NOT NULL,
    used_at {BIGINT}
) {STRICT};
CREATE TABLE challenge (
    {ID},
    purpose TEXT NOT NULL CONSTRAINT challenge_purpose CHECK (purpose IN
        ('sign_in', 'passkey_sign_in', 'enrol_authenticator', 'enrol_passkey', 'accept_invitation', 'prove')),
    account_id {ref? account},
    sign_in_id {ref? sign_in},
    token_hash {BLOB} NOT NULL CONSTRAINT challenge_digest CHECK (length(token_hash) = 32),
    state_sealed {BLOB},
    tries {INT} NOT NULL DEFAULT 0 CONSTRAINT challenge_tries CHECK (tries BETWEEN 0 AND 5),
    created_at {BIGINT} NOT NULL,
    expires_at {BIGINT} NOT NULL,
    used_at {BIGINT},
    CONSTRAINT challenge_owner CHECK ((purpose = 'passkey_sign_in') = (account_id IS NULL)
        AND (purpose IN ('enrol_authenticator', 'enrol_passkey', 'prove')) = (sign_in_id IS NOT NULL))
) {STRICT};
CREATE TABLE code_try (
    account_id {UUID} NOT NULL PRIMARY KEY REFERENCES account(id) ON DELETE RESTRICT,
    failures {INT} NOT NULL CONSTRAINT code_try_failures CHECK (failures >= 1),
    open_at {BIGINT} NOT NULL
) {STRICT};
";

/// An account that has a factor is never signed in by its passphrase alone: neither by a new sign-in, nor by one that
/// stays open when the factor comes.
const GUARDS: [Guard; 7] = [
    Guard {
        name: "sign_in_needs_factor",
        raises: "sign_in_needs_factor",
        table: "sign_in",
        event: "INSERT",
        when: "NEW.strength = 'passphrase'
        AND EXISTS (SELECT 1 FROM factor WHERE account_id = NEW.account_id)",
    },
    Guard {
        name: "sign_in_needs_factor_update",
        raises: "sign_in_needs_factor",
        table: "sign_in",
        event: "UPDATE OF strength, account_id",
        when: "NEW.strength = 'passphrase' AND NEW.ended_at IS NULL
        AND EXISTS (SELECT 1 FROM factor WHERE account_id = NEW.account_id)",
    },
    Guard {
        name: "sign_in_needs_factor_first",
        raises: "sign_in_needs_factor",
        table: "factor",
        event: "INSERT",
        when: "EXISTS (SELECT 1 FROM sign_in WHERE account_id = NEW.account_id
        AND ended_at IS NULL AND strength = 'passphrase')",
    },
    Guard {
        name: "factor_step",
        raises: "factor_step",
        table: "factor",
        event: "UPDATE OF last_step",
        when: "NEW.last_step <= OLD.last_step",
    },
    Guard {
        name: "factor_counter",
        raises: "factor_counter",
        table: "factor",
        event: "UPDATE OF counter",
        when: "NEW.counter < OLD.counter OR (NEW.counter = OLD.counter AND NEW.counter > 0)",
    },
    Guard {
        name: "recovery_code_single_use",
        raises: "recovery_code_single_use",
        table: "recovery_code",
        event: "UPDATE",
        when: "OLD.used_at IS NOT NULL
        AND NEW.used_at IS DISTINCT FROM OLD.used_at",
    },
    Guard {
        name: "challenge_single_use",
        raises: "challenge_single_use",
        table: "challenge",
        event: "UPDATE",
        when: "OLD.used_at IS NOT NULL
        AND NEW.used_at IS DISTINCT FROM OLD.used_at",
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
                Unique("factor_credential", "factor", "credential_hash", None),
                Unique("recovery_code_hash", "recovery_code", "code_hash", None),
                Unique("challenge_token", "challenge", "token_hash", None),
            ],
        )
        .await?;
        indexes(
            manager,
            &[
                ("factor", "account_id"),
                ("recovery_code", "account_id"),
                ("challenge", "account_id"),
                ("challenge", "sign_in_id"),
                ("challenge", "expires_at"),
            ],
        )
        .await?;
        if is_postgres(manager) {
            let ours = "factor, recovery_code, challenge, code_try";
            run(manager, &format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {ours} TO kinward_app")).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
