//! What the databases' errors mean to us: try again, a named rule, or a fault.

use sea_orm::{DbErr, RuntimeErr, sqlx};

use crate::kernel::Error;

/// SQLite names the columns of a broken unique index, not the index: these are the rules behind them.
const SQLITE_UNIQUE: &[(&str, &str)] = &[
    ("account.sign_in_name", "account_sign_in_name"),
    ("programme.name", "programme_name"),
    ("family_member.account_id", "family_member_account"),
    ("mentor.account_id", "mentor_account"),
    ("support_request.family_id", "one_open_request_per_family"),
    ("proposal.request_id", "one_live_proposal_per_request"),
    ("peer_match.family_id", "one_live_match_per_family"),
    ("peer_match.proposal_id", "peer_match_proposal"),
    ("conflict_declaration.proposal_id, conflict_declaration.side", "conflict_once"),
    ("message.conversation_id, message.author_account_id, message.client_id", "message_client"),
    ("message.conversation_id, message.seq", "message_seq"),
    ("message.conversation_id, message.change_seq", "message_change"),
    ("moderation_case.message_id, moderation_case.kind", "one_open_case_per_message"),
    ("job.unique_key", "job_unique_key"),
];

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        let (DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner))) = &error else {
            return other(&error);
        };
        let sqlx::Error::Database(database) = inner.as_ref() else { return other(&error) };
        match database.code().as_deref() {
            // serialization_failure, deadlock_detected; SQLITE_BUSY and its extended forms.
            Some("40001" | "40P01" | "5" | "261" | "517" | "773") => return Self::Busy,
            _ => {}
        }
        match database.constraint() {
            Some(name) => Self::Constraint(name.to_owned()),
            None => sqlite_rule(database.message()).map_or_else(|| other(&error), Self::Constraint),
        }
    }
}

fn other(error: &DbErr) -> Error {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => {
            tracing::error!(%error, "the database cannot be reached");
            Error::Unavailable("the database cannot be reached")
        }
        _ => Error::internal(error),
    }
}

/// The rule behind an SQLite message: a unique index by its columns, a CHECK by its name, a trigger by its text.
fn sqlite_rule(message: &str) -> Option<String> {
    if let Some(columns) = message.strip_prefix("UNIQUE constraint failed: ") {
        let known = SQLITE_UNIQUE.iter().find(|(of, _)| *of == columns);
        let name = known.map_or_else(|| columns.trim_start_matches("index ").trim_matches('\''), |(_, name)| name);
        return Some(name.to_owned());
    }
    if let Some(name) = message.strip_prefix("CHECK constraint failed: ") {
        return Some(name.to_owned());
    }
    let bare = !message.is_empty() && message.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    bare.then(|| message.to_owned())
}
