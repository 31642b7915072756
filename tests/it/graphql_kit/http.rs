//! GraphQL over HTTP: what is answered, what is refused, and how.

use std::time::Duration;

use reqwest::{Client, Response, StatusCode};
use serde_json::{Value as Json, json};

use super::toy::Toy;

const GRAPHQL: &str = "application/graphql-response+json";

async fn post(toy: &Toy, query: &str) -> (StatusCode, Json) {
    read(ask(toy, json!({ "query": query }), GRAPHQL).await).await
}

async fn ask(toy: &Toy, body: Json, accept: &str) -> Response {
    Client::new().post(toy.url()).header("accept", accept).json(&body).send().await.unwrap()
}

async fn read(response: Response) -> (StatusCode, Json) {
    (response.status(), response.json().await.unwrap())
}

fn code(body: &Json) -> &str {
    body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_query_is_answered_under_its_request_id() {
    let toy = Toy::start(|_| {}).await;
    let response = ask(&toy, json!({ "query": "{requestId}" }), GRAPHQL).await;
    let header = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(response.headers()["cache-control"], "no-store");
    let (status, body) = read(response).await;
    assert_eq!((status, &body["data"]["requestId"]), (StatusCode::OK, &json!(header)));
}

#[tokio::test]
async fn only_json_objects_are_read() {
    let toy = Toy::start(|_| {}).await;
    let text = r#"{"query":"mutation{rename(input:{name:\"x\"}){name}}"}"#;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "application/json; charset=utf-16",
    ] {
        let sent = Client::new().post(toy.url()).header("content-type", kind).body(text).send().await.unwrap();
        assert_eq!(read(sent).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
    }
    let bare = Client::new().post(toy.url()).body(text).send().await.unwrap();
    assert_eq!(bare.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for body in [
        "",
        "[]",
        "[{\"query\":\"{hello}\"}]",
        "\"{hello}\"",
        "{",
        "{}",
        r#"{"query":1}"#,
        r#"{"query":"{hello}","variables":[]}"#,
    ] {
        let sent =
            Client::new().post(toy.url()).header("content-type", "application/json").body(body).send().await.unwrap();
        let (status, answer) = read(sent).await;
        assert_eq!((status, code(&answer)), (StatusCode::BAD_REQUEST, "BAD_REQUEST"), "{body}");
        assert!(answer.get("data").is_none(), "{body}");
    }
    let html = Client::new().get(toy.url()).header("accept", "text/html").send().await.unwrap();
    assert_eq!(html.status(), StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn a_body_over_the_cap_is_refused() {
    let toy = Toy::start(|_| {}).await;
    let big = json!({ "query": "{hello}", "extensions": { "x": "y".repeat(256 * 1024) } });
    let sent = Client::new().post(toy.url()).json(&big).send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let fits = json!({ "query": "{hello}", "extensions": { "x": "y".repeat(255 * 1024) } });
    assert_eq!(Client::new().post(toy.url()).json(&fits).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn reading_is_all_that_get_does() {
    let toy = Toy::start(|_| {}).await;
    let get = async |query: &str| {
        let url = format!("{}?query={query}", toy.url());
        Client::new().get(url).header("accept", GRAPHQL).send().await.unwrap()
    };
    assert_eq!(read(get("%7Bhello%7D").await).await, (StatusCode::OK, json!({ "data": { "hello": "hello" } })));
    let refused = get("mutation%7Brename(input:%7Bname:%22x%22%7D)%7Bname%7D%7D").await;
    assert_eq!(refused.headers()["allow"], "POST");
    assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(get("subscription%7Bcountdown%7D").await.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(post(&toy, "subscription{countdown}").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn request_errors_have_a_code_and_no_data() {
    let toy = Toy::start(|_| {}).await;
    for (query, want) in [
        ("{", "PARSE_FAILED"),
        ("{nope}", "VALIDATION_FAILED"),
        ("{paint(colour:\"RED\")}", "VALIDATION_FAILED"),
        ("{paint(colour:BLUE)}", "VALIDATION_FAILED"),
        ("{number(n:99999999999)}", "VALIDATION_FAILED"),
        ("query($n:Int!){number(n:$n)}", "VALIDATION_FAILED"),
        ("{__typename @nope}", "VALIDATION_FAILED"),
        ("query($a:Boolean){hello @include(if:$a)}", "VALIDATION_FAILED"),
        ("query($a:[Boolean!]=[true]){hello ...F} fragment F on Query{hello @include(if:$a)}", "VALIDATION_FAILED"),
        ("query($a:Int @skip(if:true)){items(first:$a){nodes{number}}}", "VALIDATION_FAILED"),
        ("{items{__typename{x}}}", "VALIDATION_FAILED"),
        ("{__typename @skip(if:$x)}", "VALIDATION_FAILED"),
        ("query A{hello} query B{hello}", "BAD_REQUEST"),
    ] {
        let (status, body) = post(&toy, query).await;
        assert_eq!((status, code(&body)), (StatusCode::BAD_REQUEST, want), "{query} {body}");
        assert!(body.get("data").is_none(), "{query}");
    }
    let conditional = "query($no:Boolean=false){__typename @include(if:$no) hello}";
    assert_eq!(post(&toy, conditional).await.1, json!({ "data": { "hello": "hello" } }));
    let legacy = ask(&toy, json!({ "query": "{nope}" }), "application/json").await;
    let (status, body) = read(legacy).await;
    assert_eq!((status, body.get("data")), (StatusCode::OK, None));
}

#[tokio::test]
async fn variables_are_coerced_as_the_specification_says() {
    let toy = Toy::start(|_| {}).await;
    let ask = async |variables: Json| {
        let query = "query($c:Colour!,$i:RenameInput){paint(colour:$c) hello @skip(if:true)} ";
        let query = query.replace(",$i:RenameInput", "");
        read(ask(&toy, json!({ "query": query, "variables": variables }), GRAPHQL).await).await
    };
    assert_eq!(ask(json!({ "c": "RED" })).await, (StatusCode::OK, json!({ "data": { "paint": "RED" } })));
    for bad in [json!({}), json!({ "c": null }), json!({ "c": "BLUE" }), json!({ "c": 1 }), json!({ "c": ["RED"] })] {
        let (status, body) = ask(bad.clone()).await;
        assert_eq!((status, code(&body)), (StatusCode::BAD_REQUEST, "VALIDATION_FAILED"), "{bad} {body}");
    }
}

#[tokio::test]
async fn fields_that_cannot_merge_are_refused() {
    let toy = Toy::start(|_| {}).await;
    for (query, fits) in [
        ("{items{nodes{x:number}} items{nodes{x:name}}}", false),
        ("{items(first:1){nodes{number}} items(first:2){nodes{number}}}", false),
        (
            "{items{...A ...B}} fragment A on ItemConnection{nodes{x:number}} fragment B on ItemConnection{nodes{x:name}}",
            false,
        ),
        ("{pets{... on Dog{size} ... on Cat{size}}}", false),
        ("{pets{... on Dog{x:barks} ... on Cat{x:purrs}}}", true),
        ("{items{nodes{number}} items{nodes{name}}}", true),
        ("{hello hello}", true),
    ] {
        let (status, body) = post(&toy, query).await;
        assert_eq!(status == StatusCode::OK, fits, "{query} {body}");
    }
}

#[tokio::test]
async fn faults_show_what_they_may_and_no_more() {
    let toy = Toy::start(|_| {}).await;
    let (status, body) = post(&toy, "{leak}").await;
    assert_eq!((status, code(&body)), (StatusCode::OK, "INTERNAL"));
    assert!(!body.to_string().contains("SELECT"), "{body}");
    assert_eq!(body["data"], Json::Null);
    let (status, body) = post(&toy, "{boom}").await;
    assert_eq!((status, code(&body)), (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"));
    let (_, wrong_kind) = post(&toy, "{family(id:\"men_AAAAAAAAAAAAAAAAAAAAAA\")}").await;
    let (_, junk) = post(&toy, "{family(id:\"junk-of-the-same-length-123\")}").await;
    assert_eq!((code(&junk), &wrong_kind), ("NOT_FOUND", &junk));
    let (_, page) = post(&toy, "{items(first:101){nodes{number}}}").await;
    assert_eq!(page["errors"][0]["extensions"]["problems"][0]["code"], "OUT_OF_RANGE");
    let (_, long) = post(&toy, &format!("{{{}}}", "x".repeat(5_000))).await;
    assert!(long.to_string().len() < 600, "{long}");
}

#[tokio::test]
async fn payloads_carry_what_a_person_can_act_on() {
    let toy = Toy::start(|_| {}).await;
    let rename = |name: &str| format!("mutation{{rename(input:{{name:\"{name}\"}}){{name userErrors{{code field}}}}}}");
    let (_, done) = post(&toy, &rename("Ann")).await;
    assert_eq!(done["data"]["rename"], json!({ "name": "Ann", "userErrors": [] }));
    let (_, refused) = post(&toy, &rename("")).await;
    let problem = json!({ "code": "REQUIRED", "field": ["input", "name"] });
    assert_eq!(refused["data"]["rename"], json!({ "name": null, "userErrors": [problem] }));
    assert_eq!(code(&post(&toy, &rename("forbidden")).await.1), "FORBIDDEN");
}

#[tokio::test]
async fn the_gate_speaks_in_statuses() {
    let toy = Toy::start(|_| {}).await;
    let with = async |value: &str| {
        let request = Client::new().post(toy.url()).header("authorization", value).json(&json!({ "query": "{hello}" }));
        request.send().await.unwrap()
    };
    assert_eq!(with("Bearer good").await.status(), StatusCode::OK);
    for bad in ["Bearer wrong", "Basic abc", "Bearer", "good"] {
        let refused = with(bad).await;
        assert_eq!(refused.headers()["www-authenticate"], "Bearer");
        let (status, body) = read(refused).await;
        assert_eq!((status, code(&body)), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"), "{bad}");
    }
    let busy = with("Bearer busy").await;
    assert_eq!((busy.status(), busy.headers()["retry-after"].to_str().unwrap()), (StatusCode::TOO_MANY_REQUESTS, "7"));
}

#[tokio::test]
async fn work_that_takes_too_long_is_given_up() {
    let toy = Toy::start(|kit| kit.limits.timeout = Duration::from_millis(200)).await;
    let (status, body) = post(&toy, "{slow}").await;
    assert_eq!((status, code(&body)), (StatusCode::GATEWAY_TIMEOUT, "TIMED_OUT"));
}

#[tokio::test]
async fn graphiql_needs_no_other_server() {
    let off = Toy::start(|_| {}).await;
    let page = |toy: &Toy| format!("http://{}/graphiql", toy.address);
    assert_eq!(reqwest::get(page(&off)).await.unwrap().status(), StatusCode::NOT_FOUND);
    let on = Toy::start(|kit| kit.graphiql = true).await;
    let response = reqwest::get(page(&on)).await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self';"), "{policy}");
    let html = response.text().await.unwrap();
    assert!(!html.contains("//"), "{html}");
    for path in html.split('"').filter(|part| part.starts_with("/graphiql/")) {
        let file = reqwest::get(format!("http://{}{path}", on.address)).await.unwrap();
        assert_eq!(file.status(), StatusCode::OK, "{path}");
    }
}
