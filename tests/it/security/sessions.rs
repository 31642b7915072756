//! Staying in: every sign-in has tokens of its own, ends when it is told to, and lasts no longer than it may.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::SignedDuration;
use kinward::app::Sources;
use kinward::identity::Role;
use serde_json::{Value, json};

use super::{REFRESH, VIEWER, coordinator, signed_in, tokens};
use crate::harness::people::PASSPHRASE;
use crate::harness::{TestApp, on_each};

const OUT: &str = include_str!("../../../graphql/operations/identity/signOut.graphql");
const OUT_EVERYWHERE: &str = include_str!("../../../graphql/operations/identity/signOutEverywhere.graphql");
const CLOSE: &str = include_str!("../../../graphql/operations/identity/closeAccount.graphql");

fn refresh(token: &str) -> Value {
    json!({"input": {"refreshToken": token}})
}

/// Neither token of a session opens anything.
async fn is_dead(app: &TestApp, session: &Value) {
    let (access, renewing) = tokens(session);
    assert_eq!(app.client(&access).fault(VIEWER, json!({})).await, "UNAUTHENTICATED");
    assert_eq!(app.anonymous().fault(REFRESH, refresh(&renewing)).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn every_sign_in_and_every_refresh_has_tokens_of_its_own() {
    on_each(|app| async move {
        let (_, name, first) = coordinator(&app).await;
        let second = signed_in(&app, &name, PASSPHRASE).await;
        let third =
            app.anonymous().data(REFRESH, refresh(&tokens(&second).1)).await["refreshTokens"]["session"].clone();
        let all = [&first, &second, &third].map(tokens);
        let different: BTreeSet<&String> = all.iter().flat_map(|(access, renewing)| [access, renewing]).collect();
        assert_eq!(different.len(), 6);
        for (access, renewing) in &all {
            // 256 random bits in base64, and a signed token in three parts.
            assert_eq!((renewing.len(), access.split('.').count()), (43, 3));
        }
        // What was exchanged is spent.
        assert_eq!(app.anonymous().fault(REFRESH, refresh(&tokens(&second).1)).await, "UNAUTHENTICATED");
    })
    .await;
}

#[test]
fn what_nobody_must_guess_is_drawn_from_the_system() {
    let sources = format!("{:?}", Sources::default());
    assert!(sources.contains("SystemEntropy") && sources.contains("cheap_passphrases: false"), "{sources}");
}

#[tokio::test]
async fn signing_out_ends_this_sign_in_and_no_other() {
    on_each(|app| async move {
        let (_, name, first) = coordinator(&app).await;
        let second = signed_in(&app, &name, PASSPHRASE).await;
        let client = app.client(&tokens(&first).0);
        let mut socket = client.socket().await;
        client.data(OUT, json!({})).await;
        is_dead(&app, &first).await;
        assert_eq!(socket.closed_within(Duration::from_secs(5)).await, 4403);
        app.client(&tokens(&second).0).data(VIEWER, json!({})).await;
        app.anonymous().data(REFRESH, refresh(&tokens(&second).1)).await;
    })
    .await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_them_all() {
    on_each(|app| async move {
        let (_, name, first) = coordinator(&app).await;
        let second = signed_in(&app, &name, PASSPHRASE).await;
        let mut socket = app.client(&tokens(&second).0).socket().await;
        app.client(&tokens(&first).0).data(OUT_EVERYWHERE, json!({})).await;
        assert_eq!(socket.closed_within(Duration::from_secs(5)).await, 4403);
        is_dead(&app, &first).await;
        is_dead(&app, &second).await;
    })
    .await;
}

#[tokio::test]
async fn a_closed_account_has_no_sign_in_left() {
    on_each(|app| async move {
        let (world, name, session) = coordinator(&app).await;
        let viewer = world.coordinator.data(VIEWER, json!({})).await;
        let id = viewer["viewer"]["account"]["id"].clone();
        world.administrator.data(CLOSE, json!({"input": {"id": id}})).await;
        is_dead(&app, &session).await;
        assert_eq!(world.coordinator.fault(VIEWER, json!({})).await, "UNAUTHENTICATED");
        let again = json!({"input": {"signInName": name, "passphrase": PASSPHRASE}});
        let refused = app.anonymous().refused(super::SIGN_IN, again).await;
        assert_eq!(refused, ["WRONG_NAME_OR_PASSPHRASE input"]);
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_ends_however_often_it_is_refreshed() {
    on_each(|app| async move {
        let (_, _, mut session) = coordinator(&app).await;
        // Often enough that it is not for being idle that it ends.
        let mut hours = 0;
        loop {
            app.clock.advance(SignedDuration::from_hours(1));
            hours += 1;
            let answer = app.anonymous().send(REFRESH, refresh(&tokens(&session).1)).await;
            if answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED" {
                break;
            }
            session = answer["data"]["refreshTokens"]["session"].clone();
            assert!(hours < 400, "a sign-in went on for more than two weeks");
        }
        assert_eq!(app.client(&tokens(&session).0).fault(VIEWER, json!({})).await, "UNAUTHENTICATED");
        assert_eq!(hours, 12, "a coordinator's sign-in lasts a working day");
    })
    .await;
}

#[tokio::test]
async fn a_session_comes_only_from_an_act_of_its_owner() {
    on_each(|app| async move {
        let (world, ..) = coordinator(&app).await;
        let before = app.count("SELECT count(*) AS n FROM sign_in").await;
        // Reading, asking and being refused begin nothing.
        world.coordinator.data(VIEWER, json!({})).await;
        app.anonymous().fault(VIEWER, json!({})).await;
        world.coordinator.socket().await;
        reqwest::get(format!("{}/graphql?query=%7B__typename%7D", app.url)).await.unwrap();
        assert_eq!(app.count("SELECT count(*) AS n FROM sign_in").await, before);
        world.staff(Role::Auditor, "Otto").await;
        assert_eq!(app.count("SELECT count(*) AS n FROM sign_in").await, before + 1);
    })
    .await;
}
