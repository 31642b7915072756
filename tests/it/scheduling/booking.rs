use kinward::kernel::ids::{MeetingId, TypedId as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Pair, document, hour};
use crate::harness::{World, on_each};

const FIRST: &str = "2026-11-23T17:00:00Z";
const NEXT: &str = "2026-11-24T15:00:00Z";

#[tokio::test]
async fn a_session_is_booked_confirmed_moved_and_completed() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let session = pair.book(&pair.family, NEXT).await;
        assert_eq!((&session["state"], &session["bookedSide"]), (&json!("PROPOSED"), &json!("FAMILY")));
        assert_eq!(session["holdExpiresAt"], "2026-11-24T15:00:00Z");
        let on_it = json!({"input": {"sessionId": session["id"]}});
        assert_eq!(pair.family.now().await.refused(document("confirmSession"), on_it.clone()).await, ["OWN_PROPOSAL input.sessionId"]);
        let mentor = pair.mentor.now().await;
        let confirmed = mentor.data(document("confirmSession"), on_it.clone()).await["confirmSession"]["session"].clone();
        assert_eq!((&confirmed["state"], &confirmed["holdExpiresAt"]), (&json!("CONFIRMED"), &Value::Null));
        assert_eq!(mentor.refused(document("confirmSession"), on_it.clone()).await, ["WRONG_STATE input.sessionId"]);
        // The mentor moves it by a quarter of an hour, over its own old time; the family confirms again.
        let later = json!({"input": {"sessionId": session["id"], "startsAt": "2026-11-24T15:15:00Z", "version": confirmed["version"]}});
        let moved = mentor.data(document("rescheduleSession"), later.clone()).await["rescheduleSession"]["session"].clone();
        assert_eq!((&moved["id"], &moved["state"], &moved["bookedSide"]), (&session["id"], &json!("PROPOSED"), &json!("MENTOR")));
        assert_eq!(mentor.refused(document("rescheduleSession"), later).await, ["STALE input.version"]);
        assert_eq!(mentor.refused(document("confirmSession"), on_it.clone()).await, ["OWN_PROPOSAL input.sessionId"]);
        pair.family.now().await.data(document("confirmSession"), on_it).await;
        pair.go_to("2026-11-24T15:15:00Z");
        let done = json!({"input": {"sessionId": session["id"], "note": "A calm talk.", "wellbeing": 4}});
        let done = pair.mentor.now().await.data(document("completeSession"), done).await["completeSession"]["session"].clone();
        assert_eq!(done["state"], "COMPLETED");
        let asked = json!({"id": session["id"]});
        for reader in [&pair.mentor, &pair.coordinator] {
            let seen = reader.now().await.data(document("sessionOutcome"), asked.clone()).await;
            assert_eq!(seen["session"]["outcome"], json!({"note": "A calm talk.", "wellbeing": 4}));
        }
        // The family sees the session and not what the mentor noted, said or not.
        let kept = pair.family.now().await.data(document("sessionOutcome"), asked).await;
        assert_eq!(kept["session"]["outcome"], json!({"reason": "NOT_YOUR_ROLE"}));
        assert!(!app.dump("session").await.contains("calm"));
    })
    .await;
}

