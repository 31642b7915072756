//! Other people's code: where it comes from, and what is not among it.

use std::collections::{BTreeMap, BTreeSet};

use crate::committed;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn packages() -> Vec<toml::Table> {
    let lock: toml::Table = toml::from_str(&std::fs::read_to_string(committed::path("Cargo.lock")).unwrap()).unwrap();
    let all = lock["package"].as_array().unwrap().iter().map(|package| package.as_table().unwrap().clone()).collect();
    let all: Vec<toml::Table> = all;
    assert!(all.len() > 200, "the packages were not found");
    all
}

fn names() -> BTreeSet<String> {
    packages().iter().map(|package| package["name"].as_str().unwrap().to_owned()).collect()
}

/// What the service itself asks for, without what its tests do.
fn direct() -> BTreeSet<String> {
    let manifest: toml::Table =
        toml::from_str(&std::fs::read_to_string(committed::path("Cargo.toml")).unwrap()).unwrap();
    manifest["dependencies"].as_table().unwrap().keys().cloned().collect()
}

#[test]
fn every_package_comes_from_the_registry_with_its_checksum() {
    let own = ["kinward", "kinward-migrations"];
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let from = package.get("source").and_then(toml::Value::as_str);
        let sum = package.get("checksum").and_then(toml::Value::as_str);
        if own.contains(&name) {
            assert_eq!((from, sum), (None, None), "{name}");
        } else {
            assert_eq!(from, Some(REGISTRY), "{name}");
            assert!(sum.is_some_and(|sum| sum.len() == 64), "{name} has no checksum");
        }
    }
    let policy = std::fs::read_to_string(committed::path(".deny.toml")).unwrap();
    assert!(policy.contains("unknown-registry = \"deny\"") && policy.contains("unknown-git = \"deny\""));
    let run = std::fs::read_to_string(committed::path("tests/run")).unwrap();
    assert!(run.contains("cargo_deny") && run.contains("bans licenses sources") && run.contains("--locked"));
}

/// Interpreters, formats and services that an attack would need, and that are not there to be attacked.
const NOT_NEEDED: [(&str, &[&str]); 14] = [
    ("directories", &["ldap3", "ldap3_proto", "simple-ldap"]),
    (
        "XML and XPath",
        &["quick-xml", "roxmltree", "xml-rs", "xml5ever", "sxd-xpath", "sxd-document", "libxml", "xmltree", "minidom"],
    ),
    ("typesetting", &["tectonic", "latex", "texcore", "pandoc"]),
    ("rich text", &["pulldown-cmark", "comrak", "markdown", "bbcode-tagger", "ammonia", "html5ever", "scraper"]),
    ("images", &["usvg", "resvg", "image", "svg", "librsvg"]),
    ("templates made at run time", &["handlebars", "tera", "minijinja", "liquid", "mustache", "strfmt", "dynfmt"]),
    (
        "scripts",
        &["rhai", "mlua", "rlua", "boa_engine", "deno_core", "v8", "wasmtime", "wasmer", "pyo3", "cel-interpreter"],
    ),
    ("caches on the network", &["memcache", "memcached", "redis", "fred", "bb8-redis", "deadpool-redis"]),
    ("mail", &["lettre", "mail-send", "sendmail", "imap", "async-imap"]),
    ("archives", &["zip", "tar", "async-compression", "sevenz-rust", "unrar"]),
    (
        "formats that name their own types",
        &["typetag", "serde_pickle", "bincode", "rmp-serde", "ciborium", "serde_yaml"],
    ),
    ("cookies", &["cookie", "cookie_store", "tower-cookies", "axum-extra", "tower-sessions"]),
    ("trackers", &["sentry", "posthog-rs", "segment", "opentelemetry", "google-analytics"]),
    ("Java's directory service", &["jni", "j4rs"]),
];

#[test]
fn what_the_service_has_no_need_of_is_not_there() {
    let all = names();
    for (what, packages) in NOT_NEEDED {
        let found: Vec<&&str> = packages.iter().filter(|package| all.contains(**package)).collect();
        assert!(
            found.is_empty(),
            "{what}: {found:?} came in; turn the rows of tests/asvs.toml that say it is not there"
        );
    }
}

