//! One person's program in the walk: a client that knows only the address and its own token.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Message, http::HeaderValue};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::Difference;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A person with a client of their own.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) name: &'static str,
    endpoint: String,
    token: Option<String>,
    http: reqwest::Client,
}

impl Person {
    /// Somebody who is not signed in.
    pub(super) fn new(name: &'static str, base: &str) -> Self {
        Self { name, endpoint: format!("{base}/graphql"), token: None, http: reqwest::Client::new() }
    }

    /// The same person with an access token.
    pub(super) fn with_token(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }

    /// Runs a document of `graphql/operations`; the whole answer.
    pub(super) async fn ask(&self, document: &str, variables: Value) -> Result<Value, Difference> {
        let query = text_of(document)?;
        let mut request = self.http.post(&self.endpoint).timeout(PATIENCE);
        request = request.header("content-type", "application/json").header("accept", "application/json");
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let body = json!({"query": query, "variables": variables}).to_string();
        let answer = request.body(body).send().await.map_err(|error| Difference::of(document, &error))?;
        let bytes = answer.bytes().await.map_err(|error| Difference::of(document, &error))?;
        serde_json::from_slice(&bytes).map_err(|error| Difference::of(document, &error))
    }

    /// Opens a subscription over a WebSocket of its own.
    pub(super) async fn follow(&self, document: &str, variables: Value) -> Result<Stream, Difference> {
        let wrong = |error: &dyn std::fmt::Display| Difference::of(document, error);
        let url = self.endpoint.replacen("http", "ws", 1);
        let mut request = url.into_client_request().map_err(|e| wrong(&e))?;
        let protocol = HeaderValue::from_static("graphql-transport-ws");
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let (mut socket, _) = tokio_tungstenite::connect_async(request).await.map_err(|e| wrong(&e))?;
        let bearer = format!("Bearer {}", self.token.as_deref().unwrap_or_default());
        let init = json!({"type": "connection_init", "payload": {"authorization": bearer}});
        let payload = json!({"query": text_of(document)?, "variables": variables});
        let subscribe = json!({"id": "1", "type": "subscribe", "payload": payload});
        for message in [init, subscribe] {
            socket.send(Message::text(message.to_string())).await.map_err(|e| wrong(&e))?;
        }
        let mut stream = Stream { socket };
        match stream.next().await {
            Some(message) if message["type"] == "connection_ack" => Ok(stream),
            other => Err(Difference::new(format!("{document}: no connection_ack but {other:?}"))),
        }
    }
}

fn text_of(document: &str) -> Result<&'static str, Difference> {
    let path = format!("{document}.graphql");
    let found = crate::documents::ALL.iter().find(|(name, _)| *name == path);
    found.map(|(_, text)| *text).ok_or_else(|| Difference::new(format!("there is no document {path}")))
}

/// An open subscription.
pub(super) struct Stream {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Stream {
    /// The next message of the protocol; none when the socket is closed or stays silent too long.
    async fn next(&mut self) -> Option<Value> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await.ok()??.ok()?;
            if let Message::Text(text) = message {
                let message: Value = serde_json::from_str(&text).ok()?;
                if message["type"] != "ping" {
                    return Some(message);
                }
            }
        }
    }

    /// The data of the next result.
    pub(super) async fn result(&mut self) -> Option<Value> {
        let message = self.next().await?;
        (message["type"] == "next").then(|| message["payload"]["data"].clone())
    }

    /// Whether nothing arrives for a while.
    pub(super) async fn is_silent(&mut self, for_how_long: Duration) -> bool {
        tokio::time::timeout(for_how_long, self.socket.next()).await.is_err()
    }

    /// Whether the subscription ends within `limit`, and how long it took.
    pub(super) async fn ends_within(&mut self, limit: Duration) -> Option<Duration> {
        let start = tokio::time::Instant::now();
        let ended = async {
            loop {
                match self.next().await {
                    None => return,
                    Some(message) if message["type"] == "complete" || message["type"] == "error" => return,
                    Some(_) => {}
                }
            }
        };
        tokio::time::timeout(limit, ended).await.ok().map(|()| start.elapsed())
    }
}
