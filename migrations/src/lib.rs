//! The database's history.
