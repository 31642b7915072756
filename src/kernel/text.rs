//! Input is checked at the edge, all of it at once: a person sees every problem, not one a try.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::{Code, Error, Problem, Result};

/// Collects the problems of one input. Check every field, then call [`Check::done`] before anything is written.
#[derive(Debug, Default)]
pub struct Check {
    problems: Vec<Problem>,
}

impl Check {
    /// Nothing checked yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a problem with the field at `path` (dotted, for example `input.firstName`).
    pub fn problem(&mut self, code: Code, path: &str, message: impl Into<std::borrow::Cow<'static, str>>) {
        self.problems.push(Problem::at(code, path, message));
    }

    /// Notes a problem unless `holds`.
    pub fn ensure(&mut self, holds: bool, code: Code, path: &str, message: impl Into<std::borrow::Cow<'static, str>>) {
        if !holds {
            self.problem(code, path, message);
        }
    }

    /// One line of text of `min` to `max` characters: trimmed, in Unicode form NFC, without control characters.
    pub fn line(&mut self, path: &str, text: &str, min: usize, max: usize) -> String {
        self.bounded(path, text, min, max, false)
    }

    /// A first name of 1 to 60 characters, as it is shown to the other side: letters of any script, and what joins them. So
    /// no number, address or mark-up goes along with it.
    pub fn first_name(&mut self, path: &str, text: &str) -> String {
        let name = self.line(path, text, 1, 60);
        let joins = |c: char| matches!(c, ' ' | '-' | '‐' | '.' | '·' | '\'' | '’' | 'ʼ') || is_combining_mark(c);
        let is_name = name.chars().all(|c| c.is_alphabetic() || joins(c)) && name.chars().any(char::is_alphabetic);
        if !name.is_empty() && !is_name {
            self.problem(Code::Invalid, path, "A first name has letters only.");
        }
        name
    }

    /// Text of `min` to `max` characters that may hold line breaks and tabs.
    pub fn prose(&mut self, path: &str, text: &str, min: usize, max: usize) -> String {
        self.bounded(path, text, min, max, true)
    }

    fn bounded(&mut self, path: &str, text: &str, min: usize, max: usize, breaks: bool) -> String {
        // A text far over the bound is refused before any work is spent on it: a character has at most 4 bytes, and NFC
        // never makes more than three characters of one.
        if text.len() > max.saturating_mul(12).saturating_add(64) {
            self.problem(Code::TooLong, path, format!("Use at most {max} characters."));
            return String::new();
        }
        let clean: String = text.replace("\r\n", "\n").trim().nfc().collect();
        if clean.chars().any(|c| c.is_control() && !(breaks && matches!(c, '\n' | '\t'))) {
            self.problem(Code::Invalid, path, "This text holds characters that cannot be shown.");
        }
        if clean.chars().any(disguises) {
            self.problem(Code::Invalid, path, "This text holds characters that change how others are shown.");
        }
        let length = if clean.chars().all(is_invisible) { 0 } else { clean.chars().count() };
        if length == 0 && min > 0 {
            self.problem(Code::Required, path, "This is needed.");
        } else if length < min {
            self.problem(Code::TooShort, path, format!("Use at least {min} characters."));
        } else if length > max {
            self.problem(Code::TooLong, path, format!("Use at most {max} characters."));
        }
        if length > 0 && !breaks && hides(&clean) {
            self.problem(Code::Invalid, path, "This text holds characters that cannot be seen.");
        }
        clean
    }

    /// A list of at most `max` items.
    pub fn at_most<T>(&mut self, path: &str, list: &[T], max: usize) {
        self.ensure(list.len() <= max, Code::TooLong, path, format!("Name at most {max}."));
    }

    /// A whole number within `range`.
    pub fn range<N: PartialOrd + std::fmt::Display + Copy>(
        &mut self,
        path: &str,
        value: N,
        range: std::ops::RangeInclusive<N>,
    ) -> N {
        self.ensure(
            range.contains(&value),
            Code::OutOfRange,
            path,
            format!("Choose a number from {} to {}.", range.start(), range.end()),
        );
        value
    }

    /// Keeps the value, or notes an `INVALID` problem with this message and gives `None`.
    pub fn valid<T>(&mut self, path: &str, value: Option<T>, message: &'static str) -> Option<T> {
        self.ensure(value.is_some(), Code::Invalid, path, message);
        value
    }

