//! The database's history: one list of migrations for SQLite and PostgreSQL. A landed migration is never edited; the
//! rules and the list of what the database itself refuses stand in this crate's `README.md`.

use sea_orm_migration::{
    prelude::{DbErr, MigrationTrait, MigratorTrait, async_trait},
    sea_orm::{
        ConnectionTrait, DatabaseConnection, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait,
    },
};

mod names;
mod sql;

mod m20261123_000001_identity;
mod m20261123_000002_families;
mod m20261123_000003_mentors;
mod m20261123_000004_roles;
mod m20261123_000005_matching;
mod m20261123_000006_scheduling;
mod m20261123_000007_messaging;
mod m20261123_000008_moderation;
mod m20261123_000009_platform;
mod m20261123_000010_runtime_role;
mod m20261124_000011_proofs;
mod m20261124_000012_case_marks;
mod m20261124_000013_kept_words;
mod m20261124_000014_matching_keys;
mod m20261124_000017_factors;
mod m20261124_000019_alleged_abuser;
mod m20261124_000020_break_glass;
mod m20261124_000020_releases;
mod m20261124_000023_sealing_check;
mod m20261124_000024_sign_ins;
mod m20261124_000025_tries;
mod m20261124_000026_factor_resets;
mod m20261124_000027_provider_sign_in;
mod m20261124_000028_rights;

pub use names::{constraint_name, constraint_names};
pub use sql::{Move, StateTable};

/// The list of all migrations, in the order in which they run.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_identity::Migration),
            Box::new(m20261123_000002_families::Migration),
            Box::new(m20261123_000003_mentors::Migration),
            Box::new(m20261123_000004_roles::Migration),
            Box::new(m20261123_000005_matching::Migration),
            Box::new(m20261123_000006_scheduling::Migration),
            Box::new(m20261123_000007_messaging::Migration),
            Box::new(m20261123_000008_moderation::Migration),
            Box::new(m20261123_000009_platform::Migration),
            Box::new(m20261123_000010_runtime_role::Migration),
            Box::new(m20261124_000011_proofs::Migration),
            Box::new(m20261124_000012_case_marks::Migration),
            Box::new(m20261124_000013_kept_words::Migration),
            Box::new(m20261124_000014_matching_keys::Migration),
            Box::new(m20261124_000017_factors::Migration),
            Box::new(m20261124_000019_alleged_abuser::Migration),
            Box::new(m20261124_000020_break_glass::Migration),
            Box::new(m20261124_000020_releases::Migration),
            Box::new(m20261124_000023_sealing_check::Migration),
            Box::new(m20261124_000024_sign_ins::Migration),
            Box::new(m20261124_000025_tries::Migration),
            Box::new(m20261124_000026_factor_resets::Migration),
            Box::new(m20261124_000027_provider_sign_in::Migration),
            Box::new(m20261124_000028_rights::Migration),
        ]
    }
}

/// The key of PostgreSQL's advisory lock that lets one node migrate at a time: "kinward" in ASCII.
const LOCK: i64 = 0x006b_696e_7761_7264;

/// Applies every migration that is pending, all in one transaction: either all of them land or none. Nodes that start
/// together take turns, and the later ones find nothing to do.
pub async fn up(db: &DatabaseConnection) -> Result<(), DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let all = db.begin_with_options(options).await?;
    if all.get_database_backend() == DbBackend::Postgres {
        all.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    }
    Migrator::up(&all, None).await?;
    all.commit().await
}

/// Each migration's name and whether it is applied, in order. Writes nothing, so a reader's rights suffice.
pub async fn status(db: &DatabaseConnection) -> Result<Vec<(String, bool)>, DbErr> {
    let list = Migrator::get_migration_with_status_read_only(db).await?;
    let pending = sea_orm_migration::MigrationStatus::Pending;
    Ok(list.into_iter().map(|migration| (migration.name().to_owned(), migration.status() != pending)).collect())
}

/// For each table with states: its name, the states in which a row may begin, and the moves that the database allows.
/// A test compares these with the models' own tables.
pub fn transition_tables() -> Vec<StateTable> {
    vec![
        m20261123_000001_identity::ACCOUNT,
        m20261123_000005_matching::SUPPORT_REQUEST,
        m20261123_000005_matching::PROPOSAL,
        m20261123_000005_matching::PEER_MATCH,
        m20261123_000006_scheduling::SESSION,
        m20261124_000013_kept_words::MESSAGE,
        m20261124_000012_case_marks::MODERATION_CASE,
        m20261124_000020_break_glass::BREAK_GLASS,
        m20261124_000020_releases::INFORMATION_RELEASE,
        m20261124_000026_factor_resets::FACTOR_RESET,
    ]
}
