use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Pair, document};
use crate::harness::on_each;

const START: &str = "2026-11-24T15:00:00Z";

fn on(session: &Value, more: &Value) -> Value {
    let mut input = json!({"sessionId": session["id"]});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"input": input})
}

#[tokio::test]
async fn a_session_is_called_off_before_it_begins_and_the_reason_stays_sealed() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let session = pair.confirmed(START).await;
        let family = pair.family.now().await;
        let long = on(&session, &json!({"reason": "x".repeat(501)}));
        assert_eq!(family.refused(document("cancelSession"), long).await, ["TOO_LONG input.reason"]);
        let stale = on(&session, &json!({"version": 1}));
        assert_eq!(family.refused(document("cancelSession"), stale).await, ["STALE input.version"]);
        let cancel = on(&session, &json!({"reason": "A visit to the dentist."}));
        family.data(document("cancelSession"), cancel.clone()).await;
        assert_eq!(family.refused(document("cancelSession"), cancel).await, ["WRONG_STATE input.sessionId"]);
        for reader in [&pair.family, &pair.mentor, &pair.coordinator] {
            let seen = reader.now().await.data(document("session"), json!({"id": session["id"]})).await;
            assert_eq!(seen["session"]["cancelledBy"], "FAMILY");
            assert_eq!(seen["session"]["cancelReason"], "A visit to the dentist.");
        }
        assert!(!app.dump("session").await.contains("dentist"));
        // Its time is free at once.
        let again = pair.confirmed(START).await;
        let by_staff = pair.coordinator.now().await.data(document("cancelSession"), on(&again, &json!({}))).await;
        assert_eq!(by_staff["cancelSession"]["session"]["cancelledBy"], "PROGRAMME");
        let late = pair.confirmed(START).await;
        pair.go_to(START);
        assert_eq!(
            pair.mentor.now().await.refused(document("cancelSession"), on(&late, &json!({}))).await,
            ["TOO_LATE input.sessionId"]
        );
        let shift = on(&late, &json!({"startsAt": "2026-11-25T15:00:00Z"}));
        assert_eq!(
            pair.mentor.now().await.refused(document("rescheduleSession"), shift).await,
            ["TOO_LATE input.sessionId"]
        );
    })
    .await;
}

#[tokio::test]
async fn how_it_went_is_said_after_the_start_only() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let session = pair.confirmed(START).await;
        let done = on(&session, &json!({"wellbeing": 5}));
        let mentor = pair.mentor.now().await;
        assert_eq!(mentor.refused(document("completeSession"), done.clone()).await, ["TOO_EARLY input.sessionId"]);
        let wrong = on(&session, &json!({"wellbeing": 6, "note": "x".repeat(2001)}));
        let problems = mentor.refused(document("completeSession"), wrong).await;
        assert_eq!(problems, ["TOO_LONG input.note", "OUT_OF_RANGE input.wellbeing"]);
        let missing = on(&session, &json!({"side": "MENTOR"}));
        pair.go_to(START);
        app.clock.advance(SignedDuration::from_mins(9));
        assert_eq!(
            pair.family.now().await.refused(document("reportNoShow"), missing.clone()).await,
            ["TOO_EARLY input.sessionId"]
        );
        assert_eq!(pair.family.now().await.fault(document("completeSession"), done.clone()).await, "FORBIDDEN");
        assert_eq!(pair.coordinator.now().await.fault(document("reportNoShow"), missing.clone()).await, "FORBIDDEN");
        app.clock.advance(SignedDuration::from_mins(1));
        let family = pair.family.now().await;
        let reported = family.data(document("reportNoShow"), missing.clone()).await["reportNoShow"]["session"].clone();
        assert_eq!((&reported["state"], &reported["noShowSide"]), (&json!("NO_SHOW"), &json!("MENTOR")));
        assert_eq!(family.refused(document("reportNoShow"), missing).await, ["WRONG_STATE input.sessionId"]);
        assert_eq!(
            pair.mentor.now().await.refused(document("completeSession"), done).await,
            ["WRONG_STATE input.sessionId"]
        );
    })
    .await;
}

#[tokio::test]
async fn a_proposed_session_takes_only_the_steps_of_its_state() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let session = pair.book(&pair.family, START).await;
        let mentor = pair.mentor.now().await;
        for (name, more) in [
            ("completeSession", json!({"wellbeing": 3})),
            ("reportNoShow", json!({"side": "FAMILY"})),
            ("rescheduleSession", json!({"startsAt": "2026-11-25T15:00:00Z"})),
        ] {
            assert_eq!(
                mentor.refused(document(name), on(&session, &more)).await,
                ["WRONG_STATE input.sessionId"],
                "{name}"
            );
        }
        let called_off = mentor.data(document("cancelSession"), on(&session, &json!({}))).await;
        assert_eq!(called_off["cancelSession"]["session"]["cancelledBy"], "MENTOR");
        for (name, more) in [
            ("confirmSession", json!({})),
            ("completeSession", json!({"wellbeing": 3})),
            ("reportNoShow", json!({"side": "FAMILY"})),
            ("rescheduleSession", json!({"startsAt": "2026-11-25T15:00:00Z"})),
        ] {
            assert_eq!(
                mentor.refused(document(name), on(&session, &more)).await,
                ["WRONG_STATE input.sessionId"],
                "{name}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_move_onto_a_taken_time_is_refused_with_fresh_slots() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let session = pair.confirmed(START).await;
        pair.confirmed("2026-11-24T17:00:00Z").await;
        let shift = on(&session, &json!({"startsAt": "2026-11-24T17:15:00Z"}));
        let answer = pair.mentor.now().await.send(document("rescheduleSession"), shift).await;
        let payload = &answer["data"]["rescheduleSession"];
        assert_eq!(payload["userErrors"][0]["code"], "SLOT_TAKEN", "{answer:#}");
        assert_eq!(payload["freshSlots"].as_array().unwrap().len(), 10);
        let seen = pair.family.now().await.data(document("session"), json!({"id": session["id"]})).await;
        assert_eq!((&seen["session"]["startsAt"], &seen["session"]["state"]), (&json!(START), &json!("CONFIRMED")));
    })
    .await;
}

#[tokio::test]
async fn the_end_of_a_match_calls_off_what_has_not_begun() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        pair.confirmed(START).await;
        pair.confirmed("2026-11-25T15:00:00Z").await;
        pair.book(&pair.family, "2026-11-26T15:00:00Z").await;
        pair.go_to("2026-11-24T15:30:00Z");
        let payload = json!({"match": pair.match_id});
        kinward::scheduling::jobs::match_ended(&app.system(), payload.clone()).await.unwrap();
        assert_eq!(pair.sessions_in("cancelled").await, 0);
        pair.match_state("ended").await;
        kinward::scheduling::jobs::match_ended(&app.system(), payload).await.unwrap();
        // The one that has begun stays what it was.
        assert_eq!((pair.sessions_in("cancelled").await, pair.sessions_in("confirmed").await), (1, 1));
    })
    .await;
}
