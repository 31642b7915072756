use std::path::PathBuf;

use super::*;
use crate::kernel::SeededEntropy;

/// A key made of a run of bytes, in base64: no two starts give the same.
fn key(start: u8) -> String {
    BASE64_STANDARD.encode((start..start + 32).collect::<Vec<u8>>())
}

/// The least that must be given.
fn required() -> Vec<(String, String)> {
    vars(&[
        ("KINWARD_DATABASE__URL", "sqlite:kinward.sqlite"),
        ("KINWARD_KEYS__TOKEN_SIGNING", &key(1)),
        ("KINWARD_KEYS__SEALING", &key(2)),
        ("KINWARD_KEYS__SOURCE_HASH", &key(3)),
    ])
}

fn vars(given: &[(&str, &str)]) -> Vec<(String, String)> {
    given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Loads the required settings, some more variables, and perhaps a file.
fn load(file: Option<&Path>, more: &[(&str, &str)]) -> Result<Settings, SettingsErrors> {
    let kept = required().into_iter().filter(|(name, _)| more.iter().all(|(other, _)| name != other));
    Settings::load(file, kept.chain(vars(more)))
}

fn faults(file: Option<&Path>, more: &[(&str, &str)]) -> Vec<String> {
    load(file, more).unwrap_err().faults().iter().map(ToString::to_string).collect()
}

/// A file that is gone when the test ends.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("kinward-config-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn defaults_hold_where_nothing_is_given() {
    let settings = load(None, &[("HOME", "/root"), ("KINWARD_TEST_POSTGRES", "x"), ("KINWARD_CONFIG", "y")]).unwrap();
    assert_eq!(settings.server.listen.port(), 8080);
    assert!(!settings.server.introspection && !settings.server.graphiql);
    assert!(settings.server.allowed_origins.is_empty());
    assert_eq!(settings.database.runtime_role, "kinward_app");
    assert_eq!(settings.bus.kind, BusKind::Local);
    assert_eq!(settings.clocks.crisis_claim.as_secs(), 300);
    assert_eq!(settings.clocks.family_answer.as_secs(), 72 * 3600);
    assert_eq!(settings.log.format, LogFormat::Text);
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
    let text = "[server]\nlisten = \"127.0.0.1:9001\"\nintrospection = true\n[database]\nmax_connections = 7\n";
    let file = Temporary::new("order.toml", text);
    let settings = load(Some(&file.0), &[("KINWARD_SERVER__LISTEN", "127.0.0.1:9002")]).unwrap();
    assert_eq!(settings.server.listen.port(), 9002);
    assert!(settings.server.introspection);
    assert_eq!(settings.database.max_connections, 7);
}

#[test]
fn lists_are_read_from_both_sources() {
    let file = Temporary::new(
        "list.toml",
        "[server]\nallowed_origins = [\"https://a.example\", \"https://b.example:8443\"]\n",
    );
    let origins =
        |settings: &Settings| settings.server.allowed_origins.iter().map(|o| o.as_str().to_owned()).collect::<Vec<_>>();
    assert_eq!(origins(&load(Some(&file.0), &[]).unwrap()), ["https://a.example", "https://b.example:8443"]);
    let given = [("KINWARD_SERVER__ALLOWED_ORIGINS", "https://c.example, http://localhost:3000")];
    assert_eq!(origins(&load(Some(&file.0), &given).unwrap()), ["https://c.example", "http://localhost:3000"]);
}

#[test]
fn a_secret_can_stand_in_its_own_file() {
    let secret = Temporary::new("sealing", &format!("{}\n", key(9)));
    let path = secret.0.display().to_string();
    let env = required().into_iter().filter(|(name, _)| name != "KINWARD_KEYS__SEALING");
    let by_env = env.clone().chain(vars(&[("KINWARD_KEYS__SEALING_FILE", &path)]));
    assert_eq!(Settings::load(None, by_env).unwrap().keys.sealing.expose()[0], 9);
    let file = Temporary::new("secret.toml", &format!("[keys]\nsealing_file = \"{path}\"\n"));
    assert_eq!(Settings::load(Some(&file.0), env).unwrap().keys.sealing.expose()[0], 9);
}

