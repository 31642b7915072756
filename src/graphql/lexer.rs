//! The document's tokens, read before it is parsed: the parser recurses, so what would exhaust its stack must be
//! refused first.

/// Deepest nesting of brackets that the parser is let near.
const NESTING: usize = 48;

/// Why a document is refused before it is parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfit {
    /// More tokens than allowed.
    TooManyTokens,
    /// Brackets nested deeper than the parser's stack allows.
    TooDeep,
    /// Words that the grammar does not have, at this byte. The parser takes `mutationx{…}` for a mutation named `x`,
    /// and a fragment named `on`.
    Syntax(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Name(&'a str),
    Spread,
    Open,
    Close,
    Other,
}

/// Reads a whole document and refuses what the parser must not see.
pub(super) fn check(text: &str, most: usize) -> Result<(), Unfit> {
    let (mut at, mut count, mut nesting) = (0, 0_usize, 0_usize);
    let (mut before, mut last) = (Token::Other, Token::Close);
    while let Some((token, start, end)) = next(text, at) {
        at = end;
        count += 1;
        if count > most {
            return Err(Unfit::TooManyTokens);
        }
        if odd(before, last, token, nesting) {
            return Err(Unfit::Syntax(start));
        }
        match token {
            Token::Open => nesting += 1,
            Token::Close => nesting = nesting.saturating_sub(1),
            _ => {}
        }
        if nesting > NESTING {
            return Err(Unfit::TooDeep);
        }
        (before, last) = (last, token);
    }
    Ok(())
}

/// Whether this word cannot stand here. `last` is `Close` at the start of a document.
fn odd(before: Token<'_>, last: Token<'_>, token: Token<'_>, nesting: usize) -> bool {
    match (before, last, token) {
        // A definition begins with a keyword. A name also follows `)` at this level, in no valid document.
        (_, Token::Close, Token::Name(word)) if nesting == 0 => {
            !matches!(word, "query" | "mutation" | "subscription" | "fragment")
        }
        (_, Token::Name("fragment"), Token::Name("on")) => nesting == 0,
        // `...on` is followed by the name of a type: no fragment is called `on`.
        (Token::Spread, Token::Name("on"), following) => !matches!(following, Token::Name(_)),
        _ => false,
    }
}

/// The first token from this byte on: it, its start and its end.
pub(super) fn next(text: &str, mut at: usize) -> Option<(Token<'_>, usize, usize)> {
    let bytes = text.as_bytes();
    loop {
        match bytes.get(at)? {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => at += 1,
            b'#' => at += bytes.iter().skip(at).take_while(|b| !matches!(b, b'\n' | b'\r')).count(),
            0xEF if bytes.get(at..at + 3) == Some(&[0xEF, 0xBB, 0xBF]) => at += 3,
            _ => break,
        }
    }
    let run = |holds: fn(&u8) -> bool| bytes.iter().skip(at).take_while(|b| holds(b)).count();
    let (token, length) = match bytes.get(at)? {
        b'{' | b'[' | b'(' => (Token::Open, 1),
        b'}' | b']' | b')' => (Token::Close, 1),
        b'.' if bytes.get(at..at + 3) == Some(b"...") => (Token::Spread, 3),
        b'"' => (Token::Other, string_length(bytes, at)),
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
            let length = run(|b| b.is_ascii_alphanumeric() || *b == b'_');
            (Token::Name(text.get(at..at + length)?), length)
        }
        b'0'..=b'9' | b'-' => {
            (Token::Other, run(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.')).max(1))
        }
        _ => (Token::Other, 1),
    };
    Some((token, at, at + length))
}

fn string_length(bytes: &[u8], start: usize) -> usize {
    let starts = |at: usize, what: &[u8]| bytes.get(at..at + what.len()) == Some(what);
    let block = starts(start, b"\"\"\"");
    let mut at = start + if block { 3 } else { 1 };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if block && starts(at, b"\\\"\"\"") => at += 4,
            b'\\' if !block => at += 2,
            b'"' if block && starts(at, b"\"\"\"") => return at + 3 - start,
            b'"' if !block => return at + 1 - start,
            _ => at += 1,
        }
    }
    bytes.len() - start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_one_token_or_none() {
        let text = "# {{{{\n{ a(x: \"}}\\\"}\", y: \"\"\" \\\"\"\" } \"\"\") ...F }";
        // { a ( x : "…" y : """…""" ) ... F }
        assert_eq!(check(text, 13), Ok(()));
        assert_eq!(check(text, 12), Err(Unfit::TooManyTokens));
    }

    #[test]
    fn what_would_exhaust_the_parser_is_refused() {
        assert_eq!(check(&"{a".repeat(900), 2_000), Err(Unfit::TooDeep));
        assert_eq!(check(&format!("{{a(x:{}", "[".repeat(900)), 2_000), Err(Unfit::TooDeep));
    }

    #[test]
    fn words_that_the_grammar_does_not_have() {
        assert_eq!(check("mutationx{a}", 99), Err(Unfit::Syntax(0)));
        assert_eq!(check("{...on}", 99), Err(Unfit::Syntax(6)));
        assert!(check("fragment on on Query{a}", 99).is_err());
        for good in ["\u{feff}query on($on: On = on){...on On{on}}", "{a} fragment F on Q{a}", "", "{a(on:1){b}}"] {
            assert_eq!(check(good, 99), Ok(()), "{good}");
        }
    }
}
