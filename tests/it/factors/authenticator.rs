//! Authenticators and the second step of signing in.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::SignedDuration;
use kinward::identity::{self, Answer, AuthenticatorSecret};
use serde_json::{Value, json};

use super::{answer, caregiver, document, name_of, problem, sign_in};
use crate::harness::{Backend, TestApp, World, backends, on_each, people::token};

#[tokio::test]
async fn a_passphrase_alone_opens_no_account_with_a_factor() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let name = name_of(&world.coordinator).await;
        let asked = sign_in(&app, &name).await;
        assert_eq!(asked["session"], Value::Null);
        assert_eq!(asked["challenge"]["proofs"], json!(["CODE", "RECOVERY_CODE"]));
        let entered = answer(&app, &asked["challenge"], "code", &app.code_of(&name)).await;
        let client = app.client(entered["session"]["accessToken"].as_str().unwrap());
        assert_eq!(name_of(&client).await, name);
        // Only after the right passphrase is anything told of factors.
        let wrong = json!({"input": {"signInName": name, "passphrase": "not the one at all"}});
        let refused = app.anonymous().send(document("identity/signIn"), wrong).await;
        assert_eq!(refused["data"]["signIn"]["challenge"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_challenge_is_good_once_for_five_minutes_and_five_tries() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let name = name_of(&world.coordinator).await;
        let asked = sign_in(&app, &name).await["challenge"].clone();
        assert!(answer(&app, &asked, "code", &app.code_of(&name)).await["session"].is_object());
        let code = {
            app.clock.advance(SignedDuration::from_mins(1));
            app.code_of(&name)
        };
        assert_eq!(problem(&answer(&app, &asked, "code", &code).await), "CHALLENGE_NOT_GOOD");
        let late = sign_in(&app, &name).await["challenge"].clone();
        app.clock.advance(SignedDuration::from_mins(5));
        assert_eq!(problem(&answer(&app, &late, "code", &app.code_of(&name)).await), "CHALLENGE_NOT_GOOD");
        let tried = sign_in(&app, &name).await["challenge"].clone();
        for _ in 0..5 {
            assert_eq!(problem(&answer(&app, &tried, "recoveryCode", "AAAA-AAAA").await), "WRONG_PROOF");
        }
        app.clock.advance(SignedDuration::from_mins(1));
        assert_eq!(problem(&answer(&app, &tried, "code", &app.code_of(&name)).await), "CHALLENGE_NOT_GOOD");
        let unknown = json!({"token": "AAAA"});
        assert_eq!(problem(&answer(&app, &unknown, "code", "123456").await), "CHALLENGE_NOT_GOOD");
    })
    .await;
}

#[tokio::test]
async fn a_challenge_is_for_its_own_account_and_dies_with_the_passphrase() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (coordinator, administrator) = (name_of(&world.coordinator).await, name_of(&world.administrator).await);
        let asked = sign_in(&app, &coordinator).await["challenge"].clone();
        let others = app.code_of(&administrator);
        assert_eq!(problem(&answer(&app, &asked, "code", &others).await), "WRONG_PROOF");
        let change = json!({"input": {"presentPassphrase": crate::harness::people::PASSPHRASE,
            "newPassphrase": "eleven herons by the weir"}});
        world.coordinator.data(document("identity/changePassphrase"), change).await;
        assert_eq!(problem(&answer(&app, &asked, "code", &app.code_of(&coordinator)).await), "CHALLENGE_NOT_GOOD");
        // A suspended account cannot come in by a challenge that it got before.
        let asked = sign_in(&app, &administrator).await["challenge"].clone();
        app.tamper("UPDATE account SET state = 'suspended'").await.unwrap();
        app.clock.advance(SignedDuration::from_mins(1));
        assert_eq!(problem(&answer(&app, &asked, "code", &app.code_of(&administrator)).await), "CHALLENGE_NOT_GOOD");
    })
    .await;
}

#[tokio::test]
async fn each_code_is_good_once_also_in_a_race() {
    for backend in backends() {
        let app = TestApp::start(backend).await;
        let world = World::new(&app).await;
        let name = name_of(&world.coordinator).await;
        let mut challenges = Vec::new();
        for _ in 0..4 {
            challenges.push(sign_in(&app, &name).await["challenge"].clone());
        }
        let code = app.code_of(&name);
        let tries = challenges.iter().map(|asked| answer(&app, asked, "code", &code));
        let won = join_all(tries).await.iter().filter(|payload| payload["session"].is_object()).count();
        assert_eq!(won, 1, "{backend:?}");
        // The code of the step before is no longer good either.
        let secret = app.secret_of(&name);
        let before = secret.code_at(app.app.core.clock.now() - SignedDuration::from_secs(30)).unwrap();
        app.clock.advance(SignedDuration::from_mins(16));
        let asked = sign_in(&app, &name).await["challenge"].clone();
        assert_eq!(problem(&answer(&app, &asked, "code", &before).await), "WRONG_PROOF");
        app.finish().await;
    }
}

