//! A careful reading of Rust text: enough to see imports, functions and tests, without a full parser.

/// Comments become spaces and the insides of strings become quotes; every line keeps its place.
pub fn blank(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        let (length, mark) = if rest.starts_with(&['/', '/']) {
            (rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()), ' ')
        } else if rest.starts_with(&['/', '*']) {
            (block_comment(rest), ' ')
        } else if let Some(length) = raw_string(rest, at.checked_sub(1).map(|before| chars[before])) {
            (length, '"')
        } else if rest[0] == '"' {
            (quoted(rest, '"'), '"')
        } else if rest[0] == '\'' && (rest.get(1) == Some(&'\\') || rest.get(2) == Some(&'\'')) {
            (quoted(rest, '\''), '"')
        } else {
            out.push(rest[0]);
            at += 1;
            continue;
        };
        out.extend(rest[..length].iter().map(|c| if *c == '\n' { '\n' } else { mark }));
        at += length;
    }
    out
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with(&['/', '*']) {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(&['*', '/']) {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// Length of a raw string that begins here, hashes included.
fn raw_string(rest: &[char], before: Option<char>) -> Option<usize> {
    if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let start = match rest {
        ['r', ..] => 1,
        ['b' | 'c', 'r', ..] => 2,
        _ => return None,
    };
    let hashes = rest[start..].iter().take_while(|c| **c == '#').count();
    let open = start + hashes;
    if rest.get(open) != Some(&'"') {
        return None;
    }
    let closing: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let end = (open + 1..rest.len()).find(|at| rest[*at..].starts_with(&closing)).unwrap_or(rest.len());
    Some((end + closing.len()).min(rest.len()))
}

fn quoted(rest: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

/// A word or a sign, with the line it stands on (from 1).
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

pub fn tokens(blanked: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (line, text) in blanked.lines().enumerate() {
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c.is_whitespace() {
                continue;
            }
            let mut text = c.to_string();
            if c.is_alphanumeric() || c == '_' {
                while let Some(next) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    text.push(next);
                }
            } else if c == ':' && chars.next_if_eq(&':').is_some() {
                text.push(':');
            }
            tokens.push(Token { text, line: line + 1 });
        }
    }
    tokens
}

/// Where the bracket that opens at `open` closes.
pub fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len().saturating_sub(1)
}

/// Where the item that begins at `from` ends: at its closing brace, or at a semicolon.
fn item_end(tokens: &[Token], from: usize) -> usize {
    let mut at = from;
    while at < tokens.len() {
        match tokens[at].text.as_str() {
            ";" => return at,
            "{" => return closing(tokens, at),
            "(" | "[" => at = closing(tokens, at) + 1,
            _ => at += 1,
        }
    }
    tokens.len().saturating_sub(1)
}

/// Takes out every item marked `#[cfg(test)]`; gives what is left and how many lines went.
pub fn without_tests(all: &[Token]) -> (Vec<Token>, usize) {
    let is = |at: usize, words: &[&str]| {
        words.iter().enumerate().all(|(i, word)| all.get(at + i).is_some_and(|token| token.text == *word))
    };
    let (mut left, mut lines, mut at) = (Vec::new(), 0, 0);
    while at < all.len() {
        if is(at, &["#", "[", "cfg", "(", "test", ")", "]"]) {
            let end = item_end(all, at + 7);
            lines += all[end].line - all[at].line + 1;
            at = end + 1;
        } else {
            left.push(all[at].clone());
            at += 1;
        }
    }
    (left, lines)
}

/// A path as it is written (`crate`, `families`, `Family`), and its line.
pub type Path = (Vec<String>, usize);

/// Every path: of `use` trees, each leaf in full, and those in the middle of code.
pub fn paths(tokens: &[Token]) -> Vec<Path> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let follows = |offset: usize, text: &str| tokens.get(at + offset).is_some_and(|token| token.text == text);
        let before = at.checked_sub(1).map(|before| tokens[before].text.as_str());
        if tokens[at].text == "use" && before != Some("+") && before != Some("<") {
            at = use_tree(tokens, at + 1, &[], &mut found);
        } else if is_word(&tokens[at].text) && follows(1, "::") && before != Some("::") {
            let line = tokens[at].line;
            let mut path = vec![tokens[at].text.clone()];
            while tokens.get(at + 1).is_some_and(|t| t.text == "::")
                && tokens.get(at + 2).is_some_and(|t| is_word(&t.text))
            {
                path.push(tokens[at + 2].text.clone());
                at += 2;
            }
            found.push((path, line));
        }
        at += 1;
    }
    found
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Reads one branch of a `use` tree and gives where it ends.
fn use_tree(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<Path>) -> usize {
    let mut path = prefix.to_vec();
    let line = tokens.get(at).map_or(0, |token| token.line);
    while at < tokens.len() {
        match tokens[at].text.as_str() {
            "::" => at += 1,
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.text != "}") {
                    at = use_tree(tokens, at, &path, found);
                    if tokens.get(at).is_some_and(|token| token.text == ",") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "as" => at += 2,
            "," | "}" | ";" => break,
            word => {
                path.push(word.to_owned());
                at += 1;
            }
        }
    }
    if path.len() > prefix.len() {
        found.push((path, line));
    }
    at
}

