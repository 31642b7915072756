//! The way there and back: what is asked for, what binds the answer to who began, and what the provider's word is worth.

use jiff::SignedDuration;
use kinward::identity::Role;
use serde_json::json;

use super::{code_of, on_each};
use crate::factors::document;
use crate::harness::{TestApp, backends};

const SIGN_INS: &str = "{ mySignIns { nodes { proof thisOne } } }";
const FAMILIES: &str = "{ families(first: 1) { nodes { id } } }";

#[tokio::test]
async fn staff_come_in_by_invitation_and_then_through_their_provider() {
    on_each(async |scene| {
        let session = scene.coordinator("iris-1").await;
        let client = scene.app.client(session["accessToken"].as_str().unwrap());
        client.data(FAMILIES, json!({})).await;
        let mine = client.data(document("identity/myFactors"), json!({})).await["myFactors"].clone();
        assert_eq!((&mine["hasPassphrase"], &mine["factors"]), (&json!(false), &json!([])));
        let again = scene.sign_in("iris-1", |_| ()).await;
        assert_eq!(again["session"]["signInName"], session["signInName"]);
        let client = scene.app.client(again["session"]["accessToken"].as_str().unwrap());
        client.data(FAMILIES, json!({})).await;
        let nodes = client.data(SIGN_INS, json!({})).await["mySignIns"]["nodes"].clone();
        assert!(nodes.as_array().unwrap().iter().all(|node| node["proof"] == "FEDERATED"), "{nodes}");
        // There is no passphrase that would let somebody in past the provider.
        let name = session["signInName"].as_str().unwrap();
        for passphrase in ["", crate::harness::people::PASSPHRASE] {
            let input = json!({"input": {"signInName": name, "passphrase": passphrase}});
            let refused = scene.app.anonymous().refused(document("identity/signIn"), input).await;
            assert_eq!(refused, ["WRONG_NAME_OR_PASSPHRASE input"]);
        }
        let tried = scene.app.count("SELECT count(*) AS n FROM audit_entry WHERE action = 'session.provider'").await;
        assert_eq!(tried, 1);
    })
    .await;
}

