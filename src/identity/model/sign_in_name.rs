//! Sign-in names: made up, easy to say on the phone, and saying nothing about the person.

use super::words::{FIRST, SECOND};
use crate::kernel::Entropy;

/// A new name such as `quiet-harbor-4821`: one of 160 × 160 × 10,000 (more than 250 million). The store keeps names
/// apart; on a clash, ask again.
#[must_use]
pub fn sign_in_name(entropy: &dyn Entropy) -> String {
    let first = pick(entropy, FIRST.len()).and_then(|at| FIRST.get(at)).copied().unwrap_or("calm");
    let second = pick(entropy, SECOND.len()).and_then(|at| SECOND.get(at)).copied().unwrap_or("river");
    let number = pick(entropy, 10_000).unwrap_or(0);
    format!("{first}-{second}-{number:04}")
}

/// An even choice below `bound`. A 64-bit number against a bound of at most 10,000 is uneven by less than 2^-50.
fn pick(entropy: &dyn Entropy, bound: usize) -> Option<usize> {
    let mut bytes = [0_u8; 8];
    entropy.fill(&mut bytes);
    let bound = u64::try_from(bound).ok()?;
    usize::try_from(u64::from_le_bytes(bytes).checked_rem(bound)?).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::kernel::SeededEntropy;

    #[test]
    fn the_word_lists_are_long_and_without_doubles() {
        for list in [FIRST, SECOND] {
            assert!(list.len() >= 128);
            assert_eq!(list.iter().collect::<BTreeSet<_>>().len(), list.len());
            assert!(list.iter().all(|w| w.len() <= 12 && w.bytes().all(|b| b.is_ascii_lowercase())));
        }
    }

    #[test]
    fn names_have_the_form_and_differ() {
        let entropy = SeededEntropy::new(7);
        let names: BTreeSet<_> = (0..500).map(|_| sign_in_name(&entropy)).collect();
        assert!(names.len() >= 499);
        for name in names {
            let parts: Vec<_> = name.split('-').collect();
            assert_eq!(parts.len(), 3, "{name}");
            assert!(parts[2].len() == 4 && parts[2].parse::<u16>().is_ok(), "{name}");
        }
    }
}
