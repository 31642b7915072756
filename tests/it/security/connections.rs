//! Who is slow, who comes too often, and who sends too much: none of them keeps the others out.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{address, on_the_wire, until_silent};
use crate::harness::{Backend, TestApp};

/// Longer than anything below waits for, so that silence means that the connection stayed open.
const PATIENCE: Duration = Duration::from_secs(10);

async fn connected(app: &TestApp) -> TcpStream {
    TcpStream::connect(address(app)).await.unwrap()
}

async fn healthy(app: &TestApp) -> bool {
    on_the_wire(app, b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.starts_with("HTTP/1.1 200 ")
}

#[tokio::test]
async fn who_does_not_say_what_they_want_is_cut_off() {
    let app = TestApp::start_with(Backend::Sqlite, |settings| {
        settings.limits.request_head_timeout = Duration::from_millis(300);
    })
    .await;
    // Who says nothing at all, who says half of it, and who asked once and then falls silent.
    for begun in ["", "POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow: ", "GET /health HTTP/1.1\r\nhost: x\r\n\r\n"] {
        let mut stream = connected(&app).await;
        stream.write_all(begun.as_bytes()).await.unwrap();
        let (heard, closed) = until_silent(&mut stream, PATIENCE).await;
        assert!(closed, "{begun:?} stayed open: {heard}");
        assert_eq!(heard.contains("200 OK"), begun.starts_with("GET"), "{begun:?}: {heard}");
    }
    // Drop by drop is no way round it.
    let mut stream = connected(&app).await;
    let mut dripped = 0;
    while dripped < 100 && stream.write_all(b"x").await.is_ok() {
        dripped += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(dripped < 100, "the connection outlived a hundred drops");
    app.finish().await;
}

#[tokio::test]
async fn who_does_not_send_what_they_announced_is_cut_off() {
    let app = TestApp::start_with(Backend::Sqlite, |settings| {
        settings.limits.graphql_timeout = Duration::from_millis(300);
    })
    .await;
    let mut stream = connected(&app).await;
    let head =
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"query\":";
    stream.write_all(head.as_bytes()).await.unwrap();
    let (heard, closed) = until_silent(&mut stream, PATIENCE).await;
    assert!(heard.starts_with("HTTP/1.1 408 ") && closed, "{closed} {heard}");
    app.finish().await;
}

#[tokio::test]
async fn a_full_house_takes_nobody_in_until_somebody_goes() {
    let app = TestApp::start_with(Backend::Sqlite, |settings| settings.limits.connections = 2).await;
    let (mut one, other) = (connected(&app).await, connected(&app).await);
    one.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    assert!(until_silent(&mut one, Duration::from_millis(500)).await.0.starts_with("HTTP/1.1 200 "));
    let (heard, closed) = until_silent(&mut connected(&app).await, PATIENCE).await;
    assert!(closed && heard.is_empty(), "{heard}");
    drop(other);
    for _ in 0..100 {
        if healthy(&app).await {
            return app.finish().await;
        }
    }
    panic!("a place that was left was not given on");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let app = TestApp::start(Backend::Sqlite).await;
    let many = "x-many: y\r\n".repeat(200);
    let long = format!("x-long: {}\r\n", "y".repeat(300 * 1024));
    let address = format!("?{}", "y".repeat(300 * 1024));
    for (address, headers) in [("", many.as_str()), ("", long.as_str()), (address.as_str(), "")] {
        let request = format!("GET /health{address} HTTP/1.1\r\nhost: x\r\n{headers}\r\n");
        let mut stream = connected(&app).await;
        // The server may close before it has read all of it.
        let _ = stream.write_all(request.as_bytes()).await;
        let (heard, closed) = until_silent(&mut stream, PATIENCE).await;
        assert!(!heard.contains("200 OK") && closed, "{} bytes: {heard}", request.len());
    }
    assert!(healthy(&app).await);
    app.finish().await;
}