#[tokio::test]
async fn only_what_is_needed_is_asked_and_nothing_of_it_can_be_read_in_the_database() {
    on_each(async |scene| {
        let begun = scene.begin().await;
        assert!(begun.address.starts_with(&format!("{}/authorize?", scene.issuer.url)));
        let asked: Vec<&str> = begun.asked.keys().map(String::as_str).collect();
        let want = [
            "client_id",
            "code_challenge",
            "code_challenge_method",
            "max_age",
            "nonce",
            "redirect_uri",
            "response_type",
            "scope",
            "state",
        ];
        assert_eq!(asked, want);
        for (name, value) in [
            ("client_id", "kinward"),
            ("code_challenge_method", "S256"),
            ("max_age", "300"),
            ("scope", "openid"),
            ("redirect_uri", "http://127.0.0.1:8080/signed-in"),
            ("response_type", "code"),
        ] {
            assert_eq!(begun.asked[name], value);
        }
        let other = scene.begin().await;
        for name in ["state", "nonce", "code_challenge"] {
            assert!(begun.asked[name].len() >= 43 && begun.asked[name] != other.asked[name], "{name}");
        }
        assert_ne!(begun.secret, other.secret);
        assert!(!begun.address.contains(&begun.secret));
        scene.coordinator("iris-who-is-known-there").await;
        let kept = scene.app.dump("provider_sign_in").await + &scene.app.dump("provider_link").await;
        for secret in [&begun.state, &begun.secret, &begun.asked["nonce"], "iris-who-is-known-there"] {
            assert!(!kept.contains(secret), "{secret}");
        }
        assert!(kept.contains(&scene.issuer.url));
        scene.app.advance(SignedDuration::from_hours(3)).await;
        assert_eq!(scene.app.count("SELECT count(*) AS n FROM provider_sign_in").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_good_once_and_for_who_began() {
    on_each(async |scene| {
        scene.coordinator("iris-1").await;
        let (begun, code) = scene.at_provider("iris-1", |_| ()).await;
        let (others, _) = scene.at_provider("mallory", |_| ()).await;
        let with =
            |state: &str, code: &str, secret: &str| json!({"state": state, "providerCode": code, "secret": secret});
        for (what, input) in [
            ("the secret of another browser", with(&begun.state, &code, &others.secret)),
            ("no secret", with(&begun.state, &code, "")),
            ("the state of another browser", with(&others.state, &code, &begun.secret)),
            ("a state that was made up", with("made up", &code, &begun.secret)),
            ("no state", with("", &code, &begun.secret)),
        ] {
            assert_eq!(code_of(&scene.finish_with(input).await), "PROVIDER_ANSWER_NOT_GOOD", "{what}");
        }
        assert_eq!(scene.issuer.asked("/token"), 1, "the provider was asked for nothing");
        // None of that used it up.
        assert!(scene.finish(&begun, &code).await["session"].is_object());
        assert_eq!(code_of(&scene.finish(&begun, &code).await), "PROVIDER_ANSWER_NOT_GOOD", "a second time");
        // A code that was used, or is another's, brings nothing.
        let next = scene.begin().await;
        assert_eq!(code_of(&scene.finish(&next, &code).await), "PROVIDER_ANSWER_NOT_GOOD", "a used code");
        let (mine, _) = scene.at_provider("iris-1", |_| ()).await;
        let (_, stolen) = scene.at_provider("iris-1", |_| ()).await;
        let injected = scene.finish(&mine, &stolen).await;
        assert_eq!(code_of(&injected), "PROVIDER_ANSWER_NOT_GOOD", "a code of another sign-in");
        // Too late.
        let (late, code) = scene.at_provider("iris-1", |token| token.claims["exp"] = json!(4_000_000_000_i64)).await;
        scene.app.advance(SignedDuration::from_mins(10)).await;
        assert_eq!(code_of(&scene.finish(&late, &code).await), "PROVIDER_ANSWER_NOT_GOOD", "after ten minutes");
    })
    .await;
}

#[tokio::test]
async fn another_providers_answer_is_not_taken() {
    on_each(async |scene| {
        scene.coordinator("iris-1").await;
        let answer = |begun: &super::Begun, code: &str, issuer: Option<&str>| json!({"state": begun.state, "providerCode": code, "secret": begun.secret, "issuer": issuer});
        let (begun, code) = scene.at_provider("iris-1", |_| ()).await;
        let mixed = scene.finish_with(answer(&begun, &code, Some("https://evil.example"))).await;
        assert_eq!(code_of(&mixed), "PROVIDER_ANSWER_NOT_GOOD");
        assert_eq!(scene.issuer.asked("/token"), 1, "the code was sent to nobody");
        let (begun, code) = scene.at_provider("iris-1", |_| ()).await;
        let own = scene.finish_with(answer(&begun, &code, Some(&scene.issuer.url))).await;
        assert!(own["session"].is_object(), "{own}");
        // A provider whose answers name it: one that does not is none of its.
        let names = json!({"authorization_response_iss_parameter_supported": true});
        scene.issuer.behave(super::issuer::Manner { document: names, ..Default::default() });
        scene.app.advance(SignedDuration::from_hours(1)).await;
        let (begun, code) = scene.at_provider("iris-1", |_| ()).await;
        assert_eq!(code_of(&scene.finish_with(answer(&begun, &code, None)).await), "PROVIDER_ANSWER_NOT_GOOD");
        let (begun, code) = scene.at_provider("iris-1", |_| ()).await;
        assert!(scene.finish_with(answer(&begun, &code, Some(&scene.issuer.url))).await["session"].is_object());
    })
    .await;
}

#[tokio::test]
async fn one_factor_there_asks_for_a_second_one_here() {
    on_each(async |scene| {
        let weak = |token: &mut super::Forged| token.claims["amr"] = json!(["pwd"]);
        let code = scene.invitation(Role::Coordinator).await;
        let accepted = scene.accept(&code, "iris-1", weak).await;
        let client = scene.app.client(accepted["session"]["accessToken"].as_str().unwrap());
        assert_eq!(client.fault(FAMILIES, json!({})).await, "SECOND_FACTOR_NEEDED");
        for forge in [json!(["pwd", "sms"]), json!(["hwk", "user"]), json!([]), json!(null)] {
            let payload = scene.sign_in("iris-1", |token| token.claims["amr"] = forge).await;
            let client = scene.app.client(payload["session"]["accessToken"].as_str().unwrap());
            assert_eq!(client.fault(FAMILIES, json!({})).await, "SECOND_FACTOR_NEEDED");
        }
        // With a factor of its own, the account is asked for it, unless the provider asked for more than one.
        let name = accepted["session"]["signInName"].as_str().unwrap();
        enrol(&scene.app, &client, name).await;
        let asked = scene.sign_in("iris-1", weak).await;
        assert!(asked["session"].is_null() && asked["challenge"]["proofs"] == json!(["CODE"]), "{asked}");
        scene.app.clock.advance(SignedDuration::from_secs(60));
        let shown = scene.app.code_of(name);
        let answered = crate::factors::answer(&scene.app, &asked["challenge"], "code", &shown).await;
        let client = scene.app.client(answered["session"]["accessToken"].as_str().unwrap());
        client.data(FAMILIES, json!({})).await;
        assert!(scene.sign_in("iris-1", |_| ()).await["session"].is_object());
    })
    .await;
}

/// Adds an authenticator to an account that is signed in.
async fn enrol(app: &TestApp, client: &crate::harness::Client, name: &str) {
    let begun = client.data(document("identity/beginAuthenticator"), json!({"input": {}})).await;
    let begun = &begun["beginAuthenticator"]["enrolment"];
    app.knows_secret(name, begun["secret"].as_str().unwrap());
    let code = app.code_of(name);
    let input = json!({"input": {"enrolment": begun["token"], "code": code, "name": "My phone"}});
    client.data(document("identity/confirmAuthenticator"), input).await;
}

#[tokio::test]
async fn a_proof_at_the_provider_is_as_old_as_it_is() {
    on_each(async |scene| {
        let code = scene.invitation(Role::Coordinator).await;
        scene.accept(&code, "iris-1", |_| ()).await;
        let end = "mutation { endOtherSignIns { done userErrors { code field message } } }";
        let aged = |seconds: i64| {
            move |token: &mut super::Forged| {
                token.claims["auth_time"] = json!(token.claims["iat"].as_i64().unwrap() - seconds);
            }
        };
        let old = scene.sign_in("iris-1", aged(301)).await;
        let client = scene.app.client(old["session"]["accessToken"].as_str().unwrap());
        assert_eq!(client.fault(end, json!({})).await, "FRESH_PROOF_NEEDED");
        let new = scene.sign_in("iris-1", aged(10)).await;
        let client = scene.app.client(new["session"]["accessToken"].as_str().unwrap());
        client.data(end, json!({})).await;
    })
    .await;
}

#[tokio::test]
async fn where_there_is_no_provider_nobody_is_sent_to_one() {
    for backend in backends() {
        let app = TestApp::start(backend).await;
        let begin = app.anonymous().send(document("identity/beginProviderSignIn"), json!({})).await;
        assert_eq!(code_of(&begin["data"]["beginProviderSignIn"]), "NO_PROVIDER");
        let input = json!({"input": {"state": "a", "providerCode": "b", "secret": "c"}});
        let finish = app.anonymous().send(document("identity/finishProviderSignIn"), input).await;
        assert_eq!(code_of(&finish["data"]["finishProviderSignIn"]), "NO_PROVIDER");
        app.finish().await;
    }
}
