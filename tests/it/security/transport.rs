//! Nothing crosses a network in the clear: not what people send, not what the service says to its database and bus.

use kinward::config::Settings;
use kinward::db::{Db, Options};
use kinward::events::NatsBus;
use reqwest::StatusCode;
use tokio_tungstenite::tungstenite::{Error, client::IntoClientRequest as _};

use super::public;
use crate::committed;
use crate::harness::{Backend, TestApp};

#[tokio::test]
async fn what_came_in_the_clear_is_refused_and_not_redirected() {
    let app = public().await;
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for path in ["/graphql?query=%7B__typename%7D", "/graphiql", "/.well-known/jwks.json", "/nowhere"] {
        let url = format!("{}{path}", app.url);
        let plain = http.get(&url).header("x-forwarded-proto", "http").send().await.unwrap();
        assert_eq!(plain.status(), StatusCode::FORBIDDEN, "{path}");
        assert!(plain.headers().get("location").is_none(), "{path}");
        let safe = http.get(&url).header("x-forwarded-proto", "https").send().await.unwrap();
        assert_ne!(safe.status(), StatusCode::FORBIDDEN, "{path}");
    }
    let post = http.post(format!("{}/graphql", app.url)).header("x-forwarded-proto", "http");
    let post = post.json(&serde_json::json!({"query": "{__typename}"})).send().await.unwrap();
    assert_eq!(post.status(), StatusCode::FORBIDDEN);
    // A socket that was opened over ws:// and not wss://.
    let mut socket = app.anonymous().ws_url().into_client_request().unwrap();
    socket.headers_mut().insert("x-forwarded-proto", "http".parse().unwrap());
    let refused = tokio_tungstenite::connect_async(socket).await;
    assert!(matches!(refused, Err(Error::Http(answer)) if answer.status() == 403));
    // What a supervisor asks holds nothing of anybody.
    let health = http.get(format!("{}/health", app.url)).header("x-forwarded-proto", "http").send().await.unwrap();
    assert_eq!(health.status(), StatusCode::OK);
    app.finish().await;
}

fn faults(given: &[(&str, &str)]) -> Vec<String> {
    let given = given.iter().map(|(name, value)| (format!("KINWARD_{name}"), (*value).to_owned()));
    let told = Settings::load(None, given).unwrap_err();
    told.faults().iter().map(ToString::to_string).collect()
}

