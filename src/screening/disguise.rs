//! Words that were written so as not to be recognised: spelled out letter by letter, or with figures and signs for letters.

use super::fold::Folded;

/// The fewest letters of a word that counts as spelled out.
const FEWEST: usize = 3;

/// A folded text with such words put right, and where.
#[derive(Debug)]
pub(super) struct Undisguised {
    /// The text as it was meant.
    pub(super) folded: Folded,
    /// The ranges of it that were disguised.
    pub(super) changed: Vec<(usize, usize)>,
}

/// The texts that this one may be meant as; none when nothing in it is disguised. A figure one is read as `i` and as `l`.
pub(super) fn undisguised(folded: &Folded) -> Vec<Undisguised> {
    let joined = join(folded);
    let (base, changed) = joined.as_ref().map_or((folded, [].as_slice()), |j| (&j.folded, j.changed.as_slice()));
    let mut readings: Vec<Undisguised> = Vec::new();
    for one in ['i', 'l'] {
        let Some(mut read) = read_signs(base, one) else { break };
        // Signs are as long as the letters that they stand for, so what was joined stands where it stood.
        read.changed.extend_from_slice(changed);
        if readings.iter().all(|r| r.folded.text != read.folded.text) {
            readings.push(read);
        }
    }
    if readings.is_empty() {
        readings.extend(joined);
    }
    readings
}

/// Joins letters that stand alone, three or more in a row, with the same single sign between each: `k i l l`, `k.i.l.l`.
fn join(folded: &Folded) -> Option<Undisguised> {
    let chars: Vec<(usize, char)> = folded.text.char_indices().collect();
    let at = |i: usize| chars.get(i).map(|(_, c)| *c);
    let is_letter = |i: usize| at(i).is_some_and(|c| c.is_alphanumeric() || matches!(c, '@' | '$'));
    let is_edge = |i: Option<usize>| i.is_none_or(|i| !is_letter(i));
    let mut out = Undisguised { folded: Folded::empty(), changed: Vec::new() };
    let mut i = 0;
    while i < chars.len() {
        let mut run = Vec::new();
        let sign = at(i + 1).filter(|c| matches!(c, ' ' | '.' | '-' | '_' | '*' | ',' | '/'));
        if is_letter(i) && is_edge(i.checked_sub(1)) && sign.is_some() {
            let mut next = i;
            while is_letter(next) && is_edge(Some(next + 1)) {
                run.push(next);
                if at(next + 1) != sign {
                    break;
                }
                next += 2;
            }
        }
        let letters = run.iter().filter(|i| at(**i).is_some_and(char::is_alphabetic)).count();
        let start = out.folded.text.len();
        if letters >= FEWEST {
            for c in run.iter().filter_map(|i| chars.get(*i)) {
                out.folded.copy(c.1, folded, c.0);
            }
            out.changed.push((start, out.folded.text.len()));
            i = run.last().copied().unwrap_or(i) + 1;
        } else {
            if let Some(c) = chars.get(i) {
                out.folded.copy(c.1, folded, c.0);
            }
            i += 1;
        }
    }
    (!out.changed.is_empty()).then_some(out)
}

/// Reads figures and signs inside of words as the letters that they look like: `wh4tsapp`.
fn read_signs(folded: &Folded, one: char) -> Option<Undisguised> {
    let mut out = Undisguised { folded: Folded::empty(), changed: Vec::new() };
    let mut from = 0;
    for word in folded.text.split_inclusive(|c: char| !(c.is_alphanumeric() || "@$!|".contains(c))) {
        let core = word.trim_end_matches(|c: char| !(c.is_alphanumeric() || c == '$'));
        let mixed = core.chars().any(char::is_alphabetic) && core.chars().any(|c| letter(c, one).is_some());
        let start = out.folded.text.len();
        for (at, c) in word.char_indices() {
            let read = letter(c, one).filter(|_| mixed && at < core.len()).unwrap_or(c);
            out.folded.copy(read, folded, from + at);
        }
        if mixed {
            out.changed.push((start, start + core.len()));
        }
        from += word.len();
    }
    (!out.changed.is_empty()).then_some(out)
}

/// The letter that a figure or sign looks like.
const fn letter(c: char, one: char) -> Option<char> {
    match c {
        '0' => Some('o'),
        '1' | '!' | '|' => Some(one),
        '3' => Some('e'),
        '4' | '@' => Some('a'),
        '5' | '$' => Some('s'),
        '7' => Some('t'),
        '8' => Some('b'),
        _ => None,
    }
}
