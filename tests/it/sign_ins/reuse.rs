//! A refresh token that is used twice.

use futures_util::future::join;
use jiff::SignedDuration;
use kinward::identity::Role;
use serde_json::{Value, json};

use super::{Session, VIEWER, accept, family_code, sign_in};
use crate::harness::{Client, TestApp, World, backends, on_each};

const OWN: &str = "{ mySignIns { nodes { endedBecause thisOne } } }";
const ALERTS: &str = "query($first: Int, $after: String) { securityAlerts(first: $first, after: $after) { nodes { kind accountId role programmeId raisedAt handledAt } pageInfo { hasNextPage endCursor } } }";
const KEY: &str = "bm9ib2R5IGd1ZXNzZXMgdGhpcw";

async fn account(client: &Client) -> (Value, String) {
    let viewer = client.data(VIEWER, json!({})).await["viewer"]["account"].clone();
    (viewer["id"].clone(), viewer["signInName"].as_str().unwrap().to_owned())
}

async fn alerts(client: &Client) -> Vec<Value> {
    client.data(ALERTS, json!({})).await["securityAlerts"]["nodes"].as_array().unwrap().clone()
}

fn is_refused(answer: &Value) -> bool {
    answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
}

#[tokio::test]
async fn a_copied_token_ends_the_sign_in_and_people_hear_of_it() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let elsewhere = world.elsewhere().await;
        let auditor = world.staff(Role::Auditor, "Otto").await;
        let copied = accept(&app.anonymous(), &family_code(&world).await).await;
        let (id, name) = account(&copied.client).await;
        let mut phone = sign_in(&app, &app.anonymous(), &name).await;
        let mut socket = copied.client.socket().await;
        let mut current = copied.clone();
        current.refresh().await;
        assert_eq!(alerts(&world.coordinator).await, [json!(null); 0]);

        // The copy is used after the original.
        assert!(is_refused(&copied.try_refresh().await));
        assert_eq!(socket.closed_within(std::time::Duration::from_secs(1)).await, 4403);
        assert!(copied.is_dead().await && current.is_dead().await);
        // Its owner sees why, from where they are still signed in.
        let rows = phone.client.data(OWN, json!({})).await["mySignIns"]["nodes"].clone();
        assert!(rows.as_array().unwrap().contains(&json!({"endedBecause": "COPY_USED", "thisOne": false})), "{rows}");
        phone.refresh().await;
        // So do the programme's coordinator and the administrator, once; nobody else does.
        let alert = json!({
            "kind": "REFRESH_REUSED", "accountId": id, "role": "FAMILY_MEMBER", "programmeId": world.programme_id(),
            "raisedAt": "2026-11-23T15:00:00Z", "handledAt": null,
        });
        for keeper in [&world.coordinator, &world.administrator] {
            assert_eq!(alerts(keeper).await, std::slice::from_ref(&alert));
        }
        assert_eq!(alerts(&elsewhere.coordinator).await, [json!(null); 0]);
        for stranger in [&phone.client, &app.anonymous()] {
            assert_eq!(stranger.fault(ALERTS, json!({})).await, "NOT_FOUND");
        }
        assert_eq!(auditor.fault(ALERTS, json!({})).await, "FORBIDDEN");
        let seen = "SELECT count(*) AS n FROM audit_entry WHERE action = 'alert.list' AND outcome = 'allowed'";
        assert_eq!(app.count(seen).await, 4);
    })
    .await;
}

#[tokio::test]
async fn what_happens_to_staff_is_for_administrators() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (id, name) = account(&world.coordinator).await;
        for _ in 0..3 {
            // The next code of their authenticator.
            app.clock.advance(SignedDuration::from_secs(30));
            let copied = sign_in(&app, &app.anonymous(), &name).await;
            copied.clone().refresh().await;
            app.clock.advance(SignedDuration::from_secs(1));
            assert!(is_refused(&copied.try_refresh().await));
        }
        assert_eq!(alerts(&world.coordinator).await, [json!(null); 0]);
        let all = alerts(&world.administrator).await;
        assert!(all.len() == 3 && all.iter().all(|alert| alert["accountId"] == id), "{all:?}");
        let first = world.administrator.data(ALERTS, json!({"first": 2})).await["securityAlerts"].clone();
        let after = first["pageInfo"]["endCursor"].clone();
        let rest = world.administrator.data(ALERTS, json!({"first": 2, "after": after})).await;
        assert_eq!((&first["nodes"], &rest["securityAlerts"]["nodes"]), (&json!(all[..2]), &json!(all[2..])));
    })
    .await;
}

/// A fresh sign-in, whose refresh token was used once; the answer to that.
async fn used(world: &World, name: &str, retry_key: Option<&str>) -> (Session, Session) {
    let session = sign_in(&world.app, &world.app.anonymous(), name).await;
    let next = session.after(&session.try_refresh_with(retry_key).await);
    (session, next)
}

