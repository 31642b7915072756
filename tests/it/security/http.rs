//! HTTP itself: what a request is, where it ends, and what every answer says of itself.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{VIEWER, on_the_wire, public};
use crate::harness::{Backend, TestApp, World};

const JSON: &str = "application/json; charset=utf-8";

#[tokio::test]
async fn every_answer_with_a_body_says_what_it_is() {
    let app = public().await;
    let http = reqwest::Client::new();
    let url = |path: &str| format!("{}{path}", app.url);
    let graphql = |body: &'static str, accept: &str| {
        http.post(url("/graphql")).header("content-type", "application/json").header("accept", accept).body(body)
    };
    let graphql_response = "application/graphql-response+json";
    let ours = [
        (http.get(url("/health")), "application/json"),
        (http.get(url("/.well-known/jwks.json")), "application/json"),
        (graphql("{\"query\":\"{__typename}\"}", "application/json"), JSON),
        (graphql("{\"query\":\"{__typename}\"}", graphql_response), "application/graphql-response+json; charset=utf-8"),
        (graphql("{\"query\":\"{\"}", "*/*"), JSON),
        (graphql("nonsense", "*/*"), JSON),
        (graphql("{\"query\":\"{__typename}\"}", "text/html"), JSON),
        (http.post(url("/graphql")).header("content-type", "text/plain").body("x"), JSON),
        (http.post(url("/graphql")).bearer_auth("no.good.token").json(&json!({"query": "{__typename}"})), JSON),
        (http.get(url("/graphiql")), "text/html; charset=utf-8"),
        (http.get(url("/graphiql/page.js")), "text/javascript; charset=utf-8"),
        (http.get(url("/graphiql/graphiql.css")), "text/css; charset=utf-8"),
        (http.get(url("/graphiql/LICENSES.txt")), "text/plain; charset=utf-8"),
        (http.get(url("/graphql")).header("x-forwarded-proto", "http"), "text/plain; charset=utf-8"),
    ];
    for (request, kind) in ours {
        let response = request.send().await.unwrap();
        let (path, said) = (response.url().path().to_owned(), response.headers()["content-type"].clone());
        assert_eq!(said, kind, "{path}");
        let body = response.text().await.unwrap();
        assert!(!body.is_empty(), "{path}");
        assert!(!kind.contains("json") || serde_json::from_str::<Value>(&body).is_ok(), "{path}: {body}");
    }
    // Where nothing is, nothing is said.
    for path in ["/nowhere", "/graphiql/"] {
        assert_eq!(http.get(url(path)).send().await.unwrap().bytes().await.unwrap().len(), 0, "{path}");
    }
    app.finish().await;
}

#[tokio::test]
async fn methods_that_nobody_needs_are_refused() {
    let app = TestApp::start(Backend::Sqlite).await;
    for path in ["/graphql", "/health", "/.well-known/jwks.json"] {
        for method in ["TRACE", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"] {
            let heard = on_the_wire(
                &app,
                format!("{method} {path} HTTP/1.1\r\nhost: x\r\nx-secret: told\r\nconnection: close\r\n\r\n")
                    .as_bytes(),
            )
            .await;
            assert!(heard.starts_with("HTTP/1.1 405 "), "{method} {path}: {heard}");
            assert!(!heard.contains("told"), "{method} {path}: {heard}");
        }
    }
    let heard =
        on_the_wire(&app, b"CONNECT elsewhere.example:443 HTTP/1.1\r\nhost: elsewhere.example:443\r\n\r\n").await;
    assert!(!heard.starts_with("HTTP/1.1 2"), "{heard}");
    app.finish().await;
}

/// A second request, in the place where a reader who is mistaken about the end of the first would find it.
const HIDDEN: &str = "GET /health HTTP/1.1\r\nhost: hidden\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_request_ends_in_one_place_only() {
    let app = TestApp::start(Backend::Sqlite).await;
    let length = HIDDEN.len();
    let chunked = format!("0\r\n\r\n{HIDDEN}");
    for (what, headers, body) in [
        ("two lengths", format!("content-length: 0\r\ncontent-length: {length}"), HIDDEN),
        ("two lengths in one", format!("content-length: 0, {length}"), HIDDEN),
        ("a length with a sign", format!("content-length: +{length}"), HIDDEN),
        ("a negative length", "content-length: -1".to_owned(), HIDDEN),
        ("a length in hexadecimal", format!("content-length: {length:#x}"), HIDDEN),
        ("an unknown coding", "transfer-encoding: xchunked".to_owned(), chunked.as_str()),
        ("a coding after chunked", "transfer-encoding: chunked, identity".to_owned(), chunked.as_str()),
        ("a blank before the colon", format!("content-length : {length}"), HIDDEN),
        ("a header over two lines", "transfer-encoding:\r\n chunked".to_owned(), chunked.as_str()),
        ("a size that is no number", "transfer-encoding: chunked".to_owned(), "0x5\r\nhello\r\n0\r\n\r\n"),
        (
            "a size beyond all bounds",
            "transfer-encoding: chunked".to_owned(),
            "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        ),
        ("a bare carriage return", "x-one: a\rcontent-length: 5".to_owned(), HIDDEN),
        ("a zero byte", "x-one: a\0b".to_owned(), HIDDEN),
    ] {
        let request =
            format!("POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{headers}\r\n\r\n{body}");
        let heard = on_the_wire(&app, request.as_bytes()).await;
        assert!(heard.starts_with("HTTP/1.1 4"), "{what}: {heard}");
        assert!(!heard.contains("\"status\":\"ok\""), "{what} lets a hidden request through: {heard}");
    }
    app.finish().await;
}