/// A function with a body.
#[derive(Debug, PartialEq)]
pub struct Function {
    pub name: String,
    pub line: usize,
    /// Lines between its braces that hold code.
    pub lines: usize,
    /// Whether it stands in an `impl` that GraphQL answers from.
    pub resolver: bool,
}

pub fn functions(tokens: &[Token]) -> Vec<Function> {
    let resolvers = resolver_impls(tokens);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Some(name) = tokens.get(at + 1).filter(|name| token.text == "fn" && is_word(&name.text)) else { continue };
        let end = item_end(tokens, at);
        if tokens[end].text != "}" {
            continue;
        }
        let open = (at..end).find(|open| closing(tokens, *open) == end && tokens[*open].text == "{").unwrap_or(end);
        let mut lines: Vec<usize> = tokens[open + 1..end].iter().map(|token| token.line).collect();
        lines.dedup();
        let resolver = resolvers.iter().any(|(from, to)| (*from..=*to).contains(&at));
        found.push(Function { name: name.text.clone(), line: token.line, lines: lines.len(), resolver });
    }
    found
}

/// From where to where the `impl`s under `#[Object]` and its like reach.
fn resolver_impls(tokens: &[Token]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        if !(tokens[at].text == "#" && tokens.get(at + 1).is_some_and(|token| token.text == "[")) {
            continue;
        }
        let end = closing(tokens, at + 1);
        let names = ["Object", "ComplexObject", "Subscription", "MergedObject"];
        let attribute = tokens[at + 2..end].iter().take_while(|token| is_word(&token.text) || token.text == "::");
        if !attribute.clone().any(|token| names.contains(&token.text.as_str())) {
            continue;
        }
        let mut next = end + 1;
        while tokens.get(next).is_some_and(|token| token.text == "#") {
            next = closing(tokens, next + 1) + 1;
        }
        if tokens.get(next).is_some_and(|token| token.text == "impl") {
            found.push((next, item_end(tokens, next)));
        }
    }
    found
}

/// Tests of the scanner itself.
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<String> {
        let (tokens, _) = without_tests(&tokens(&blank(source)));
        paths(&tokens).into_iter().map(|(path, line)| format!("{line} {}", path.join("::"))).collect()
    }

    #[test]
    fn comments_strings_and_characters_hold_no_code() {
        let source = "// use crate::a;\n/* crate::b /* crate::c */ crate::d */ let x = \"crate::e \\\" crate::f\";\n\
                      let y = r#\"crate::g \" crate::h\"#; let c = '\"'; let l: &'static str = crate::real(); let q = '\\'';\n crate::also();";
        assert_eq!(found(source), ["3 crate::real", "4 crate::also"]);
    }

    #[test]
    fn use_trees_are_read_leaf_by_leaf() {
        let source = "pub use crate::{a::{self, B as C}, d::*};\nuse super::store;\nfn f() { use sea_orm::X; }";
        let expected = ["1 crate::a::self", "1 crate::a::B", "1 crate::d::*", "2 super::store", "3 sea_orm::X"];
        assert_eq!(found(source), expected);
    }

    #[test]
    fn paths_in_code_are_found() {
        let source = "fn f(x: crate::a::B<crate::c::D>) -> Vec<super::e::F> {\n $crate::g::h!(<I as j::K>::l) }";
        let expected = ["1 crate::a::B", "1 crate::c::D", "1 super::e::F", "2 crate::g::h", "2 j::K"];
        assert_eq!(found(source), expected);
    }

    #[test]
    fn tests_are_left_out() {
        let source = "use crate::a::B;\n#[cfg(test)]\nmod tests {\n use crate::c::D;\n}\n#[cfg(test)]\nmod more;\nuse crate::e::F;";
        assert_eq!(found(source), ["1 crate::a::B", "8 crate::e::F"]);
        assert_eq!(without_tests(&tokens(&blank(source))).1, 6);
    }

    #[test]
    fn functions_are_measured_by_their_lines_of_code() {
        let source = "trait T { fn none(&self); }\nasync fn one<F: Fn([u8; 2])>(a: F) -> B where C: D {\n  // a word\n\n  a();\n  {\n    b();\n  }\n}\nfn flat() { 1 }";
        let found: Vec<_> = functions(&tokens(&blank(source))).into_iter().map(|f| (f.name, f.line, f.lines)).collect();
        assert_eq!(found, [("one".to_owned(), 2, 4), ("flat".to_owned(), 10, 1)]);
    }

    #[test]
    fn resolvers_are_known_by_their_attribute() {
        let source = "#[Object(name = \"x\")]\n#[cfg(x)]\nimpl Q { async fn field(&self) { 1 } }\n\
                      #[derive(Object)] struct S;\nimpl Q { fn helper(&self) { 1 } }\n#[async_graphql::Subscription] impl S { async fn s(&self) { 1 } }";
        let found: Vec<_> = functions(&tokens(&blank(source))).into_iter().map(|f| (f.name, f.resolver)).collect();
        let expected =
            [("field", true), ("helper", false), ("s", true)].map(|(name, resolver)| (name.to_owned(), resolver));
        assert_eq!(found, expected);
    }
}
