//! Who may import whom, as tables. A change of these tables is a change of the house: say why in the commit.

use std::collections::BTreeSet;

use super::scan;

/// Composition roots: they may import anything, and nobody but each other imports them.
const ROOTS: &[&str] = &["lib", "main", "app", "gate", "node", "schema", "routes", "documents", "cli", "demo"];

/// The rooms that every feature stands on, and what each may import.
const BASE: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("config", &["kernel"]),
    ("logging", &["config"]),
    ("access", &["kernel"]),
    ("db", &["kernel", "config"]),
    // Opening a transaction, recording, enqueuing and publishing are one act: these four know each other.
    ("op", &["kernel", "access", "config", "db", "audit", "jobs", "events"]),
    ("audit", PLATFORM),
    ("jobs", PLATFORM),
    ("events", PLATFORM),
    // Who is bound to whom now: facts that every feature's access rules need, so they stand below all features.
    ("ties", &["kernel", "access", "db"]),
    ("keyring", &["kernel", "db"]),
    ("graphql", &["kernel", "access", "config", "op", "audit", "events"]),
    ("web", &["kernel", "access", "config", "op"]),
];
const PLATFORM: &[&str] = &["kernel", "access", "db", "op", "audit", "jobs", "events"];
/// What a use case may call besides its own feature and those below it.
const USE_CASE: &[&str] = &["kernel", "access", "db", "op", "audit", "jobs", "events", "ties"];

/// The features, lowest first, and the features below each that it may use, through their `mod.rs` only.
const FEATURES: &[(&str, &[&str])] = &[
    ("screening", &[]),
    ("identity", &[]),
    // The face of the log, for auditors; the log itself is a platform service.
    ("oversight", &["identity"]),
    ("families", &["identity"]),
    ("mentors", &["identity", "screening"]),
    ("notices", &["identity", "families", "mentors"]),
    ("matching", &["identity", "families", "mentors", "notices"]),
    ("scheduling", &["identity", "families", "mentors", "notices", "matching", "screening"]),
    ("messaging", &["identity", "families", "mentors", "notices", "matching", "screening"]),
    ("moderation", &["identity", "families", "mentors", "notices", "matching", "scheduling", "messaging", "screening"]),
    // Opens what the features below it hold, and changes nothing there.
    ("breakglass", &["identity", "families", "matching", "scheduling", "messaging"]),
    // The one door outside of the programme.
    ("releases", &["identity", "families", "matching", "scheduling"]),
    // What a family may know of what was done with its record.
    ("ledger", &["families", "breakglass", "releases"]),
];

/// What a file of a feature is for; told by its name.
struct Role {
    names: &'static [&'static str],
    /// Rooms below the features that it may import.
    base: &'static [&'static str],
    /// Files of its own feature that it may import.
    own: &'static [&'static str],
    /// Whether it may use other features.
    others: bool,
}

const ROLES: &[Role] = &[
    Role { names: &["model"], base: &["kernel"], own: &["model"], others: false },
    Role { names: &["entity"], base: &["kernel", "db"], own: &["model", "entity"], others: false },
    Role {
        names: &["store"],
        base: &["kernel", "access", "db", "op", "ties"],
        own: &["model", "entity", "store"],
        others: false,
    },
    Role { names: &["service", "jobs"], base: USE_CASE, own: &["model", "store", "service", "jobs"], others: true },
    Role {
        names: &["graphql", "pages"],
        base: &["kernel", "op", "graphql", "web"],
        own: &["model", "service", "graphql", "pages"],
        others: true,
    },
];

/// Libraries that only some files may name: the library, who may (room or `feature role`), and why.
const LIBRARIES: &[(&[&str], &[&str], &str)] = &[
    (
        &["sea_orm", "sea_query", "sqlx"],
        &["db", "op", "audit", "jobs", "events", "ties", "keyring", "feature entity", "feature store"],
        "queries stand in store.rs only, where a scope or permit is at hand",
    ),
    (
        &["async_graphql"],
        &["graphql", "feature graphql"],
        "API types are made in graphql.rs, never derived from what is stored or decided",
    ),
    (&["axum"], &["graphql", "web", "feature pages"], "HTTP is spoken by the kits and pages only"),
];

/// One breach of the house's rules.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Breach {
    pub(super) place: String,
    pub(super) what: String,
}

impl std::fmt::Display for Breach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// A source file: its path below `src` in pieces, without `.rs`, and its text.
pub(super) struct File {
    pub(super) path: Vec<String>,
    pub(super) text: String,
}

impl File {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let path = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        Self { path, text: text.to_owned() }
    }

    /// The module that this file is, from the crate's root.
    fn module(&self) -> Vec<String> {
        let last = self.path.last().map(String::as_str);
        let length = self.path.len() - usize::from(matches!(last, Some("mod" | "lib" | "main")));
        self.path[..length].to_vec()
    }

    fn room(&self) -> &str {
        &self.path[0]
    }

    fn at(&self, line: usize) -> String {
        format!("src/{}.rs:{line}", self.path.join("/"))
    }

    fn is_test(&self) -> bool {
        self.path.iter().any(|piece| piece == "tests")
    }
}

