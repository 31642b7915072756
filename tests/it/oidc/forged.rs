//! Tokens that are not what was asked for. Each is refused, with one answer for all, and nobody is signed in.

use serde_json::json;

use super::issuer::{ACCESS_TOKEN, CLIENT_SECRET, Forged, Sign};
use super::{Scene, code_of, on_each};

type Forge = Box<dyn Fn(&mut Forged)>;

fn claim(name: &'static str, value: serde_json::Value) -> Forge {
    Box::new(move |token| token.claims[name] = value.clone())
}

fn without(name: &'static str) -> Forge {
    Box::new(move |token| {
        token.claims.as_object_mut().unwrap().remove(name).unwrap();
    })
}

/// Moves a time that the token tells by so many seconds.
fn moved(name: &'static str, by: i64) -> Forge {
    Box::new(move |token| token.claims[name] = json!(token.claims["iat"].as_i64().unwrap() + by))
}

fn headed(header: serde_json::Value, sign: fn() -> Sign) -> Forge {
    Box::new(move |token| {
        token.header = header.clone();
        token.sign = sign();
    })
}

fn claims_of_others() -> Vec<(&'static str, Forge)> {
    vec![
        ("another nonce", claim("nonce", json!("of another sign-in"))),
        ("an empty nonce", claim("nonce", json!(""))),
        ("no nonce", without("nonce")),
        ("another issuer", claim("iss", json!("https://login.example"))),
        (
            "nearly the issuer",
            Box::new(|token| token.claims["iss"] = json!(format!("{}/", token.claims["iss"].as_str().unwrap()))),
        ),
        ("no issuer", without("iss")),
        ("another audience", claim("aud", json!("another client"))),
        ("a second audience", claim("aud", json!(["kinward", "another client"]))),
        ("an empty audience", claim("aud", json!([]))),
        ("no audience", without("aud")),
        ("made for another party", claim("azp", json!("another client"))),
        ("nobody", claim("sub", json!(""))),
        ("no subject", without("sub")),
        ("somebody without an account", claim("sub", json!("nobody-here"))),
        ("nearly the subject", claim("sub", json!("IRIS-1"))),
        ("a subject that is too long", claim("sub", json!("a".repeat(256)))),
        ("the hash of another access token", claim("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"))),
        ("a token that is too large", claim("note", json!("a".repeat(16_000)))),
    ]
}

fn times_that_do_not_fit() -> Vec<(&'static str, Forge)> {
    vec![
        ("expired", moved("exp", -61)),
        ("no end", without("exp")),
        ("made long ago", moved("iat", -3_600)),
        ("made later", moved("iat", 120)),
        ("no time of making", without("iat")),
        ("not good yet", moved("nbf", 120)),
        ("signed in there long ago", moved("auth_time", -3_600)),
        ("signed in there later", moved("auth_time", 120)),
        ("does not say when they signed in", without("auth_time")),
    ]
}

fn signatures_of_others() -> Vec<(&'static str, Forge)> {
    let known = || Sign::Hmac(CLIENT_SECRET.as_bytes().to_vec());
    vec![
        ("no algorithm", headed(json!({"alg": "none"}), || Sign::Nothing)),
        ("no algorithm, with the key's name", headed(json!({"alg": "none", "kid": "ec-1"}), || Sign::Ec)),
        ("NONE", headed(json!({"alg": "NoNe", "kid": "ec-1"}), || Sign::Nothing)),
        ("no signature", headed(json!({"alg": "ES256", "kid": "ec-1"}), || Sign::Nothing)),
        ("another key of the same name", headed(json!({"alg": "ES256", "kid": "ec-1"}), || Sign::StrangeEc)),
        ("changed after signing", headed(json!({"alg": "ES256", "kid": "ec-1"}), || Sign::Changed)),
        ("an unknown key", headed(json!({"alg": "ES256", "kid": "ec-9"}), || Sign::StrangeEc)),
        ("a key of another kind", headed(json!({"alg": "ES256", "kid": "rsa-1"}), || Sign::Ec)),
        ("another algorithm of the same kind", headed(json!({"alg": "ES384", "kid": "ec-1"}), || Sign::Ec)),
        ("the client's secret", headed(json!({"alg": "HS256"}), known)),
        (
            "the shared key that is published",
            headed(json!({"alg": "HS256", "kid": "oct-1"}), || Sign::Hmac(b"known to everybody".to_vec())),
        ),
        (
            "a rule that is not known",
            headed(json!({"alg": "ES256", "kid": "ec-1", "crit": ["x"], "x": 1}), || Sign::Ec),
        ),
        ("another kind of token", headed(json!({"alg": "ES256", "kid": "ec-1", "typ": "at+jwt"}), || Sign::Ec)),
    ]
}

