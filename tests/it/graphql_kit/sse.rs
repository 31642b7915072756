//! The same over server-sent events.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;

use super::toy::Toy;

async fn open(toy: &Toy, query: &str, token: &str) -> reqwest::Response {
    let request = reqwest::Client::new().post(toy.url()).header("accept", "text/event-stream").bearer_auth(token);
    request.json(&json!({ "query": query })).send().await.unwrap()
}

async fn rest(mut response: reqwest::Response) -> String {
    let mut text = String::new();
    while let Some(chunk) = tokio::time::timeout(Duration::from_secs(3), response.chunk()).await.unwrap().unwrap() {
        text += std::str::from_utf8(&chunk).unwrap();
    }
    text
}

#[tokio::test]
async fn results_come_as_events_and_end_with_complete() {
    let toy = Toy::start(|_| {}).await;
    let response = open(&toy, "subscription{countdown}", "good").await;
    assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
    let text = rest(response).await;
    assert_eq!(text.matches("event: next\n").count(), 5, "{text}");
    assert!(text.ends_with("event: complete\ndata: \n\n"), "{text}");
    let query = rest(open(&toy, "{hello}", "good").await).await;
    assert!(query.contains(r#"data: {"data":{"hello":"hello"}}"#), "{query}");
    let invalid = rest(open(&toy, "subscription{nope}", "good").await).await;
    assert!(invalid.contains("VALIDATION_FAILED") && invalid.contains("event: complete"), "{invalid}");
    assert_eq!(open(&toy, "{", "good").await.status(), 400);
    assert_eq!(open(&toy, "{hello}", "wrong").await.status(), 401);
}

#[tokio::test]
async fn access_that_ends_ends_the_stream() {
    let toy = Toy::start(|_| {}).await;
    let (cut, expiring) =
        (open(&toy, "subscription{idle}", "cuttable").await, open(&toy, "subscription{idle}", "short").await);
    toy.cut.cancel();
    let text = rest(cut).await;
    assert!(text.contains("UNAUTHENTICATED") && text.contains("event: complete"), "{text}");
    toy.clock.advance(SignedDuration::from_secs(61));
    assert!(rest(expiring).await.contains("UNAUTHENTICATED"));
    let stopped = open(&toy, "subscription{idle}", "good").await;
    toy.shutdown.cancel();
    assert!(!rest(stopped).await.contains("complete"));
}

#[tokio::test]
async fn a_stream_ends_when_its_caller_does_not_stand_any_more() {
    let toy = Toy::start(|kit| kit.sockets.standing_check = Duration::from_millis(50)).await;
    let idle = open(&toy, "subscription{idle}", "watched").await;
    while toy.watched.looks() < 5 {
        tokio::task::yield_now().await;
    }
    toy.watched.gone();
    let text = rest(idle).await;
    assert!(text.contains("UNAUTHENTICATED") && text.contains("event: complete"), "{text}");
    // Nothing is delivered before the first look either.
    let text = rest(open(&toy, "subscription{countdown}", "watched").await).await;
    assert!(text.contains("UNAUTHENTICATED") && !text.contains("countdown"), "{text}");
    // Nobody can tell: the stream ends without `complete`, so that the client asks again.
    toy.watched.unknown();
    let text = rest(open(&toy, "subscription{idle}", "watched").await).await;
    assert!(!text.contains("complete") && !text.contains("UNAUTHENTICATED"), "{text}");
}
