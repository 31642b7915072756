//! A graphql-transport-ws client for tests.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::Client;

/// An open socket whose `connection_init` was acknowledged.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    /// Opens a socket as this caller.
    pub async fn socket(&self) -> Socket {
        let mut request = self.ws_url().into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let mut socket = Socket(connect_async(request).await.unwrap().0);
        let payload = match self.bearer() {
            Some(token) => json!({"authorization": format!("Bearer {token}")}),
            None => json!({}),
        };
        socket.say(json!({"type": "connection_init", "payload": payload})).await;
        assert_eq!(socket.next().await, json!({"type": "connection_ack"}));
        socket
    }
}

impl Socket {
    pub async fn say(&mut self, message: Value) {
        self.say_text(&message.to_string()).await;
    }

    /// The same with a text of one's own.
    pub async fn say_text(&mut self, message: &str) {
        self.0.send(Message::text(message)).await.unwrap();
    }

    /// Starts an operation.
    pub async fn subscribe(&mut self, id: &str, query: &str, variables: &Value) {
        let payload = json!({"query": query, "variables": variables});
        self.say(json!({"id": id, "type": "subscribe", "payload": payload})).await;
    }

    /// The next message of the protocol; fails after five seconds of silence.
    pub async fn next(&mut self) -> Value {
        loop {
            match timeout(Duration::from_secs(5), self.0.next()).await.unwrap().unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Everything that still comes before the socket is closed, within this time, and the code.
    pub async fn rest_within(&mut self, limit: Duration) -> (Vec<Value>, u16) {
        let mut heard = Vec::new();
        let wait = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Close(frame))) => return frame.map_or(0, |frame| frame.code.into()),
                    Some(Ok(Message::Text(text))) => heard.push(serde_json::from_str(&text).unwrap()),
                    Some(Ok(_)) => {}
                    None | Some(Err(_)) => return 0,
                }
            }
        };
        let code = timeout(limit, wait).await.unwrap_or_else(|_| panic!("the socket stayed open"));
        (heard, code)
    }

    /// Reads on until the socket is closed, for at most this long, and gives the code.
    pub async fn closed_within(&mut self, limit: Duration) -> u16 {
        self.rest_within(limit).await.1
    }
}
