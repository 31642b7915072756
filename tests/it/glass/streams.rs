//! Streams under an opening and on the board.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;

use super::{CHANGES, END, FOLLOW, REVIEW, Stage, about};
use crate::harness::on_each;
use crate::talk::world::Ear;

const SECOND: Duration = Duration::from_secs(1);

async fn ends(ear: &mut Ear) {
    let Some(end) = ear.within(SECOND).await else { panic!("the stream goes on") };
    assert!(end.to_string().contains("NOT_FOUND"), "{end:#}");
}

#[tokio::test]
async fn a_conversation_is_followed_until_somebody_ends_the_opening() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let opened = stage.open(json!({})).await;
        let of = json!({"id": opened["id"], "matchId": stage.of_match});
        let mut ear = Ear::open(&stage.lead, FOLLOW, of.clone()).await;
        let mut family = Ear::open(
            &stage.mentor.client,
            include_str!("../../../graphql/operations/messaging/messageChanges.graphql"),
            json!({"matchId": stage.of_match}),
        )
        .await;
        // Held for a reader: the lead sees it, the mentor hears nothing.
        stage.send(&stage.family.client, "A quiet evening.").await;
        let change = ear.change().await;
        assert_eq!(
            (&change["message"]["body"], &change["message"]["state"]),
            (&json!("A quiet evening."), &json!("HELD"))
        );
        family.quiet().await;
        stage.world.coordinator.data(END, json!({"input": about(&opened["id"])})).await;
        ends(&mut ear).await;
        let refused = Ear::open(&stage.lead, FOLLOW, of).await.next().await;
        assert!(refused.to_string().contains("FORBIDDEN"), "{refused:#}");
    })
    .await;
}

#[tokio::test]
async fn a_stream_ends_within_a_second_of_the_instant() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let opened = stage.open(json!({"minutes": 4})).await;
        let mut ear = Ear::open(&stage.lead, FOLLOW, json!({"id": opened["id"], "matchId": stage.of_match})).await;
        app.advance(SignedDuration::from_mins(4) - SignedDuration::from_micros(1)).await;
        ear.quiet().await;
        app.advance(SignedDuration::from_micros(1)).await;
        ends(&mut ear).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_said_after_the_instant_is_not_delivered_before_any_job_has_run() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let opened = stage.open(json!({"minutes": 4})).await;
        let mut ear = Ear::open(&stage.lead, FOLLOW, json!({"id": opened["id"], "matchId": stage.of_match})).await;
        app.clock.advance(SignedDuration::from_mins(4));
        stage.send(&stage.family.client, "A quiet evening.").await;
        ends(&mut ear).await;
    })
    .await;
}

#[tokio::test]
async fn everybody_responsible_hears_of_it_at_once() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let programme = json!({"programmeId": stage.world.programme_id()});
        let mut ears = vec![
            Ear::open(&stage.world.coordinator, CHANGES, json!({})).await,
            Ear::open(&stage.other, CHANGES, programme.clone()).await,
            Ear::open(&stage.world.administrator, CHANGES, programme.clone()).await,
        ];
        for (stranger, fault) in [(&stage.family.client, "FORBIDDEN"), (&stage.mentor.client, "FORBIDDEN")] {
            let refused = Ear::open(stranger, CHANGES, json!({})).await.next().await;
            assert!(refused.to_string().contains(fault), "{refused:#}");
        }
        let elsewhere = stage.world.elsewhere().await;
        let refused = Ear::open(&elsewhere.coordinator, CHANGES, programme).await.next().await;
        assert!(refused.to_string().contains("NOT_FOUND"), "{refused:#}");

        let opened = stage.open(json!({})).await;
        for ear in &mut ears {
            let told = ear.change().await;
            assert_eq!((&told["id"], &told["state"]), (&opened["id"], &json!("OPEN")));
        }
        stage.lead.data(END, json!({"input": about(&opened["id"])})).await;
        for ear in &mut ears {
            assert_eq!(ear.change().await["state"], "ENDED");
        }
        let review = json!({"id": opened["id"], "verdict": "JUSTIFIED", "note": "It was right to look at once."});
        stage.other.data(REVIEW, json!({ "input": review })).await;
        for ear in &mut ears {
            assert_eq!(ear.change().await["state"], "REVIEWED");
        }
    })
    .await;
}
