//! Telephone numbers: in figures, in words, spaced out, with look-alikes, over several messages.

use regex::Regex;

use super::ScreeningError;
use super::numbers::{Digit, FILLERS, Piece, digits_of, lookalikes, pieces, tens, unit, weak};

/// The fewest digits of a number that somebody could call.
const FEWEST: usize = 7;
/// Numbers that may always be said: emergency, crisis line, the CyberTipline's telephone (domain.md), lifelines.
const HOTLINES: &[&str] =
    &["911", "988", "112", "999", "18008435678", "18002738255", "18883737888", "741741", "116123", "116000"];
const MONTHS: &str = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*";

/// Finds telephone numbers in a folded text.
#[derive(Debug)]
pub(super) struct Phones {
    ordinary: Vec<Regex>,
}

impl Phones {
    pub(super) fn new() -> Result<Self, ScreeningError> {
        let patterns = [
            r"\b(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))(?:t| |, | at )?(?:\d{1,2}:\d{2}(?::\d{2})?)?\b".to_owned(),
            format!(r"\b{MONTHS}\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? (?:19|20)\d\d)?\b"),
            format!(r"\b\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{MONTHS}\.?(?:,? (?:19|20)\d\d)?\b"),
            r"\b(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?: ?[ap]\.?m\b\.?|\b)|\b[01]?\d[.h][0-5]\d ?[ap]\.?m\b".to_owned(),
            r"\b\d{1,2} ?[ap]\.?m\b".to_owned(),
            r"[$£€] ?\d{1,3}(?:,\d{3}){1,2}(?:\.\d\d)?\b|[$£€] ?\d{1,7}(?:\.\d\d)?\b".to_owned(),
            r"\b\d{1,3}(?:,\d{3}){1,2}\b".to_owned(),
            r"\b\d{1,3}(?:st|nd|rd|th)\b".to_owned(),
        ];
        let built: Result<_, _> = patterns.iter().map(|p| Regex::new(p)).collect();
        Ok(Self { ordinary: built.map_err(|_| ScreeningError::BrokenRules)? })
    }

    /// The ranges of telephone numbers in the folded text.
    pub(super) fn find(&self, text: &str) -> Vec<(usize, usize)> {
        self.runs(text).iter().filter(|run| is_phone(run)).filter_map(|run| range(run)).collect()
    }

    /// The range of the digits that end a number begun in earlier messages (all folded; oldest first).
    pub(super) fn find_split(&self, text: &str, recent: &[String]) -> Option<(usize, usize)> {
        let own = self.fragment(text)?;
        let mut all: Vec<Digit> = Vec::new();
        for earlier in recent {
            for mut digit in self.fragment(earlier).unwrap_or_default() {
                digit.listed = false;
                all.push(digit);
            }
        }
        all.extend(own.iter().copied());
        let begun = all.len() > own.len();
        (begun && all.len() >= FEWEST && !is_hotline(&values(&all))).then(|| range(&own)).flatten()
    }

    /// The digits of a message that says little else.
    fn fragment(&self, text: &str) -> Option<Vec<Digit>> {
        let digits: Vec<Digit> = self.runs(text).into_iter().flatten().filter(|d| !d.weak).collect();
        let is_other =
            |p: &(usize, Piece<'_>)| matches!(p.1, Piece::Word(w) if digits_of(w).is_none() && tens(w).is_none());
        let others = pieces(text).iter().filter(|p| is_other(p)).count();
        let cued = ["number", "digits", "call", "rest", "starts", "ends"].iter().any(|cue| text.contains(cue));
        (digits.len() >= 2 && (others <= 3 || (cued && others <= 8))).then_some(digits)
    }

    fn runs(&self, text: &str) -> Vec<Vec<Digit>> {
        let masked = self.masked(text);
        let mut reader = Reader { runs: vec![Vec::new()], group: 0, listed: false, pending_double: 1 };
        let pieces = pieces(text);
        for (at, (start, piece)) in pieces.iter().enumerate() {
            if masked.iter().any(|(a, b)| a <= start && start < b) {
                reader.stop();
                continue;
            }
            let before = at.checked_sub(1).and_then(|i| pieces.get(i)).map(|(_, p)| *p);
            let after = pieces.get(at + 1).map(|(_, p)| *p);
            let next_word = match (after, pieces.get(at + 2)) {
                (Some(Piece::Other(_)), Some((_, Piece::Word(word)))) => Some(*word),
                _ => None,
            };
            reader.read(*start, *piece, before, after, next_word);
        }
        reader.runs
    }

    /// Dates, times, prices, counts and ordinals, unless digits go on right beside them.
    fn masked(&self, text: &str) -> Vec<(usize, usize)> {
        let goes_on = |c: char| matches!(c, ' ' | '-' | '/' | '.' | '(' | ')' | '+');
        let mut masked = Vec::new();
        for (index, rule) in self.ordinary.iter().enumerate() {
            for found in rule.find_iter(text) {
                let before = text.get(..found.start()).unwrap_or_default();
                let after = text.get(found.end()..).unwrap_or_default();
                let glued = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit() || c == ':' || c == '-');
                let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
                let touched = glued(before.chars().next_back()) && digit(before.chars().rev().nth(1))
                    || glued(after.chars().next()) && digit(after.chars().nth(1)) && index != 3
                    || index == 0 && digit(after.trim_start_matches(goes_on).chars().next());
                if !touched {
                    masked.push((found.start(), found.end()));
                }
            }
        }
        masked
    }
}

/// Collects digits into runs; anything that does not belong inside a number ends the run.
struct Reader {
    runs: Vec<Vec<Digit>>,
    group: usize,
    listed: bool,
    pending_double: usize,
}

