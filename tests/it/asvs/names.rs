//! The names of all tests, read from the sources.

use std::collections::BTreeSet;
use std::path::Path;

use crate::architecture::scan::{self, Token};
use crate::committed;

/// Every test of this binary by its path, and of the crate's own with `lib::` in front. A file that no `mod` names, and a
/// test that is not run by itself, count for nothing.
pub(super) fn all() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    module(&committed::path("tests/it/main.rs"), &committed::path("tests/it"), "", &mut found);
    module(&committed::path("src/lib.rs"), &committed::path("src"), "lib", &mut found);
    found
}

/// Reads a module's file, and those of the modules that it names; they stand in `folder`.
fn module(file: &Path, folder: &Path, path: &str, found: &mut BTreeSet<String>) {
    let source = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    found.extend(in_source(path, &source));
    let tokens = scan::tokens(&scan::blank(&source));
    for at in 0..tokens.len().saturating_sub(2) {
        let [word, name, end] = [0, 1, 2].map(|offset| tokens[at + offset].text.as_str());
        if word != "mod" || end != ";" || is_elsewhere(&tokens[..at]) {
            continue;
        }
        let (beside, below) = (folder.join(format!("{name}.rs")), folder.join(name));
        let file = if beside.is_file() { beside } else { below.join("mod.rs") };
        module(&file, &below, &joined(path, name), found);
    }
}

/// Whether a module's last attribute says where its file stands: it is read where it belongs.
fn is_elsewhere(before: &[Token]) -> bool {
    let open = before.iter().rposition(|token| token.text == "[");
    let attribute = open.filter(|_| before.last().is_some_and(|token| token.text == "]"));
    attribute.is_some_and(|open| before.get(open + 1).is_some_and(|token| token.text == "path"))
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}::{name}") }
}

/// The tests of one file; `path` is its module.
pub(super) fn in_source(path: &str, source: &str) -> BTreeSet<String> {
    let tokens = scan::tokens(&scan::blank(source));
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let (mut found, mut inside) = (BTreeSet::new(), Vec::new());
    let (mut depth, mut at, mut test, mut idle) = (0_usize, 0, false, false);
    while at < tokens.len() {
        match text(at) {
            "#" if text(at + 1) == "[" => {
                let end = scan::closing(&tokens, at + 1);
                test |= marks_a_test(&tokens[at + 2..end]);
                idle |= text(at + 2) == "ignore";
                at = end;
            }
            "mod" if text(at + 2) == "{" => {
                inside.push((text(at + 1).to_owned(), depth));
                (test, idle) = (false, false);
            }
            "fn" => {
                if test && !idle {
                    let within = inside.iter().fold(path.to_owned(), |path, (name, _)| joined(&path, name));
                    found.insert(joined(&within, text(at + 1)));
                }
                (test, idle) = (false, false);
            }
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                inside.retain(|(_, opened)| *opened < depth);
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// `test`, or a path that ends so, as `tokio::test(…)`.
fn marks_a_test(attribute: &[Token]) -> bool {
    let path = attribute.iter().take_while(|token| token.text != "(").map(|token| token.text.as_str());
    path.last() == Some("test") && attribute.first().is_some_and(|token| token.text != "cfg")
}
