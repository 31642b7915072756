use serde_json::{Value, json};

use super::{Pair, document, uuid};
use crate::harness::on_each;

async fn ask(pair: &Pair, more: Value) -> Value {
    let mut input = json!({"matchId": pair.match_global()});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    pair.family.now().await.data(document("commonSlots"), json!({"input": input})).await["commonSlots"].clone()
}

#[tokio::test]
async fn slots_lie_in_the_hours_of_both_and_show_both_clocks() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        // It is Monday 15:00 UTC: the first slot lies two hours ahead, the last one ends at 20:00.
        let answer = ask(&pair, json!({"count": 50})).await;
        let slots = answer["slots"].as_array().unwrap();
        assert_eq!(slots.len(), 50);
        assert_eq!(slots[0]["startsAt"], "2026-11-23T17:00:00Z");
        assert_eq!(slots[0]["endsAt"], "2026-11-23T17:45:00Z");
        assert_eq!(slots[0]["familyStart"]["text"], "Mon 23 Nov 2026, 17:00 (UTC+00:00)");
        assert_eq!(slots[0]["familyStart"]["zone"], "Europe/London");
        assert_eq!(slots[0]["mentorStart"]["text"], "Mon 23 Nov 2026, 12:00 (UTC-05:00)");
        assert_eq!(slots[0]["mentorStart"]["zone"], "America/New_York");
        assert_eq!(slots[9]["startsAt"], "2026-11-23T19:15:00Z");
        assert_eq!(slots[10]["startsAt"], "2026-11-24T14:00:00Z");
        assert_eq!(answer["whyEmpty"], Value::Null);
        let later = ask(&pair, json!({"from": "2026-12-01T19:00:00Z", "durationMinutes": 60, "count": 2})).await;
        let starts: Vec<_> = later["slots"].as_array().unwrap().iter().map(|s| s["startsAt"].clone()).collect();
        assert_eq!(starts, ["2026-12-01T19:00:00Z", "2026-12-02T14:00:00Z"]);
    })
    .await;
}

#[tokio::test]
async fn clocks_that_change_move_the_common_hours() {
    on_each(|app| async move {
        // Saturday; New York moves its clocks on Sunday 14 March, London two weeks later.
        app.clock.advance(
            "2027-03-13T10:00:00Z"
                .parse::<jiff::Timestamp>()
                .unwrap()
                .duration_since(crate::harness::START.parse().unwrap()),
        );
        let pair = Pair::new(&app).await;
        let first = |day: &str| json!({"from": format!("{day}T00:00:00Z"), "count": 1});
        for (day, start, family, mentor) in [
            (
                "2027-03-13",
                "2027-03-13T14:00:00Z",
                "Sat 13 Mar 2027, 14:00 (UTC+00:00)",
                "Sat 13 Mar 2027, 09:00 (UTC-05:00)",
            ),
            (
                "2027-03-14",
                "2027-03-14T14:00:00Z",
                "Sun 14 Mar 2027, 14:00 (UTC+00:00)",
                "Sun 14 Mar 2027, 10:00 (UTC-04:00)",
            ),
            (
                "2027-03-28",
                "2027-03-28T13:00:00Z",
                "Sun 28 Mar 2027, 14:00 (UTC+01:00)",
                "Sun 28 Mar 2027, 09:00 (UTC-04:00)",
            ),
        ] {
            let slot = ask(&pair, first(day)).await["slots"][0].clone();
            assert_eq!(slot["startsAt"], start);
            assert_eq!(slot["familyStart"]["text"], family);
            assert_eq!(slot["mentorStart"]["text"], mentor);
        }
        let session = pair.book(&pair.mentor, "2027-03-28T13:00:00Z").await;
        assert_eq!(session["localStart"]["text"], "Sun 28 Mar 2027, 14:00 (UTC+01:00)");
        assert_eq!(session["localStart"]["zone"], "Europe/London");
    })
    .await;
}