#[test]
fn every_fault_is_told_at_once() {
    let wrong =
        vars(&[("KINWARD_SERVER__LISTEN", "8080"), ("KINWARD_LOG__FORMAT", "xml"), ("KINWARD_CLOCKS__REPORT", "4")]);
    let told = Settings::load(None, wrong.into_iter()).unwrap_err();
    let names: Vec<&str> = told.faults().iter().map(|fault| fault.setting.as_str()).collect();
    let expected = [
        "server.listen",
        "database.url",
        "keys.token_signing",
        "keys.sealing",
        "keys.source_hash",
        "clocks.report",
        "log.format",
    ];
    assert_eq!(names, expected);
    insta::assert_snapshot!(told, @r#"
    some settings are wrong:
      server.listen (from KINWARD_SERVER__LISTEN) must be an address and a port, for example "127.0.0.1:8080" or "[::1]:8080"
      database.url is not set; give KINWARD_DATABASE__URL, KINWARD_DATABASE__URL_FILE or `url` in [database] of the settings file: a text
      keys.token_signing is not set; give KINWARD_KEYS__TOKEN_SIGNING, KINWARD_KEYS__TOKEN_SIGNING_FILE or `token_signing` in [keys] of the settings file: 32 random bytes in base64 (`openssl rand -base64 32` makes them)
      keys.sealing is not set; give KINWARD_KEYS__SEALING, KINWARD_KEYS__SEALING_FILE or `sealing` in [keys] of the settings file: 32 random bytes in base64 (`openssl rand -base64 32` makes them)
      keys.source_hash is not set; give KINWARD_KEYS__SOURCE_HASH, KINWARD_KEYS__SOURCE_HASH_FILE or `source_hash` in [keys] of the settings file: 32 random bytes in base64 (`openssl rand -base64 32` makes them)
      clocks.report (from KINWARD_CLOCKS__REPORT) must be a number and its unit (s, m, h or d), for example "90s" or "48h"
      log.format (from KINWARD_LOG__FORMAT) must be "text" or "json"
    "#);
}

#[test]
fn values_out_of_range_are_refused() {
    for (variable, value, reason) in [
        ("DATABASE__MAX_CONNECTIONS", "0", "must be from 2 to 200"),
        ("DATABASE__MAX_CONNECTIONS", "many", "must be a whole number"),
        ("DATABASE__URL", "mysql://x", "must begin with sqlite: or postgres://"),
        ("DATABASE__RUNTIME_ROLE", "a; drop", "must be lower-case letters, digits and _, a letter first"),
        ("SERVER__SHUTDOWN_GRACE", "1h", "must be from 1s to 5m"),
        ("SERVER__INTROSPECTION", "yes", "must be true or false"),
        ("SERVER__PUBLIC_URL", "http://kinward.example", "must begin with https://, except for localhost"),
        ("SERVER__PUBLIC_URL", "https://kinward.example/app", "must be scheme, host and port"),
        ("SERVER__ALLOWED_ORIGINS", "https://a.example,*", "holds an entry that must be scheme"),
        ("CLOCKS__APPEAL", "0s", "must be from 1m to 60d"),
        ("CLOCKS__APPEAL", "99999999999999999999d", "must be a number and its unit"),
        ("LOG__FILTER", "kinward=loud", "must be a filter such as"),
        ("BUS__NATS_URL", "http://x", "must begin with nats:// or tls://"),
    ] {
        let told = faults(None, &[(&format!("KINWARD_{variable}"), value)]);
        assert_eq!(told.len(), 1, "{variable}: {told:?}");
        assert!(told[0].contains(reason), "{variable}: {told:?}");
    }
}

#[test]
fn unknown_names_are_refused_with_the_nearest_known_one() {
    let file =
        Temporary::new("unknown.toml", "[server]\nlisten_ = \"x\"\n[databse]\nurl = \"x\"\n[log]\nzzzzzzzz = 1\n");
    let mut told = faults(Some(&file.0), &[("KINWARD_SERVER_LISTEN", "x"), ("KINWARD_SERVER__LISTEN_FILE", "x")]);
    told.sort();
    assert_eq!(told.len(), 5);
    assert_eq!(told[0], "KINWARD_SERVER_LISTEN is not a setting; did you mean KINWARD_SERVER__LISTEN?");
    assert!(told[1].starts_with("KINWARD_SERVER__LISTEN_FILE is not a setting"));
    assert!(told[2].starts_with("databse ") && told[2].ends_with("is not a section; did you mean database?"));
    assert!(told[3].starts_with("log.zzzzzzzz ") && told[3].ends_with("is not a setting"));
    assert!(told[4].starts_with("server.listen_ ") && told[4].ends_with("did you mean server.listen?"));
}

#[test]
fn the_wrong_shape_in_the_file_is_told() {
    let text = "log = 1\n[server]\nlisten = 8080\nintrospection = \"true\"\nallowed_origins = \"x\"\n[database]\nmax_connections = \"9\"\n";
    let file = Temporary::new("shape.toml", text);
    let mut told = faults(Some(&file.0), &[]);
    told.sort();
    for (fault, reason) in told.iter().zip([
        "must be a whole number without quotes",
        "must be a section: [log]",
        "must be a list of texts in brackets",
        "must be true or false without quotes",
        "must be a text in quotes",
    ]) {
        assert!(fault.ends_with(reason), "{fault}");
    }
    assert_eq!(told.len(), 5);
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let absent = Path::new("/nonexistent/settings.toml");
    assert!(faults(Some(absent), &[])[0].starts_with("the settings file /nonexistent/settings.toml cannot be read"));
    let env = required().into_iter().filter(|(name, _)| name != "KINWARD_KEYS__SEALING");
    let env = env.chain(vars(&[("KINWARD_KEYS__SEALING_FILE", "/nonexistent/key")]));
    let told = Settings::load(None, env).unwrap_err();
    assert_eq!(told.faults().len(), 1);
    assert!(
        told.to_string().contains("keys.sealing (from KINWARD_KEYS__SEALING_FILE) names the file /nonexistent/key")
    );
}

#[test]
fn a_setting_given_directly_and_by_file_is_refused() {
    let told = faults(None, &[("KINWARD_KEYS__SEALING_FILE", "/nonexistent/key")]);
    assert!(told.iter().any(|fault| fault == "keys.sealing is given twice, directly and by a file: keep one"));
}

#[test]
fn keys_must_be_whole_random_and_different() {
    for (value, reason) in [
        ("not base64!", "must be 32 random bytes"),
        ("AAAA", "these are 3 bytes"),
        (&*BASE64_STANDARD.encode([7_u8; 32]), "is no random key"),
        (&*key(1), "must not be the same key as keys.token_signing"),
    ] {
        let told = faults(None, &[("KINWARD_KEYS__SEALING", value)]);
        assert!(told.iter().any(|fault| fault.contains(reason)), "{value}: {told:?}");
    }
}

#[test]
fn token_keys_are_one_and_perhaps_a_next_and_former_ones() {
    let settings = load(None, &[]).unwrap();
    assert!(settings.keys.token_signing_next.is_none() && settings.keys.token_signing_former.is_empty());
    // The files that the service's unit hands over are empty while no change of keys is under way.
    let (next, former) = (Temporary::new("next", "\n"), Temporary::new("former", &format!("{}\n{}\n", key(5), key(6))));
    let (next, former) = (next.0.display().to_string(), former.0.display().to_string());
    let given =
        [("KINWARD_KEYS__TOKEN_SIGNING_NEXT_FILE", &*next), ("KINWARD_KEYS__TOKEN_SIGNING_FORMER_FILE", &*former)];
    let settings = load(None, &given).unwrap();
    assert!(settings.keys.token_signing_next.is_none());
    let former: Vec<u8> = settings.keys.token_signing_former.iter().map(|key| key.expose()[0]).collect();
    assert_eq!(former, [5, 6]);
    let file = Temporary::new("keys.toml", &format!("[keys]\ntoken_signing_former = [\"{}\"]\n", key(7)));
    assert_eq!(load(Some(&file.0), &[]).unwrap().keys.token_signing_former[0].expose()[0], 7);
    for (variable, value, reason) in [
        ("NEXT", key(1), "must not be the same key as keys.token_signing"),
        ("FORMER", key(2), "must not be the same key as keys.sealing"),
        ("FORMER", format!("{},{}", key(5), key(5)), "must not be the same key as keys.token_signing_former"),
        ("FORMER", "short".to_owned(), "holds an entry that must be 32 random bytes"),
        ("FORMER", (5..10).map(key).collect::<Vec<_>>().join(","), "must name at most 4"),
    ] {
        let told = faults(None, &[(&format!("KINWARD_KEYS__TOKEN_SIGNING_{variable}"), &value)]);
        assert!(told.iter().any(|fault| fault.contains(reason)), "{told:?}");
    }
}

#[test]
fn a_sign_in_cannot_be_idle_for_longer_than_it_lasts() {
    let settings = load(None, &[]).unwrap().sign_ins;
    assert_eq!(settings.family_idle.as_secs(), 14 * 86_400);
    assert_eq!(settings.administrator_idle.as_secs(), 3_600);
    let told = faults(None, &[("KINWARD_SIGN_INS__STAFF_IDLE", "13h")]);
    assert_eq!(told, ["sign_ins.staff_idle must not be longer than sign_ins.staff_longest"]);
    let both = [("KINWARD_SIGN_INS__STAFF_IDLE", "13h"), ("KINWARD_SIGN_INS__STAFF_LONGEST", "13h")];
    assert!(load(None, &both).is_ok());
}

#[test]
fn several_nodes_need_their_servers() {
    let told = faults(None, &[("KINWARD_BUS__KIND", "nats")]);
    assert_eq!(told.len(), 2);
    assert!(told[0].starts_with("bus.nats_url is needed"));
    let given = [
        ("KINWARD_BUS__KIND", "nats"),
        ("KINWARD_BUS__NATS_URL", "nats://127.0.0.1:4222"),
        ("KINWARD_DATABASE__URL", "postgres://kinward@127.0.0.1/kinward"),
    ];
    assert_eq!(load(None, &given).unwrap().bus.kind, BusKind::Nats);
}

/// A whole identity provider, with one setting in another way.
fn provider<'a>(other: Option<(&'a str, &'a str)>) -> Vec<(&'a str, &'a str)> {
    let whole = [
        ("KINWARD_OIDC__ISSUER_URL", "https://login.example/Staff/"),
        ("KINWARD_OIDC__CLIENT_ID", "kinward"),
        ("KINWARD_OIDC__CLIENT_SECRET", "verysecretvalue"),
    ];
    let kept = whole.into_iter().filter(|(name, _)| other.is_none_or(|(changed, _)| changed != *name));
    kept.chain(other).collect()
}

