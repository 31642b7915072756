//! What the code must not do at all, read from the sources: what stands outside tests is looked at, word by word.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;

use crate::architecture::scan;
use crate::committed;

/// A source file: its path below the repository, its text, and its text without comments and tests.
pub struct Source {
    pub path: String,
    pub text: String,
    /// The words and signs outside tests, with one blank between them.
    pub words: String,
}

fn gather(folder: &Path, found: &mut Vec<Source>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(committed::path("")).unwrap().to_str().unwrap().to_owned();
            // The tests of a feature: a file, or a folder of that name.
            if name.ends_with("/tests.rs") || name.contains("/tests/") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let (tokens, _) = scan::without_tests(&scan::tokens(&scan::blank(&text)));
            let words: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
            found.push(Source { path: name, words: words.join(" "), text });
        }
    }
}

/// All sources of the service and its migrations.
pub fn all() -> Vec<Source> {
    let mut found = Vec::new();
    gather(&committed::path("src"), &mut found);
    gather(&committed::path("migrations/src"), &mut found);
    assert!(found.len() > 200, "the sources were not found");
    found
}

/// Where these words stand (written with one blank between any two of them), outside the places that may have them.
fn elsewhere(words: &[&str], may: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in all() {
        let padded = format!(" {} ", source.words);
        for word in words {
            if padded.contains(&format!(" {word} ")) && !may.iter().any(|place| source.path.starts_with(place)) {
                found.push(format!("{}: {word}", source.path));
            }
        }
    }
    found
}

/// Fails if these words stand anywhere else; and if they stand nowhere where they may, since then nothing was looked for.
fn only_in(words: &[&str], may: &[&str]) {
    let found = elsewhere(words, may);
    assert!(found.is_empty(), "may stand in {may:?} only:\n{}", found.join("\n"));
    if !may.is_empty() {
        assert!(!elsewhere(words, &[]).is_empty(), "{words:?} stands nowhere: is it spelt otherwise now?");
    }
}

#[test]
fn memory_is_left_to_the_compiler() {
    only_in(&["unsafe", "static mut", "transmute", "from_raw_parts", "Box :: leak", "mem :: forget"], &[]);
    let workspace = std::fs::read_to_string(committed::path("Cargo.toml")).unwrap();
    assert!(workspace.contains("unsafe_code = \"forbid\""));
    for manifest in ["Cargo.toml", "migrations/Cargo.toml"] {
        let manifest: toml::Table =
            toml::from_str(&std::fs::read_to_string(committed::path(manifest)).unwrap()).unwrap();
        assert_eq!(manifest["lints"]["workspace"].as_bool(), Some(true), "the lints of the house hold in every crate");
    }
}

#[test]
fn no_command_is_run_and_no_code_is_made_at_run_time() {
    only_in(&["Command :: new", "process :: Command", "libc", "dlopen", "libloading"], &[]);
    // Policies and patterns come with the program: none is built from what somebody sends.
    only_in(
        &["PolicySet", "PolicySet :: from_str", "Policy :: parse"],
        &["src/access/policy.rs", "src/access/rules.rs"],
    );
    let policies = all().into_iter().find(|source| source.path == "src/access/policy.rs").unwrap().text;
    assert!(policies.contains("include_str!(\"everyone.cedar\")") && !policies.contains("std::fs"));
    only_in(&["Regex :: new", "RegexSet :: new", "RegexBuilder :: new"], &["src/screening/"]);
}

