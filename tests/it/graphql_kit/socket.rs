//! graphql-transport-ws: every close code, and what one socket may take.

use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest as _, handshake::client::Request},
};

use super::toy::Toy;

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

fn request(toy: &Toy, headers: &[(&'static str, &str)]) -> Request {
    let mut request = format!("ws://{}/graphql", toy.address).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    request
}

impl Client {
    async fn open(toy: &Toy) -> Self {
        let request = request(toy, &[("sec-websocket-protocol", "graphql-transport-ws")]);
        Self(connect_async(request).await.unwrap().0)
    }

    async fn ready(toy: &Toy, token: &str) -> Self {
        let mut client = Self::open(toy).await;
        client
            .say(json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {token}") } }))
            .await;
        assert_eq!(client.next().await, json!({ "type": "connection_ack" }));
        client
    }

    async fn say(&mut self, message: Json) {
        self.text(&message.to_string()).await;
    }

    async fn text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({ "id": id, "type": "subscribe", "payload": { "query": query } })).await;
    }

    /// The next message that is not a frame of the transport.
    async fn next(&mut self) -> Json {
        loop {
            match timeout(Duration::from_secs(5), self.0.next()).await.unwrap().unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Reads on until the socket is closed, and gives the code.
    async fn closed(&mut self) -> u16 {
        let wait = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Close(frame))) => return frame.map_or(0, |frame| frame.code.into()),
                    Some(Ok(_)) => {}
                    None | Some(Err(_)) => return 0,
                }
            }
        };
        timeout(Duration::from_secs(5), wait).await.unwrap()
    }
}

#[tokio::test]
async fn operations_run_side_by_side() {
    let toy = Toy::start(|_| {}).await;
    let mut client = Client::ready(&toy, "good").await;
    client.subscribe("q", "{hello}").await;
    assert_eq!(client.next().await, json!({ "id": "q", "type": "next", "payload": { "data": { "hello": "hello" } } }));
    assert_eq!(client.next().await, json!({ "id": "q", "type": "complete" }));
    client.subscribe("flood", "subscription{flood}").await;
    client.subscribe("q", "{requestId}").await;
    let mut id = None;
    for _ in 0..200 {
        let message = client.next().await;
        if message["id"] == "q" && message["type"] == "next" {
            id = Some(message["payload"]["data"]["requestId"].clone());
            break;
        }
    }
    assert!(id.is_some(), "a busy stream starved a query");
    client.say(json!({ "id": "flood", "type": "complete" })).await;
    client.subscribe("again", "{requestId}").await;
    loop {
        let message = client.next().await;
        if message["id"] == "again" {
            assert_ne!(Some(&message["payload"]["data"]["requestId"]), id.as_ref(), "each operation has its own id");
            break;
        }
    }
}

#[tokio::test]
async fn refusals_come_as_error_messages() {
    let toy = Toy::start(|_| {}).await;
    let mut client = Client::ready(&toy, "good").await;
    for (query, code) in [
        ("subscription{", "PARSE_FAILED"),
        ("subscription{nope}", "VALIDATION_FAILED"),
        ("subscription{countdown idle}", "VALIDATION_FAILED"),
        ("subscription{...F} fragment F on Subscriptions{countdown idle}", "VALIDATION_FAILED"),
        ("subscription{countdown @skip(if:true)}", "VALIDATION_FAILED"),
        ("subscription{__typename}", "VALIDATION_FAILED"),
        ("{a:items(first:100){nodes{children{nodes{number name}}}}}", "LIMIT_EXCEEDED"),
        ("subscription{denied}", "NOT_FOUND"),
    ] {
        client.subscribe("x", query).await;
        let message = client.next().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("x")), "{query} {message}");
        assert_eq!(message["payload"][0]["extensions"]["code"], code, "{query}");
    }
    client.say(json!({ "type": "ping" })).await;
    assert_eq!(client.next().await, json!({ "type": "pong" }), "nothing follows an error");
}