#[tokio::test]
async fn a_time_that_is_taken_or_not_listed_is_refused_with_fresh_slots() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        pair.book(&pair.family, NEXT).await;
        let family = pair.family.now().await;
        for (start, code) in [
            (NEXT, "SLOT_TAKEN"),
            ("2026-11-24T15:15:00Z", "SLOT_TAKEN"),
            ("2026-11-24T14:30:00Z", "SLOT_TAKEN"),
            ("2026-11-24T13:45:00Z", "NOT_A_COMMON_SLOT"),
            ("2026-11-24T19:30:00Z", "NOT_A_COMMON_SLOT"),
            ("2026-11-24T17:05:00Z", "NOT_A_COMMON_SLOT"),
            ("2026-11-24T17:00:01Z", "NOT_A_COMMON_SLOT"),
            ("2026-11-23T16:45:00Z", "NOT_A_COMMON_SLOT"),
            ("2020-01-01T17:00:00Z", "NOT_A_COMMON_SLOT"),
            ("2027-02-01T17:00:00Z", "NOT_A_COMMON_SLOT"),
            ("9999-12-30T17:00:00Z", "NOT_A_COMMON_SLOT"),
        ] {
            let answer = family.send(document("bookSession"), pair.booking(start)).await;
            let payload = &answer["data"]["bookSession"];
            assert_eq!(payload["session"], Value::Null, "{answer:#}");
            assert_eq!(payload["userErrors"][0]["code"], code, "{start}");
            assert_eq!(payload["userErrors"][0]["field"], json!(["input", "startsAt"]));
            let fresh = payload["freshSlots"].as_array().unwrap();
            assert_eq!((fresh.len(), &fresh[0]["startsAt"]), (10, &json!(FIRST)), "{start}");
        }
        for (more, problem) in [
            (json!({"durationMinutes": 14}), "OUT_OF_RANGE input.durationMinutes"),
            (json!({"durationMinutes": 121}), "OUT_OF_RANGE input.durationMinutes"),
            (json!({"onBehalfOf": "MENTOR"}), "INVALID input.onBehalfOf"),
        ] {
            let mut input = pair.booking(FIRST);
            input["input"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            assert_eq!(family.refused(document("bookSession"), input).await, [problem]);
        }
        let malformed = pair.booking("tomorrow");
        // What is no instant is refused before anything of the request runs.
        assert_eq!(family.fault(document("bookSession"), malformed).await, "VALIDATION_FAILED");
        assert_eq!(pair.sessions_in("proposed").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_coordinator_books_and_confirms_for_either_side() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let coordinator = pair.coordinator.now().await;
        let unsaid = pair.booking(NEXT);
        assert_eq!(coordinator.refused(document("bookSession"), unsaid.clone()).await, ["REQUIRED input.onBehalfOf"]);
        let mut said = unsaid;
        said["input"]["onBehalfOf"] = json!("FAMILY");
        let session = coordinator.data(document("bookSession"), said).await["bookSession"]["session"].clone();
        assert_eq!(session["bookedSide"], "FAMILY");
        let input = json!({"input": {"sessionId": session["id"]}});
        assert_eq!(
            pair.family.now().await.refused(document("confirmSession"), input.clone()).await,
            ["OWN_PROPOSAL input.sessionId"]
        );
        coordinator.data(document("confirmSession"), input).await;
        let done = json!({"input": {"sessionId": session["id"], "wellbeing": 3}});
        assert_eq!(coordinator.fault(document("completeSession"), done).await, "FORBIDDEN");
    })
    .await;
}

#[tokio::test]
async fn a_hold_that_has_run_out_is_free_again() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let far = "2026-11-27T15:00:00Z";
        let session = pair.book(&pair.family, far).await;
        assert_eq!(session["holdExpiresAt"], "2026-11-24T15:00:00Z");
        // Before any clean-up: readers see it as expired, nobody confirms it, and its time can be booked.
        app.clock.advance(hour(24));
        let asked = json!({"id": session["id"]});
        let family = pair.family.now().await;
        assert_eq!(family.data(document("session"), asked.clone()).await["session"]["state"], "EXPIRED");
        let input = json!({"input": {"sessionId": session["id"]}});
        assert_eq!(
            pair.mentor.now().await.refused(document("confirmSession"), input).await,
            ["WRONG_STATE input.sessionId"]
        );
        assert_eq!(pair.sessions_in("proposed").await, 1);
        pair.book(&pair.mentor, far).await;
        assert_eq!((pair.sessions_in("proposed").await, pair.sessions_in("expired").await), (1, 1));
        // The job does the same when nobody books, and leaves a moved hold alone until its own time.
        app.advance(hour(23)).await;
        assert_eq!(pair.sessions_in("proposed").await, 1);
        app.advance(hour(1)).await;
        assert_eq!((pair.sessions_in("proposed").await, pair.sessions_in("expired").await), (0, 2));
    })
    .await;
}

