//! Signing in through the staff's identity provider: what its word about somebody is worth.

use jiff::{SignedDuration, Timestamp};

/// How long somebody may take at the provider. The database knows the number too (`provider_sign_in_end`).
pub const ANSWER_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// Which of the provider's words about a sign-in stand for more than one factor. What is not listed is one factor: then a
/// second one is asked for here, as after a passphrase.
#[derive(Debug, Clone, Default)]
pub struct StrongWays {
    /// Sets of authentication methods (`amr`), each of which is enough when all of it was shown.
    pub methods: Vec<Vec<String>>,
    /// Levels of the provider's own naming (`acr`).
    pub levels: Vec<String>,
}

impl StrongWays {
    /// Reads the settings: methods that are needed together are joined by `+`.
    #[must_use]
    pub fn new(methods: &[String], levels: &[String]) -> Self {
        let methods = methods.iter().map(|set| set.split('+').map(str::to_owned).collect()).collect();
        Self { methods, levels: levels.to_vec() }
    }

    /// Whether these words stand for more than one factor.
    #[must_use]
    pub fn are_multi_factor(&self, amr: &[String], acr: Option<&str>) -> bool {
        let shown = |method: &String| amr.contains(method);
        let by_method = self.methods.iter().any(|set| !set.is_empty() && set.iter().all(shown));
        by_method || acr.is_some_and(|acr| self.levels.iter().any(|level| level == acr))
    }
}

/// Whom the provider says that it has before it. Everything in it was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvedByProvider {
    /// The provider.
    pub issuer: String,
    /// The person, as the provider names them: never given to anybody else (OpenID Connect Core 1.0, section 2).
    pub subject: String,
    /// Whether they showed more than one factor there.
    pub is_multi_factor: bool,
    /// When they did.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_listed_is_more_than_one_factor() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let ways = StrongWays::new(&words("mfa hwk+pin pwd+otp"), &words("urn:example:strong"));
        for (amr, acr, strong) in [
            ("mfa", None, true),
            ("pwd mfa", None, true),
            ("hwk pin user", None, true),
            ("otp pwd", None, true),
            ("", Some("urn:example:strong"), true),
            ("pwd", None, false),
            ("otp", None, false),
            ("hwk user", None, false),
            ("pwd sms", None, false),
            ("MFA", None, false),
            ("hwk+pin", None, false),
            ("", Some("urn:example:stronger"), false),
            ("", Some(""), false),
            ("", None, false),
        ] {
            assert_eq!(ways.are_multi_factor(&words(amr), acr), strong, "{amr} {acr:?}");
        }
        assert!(!StrongWays::default().are_multi_factor(&words("mfa hwk pin"), Some("")));
        assert!(!StrongWays::new(&[String::new()], &[]).are_multi_factor(&[], None));
    }
}