/// Every library of cryptography among the direct dependencies, and what it is for.
const CRYPTOGRAPHY: [&str; 6] = ["argon2", "aws-lc-rs", "jsonwebtoken", "subtle", "webauthn-rs", "zeroize"];

/// Which packages depend on this one.
fn parents(of: &str) -> BTreeSet<String> {
    let names = |package: &toml::Table| {
        let list = package.get("dependencies").and_then(toml::Value::as_array).cloned().unwrap_or_default();
        list.iter().any(|entry| entry.as_str().unwrap().split(' ').next() == Some(of))
    };
    let parents = packages().into_iter().filter(names);
    parents.map(|package| package["name"].as_str().unwrap().to_owned()).collect()
}

/// What checks passkeys carries two weak ones along: RSA, for the public keys of old devices, where its fault in private
/// keys (RUSTSEC-2023-0071) changes nothing, and MD5, which nothing of it calls here. Nothing else may lean on them.
#[test]
fn what_passkeys_carry_along_serves_passkeys_only() {
    for weak in ["md5", "rsa"] {
        assert_eq!(parents(weak), ["crypto-glue".to_owned()].into(), "{weak}");
    }
    let passkeys = ["webauthn-attestation-ca".to_owned(), "webauthn-rs-core".to_owned()];
    assert_eq!(parents("crypto-glue"), passkeys.into());
    assert_eq!(parents("webauthn-rs-core"), ["webauthn-rs".to_owned()].into());
    assert_eq!(parents("webauthn-rs"), ["kinward".to_owned()].into());
    let policy = std::fs::read_to_string(committed::path(".deny.toml")).unwrap();
    assert!(policy.contains("crate = \"rsa\", wrappers = [\"crypto-glue\"]"));
}

#[test]
fn cryptography_comes_from_libraries_that_are_looked_after() {
    let direct = direct();
    for library in CRYPTOGRAPHY {
        assert!(direct.contains(library), "{library}: take it off the list here and in deploy/security.md");
    }
    let homemade = [
        "aes",
        "aes-gcm",
        "aes-gcm-siv",
        "chacha20poly1305",
        "cbc",
        "ctr",
        "des",
        "rc4",
        "blowfish",
        "hmac",
        "hkdf",
        "md-5",
        "md5",
        "sha1",
        "sha1_smol",
        "sha2",
        "ring",
        "openssl",
        "rsa",
        "ed25519-dalek",
        "p256",
        "rand",
        "rust-crypto",
        "sodiumoxide",
    ];
    let found: Vec<&&str> = homemade.iter().filter(|library| direct.contains(**library)).collect();
    assert!(found.is_empty(), "one library does it all, and it is another: {found:?}");
    let all = names();
    for weak in ["openssl", "openssl-sys", "native-tls", "rust-crypto", "des", "rc4"] {
        assert!(!all.contains(weak), "{weak}");
    }
    // The backend of tokens is the same library, and it is the only one.
    let manifest = std::fs::read_to_string(committed::path("Cargo.toml")).unwrap();
    let tokens = manifest.lines().find(|line| line.starts_with("jsonwebtoken = ")).unwrap();
    assert!(tokens.contains("default-features = false") && tokens.contains("\"aws_lc_rs\"]"), "{tokens}");
}

#[test]
fn tls_of_the_service_itself_knows_no_old_version() {
    let all = names();
    assert!(all.contains("rustls") && !all.contains("native-tls"));
    // rustls has no TLS below 1.2, no renegotiation, no export ciphers; that is what it is taken for.
    let versions: BTreeMap<String, String> = packages()
        .iter()
        .filter(|package| package["name"].as_str() == Some("rustls"))
        .map(|package| (package["name"].as_str().unwrap().to_owned(), package["version"].as_str().unwrap().to_owned()))
        .collect();
    assert!(versions["rustls"].starts_with("0.23."), "{versions:?}");
}
