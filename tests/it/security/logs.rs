//! The log: what must stand in it, and what must never.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kinward::config::{Log, LogFormat};
use regex::Regex;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tracing::Dispatch;
use tracing::dispatcher::DefaultGuard;
use tracing::subscriber::NoSubscriber;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::sources::all;
use super::{CREATE, REFRESH, SIGN_IN, VIEWER, name_of, signed_in, tokens};
use crate::harness::people::PASSPHRASE;
use crate::harness::{Backend, World, on_each};
use crate::talk::world::{CRISIS, RISKY, SEND, Talk};

/// What is written while it lives, by everything on this thread: the node of a test, and its clients too.
struct Heard {
    bytes: Arc<Mutex<Vec<u8>>>,
    _guard: DefaultGuard,
    _alone: MutexGuard<'static, ()>,
}

/// What is worth hearing is remembered for the whole process, and learnt anew when a listener comes or goes: so only one
/// test listens at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// A listener that wants nothing and stays. With one listener alone, whatever is first met by a thread without any is held for
/// unheard by the whole process; with two, both are asked.
static DEAF: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));

struct Pen(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Pen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Heard {
    /// Listens to the log as the service makes it, with a filter that asks for everything.
    fn start(format: LogFormat) -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        LazyLock::force(&DEAF);
        let bytes = Arc::<Mutex<Vec<u8>>>::default();
        let pen = Arc::clone(&bytes);
        let log = Log { format, filter: "trace".into() };
        let guard = kinward::logging::to(&log, move || Pen(Arc::clone(&pen))).set_default();
        Self { bytes, _guard: guard, _alone: alone }
    }

    fn text(&self) -> String {
        String::from_utf8(self.bytes.lock().unwrap().clone()).unwrap()
    }

    fn lines(&self) -> Vec<Value> {
        self.text()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
            .collect()
    }

    /// The lines with this message.
    fn saying(&self, message: &str) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line["message"] == message).collect()
    }
}

/// What has the form of a secret: tokens, random tokens in base64, codes as they are told by phone, kept passphrases, network
/// addresses.
fn shapes() -> Regex {
    Regex::new(
        r"eyJ[A-Za-z0-9_-]{10,}|\b[A-Za-z0-9_-]{43}\b|\b(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}\b|argon2id|[Bb]earer |127\.0\.0\.1",
    )
    .unwrap()
}

