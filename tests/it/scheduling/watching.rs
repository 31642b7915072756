use std::time::Duration;

use async_graphql::{Request, Variables};
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use kinward::events::Event;
use kinward::graphql::Limits;
use serde_json::{Value, json};

use super::{Pair, Person, document};
use crate::harness::on_each;

async fn watch(pair: &Pair, by: &Person) -> BoxStream<'static, Value> {
    let variables = Variables::from_json(json!({"matchId": pair.match_global()}));
    let request = Request::new(document("sessionChanges")).variables(variables);
    let request = kinward::schema::equip(request, by.op().await);
    let answers = kinward::schema::build(&Limits::default(), pair.app.app.messaging.clone()).execute_stream(request);
    answers.map(|answer| serde_json::to_value(answer).unwrap()).boxed()
}

/// What comes next within five seconds; `None` when the stream has ended.
async fn next(stream: &mut BoxStream<'static, Value>) -> Option<Value> {
    tokio::time::timeout(Duration::from_secs(5), stream.next()).await.unwrap()
}

#[tokio::test]
async fn each_change_is_delivered_until_access_ends() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let (mut family, mut mentor) = (watch(&pair, &pair.family).await, watch(&pair, &pair.mentor).await);
        // A stream listens from its first poll on, so both are polled while the booking is made.
        let booked = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            pair.book(&pair.family, "2026-11-24T15:00:00Z").await
        };
        let (first, second, session) = tokio::join!(next(&mut family), next(&mut mentor), booked);
        for change in [first.unwrap(), second.unwrap()] {
            assert_eq!(change["data"]["sessionChanges"]["session"]["id"], session["id"], "{change:#}");
            assert_eq!(change["data"]["sessionChanges"]["session"]["state"], "PROPOSED");
        }
        let confirm = json!({"input": {"sessionId": session["id"]}});
        pair.mentor.now().await.data(document("confirmSession"), confirm).await;
        for stream in [&mut family, &mut mentor] {
            let change = next(stream).await.unwrap();
            assert_eq!(change["data"]["sessionChanges"]["session"]["state"], "CONFIRMED");
        }
        // The end of the match cuts the mentor's stream without a word; the family's stays.
        pair.match_state("ended").await;
        let topic = format!("match:{}", pair.match_id.uuid());
        let event = Event { id: app.app.core.ids.make(), topic, body: json!({}) };
        app.app.core.hub.dispatch(&std::sync::Arc::new(event));
        assert_eq!(next(&mut mentor).await, None);
        kinward::scheduling::jobs::match_ended(&app.system(), json!({"match": pair.match_id})).await.unwrap();
        let change = next(&mut family).await.unwrap();
        assert_eq!(change["data"]["sessionChanges"]["session"]["state"], "CANCELLED");
    })
    .await;
}

#[tokio::test]
async fn a_stranger_watches_nothing() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        pair.match_state("ended").await;
        let mut mentor = watch(&pair, &pair.mentor).await;
        let answer = next(&mut mentor).await.unwrap();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND", "{answer:#}");
        assert_eq!(next(&mut mentor).await, None);
    })
    .await;
}
