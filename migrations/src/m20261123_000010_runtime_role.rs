//! PostgreSQL only: the role that the service runs as, which can not rewrite what is append-only.

use sea_orm_migration::prelude::*;

use crate::sql::{is_postgres, run};

/// Tables that the service may read and write.
const ORDINARY: &str = "programme, account, role, invitation, sign_in, refresh_token, family, family_member, \
    safe_contact_plan, mentor, mentor_evidence, support_request, proposal, conflict_declaration, peer_match, \
    not_again, availability_rule, availability_exception, session, conversation, message, moderation_case, outbox, job";

/// Tables to which the service may only add.
const APPEND_ONLY: &str = "audit_entry, audit_index, verdict, case_note";

/// Roles belong to the whole cluster, and databases of one cluster may be migrated at the same moment: whoever comes
/// second is content with what it finds. A migrator that is the role itself has nothing to grant.
const ROLE: &str = "
DO $role$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kinward_app') THEN
        BEGIN
            CREATE ROLE kinward_app NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    IF current_user <> 'kinward_app' THEN
        BEGIN
            GRANT kinward_app TO CURRENT_USER;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO kinward_app', current_schema());
END $role$;
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !is_postgres(manager) {
            return Ok(());
        }
        run(manager, ROLE).await?;
        run(manager, &format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {ORDINARY} TO kinward_app")).await?;
        run(manager, &format!("GRANT SELECT, INSERT ON {APPEND_ONLY} TO kinward_app")).await?;
        run(manager, "GRANT SELECT ON seaql_migrations TO kinward_app").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
