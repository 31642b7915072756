//! Column types that mean the same on both databases.

use jiff::Timestamp;
use sea_orm::DeriveValueType;

/// An instant as stored: microseconds since 1970 UTC in a 64-bit integer. Both databases keep and compare it alike, which
/// their own time types do not (nanoseconds and text on SQLite, microseconds on PostgreSQL).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct At(pub i64);

impl At {
    /// The instant.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        // Only instants that a `Timestamp` held are ever stored.
        Timestamp::from_microsecond(self.0).unwrap_or_default()
    }
}

impl From<Timestamp> for At {
    fn from(at: Timestamp) -> Self {
        Self(at.as_microsecond())
    }
}

impl From<At> for Timestamp {
    fn from(at: At) -> Self {
        at.timestamp()
    }
}
