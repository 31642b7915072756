//! What the service promises about security, beside what the tests of each feature show. `tests/asvs.toml` says which
//! requirement of OWASP ASVS 5.0 each test proves.

mod browser;
mod connections;
mod crypto;
mod dependencies;
mod documents;
mod http;
mod inputs;
mod logs;
mod sessions;
mod sign_in;
pub mod sources;
mod transport;

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{Backend, Client, TestApp, World};

/// The caller about themself.
const VIEWER: &str = "{ viewer { firstName account { id signInName } } }";
const SIGN_IN: &str = include_str!("../../../graphql/operations/identity/signIn.graphql");
const ANSWER: &str = include_str!("../../../graphql/operations/identity/answerChallenge.graphql");
const REFRESH: &str = include_str!("../../../graphql/operations/identity/refreshTokens.graphql");
const CREATE: &str = "mutation($input: CreateProgrammeInput!) { createProgramme(input: $input) { programme { id name } userErrors { code field message } } }";

/// A node that people reach over HTTPS, with everything switched on that an operator can switch on.
async fn public() -> TestApp {
    TestApp::start_with(Backend::Sqlite, |settings| {
        settings.server.public_url = "https://kinward.example".parse().unwrap();
    })
    .await
}

/// Where a node listens.
fn address(app: &TestApp) -> &str {
    app.url.strip_prefix("http://").unwrap()
}

/// Writes these bytes on a connection of its own, and gives all that comes back until the other side closes it or stays
/// silent for a second.
async fn on_the_wire(app: &TestApp, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address(app)).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    until_silent(&mut stream, Duration::from_secs(1)).await.0
}

/// What comes until the other side closes or stays silent this long; whether it closed.
async fn until_silent(stream: &mut TcpStream, silence: Duration) -> (String, bool) {
    let mut heard = Vec::new();
    let closed = loop {
        match tokio::time::timeout(silence, stream.read_buf(&mut heard)).await {
            Ok(Ok(0) | Err(_)) => break true,
            Ok(Ok(_)) => {}
            Err(_) => break false,
        }
    };
    (String::from_utf8_lossy(&heard).into_owned(), closed)
}

/// The name with which somebody signs in.
async fn name_of(client: &Client) -> String {
    let viewer = client.data(VIEWER, serde_json::json!({})).await;
    viewer["viewer"]["account"]["signInName"].as_str().unwrap().to_owned()
}

/// Signs in, with the next code of their authenticator if they have one, and gives the session.
async fn signed_in(app: &TestApp, name: &str, passphrase: &str) -> Value {
    let input = serde_json::json!({"input": {"signInName": name, "passphrase": passphrase}});
    let step = app.anonymous().data(SIGN_IN, input).await["signIn"].clone();
    if !step["session"].is_null() {
        return step["session"].clone();
    }
    // Each code is good once: the clock moves on to the next one.
    app.clock.advance(jiff::SignedDuration::from_secs(30));
    let answer = serde_json::json!({"input": {"challenge": step["challenge"]["token"], "code": app.code_of(name)}});
    app.anonymous().data(ANSWER, answer).await["answerChallenge"]["session"].clone()
}

/// The access and the refresh token of a session.
fn tokens(session: &Value) -> (String, String) {
    let of = |name: &str| session[name].as_str().unwrap().to_owned();
    (of("accessToken"), of("refreshToken"))
}

/// The coordinator of a world, signed in anew, with a refresh token.
async fn coordinator(app: &TestApp) -> (World, String, Value) {
    let world = World::new(app).await;
    let name = name_of(&world.coordinator).await;
    let session = signed_in(app, &name, crate::harness::people::PASSPHRASE).await;
    (world, name, session)
}
