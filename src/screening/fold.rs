//! One plain form of a text, in which tricks with letters are gone, and the way back to the original.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The folded text: lower case, look-alike letters as the plain ones, digits of all scripts as 0 to 9, no accents, no
/// apostrophes, no invisible characters, one space for any run of white space.
#[derive(Debug)]
pub(super) struct Folded {
    /// The plain form.
    pub(super) text: String,
    /// For each byte of `text`: where its character starts and ends in the original.
    origin: Vec<(usize, usize)>,
}

impl Folded {
    pub(super) fn new(original: &str) -> Self {
        let mut folded =
            Self { text: String::with_capacity(original.len()), origin: Vec::with_capacity(original.len()) };
        for (start, c) in original.char_indices() {
            let here = (start, start + c.len_utf8());
            if c.is_ascii() {
                folded.push(c, here);
            } else {
                let mut buffer = [0_u8; 4];
                for plain in c.encode_utf8(&mut buffer).nfkd() {
                    folded.push_plain(plain, here);
                }
            }
        }
        folded
    }

    fn push_plain(&mut self, c: char, here: (usize, usize)) {
        // The signs that open a Spanish sentence look like letters to the table of look-alikes.
        if c.is_ascii() || matches!(c, '¡' | '¿') {
            self.push(c, here);
        } else if let Some(digit) = digit(c) {
            self.push(digit, here);
        } else if !is_combining_mark(c) {
            let mut buffer = [0_u8; 4];
            for like in unicode_security::skeleton(c.encode_utf8(&mut buffer)) {
                self.push(like, here);
            }
        }
    }

    fn push(&mut self, c: char, here: (usize, usize)) {
        let c = if c.is_whitespace() { ' ' } else { c };
        let dropped = matches!(c, '\'' | '’' | '‘' | '`' | '´' | 'ʼ') || invisible(c);
        if dropped || (c == ' ' && self.text.ends_with(' ')) {
            return;
        }
        for lower in c.to_lowercase() {
            self.text.push(lower);
            self.origin.resize(self.text.len(), here);
        }
    }

    /// A text with nothing in it yet.
    pub(super) const fn empty() -> Self {
        Self { text: String::new(), origin: Vec::new() }
    }

    /// Adds a character that stands for the one at this byte of another folded text of the same original.
    pub(super) fn copy(&mut self, c: char, other: &Self, at: usize) {
        self.text.push(c);
        self.origin.resize(self.text.len(), other.origin.get(at).copied().unwrap_or_default());
    }

    /// The range in the original of a range of the folded text.
    pub(super) fn original(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let first = self.origin.get(start)?.0;
        let last = self.origin.get(end.checked_sub(1)?)?.1;
        (first < last).then_some((first, last))
    }
}

/// Characters that show nothing, or only change how their neighbour looks.
fn invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{20e3}' | '\u{feff}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{180e}'
    ) || is_combining_mark(c)
        || (c.is_control() && c != '\n' && c != '\t')
}

/// The digit of another script as an ASCII one (Unicode general category Nd, the blocks in living use).
fn digit(c: char) -> Option<char> {
    const ZEROS: &[u32] = &[
        0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20,
        0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0,
        0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0,
    ];
    let code = u32::from(c);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}