#[test]
fn an_identity_provider_is_named_as_a_whole_or_not_at_all() {
    let settings = load(None, &provider(None)).unwrap();
    assert_eq!(settings.oidc.issuer_url.as_ref().unwrap().as_str(), "https://login.example/Staff/");
    assert!(settings.oidc.strong_amr.contains(&"pwd+otp".to_owned()) && settings.oidc.strong_acr.is_empty());
    assert!(!format!("{settings:?}").contains("verysecret"));
    assert!(load(None, &[]).unwrap().oidc.issuer_url.is_none());
    for (name, value, reason) in [
        ("CLIENT_ID", "", "oidc.client_id is needed because oidc.issuer_url is set"),
        ("CLIENT_SECRET", "", "oidc.client_secret is needed because oidc.issuer_url is set"),
        ("ISSUER_URL", "", "oidc.client_id does nothing without oidc.issuer_url"),
        ("ISSUER_URL", "login.example", "must be the address as the provider names itself"),
        ("ISSUER_URL", "http://login.example", "must begin with https://, except for localhost"),
        ("ISSUER_URL", "https://login.example/#a", "must be the address as the provider names itself"),
        ("REDIRECT_PATH", "//evil.example", "must be a path such as /signed-in"),
        ("REDIRECT_PATH", "/signed-in?a=b", "must be a path such as /signed-in"),
        ("STRONG_AMR", "mfa,pwd+", "must be words such as mfa, or several joined by +"),
        ("STRONG_ACR", "a b", "must be at most 10 plain words"),
        ("PROOF_WITHIN", "13h", "must be from 1m to 12h"),
    ] {
        let told = faults(None, &provider(Some((&format!("KINWARD_OIDC__{name}"), value))));
        assert!(told.iter().any(|fault| fault.contains(reason)), "{name}={value}: {told:?}");
    }
}

