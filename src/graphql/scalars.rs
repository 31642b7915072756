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
            Value::String(text) => match rfc3339(text) {
                Some(at) => Ok(Self(crate::kernel::clock::to_micros(at))),
                None => Err(InputValueError::custom("Give an instant in RFC 3339, for example 2026-11-23T18:30:00Z.")),
            },
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        // Asked before anything runs: a text that is no instant refuses the whole request.
        matches!(value, Value::String(text) if rfc3339(text).is_some())
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

/// Reads RFC 3339, section 5.6, as the scalar's specification narrows it: `T` and `Z` in capitals, no leap second, no
/// `-00:00`. The library's own reading is wider: it takes basic forms, spaces, long years, zones in brackets.
fn rfc3339(text: &str) -> Option<Timestamp> {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    let bytes = text.as_bytes();
    let (local, rest) = bytes.split_at_checked(SHAPE.len())?;
    let fits = |(byte, shape): (&u8, &u8)| if *shape == b'0' { byte.is_ascii_digit() } else { byte == shape };
    let fraction = match rest.split_first() {
        Some((b'.', digits)) => 1 + digits.iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    let zone = rest.get(fraction..)?;
    let offset = |sign: u8, hours: &[u8], minutes: &[u8]| {
        let digits = hours.iter().chain(minutes).all(u8::is_ascii_digit);
        digits && (sign == b'+' || (sign == b'-' && (hours, minutes) != (b"00", b"00")))
    };
    let good_zone = match zone {
        b"Z" => true,
        [sign, h, hh, b':', m, mm] => offset(*sign, &[*h, *hh], &[*m, *mm]),
        _ => false,
    };
    let good_fraction = fraction == 0 || (2..=10).contains(&fraction);
    let leap = local.ends_with(b":60");
    let well_formed = local.iter().zip(SHAPE).all(fits) && good_fraction && good_zone && !leap;
    if well_formed { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_the_scalar_promises_is_an_instant() {
        for fine in [
            "2026-11-23T18:30:00Z",
            "2026-11-23T18:30:00.5Z",
            "2026-11-23T18:30:00.123456789+05:30",
            "2026-11-23T18:30:00-05:00",
            "0001-01-01T00:00:00Z",
        ] {
            assert!(rfc3339(fine).is_some(), "{fine}");
        }
        for wrong in [
            "",
            "2026-11-23",
            "-000001-01-01T00:00:00Z",
            "20261124T101500Z",
            "2026-11-24 10:15:00Z",
            "2026-11-24T10:15Z",
            "2026-11-24T23:59:60Z",
            "2026-11-24t10:15:00z",
            "2026-11-24T10:15:00",
            "2026-11-24T10:15:00-00:00",
            "2026-11-24T10:15:00-05:00[Europe/London]",
            "2026-11-24T10:15:00-0500",
            "2026-11-24T10:15:00.Z",
            "2026-11-24T10:15:00.1234567890Z",
            "2026-13-24T10:15:00Z",
            "2026-02-30T10:15:00Z",
            "2026-11-24T25:15:00Z",
            "\u{0662}026-11-24T10:15:00Z",
        ] {
            assert!(rfc3339(wrong).is_none(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_given_out_is_taken_back(micros in 0..253_402_300_799_999_999_i64) {
            let at = Timestamp::from_microsecond(micros).unwrap();
            prop_assert_eq!(rfc3339(&at.to_string()), Some(at));
        }

        #[test]
        fn no_text_breaks_the_reader(text in ".{0,40}") {
            let _ = rfc3339(&text);
        }
    }
}
