//! Second factors: getting one, showing one, losing one, and what nobody can do without.

mod authenticator;
mod passkeys;
mod prove;
mod recovery;
mod required;
mod reset;
mod roles;

use kinward::identity::SignedIn;
use serde_json::{Value, json};

use crate::harness::{Client, TestApp, World, people::PASSPHRASE, people::token};

/// A document of `graphql/operations`.
pub fn document(name: &str) -> &'static str {
    let path = format!("{name}.graphql");
    kinward::documents::ALL.iter().find(|(at, _)| *at == path).unwrap_or_else(|| panic!("no document {path}")).1
}

/// What signing in with the right passphrase is answered with.
pub async fn sign_in(app: &TestApp, name: &str) -> Value {
    let input = json!({"input": {"signInName": name, "passphrase": PASSPHRASE}});
    app.anonymous().data(document("identity/signIn"), input).await["signIn"].clone()
}

/// Answers a challenge; the whole payload.
pub async fn answer(app: &TestApp, challenge: &Value, proof: &str, shown: &str) -> Value {
    let input = json!({"input": {"challenge": challenge["token"], (proof): shown}});
    let answer = app.anonymous().send(document("identity/answerChallenge"), input).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    answer["data"]["answerChallenge"].clone()
}

/// The code of the first problem of a payload.
pub fn problem(payload: &Value) -> &str {
    payload["userErrors"][0]["code"].as_str().unwrap_or_default()
}

/// A caregiver who came in on a code and has a passphrase only.
pub async fn caregiver(world: &World) -> (SignedIn, Client) {
    let invite = json!({"input": {"firstName": "Rosa", "relation": "PARENT", "languages": ["en"], "zone": "UTC"}});
    let invited = world.coordinator.data(document("families/inviteFamilyMember"), invite).await;
    let code = invited["inviteFamilyMember"]["invited"]["invitation"]["code"].as_str().unwrap().to_owned();
    let signed_in = world.app.accept(&code).await;
    let client = world.app.client(token(&signed_in));
    (signed_in, client)
}

/// The next code of the caller's authenticator, shown in the present session.
pub async fn prove(app: &TestApp, client: &Client, name: &str) {
    let input = json!({"input": {"code": app.code_of(name)}});
    client.data(document("identity/proveAgain"), input).await;
}

/// The name under which the caller signs in.
pub async fn name_of(client: &Client) -> String {
    let viewer = client.data(document("identity/viewer"), json!({})).await;
    viewer["viewer"]["account"]["signInName"].as_str().unwrap().to_owned()
}
