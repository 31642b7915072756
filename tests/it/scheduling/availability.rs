use kinward::kernel::ids::{AvailabilityId, TypedId as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Pair, document};
use crate::harness::{World, on_each};

#[tokio::test]
async fn a_mentor_keeps_weekly_hours_and_single_days() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let mentor_id = pair.mentor_id.to_global();
        let mentor = pair.mentor.now().await;
        let day = |date: &str| json!({"input": {"ownerId": mentor_id, "date": date}});
        let off = mentor.data(document("addDayOff"), day("2026-12-24")).await["addDayOff"]["exception"].clone();
        assert_eq!((&off["date"], &off["startMin"]), (&json!("2026-12-24"), &Value::Null));
        // The same day off twice is one.
        let again = mentor.data(document("addDayOff"), day("2026-12-24")).await;
        assert_eq!(again["addDayOff"]["exception"]["id"], off["id"]);
        let asked = json!({"mentorId": mentor_id});
        for reader in [&pair.mentor, &pair.coordinator] {
            let seen = reader.now().await.data(document("weeklyAvailability"), asked.clone()).await;
            let seen = &seen["weeklyAvailability"];
            assert_eq!((&seen["zone"], seen["hours"].as_array().unwrap().len()), (&json!("America/New_York"), 7));
            assert_eq!(seen["hours"][0], json!({"weekday": 0, "startMin": 540, "endMin": 1020}));
            assert_eq!(seen["exceptions"].as_array().unwrap().len(), 1);
        }
        // The family knows its mentor, but not the mentor's days.
        assert_eq!(pair.family.now().await.fault(document("weeklyAvailability"), asked.clone()).await, "FORBIDDEN");
        let remove = json!({"input": {"exceptionId": off["id"]}});
        assert_eq!(
            pair.family.now().await.fault(document("removeAvailabilityException"), remove.clone()).await,
            "FORBIDDEN"
        );
        mentor.data(document("removeAvailabilityException"), remove.clone()).await;
        assert_eq!(mentor.fault(document("removeAvailabilityException"), remove).await, "NOT_FOUND");
        // Without weekly hours the zone of the mentor's record holds.
        let none = json!({"input": {"mentorId": mentor_id, "zone": "Asia/Tokyo", "hours": []}});
        let left = mentor.data(document("setWeeklyAvailability"), none).await;
        assert_eq!(left["setWeeklyAvailability"]["availability"]["zone"], "America/New_York");
    })
    .await;
}

#[tokio::test]
async fn a_family_keeps_its_own_days() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let pair = Pair::within(&world, 1).await;
        let other = Pair::within(&world, 2).await;
        let family_id = pair.family_id.to_global();
        let extra = json!({"input": {"ownerId": family_id, "date": "2026-12-01", "startMin": 480, "endMin": 540}});
        let added = pair.family.now().await.data(document("addExtraHours"), extra.clone()).await;
        let added = added["addExtraHours"]["exception"].clone();
        assert_eq!(
            (&added["ownerId"], &added["startMin"], &added["endMin"]),
            (&json!(family_id), &json!(480), &json!(540))
        );
        let day = json!({"input": {"ownerId": family_id, "date": "2026-12-02"}});
        pair.coordinator.now().await.data(document("addDayOff"), day.clone()).await;
        let asked = json!({"familyId": family_id});
        let seen = pair.family.now().await.data(document("familyDays"), asked.clone()).await;
        let dates: Vec<_> = seen["familyDays"].as_array().unwrap().iter().map(|d| d["date"].clone()).collect();
        assert_eq!(dates, ["2026-12-01", "2026-12-02"]);
        // The mentor knows the family, but neither sees nor changes when it is safe to reach them.
        let mentor = pair.mentor.now().await;
        assert_eq!(mentor.fault(document("familyDays"), asked.clone()).await, "FORBIDDEN");
        assert_eq!(mentor.fault(document("addDayOff"), day.clone()).await, "FORBIDDEN");
        let remove = json!({"input": {"exceptionId": added["id"]}});
        for stranger in [&other.family, &other.mentor] {
            let stranger = stranger.now().await;
            assert_eq!(stranger.fault(document("familyDays"), asked.clone()).await, "NOT_FOUND");
            assert_eq!(stranger.fault(document("addDayOff"), day.clone()).await, "NOT_FOUND");
            assert_eq!(stranger.fault(document("addExtraHours"), extra.clone()).await, "NOT_FOUND");
            assert_eq!(stranger.fault(document("removeAvailabilityException"), remove.clone()).await, "NOT_FOUND");
        }
    })
    .await;
}

#[tokio::test]
async fn wrong_hours_and_days_are_refused_with_their_fields() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let mentor_id = pair.mentor_id.to_global();
        let mentor = pair.mentor.now().await;
        let week = |zone: &str, hours: Value| json!({"input": {"mentorId": mentor_id, "zone": zone, "hours": hours}});
        let hour = json!({"weekday": 0, "startMin": 60, "endMin": 120});
        for (input, problems) in [
            (week("Mars/Olympus", json!([hour])), vec!["INVALID input.zone"]),
            (week("UTC", json!(vec![hour.clone(); 22])), vec!["TOO_LONG input.hours"]),
            (
                week("UTC", json!([hour, {"weekday": -1, "startMin": 1440, "endMin": 70_000}])),
                vec![
                    "OUT_OF_RANGE input.hours.1.weekday",
                    "OUT_OF_RANGE input.hours.1.startMin",
                    "OUT_OF_RANGE input.hours.1.endMin",
                ],
            ),
            (
                week("UTC", json!([{"weekday": 6, "startMin": 60, "endMin": 60}])),
                vec!["OUT_OF_RANGE input.hours.0.endMin"],
            ),
        ] {
            assert_eq!(mentor.refused(document("setWeeklyAvailability"), input).await, problems);
        }
        for (date, problem) in [
            ("tomorrow", "INVALID input.date"),
            ("2026-02-30", "INVALID input.date"),
            ("2026-11-21", "OUT_OF_RANGE input.date"),
            ("2027-11-26", "OUT_OF_RANGE input.date"),
        ] {
            let input = json!({"input": {"ownerId": mentor_id, "date": date}});
            assert_eq!(mentor.refused(document("addDayOff"), input).await, [problem], "{date}");
        }
        let backwards = json!({"input": {"ownerId": mentor_id, "date": "2026-12-01", "startMin": 600, "endMin": 540}});
        assert_eq!(mentor.refused(document("addExtraHours"), backwards).await, ["OUT_OF_RANGE input.endMin"]);
        for id in ["junk", &pair.match_global(), &AvailabilityId::from(Uuid::from_u128(9)).to_global()] {
            let input = json!({"input": {"ownerId": id, "date": "2026-12-01"}});
            assert_eq!(mentor.fault(document("addDayOff"), input).await, "NOT_FOUND");
            let input = json!({"input": {"exceptionId": id}});
            assert_eq!(mentor.fault(document("removeAvailabilityException"), input).await, "NOT_FOUND");
        }
    })
    .await;
}