#[tokio::test]
async fn where_a_body_is_in_chunks_its_length_counts_for_nothing() {
    let app = TestApp::start(Backend::Sqlite).await;
    let body = r#"{"query":"{__typename}"}"#;
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 3\r\n\
         transfer-encoding: chunked\r\nconnection: close\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    let heard = on_the_wire(&app, request.as_bytes()).await;
    let whole = heard.starts_with("HTTP/1.1 200 ") && heard.contains("\"__typename\":\"Query\"");
    assert!(whole || heard.starts_with("HTTP/1.1 400 "), "{heard}");
    app.finish().await;
}

#[tokio::test]
async fn a_parameter_counts_from_one_place_only() {
    let app = TestApp::start(Backend::Sqlite).await;
    let http = reqwest::Client::new();
    // The address of a POST says nothing.
    let url = format!("{}/graphql?query=%7Bnope%7D&operationName=X", app.url);
    let answer = http.post(&url).json(&json!({"query": "{__typename}"})).send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({"data": {"__typename": "Query"}}));
    let alone = http.post(&url).json(&json!({})).send().await.unwrap();
    assert_eq!(alone.status(), StatusCode::BAD_REQUEST);
    // The address of a GET says everything once.
    let twice = format!("{}/graphql?query=%7B__typename%7D&query=%7Bnope%7D", app.url);
    assert_eq!(http.get(twice).send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    app.finish().await;
}

#[tokio::test]
async fn a_token_in_the_address_is_no_token() {
    let app = TestApp::start(Backend::Sqlite).await;
    let world = World::new(&app).await;
    let token = world.coordinator.token();
    let query: String = VIEWER.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02x}"));
    for name in ["access_token", "token", "authorization", "Authorization", "bearer", "variables"] {
        let url = format!("{}/graphql?query={query}&{name}={token}", app.url);
        let answer = reqwest::get(url).await.unwrap().text().await.unwrap();
        assert!(!answer.contains("Cora") && answer.contains("errors"), "{name}: {answer}");
    }
    // Nor can anything secret be said there: what takes a secret is a mutation, and those are sent in a body.
    let sdl = kinward::schema::sdl();
    let queries = sdl.split("type Query {").nth(1).unwrap().split("\n}").next().unwrap();
    for word in ["passphrase", "token", "code:", "secret", "body:"] {
        assert!(!queries.to_lowercase().contains(word), "a query takes or tells a {word}");
    }
    app.finish().await;
}

#[tokio::test]
async fn no_file_is_taken_and_none_is_unpacked() {
    let app = TestApp::start(Backend::Sqlite).await;
    let http = reqwest::Client::new();
    let url = format!("{}/graphql", app.url);
    let parts = "--b\r\ncontent-disposition: form-data; name=\"0\"; filename=\"../../x.svg\"\r\n\
                 content-type: image/svg+xml\r\n\r\n<svg/>\r\n--b--\r\n";
    for kind in ["multipart/form-data; boundary=b", "multipart/mixed; boundary=b", "application/octet-stream"] {
        let sent = http.post(&url).header("content-type", kind).body(parts).send().await.unwrap();
        assert_eq!(sent.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
    }
    // `{"query":"{__typename}"}`, packed by gzip. It is read as it stands, and it is no JSON.
    let packed: [u8; 44] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 42, 44, 77, 45, 170, 84, 178, 82, 170, 142, 143, 47, 169, 44, 72,
        205, 75, 204, 77, 173, 85, 170, 5, 0, 93, 226, 209, 151, 24, 0, 0, 0,
    ];
    for coding in ["gzip", "deflate", "br", "zstd"] {
        let request = http.post(&url).header("content-type", "application/json").header("content-encoding", coding);
        let sent = request.body(packed.to_vec()).send().await.unwrap();
        assert!(sent.status().is_client_error(), "{coding}: {}", sent.status());
    }
    assert!(!kinward::schema::sdl().contains("Upload"), "the schema takes files");
    app.finish().await;
}

#[tokio::test]
async fn paths_lead_to_no_file() {
    let app = public().await;
    for path in [
        "/.git/config",
        "/.git/HEAD",
        "/.env",
        "/Cargo.toml",
        "/graphiql/",
        "/graphiql/../Cargo.toml",
        "/graphiql/..%2f..%2fCargo.toml",
        "/graphiql/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/..",
        "/graphql/",
        "/metrics",
        "/debug",
        "/server-status",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let heard = on_the_wire(&app, request.as_bytes()).await;
        assert!(heard.starts_with("HTTP/1.1 404 ") && heard.ends_with("\r\n\r\n"), "{path}: {heard}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_node_as_it_is_delivered_shows_no_more_than_it_must() {
    let app = TestApp::start_with(Backend::Sqlite, |settings| {
        let given =
            [("DATABASE__URL", "sqlite:x"), ("KEYS__TOKEN_SIGNING", "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=")];
        let keys = [
            ("KEYS__SEALING", "AgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICE="),
            ("KEYS__SOURCE_HASH", "AwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISI="),
        ];
        let env = given.into_iter().chain(keys).map(|(name, value)| (format!("KINWARD_{name}"), value.to_owned()));
        settings.server = kinward::config::Settings::load(None, env).unwrap().server;
    })
    .await;
    let http = reqwest::Client::new();
    for path in ["/graphiql", "/graphiql/page.js", "/graphiql/LICENSES.txt"] {
        assert_eq!(
            http.get(format!("{}{path}", app.url)).send().await.unwrap().status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    for query in ["{__schema{queryType{name}}}", "{__type(name:\"Account\"){name}}"] {
        assert_eq!(app.anonymous().fault(query, json!({})).await, "VALIDATION_FAILED");
    }
    let typo = app.anonymous().send("{viewr{id}}", json!({})).await.to_string();
    assert!(!typo.contains("viewer"), "{typo}");
    app.finish().await;
}
