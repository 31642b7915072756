//! The limits of one operation, trusted documents, and what production switches off.

use kinward::graphql::{TrustedDocuments, sha256_hex};
use serde_json::{Value as Json, json};

use super::toy::{Toy, ToyKit};

async fn ask(toy: &Toy, body: Json) -> Json {
    let request = reqwest::Client::new().post(toy.url()).header("accept", "application/graphql-response+json");
    request.json(&body).send().await.unwrap().json().await.unwrap()
}

async fn code(toy: &Toy, query: &str) -> String {
    let body = ask(toy, json!({ "query": query })).await;
    body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn cost_multiplies_by_page_size() {
    let toy = Toy::start(|_| {}).await;
    let nested = |outer: &str, inner: &str| {
        format!("{{items{outer}{{nodes{{number children{inner}{{nodes{{number name}}}}}}}}}}")
    };
    // 1 + 20 × (1 + 1 + 1 + 20 × 3)
    assert_eq!(code(&toy, &nested("", "")).await, "");
    assert_eq!(code(&toy, &nested("(first:100)", "")).await, "LIMIT_EXCEEDED");
    assert_eq!(code(&toy, &nested("(first:100)", "(first:2)")).await, "");
    // A page size hidden in a variable, in its default, or in edges counts just the same.
    let by_variable = "query($n:Int){items(first:$n){nodes{children(first:$n){edges{node{number}}}}}}";
    for (n, want) in [(10, true), (50, false)] {
        let body = ask(&toy, json!({ "query": by_variable, "variables": { "n": n } })).await;
        assert_eq!(body.get("data").is_some(), want, "{n} {body}");
    }
    assert_eq!(code(&toy, &by_variable.replace("$n:Int", "$n:Int=100")).await, "LIMIT_EXCEEDED");
    let by_fragment = "{items(first:100){...F}} fragment F on ItemConnection{nodes{children{nodes{number name}}}}";
    assert_eq!(code(&toy, by_fragment).await, "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn each_limit_is_its_own() {
    type Change = fn(&mut ToyKit);
    let changes: [(Change, &str); 6] = [
        (|kit| kit.limits.depth = 3, "{items{nodes{children{totalCount}}}}"),
        (|kit| kit.limits.cost = 10, "{items{nodes{number}}}"),
        (|kit| kit.limits.aliases = 1, "{a:hello b:hello}"),
        (|kit| kit.limits.directives = 1, "{hello @skip(if:false) @include(if:true)}"),
        (|kit| kit.limits.tokens = 5, "{hello hello hello hello}"),
        (|kit| kit.limits.root_fields = 1, "{hello requestId}"),
    ];
    for (change, query) in changes {
        let toy = Toy::start(change).await;
        assert_eq!(code(&toy, query).await, "LIMIT_EXCEEDED", "{query}");
        assert_eq!(code(&toy, "{hello}").await, "", "{query}");
    }
}

#[tokio::test]
async fn documents_that_explode_are_refused_at_once() {
    let toy = Toy::start(|_| {}).await;
    let spreads: Vec<_> = (0..30).map(|n| format!("fragment F{n} on Query{{...F{0} ...F{0}}}", n + 1)).collect();
    let doubling = format!("{{...F0}} {} fragment F30 on Query{{hello}}", spreads.concat());
    let deep = format!("{{hello(x:{}", "[".repeat(1_500));
    let began = std::time::Instant::now();
    assert_eq!(code(&toy, &doubling).await, "LIMIT_EXCEEDED");
    assert_eq!(code(&toy, &deep).await, "LIMIT_EXCEEDED");
    assert_eq!(code(&toy, "{...A} fragment A on Query{...B} fragment B on Query{...A}").await, "VALIDATION_FAILED");
    assert!(began.elapsed().as_secs() < 2);
}

#[tokio::test]
async fn production_tells_nothing_about_the_schema() {
    let open = Toy::start(|_| {}).await;
    assert_eq!(code(&open, "{__schema{queryType{name}}}").await, "");
    let closed = Toy::start(|kit| kit.limits.introspection = false).await;
    for query in ["{__schema{queryType{name}}}", "{...F} fragment F on Query{__type(name:\"Item\"){name}}"] {
        assert_eq!(code(&closed, query).await, "VALIDATION_FAILED", "{query}");
    }
    assert_eq!(ask(&closed, json!({ "query": "{__typename}" })).await["data"]["__typename"], "Query");
    let typo = ask(&closed, json!({ "query": "{hallo}" })).await.to_string();
    assert!(!typo.contains("hello"), "{typo}");
}

#[tokio::test]
async fn only_trusted_documents_run() {
    let documents = TrustedDocuments::new([("hello", "{hello}"), ("broken", "{nope}")]);
    let toy = Toy::start(|kit| kit.documents = Some(documents)).await;
    let hash = sha256_hex("{hello}");
    for body in [
        json!({ "query": "{hello}" }),
        json!({ "documentId": hash }),
        json!({ "documentId": format!("sha256:{hash}") }),
        json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } }),
    ] {
        assert_eq!(ask(&toy, body.clone()).await, json!({ "data": { "hello": "hello" } }), "{body}");
    }
    for body in [
        json!({ "query": "{requestId}" }),
        json!({ "query": "{requestId}", "documentId": hash }),
        json!({ "documentId": sha256_hex("{requestId}") }),
    ] {
        let answer = ask(&toy, body.clone()).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "DOCUMENT_NOT_TRUSTED", "{body}");
    }
}