/// Every sentence that somebody says or writes in the walk, and every name.
fn words_of_the_walk() -> Vec<String> {
    let literal = Regex::new(r#""((?:[^"\\{}]|\\.)*)""#).unwrap();
    let mut words: Vec<String> = ["Rosa", "Marcus"].map(str::to_owned).to_vec();
    for source in all().iter().filter(|source| source.path.starts_with("src/demo/walk/")) {
        let found = literal.captures_iter(&source.text).map(|found| found[1].to_owned());
        words.extend(found.filter(|text| text.len() >= 12 && text.contains(' ')));
    }
    assert!(words.len() > 50, "the walk's words were not found");
    words
}

#[tokio::test]
async fn no_secret_and_no_word_of_anybody_stands_in_the_log() {
    on_each(|app| async move {
        let heard = Heard::start(LogFormat::Json);
        assert!(kinward::demo::walk_passes(&app.app, &app.url).await);
        let log = heard.text();
        assert!(heard.lines().len() > 10, "next to nothing was written: {log}");
        for word in words_of_the_walk() {
            assert!(!log.contains(&word), "{word:?} stands in the log");
        }
        assert_eq!(shapes().find(&log).map(|found| found.as_str()), None);
    })
    .await;
}

#[tokio::test]
async fn not_even_what_goes_wrong_shows_a_secret() {
    for format in [LogFormat::Text, LogFormat::Json] {
        on_each(|app| async move {
            let heard = Heard::start(format);
            let talk = Talk::new(&app).await;
            let name = name_of(&talk.family).await;
            let session = signed_in(&app, &name, PASSPHRASE).await;
            let (access, renewing) = tokens(&session);
            let wrong = json!({"input": {"signInName": name, "passphrase": "a wrong but telling passphrase"}});
            app.anonymous().refused(SIGN_IN, wrong).await;
            app.anonymous().data(REFRESH, json!({"input": {"refreshToken": renewing}})).await;
            app.anonymous().fault(REFRESH, json!({"input": {"refreshToken": renewing}})).await;
            app.client(&format!("{access}x")).fault(VIEWER, json!({})).await;
            for body in [RISKY, CRISIS, "The heron\nflies INFO kinward: at dawn."] {
                talk.send(&talk.mentor, body).await;
            }
            let document = "{ viewer { firstName } secretOfMine: nope(passphrase: \"telling\") }";
            talk.family.fault(document, json!({})).await;
            talk.family
                .fault(SEND, json!({"input": {"matchId": 7, "clientId": "a telling id", "body": ["telling"]}}))
                .await;
            let agent = reqwest::Client::builder().user_agent("telling/1.0").build().unwrap();
            agent.get(format!("{}/graphql?query=telling&operationName=telling", app.url)).send().await.unwrap();
            let log = heard.text();
            let words =
                ["heron", "5309", "end my life", "telling", "secretOfMine", "tortoise", "Fay", "Cora", "Northern"];
            for word in words.into_iter().chain([name.as_str(), &access, &renewing, PASSPHRASE]) {
                assert!(!log.contains(word), "{word:?} stands in the log");
            }
            assert_eq!(shapes().find(&log).map(|found| found.as_str()), None);
            assert!(!log.is_empty());
        })
        .await;
    }
}

#[tokio::test]
async fn what_is_turned_away_leaves_a_line_and_no_more() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let heard = Heard::start(LogFormat::Json);
        // Input that breaks a rule.
        world.administrator.refused(CREATE, json!({"input": {"name": "x", "zone": "Mars/Olympus"}})).await;
        let refused = heard.saying("what was asked for was refused");
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0]["codes"], "TOO_SHORT,INVALID");
        assert!(refused[0]["span"]["request_id"].is_string(), "{refused:?}");
        // What is no document, fits no schema, asks for too much, brings no good token.
        let nested = format!("{{{}viewer{{firstName}}{}}}", "viewer{".repeat(20), "}".repeat(20));
        for (query, code) in
            [("{", "PARSE_FAILED"), ("{nope}", "VALIDATION_FAILED"), (nested.as_str(), "LIMIT_EXCEEDED")]
        {
            assert_eq!(world.administrator.fault(query, json!({})).await, code);
        }
        app.client("no.good.token").fault(VIEWER, json!({})).await;
        let away = heard.saying("a request was turned away");
        let codes: Vec<&str> = away.iter().map(|line| line["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["PARSE_FAILED", "VALIDATION_FAILED", "LIMIT_EXCEEDED", "UNAUTHENTICATED"]);
        assert!(away.iter().all(|line| line["request_id"].as_str().is_some_and(|id| id.len() == 36)), "{away:?}");
        // A foreign page that wants a socket.
        let mut request = app.anonymous().ws_url().into_client_request().unwrap();
        request.headers_mut().insert("origin", "https://elsewhere.example".parse().unwrap());
        tokio_tungstenite::connect_async(request).await.unwrap_err();
        assert_eq!(heard.saying("a page of a foreign origin asked for a socket").len(), 1);
        // Tries without end.
        for _ in 0..12 {
            let input = json!({"input": {"signInName": "nobody-here-0000", "passphrase": "wrong wrong wrong"}});
            app.anonymous().send(SIGN_IN, input).await;
        }
        let slowed = heard.saying("a caller tried too often");
        assert!(slowed.len() >= 2 && slowed[0]["retry_after"].is_u64(), "{slowed:?}");
    })
    .await;
}