#[tokio::test]
async fn every_close_code_of_the_protocol() {
    let toy = Toy::start(|kit| kit.sockets.init = Duration::from_millis(300)).await;
    assert_eq!(Client::open(&toy).await.closed().await, 4408);
    let mut bad = Client::ready(&toy, "good").await;
    bad.text("nope").await;
    assert_eq!(bad.closed().await, 4400);
    let mut early = Client::open(&toy).await;
    early.subscribe("1", "{hello}").await;
    assert_eq!(early.closed().await, 4401);
    let mut wrong = Client::open(&toy).await;
    wrong.say(json!({ "type": "connection_init", "payload": { "authorization": "Bearer wrong" } })).await;
    assert_eq!(wrong.closed().await, 4403);
    let mut busy = Client::open(&toy).await;
    busy.say(json!({ "type": "connection_init", "payload": { "authorization": "Bearer busy" } })).await;
    assert_eq!(busy.closed().await, 1013);
    let mut twice = Client::ready(&toy, "good").await;
    twice.say(json!({ "type": "connection_init" })).await;
    assert_eq!(twice.closed().await, 4429);
    let mut duplicate = Client::ready(&toy, "good").await;
    duplicate.subscribe("1", "subscription{idle}").await;
    duplicate.subscribe("1", "subscription{idle}").await;
    assert_eq!(duplicate.closed().await, 4409);
    let (none, _) = connect_async(request(&toy, &[])).await.unwrap();
    assert_eq!(Client(none).closed().await, 4406);
}

#[tokio::test]
async fn a_foreign_page_opens_no_socket() {
    let toy = Toy::start(|_| {}).await;
    let ask = async |origin: &str| {
        let headers = [("sec-websocket-protocol", "graphql-transport-ws"), ("origin", origin)];
        connect_async(request(&toy, &headers)).await
    };
    assert!(ask("https://kinward.example").await.is_ok());
    for foreign in ["https://elsewhere.example", "null", "https://kinward.example.elsewhere.example"] {
        let refused = ask(foreign).await;
        assert!(matches!(refused, Err(Error::Http(answer)) if answer.status() == 403), "{foreign}");
    }
}

#[tokio::test]
async fn access_that_ends_closes_the_socket() {
    let toy = Toy::start(|_| {}).await;
    let mut cut = Client::ready(&toy, "cuttable").await;
    cut.subscribe("1", "subscription{ticks}").await;
    cut.next().await;
    toy.cut.cancel();
    let began = Instant::now();
    assert_eq!(cut.closed().await, 4403);
    assert!(began.elapsed() < Duration::from_secs(1));
    let mut short = Client::ready(&toy, "short").await;
    let mut silent = Client::ready(&toy, "short").await;
    short.subscribe("1", "subscription{ticks}").await;
    short.next().await;
    toy.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(short.closed().await, 4403);
    assert_eq!(silent.closed().await, 4403);
}

#[tokio::test]
async fn a_stop_says_goodbye_and_is_waited_for() {
    let toy = Toy::start(|_| {}).await;
    let mut client = Client::ready(&toy, "good").await;
    client.subscribe("1", "subscription{idle}").await;
    client.say(json!({ "type": "ping" })).await;
    client.next().await;
    toy.shutdown.cancel();
    assert_eq!(client.closed().await, 1001);
    drop(client);
    toy.tasks.close();
    timeout(Duration::from_secs(3), toy.tasks.wait()).await.unwrap();
}

#[tokio::test]
async fn a_slow_reader_is_closed() {
    let toy = Toy::start(|kit| kit.sockets.write = Duration::from_millis(300)).await;
    let mut client = Client::ready(&toy, "good").await;
    client.subscribe("1", "subscription{flood}").await;
    // The kernel's buffers take some megabytes; after that the server waits for its reader, and not for long.
    toy.tasks.close();
    timeout(Duration::from_secs(10), toy.tasks.wait()).await.expect("the socket is given up");
}

#[tokio::test]
async fn messages_over_64_kib_close_the_socket() {
    let toy = Toy::start(|_| {}).await;
    let mut fits = Client::ready(&toy, "good").await;
    fits.say(json!({ "type": "ping", "payload": { "x": "y".repeat(60 * 1024) } })).await;
    assert_eq!(fits.next().await["type"], "pong");
    let mut big = Client::ready(&toy, "good").await;
    big.say(json!({ "type": "ping", "payload": { "x": "y".repeat(64 * 1024) } })).await;
    assert_eq!(big.closed().await, 1009);
}

#[tokio::test]
async fn sixty_four_operations_run_at_once_and_no_more() {
    let toy = Toy::start(|_| {}).await;
    let mut client = Client::ready(&toy, "good").await;
    for n in 0..65 {
        client.subscribe(&format!("s{n}"), "subscription{idle}").await;
    }
    let refused = client.next().await;
    assert_eq!((&refused["type"], &refused["id"]), (&json!("error"), &json!("s64")));
    assert_eq!(refused["payload"][0]["extensions"]["code"], "LIMIT_EXCEEDED");
    client.say(json!({ "id": "s0", "type": "complete" })).await;
    client.subscribe("next", "{hello}").await;
    assert_eq!(client.next().await["payload"]["data"]["hello"], "hello");
}