    /// All problems as one refusal, or nothing wrong.
    pub fn done(self) -> Result<()> {
        if self.problems.is_empty() { Ok(()) } else { Err(Error::Refused(self.problems)) }
    }
}

/// Marks that reorder or tag other characters, so that a text reads otherwise than it is (Unicode Technical Report 36,
/// section 2.5). Joiners stay: some scripts need them.
fn disguises(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}')
}

/// Characters that cannot be seen, and joiners where no script needs them: between or after letters of the Latin script. In
/// one line, such as a name, they make two texts of what looks like one.
fn hides(clean: &str) -> bool {
    let joins = |c: char| matches!(c, '\u{200c}' | '\u{200d}');
    let hidden = |c: char| {
        matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}')
            || (is_invisible(c) && !c.is_whitespace() && !joins(c))
    };
    let beyond_latin = |c: Option<char>| c.is_some_and(|c| c > '\u{2ff}' && !joins(c) && !is_invisible(c));
    let chars: Vec<char> = clean.chars().collect();
    chars.iter().enumerate().any(|(at, &c)| {
        let before = at.checked_sub(1).and_then(|at| chars.get(at).copied());
        hidden(c) || (joins(c) && !(beyond_latin(before) && beyond_latin(chars.get(at + 1).copied())))
    })
}

/// Characters without a width of their own: a text of these alone is empty to the eye.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}') || c.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cleaned_and_bounded_in_characters() {
        let mut check = Check::new();
        assert_eq!(check.line("a", "  Ame\u{301}lie ", 1, 6), "Amélie");
        assert_eq!(check.prose("b", "one\r\ntwo", 0, 10), "one\ntwo");
        assert!(check.done().is_ok());
    }

    #[test]
    fn what_cannot_be_seen_is_empty_and_disguises_are_refused() {
        for (text, code) in [("\u{200b}\u{200b}", "REQUIRED"), ("\u{202e}gnp.exe", "INVALID"), ("\u{e0041}", "INVALID")]
        {
            let mut check = Check::new();
            check.line("a", text, 1, 60);
            let Err(Error::Refused(problems)) = check.done() else { panic!("accepted {text:?}") };
            assert_eq!(problems[0].code.as_str(), code, "{text:?}");
        }
        let mut check = Check::new();
        check.line("a", "\u{646}\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}", 1, 60);
        check.line("a", "\u{1f469}\u{200d}\u{1f467}", 1, 60);
        assert!(check.done().is_ok());
        for text in ["x\u{ad}y", "x\u{34f}", "Zoë\u{200d}\u{200d}", "A\u{200c}da", "\u{646}\u{200c}", "\u{3164}x"] {
            let mut check = Check::new();
            check.line("a", text, 1, 60);
            assert!(check.done().is_err(), "accepted {text:?} as a name");
        }
        let mut check = Check::new();
        check.prose("a", "co\u{ad}operation", 1, 60);
        assert!(check.done().is_ok(), "a soft hyphen in prose hides nothing");
    }

    #[test]
    fn every_problem_is_named_with_its_path() {
        let mut check = Check::new();
        check.line("input.a", " ", 1, 5);
        check.line("input.b", "to\0o", 1, 9);
        check.line("input.c", "much too long", 1, 3);
        check.line("input.d", &"x".repeat(10_000), 1, 3);
        check.line("input.e", "x", 2, 3);
        let Err(Error::Refused(problems)) = check.done() else { panic!("accepted") };
        let codes: Vec<_> = problems.iter().map(|p| (p.code.as_str(), p.field().join("."))).collect();
        let want = [
            ("REQUIRED", "input.a"),
            ("INVALID", "input.b"),
            ("TOO_LONG", "input.c"),
            ("TOO_LONG", "input.d"),
            ("TOO_SHORT", "input.e"),
        ];
        assert_eq!(codes, want.map(|(c, f)| (c, f.to_owned())));
    }

    #[test]
    fn a_first_name_has_letters_only() {
        for name in ["Ana", "Jean-Luc", "O'Neil", "Nguyễn Thị", "Мария", "M. J.", "李雷", "ʻOlu"] {
            let mut check = Check::new();
            assert_eq!(check.first_name("input.firstName", name), name);
            assert!(check.done().is_ok(), "{name}");
        }
        for wrong in ["call 555-123-4567", "<b>Cora</b>", "😀", "pat@example", "...", "C0ra"] {
            let mut check = Check::new();
            check.first_name("input.firstName", wrong);
            assert!(check.done().is_err(), "{wrong}");
        }
    }
}
