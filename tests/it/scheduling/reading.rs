use serde_json::{Value, json};

use super::{Pair, Person, document, further_match};
use crate::harness::on_each;

/// Walks through all pages of two and gives the starts in order.
async fn walk(by: &Person, name: &str, mut variables: Value, list: &str) -> Vec<String> {
    let client = by.now().await;
    let mut starts = Vec::new();
    variables["first"] = json!(2);
    loop {
        let page = client.data(document(name), variables.clone()).await[list].clone();
        for edge in page["edges"].as_array().unwrap() {
            starts.push(edge["node"]["startsAt"].as_str().unwrap().to_owned());
        }
        if page["pageInfo"]["hasNextPage"] == false {
            return starts;
        }
        variables["after"] = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn lists_part_what_is_coming_from_what_was() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let day = |day: u8| format!("2026-11-{day}T15:00:00Z");
        pair.confirmed(&day(24)).await;
        pair.confirmed(&day(25)).await;
        let off = pair.confirmed(&day(26)).await;
        pair.confirmed(&day(27)).await;
        pair.confirmed(&day(30)).await;
        let cancel = json!({"input": {"sessionId": off["id"]}});
        pair.family.now().await.data(document("cancelSession"), cancel).await;
        pair.go_to(&day(25));
        let of_match = |when: &str| json!({"matchId": pair.match_global(), "when": when});
        for reader in [&pair.family, &pair.mentor, &pair.coordinator] {
            // The one that is going on now is not over.
            assert_eq!(walk(reader, "sessions", of_match("UPCOMING"), "sessions").await, [day(25), day(27), day(30)]);
            assert_eq!(walk(reader, "sessions", of_match("PAST"), "sessions").await, [day(26), day(24)]);
        }
        for reader in [&pair.family, &pair.mentor] {
            let own = json!({"when": "UPCOMING"});
            assert_eq!(walk(reader, "mySessions", own, "mySessions").await, [day(25), day(27), day(30)]);
        }
        let coordinator = pair.coordinator.now().await;
        assert_eq!(coordinator.fault(document("mySessions"), json!({"when": "PAST"})).await, "FORBIDDEN");
        for (wrong, field) in [(json!({"first": 101}), "first"), (json!({"after": "junk"}), "after")] {
            let mut variables = of_match("PAST");
            variables.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
            let answer = coordinator.send(document("sessions"), variables).await;
            assert_eq!(answer["errors"][0]["extensions"]["problems"][0]["field"][0], field);
        }
    })
    .await;
}

#[tokio::test]
async fn a_mentors_own_list_holds_live_matches_only() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        pair.confirmed("2026-11-24T15:00:00Z").await;
        let second = Pair { match_id: further_match(&pair, 7).await, ..pair.clone() };
        second.book(&pair.mentor, "2026-11-24T17:00:00Z").await;
        let own = json!({"when": "UPCOMING"});
        let starts = walk(&pair.mentor, "mySessions", own.clone(), "mySessions").await;
        assert_eq!(starts, ["2026-11-24T15:00:00Z", "2026-11-24T17:00:00Z"]);
        // The first family sees its own only, and keeps seeing it when the match has ended; the mentor does not.
        assert_eq!(walk(&pair.family, "mySessions", own.clone(), "mySessions").await, ["2026-11-24T15:00:00Z"]);
        pair.match_state("ended").await;
        assert_eq!(walk(&pair.mentor, "mySessions", own.clone(), "mySessions").await, ["2026-11-24T17:00:00Z"]);
        assert_eq!(walk(&pair.family, "mySessions", own, "mySessions").await, ["2026-11-24T15:00:00Z"]);
        let list = json!({"matchId": pair.match_global(), "when": "UPCOMING"});
        assert_eq!(pair.mentor.now().await.fault(document("sessions"), list).await, "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn the_mentors_other_sessions_stand_in_the_way() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let second = Pair { match_id: further_match(&pair, 7).await, ..pair.clone() };
        pair.confirmed("2026-11-24T15:00:00Z").await;
        // Within a quarter of an hour of the other family's session the mentor is not free.
        let booking = second.booking("2026-11-24T15:45:00Z");
        let mentor = pair.mentor.now().await;
        assert_eq!(mentor.refused(document("bookSession"), booking).await, ["SLOT_TAKEN input.startsAt"]);
        second.book(&pair.mentor, "2026-11-24T16:00:00Z").await;
    })
    .await;
}
