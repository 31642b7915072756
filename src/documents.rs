//! The documents that clients use, embedded: the only ones that run in trusted-documents mode.

/// Every document: its path under `graphql/operations` and its text. A test compares the list with the folder.
pub const ALL: &[(&str, &str)] = &[];