#[tokio::test]
async fn a_lost_answer_can_be_asked_for_again_by_the_same_client_and_nobody_else() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (_, name) = account(&accept(&app.anonymous(), &family_code(&world).await).await.client).await;
        // The same token with the same key: new tokens, twice if need be, and they go on.
        let (session, _lost) = used(&world, &name, Some(KEY)).await;
        app.clock.advance(SignedDuration::from_secs(59));
        let _lost_too = session.after(&session.try_refresh_with(Some(KEY)).await);
        let mut found = session.after(&session.try_refresh_with(Some(KEY)).await);
        found.refresh().await;
        found.client.data(VIEWER, json!({})).await;
        // Now that they were used, the key opens nothing any more.
        assert!(is_refused(&session.try_refresh_with(Some(KEY)).await) && found.is_dead().await);

        // Whoever uses what a retry has replaced ends the sign-in.
        let (session, lost) = used(&world, &name, Some(KEY)).await;
        let found = session.after(&session.try_refresh_with(Some(KEY)).await);
        assert!(is_refused(&lost.try_refresh().await) && found.is_dead().await);

        // Without the key, with another one, with a first one later, or too late: a copy.
        for (first, second, wait) in [
            (Some(KEY), None, 0),
            (Some(KEY), Some("YW5vdGhlciBrZXkgb2YgMjIgaXMgZmluZQ"), 0),
            (None, Some(KEY), 0),
            (None, None, 0),
            (Some(KEY), Some(KEY), 60),
        ] {
            let (session, next) = used(&world, &name, first).await;
            app.clock.advance(SignedDuration::from_secs(wait));
            assert!(is_refused(&session.try_refresh_with(second).await), "{first:?} {second:?} {wait}");
            assert!(next.is_dead().await);
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_easy_to_guess_is_refused_and_uses_nothing_up() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (_, name) = account(&accept(&app.anonymous(), &family_code(&world).await).await.client).await;
        let mut session = sign_in(&app, &app.anonymous(), &name).await;
        for key in ["", "short", &"x".repeat(21), &"x".repeat(129)] {
            let answer = session.try_refresh_with(Some(key)).await;
            let problem = &answer["data"]["refreshTokens"]["userErrors"][0];
            assert_eq!(problem["code"], "INVALID");
            assert_eq!(problem["field"], json!(["input", "retryKey"]));
        }
        session.refresh().await;
        let kept = app.dump("refresh_token").await;
        assert!(!kept.contains(KEY) && !kept.contains(&session.refresh_token));
    })
    .await;
}

#[tokio::test]
async fn of_two_uses_at_once_exactly_one_wins() {
    for backend in backends() {
        let app = TestApp::start_with(backend, |settings| settings.limits.sign_in_tries_per_name = 100).await;
        let world = World::new(&app).await;
        let (_, name) = account(&accept(&app.anonymous(), &family_code(&world).await).await.client).await;
        for round in 0..8 {
            let (one, other) =
                (sign_in(&app, &app.anonymous(), &name).await, sign_in(&app, &app.anonymous(), &name).await);
            // The control: two tokens at once, and both win.
            let answers = join(one.try_refresh(), other.try_refresh()).await;
            let (one, other) = (one.after(&answers.0), other.after(&answers.1));
            // One token twice at once.
            let answers = join(one.try_refresh(), one.try_refresh()).await;
            let won = [&answers.0, &answers.1].into_iter().filter(|answer| !is_refused(answer)).collect::<Vec<_>>();
            assert_eq!(won.len(), 1, "round {round}: {answers:#?}");
            assert!(one.after(won[0]).is_dead().await);
            other.client.data(VIEWER, json!({})).await;
        }
        let doubles = "SELECT count(*) AS n FROM (SELECT sign_in_id FROM refresh_token WHERE used_at IS NULL \
                       GROUP BY sign_in_id HAVING count(*) > 1) AS more";
        assert_eq!(app.count(doubles).await, 0);
        app.finish().await;
    }
}

#[tokio::test]
async fn whoever_acts_on_an_alert_first_says_so_for_all() {
    const HANDLE: &str = "mutation($id: ID!) { handleSecurityAlert(input: {id: $id}) { alert { id handledBy handledAt } userErrors { code field message } } }";
    on_each(|app| async move {
        let world = World::new(&app).await;
        let elsewhere = world.elsewhere().await;
        let auditor = world.staff(Role::Auditor, "Otto").await;
        let copied = accept(&app.anonymous(), &family_code(&world).await).await;
        let owner = sign_in(&app, &app.anonymous(), &account(&copied.client).await.1).await.client;
        copied.clone().refresh().await;
        assert!(is_refused(&copied.try_refresh().await));
        let ids = "{ securityAlerts { nodes { id handledBy handledAt } } }";
        let alert = world.coordinator.data(ids, json!({})).await["securityAlerts"]["nodes"][0].clone();
        assert_eq!((&alert["handledBy"], &alert["handledAt"]), (&json!(null), &json!(null)));
        let of = json!({"id": alert["id"]});
        // Neither whom it is about, nor somebody else's staff, nor who only reads.
        for stranger in [&elsewhere.coordinator, &auditor] {
            assert_eq!(stranger.fault(HANDLE, of.clone()).await, "NOT_FOUND");
        }
        assert_eq!(owner.fault(HANDLE, of.clone()).await, "FORBIDDEN");
        app.clock.advance(SignedDuration::from_secs(60));
        let by = account(&world.coordinator).await.0;
        let want = json!({"id": alert["id"], "handledBy": by, "handledAt": "2026-11-23T15:01:00Z"});
        let handled = world.coordinator.data(HANDLE, of.clone()).await["handleSecurityAlert"]["alert"].clone();
        assert_eq!(handled, want);
        // The first one stands, and the alert stays in the list.
        app.clock.advance(SignedDuration::from_secs(60));
        let again = world.administrator.data(HANDLE, of).await["handleSecurityAlert"]["alert"].clone();
        assert_eq!(again, want);
        assert_eq!(world.administrator.data(ids, json!({})).await["securityAlerts"]["nodes"], json!([want]));
        let kept = "SELECT count(*) AS n FROM audit_entry WHERE action = 'alert.handle' AND outcome = 'allowed'";
        assert_eq!(app.count(kept).await, 2);
    })
    .await;
}
