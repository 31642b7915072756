//! Watching releases.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;

use super::{CHANGES, DISCLOSE, REVOKE, SIGN, Stage, about, signing, telling};
use crate::harness::on_each;
use crate::matching::stage;
use crate::talk::world::Ear;

#[tokio::test]
async fn taking_back_is_heard_at_once_on_both_sides() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let of = json!({"familyId": stage.family.id});
        let mut staff = Ear::open(&stage.world.coordinator, CHANGES, of.clone()).await;
        let mut family = Ear::open(&stage.family.client, CHANGES, of.clone()).await;
        let ina = stage::family(&app, &stage.world, "Ina").await;
        let refused = Ear::open(&ina.client, CHANGES, of).await.next().await;
        assert!(refused.to_string().contains("NOT_FOUND"), "{refused:#}");

        let draft = stage.draft(&["LANGUAGES"]).await;
        stage.family.client.data(SIGN, json!({"input": signing(&draft, &["LANGUAGES"])})).await;
        stage.world.coordinator.data(DISCLOSE, telling(&draft, &["LANGUAGES"])).await;
        stage.family.client.data(REVOKE, about(&draft)).await;
        for ear in [&mut staff, &mut family] {
            let mut states = Vec::new();
            while states.last() != Some(&json!("REVOKED")) {
                let Some(told) = ear.within(Duration::from_secs(1)).await else { panic!("the stream stays silent") };
                states.push(told["payload"]["data"]["releaseChanges"]["state"].clone());
                assert!(states.len() <= 4, "{states:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_end_of_its_time_is_heard_within_a_second() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let mut input = stage.input(&["LANGUAGES"]);
        input["validDays"] = json!(1);
        let draft = stage.world.coordinator.data(super::DRAFT, json!({ "input": input })).await;
        let draft = draft["draftRelease"]["release"].clone();
        stage.family.client.data(SIGN, json!({"input": signing(&draft, &["LANGUAGES"])})).await;
        // Streams end with their token, so the ear is opened by somebody who signs in when the day is nearly over.
        let known = stage::names([&stage.family.client]).await;
        app.advance(SignedDuration::from_hours(24) - SignedDuration::from_secs(1)).await;
        let [fay] = stage::again(&app, &known).await;
        let mut ear = Ear::open(&fay, CHANGES, json!({"familyId": stage.family.id})).await;
        app.advance(SignedDuration::from_secs(1)).await;
        let Some(told) = ear.within(Duration::from_secs(1)).await else { panic!("the stream stays silent") };
        assert_eq!(told["payload"]["data"]["releaseChanges"]["state"], "EXPIRED");
    })
    .await;
}