#[tokio::test]
async fn wrong_codes_have_to_wait_longer_and_longer_and_the_owner_still_comes_in() {
    for backend in backends() {
        let app = TestApp::start_with(backend, |settings| settings.limits.sign_in_tries_per_name = 1_000).await;
        let world = World::new(&app).await;
        let (signed_in, _) = caregiver(&world).await;
        let recovery = app.enrol(&signed_in).await;
        let name = signed_in.sign_in_name.clone();
        let nobody = app.op_of_nobody();
        let mut waits = Vec::new();
        for _ in 0..8 {
            let step = app.app.identity.sign_in(&nobody, &name, crate::harness::people::PASSPHRASE.into(), None).await;
            let token = step.unwrap().challenge.unwrap().token;
            let wrong = || Answer { code: Some("000000".into()), ..Answer::default() };
            let refused = app.app.identity.answer_challenge(&nobody, &token, wrong()).await.unwrap_err();
            assert!(matches!(refused, kinward::kernel::Error::Refused(_)), "{refused}");
            let next = app.app.identity.answer_challenge(&nobody, &token, wrong()).await.unwrap_err();
            if let kinward::kernel::Error::TooMany { retry_after } = next {
                waits.push(retry_after);
                app.clock.advance(SignedDuration::from_secs(i64::try_from(retry_after).unwrap()));
            }
        }
        assert!(waits.len() >= 4 && waits.is_sorted() && waits[3] >= 8 * (waits[0] - 1), "{waits:?}");
        // Whoever guesses does not keep the owner out: a recovery code needs no waiting.
        let asked = sign_in(&app, &name).await["challenge"].clone();
        let entered = answer(&app, &asked, "recoveryCode", &recovery[0]).await;
        let client = app.client(entered["session"]["accessToken"].as_str().unwrap());
        let mine = client.data(document("identity/myFactors"), json!({})).await["myFactors"].clone();
        assert!(mine["wrongCodes"].as_i64().unwrap() >= 8, "{mine}");
        // A right code, after the wait, begins the count anew.
        app.clock.advance(SignedDuration::from_mins(16));
        app.sign_in(&name).await;
        let again = app.client(token(&app.sign_in(&name).await));
        let mine = again.data(document("identity/myFactors"), json!({})).await["myFactors"].clone();
        assert_eq!(mine["wrongCodes"], 0);
        app.finish().await;
    }
}

#[tokio::test]
async fn the_first_factor_ends_weaker_sign_ins_and_the_database_keeps_it_so() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (signed_in, client) = caregiver(&world).await;
        let elsewhere = app.client(token(&app.sign_in(&signed_in.sign_in_name).await));
        let mut socket = elsewhere.socket().await;
        app.enrol(&signed_in).await;
        assert_eq!(elsewhere.fault(document("identity/viewer"), json!({})).await, "UNAUTHENTICATED");
        socket.closed_within(Duration::from_secs(1)).await;
        name_of(&client).await;
        let weak = "INSERT INTO sign_in (id, account_id, role_id, created_at, last_used_at, expires_at)
            SELECT account_id, account_id, id, 1, 1, 1 FROM role WHERE role = 'family_member'";
        let refused = app.tamper(weak).await.unwrap_err().to_string();
        assert!(refused.contains("sign_in_needs_factor"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn an_enrolment_needs_its_own_code_in_its_own_session() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (_, client) = caregiver(&world).await;
        let (_, other) = caregiver(&world).await;
        let begin = document("identity/beginAuthenticator");
        let begun = client.data(begin, json!({"input": {"label": "Reading club"}})).await;
        let enrolment = begun["beginAuthenticator"]["enrolment"].clone();
        assert!(enrolment["address"].as_str().unwrap().starts_with("otpauth://totp/Reading%20club:"), "{enrolment}");
        let secret = AuthenticatorSecret::read(enrolment["secret"].as_str().unwrap()).unwrap();
        let code = secret.code_at(app.app.core.clock.now()).unwrap();
        let confirm = |code: &str| json!({"input": {"enrolment": enrolment["token"], "code": code, "name": "Phone"}});
        let document_ = document("identity/confirmAuthenticator");
        assert_eq!(other.refused(document_, confirm(&code)).await, ["CHALLENGE_NOT_GOOD input.enrolment"]);
        let wrong = if code == "000000" { "000001" } else { "000000" };
        assert_eq!(client.refused(document_, confirm(wrong)).await, ["WRONG_PROOF input.code"]);
        let done = client.data(document_, confirm(&code)).await["confirmAuthenticator"]["enrolled"].clone();
        assert_eq!(done["recoveryCodes"].as_array().unwrap().len(), 10);
        assert_eq!(client.refused(document_, confirm(&code)).await, ["CHALLENGE_NOT_GOOD input.enrolment"]);
        // Neither the secret nor the codes nor the name stand readable in the database.
        for table in ["factor", "recovery_code", "challenge"] {
            let all = app.dump(table).await;
            let plain = done["recoveryCodes"][0].as_str().unwrap();
            for text in [&secret.text(), plain, &plain.replace('-', ""), "Phone"] {
                assert!(!all.contains(text), "{table} shows {text}");
            }
        }
        let long = json!({"input": {"label": "x".repeat(41)}});
        assert_eq!(client.refused(begin, long).await, ["TOO_LONG input.label"]);
    })
    .await;
}