#[tokio::test]
async fn a_match_that_is_not_open_takes_no_new_times() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let proposed = pair.book(&pair.family, FIRST).await;
        let confirmed = pair.confirmed(NEXT).await;
        pair.match_state("paused").await;
        let (family, mentor) = (pair.family.now().await, pair.mentor.now().await);
        let book = pair.booking("2026-11-25T15:00:00Z");
        assert_eq!(family.refused(document("bookSession"), book.clone()).await, ["WRONG_STATE input.matchId"]);
        let confirm = json!({"input": {"sessionId": proposed["id"]}});
        assert_eq!(mentor.refused(document("confirmSession"), confirm).await, ["WRONG_STATE input.sessionId"]);
        let shift = json!({"input": {"sessionId": confirmed["id"], "startsAt": "2026-11-25T15:00:00Z"}});
        assert_eq!(mentor.refused(document("rescheduleSession"), shift).await, ["WRONG_STATE input.sessionId"]);
        pair.match_state("ending").await;
        pair.book(&pair.family, "2026-11-25T17:00:00Z").await;
        pair.match_state("ended").await;
        assert_eq!(family.refused(document("bookSession"), book.clone()).await, ["WRONG_STATE input.matchId"]);
        // A former mentor hears what a stranger hears.
        assert_eq!(mentor.fault(document("bookSession"), book).await, "NOT_FOUND");
        for name in ["session", "sessionOutcome"] {
            assert_eq!(mentor.fault(document(name), json!({"id": confirmed["id"]})).await, "NOT_FOUND");
        }
    })
    .await;
}

#[tokio::test]
async fn strangers_and_wrong_ids_hear_the_same() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let pair = Pair::within(&world, 1).await;
        let other = Pair::within(&world, 2).await;
        let session = pair.confirmed(NEXT).await;
        let nowhere = MeetingId::from(Uuid::from_u128(77)).to_global();
        for stranger in [&other.family, &other.mentor] {
            let stranger = stranger.now().await;
            let mut answers = Vec::new();
            for id in [session["id"].as_str().unwrap(), &nowhere, &pair.match_global(), "junk"] {
                // What is no session's id is told its path too, which tells nothing of any record.
                if id.starts_with("ses_") {
                    answers.push(stranger.raw(document("session"), &json!({"id": id})).await);
                } else {
                    assert_eq!(stranger.fault(document("session"), json!({"id": id})).await, "NOT_FOUND");
                }
                for (name, more) in [
                    ("confirmSession", json!({})),
                    ("cancelSession", json!({})),
                    ("completeSession", json!({"wellbeing": 3})),
                    ("reportNoShow", json!({"side": "FAMILY"})),
                    ("rescheduleSession", json!({"startsAt": FIRST})),
                ] {
                    let mut input = more;
                    input["sessionId"] = json!(id);
                    assert_eq!(
                        stranger.fault(document(name), json!({"input": input})).await,
                        "NOT_FOUND",
                        "{name} {id}"
                    );
                }
            }
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
            assert_eq!(stranger.fault(document("bookSession"), pair.booking(FIRST)).await, "NOT_FOUND");
            let slots = json!({"input": {"matchId": pair.match_global()}});
            assert_eq!(stranger.fault(document("commonSlots"), slots).await, "NOT_FOUND");
            let list = json!({"matchId": pair.match_global(), "when": "UPCOMING"});
            assert_eq!(stranger.fault(document("sessions"), list).await, "NOT_FOUND");
        }
    })
    .await;
}

/// Steps through a list of starts as drawn, books what is listed, and gives back what it took.
#[tokio::test]
async fn whatever_is_listed_can_be_booked() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        // Odd hours, and other lengths at each step; what was booked before shapes every later list.
        pair.hours("Asia/Kathmandu", 0, 1440).await;
        let mut drawn = 7_u64;
        for round in 0..12_u32 {
            drawn = drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let duration = 15 + (drawn >> 33) % 106;
            let input = json!({"input": {"matchId": pair.match_global(), "count": 50, "durationMinutes": duration}});
            let client = pair.family.now().await;
            let slots = client.data(document("commonSlots"), input).await["commonSlots"]["slots"].clone();
            let slots = slots.as_array().unwrap();
            assert_eq!(slots.len(), 50, "round {round}");
            let pick = usize::try_from((drawn >> 13) % 50).unwrap();
            let mut booking = pair.booking(slots[pick]["startsAt"].as_str().unwrap());
            booking["input"]["durationMinutes"] = json!(duration);
            let booked = client.data(document("bookSession"), booking).await["bookSession"]["session"].clone();
            // Only a few may wait to be confirmed.
            let confirm = json!({"input": {"sessionId": booked["id"]}});
            pair.mentor.now().await.data(document("confirmSession"), confirm).await;
        }
        assert_eq!(pair.sessions_in("confirmed").await, 12);
    })
    .await;
}
