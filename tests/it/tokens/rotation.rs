//! Keys are replaced while people stay signed in.

use std::path::Path;

use jiff::SignedDuration;
use kinward::config::{SecretKey, Settings};
use kinward::kernel::SeededEntropy;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::forge::{over_http, over_socket};
use crate::harness::{TestApp, World, backends};

const REFRESH: &str = "mutation($token: String!) { refreshTokens(input: {refreshToken: $token}) { session { accessToken refreshToken } userErrors { code field message } } }";

/// A key that no other seed gives.
fn key(seed: u64) -> SecretKey {
    Settings::for_demo(Path::new("."), 8080, &SeededEntropy::new(seed)).unwrap().keys.token_signing
}

struct Keys {
    signing: SecretKey,
    next: Option<SecretKey>,
    former: Vec<SecretKey>,
}

impl Keys {
    fn put(self, settings: &mut Settings) {
        settings.keys.token_signing = self.signing;
        settings.keys.token_signing_next = self.next;
        settings.keys.token_signing_former = self.former;
    }
}

async fn published(app: &TestApp) -> Vec<Value> {
    let answer = reqwest::get(format!("{}/.well-known/jwks.json", app.url)).await.unwrap().text().await.unwrap();
    let set: Value = serde_json::from_str(&answer).unwrap();
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect()
}

async fn is_good(app: &TestApp, token: &str) -> bool {
    let (status, _, body) = over_http(app, token).await.unwrap();
    let socket = over_socket(app, token).await;
    assert_eq!(status == 200, socket.contains("connection_ack"), "the doors differ: {body} {socket}");
    status == 200
}

/// Stops a node and starts one with other keys on the same database, a few minutes later.
async fn restart(app: TestApp, keys: Keys, minutes: i64, passed: &mut i64) -> TestApp {
    app.app.stop().await;
    let after = app.second_node(|settings| keys.put(settings)).await;
    *passed += minutes;
    after.clock.advance(SignedDuration::from_mins(*passed));
    after
}

async fn refresh(app: &TestApp, session: &Value) -> Value {
    let answer = app.anonymous().data(REFRESH, json!({"token": session["refreshToken"]})).await;
    answer["refreshTokens"]["session"].clone()
}

fn token(session: &Value) -> &str {
    session["accessToken"].as_str().unwrap()
}

#[tokio::test]
async fn a_sign_in_outlives_its_keys() {
    for backend in backends() {
        let (a, b) = (|| key(101), || key(102));
        let app = TestApp::start_with(backend, |settings| {
            Keys { signing: a(), next: None, former: Vec::new() }.put(settings);
        })
        .await;
        let world = World::new(&app).await;
        let name = world.coordinator.data("{ viewer { account { signInName } } }", json!({})).await;
        let name = &name["viewer"]["account"]["signInName"];
        let signed_in = app.sign_in(name.as_str().unwrap()).await;
        let first = json!({
            "accessToken": signed_in.access_token.expose_secret(),
            "refreshToken": signed_in.refresh_token.expose_secret(),
        });
        let only = published(&app).await;
        assert_eq!(only.len(), 1);
        let mut passed = 0;

        // The next key is published before it signs; the tokens of the present one stay good.
        let app = restart(app, Keys { signing: a(), next: Some(b()), former: Vec::new() }, 2, &mut passed).await;
        let both = published(&app).await;
        assert_eq!((both.len(), &both[0]), (2, &only[0]));
        assert!(is_good(&app, token(&first)).await);
        let second = refresh(&app, &first).await;

        // They change places. What the former key signed is good, and new tokens are signed by the other.
        let app = restart(app, Keys { signing: b(), next: None, former: vec![a()] }, 2, &mut passed).await;
        assert_eq!(published(&app).await, [both[1].clone(), both[0].clone()]);
        assert!(is_good(&app, token(&first)).await && is_good(&app, token(&second)).await);
        let third = refresh(&app, &second).await;
        let kid = |session: &Value| super::forge::parts(token(session))[0].clone();
        assert_eq!(kid(&first), kid(&second));
        assert_ne!(kid(&second), kid(&third));

        // The former key is taken out: its tokens end at once, though their time is not over. The sign-in goes on.
        let app = restart(app, Keys { signing: b(), next: None, former: Vec::new() }, 2, &mut passed).await;
        assert_eq!(published(&app).await, [both[1].clone()]);
        assert!(!is_good(&app, token(&first)).await && !is_good(&app, token(&second)).await);
        assert!(is_good(&app, token(&third)).await);
        let fourth = refresh(&app, &third).await;
        assert!(is_good(&app, token(&fourth)).await);
        app.finish().await;
    }
}

#[tokio::test]
async fn a_token_of_the_next_key_is_good_on_a_node_that_does_not_sign_with_it_yet() {
    for backend in backends() {
        let before = TestApp::start_with(backend, |settings| {
            Keys { signing: key(101), next: Some(key(102)), former: Vec::new() }.put(settings);
        })
        .await;
        let world = World::new(&before).await;
        let after = before.second_node(|settings| {
            Keys { signing: key(102), next: None, former: vec![key(101)] }.put(settings);
        });
        // Nodes are restarted one after the other, so for a while both kinds answer.
        let after = after.await;
        assert!(is_good(&after, world.coordinator.token()).await);
        let op = after.op_of(world.coordinator.token()).await;
        let role = op.principal().role.unwrap();
        let switched = after.app.identity.switch_role(&op, role).await.unwrap();
        assert!(is_good(&before, crate::harness::people::token(&switched)).await);
        after.app.stop().await;
        before.finish().await;
    }
}