#[test]
fn an_address_in_the_clear_is_taken_for_this_machine_only() {
    let told = |name: &str, value: &str| faults(&[(name, value)]).iter().any(|fault| fault.contains(name));
    for (name, here, far) in [
        ("SERVER__PUBLIC_URL", "http://127.0.0.1:8080", "http://kinward.example"),
        ("SERVER__PUBLIC_URL", "https://kinward.example", "https://kinward.example/shared/with/others"),
        ("SERVER__ALLOWED_ORIGINS", "http://localhost:3000", "http://app.example"),
        ("DATABASE__URL", "postgres://k@localhost/k", "postgres://k@db.example/k"),
        ("DATABASE__URL", "postgres://k@db.example/k?sslmode=verify-full", "postgres://k@db.example/k?sslmode=require"),
        ("BUS__NATS_URL", "nats://127.0.0.1:4222", "nats://bus.example:4222"),
        ("OIDC__ISSUER_URL", "http://127.0.0.1:9000", "http://login.example"),
        ("OIDC__ISSUER_URL", "https://login.example/staff", "https://login.example/staff?tenant=1"),
        ("BUS__NATS_URL", "tls://bus.example:4222", "http://bus.example:4222"),
    ] {
        assert!(!told(name, here), "{name}={here}");
        assert!(told(name, far), "{name}={far}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_not_spoken_to_where_tls_is_asked_for() {
    if let Some(url) = std::env::var("KINWARD_TEST_POSTGRES").ok().filter(|url| !url.is_empty()) {
        let url = format!("{url}?sslmode=verify-full");
        assert!(Db::connect(&Options { url, max_connections: 2, role: None }).await.is_err(), "the database");
    }
    if let Some(url) = std::env::var("KINWARD_TEST_NATS").ok().filter(|url| !url.is_empty()) {
        let url = url.replacen("nats://", "tls://", 1);
        assert!(NatsBus::connect(&url, "kinward.test").await.is_err(), "the bus");
    }
}

/// The directives of the sample configuration, without comments.
fn proxy() -> Vec<String> {
    let text = std::fs::read_to_string(committed::path("deploy/nginx.conf")).unwrap();
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim().to_owned());
    lines.collect::<Vec<_>>().join(" ").split([';', '{', '}']).map(|part| part.trim().to_owned()).collect()
}

#[test]
fn the_sample_proxy_speaks_modern_tls_only_and_helps_nobody_to_plain_http() {
    let directives = proxy();
    let has = |wanted: &str| directives.iter().any(|directive| directive == wanted);
    assert!(has("ssl_protocols TLSv1.2 TLSv1.3"), "the versions of TLS");
    let ciphers = directives.iter().find_map(|directive| directive.strip_prefix("ssl_ciphers ")).unwrap();
    for cipher in ciphers.split(':') {
        let forward_secret = cipher.starts_with("ECDHE-");
        let sealed = cipher.ends_with("GCM-SHA256") || cipher.ends_with("GCM-SHA384") || cipher.ends_with("POLY1305");
        assert!(forward_secret && sealed, "{cipher}");
    }
    assert!(directives.iter().any(|directive| directive.starts_with("ssl_ecdh_curve X25519MLKEM768:")));
    // Whoever comes over plain HTTP hears nothing, and is not led on.
    assert!(has("listen 80") && has("return 444"), "plain HTTP");
    assert!(!directives.iter().any(|directive| directive.contains("301") || directive.contains("302")));
    for wanted in [
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for",
        "proxy_set_header X-Forwarded-Proto $scheme",
        "proxy_http_version 1.1",
        "proxy_buffering off",
        "server_tokens off",
        "client_max_body_size 256k",
    ] {
        assert!(has(wanted), "{wanted}");
    }
    // No query string in its log: it may hold the ids of people's records.
    let format = directives.iter().find(|directive| directive.starts_with("log_format ")).unwrap();
    assert!(!format.contains("$request ") && !format.contains("$args") && !format.contains("$request_uri"), "{format}");
}

#[test]
fn the_unit_gives_the_service_its_keys_and_nothing_else() {
    let unit = std::fs::read_to_string(committed::path("deploy/kinward.service")).unwrap();
    for wanted in [
        "DynamicUser=yes",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "PrivateTmp=yes",
        "PrivateDevices=yes",
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
        "SystemCallFilter=@system-service",
        "UMask=0077",
        "LimitCORE=0",
    ] {
        assert!(unit.lines().any(|line| line == wanted), "{wanted}");
    }
    // Each key comes as a credential, which the service alone can read; none stands in the unit or its environment.
    for key in ["token_signing", "sealing", "source_hash"] {
        assert!(unit.contains(&format!("LoadCredential={key}:/etc/kinward/keys.{key}")), "{key}");
        assert!(unit.contains(&format!("_FILE=%d/{key}")), "{key}");
    }
    let environment = unit.lines().filter_map(|line| line.strip_prefix("Environment="));
    assert!(environment.clone().count() > 3);
    for given in environment {
        assert!(given.contains("_FILE=%d/") || given.starts_with("KINWARD_CONFIG="), "{given}");
    }
}

#[tokio::test]
async fn the_database_that_is_away_is_said_to_be_away_and_nothing_else() {
    let app = TestApp::start(Backend::Sqlite).await;
    app.app.core.db.close().await;
    let health = reqwest::get(format!("{}/health", app.url)).await.unwrap();
    assert_eq!(health.status(), StatusCode::SERVICE_UNAVAILABLE);
    let said = health.text().await.unwrap();
    assert!(said.contains("database unreachable") && !said.contains("sqlite"), "{said}");
    let answer = app
        .anonymous()
        .send(super::SIGN_IN, serde_json::json!({"input": {"signInName": "a", "passphrase": "b"}}))
        .await;
    let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap();
    assert!(["UNAVAILABLE", "INTERNAL"].contains(&code) && answer["data"].is_null(), "{answer}");
    app.app.stop().await;
}
