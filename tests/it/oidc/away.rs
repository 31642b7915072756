//! A provider that is away, slow, endless, or says of itself what cannot be: a clear answer, and nothing is lost by it.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::issuer::{Issuer, Manner, Sign};
use super::{Scene, code_of, knows, on_each};
use crate::factors::document;
use crate::harness::{Backend, TestApp};

const DISCOVERY: &str = "/.well-known/openid-configuration";

fn instead(path: &str, status: u16, headers: &[(&'static str, &str)], body: &str) -> Manner {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Manner { instead: BTreeMap::from([(path.to_owned(), (status, headers, body.to_owned()))]), ..Manner::default() }
}

fn says(document: Value) -> Manner {
    Manner { document, ..Manner::default() }
}

/// What beginning is answered with on a node that has not asked the provider yet.
async fn begin(issuer: &Issuer) -> String {
    let app = TestApp::start_with(Backend::Sqlite, knows(&issuer.url)).await;
    let answer = app.anonymous().send(document("identity/beginProviderSignIn"), json!({})).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    let left = app.count("SELECT count(*) AS n FROM provider_sign_in").await;
    let payload = answer["data"]["beginProviderSignIn"].clone();
    assert_eq!(left == 1, payload["begun"].is_object(), "{payload}");
    app.finish().await;
    code_of(&payload).to_owned()
}

#[tokio::test]
async fn a_provider_that_cannot_be_understood_is_unavailable() {
    let issuer = Issuer::start().await;
    let large = format!("{{\"keys\": [], \"padding\": \"{}\"}}", "a".repeat(200 * 1024));
    let elsewhere = format!("{}/elsewhere", issuer.url);
    for (what, manner) in [
        ("an error", instead(DISCOVERY, 500, &[], "")),
        ("nothing there", instead(DISCOVERY, 404, &[], "")),
        ("no JSON", instead(DISCOVERY, 200, &[], "<html>")),
        ("led elsewhere", instead(DISCOVERY, 302, &[("location", &elsewhere)], "")),
        ("no end", instead(DISCOVERY, 200, &[], &large)),
        ("keys without end", instead("/keys", 200, &[], &large)),
        ("keys that are none", instead("/keys", 200, &[], "{}")),
        ("another issuer's document", says(json!({"issuer": "https://login.example"}))),
        ("nearly the issuer", says(json!({"issuer": format!("{}/", issuer.url)}))),
        ("a token endpoint in the clear", says(json!({"token_endpoint": "http://login.example/token"}))),
        ("keys from a file", says(json!({"jwks_uri": "file:///etc/passwd"}))),
        ("a page in the clear", says(json!({"authorization_endpoint": "http://login.example/authorize"}))),
        ("no token endpoint", says(json!({"token_endpoint": null}))),
        ("PKCE in the clear only", says(json!({"code_challenge_methods_supported": ["plain"]}))),
    ] {
        issuer.behave(manner);
        assert_eq!(begin(&issuer).await, "PROVIDER_UNAVAILABLE", "{what}");
    }
    assert_eq!(issuer.asked("/elsewhere"), 0, "it was followed");
    issuer.behave(Manner::default());
    assert_eq!(begin(&issuer).await, "");
    issuer.behave(Manner { silent: vec![DISCOVERY.to_owned()], ..Manner::default() });
    assert_eq!(begin(&issuer).await, "PROVIDER_UNAVAILABLE", "it never answers");
    issuer.stop();
    assert_eq!(begin(&issuer).await, "PROVIDER_UNAVAILABLE", "nobody listens");
}

#[tokio::test]
async fn while_the_provider_is_away_nothing_is_used_up() {
    on_each(async |scene| {
        let session = scene.coordinator("iris-1").await;
        let (begun, code) = scene.at_provider("iris-1", |_| ()).await;
        let large = format!(
            "{{\"access_token\": \"a\", \"token_type\": \"Bearer\", \"id_token\": \"{}\"}}",
            "a".repeat(200 * 1024)
        );
        for manner in [
            instead("/token", 503, &[], ""),
            instead("/token", 302, &[("location", "/token")], ""),
            instead("/token", 200, &[("content-type", "application/json")], &large),
            instead("/token", 401, &[("content-type", "application/json")], "{\"error\": \"invalid_client\"}"),
            Manner { silent: vec!["/token".to_owned()], ..Manner::default() },
        ] {
            scene.issuer.behave(manner);
            assert_eq!(code_of(&scene.finish(&begun, &code).await), "PROVIDER_UNAVAILABLE");
        }
        // Who is signed in already is not asked for the provider, and others can sign in without it.
        let client = scene.app.client(session["accessToken"].as_str().unwrap());
        client.data("{ families(first: 1) { nodes { id } } }", json!({})).await;
        let name = crate::factors::name_of(&scene.world.coordinator).await;
        scene.app.clock.advance(SignedDuration::from_secs(60));
        scene.app.sign_in(&name).await;
        scene.issuer.behave(Manner::default());
        assert!(scene.finish(&begun, &code).await["session"].is_object());
        // What is no answer at all is not good.
        let (begun, code) = scene.at_provider("iris-1", |_| ()).await;
        let bare = "{\"access_token\": \"a\", \"token_type\": \"Bearer\"}";
        scene.issuer.behave(instead("/token", 200, &[("content-type", "application/json")], bare));
        assert_eq!(code_of(&scene.finish(&begun, &code).await), "PROVIDER_ANSWER_NOT_GOOD");
    })
    .await;
}

#[tokio::test]
async fn a_new_key_is_found_and_made_up_ones_do_not_make_us_ask() {
    on_each(async |scene| {
        scene.coordinator("iris-1").await;
        let first = scene.issuer.asked("/keys");
        let made_up = async |scene: &Scene| {
            let payload = scene
                .sign_in("iris-1", |token| {
                    token.header["kid"] = json!("ec-2");
                    token.sign = Sign::StrangeEc;
                })
                .await;
            assert_eq!(code_of(&payload), "PROVIDER_ANSWER_NOT_GOOD");
        };
        for _ in 0..5 {
            made_up(&scene).await;
        }
        assert_eq!(scene.issuer.asked("/keys"), first);
        scene.app.advance(SignedDuration::from_mins(1)).await;
        for _ in 0..5 {
            made_up(&scene).await;
        }
        assert_eq!(scene.issuer.asked("/keys"), first + 1, "once a minute");
        // The provider gets a new key under that name.
        let mut keys = scene.issuer.public_keys();
        keys["keys"][0]["kid"] = json!("ec-2");
        scene.issuer.behave(Manner { keys: Some(keys), ..Manner::default() });
        scene.app.advance(SignedDuration::from_mins(1)).await;
        assert!(scene.sign_in("iris-1", |token| token.header["kid"] = json!("ec-2")).await["session"].is_object());
        // The old one is gone with the keys that it stood among.
        assert_eq!(code_of(&scene.sign_in("iris-1", |_| ()).await), "PROVIDER_ANSWER_NOT_GOOD");
        assert_eq!(scene.issuer.asked(DISCOVERY), 1);
    })
    .await;
}

#[tokio::test]
async fn the_secret_goes_where_the_provider_takes_it() {
    on_each(async |scene| {
        let body_only = json!({"token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"]});
        scene.issuer.behave(says(body_only));
        scene.coordinator("iris-1").await;
    })
    .await;
}
