//! Scalars of our own.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use jiff::Timestamp;

/// An instant in RFC 3339, always in UTC, for example `2026-11-23T18:30:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

/// An instant in RFC 3339, always in UTC, for example `2026-11-23T18:30:00Z`.
#[Scalar(specified_by_url = "https://scalars.graphql.org/andimarek/date-time")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => match text.parse::<Timestamp>() {
                Ok(at) => Ok(Self(crate::kernel::clock::to_micros(at))),
                Err(_) => {
                    Err(InputValueError::custom("Give an instant in RFC 3339, for example 2026-11-23T18:30:00Z."))
                }
            },
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        // Asked before anything runs: a text that is no instant refuses the whole request.
        matches!(value, Value::String(text) if text.parse::<Timestamp>().is_ok())
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<Timestamp> for DateTime {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}
