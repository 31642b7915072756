//! What the databases' errors mean to us: try again, a named rule, or a fault.

use sea_orm::{DbErr, RuntimeErr, sqlx};

use crate::kernel::Error;

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        let (DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner))) = &error else {
            return other(&error);
        };
        let sqlx::Error::Database(database) = inner.as_ref() else { return other(&error) };
        // serialization_failure, deadlock_detected; SQLITE_BUSY and its extended forms.
        if let Some("40001" | "40P01" | "5" | "261" | "517" | "773") = database.code().as_deref() {
            return Self::Busy;
        }
        match database.constraint() {
            Some(name) => Self::Constraint(name.to_owned()),
            None => kinward_migrations::constraint_name(database.message())
                .map_or_else(|| other(&error), |name| Self::Constraint(name.to_owned())),
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