async fn all_refused(scene: &Scene, forgeries: Vec<(&'static str, Forge)>) {
    scene.coordinator("iris-1").await;
    let before = scene.open().await;
    let mut said = Vec::new();
    for (what, forge) in forgeries {
        let payload = scene.sign_in("iris-1", forge).await;
        assert_eq!(code_of(&payload), "PROVIDER_ANSWER_NOT_GOOD", "{what}: {payload}");
        assert!(payload["session"].is_null() && payload["challenge"].is_null(), "{what}: {payload}");
        said.push(payload);
    }
    assert!(said.iter().all(|payload| payload == &said[0]), "one is told from another");
    assert_eq!(scene.open().await, before, "somebody was signed in");
    // None of them stands in the way of what is right.
    let payload = scene.sign_in("iris-1", |_| ()).await;
    assert!(payload["session"].is_object(), "{payload}");
}

#[tokio::test]
async fn what_is_said_by_of_or_for_others_signs_nobody_in() {
    on_each(async |scene| all_refused(&scene, claims_of_others()).await).await;
}

#[tokio::test]
async fn what_is_not_of_this_time_signs_nobody_in() {
    on_each(async |scene| all_refused(&scene, times_that_do_not_fit()).await).await;
}

#[tokio::test]
async fn what_the_provider_did_not_sign_signs_nobody_in() {
    on_each(async |scene| all_refused(&scene, signatures_of_others()).await).await;
}

#[tokio::test]
async fn a_public_key_is_no_secret_and_a_key_in_the_token_is_no_key() {
    on_each(async |scene| {
        let keys = scene.issuer.public_keys();
        let mut forgeries: Vec<(&'static str, Forge)> = Vec::new();
        for at in 0..3 {
            let key = keys["keys"][at].clone();
            let name = key["kid"].clone();
            for secret in [key.to_string(), key["x"].as_str().or(key["n"].as_str()).unwrap().to_owned()] {
                let name = name.clone();
                forgeries.push((
                    "a public key as a secret",
                    Box::new(move |token| {
                        token.header = json!({"alg": "HS256", "kid": name});
                        token.sign = Sign::Hmac(secret.clone().into_bytes());
                    }),
                ));
            }
        }
        for at in ["jwk", "jku", "x5u"] {
            let value = if at == "jwk" { keys["keys"][1].clone() } else { json!("http://127.0.0.1:1/keys") };
            forgeries.push((
                "a key of the token's own",
                Box::new(move |token| {
                    token.header[at] = value.clone();
                    token.sign = Sign::StrangeEc;
                }),
            ));
        }
        all_refused(&scene, forgeries).await;
    })
    .await;
}

#[tokio::test]
async fn every_signature_that_is_taken_is_taken() {
    on_each(async |scene| {
        scene.coordinator("iris-1").await;
        let half = |hash: &[u8]| {
            use base64::Engine as _;
            json!(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2]))
        };
        let short = half(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, ACCESS_TOKEN.as_bytes()).as_ref());
        let long = half(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, ACCESS_TOKEN.as_bytes()).as_ref());
        for (header, sign, hash) in [
            (json!({"alg": "ES256", "kid": "ec-1"}), Sign::Ec, short.clone()),
            // The only key that there is for it needs no name.
            (json!({"alg": "ES256"}), Sign::Ec, short.clone()),
            (json!({"alg": "RS256", "kid": "rsa-1", "typ": "jwt"}), Sign::Rsa, short),
            (json!({"alg": "EdDSA", "kid": "ed-1"}), Sign::Ed, long),
        ] {
            let told = header.to_string();
            let payload = scene
                .sign_in("iris-1", |token| {
                    (token.header, token.sign) = (header, sign);
                    token.claims["at_hash"] = hash;
                    token.claims["aud"] = json!(["kinward"]);
                    token.claims["azp"] = json!("kinward");
                })
                .await;
            assert!(payload["session"].is_object(), "{told}: {payload}");
        }
    })
    .await;
}