#[tokio::test]
async fn a_factor_is_renamed_and_removed_by_its_owner_only() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (signed_in, client) = caregiver(&world).await;
        app.enrol(&signed_in).await;
        let (other, stranger) = caregiver(&world).await;
        app.enrol(&other).await;
        let mine = client.data(document("identity/myFactors"), json!({})).await["myFactors"].clone();
        let id = mine["factors"][0]["id"].clone();
        assert_eq!((&mine["required"], &mine["hasPassphrase"]), (&json!(false), &json!(true)));
        let (rename, remove) = (document("identity/renameFactor"), document("identity/removeFactor"));
        let named = json!({"input": {"id": id, "name": "Old phone"}});
        assert_eq!(stranger.fault(rename, named.clone()).await, "NOT_FOUND");
        assert_eq!(stranger.fault(remove, json!({"input": {"id": id}})).await, "NOT_FOUND");
        let renamed = client.data(rename, named).await["renameFactor"]["factors"]["factors"][0]["name"].clone();
        assert_eq!(renamed, "Old phone");
        // A family may go back to its passphrase; mentors and staff keep one factor at least.
        let second = app.client(token(&app.sign_in(&signed_in.sign_in_name).await));
        client.data(remove, json!({"input": {"id": id}})).await;
        assert_eq!(second.fault(document("identity/viewer"), json!({})).await, "UNAUTHENTICATED");
        assert!(sign_in(&app, &signed_in.sign_in_name).await["session"].is_object());
        let mine = world.coordinator.data(document("identity/myFactors"), json!({})).await["myFactors"].clone();
        let id = json!({"input": {"id": mine["factors"][0]["id"]}});
        assert_eq!(world.coordinator.refused(remove, id).await, ["LAST_FACTOR input.id"]);
        assert_eq!(mine["required"], true);
    })
    .await;
}

#[tokio::test]
async fn old_challenges_are_forgotten() {
    let app = TestApp::start(Backend::Sqlite).await;
    let world = World::new(&app).await;
    sign_in(&app, &name_of(&world.coordinator).await).await;
    assert!(app.count("SELECT count(*) AS n FROM challenge").await > 0);
    app.advance(SignedDuration::from_hours(3)).await;
    assert_eq!(app.count("SELECT count(*) AS n FROM challenge").await, 0);
    app.finish().await;
}

#[tokio::test]
async fn an_account_has_ten_factors_at_most() {
    let app = TestApp::start(Backend::Sqlite).await;
    let world = World::new(&app).await;
    let op = app.op_of(world.coordinator.token()).await;
    for at in 1..=10_i64 {
        let begun = identity::begin_authenticator(&op, None).await;
        if at == 10 {
            assert!(begun.is_err());
            break;
        }
        let begun = begun.unwrap();
        let text = secrecy::ExposeSecret::expose_secret(&begun.secret);
        let code = AuthenticatorSecret::read(text).unwrap().code_at(op.now()).unwrap();
        identity::confirm_authenticator(&op, &begun.token, &code, "Another").await.unwrap();
    }
    app.finish().await;
}