impl Reader {
    fn stop(&mut self) {
        if self.runs.last().is_some_and(|run| !run.is_empty()) {
            self.runs.push(Vec::new());
        }
        self.listed = false;
        self.pending_double = 1;
    }

    fn add(&mut self, values: &[u8], start: usize, length: usize, weak: bool) {
        self.group += 1;
        let (group, listed, times) = (self.group, self.listed, std::mem::replace(&mut self.pending_double, 1));
        if let Some(run) = self.runs.last_mut() {
            for value in values {
                let digit = Digit { value: *value, start, end: start + length, group, listed, weak };
                run.extend(std::iter::repeat_n(digit, times));
            }
        }
        self.listed = false;
    }

    fn begun(&self) -> bool {
        self.runs.last().is_some_and(|run| !run.is_empty())
    }

    fn read(
        &mut self,
        start: usize,
        piece: Piece<'_>,
        before: Option<Piece<'_>>,
        after: Option<Piece<'_>>,
        next: Option<&str>,
    ) {
        match piece {
            Piece::Digits(digits) => {
                let values: Vec<u8> = digits.bytes().map(|b| b - b'0').collect();
                self.add(&values, start, digits.len(), false);
            }
            Piece::Other(other) => {
                // A sentence's end or a line of text between does not end a number; a long row of signs does.
                if other.chars().count() > 12 {
                    self.stop();
                } else if other.contains([',', ';', '–', '/']) {
                    self.listed = true;
                }
            }
            Piece::Word(word) => self.word(word, start, before, after, next),
        }
    }

    fn word(
        &mut self,
        word: &str,
        start: usize,
        before: Option<Piece<'_>>,
        after: Option<Piece<'_>>,
        next: Option<&str>,
    ) {
        let glued = matches!(before, Some(Piece::Digits(_))) || matches!(after, Some(Piece::Digits(_)));
        if let Some(ten) = tens(word) {
            let follows = next.and_then(unit).is_some_and(|value| value > 0);
            let pair = [ten, 0];
            self.add(pair.get(..if follows { 1 } else { 2 }).unwrap_or_default(), start, word.len(), false);
        } else if let Some(values) = digits_of(word) {
            self.add(&values, start, word.len(), false);
        } else if matches!(word, "double" | "triple") {
            self.pending_double = if word == "double" { 2 } else { 3 };
        } else if let Some(values) = lookalikes(word).filter(|_| glued) {
            self.add(&values, start, word.len(), true);
        } else if matches!(word, "oh" | "o") && (self.begun() || next.and_then(unit).is_some()) {
            self.add(&[0], start, word.len(), false);
        } else if let Some(value) = weak(word).filter(|_| self.begun() && next.and_then(unit).is_some()) {
            self.listed = true;
            self.add(&[value], start, word.len(), true);
        } else if FILLERS.contains(&word) || matches!(word, "to" | "y") {
            self.listed |= matches!(word, "and" | "to" | "y");
        } else {
            self.stop();
        }
    }
}

fn values(run: &[Digit]) -> String {
    run.iter().map(|d| char::from(b'0' + d.value)).collect()
}

fn range(run: &[Digit]) -> Option<(usize, usize)> {
    Some((run.first()?.start, run.last()?.end))
}

fn is_hotline(digits: &str) -> bool {
    HOTLINES.iter().any(|h| *h == digits || h.strip_prefix('1') == Some(digits))
}

/// Numbers written apart, each as its digits.
fn groups(run: &[Digit]) -> Vec<String> {
    run.chunk_by(|a, b| a.group == b.group).map(values).collect()
}

fn is_phone(run: &[Digit]) -> bool {
    // Hotlines are taken out first, each as one item of a list.
    let mut rest: Vec<Digit> = Vec::new();
    for item in run.chunk_by(|a, b| a.group == b.group || !b.listed || b.weak) {
        if !is_hotline(&values(item)) {
            rest.extend_from_slice(item);
        }
    }
    let digits = values(&rest);
    let weak = rest.iter().filter(|d| d.weak).count();
    digits.len() >= FEWEST && weak * 2 <= digits.len() && !is_count(&digits) && !is_list(&rest)
}

/// "One, two, three, four …", up or down, once or again: counting and breathing, not calling.
fn is_count(digits: &str) -> bool {
    let steps = |up: bool| {
        let mut runs = digits.as_bytes().chunk_by(|a, b| if up { *b == a + 1 } else { *a == b + 1 });
        runs.all(|run| run.len() >= 3)
    };
    let from_one = digits.as_bytes().chunk_by(|a, b| *b == a + 1).all(|run| run.first() == Some(&b'1'));
    (steps(true) && from_one) || digits == "12345678910" || (steps(false) && digits.len() <= 10)
}

/// Years, ages or counts in a list.
fn is_list(run: &[Digit]) -> bool {
    let listed = run.chunk_by(|a, b| a.group == b.group).skip(1).all(|g| g.first().is_some_and(|d| d.listed));
    let numbers = groups(run);
    let year = |n: &String| n.len() == 4 && (n.starts_with("19") || n.starts_with("20"));
    let small = |n: &String| n.len() <= 3 && (n.len() == 1 || !n.starts_with('0'));
    let values: Vec<u32> = numbers.iter().filter_map(|n| n.parse().ok()).collect();
    let ordered = values.is_sorted_by(|a, b| a < b) || values.is_sorted_by(|a, b| a > b);
    let short = numbers.len() <= 5 && numbers.iter().all(|n| n.len() <= 2);
    numbers.len() >= 2 && listed && (numbers.iter().all(year) || (numbers.iter().all(small) && (ordered || short)))
}
