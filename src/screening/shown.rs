//! Short texts that another person reads, but that no reader looks through first: they are refused rather than held.

use std::sync::LazyLock;

use super::{Category, Context, Outcome, Screener, Tier};
use crate::kernel::{Check, Code};

/// The text holds what the other side must not be shown unread: contact details, a threat, an offer.
pub const NOT_TO_BE_SHOWN: Code = Code::NotToBeShown;

static SCREENER: LazyLock<Option<Screener>> = LazyLock::new(|| Screener::new().ok());

/// What a message with these words would be held for, each kind once. A screener that fails gives `None`: the words are not
/// to be shown then.
pub fn held_for(text: &str) -> Option<Vec<Category>> {
    let screening = SCREENER.as_ref()?.screen(text, &Context::default()).ok()?;
    let mut kinds: Vec<_> = screening.findings.iter().filter(|f| f.tier == Tier::Hold).map(|f| f.category).collect();
    kinds.sort_unstable();
    kinds.dedup();
    Some(kinds)
}

/// Refuses the text at `path` when a message with these words would be held. A screener that fails refuses it too.
pub fn check_shown(check: &mut Check, path: &str, text: &str) {
    let screened = SCREENER.as_ref().and_then(|screener| screener.screen(text, &Context::default()).ok());
    let passes = screened.as_ref().is_some_and(|screening| screening.outcome != Outcome::Hold);
    let message = match screened {
        Some(screening) if screening.unknown_language => "Write in English or Spanish: others read this unchecked.",
        _ => "Leave out numbers, addresses, names and links: others read this unchecked.",
    };
    check.ensure(passes, NOT_TO_BE_SHOWN, path, message);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contact_details_are_refused_and_ordinary_words_pass() {
        for (text, passes) in [("I am not well today.", true), ("", true), ("Call me on 555 012 3467 instead.", false)]
        {
            let mut check = Check::new();
            check_shown(&mut check, "input.reason", text);
            assert_eq!(check.done().is_ok(), passes, "{text}");
        }
    }
}
