//! What `deploy/security.md` tells is what the code does: its tables are compared, its numbers tried.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::types::{TypeDefinition, TypeKind};
use regex::Regex;
use serde_json::{Value, json};

use super::sources::all;
use super::{CREATE, public};
use crate::access::fields;
use crate::committed;
use crate::harness::{Client, TestApp, World, on_each};
use crate::talk::world::{SEND, Talk};

const FILE: &str = "deploy/security.md";

fn section(heading: &str) -> String {
    let text = std::fs::read_to_string(committed::path(FILE)).unwrap();
    let of = text.split("\n## ").find(|part| part.starts_with(&format!("{heading}\n")));
    of.unwrap_or_else(|| panic!("{FILE} has no heading {heading}")).to_owned()
}

/// The rows of a section's table, without its head and without the marks of code.
fn table(heading: &str) -> Vec<Vec<String>> {
    let text = section(heading);
    let rows = text.lines().filter(|line| line.starts_with('|')).skip(2);
    let cell = |cell: &str| cell.trim().trim_matches('`').to_owned();
    rows.map(|row| row.trim_matches('|').split('|').map(cell).collect()).collect()
}

fn first_column(heading: &str) -> BTreeSet<String> {
    let rows = table(heading);
    let names: BTreeSet<String> = rows.iter().map(|row| row[0].clone()).collect();
    assert_eq!(names.len(), rows.len(), "{heading}: a row stands twice");
    names
}

fn same(heading: &str, told: &BTreeSet<String>, is: &BTreeSet<String>) {
    let (missing, gone): (Vec<_>, Vec<_>) = (is.difference(told).collect(), told.difference(is).collect());
    assert!(missing.is_empty() && gone.is_empty(), "{FILE}, {heading}: missing {missing:?}; no longer there {gone:?}");
}

/// The default of every setting, as the sample file shows them.
fn defaults() -> BTreeMap<String, String> {
    let text = kinward::config::reference();
    let (mut section, mut found) = (String::new(), BTreeMap::new());
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[') {
            name.trim_end_matches(']').clone_into(&mut section);
        } else if let Some((key, value)) = line.strip_prefix("# ").and_then(|line| line.split_once(" = "))
            && key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        {
            found.insert(format!("{section}.{key}"), value.trim_matches('"').to_owned());
        }
    }
    found
}

#[test]
fn the_limits_told_are_the_limits_in_force() {
    settings_are_told("Costly work and what bounds it", "limits.");
}

#[test]
fn the_lifetimes_told_are_the_lifetimes_in_force() {
    settings_are_told("Sessions", "sign_ins.");
}

/// The section's table names every setting of this kind with its default.
fn settings_are_told(heading: &str, prefix: &str) {
    let defaults = defaults();
    let settings = defaults.keys().filter(|name| name.starts_with(prefix)).cloned().collect();
    same(heading, &first_column(heading), &settings);
    for row in table(heading) {
        assert_eq!(defaults[&row[0]], row[1], "{}", row[0]);
    }
}

/// The types of objects that carry an access token, and of payloads that carry those.
fn brings_a_session(types: &BTreeMap<String, TypeDefinition>, of: &str) -> bool {
    let Some(definition) = types.get(of) else { return false };
    match &definition.kind {
        TypeKind::Union(union) => union.members.iter().any(|member| brings_a_session(types, &member.node)),
        _ => fields::fields(definition).iter().any(|field| {
            let named = field.ty.node.to_string().replace(['!', '[', ']'], "");
            field.name.node == "accessToken" || named == "SignedInSession"
        }),
    }
}

