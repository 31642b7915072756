//! What a caregiver may do for their family: each right by itself, and a set of them as the database keeps it.

use super::states::texts;

texts! {
    /// One right of a caregiver. What needs none of them is seeing the family's first names, languages and zone, and who
    /// its mentor is: a caregiver without any right is still one of the family.
    pub enum Right {
        /// See what the family told in confidence, its safe-contact plan, and its ledger.
        Record = "record",
        /// Change the record, the safe-contact plan and the days. Goes with seeing them.
        Keep = "keep",
        /// Ask for a mentor, answer proposals, withdraw a request, end a match.
        Ask = "ask",
        /// See, book, confirm, move and cancel sessions.
        Meet = "meet",
        /// Read and write in the conversation, and report a message.
        Write = "write",
        /// Draft, sign and take back releases of information.
        Release = "release",
        /// Add caregivers, choose their rights, and take them away.
        Delegate = "delegate",
    }
}

impl Right {
    const fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

/// A set of rights. In the database it is a whole number: `record` counts 1, `keep` 2, `ask` 4, `meet` 8, `write` 16,
/// `release` 32, `delegate` 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rights(u8);

impl Rights {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// All of them, which the first caregiver of a family holds.
    pub const ALL: Self = Self(127);

    /// Whether this right is among them.
    #[must_use]
    pub const fn has(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }

    /// Those of these that are not among the others.
    #[must_use]
    pub const fn beyond(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each right among them, in a fixed order.
    pub fn each(self) -> impl Iterator<Item = Right> {
        Right::ALL.iter().copied().filter(move |right| self.has(*right))
    }

    /// The number that the database keeps.
    #[must_use]
    pub const fn stored(self) -> i32 {
        self.0 as i32
    }

    /// Reads a stored number; what is out of range is no right at all.
    #[must_use]
    pub fn read(stored: i64) -> Self {
        u8::try_from(stored).ok().filter(|bits| *bits <= Self::ALL.0).map_or(Self::NONE, Self)
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Self {
        Self(rights.into_iter().fold(0, |bits, right| bits | right.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_read_as_it_was_stored() {
        let some: Rights = [Right::Keep, Right::Record, Right::Delegate].into_iter().collect();
        assert_eq!(some.stored(), 1 + 2 + 64);
        assert_eq!(Rights::read(some.stored().into()), some);
        assert_eq!(some.each().collect::<Vec<_>>(), [Right::Record, Right::Keep, Right::Delegate]);
        assert!(some.has(Right::Keep) && !some.has(Right::Ask));
        assert_eq!(Right::ALL.iter().copied().collect::<Rights>(), Rights::ALL);
    }

    #[test]
    fn what_nobody_could_have_stored_is_no_right() {
        for strange in [-1, 128, 255, 256, i64::MAX] {
            assert_eq!(Rights::read(strange), Rights::NONE);
        }
        assert_eq!(Rights::ALL.beyond(Rights::ALL), Rights::NONE);
        assert!(Rights::NONE.is_empty() && !Rights::ALL.beyond(Rights::NONE).is_empty());
    }
}
