//! What the doors cost: a page of 50 messages with authors, authorized and audited, against a plain axum handler that runs
//! the same SQL on the same database and answers the same JSON; and the memory of an idle node and of idle subscriptions.
//!
//! `cargo bench --bench nested_page` (add `--profile dev` for a quick look: debug figures compare, but do not promise).
//! Both servers get the same load from the same process, in turns, so that only their ratio counts.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark stops at the first surprise and prints what it measured"
)]

#[path = "node.rs"]
mod node;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::{Json, Router, routing::post};
use futures_util::{SinkExt as _, StreamExt as _};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, Statement};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _};

use node::{ask, start};

const REQUESTS: usize = 400;
const PARALLEL: usize = 8;
const ROUNDS: usize = 3;
const SOCKETS: usize = 300;
const MESSAGES: usize = 50;
const PAGE: &str = "query($id: ID!) { messages(matchId: $id, first: 50) { edges { node { id author { side firstName isMe } state body sentAt } } } }";

fn resident(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0.0)
}

/// The plain handler: the page's two statements, and JSON of the same shape and size.
async fn plain(State(db): State<Arc<DatabaseConnection>>) -> Json<Value> {
    let backend = db.get_database_backend();
    let page = "SELECT id, author_account_id, side, state, body_sealed, created_at FROM message \
                WHERE conversation_id = (SELECT conversation_id FROM message GROUP BY 1 ORDER BY count(*) DESC LIMIT 1) \
                ORDER BY seq LIMIT 51";
    let rows = db.query_all_raw(Statement::from_string(backend, page)).await.unwrap();
    let names = "SELECT id, first_name_sealed FROM account WHERE id IN \
                 (SELECT DISTINCT author_account_id FROM message)";
    let people = db.query_all_raw(Statement::from_string(backend, names)).await.unwrap();
    let name = people.first().map_or(0, |row| row.try_get::<Vec<u8>>("", "first_name_sealed").unwrap().len() / 4);
    let edges = rows.iter().take(50).map(|row| {
        let body = row.try_get::<Vec<u8>>("", "body_sealed").unwrap().len().saturating_sub(29);
        let author = json!({"side": "MENTOR", "firstName": "n".repeat(name), "isMe": false});
        json!({"node": {"id": "msg_AaII68mAfk6vB1N8cxlB_Q", "author": author, "state": "DELIVERED",
            "body": "b".repeat(body), "sentAt": row.try_get::<i64>("", "created_at").unwrap().to_string()}})
    });
    Json(json!({"data": {"messages": {"edges": edges.collect::<Vec<_>>()}}}))
}

/// Requests a second, and the 50th and 99th percentile in milliseconds.
async fn load(url: &str, token: &str, variables: &Value) -> (f64, f64, f64) {
    let http = reqwest::Client::new();
    let began = Instant::now();
    let workers = (0..PARALLEL).map(|_| {
        let (http, variables) = (http.clone(), variables.clone());
        async move {
            let mut times = Vec::with_capacity(REQUESTS / PARALLEL);
            for _ in 0..REQUESTS / PARALLEL {
                let start = Instant::now();
                let answer = ask(&http, url, token, PAGE, variables.clone()).await;
                assert_eq!(answer["data"]["messages"]["edges"].as_array().map(Vec::len), Some(MESSAGES), "{answer}");
                times.push(start.elapsed().as_secs_f64() * 1_000.0);
            }
            times
        }
    });
    let mut times: Vec<f64> = futures_util::future::join_all(workers).await.into_iter().flatten().collect();
    let took = began.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    let rate = f64::from(u32::try_from(times.len()).unwrap()) / took;
    (rate, times[times.len() / 2], times[times.len() * 99 / 100])
}

async fn idle_subscriptions(pid: u32, ws: &str, token: &str, id: &Value) {
    let before = resident(pid);
    let mut open = Vec::with_capacity(SOCKETS);
    for _ in 0..SOCKETS {
        let mut request = ws.into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        let init = json!({"type": "connection_init", "payload": {"authorization": format!("Bearer {token}")}});
        let query = "subscription($id: ID!) { messageChanges(matchId: $id) { cursor } }";
        let subscribe = json!({"id": "1", "type": "subscribe", "payload": {"query": query, "variables": {"id": id}}});
        for message in [init, subscribe] {
            socket.send(Message::text(message.to_string())).await.unwrap();
        }
        socket.next().await.unwrap().unwrap();
        open.push(socket);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let each = (resident(pid) - before) / f64::from(u32::try_from(SOCKETS).unwrap());
    println!("idle subscription         {each:.1} KiB each ({SOCKETS} sockets)");
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let (node, told) = start(18700).await;
    let pid = node.child.id();
    println!("idle node                 {:.0} MiB resident", resident(pid) / 1_024.0);
    let (url, token) = (told["endpoint"].as_str().unwrap(), told["tokens"]["mentor"].as_str().unwrap());
    let http = reqwest::Client::new();
    let matches = ask(&http, url, token, "{ matches { nodes { id state } } }", json!({})).await;
    let id = matches["data"]["matches"]["nodes"][0]["id"].clone();
    let send =
        "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { id } userErrors { code } } }";
    for at in 0..60 {
        let input = json!({"input": {"matchId": id, "clientId": format!("bench-{at}"), "body": "An ordinary sentence of an ordinary evening."}});
        let sent = ask(&http, url, token, send, input).await;
        assert!(sent["data"]["sendMessage"]["message"].is_object(), "{sent}");
    }
    let mut options = ConnectOptions::new(format!("sqlite://{}", node.folder.join("kinward-demo.sqlite").display()));
    options.max_connections(10).sqlx_logging(false);
    let db = Arc::new(Database::connect(options).await.unwrap());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let peer = format!("http://{}/", listener.local_addr().unwrap());
    let serving = axum::serve(listener, Router::new().route("/", post(plain)).with_state(db)).into_future();
    let measuring = async {
        let variables = json!({ "id": id });
        for round in 1..=ROUNDS {
            let ours = load(url, token, &variables).await;
            let theirs = load(&peer, token, &variables).await;
            println!("round {round}  kinward {:7.0}/s  p50 {:6.2} ms  p99 {:6.2} ms", ours.0, ours.1, ours.2);
            println!("         plain   {:7.0}/s  p50 {:6.2} ms  p99 {:6.2} ms", theirs.0, theirs.1, theirs.2);
            println!("         rate ratio {:.3}, p99 ratio {:.1}", ours.0 / theirs.0, ours.2 / theirs.2);
        }
        idle_subscriptions(pid, told["ws"].as_str().unwrap(), token, &variables["id"]).await;
    };
    tokio::select! {
        served = serving => served.unwrap(),
        () = measuring => {}
    }
}
