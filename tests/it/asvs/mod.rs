//! The table `tests/asvs.toml`: every requirement of OWASP ASVS 5.0 that applies, what becomes of it here, and which tests
//! prove it. What a program can tell about the table is told here; whether a test proves a property, a reader must judge.

mod names;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::committed;

const TABLE: &str = "tests/asvs.toml";
const LEVELS: &str = include_str!("../data/asvs-levels.tsv");
/// Of the requirements, how many tests must prove at least.
const PROVED_AT_LEAST: usize = 150;
/// Requirements of level 1 that are open all the same, with what they wait for. No line is ever added here.
const AWAITED: [(&str, &str); 0] = [];

/// What becomes of a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    /// Named tests fail when the property is broken.
    Proved,
    /// It holds, but no test shows it.
    Met,
    /// There is nothing here that it could apply to.
    Absent,
    /// It does not hold, or not wholly.
    Open,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    requirement: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    level: u8,
    status: Status,
    /// Files, modules (`identity::tokens`), or a heading of a document (`deploy/security.md#Sessions`).
    #[serde(default, rename = "where")]
    places: Vec<String>,
    /// Tests of `tests/it` by their path, and of the crate itself with `lib::` in front.
    #[serde(default)]
    tests: Vec<String>,
    why: String,
}

fn rows() -> Vec<Row> {
    let text = std::fs::read_to_string(committed::path(TABLE)).unwrap();
    toml::from_str::<Table>(&text).unwrap_or_else(|error| panic!("{TABLE}: {error}")).requirement
}

/// The ids in the standard's order, with their levels.
fn levels() -> Vec<(&'static str, u8)> {
    let lines = LEVELS.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once('\t').unwrap()).map(|(id, level)| (id, level.parse().unwrap())).collect()
}

/// Fails with every finding at once.
fn none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{TABLE}: {what}:\n{}", found.join("\n"));
}

#[test]
fn every_requirement_stands_in_the_table_once_and_in_order() {
    let (have, want) = (rows(), levels());
    let ids: Vec<(&str, u8)> = have.iter().map(|row| (row.id.as_str(), row.level)).collect();
    assert_eq!(want.len(), 226, "the list of ids is not whole");
    let missing: Vec<String> = want.iter().filter(|id| !ids.contains(id)).map(|id| format!("{id:?}")).collect();
    let unknown: Vec<String> = ids.iter().filter(|id| !want.contains(id)).map(|id| format!("{id:?}")).collect();
    none("missing, or with another level", &missing);
    none("not in tests/it/data/asvs-levels.tsv", &unknown);
    assert_eq!(ids, want, "{TABLE}: not in order, or a row stands twice");
}

#[test]
fn every_row_says_what_its_status_asks_for() {
    let mut wrong = Vec::new();
    for row in rows() {
        let sentence = row.why.trim();
        let whole = sentence.len() >= 15 && sentence.ends_with('.') && !sentence.contains('\n');
        let complaint = match row.status {
            _ if !whole => "say why in one plain sentence",
            Status::Proved if row.tests.is_empty() => "which tests prove it?",
            Status::Proved | Status::Met if row.places.is_empty() => "where does it hold?",
            Status::Open if row.level == 1 && AWAITED.iter().all(|(id, _)| *id != row.id) => {
                "no requirement of level 1 may stay open"
            }
            _ => continue,
        };
        wrong.push(format!("{}: {complaint}", row.id));
    }
    none("incomplete rows", &wrong);
}

#[test]
fn every_test_that_a_row_names_is_there() {
    let known = names::all();
    assert!(known.len() > 300, "the tests were not found: {}", known.len());
    let named = rows().into_iter().flat_map(|row| row.tests.into_iter().map(move |test| (row.id.clone(), test)));
    let gone: Vec<String> =
        named.filter(|(_, test)| !known.contains(test)).map(|(id, test)| format!("{id}: {test}")).collect();
    none("no such test", &gone);
}

#[test]
fn every_place_that_a_row_names_is_there() {
    let named = rows().into_iter().flat_map(|row| row.places.into_iter().map(move |place| (row.id.clone(), place)));
    let gone: Vec<String> =
        named.filter(|(_, place)| !exists(place)).map(|(id, place)| format!("{id}: {place}")).collect();
    none("no such file, module or heading", &gone);
}

fn exists(place: &str) -> bool {
    if let Some((file, heading)) = place.split_once('#') {
        let text = std::fs::read_to_string(committed::path(file)).unwrap_or_default();
        return text.lines().any(|line| line.trim_start_matches('#') == format!(" {heading}") && line.starts_with('#'));
    }
    let module = place.replace("::", "/");
    let as_module = [format!("src/{module}.rs"), format!("src/{module}/mod.rs")];
    committed::path(place).exists() || as_module.iter().any(|file| committed::path(file).is_file())
}

#[test]
fn most_requirements_are_proved_and_the_readme_says_how_many() {
    let mut count: BTreeMap<Status, usize> = BTreeMap::new();
    for row in rows() {
        *count.entry(row.status).or_default() += 1;
    }
    let of = |status| count.get(&status).copied().unwrap_or_default();
    let (proved, all) = (of(Status::Proved), rows().len());
    assert!(proved >= PROVED_AT_LEAST, "{proved} of {all} are proved, fewer than {PROVED_AT_LEAST}");
    let want = format!(
        "of {all} requirements {proved} are proved by tests that it names, {} are met without a test, {} have nothing here \
         to apply to, and {} are open",
        of(Status::Met),
        of(Status::Absent),
        of(Status::Open),
    );
    let readme = std::fs::read_to_string(committed::path("README.md")).unwrap();
    let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(readme.contains(&want), "README.md must say: {want}");
}

#[test]
fn a_test_is_known_by_its_path_and_by_nothing_else() {
    let source = "mod outer { mod inner { #[test] fn plain() {} #[test] #[ignore] fn idle() {} } \
                  #[tokio::test(flavor = \"multi_thread\")] async fn slow() {} fn helper() {} }\n\
                  // #[test] fn told() {}\n proptest! { #[test] fn any(x: u8) { fn below() {} } }";
    let found = names::in_source("here", source);
    let want = ["here::outer::inner::plain", "here::outer::slow", "here::any"].map(str::to_owned);
    assert_eq!(found, BTreeSet::from(want));
}