#[tokio::test]
async fn an_empty_list_says_why() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        pair.hours("UTC", 0, 60).await;
        let none = json!({});
        assert_eq!(ask(&pair, none.clone()).await, json!({"slots": [], "whyEmpty": "NOTHING_IN_COMMON"}));
        let no_hours = json!({"input": {"mentorId": kinward::kernel::ids::TypedId::to_global(pair.mentor_id), "zone": "UTC", "hours": []}});
        pair.mentor.now().await.data(document("setWeeklyAvailability"), no_hours).await;
        assert_eq!(ask(&pair, none.clone()).await["whyEmpty"], "NO_MENTOR_HOURS");
        let family = uuid(&app, pair.family_id);
        app.tamper(&format!("DELETE FROM safe_contact_plan WHERE family_id = {family}")).await.unwrap();
        assert_eq!(ask(&pair, none.clone()).await["whyEmpty"], "NO_PLAN");
        pair.match_state("paused").await;
        assert_eq!(ask(&pair, none).await["whyEmpty"], "MATCH_NOT_OPEN");
    })
    .await;
}

#[tokio::test]
async fn a_search_out_of_bounds_is_refused_with_every_problem() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let input = json!({"input": {"matchId": pair.match_global(), "count": 51, "durationMinutes": 121, "from": "2027-06-01T00:00:00Z", "movingSessionId": null}});
        let answer = pair.family.now().await.send(document("commonSlots"), input).await;
        let problems = answer["errors"][0]["extensions"]["problems"].as_array().unwrap().clone();
        let fields: Vec<_> = problems.iter().map(|p| (p["code"].as_str().unwrap(), p["field"][1].as_str().unwrap())).collect();
        assert_eq!(fields, [("OUT_OF_RANGE", "count"), ("OUT_OF_RANGE", "durationMinutes"), ("OUT_OF_RANGE", "from")]);
    })
    .await;
}

#[tokio::test]
async fn days_off_extra_hours_and_sessions_shape_the_list() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let (family, mentor) = (pair.family.now().await, pair.mentor.now().await);
        let owner = |id: &str| id.to_owned();
        let (of_family, of_mentor) = (
            owner(&kinward::kernel::ids::TypedId::to_global(pair.family_id)),
            owner(&kinward::kernel::ids::TypedId::to_global(pair.mentor_id)),
        );
        // The mentor is away on Tuesday, the family on Wednesday; both add an early hour on Thursday.
        mentor.data(document("addDayOff"), json!({"input": {"ownerId": of_mentor, "date": "2026-11-24"}})).await;
        family.data(document("addDayOff"), json!({"input": {"ownerId": of_family, "date": "2026-11-25"}})).await;
        let early = |id: &str, start: u16| json!({"input": {"ownerId": id, "date": "2026-11-26", "startMin": start, "endMin": start + 60}});
        mentor.data(document("addExtraHours"), early(&of_mentor, 360)).await;
        family.data(document("addExtraHours"), early(&of_family, 660)).await;
        let slots = ask(&pair, json!({"from": "2026-11-24T00:00:00Z", "count": 3, "durationMinutes": 60})).await;
        let starts: Vec<_> = slots["slots"].as_array().unwrap().iter().map(|s| s["startsAt"].clone()).collect();
        assert_eq!(starts, ["2026-11-26T11:00:00Z", "2026-11-26T14:00:00Z", "2026-11-26T14:15:00Z"]);
        // A booked session takes its time and a quarter of an hour on either side.
        pair.book(&pair.family, "2026-11-26T15:00:00Z").await;
        let slots = ask(&pair, json!({"from": "2026-11-26T14:00:00Z", "count": 2, "durationMinutes": 45})).await;
        let starts: Vec<_> = slots["slots"].as_array().unwrap().iter().map(|s| s["startsAt"].clone()).collect();
        assert_eq!(starts, ["2026-11-26T14:00:00Z", "2026-11-26T16:00:00Z"]);
    })
    .await;
}
