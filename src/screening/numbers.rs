//! Digits in figures and in words, and what is no telephone number although it has digits.

/// One digit of a text (positions in the folded text).
#[derive(Debug, Clone, Copy)]
pub(super) struct Digit {
    pub(super) value: u8,
    pub(super) start: usize,
    pub(super) end: usize,
    /// The number it was written in: digits written together share it.
    pub(super) group: usize,
    /// The separator before its group was that of a list: a comma, "and", "to".
    pub(super) listed: bool,
    /// Read from a word that usually means something else ("for", "to").
    pub(super) weak: bool,
}

/// A piece of the folded text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piece<'a> {
    Digits(&'a str),
    Word(&'a str),
    Other(&'a str),
}

/// Cuts the text where digits, letters and the rest meet; each piece with its position.
pub(super) fn pieces(text: &str) -> Vec<(usize, Piece<'_>)> {
    let kind = |c: char| if c.is_ascii_digit() { 0 } else { 2 - u8::from(c.is_alphabetic()) };
    let mut pieces = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let mut end = start + c.len_utf8();
        while let Some((at, _)) = chars.next_if(|(_, next)| kind(*next) == kind(c)) {
            end = text.ceil_char_boundary(at + 1);
        }
        let piece = text.get(start..end).unwrap_or_default();
        pieces.push(match kind(c) {
            0 => (start, Piece::Digits(piece)),
            1 => (start, Piece::Word(piece)),
            _ => (start, Piece::Other(piece)),
        });
    }
    pieces
}

const WORDS: &[(&str, u8)] = &[
    ("zero", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("nought", 0),
    ("naught", 0),
    ("niner", 9),
    ("cero", 0),
    ("uno", 1),
    ("dos", 2),
    ("tres", 3),
    ("cuatro", 4),
    ("cinco", 5),
    ("seis", 6),
    ("siete", 7),
    ("ocho", 8),
    ("nueve", 9),
];
const LONGER: &[(&str, &[u8])] = &[
    ("ten", &[1, 0]),
    ("eleven", &[1, 1]),
    ("twelve", &[1, 2]),
    ("thirteen", &[1, 3]),
    ("fourteen", &[1, 4]),
    ("fifteen", &[1, 5]),
    ("sixteen", &[1, 6]),
    ("seventeen", &[1, 7]),
    ("eighteen", &[1, 8]),
    ("nineteen", &[1, 9]),
    ("hundred", &[0, 0]),
    // Spanish; without "once", which is an English word more often than an eleven.
    ("diez", &[1, 0]),
    ("doce", &[1, 2]),
    ("trece", &[1, 3]),
    ("catorce", &[1, 4]),
    ("quince", &[1, 5]),
    ("dieciseis", &[1, 6]),
    ("diecisiete", &[1, 7]),
    ("dieciocho", &[1, 8]),
    ("diecinueve", &[1, 9]),
];
const TENS: &[(&str, u8)] = &[
    ("twenty", 2),
    ("thirty", 3),
    ("forty", 4),
    ("fifty", 5),
    ("sixty", 6),
    ("seventy", 7),
    ("eighty", 8),
    ("ninety", 9),
    ("veinte", 2),
    ("treinta", 3),
    ("cuarenta", 4),
    ("cincuenta", 5),
    ("sesenta", 6),
    ("setenta", 7),
    ("ochenta", 8),
    ("noventa", 9),
];
const WEAK: &[(&str, u8)] =
    &[("to", 2), ("too", 2), ("tu", 2), ("for", 4), ("fore", 4), ("won", 1), ("ate", 8), ("tree", 3), ("sicks", 6)];
/// Words that stand inside a dictated number.
pub(super) const FILLERS: &[&str] =
    &["dash", "hyphen", "dot", "point", "space", "then", "plus", "and", "um", "uh", "er", "area", "code", "again", "x"];

fn find<T: Copy>(list: &[(&str, T)], word: &str) -> Option<T> {
    list.iter().find(|(text, _)| *text == word).map(|(_, value)| *value)
}

/// One digit's word.
pub(super) fn unit(word: &str) -> Option<u8> {
    find(WORDS, word)
}

/// "twenty" and its like: the first of two digits.
pub(super) fn tens(word: &str) -> Option<u8> {
    find(TENS, word)
}

/// A word that sounds like a digit and usually is none.
pub(super) fn weak(word: &str) -> Option<u8> {
    find(WEAK, word)
}

/// The digits of a number's word; also of words run together, as in `fivefivefive`.
pub(super) fn digits_of(word: &str) -> Option<Vec<u8>> {
    if let Some(value) = unit(word) {
        return Some(vec![value]);
    }
    if let Some(values) = find(LONGER, word) {
        return Some(values.to_vec());
    }
    let (mut rest, mut values) = (word, Vec::new());
    while !rest.is_empty() {
        let (text, value) = WORDS.iter().find(|(text, _)| rest.starts_with(text))?;
        rest = rest.get(text.len()..)?;
        values.push(*value);
    }
    Some(values)
}

/// Letters that stand for digits when they touch one: `5o2`, `l23`.
pub(super) fn lookalikes(word: &str) -> Option<Vec<u8>> {
    let one = |c| match c {
        'o' => Some(0),
        'l' | 'i' => Some(1),
        _ => None,
    };
    word.chars().map(one).collect()
}
