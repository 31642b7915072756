//! Recovery codes: ten, written down, for when every other factor is out of reach.

use zeroize::Zeroize as _;

use super::spoken;
use crate::kernel::Entropy;

/// How many codes make a set.
pub const SET: usize = 10;
/// Characters in a code: 24 of 5 bits are 120 bits, so that a plain hash keeps them (OWASP ASVS 5.0, 6.5.2: 112 or more).
const LENGTH: usize = 24;

/// A recovery code. Its debug form shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A new set of codes.
    #[must_use]
    pub fn set(entropy: &dyn Entropy) -> Vec<Self> {
        (0..SET).map(|_| Self(spoken::generate(entropy, LENGTH))).collect()
    }

    /// Reads a typed code, as forgivingly as an invitation's. `None` when it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        spoken::read(text, LENGTH).map(Self)
    }

    /// The bare characters: what is hashed and looked up.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.0
    }

    /// The form that is written down: six groups of four.
    #[must_use]
    pub fn spoken(&self) -> String {
        spoken::in_groups(&self.0)
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

impl Drop for RecoveryCode {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::SeededEntropy;

    #[test]
    fn a_set_is_ten_different_codes_that_read_back() {
        let set = RecoveryCode::set(&SeededEntropy::new(5));
        let different: std::collections::BTreeSet<_> = set.iter().map(RecoveryCode::canonical).collect();
        assert_eq!(different.len(), SET);
        for code in &set {
            let typed = code.spoken().to_lowercase().replace('-', " ").replace('0', "o");
            assert_eq!(RecoveryCode::parse(&typed).as_ref(), Some(code));
            assert_eq!(code.spoken().len(), 29);
        }
        assert_eq!(RecoveryCode::parse("0123-4567-89AB-CDEF"), None);
        assert_eq!(format!("{:?}", set[0]), "RecoveryCode(…)");
    }
}