#[tokio::test]
async fn a_fault_is_told_to_the_log_and_not_to_the_caller() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let damaged = if app.backend == Backend::Sqlite { "x'00'" } else { "'\\x00'" };
        app.tamper(&format!("UPDATE account SET first_name_sealed = {damaged}")).await.unwrap();
        let heard = Heard::start(LogFormat::Json);
        let request =
            reqwest::Client::new().post(format!("{}/graphql", app.url)).bearer_auth(world.coordinator.token());
        let response = request.json(&json!({ "query": VIEWER })).send().await.unwrap();
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["errors"][0]["extensions"], json!({"code": "INTERNAL"}));
        assert_eq!(answer["errors"][0]["message"], "Something went wrong on our side.");
        assert!(!answer.to_string().contains("sealed"), "{answer}");
        let told = heard.saying("a request failed inside");
        assert_eq!(told.len(), 1);
        assert_eq!((&told[0]["level"], &told[0]["span"]["request_id"]), (&json!("ERROR"), &json!(id)));
        assert!(told[0]["reason"].as_str().unwrap().contains("cannot be opened"), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn every_line_says_when_how_grave_and_where() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let heard = Heard::start(LogFormat::Json);
        world.administrator.refused(CREATE, json!({"input": {"name": "x", "zone": "Mars/Olympus"}})).await;
        world.administrator.fault("{nope}", json!({})).await;
        let lines = heard.lines();
        assert!(lines.len() >= 2);
        for line in lines {
            let at = line["timestamp"].as_str().unwrap();
            // RFC 3339 in UTC, whatever the zone of the machine.
            assert!(at.ends_with('Z') && at.parse::<jiff::Timestamp>().is_ok(), "{line}");
            assert!(["ERROR", "WARN", "INFO"].contains(&line["level"].as_str().unwrap()), "{line}");
            assert!(line["target"].as_str().is_some_and(|target| !target.is_empty()), "{line}");
            assert!(line["message"].as_str().is_some_and(|message| !message.is_empty()), "{line}");
        }
    })
    .await;
}

/// A free port of this machine, by asking for one and giving it back.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test]
async fn the_program_writes_its_log_to_standard_error_and_to_no_file() {
    let folder = std::env::temp_dir().join(format!("kinward-log-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let address = format!("127.0.0.1:{}", free_port());
    let program = |what: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kinward"));
        command.args(what).current_dir(&folder).env_clear().stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, value) in [
            ("SERVER__LISTEN", address.as_str()),
            ("DATABASE__URL", "sqlite:kinward.sqlite?mode=rwc"),
            ("KEYS__TOKEN_SIGNING", "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="),
            ("KEYS__SEALING", "AgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICE="),
            ("KEYS__SOURCE_HASH", "AwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISI="),
            ("LOG__FORMAT", "json"),
        ] {
            command.env(format!("KINWARD_{name}"), value);
        }
        command
    };
    assert!(program(&["migrate", "up"]).output().unwrap().status.success());
    let mut serving = program(&["serve"]).spawn().unwrap();
    for _ in 0..200 {
        if reqwest::get(format!("http://{address}/health")).await.is_ok_and(|answer| answer.status() == 200) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let client = reqwest::Client::new();
    client.post(format!("http://{address}/graphql")).json(&json!({"query": "{nope}"})).send().await.unwrap();
    assert!(Command::new("kill").args(["-TERM", &serving.id().to_string()]).status().unwrap().success());
    let (mut out, mut log) = (String::new(), String::new());
    serving.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    serving.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(serving.wait().unwrap().success(), "{log}");
    assert_eq!(out, "");
    let messages: Vec<String> = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["message"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(messages, ["serving", "a request was turned away", "stopping"]);
    let mut files: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    files.retain(|name| !name.starts_with("kinward.sqlite"));
    assert!(files.is_empty(), "{files:?}");
    std::fs::remove_dir_all(&folder).unwrap();
}