#[test]
fn no_secret_is_ever_shown() {
    let file = Temporary::new("leak.toml", "[keys]\nsealing = verysecretvalue\n");
    let told = load(Some(&file.0), &[]).unwrap_err();
    assert!(!format!("{told} {told:?}").contains("verysecret"), "{told}");
    let told = load(None, &[("KINWARD_KEYS__SEALING", "verysecretvalue")]).unwrap_err();
    assert!(!format!("{told} {told:?}").contains("verysecret"), "{told}");

    let url = "postgres://kinward:verysecretvalue@127.0.0.1/kinward";
    let shown = format!("{:?}", load(None, &[("KINWARD_DATABASE__URL", url)]).unwrap());
    assert!(!shown.contains("verysecret") && shown.contains("kinward_app"), "{shown}");
    assert!(shown.contains("SecretKey([hidden])"));
}

#[test]
fn the_demo_makes_its_own_keys() {
    let settings = Settings::for_demo(Path::new("/tmp/demo"), 8090, &SeededEntropy::new(7)).unwrap();
    assert_eq!(settings.server.public_url.as_str(), "http://127.0.0.1:8090");
    assert_eq!(settings.server.allowed_origins[0].as_str(), "http://localhost:8090");
    assert_eq!(settings.database.url.expose_secret(), "sqlite:///tmp/demo/kinward-demo.sqlite?mode=rwc");
    assert!(settings.server.graphiql && settings.server.introspection);
}

#[test]
fn the_sample_file_with_every_default_written_out_changes_nothing() {
    // Taking the mark off every line of the form `# key = value` gives a file that says what is true anyway.
    let uncommented = |line: &str| match line.strip_prefix("# ") {
        Some(rest)
            if rest.split(" = ").next().is_some_and(|key| key.chars().all(|c| c == '_' || c.is_ascii_lowercase())) =>
        {
            if rest.contains("_file = ") {
                String::new()
            } else {
                rest.to_owned()
            }
        }
        _ => line.to_owned(),
    };
    let text: Vec<String> = reference().lines().map(uncommented).collect();
    assert!(text.iter().any(|line| line == "listen = \"127.0.0.1:8080\""));
    let file = Temporary::new("sample.toml", &text.join("\n"));
    assert_eq!(format!("{:?}", load(Some(&file.0), &[]).unwrap()), format!("{:?}", load(None, &[]).unwrap()));
}