#[test]
fn every_way_to_sign_in_is_told() {
    let types = fields::types();
    let mutations = fields::fields(&types["Mutation"]);
    let ways = mutations.into_iter().filter(|field| {
        let payload = field.ty.node.to_string().replace('!', "");
        brings_a_session(&types, &payload)
    });
    let ways: BTreeSet<String> = ways.map(|field| field.name.node.to_string()).collect();
    assert!(ways.contains("signIn"));
    same("Ways to sign in", &first_column("Ways to sign in"), &ways);
    for kind in ["Query", "Subscription"] {
        for field in fields::fields(&types[kind]) {
            let answer = field.ty.node.to_string().replace(['!', '[', ']'], "");
            assert!(!brings_a_session(&types, &answer), "{kind}.{} brings a session", field.name.node);
        }
    }
}

#[test]
fn every_key_and_algorithm_is_told() {
    let keys = defaults_and_required().into_iter().filter(|name| name.starts_with("keys.")).collect();
    same("Keys", &first_column("Keys"), &keys);
    // The words with which libraries name algorithms, wherever they stand.
    let names = Regex::new(
        r"\b(?:(?:AES|CHACHA20|HMAC|HKDF|PBKDF2|RSA|ECDSA|ECDH|X25519|DES|RC4)_?[A-Z0-9_]*|(?:SHA|MD)_?\d[A-Z0-9_]*|Ed25519\w*|EdDSA|RS\d{3}|HS\d{3}|ES\d{3}|PS\d{3}|Argon2\w*|Bcrypt|Scrypt|Sha\d\w*|Md5)\b",
    )
    .unwrap();
    let mut used = BTreeSet::new();
    for source in all().iter().filter(|source| source.path.starts_with("src/")) {
        used.extend(names.find_iter(&source.words).map(|found| found.as_str().to_owned()));
    }
    same("Algorithms", &first_column("Algorithms"), &used);
}

/// Every setting's name, also of those without a default.
fn defaults_and_required() -> BTreeSet<String> {
    let with_default = defaults().into_keys();
    with_default.map(|name| name.strip_suffix("_file").map_or(name.clone(), str::to_owned)).collect()
}

