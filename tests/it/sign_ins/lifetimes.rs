//! How long sign-ins last: without being used, and at most.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;

use super::{Session, VIEWER, accept, family_code, mentor_code, sign_in};
use crate::harness::{Client, TestApp, World, backends, on_each};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

async fn name(client: &Client) -> String {
    let viewer = client.data(VIEWER, json!({})).await;
    viewer["viewer"]["account"]["signInName"].as_str().unwrap().to_owned()
}

/// Everybody's name, with how long they may be idle and how long at most, in seconds.
async fn people(app: &TestApp) -> Vec<(String, i64, i64)> {
    let world = World::new(app).await;
    let family = accept(&app.anonymous(), &family_code(&world).await).await;
    let mentor = app.accept(&mentor_code(&world).await).await;
    vec![
        (name(&family.client).await, 14 * DAY, 90 * DAY),
        (mentor.sign_in_name, 7 * DAY, 30 * DAY),
        (name(&world.coordinator).await, 8 * HOUR, 12 * HOUR),
        (name(&world.administrator).await, HOUR, 8 * HOUR),
    ]
}

#[tokio::test]
async fn a_sign_in_that_is_not_used_runs_out() {
    on_each(|app| async move {
        for (name, idle, _) in people(&app).await {
            let mut session = sign_in(&app, &app.anonymous(), &name).await;
            app.clock.advance(SignedDuration::from_secs(idle - 1));
            session.refresh().await;
            let fresh = sign_in(&app, &app.anonymous(), &name).await;
            app.clock.advance(SignedDuration::from_secs(idle));
            assert!(session.is_dead().await && fresh.is_dead().await);
        }
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_ends_some_day_however_it_is_used() {
    on_each(|app| async move {
        for (name, idle, longest) in people(&app).await {
            let mut session = sign_in(&app, &app.anonymous(), &name).await;
            let mut passed = 0;
            while passed < longest - 60 {
                let step = (idle - 1).min(longest - 60 - passed);
                app.clock.advance(SignedDuration::from_secs(step));
                passed += step;
                session.refresh().await;
            }
            // A token that is made shortly before the end does not outlive it.
            let end = app.clock_seconds() + 60;
            assert_eq!(session.expires_at.parse::<jiff::Timestamp>().unwrap().as_second(), end);
            session.client.data(VIEWER, json!({})).await;
            app.clock.advance(SignedDuration::from_secs(60));
            assert!(session.is_dead().await);
        }
    })
    .await;
}

/// A node on which staff may be idle for five minutes: less than a token lasts.
async fn impatient(app: &TestApp) -> Session {
    let world = World::new(app).await;
    let name = name(&world.coordinator).await;
    sign_in(app, &app.anonymous(), &name).await
}

#[tokio::test]
async fn idleness_counts_from_the_last_request_and_ends_a_token_that_is_still_good() {
    for backend in backends() {
        let app = TestApp::start_with(backend, |settings| {
            settings.sign_ins.staff_idle = Duration::from_mins(5);
        })
        .await;
        let session = impatient(&app).await;
        app.clock.advance(SignedDuration::from_secs(299));
        session.client.data(VIEWER, json!({})).await;
        app.clock.advance(SignedDuration::from_secs(299));
        session.client.data(VIEWER, json!({})).await;
        let mut socket = session.client.socket().await;
        let (status, before) = session.client.raw(VIEWER, &json!({})).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&before));
        // Two seconds before the token would have ended by itself.
        app.clock.advance(SignedDuration::from_secs(300));
        assert_eq!(socket.closed_within(Duration::from_secs(3)).await, 4403);
        assert!(session.is_dead().await);
        app.finish().await;
    }
}

#[tokio::test]
async fn the_last_use_is_written_down_once_a_minute_at_most() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let name = name(&world.coordinator).await;
        let start = app.clock_seconds();
        app.clock.advance(SignedDuration::from_secs(1));
        let session = sign_in(&app, &app.anonymous(), &name).await;
        let noted = async || app.count("SELECT max(last_used_at) / 1000000 AS n FROM sign_in").await - start;
        for (seconds, want) in [(0, 1), (59, 1), (1, 61), (30, 61), (29, 61), (1, 121)] {
            app.clock.advance(SignedDuration::from_secs(seconds));
            session.client.data(VIEWER, json!({})).await;
            assert_eq!(noted().await, want);
        }
    })
    .await;
}

#[tokio::test]
async fn going_on_in_another_role_makes_a_sign_in_last_no_longer() {
    const GRANT: &str = "mutation($input: GrantRoleInput!) { grantRole(input: $input) { account { roles { id role } } userErrors { code field message } } }";
    const SWITCH: &str = "mutation($input: SwitchRoleInput!) { switchRole(input: $input) { session { accessToken refreshToken expiresAt } userErrors { code field message } } }";
    on_each(|app| async move {
        let world = World::new(&app).await;
        let viewer = world.coordinator.data(VIEWER, json!({})).await["viewer"]["account"].clone();
        let input =
            json!({"accountId": viewer["id"], "programmeId": world.programme_id(), "role": "SAFEGUARDING_LEAD"});
        let granted = world.administrator.data(GRANT, json!({ "input": input })).await;
        let roles = granted["grantRole"]["account"]["roles"].as_array().unwrap();
        let role = roles.iter().find(|role| role["role"] == "SAFEGUARDING_LEAD").unwrap()["id"].clone();
        let mut session = sign_in(&app, &app.anonymous(), viewer["signInName"].as_str().unwrap()).await;
        for hours in [7, 4] {
            app.clock.advance(SignedDuration::from_hours(hours));
            session.refresh().await;
        }
        let switched = session.client.data(SWITCH, json!({"input": {"roleId": role}})).await;
        let mut session = Session::new(&session.client, &switched["switchRole"]["session"]);
        app.clock.advance(SignedDuration::from_secs(HOUR - 1));
        session.refresh().await;
        app.clock.advance(SignedDuration::from_secs(1));
        assert!(session.is_dead().await);
    })
    .await;
}

#[tokio::test]
async fn the_last_use_of_a_two_step_sign_in_counts_from_its_second_step() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let name = name(&world.administrator).await;
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let mut session = sign_in(&app, &app.anonymous().device(agent, [127, 0, 0, 9]), &name).await;
        let own = "{ mySignIns(first: 1) { nodes { device proof role thisOne } } }";
        let told = session.client.data(own, json!({})).await["mySignIns"]["nodes"][0].clone();
        let want =
            json!({"device": "Firefox on Linux", "proof": "SECOND_FACTOR", "role": "ADMINISTRATOR", "thisOne": true});
        assert_eq!(told, want);
        app.clock.advance(SignedDuration::from_secs(HOUR - 1));
        session.refresh().await;
        app.clock.advance(SignedDuration::from_secs(HOUR));
        assert!(session.is_dead().await);
    })
    .await;
}
