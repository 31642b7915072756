//! Fields of an input that are written out in a document stand there once (GraphQL, section "Input Object Field
//! Uniqueness"). The parser keeps the last of two, so they are looked for in the tokens.

use std::collections::HashSet;

use super::lexer::{self, Token};

/// What a bracket encloses.
enum Inside<'a> {
    /// An input: the names of its fields so far.
    Input(HashSet<&'a str>),
    /// A list.
    List,
    /// Selections, arguments or variables.
    Other,
}

/// The byte at which a field of an input is named a second time, if there is any. `text` has passed [`lexer::check`].
pub(super) fn named_twice(text: &str) -> Option<usize> {
    let (mut inside, mut before, mut last) = (Vec::new(), (Token::Other, 0), b' ');
    let mut at = 0;
    while let Some((token, start, end)) = lexer::next(text, at) {
        at = end;
        let sign = text.as_bytes().get(start).copied().unwrap_or_default();
        match (token, sign) {
            (Token::Open, b'{') if matches!(last, b':' | b'=') || matches!(inside.last(), Some(Inside::List)) => {
                inside.push(Inside::Input(HashSet::new()));
            }
            (Token::Open, b'[') => inside.push(Inside::List),
            (Token::Open, _) => inside.push(Inside::Other),
            (Token::Close, _) => drop(inside.pop()),
            (Token::Other, b':') => {
                if let (Some(Inside::Input(names)), (Token::Name(name), place)) = (inside.last_mut(), before)
                    && !names.insert(name)
                {
                    return Some(place);
                }
            }
            _ => {}
        }
        (before, last) = ((token, start), sign);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_an_input_is_named_once() {
        let twice = "mutation { signIn(input: {name: \"a\", name: \"b\"}) { id } }";
        assert_eq!(named_twice(twice), Some(37));
        for twice in [
            "{a(x: [{b: 1}, {b: 1, c: 2, b: 3}])}",
            "{a(x: {b: {c: 1, c: 2}})}",
            "query($v: T = {b: 1, b: 2}) {a}",
            "{a @d(x: {b: $b, b: $b})}",
        ] {
            assert!(named_twice(twice).is_some(), "{twice}");
        }
    }

    #[test]
    fn what_may_stand_twice_is_left_alone() {
        for good in [
            "{a: x(b: {c: 1}) {c} a: x(b: {c: 1}) {c}}",
            "{a(x: [{b: 1}, {b: 1}], y: {b: {b: b}})}",
            "query($a: [Int!] = [1, 1], $b: T = {a: b, b: a}) {a {b} c {b}}",
            "{a(x: {b: \"c: 1, b: 2\"}) {b: c d: c}}",
        ] {
            assert_eq!(named_twice(good), None, "{good}");
        }
    }
}
