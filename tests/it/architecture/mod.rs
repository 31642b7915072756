//! The house's rules, read from the sources: who imports whom, how large things are, what stands at the top.
//!
//! Migrations are append-only; that rule is told in `migrations/README.md`, since the sources alone cannot show it.

#![expect(clippy::indexing_slicing, reason = "a scanner works by positions, and a test may stop at the first surprise")]

mod rules;
pub mod scan;

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn sources(folder: &Path, below: &Path, found: &mut Vec<rules::File>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, below, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(below).unwrap().to_str().unwrap();
            found.push(rules::File::new(name, &std::fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn the_sources_keep_to_the_plan_of_the_house() {
    let source = root().join("src");
    let mut files = Vec::new();
    sources(&source, &source, &mut files);
    assert!(files.len() > 5, "the sources were not found");
    let breaches: Vec<String> = rules::check(&files).iter().map(ToString::to_string).collect();
    assert!(breaches.is_empty(), "{} breaches of the plan in src/lib.rs:\n{}", breaches.len(), breaches.join("\n"));
}

/// Who may refuse a request as a whole, without naming a field of its input, and why. Everything else names the field, or
/// a person's program cannot show where it went wrong.
const OF_THE_WHOLE: &[(&str, &str)] = &[
    (
        "identity/service/factors/manage",
        "new recovery codes take no input, and stand in for a factor that is not there",
    ),
    ("identity/service/factors/mod", "a further factor begins without an input, and there is no room for one"),
    ("identity/service/factors/passkey", "a passkey begins without an input, and the service's address allows none"),
    ("identity/service/factors/prove", "a passkey is asked for without an input, and there is none to be shown"),
    (
        "identity/service/invitations",
        "the command line makes the first administrator: there is one already, whatever it was given",
    ),
    (
        "identity/service/provider",
        "a sign-in at the identity provider begins without an input; that there is none, or that it is away, is nobody's input",
    ),
];

#[test]
fn a_problem_names_its_field() {
    let source = root().join("src");
    let mut files = Vec::new();
    sources(&source, &source, &mut files);
    let mut makers: Vec<String> = files
        .iter()
        .filter(|file| file.text.contains("of_the_whole(") && file.path != ["kernel", "error"])
        .map(|file| file.path.join("/"))
        .collect();
    // Folders are listed in whatever order the file system has.
    makers.sort();
    let listed: Vec<&str> = OF_THE_WHOLE.iter().map(|(file, _)| *file).collect();
    assert_eq!(makers, listed, "make it with `Problem::at`, or say in OF_THE_WHOLE why no field is at fault");
}

#[test]
fn the_top_level_is_fixed() {
    const FIXED: &[&str] = &[
        "Cargo.toml",
        "Cargo.lock",
        "LICENSE",
        "README.md",
        "src",
        "migrations",
        "graphql",
        "tests",
        "deploy",
        "target",
    ];
    let names = std::fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    // Tool settings are dotfiles; databases of a developer's own are not kept.
    let others: Vec<String> = names
        .filter(|name| !FIXED.contains(&name.as_str()) && !name.starts_with('.') && !name.contains(".sqlite"))
        .collect();
    assert!(others.is_empty(), "at the top level stand only {FIXED:?}; move {others:?} into one of them");
}