#[tokio::test]
async fn operations_that_were_cancelled_count_no_more() {
    let toy = Toy::start(|_| {}).await;
    let mut client = Client::ready(&toy, "good").await;
    for n in 0..300 {
        client.subscribe(&format!("s{n}"), "subscription{idle}").await;
        client.say(json!({ "id": format!("s{n}"), "type": "complete" })).await;
    }
    client.subscribe("last", "{hello}").await;
    let next = client.next().await;
    assert_eq!((&next["id"], &next["type"]), (&json!("last"), &json!("next")), "{next:#}");
}

#[tokio::test]
async fn the_server_pings_and_gives_up_on_silence() {
    let toy = Toy::start(|kit| kit.sockets.ping = Duration::from_millis(200)).await;
    let mut client = Client::ready(&toy, "good").await;
    assert_eq!(client.next().await, json!({ "type": "ping" }));
    assert_eq!(client.next().await, json!({ "type": "ping" }), "the answered frame keeps it open");
    // A peer that reads nothing answers nothing.
    toy.tasks.close();
    timeout(Duration::from_secs(3), toy.tasks.wait()).await.expect("the silent peer is given up");
}

#[tokio::test]
async fn who_does_not_stand_any_more_is_closed_without_being_told_of() {
    let toy = Toy::start(|kit| kit.sockets.standing_check = Duration::from_millis(50)).await;
    let mut busy = Client::ready(&toy, "watched").await;
    busy.subscribe("1", "subscription{idle}").await;
    let mut silent = Client::ready(&toy, "watched").await;
    // Both stay open over many looks while all is well.
    while toy.watched.looks() < 10 {
        tokio::task::yield_now().await;
    }
    for client in [&mut busy, &mut silent] {
        client.say(json!({ "type": "ping" })).await;
        assert_eq!(client.next().await["type"], "pong");
    }
    toy.watched.gone();
    assert_eq!(busy.closed().await, 4403);
    assert_eq!(silent.closed().await, 4403);
}

#[tokio::test]
async fn each_delivery_and_each_operation_looks_again() {
    let toy = Toy::start(|kit| kit.sockets.standing_check = Duration::from_hours(1)).await;
    let mut client = Client::ready(&toy, "watched").await;
    assert_eq!(toy.watched.looks(), 0);
    client.subscribe("1", "subscription{countdown}").await;
    for _ in 0..5 {
        assert_eq!(client.next().await["type"], "next");
    }
    assert_eq!(client.next().await["type"], "complete");
    assert_eq!(toy.watched.looks(), 6, "one for the beginning, one for each of five deliveries");
    client.subscribe("2", "{hello}").await;
    assert_eq!(client.next().await["type"], "next");
    assert_eq!(toy.watched.looks(), 7, "a query is answered to who was looked up for it");
    client.next().await;
    toy.watched.gone();
    client.subscribe("3", "{hello}").await;
    assert_eq!(client.closed().await, 4403);
}

#[tokio::test]
async fn nothing_is_delivered_to_who_does_not_stand_any_more() {
    let toy = Toy::start(|kit| kit.sockets.standing_check = Duration::from_hours(1)).await;
    let mut client = Client::ready(&toy, "watched").await;
    client.subscribe("1", "subscription{ticks}").await;
    assert_eq!(client.next().await["type"], "next");
    toy.watched.gone();
    assert_eq!(client.closed().await, 4403);
}

#[tokio::test]
async fn who_cannot_be_looked_up_is_asked_to_come_back() {
    let toy = Toy::start(|kit| kit.sockets.standing_check = Duration::from_hours(1)).await;
    let mut client = Client::ready(&toy, "watched").await;
    client.subscribe("1", "subscription{idle}").await;
    toy.watched.unknown();
    client.subscribe("2", "{hello}").await;
    assert_eq!(client.closed().await, 1013);
}

#[tokio::test]
async fn a_look_by_the_clock_is_one_for_the_socket_however_many_streams() {
    let interval = Duration::from_millis(100);
    let toy = Toy::start(|kit| kit.sockets.standing_check = interval).await;
    let began = Instant::now();
    let mut client = Client::ready(&toy, "watched").await;
    for n in 0..10 {
        client.subscribe(&format!("s{n}"), "subscription{idle}").await;
    }
    while toy.watched.looks() < 20 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // However slow the machine is, there are never more looks than intervals, beside one for each beginning.
    let most = began.elapsed().as_millis() / interval.as_millis() + 1 + 10;
    assert!(u128::from(toy.watched.looks()) <= most, "{} looks, at most {most}", toy.watched.looks());
}
