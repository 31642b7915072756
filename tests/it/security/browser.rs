//! What a browser is told, what a foreign page can reach, and what the one page of our own does.

use reqwest::{Method, Response, StatusCode, header::HeaderMap};
use serde_json::json;

use super::{VIEWER, public};
use crate::harness::{Backend, TestApp, World, on_each};

/// Every kind of answer that there is: method, path, content type and body.
const KINDS: [(&str, &str, &str, &str); 14] = [
    ("GET", "/health", "", ""),
    ("GET", "/.well-known/jwks.json", "", ""),
    ("POST", "/graphql", "application/json", r#"{"query":"{__typename}"}"#),
    ("POST", "/graphql", "application/json", r#"{"query":"{"}"#),
    ("POST", "/graphql", "application/json", "nonsense"),
    ("POST", "/graphql", "text/plain", r#"{"query":"{__typename}"}"#),
    ("GET", "/graphql?query=%7B__typename%7D", "", ""),
    ("OPTIONS", "/graphql", "", ""),
    ("PUT", "/graphql", "application/json", "{}"),
    ("HEAD", "/health", "", ""),
    ("GET", "/nowhere", "", ""),
    ("GET", "/graphiql", "", ""),
    ("GET", "/graphiql/page.js", "", ""),
    ("DELETE", "/graphiql", "", ""),
];

async fn ask(app: &TestApp, kind: (&str, &str, &str, &str), headers: &[(&str, &str)]) -> Response {
    let (method, path, content_type, body) = kind;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut request = client.request(Method::from_bytes(method.as_bytes()).unwrap(), format!("{}{path}", app.url));
    if !content_type.is_empty() {
        request = request.header("content-type", content_type).body(body.to_owned());
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn said<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_answer_carries_what_a_browser_must_know() {
    let app = public().await;
    for kind in KINDS {
        let response = ask(&app, kind, &[("origin", "https://elsewhere.example"), ("cookie", "a=b")]).await;
        let (headers, what) = (response.headers().clone(), format!("{} {}", kind.0, kind.1));
        let policy = said(&headers, "content-security-policy");
        for rule in ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "form-action 'none'"] {
            assert!(policy.contains(rule), "{what}: {policy}");
        }
        assert!(policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
        assert!(
            !["unsafe-eval", "*", "http:", "https:"].iter().any(|loose| policy.contains(loose)),
            "{what}: {policy}"
        );
        // Only the page and its files may load anything; an answer of the API is not even a document.
        assert_eq!(policy.contains("sandbox"), response.status() == 405 || !kind.1.contains("graphiql"), "{what}");
        assert_eq!(said(&headers, "strict-transport-security"), "max-age=63072000; includeSubDomains", "{what}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(said(&headers, name), value, "{what}: {name}");
        }
        assert!(said(&headers, "permissions-policy").contains("geolocation=()"), "{what}");
        for name in headers.keys().map(reqwest::header::HeaderName::as_str) {
            let tells = ["server", "x-powered-by", "set-cookie", "location"].contains(&name);
            assert!(!tells && !name.starts_with("access-control-"), "{what}: {name}");
        }
        assert!(!response.status().is_redirection(), "{what}: {}", response.status());
    }
    app.finish().await;
}

#[tokio::test]
async fn a_plain_address_does_not_promise_https() {
    let app = TestApp::start(Backend::Sqlite).await;
    let response = ask(&app, KINDS[0], &[]).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.headers().get("strict-transport-security").is_none());
    app.finish().await;
}

#[tokio::test]
async fn a_foreign_page_is_not_let_in() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let bearer = format!("Bearer {}", world.administrator.token());
        // The browser asks first; the answer must not be a yes.
        let asks = [
            ("origin", "https://elsewhere.example"),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization, content-type"),
        ];
        let preflight = ask(&app, ("OPTIONS", "/graphql", "", ""), &asks).await;
        assert_eq!(preflight.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert!(!preflight.headers().keys().any(|name| name.as_str().starts_with("access-control-")));
        // What it sends without asking does nothing, even with a token that it cannot have.
        let before = app.count("SELECT count(*) AS n FROM programme").await;
        let mutation = "mutation{createProgramme(input:{name:\"Forged\",zone:\"Europe/Oslo\"}){programme{id}}}";
        let body = json!({ "query": mutation }).to_string();
        let encoded: String = mutation.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02x}"));
        let address = format!("/graphql?query={encoded}");
        let multipart = "multipart/form-data; boundary=b";
        let part = format!("--b\r\ncontent-disposition: form-data; name=\"operations\"\r\n\r\n{body}\r\n--b--\r\n");
        for kind in [
            ("POST", "/graphql", "text/plain", body.as_str()),
            ("POST", "/graphql", "application/x-www-form-urlencoded", body.as_str()),
            ("POST", "/graphql", multipart, part.as_str()),
            ("POST", "/graphql", "", body.as_str()),
            ("GET", address.as_str(), "", ""),
            ("HEAD", address.as_str(), "", ""),
        ] {
            let response =
                ask(&app, kind, &[("origin", "https://elsewhere.example"), ("authorization", &bearer)]).await;
            assert!(response.status().is_client_error(), "{} {}: {}", kind.0, kind.2, response.status());
        }
        assert_eq!(app.count("SELECT count(*) AS n FROM programme").await, before);
    })
    .await;
}

#[tokio::test]
async fn a_cookie_is_never_read() {
    let app = TestApp::start(Backend::Sqlite).await;
    let world = World::new(&app).await;
    let token = world.administrator.token();
    let names = ["token", "access_token", "accessToken", "authorization", "Authorization", "session", "__Host-session"];
    for name in names {
        for value in [token.to_owned(), format!("Bearer {token}"), format!("Bearer%20{token}")] {
            let cookie = format!("{name}={value}");
            let body = json!({ "query": VIEWER }).to_string();
            let kind = ("POST", "/graphql", "application/json", body.as_str());
            let response = ask(&app, kind, &[("cookie", &cookie)]).await;
            assert!(response.headers().get("set-cookie").is_none());
            assert!(response.text().await.unwrap().contains("UNAUTHENTICATED"), "{cookie}");
        }
    }
    // Nor is one set by what begins a session.
    let name = super::name_of(&world.coordinator).await;
    let input = json!({"signInName": name, "passphrase": crate::harness::people::PASSPHRASE});
    let body = json!({"query": super::SIGN_IN, "variables": {"input": input}}).to_string();
    let response = ask(&app, ("POST", "/graphql", "application/json", &body), &[]).await;
    assert!(response.headers().get("set-cookie").is_none());
    let step: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    let input = json!({"challenge": step["data"]["signIn"]["challenge"]["token"], "code": app.code_of(&name)});
    let body = json!({"query": super::ANSWER, "variables": {"input": input}}).to_string();
    let response = ask(&app, ("POST", "/graphql", "application/json", &body), &[]).await;
    assert!(response.headers().get("set-cookie").is_none());
    assert!(response.text().await.unwrap().contains("accessToken"));
    app.finish().await;
}

#[tokio::test]
async fn a_browser_is_told_to_forget_at_sign_out() {
    let app = TestApp::start(Backend::Sqlite).await;
    let world = World::new(&app).await;
    for (client, mutation) in [(&world.coordinator, "signOut"), (&world.administrator, "signOutEverywhere")] {
        let bearer = format!("Bearer {}", client.token());
        let body = json!({ "query": format!("mutation {{ {mutation} {{ done }} }}") }).to_string();
        let kind = ("POST", "/graphql", "application/json", body.as_str());
        let response = ask(&app, kind, &[("authorization", &bearer)]).await;
        assert_eq!(said(response.headers(), "clear-site-data"), "\"cache\", \"storage\"", "{mutation}");
        // Nobody is signed in any more, and nothing is there to be forgotten.
        let again = ask(&app, kind, &[("authorization", &bearer)]).await;
        assert!(again.headers().get("clear-site-data").is_none(), "{mutation}");
    }
    app.finish().await;
}

const PAGE: &str = include_str!("../../../src/graphql/graphiql/page.html");
const SCRIPT: &str = include_str!("../../../src/graphql/graphiql/page.js");

#[tokio::test]
async fn the_page_is_the_same_whatever_is_asked() {
    let app = public().await;
    let mut pages = Vec::new();
    for query in ["", "?query=<script>alert(1)</script>", "?query=%22%3E%3Cimg%20src%3Dx%3E#x"] {
        let response = ask(&app, ("GET", &format!("/graphiql{query}"), "", ""), &[]).await;
        assert_eq!(response.status(), StatusCode::OK);
        pages.push(response.text().await.unwrap());
    }
    assert!(pages.iter().all(|page| page == PAGE));
    app.finish().await;
}

#[test]
fn the_page_runs_only_scripts_of_its_own_and_keeps_nothing() {
    // Every script stands in a file, so that the policy need not let inline ones run.
    for tag in PAGE.split("<script").skip(1) {
        assert!(tag.starts_with(" src=\"/graphiql/") && tag.contains("\"></script>"), "{tag}");
    }
    for old in ["<object", "<embed", "<applet", "<iframe", "javascript:", "onload=", "onerror=", "onclick="] {
        assert!(!PAGE.contains(old), "{old}");
    }
    for risky in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "dangerouslySetInnerHTML",
        "eval(",
        "new Function",
        "postMessage",
        "addEventListener",
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "document.cookie",
        "__proto__",
        "prototype",
        "Object.assign",
        "for (const key in",
        "http:",
        "https:",
    ] {
        assert!(!SCRIPT.contains(risky), "page.js: {risky}");
    }
    // What was typed stands in the page's memory and goes with it.
    assert!(SCRIPT.contains("const kept = new Map();") && SCRIPT.contains("{ fetcher, storage, "), "{SCRIPT}");
    assert!(SCRIPT.contains("shouldPersistHeaders: false"), "{SCRIPT}");
}