#[tokio::test]
async fn every_address_that_answers_is_told() {
    let told = section("What the service talks to");
    let route = Regex::new(r#"\.route\(\s*"([^"]+)""#).unwrap();
    let mut found = BTreeSet::new();
    for source in all() {
        found.extend(route.captures_iter(&source.text).map(|found| found[1].to_owned()));
    }
    assert_eq!(found, BTreeSet::from(["/.well-known/jwks.json", "/graphql", "/health"].map(str::to_owned)));
    for address in found.iter().map(String::as_str).chain(["/graphiql"]) {
        assert!(told.contains(&format!("`{address}`")), "{address}");
    }
    let app = public().await;
    for address in found {
        let status = reqwest::get(format!("{}{address}", app.url)).await.unwrap().status();
        assert_ne!(status, 404, "{address}");
    }
    app.finish().await;
}

#[test]
fn everything_the_service_talks_to_is_told() {
    let rows = table("What the service talks to");
    let settings: Vec<&str> = rows.iter().map(|row| row[2].as_str()).collect();
    assert_eq!(settings, ["server.listen", "database.url", "bus.nats_url", "oidc.issuer_url"]);
    // An address of another server can stand in no other setting.
    let addresses =
        defaults_and_required().into_iter().filter(|name| name.ends_with("url") || name.ends_with("listen"));
    let addresses: BTreeSet<String> = addresses.filter(|name| name != "server.public_url").collect();
    assert_eq!(addresses, settings.into_iter().map(str::to_owned).collect());
}

#[test]
fn every_table_has_its_level_and_what_is_sealed_is_told_as_sealed() {
    let create = Regex::new(r"CREATE TABLE (\w+) \(([\s\S]*?)\) \{STRICT[^}]*\}").unwrap();
    let (mut tables, mut sealed) = (BTreeSet::new(), BTreeSet::new());
    let files = all().into_iter().filter(|source| source.path.starts_with("migrations/src/m20"));
    let added = Regex::new(r"ALTER TABLE (\w+) ADD COLUMN \w+_sealed").unwrap();
    for source in files {
        for found in create.captures_iter(&source.text) {
            tables.insert(found[1].to_owned());
            if found[2].contains("_sealed ") {
                sealed.insert(found[1].to_owned());
            }
        }
        // A column that came later.
        sealed.extend(added.captures_iter(&source.text).map(|found| found[1].to_owned()));
    }
    assert!(tables.len() > 25, "the tables were not found: {tables:?}");
    let heading = "What data there is";
    same(heading, &first_column(heading), &tables);
    let told = table(heading).into_iter().filter(|row| row[1] == "sealed").map(|row| row[0].clone()).collect();
    same(heading, &told, &sealed);
    for row in table(heading) {
        assert!(["sealed", "personal", "record", "service"].contains(&row[1].as_str()), "{row:?}");
        assert!(section(heading).contains(&format!("**{}**", row[1])), "the level {} is not explained", row[1]);
    }
}

/// The level and text of every line that the code can write to the log.
fn lines() -> BTreeSet<(String, String)> {
    let begins = Regex::new(r"tracing::(error|warn|info|debug|trace)!\(").unwrap();
    let literal = Regex::new(r#""((?:[^"\\]|\\.)*)"\s*,?\s*$"#).unwrap();
    let mut found = BTreeSet::new();
    for source in all() {
        let text = source.text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for begin in begins.captures_iter(text) {
            let (mut depth, mut quoted, start) = (1, false, begin.get(0).unwrap().end());
            let end = text[start..].char_indices().find_map(|(at, c)| {
                match c {
                    '"' => quoted = !quoted,
                    '(' if !quoted => depth += 1,
                    ')' if !quoted => depth -= 1,
                    _ => {}
                }
                (depth == 0).then_some(start + at)
            });
            let inside = &text[start..end.unwrap()];
            let message = literal.captures(inside).unwrap_or_else(|| panic!("{}: no text in {inside}", source.path));
            found.insert((begin[1].to_owned(), message[1].to_owned()));
        }
    }
    found
}

#[test]
fn every_line_of_the_log_is_told() {
    let told: BTreeSet<(String, String)> =
        table("What is logged").into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let is = lines();
    assert!(is.len() > 20, "the lines were not found");
    let (missing, gone): (Vec<_>, Vec<_>) = (is.difference(&told).collect(), told.difference(&is).collect());
    assert!(missing.is_empty() && gone.is_empty(), "{FILE}, What is logged: missing {missing:?}; gone {gone:?}");
}

#[test]
fn every_weakness_has_its_time() {
    let rows = table("Other people's code");
    assert_eq!(rows.len(), 5);
    for weight in ["being used", "critical", "medium", "low"] {
        let row = rows.iter().find(|row| row[0].contains(weight)).unwrap_or_else(|| panic!("{weight}"));
        assert!(row[1].chars().any(|c| c.is_ascii_digit()), "{row:?}");
    }
    let text = section("Other people's code");
    for risky in ["hyper", "tungstenite", "async-graphql", "serde_json", "jsonwebtoken", "argon2", "aws-lc"] {
        assert!(text.contains(risky), "{risky}");
    }
}

#[tokio::test]
async fn the_words_that_stand_in_no_passphrase_are_told() {
    let text = section("Ways to sign in");
    let told = text.split("the service's own words (").nth(1).unwrap().split(')').next().unwrap();
    let words: Vec<&str> = told.split(',').map(|word| word.trim().trim_matches('`')).collect();
    assert!(words.len() >= 5);
    for word in words {
        let alone = format!("{word} {word} 2026 {word}");
        assert!(!super::sign_in::may_be_chosen(&alone).await, "{alone:?} is taken");
    }
}

/// How a value of the table is tried: whether the service takes it.
async fn takes(app: &TestApp, talk: &Talk, field: &str, size: usize, n: usize) -> bool {
    let text = "amber ".chars().cycle().skip(n).filter(|c| *c != ' ').take(size).collect::<String>();
    let world = &talk.world;
    let (client, document, input): (Client, &str, Value) = match field {
        "CreateProgrammeInput.name" => {
            (world.administrator.clone(), CREATE, json!({"name": text, "zone": "Europe/Oslo"}))
        }
        "InviteStaffInput.firstName" => {
            let invite = include_str!("../../../graphql/operations/identity/inviteStaff.graphql");
            let input = json!({"programmeId": world.programme_id(), "role": "AUDITOR", "firstName": text});
            (world.administrator.clone(), invite, input)
        }
        "AcceptInvitationInput.passphrase" => {
            let accept = include_str!("../../../graphql/operations/identity/acceptInvitation.graphql");
            // The code is wrong, so that only the length of the passphrase makes the difference.
            let passphrase: String = "q7 Löffel tram Z2x ".chars().cycle().take(size).collect();
            (app.anonymous(), accept, json!({"code": "0000-0000-0000-0000", "passphrase": passphrase}))
        }
        "SendMessageInput.body" => {
            let body: String = "warm tea ".chars().cycle().skip(n).take(size).collect::<String>().replace("  ", " ");
            let body = body.trim().to_owned() + &"a".repeat(size - body.trim().chars().count());
            (talk.family.clone(), SEND, talk.input(&body)["input"].clone())
        }
        "SaveSupportRequestInput.hopes" => {
            let save = "mutation($input: SaveSupportRequestInput!) { saveSupportRequest(input: $input) { userErrors { code } } }";
            let facts = json!({"kind": "ONLINE", "phase": "RECOVERED", "role": "PARENT", "ageBand": "FROM_14_TO_17"});
            (talk.family.clone(), save, json!({"facts": facts, "hopes": text}))
        }
        "accounts.first" => {
            let answer =
                world.administrator.send("query($n: Int) { accounts(first: $n) { nodes { id } } }", json!({"n": size}));
            return answer.await.get("errors").is_none();
        }
        other => panic!("{FILE} names {other}: say here how it is tried"),
    };
    let answer = client.send(document, json!({"input": input})).await.to_string();
    assert!(!answer.contains("TOO_MANY") && !answer.contains("VALIDATION_FAILED"), "{field} {size}: {answer}");
    !["TOO_SHORT", "TOO_LONG", "REQUIRED"].iter().any(|code| answer.contains(code))
}

#[tokio::test]
async fn the_bounds_told_are_the_bounds_in_force() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let rows = table("What input must look like");
        assert!(rows.len() >= 6);
        for (n, row) in rows.iter().enumerate() {
            let (least, most): (usize, usize) = (row[1].parse().unwrap(), row[2].parse().unwrap());
            let tries =
                [(least.checked_sub(1), false), (Some(least), true), (Some(most), true), (Some(most + 1), false)];
            for (size, fits) in tries {
                let Some(size) = size else { continue };
                assert_eq!(takes(&app, &talk, &row[0], size, n).await, fits, "{} of {size}", row[0]);
            }
        }
        let _ = World::programme_id(&talk.world);
    })
    .await;
}

#[test]
fn the_rest_is_told_where_it_is_looked_for() {
    for (heading, words) in [
        ("Sessions", &["10 minutes", "14 days", "any number of sessions", "NIST SP 800-63B", "no single sign-on"][..]),
        ("Who may do what", &["graphql/permissions.tsv", "graphql/field-actions.tsv", "src/access/*.cedar"]),
        ("What must fit together", &["overlap", "conflict of interest", "version"]),
        ("What one may do how often", &["capacity", "one live match", "15 minutes", "pages of at most 100"]),
        ("Keys", &["NIST SP 800-57", "openssl rand", "replaced", "destroyed"]),
        ("Algorithms", &["X25519MLKEM768", "ML-DSA", "operating system"]),
        ("Costly work and what bounds it", &["passphrases", "candidates", "nginx.conf"]),
    ] {
        let text = section(heading);
        for word in words {
            assert!(text.contains(word), "{heading}: {word}");
        }
    }
}
