//! Open connections of people whose access ended without a word of it: the event was lost.

use std::time::Duration;

use serde_json::json;

use super::world::{CHANGES, MESSAGES, QUEUE, Talk, literal};
use crate::harness::{Client, TestApp, backends, on_each};

const LIMIT: Duration = Duration::from_secs(10);
const OFTEN: Duration = Duration::from_millis(100);

/// The ways in which somebody stops standing, each done to the database behind the service's back.
#[derive(Debug, Clone, Copy)]
enum End {
    SignIn,
    Account,
    Role,
}

async fn end(app: &TestApp, who: &Client, how: End) {
    let principal = app.op_of(who.token()).await.principal().clone();
    let sql = match how {
        End::SignIn => {
            let id = literal(app, principal.sign_in.unwrap().uuid());
            format!("UPDATE sign_in SET ended_at = 1, end_reason = 'signed_out' WHERE id = {id}")
        }
        End::Account => {
            let id = literal(app, principal.account.unwrap().uuid());
            format!("UPDATE account SET state = 'suspended' WHERE id = {id}")
        }
        End::Role => {
            let id = literal(app, principal.role.unwrap().uuid());
            format!("UPDATE role SET revoked_at = 1 WHERE id = {id}")
        }
    };
    app.tamper(&sql).await.unwrap();
}

/// Waits until the service listens to more than before, and has had time for its first look.
async fn listening(app: &TestApp, topics: usize) {
    while app.app.core.hub.topics() <= topics {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
}

const WAYS: [End; 3] = [End::SignIn, End::Account, End::Role];

#[tokio::test]
async fn nothing_is_delivered_on_an_access_that_ended_without_a_word() {
    for how in WAYS {
        on_each(|app| async move {
            let talk = Talk::new(&app).await;
            let mut socket = talk.family.socket().await;
            let topics = app.app.core.hub.topics();
            socket.subscribe("1", CHANGES, &json!({"matchId": talk.id()})).await;
            listening(&app, topics).await;
            talk.send(&talk.mentor, "Before.").await;
            assert_eq!(socket.next().await["payload"]["data"]["messageChanges"]["message"]["body"], "Before.");
            end(&app, &talk.family, how).await;
            talk.send(&talk.mentor, "After.").await;
            let (heard, code) = socket.rest_within(LIMIT).await;
            assert_eq!((heard, code), (Vec::new(), 4403), "{how:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_new_operation_on_an_open_socket_is_checked_anew() {
    for how in WAYS {
        on_each(|app| async move {
            let talk = Talk::new(&app).await;
            let mut socket = talk.family.socket().await;
            let page = json!({"matchId": talk.id()});
            socket.subscribe("1", MESSAGES, &page).await;
            assert_eq!(socket.next().await["type"], "next");
            assert_eq!(socket.next().await["type"], "complete");
            end(&app, &talk.family, how).await;
            socket.subscribe("2", MESSAGES, &page).await;
            let (heard, code) = socket.rest_within(LIMIT).await;
            assert_eq!((heard, code), (Vec::new(), 4403), "{how:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_silent_socket_ends_too_and_that_of_who_stands_stays() {
    for backend in backends() {
        let app = TestApp::start_with(backend, |settings| settings.limits.socket_recheck = OFTEN).await;
        let talk = Talk::new(&app).await;
        let mut healthy = talk.mentor.socket().await;
        healthy.subscribe("1", CHANGES, &json!({"matchId": talk.id()})).await;
        let mut board = talk.world.coordinator.socket().await;
        board.subscribe("1", QUEUE, &json!({})).await;
        let mut idle = talk.family.socket().await;
        idle.subscribe("1", CHANGES, &json!({"matchId": talk.id()})).await;
        end(&app, &talk.family, End::SignIn).await;
        assert_eq!(idle.rest_within(LIMIT).await, (Vec::new(), 4403));
        end(&app, &talk.world.coordinator, End::Role).await;
        assert_eq!(board.rest_within(LIMIT).await, (Vec::new(), 4403));
        // Two others have been looked up and closed meanwhile; this one was looked up as often, and works.
        talk.send(&talk.mentor, "Still here.").await;
        assert_eq!(healthy.next().await["payload"]["data"]["messageChanges"]["message"]["body"], "Still here.");
        app.finish().await;
    }
}

#[tokio::test]
async fn an_event_stream_ends_without_delivering() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let request = reqwest::Client::new().post(format!("{}/graphql", app.url)).bearer_auth(talk.family.token());
        let body = json!({"query": CHANGES, "variables": {"matchId": talk.id()}});
        let mut stream = request.header("accept", "text/event-stream").json(&body).send().await.unwrap();
        let mut text = String::new();
        talk.send(&talk.mentor, "The heron flies at dawn.").await;
        while !text.contains("heron") {
            let chunk = tokio::time::timeout(LIMIT, stream.chunk()).await.unwrap().unwrap();
            let Some(chunk) = chunk else { panic!("the stream ended: {text}") };
            text += std::str::from_utf8(&chunk).unwrap();
        }
        end(&app, &talk.family, End::SignIn).await;
        talk.send(&talk.mentor, "The badger digs at dusk.").await;
        while let Some(chunk) = tokio::time::timeout(LIMIT, stream.chunk()).await.unwrap().unwrap() {
            text += std::str::from_utf8(&chunk).unwrap();
        }
        assert!(text.contains("UNAUTHENTICATED") && !text.contains("badger"), "{text}");
    })
    .await;
}
