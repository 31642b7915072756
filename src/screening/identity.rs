//! Names that must not be said in a match.

use std::collections::BTreeSet;

use super::fold::Folded;
use super::numbers::{Piece, pieces};

/// The ranges (in the folded text) of words that are, or are the possessive of, a word of the known names.
pub(super) fn known_names(text: &str, names: &[String]) -> Vec<(usize, usize)> {
    let mut words = BTreeSet::new();
    for name in names.iter().take(64) {
        let folded = Folded::new(name).text;
        words.extend(folded.split(|c: char| !c.is_alphabetic()).filter(|w| w.chars().count() >= 2).map(str::to_owned));
    }
    let said = |word: &str| words.contains(word) || word.strip_suffix('s').is_some_and(|stem| words.contains(stem));
    let in_text = pieces(text).into_iter().filter_map(|(start, piece)| match piece {
        Piece::Word(word) if said(word) => Some((start, start + word.len())),
        _ => None,
    });
    in_text.collect()
}
