//! Who may act as what: roles, the invitations that lead to them, and sign-ins.

use sea_orm_migration::prelude::*;

use crate::sql::{Guard, Unique, guards, indexes, is_postgres, run, tables, uniques};

const TABLES: &str = "
CREATE TABLE role (
    {ID},
    account_id {ref account},
    programme_id {ref? programme},
    role TEXT NOT NULL CONSTRAINT role_known CHECK (role IN
        ('administrator', 'coordinator', 'safeguarding_lead', 'auditor', 'mentor', 'family_member')),
    family_id {ref? family},
    mentor_id {ref? mentor},
    granted_at {BIGINT} NOT NULL,
    revoked_at {BIGINT},
    CONSTRAINT role_programme CHECK ((role = 'administrator') = (programme_id IS NULL)),
    CONSTRAINT role_subject CHECK ((role = 'family_member') = (family_id IS NOT NULL)
        AND (role = 'mentor') = (mentor_id IS NOT NULL))
) {STRICT};
CREATE TABLE invitation (
    {ID},
    programme_id {ref? programme},
    account_id {ref account},
    role TEXT NOT NULL CONSTRAINT invitation_role_known CHECK (role IN
        ('administrator', 'coordinator', 'safeguarding_lead', 'auditor', 'mentor', 'family_member')),
    code_hash {BLOB} NOT NULL,
    created_by {ref? account},
    created_at {BIGINT} NOT NULL,
    expires_at {BIGINT} NOT NULL,
    used_at {BIGINT},
    revoked_at {BIGINT}
) {STRICT};
CREATE TABLE sign_in (
    {ID},
    account_id {ref account},
    role_id {ref role},
    created_at {BIGINT} NOT NULL,
    ended_at {BIGINT},
    end_reason TEXT,
    last_used_at {BIGINT} NOT NULL,
    expires_at {BIGINT} NOT NULL,
    CONSTRAINT sign_in_text CHECK (length(end_reason) <= 100)
) {STRICT};
CREATE TABLE refresh_token (
    {ID},
    sign_in_id {ref sign_in},
    token_hash {BLOB} NOT NULL,
    issued_at {BIGINT} NOT NULL,
    expires_at {BIGINT} NOT NULL,
    used_at {BIGINT}
) {STRICT};
";

const SINGLE_USE: Guard = Guard {
    name: "invitation_single_use",
    raises: "invitation_single_use",
    table: "invitation",
    event: "UPDATE",
    when: "OLD.used_at IS NOT NULL
        AND NEW.used_at IS DISTINCT FROM OLD.used_at",
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager, TABLES, &[]).await?;
        guards(manager, &[SINGLE_USE]).await?;
        // An administrator's role has no programme. The zero id stands for it, since NULL never equals NULL.
        let zero = if is_postgres(manager) { "'00000000-0000-0000-0000-000000000000'::uuid" } else { "zeroblob(16)" };
        run(
            manager,
            &format!(
                "CREATE UNIQUE INDEX role_active ON role (account_id, coalesce(programme_id, {zero}), role) \
                 WHERE revoked_at IS NULL"
            ),
        )
        .await?;
        uniques(
            manager,
            &[
                Unique("invitation_code", "invitation", "code_hash", None),
                Unique("refresh_token_hash", "refresh_token", "token_hash", None),
            ],
        )
        .await?;
        indexes(
            manager,
            &[
                ("role", "account_id"),
                ("role", "programme_id, role"),
                ("role", "family_id"),
                ("role", "mentor_id"),
                ("invitation", "programme_id, created_at, id"),
                ("invitation", "account_id"),
                ("invitation", "created_by"),
                ("sign_in", "account_id, created_at"),
                ("sign_in", "role_id"),
                ("refresh_token", "sign_in_id, issued_at"),
            ],
        )
        .await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
