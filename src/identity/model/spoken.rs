//! Codes that are read out or copied by hand, by somebody under stress: the reader is forgiving.

use zeroize::Zeroize as _;

use crate::kernel::Entropy;

/// Crockford's base 32: no I, L, O or U, so that no character is taken for another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUP: usize = 4;
/// The longest text that is read at all.
const LONGEST: usize = 128;

/// A new code of this many characters, 5 random bits each.
pub(super) fn generate(entropy: &dyn Entropy, length: usize) -> String {
    let mut random = vec![0_u8; length];
    entropy.fill(&mut random);
    // 256 is a multiple of 32: the low five bits are as even as the byte.
    let code = random.iter().filter_map(|byte| symbol(byte & 31)).collect();
    random.zeroize();
    code
}

/// Reads a typed code: any case, spaces and dashes anywhere, O for 0, I and L for 1. `None` when it cannot be one.
pub(super) fn read(text: &str, length: usize) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let mut code = String::with_capacity(length);
    for c in text.chars() {
        match c.to_ascii_uppercase() {
            ' ' | '\t' | '\u{a0}' | '-' | '\u{2010}'..='\u{2015}' | '_' | '.' => {}
            'O' => code.push('0'),
            'I' | 'L' => code.push('1'),
            c if u8::try_from(c).is_ok_and(|byte| ALPHABET.contains(&byte)) => code.push(c),
            _ => return None,
        }
    }
    (code.len() == length).then_some(code)
}

/// The form that is read out: groups of four.
pub(super) fn in_groups(code: &str) -> String {
    let mut spoken = String::with_capacity(code.len() + code.len() / GROUP);
    for (at, c) in code.chars().enumerate() {
        if at > 0 && at % GROUP == 0 {
            spoken.push('-');
        }
        spoken.push(c);
    }
    spoken
}

fn symbol(value: u8) -> Option<char> {
    ALPHABET.get(usize::from(value)).map(|byte| char::from(*byte))
}
