//! Builds tokens by hand, part by part, and shows them at both doors.

use std::time::Duration;

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _};

use crate::harness::TestApp;

pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The three parts of a compact token, decoded.
pub fn parts(token: &str) -> [Vec<u8>; 3] {
    let parts: Vec<Vec<u8>> = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
    parts.try_into().unwrap()
}

/// The service's own key in the wrong hands: signs whatever it is given.
pub struct Forge {
    pub app: TestApp,
    pub seed: [u8; 32],
    /// The header and payload of a real token.
    pub header: Value,
    pub claims: Value,
    pair: Ed25519KeyPair,
}

impl Forge {
    pub fn new(app: &TestApp, real: &str) -> Self {
        let seed = *app.app.settings.keys.token_signing.expose();
        let [header, claims, _] = parts(real);
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
        let read = |bytes: &[u8]| serde_json::from_slice(bytes).unwrap();
        Self { app: app.clone(), seed, header: read(&header), claims: read(&claims), pair }
    }

    /// A token of two texts that are base64 already, signed with the service's key.
    pub fn sign_encoded(&self, header: &str, payload: &str) -> String {
        let message = format!("{header}.{payload}");
        let signature = base64(self.pair.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    /// A token of these two texts, signed with the service's key.
    pub fn sign(&self, header: &str, payload: &str) -> String {
        self.sign_encoded(&base64(header), &base64(payload))
    }

    /// A real token again, signed anew.
    pub fn plain(&self) -> String {
        self.sign(&self.header.to_string(), &self.claims.to_string())
    }

    /// With this text as the header.
    pub fn with_header(&self, header: &str) -> String {
        self.sign(header, &self.claims.to_string())
    }

    /// With this text as the payload.
    pub fn with_payload(&self, payload: &str) -> String {
        self.sign(&self.header.to_string(), payload)
    }

    /// With one more or another field in the header; none takes it out.
    pub fn header_field(&self, name: &str, value: Option<Value>) -> String {
        self.with_header(&changed(&self.header, name, value).to_string())
    }

    /// With one more or another claim; none takes it out.
    pub fn claim(&self, name: &str, value: Option<Value>) -> String {
        self.with_payload(&changed(&self.claims, name, value).to_string())
    }

    /// With this text in front of the first field of the payload, as it stands.
    pub fn payload_begins(&self, text: &str) -> String {
        self.with_payload(&self.claims.to_string().replacen('{', &format!("{{{text}"), 1))
    }

    /// With this text in front of the first field of the header, as it stands.
    pub fn header_begins(&self, text: &str) -> String {
        self.with_header(&self.header.to_string().replacen('{', &format!("{{{text}"), 1))
    }
}

pub fn changed(object: &Value, name: &str, value: Option<Value>) -> Value {
    let mut object = object.as_object().unwrap().clone();
    match value {
        Some(value) => object.insert(name.to_owned(), value),
        None => object.remove(name),
    };
    Value::Object(object)
}

const VIEWER: &str = "{ viewer { account { id } } }";

/// The whole HTTP answer to a token but for the request's own name; `None` when no header can carry the token.
pub async fn over_http(app: &TestApp, token: &str) -> Option<(u16, Vec<(String, String)>, String)> {
    let value = reqwest::header::HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    let request = reqwest::Client::new()
        .post(format!("{}/graphql", app.url))
        .header("content-type", "application/json")
        .header("authorization", value)
        .body(json!({"query": VIEWER}).to_string());
    let answer = request.send().await.unwrap();
    let headers = answer.headers().iter().filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    Some((answer.status().as_u16(), headers, answer.text().await.unwrap()))
}

/// What a socket answers to a token in `connection_init`: a message, or the code and reason it is closed with.
pub async fn over_socket(app: &TestApp, token: &str) -> String {
    let url = format!("{}/graphql", app.url.replacen("http", "ws", 1));
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    let (mut socket, _) = connect_async(request).await.unwrap();
    let payload = json!({"authorization": format!("Bearer {token}")});
    socket.send(Message::text(json!({"type": "connection_init", "payload": payload}).to_string())).await.unwrap();
    match timeout(Duration::from_secs(5), socket.next()).await.unwrap().unwrap().unwrap() {
        Message::Text(text) => text.to_string(),
        Message::Close(Some(frame)) => format!("{} {}", u16::from(frame.code), frame.reason),
        other => format!("{other:?}"),
    }
}
