//! Codes of an authenticator: RFC 6238 with SHA-1, six digits and steps of thirty seconds, since that is all that every
//! authenticator understands.

use jiff::Timestamp;
use totp_rs::{Builder, Secret, Totp};

use crate::kernel::{Check, Entropy, Error, Result};

/// The service's name in an authenticator, unless the person wants another on their phone.
pub const LABEL: &str = "Kinward";
/// Seconds in a step.
const STEP: u64 = 30;
/// Bytes of a secret (RFC 4226, section 4, R6).
const LENGTH: usize = 20;

/// What an authenticator and the service share. Its debug form shows nothing.
pub struct AuthenticatorSecret(Secret);

impl std::fmt::Debug for AuthenticatorSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuthenticatorSecret(…)")
    }
}

impl AuthenticatorSecret {
    /// A new secret.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0_u8; LENGTH];
        entropy.fill(&mut bytes);
        Self(Secret::new_stack(bytes))
    }

    /// Reads a secret in base 32.
    pub fn read(text: &str) -> Result<Self> {
        let secret = Secret::try_from_base32(text).map_err(|_| Error::internal("an authenticator's secret"))?;
        Ok(Self(secret))
    }

    /// The secret in base 32, for typing into an authenticator.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.to_base32()
    }

    /// The secret as an `otpauth` address, for a QR code.
    pub fn address(&self, label: &str, sign_in_name: &str) -> Result<String> {
        let named = Builder::new().with_secret(self.0.clone()).with_issuer(Some(label)).with_account_name(sign_in_name);
        named.build().and_then(|totp| totp.to_url()).map_err(|_| Error::internal("an authenticator's address"))
    }

    /// The step to which a typed code belongs, if it is the code of the present step or of the one before or after.
    pub fn step_of(&self, code: &str, now: Timestamp) -> Result<Option<i32>> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).take(8).collect();
        let found = self.totp()?.check(&digits, seconds(now));
        Ok(found.and_then(|step| i32::try_from(step).ok()))
    }

    /// The code of the step that `at` lies in.
    pub fn code_at(&self, at: Timestamp) -> Result<String> {
        Ok(self.totp()?.generate(seconds(at)).to_string())
    }

    fn totp(&self) -> Result<Totp> {
        // The builder's defaults are the ones that the module's docs name, with one step of skew.
        let builder = Builder::new().with_secret(self.0.clone()).with_step_duration(STEP).with_skew(1);
        builder.build().map_err(|_| Error::internal("an authenticator's secret"))
    }
}

fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_second()).unwrap_or(0)
}

/// Checks what an entry is to be called in the authenticator: 1 to 40 characters, no colon.
pub fn check_label(check: &mut Check, path: &str, label: &str) -> String {
    let label = check.line(path, label, 1, 40);
    let plain = !label.contains(':');
    check.ensure(plain, crate::kernel::Code::Invalid, path, "A colon cannot stand in the name.");
    label
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::kernel::SeededEntropy;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// RFC 6238, appendix B, the rows for SHA-1, cut to six digits.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let secret = AuthenticatorSecret::read("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        for (second, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            assert_eq!(secret.code_at(at(second)).unwrap(), code);
            assert_eq!(secret.step_of(code, at(second)).unwrap(), i32::try_from(second / 30).ok());
        }
    }

    #[test]
    fn a_code_is_good_for_one_step_before_and_after() {
        let secret = AuthenticatorSecret::generate(&SeededEntropy::new(3));
        let now = at(1_800_000_015);
        let code = secret.code_at(now).unwrap();
        let step = Some(60_000_000);
        for (seconds, found) in [(0, step), (44, step), (-45, step), (45, None), (-46, None)] {
            assert_eq!(secret.step_of(&code, now + SignedDuration::from_secs(seconds)).unwrap(), found, "{seconds}");
        }
        let spaced = format!(" {} {}", &code[..3], &code[3..]);
        assert_eq!(secret.step_of(&spaced, now).unwrap(), step);
        for junk in ["", "12345", "1234567", "abcdef", "+12345", "１２３４５６", &"1".repeat(5_000)] {
            assert_eq!(secret.step_of(junk, now).unwrap(), None, "{junk}");
        }
    }

    #[test]
    fn the_address_names_what_the_person_chose() {
        let secret = AuthenticatorSecret::read("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        let address = secret.address("Reading club", "calm-river-4821").unwrap();
        assert!(address.starts_with("otpauth://totp/Reading%20club:calm"), "{address}");
        assert!(address.contains(&secret.text()), "{address}");
        assert_eq!(format!("{secret:?}"), "AuthenticatorSecret(…)");
    }
}