/// Which part of its feature a file or module is: `mod` for the face, `service` for files without a name of their own.
fn role_of(name: Option<&str>) -> &'static str {
    let known = ROLES.iter().flat_map(|role| role.names).find(|known| Some(**known) == name);
    match (known, name) {
        (Some(known), _) => known,
        (None, None | Some("mod")) => "mod",
        (None, Some(_)) => "service",
    }
}

fn allowed<'a>(table: &[(&str, &'a [&'a str])], name: &str) -> Option<&'a [&'a str]> {
    table.iter().find(|(known, _)| *known == name).map(|(_, allowed)| *allowed)
}

/// Every breach in these files.
pub(super) fn check(files: &[File]) -> Vec<Breach> {
    let modules: BTreeSet<Vec<String>> = files.iter().map(File::module).collect();
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| !file.is_test()) {
        let (tokens, test_lines) = scan::without_tests(&scan::tokens(&scan::blank(&file.text)));
        sizes(file, &tokens, test_lines, &mut breaches);
        if ROOTS.contains(&file.room()) {
            continue;
        }
        if allowed(BASE, file.room()).is_none() && allowed(FEATURES, file.room()).is_none() {
            let what = format!(
                "the module `{}` is not in the tables of tests/it/architecture/rules.rs: give it its place",
                file.room()
            );
            breaches.push(Breach { place: file.at(1), what });
            continue;
        }
        for (path, line) in scan::paths(&tokens) {
            let found = match resolve(&file.module(), &path) {
                Some(target) => import(file, &target, &modules),
                None => library(file, &path[0]),
            };
            breaches.extend(found.map(|what| Breach { place: file.at(line), what }));
        }
    }
    breaches.sort();
    breaches.dedup();
    breaches
}

/// The full path inside the crate; none for a library's path.
fn resolve(module: &[String], path: &[String]) -> Option<Vec<String>> {
    let mut base = match path[0].as_str() {
        "crate" | "kinward" => Vec::new(),
        "self" | "super" => module.to_vec(),
        _ => return None,
    };
    let supers = path.iter().take_while(|piece| *piece == "super").count();
    base.truncate(base.len().saturating_sub(supers));
    base.extend(path.iter().skip(supers.max(1)).filter(|piece| *piece != "self").cloned());
    Some(base)
}

/// Why this file may not import that path of the crate.
fn import(file: &File, target: &[String], modules: &BTreeSet<Vec<String>>) -> Option<String> {
    let (room, to) = (file.room(), target.first()?.as_str());
    let written = target.join("::");
    if ROOTS.contains(&to) {
        return Some(format!(
            "`{written}` is a composition root, which nobody imports: move what is needed below both"
        ));
    }
    if !modules.iter().any(|module| module.first().is_some_and(|first| first == to)) {
        return None;
    }
    if let Some(may) = allowed(BASE, room) {
        let fits = room == to || may.contains(&to);
        return (!fits)
            .then(|| format!("`{room}` may import {may:?}, not `{written}`: hand the value in, or move it down"));
    }
    let name = role_of(file.path.get(1).map(String::as_str));
    let role = ROLES.iter().find(|role| role.names.contains(&name));
    // A module of the feature, or nothing when the path names something that mod.rs shows.
    let inner = target
        .get(1)
        .filter(|inner| modules.iter().any(|module| module.starts_with(&[to.to_owned(), (*inner).clone()])));
    if room == to {
        let part = inner.map(|inner| role_of(Some(inner)))?;
        let fits = role.is_none_or(|role| role.own.contains(&part));
        return (!fits).then(|| format!("{name} may not import `{written}` of its own feature: see ROLES"));
    }
    if allowed(FEATURES, to).is_none() {
        let may = role.map_or(&["kernel"][..], |role| role.base);
        let may = if room == "screening" { &["kernel"][..] } else { may };
        return (!may.contains(&to))
            .then(|| format!("a feature's {name} may import {may:?}, not `{written}`: see ROLES"));
    }
    if !allowed(FEATURES, room).is_some_and(|below| below.contains(&to)) {
        return Some(format!("`{room}` may not look at `{to}`: features look one way only, see FEATURES"));
    }
    if !role.is_some_and(|role| role.others) {
        return Some(format!("a feature's {name} may not use another feature (`{written}`): let the service do it"));
    }
    inner.map(|_| format!("`{written}` is inside another feature: use what its mod.rs shows"))
}

/// Why this file may not name that library.
fn library(file: &File, name: &str) -> Option<String> {
    let place = if allowed(FEATURES, file.room()).is_some() {
        format!("feature {}", role_of(file.path.get(1).map(String::as_str)))
    } else {
        file.room().to_owned()
    };
    let (_, may, why) = LIBRARIES.iter().find(|(names, ..)| names.contains(&name))?;
    (!may.contains(&place.as_str())).then(|| format!("`{name}` may not be named in {place}: {why}"))
}

