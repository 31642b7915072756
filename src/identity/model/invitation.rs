//! Invitation codes, read out by phone.

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroize as _;

use super::spoken;
use crate::kernel::{Check, Code, Entropy};

/// Characters in a code: 16 of 5 bits are 80 bits, far beyond guessing within an invitation's life.
const LENGTH: usize = 16;

/// The shortest life of an invitation: long enough to be typed during the call.
pub const MIN_LIFETIME: SignedDuration = SignedDuration::from_mins(15);
/// The longest life of an invitation.
pub const MAX_LIFETIME: SignedDuration = SignedDuration::from_hours(14 * 24);
/// The life of an invitation when nobody names one.
pub const DEFAULT_LIFETIME: SignedDuration = SignedDuration::from_hours(72);

/// An invitation's secret code. Its debug form shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationCode(String);

impl InvitationCode {
    /// A new code.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(spoken::generate(entropy, LENGTH))
    }

    /// Reads a typed code: any case, spaces and dashes anywhere, O for 0, I and L for 1. `None` when it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        spoken::read(text, LENGTH).map(Self)
    }

    /// The bare sixteen characters: what is hashed and looked up.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.0
    }

    /// The form that is read out: four groups of four.
    #[must_use]
    pub fn spoken(&self) -> String {
        spoken::in_groups(&self.0)
    }
}

impl std::fmt::Debug for InvitationCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InvitationCode(…)")
    }
}

impl Drop for InvitationCode {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Checks an invitation's end against now: 15 minutes to 14 days ahead.
pub fn check_lifetime(check: &mut Check, path: &str, now: Timestamp, expires_at: Timestamp) {
    let life = expires_at.duration_since(now);
    let fits = (MIN_LIFETIME..=MAX_LIFETIME).contains(&life);
    check.ensure(fits, Code::OutOfRange, path, "An invitation lasts from 15 minutes to 14 days.");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::SeededEntropy;

    #[test]
    fn a_code_survives_being_told_by_phone() {
        let code = InvitationCode::parse("0123-4567-89AB-CDEF").unwrap();
        for typed in
            ["o123 4567 89ab cdef", "0I23456789abCDEF", " OL23–4567–89AB–CDEF ", "0 1 2 3 4 5 6 7 8 9 a b c d e f"]
        {
            assert_eq!(InvitationCode::parse(typed), Some(code.clone()), "{typed}");
        }
        for wrong in
            ["", "0123-4567-89AB-CDE", "0123-4567-89AB-CDEFG", "0123-4567-89AB-CDEU", "0123-4567-89AB-CDÉF", "🙂"]
        {
            assert_eq!(InvitationCode::parse(wrong), None, "{wrong}");
        }
        assert_eq!(code.spoken(), "0123-4567-89AB-CDEF");
        assert_eq!(format!("{code:?}"), "InvitationCode(…)");
    }

    #[test]
    fn the_life_of_an_invitation_is_bounded() {
        let now = Timestamp::UNIX_EPOCH;
        for (life, fits) in [(14, false), (15, true), (14 * 24 * 60, true), (14 * 24 * 60 + 1, false), (-5, false)] {
            let mut check = Check::new();
            check_lifetime(&mut check, "expiresAt", now, now + SignedDuration::from_mins(life));
            assert_eq!(check.done().is_ok(), fits, "{life}");
        }
    }

    proptest! {
        #[test]
        fn every_code_reads_back_in_every_form(seed: u64) {
            let code = InvitationCode::generate(&SeededEntropy::new(seed));
            prop_assert_eq!(code.canonical().len(), LENGTH);
            prop_assert_eq!(InvitationCode::parse(&code.spoken()), Some(code.clone()));
            let typed = code.spoken().to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
            prop_assert_eq!(InvitationCode::parse(&typed), Some(code));
        }

        #[test]
        fn no_text_breaks_the_reader(text in ".{0,60}") {
            if let Some(code) = InvitationCode::parse(&text) {
                prop_assert_eq!(InvitationCode::parse(code.canonical()), Some(code));
            }
        }
    }
}