/// Patterns are put together from constants alone: whatever stands between braces is written in capitals.
#[test]
fn no_pattern_holds_what_somebody_sent() {
    let format = Regex::new(r#"format!\(\s*r?"((?:[^"\\]|\\.)*)""#).unwrap();
    let hole = Regex::new(r"\{([a-zA-Z_][a-zA-Z0-9_]*)\}|\{\}").unwrap();
    let mut patterns = 0;
    for source in all().iter().filter(|source| source.path.starts_with("src/screening/")) {
        for literal in
            format.captures_iter(&source.text).filter(|found| found[1].contains("\\b") || found[1].contains("(?"))
        {
            patterns += 1;
            for found in hole.captures_iter(&literal[1].replace("{{", "").replace("}}", "")) {
                let name = found.get(1).map_or("", |name| name.as_str());
                // The names in small letters are an entry of the table of rules with its edges, written out.
                let entry = source.path == "src/screening/screener.rs"
                    && ["pattern", "before", "named", "after"].contains(&name);
                let constant = !name.is_empty() && name.to_uppercase() == name;
                assert!(constant || entry, "{}: {} in {}", source.path, &found[0], &literal[1]);
            }
        }
    }
    assert!(patterns >= 3, "the patterns were not found");
}

#[test]
fn the_service_calls_nobody_but_its_database_its_bus_and_the_staffs_identity_provider() {
    // To the provider there is one way out, and the addresses come from the settings and the issuer's own document.
    only_in(&["reqwest"], &["src/demo/walk/", "src/identity/provider/http.rs"]);
    only_in(&["oauth2"], &["src/identity/provider/"]);
    only_in(&["connect_async", "TcpStream :: connect"], &["src/demo/walk/"]);
    only_in(&["UdpSocket", "UnixStream", "lookup_host", "to_socket_addrs", "hyper_util :: client"], &[]);
    only_in(&["async_nats :: connect"], &["src/events/bus.rs"]);
    only_in(&["Database :: connect"], &["src/db/mod.rs"]);
    only_in(&["TcpListener :: bind"], &["src/cli/commands.rs", "src/demo/mod.rs"]);
}

#[test]
fn files_are_touched_by_the_settings_and_the_demonstration_only() {
    only_in(
        &["std :: fs", "tokio :: fs", "File :: open", "File :: create", "OpenOptions"],
        // The database only makes its own file, before SQLite does, so that nobody else can read it.
        &["src/config/sources.rs", "src/demo/mod.rs", "src/db/mod.rs"],
    );
}

#[test]
fn nobody_is_led_elsewhere() {
    only_in(&["Redirect", "LOCATION", "REFRESH", "MOVED_PERMANENTLY", "FOUND", "SEE_OTHER", "TEMPORARY_REDIRECT"], &[]);
    only_in(&["SET_COOKIE", "COOKIE", "CookieJar"], &[]);
}

#[test]
fn guessable_randomness_is_for_tests_alone() {
    only_in(&["SeededEntropy"], &["src/kernel/"]);
    only_in(&["rand ::"], &["src/kernel/entropy.rs"]);
    only_in(&["thread_rng", "fastrand", "Uuid :: new_v4"], &[]);
    // What spreads the waiting of losers of a race is no secret.
    only_in(&["RandomState"], &["src/db/mod.rs"]);
}

/// Every place that hands the database a statement as text, and how often. A new one is looked at by a person: its values
/// must be bound, and its text must be ours alone.
const STATEMENTS: [(&str, usize); 14] = [
    ("src/audit/store.rs", 1),
    ("src/breakglass/store/mod.rs", 1),
    ("src/demo/walk/ending.rs", 1),
    ("src/db/mod.rs", 1),
    ("src/identity/store/sign_ins.rs", 1),
    ("src/jobs/store.rs", 1),
    ("src/keyring.rs", 2),
    ("src/matching/store/hours.rs", 1),
    ("src/matching/store/pool.rs", 1),
    ("src/matching/store/requests.rs", 1),
    ("src/messaging/store/mod.rs", 2),
    ("src/releases/store/mod.rs", 1),
    ("src/releases/store/told.rs", 1),
    ("src/ties.rs", 6),
];

/// What is put into a statement's text, and why that is ours.
const HOLES: [(&str, &str, &str); 9] = [
    ("src/jobs/store.rs", "skip", "one of two texts that stand above it"),
    ("src/matching/store/hours.rs", "MAX_RULES", "a constant number"),
    ("src/matching/store/pool.rs", "", "the names of states, from their table"),
    ("src/releases/store/mod.rs", "", "the places of bound values: $1, $2, …"),
    ("src/ties.rs", "", "the places of bound values: $1, $2, …"),
    ("src/ties.rs", "last", "the place of a bound value"),
    ("src/ties.rs", "places", "the places of bound values: $1, $2, …"),
    ("src/ties.rs", "these", "the places of bound values: $1, $2, …"),
    ("src/ties.rs", "which", "a text of the callers in the same file, or the start of the statement"),
];

#[test]
fn values_reach_the_database_bound_and_never_as_text() {
    let calls = Regex::new(
        r"Statement :: from_string|Statement :: from_sql_and_values|execute_unprepared|Expr :: cust|raw_sql|query_unprepared|cust_with_values|cust_with_expr",
    )
    .unwrap();
    for source in all().iter().filter(|source| source.path.starts_with("src/")) {
        let have = calls.find_iter(&source.words).count();
        let known = STATEMENTS.iter().find(|(path, _)| *path == source.path);
        let want = known.map_or(0, |(_, count)| *count);
        assert_eq!(
            have, want,
            "{}: read the statement, see that every value is bound, then count it here",
            source.path
        );
    }
    let made = Regex::new(r#"(?s)(?:format|write|writeln)!\(\s*(?:[a-z_]+,\s*)?r?#*"((?:[^"\\]|\\.)*)""#).unwrap();
    let speaks = Regex::new(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|ORDER BY|VALUES)\b").unwrap();
    let hole = Regex::new(r"\{([a-zA-Z_]*)[^}]*\}").unwrap();
    let mut seen = BTreeSet::new();
    for source in all().iter().filter(|source| source.path.starts_with("src/")) {
        for literal in made.captures_iter(&source.text).filter(|literal| speaks.is_match(&literal[1])) {
            for found in hole.captures_iter(&literal[1].replace("{{", "").replace("}}", "")) {
                let known = HOLES.iter().any(|(path, name, _)| *path == source.path && *name == &found[1]);
                assert!(known, "{}: what is {} in \"{}\"?", source.path, &found[0], &literal[1]);
                seen.insert((source.path.clone(), found[1].to_owned()));
            }
        }
    }
    assert!(seen.len() >= 4, "the statements were not found: {seen:?}");
}

#[test]
fn the_log_goes_to_standard_error_and_nowhere_else() {
    only_in(&["tracing_subscriber"], &["src/logging.rs", "src/config/sections.rs"]);
    only_in(&["println !", "eprintln !", "print !", "eprint !", "dbg !"], &[]);
    only_in(&["stdout"], &["src/cli/mod.rs"]);
    only_in(&["stderr"], &["src/cli/mod.rs", "src/logging.rs"]);
}

#[test]
fn no_secret_stands_in_the_repository() {
    let shapes = Regex::new(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[abprs]-|eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}|://[a-z]+:[^@/\s{}]{6,}@",
    )
    .unwrap();
    let mut files = Vec::new();
    for folder in ["src", "migrations", "deploy", "graphql"] {
        texts(&committed::path(folder), &mut files);
    }
    assert!(files.len() > 300);
    for (path, text) in files {
        if path.contains("graphiql/") || path.ends_with("tests.rs") || path.ends_with("config/far.rs") {
            continue;
        }
        let found = shapes.find(&text).map(|found| found.as_str());
        assert_eq!(found, None, "{path}");
    }
}

fn texts(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(&path, found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            found.push((path.display().to_string(), text));
        }
    }
}