fn sizes(file: &File, tokens: &[scan::Token], test_lines: usize, breaches: &mut Vec<Breach>) {
    let lines = file.text.lines().count().saturating_sub(test_lines);
    if lines > 400 {
        let what = format!("{lines} lines, at most 400: make it a folder of the same name");
        breaches.push(Breach { place: file.at(1), what });
    }
    for function in scan::functions(tokens) {
        let most = if function.resolver { 15 } else { 60 };
        if function.lines > most {
            let kind = if function.resolver { "resolver" } else { "function" };
            let what = format!("{kind} `{}` has {} lines, at most {most}: split it", function.name, function.lines);
            breaches.push(Breach { place: file.at(function.line), what });
        }
    }
}

/// Samples that must pass and samples that must fail.
mod tests {
    use super::*;

    /// The breaches of one file in a house where the usual rooms exist.
    fn told(path: &str, text: &str) -> Vec<String> {
        let rooms = [
            "kernel/mod.rs",
            "access/mod.rs",
            "db/mod.rs",
            "op.rs",
            "config/mod.rs",
            "graphql/mod.rs",
            "app.rs",
            "families/mod.rs",
            "families/model.rs",
            "families/entity.rs",
            "families/store.rs",
            "families/service.rs",
            "families/graphql.rs",
            "matching/mod.rs",
            "mentors/mod.rs",
            "screening/mod.rs",
        ];
        let mut files: Vec<File> = rooms.iter().filter(|room| **room != path).map(|room| File::new(room, "")).collect();
        files.push(File::new(path, text));
        check(&files).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_the_table_allows_passes() {
        for (path, text) in [
            ("db/mod.rs", "use crate::{kernel::Clock, config::Database}; use sea_orm::Database;"),
            (
                "families/service.rs",
                "use super::store; use crate::op::Op; use crate::kernel::Result; use super::Family;",
            ),
            ("families/store.rs", "use super::entity::family; use sea_orm::EntityTrait; use crate::access::Permit;"),
            ("families/graphql.rs", "use async_graphql::Object; use super::service; use crate::graphql::fault;"),
            ("matching/service.rs", "use crate::families::{Family, matching_facts};"),
            ("app.rs", "use crate::families::graphql::FamilyQuery; use sea_orm::Database;"),
            ("families/mod.rs", "mod store; pub use service::x; pub use self::model::Family;"),
            ("families/service.rs", "#[cfg(test)] mod tests { use crate::matching::X; }"),
        ] {
            assert_eq!(told(path, text), [""; 0], "{path}: {text}");
        }
    }

    #[test]
    fn what_the_table_forbids_fails() {
        for (path, text, reason) in [
            ("kernel/mod.rs", "use crate::db::Db;", "`kernel` may import []"),
            ("access/mod.rs", "fn f(x: crate::families::Family) {}", "`access` may import [\"kernel\"]"),
            ("access/mod.rs", "use sea_orm::Value;", "queries stand in store.rs only"),
            ("op.rs", "use crate::app::App;", "composition root"),
            ("families/model.rs", "use crate::db::At;", "a feature's model may import [\"kernel\"]"),
            ("families/model.rs", "use super::store::load;", "model may not import `families::store::load`"),
            ("families/model.rs", "use async_graphql::Enum;", "API types are made in graphql.rs"),
            ("families/service.rs", "use sea_orm::EntityTrait;", "queries stand in store.rs only"),
            ("families/service.rs", "use super::{entity, store};", "service may not import `families::entity`"),
            ("families/graphql.rs", "use super::store;", "graphql may not import `families::store`"),
            ("families/graphql/types.rs", "use super::super::entity::family;", "graphql may not import"),
            ("families/service.rs", "use crate::matching::Match;", "features look one way only"),
            ("families/service.rs", "use crate::mentors::Mentor;", "features look one way only"),
            ("matching/store.rs", "use crate::families::Family;", "store may not use another feature"),
            ("matching/service.rs", "use crate::families::store::load;", "use what its mod.rs shows"),
            ("screening/service.rs", "use crate::op::Op;", "may import [\"kernel\"]"),
            ("cellar/mod.rs", "", "is not in the tables"),
        ] {
            let told = told(path, text);
            assert!(told.len() == 1 && told[0].contains(reason), "{path}: {text}: {told:?}");
        }
    }

    #[test]
    fn what_grew_too_large_fails() {
        let body = |lines: usize| "  a();\n".repeat(lines);
        let function = |lines| format!("fn f() {{\n{}}}\n", body(lines));
        let resolver = |lines| format!("#[Object]\nimpl Q {{\n async fn f(&self) {{\n{}}}\n}}\n", body(lines));
        assert_eq!(told("op.rs", &function(60)), [""; 0]);
        assert_eq!(told("op.rs", &function(61)), ["src/op.rs:1: function `f` has 61 lines, at most 60: split it"]);
        assert_eq!(told("families/graphql.rs", &resolver(15)), [""; 0]);
        assert!(told("families/graphql.rs", &resolver(16))[0].contains("resolver `f` has 16 lines, at most 15"));
        assert!(told("op.rs", &"// a word\n".repeat(401))[0].contains("401 lines, at most 400"));
    }
}
