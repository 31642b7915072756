//! People of one case or one town are kept apart: by keys that only coordinators see, sealed where they are stored.

use kinward::kernel::ids::{MentorId, TypedId as _};
use kinward::mentors;
use serde_json::{Value, json};

use super::stage::{Person, document, family, look, matched, mentor, offered, refused, step, text, triaged, yes};
use super::standing::literal;
use crate::harness::{Client, World, on_each};

const OF_FAMILY: &str = include_str!("../../../graphql/operations/families/setFamilyMatchingKeys.graphql");
const OF_MENTOR: &str = include_str!("../../../graphql/operations/mentors/setMentorMatchingKeys.graphql");
const SETTINGS: &str = include_str!("../../../graphql/operations/identity/setProgrammeSettings.graphql");
const FAMILY: &str = "query($id: ID!) { family(id: $id) { matchingKeys { ... on MatchingKeys { caseKey townKey } ... on Redacted { reason } } } }";
const MENTOR: &str = "query($id: ID!) { mentor(id: $id) { matchingKeys { ... on MatchingKeys { caseKey townKey } ... on Redacted { reason } } } }";

async fn family_keys(client: &Client, home: &Person, keys: Value) {
    let mut input = keys;
    input["familyId"] = json!(home.id);
    client.data(OF_FAMILY, json!({ "input": input })).await;
}

async fn mentor_keys(client: &Client, of: &Person, keys: Value) {
    let mut input = keys;
    input["mentorId"] = json!(of.id);
    client.data(OF_MENTOR, json!({ "input": input })).await;
}

async fn keep_towns_apart(world: &World, keep: bool) {
    let input = json!({"input": {"id": world.programme_id(), "keepTownsApart": keep}});
    let set = world.administrator.data(SETTINGS, input).await;
    assert_eq!(set["setProgrammeSettings"]["programme"]["keepTownsApart"], keep);
}

/// Why the only mentor of the programme is excluded for a request; empty when ranked.
async fn why_not(world: &World, request: &str) -> Value {
    let answer = world.coordinator.data(&document("candidates"), json!({"requestId": request})).await;
    let excluded = &answer["candidates"]["excluded"][0]["reasons"];
    if excluded.is_null() { json!([]) } else { excluded.clone() }
}

#[tokio::test]
async fn the_same_case_excludes_and_the_same_town_when_the_programme_says_so() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let nils = mentor(&app, &world, "Nils", 2).await;
        let request = triaged(&world, &home).await;
        assert_eq!(why_not(&world, &request).await, json!([]));
        family_keys(&world.coordinator, &home, json!({"caseKey": "Zanzibar  12", "townKey": "New Straße"})).await;
        assert_eq!(why_not(&world, &request).await, json!([]));
        mentor_keys(&world.coordinator, &nils, json!({"caseKey": " zanzibar 12", "townKey": "new\u{a0}STRASSE"})).await;
        assert_eq!(why_not(&world, &request).await, json!(["SAME_CASE"]));
        let propose = json!({"requestId": request, "mentorId": nils.id});
        let problems = refused(&world.coordinator, "proposeMatch", propose.clone()).await;
        assert_eq!(problems, ["SAME_CASE input.mentorId"]);
        keep_towns_apart(&world, true).await;
        assert_eq!(why_not(&world, &request).await, json!(["SAME_CASE", "SAME_TOWN"]));
        mentor_keys(&world.coordinator, &nils, json!({"caseKey": null})).await;
        let problems = refused(&world.coordinator, "proposeMatch", propose.clone()).await;
        assert_eq!(problems, ["SAME_TOWN input.mentorId"]);
        keep_towns_apart(&world, false).await;
        let made = step(&world.coordinator, "proposeMatch", propose).await;
        // The stored inputs still give the same result, and hold no word of the keys.
        let reasons = made["grounds"]["reasons"].as_array().unwrap();
        let points: i64 = reasons.iter().map(|reason| reason["points"].as_i64().unwrap()).sum();
        assert_eq!(points, made["grounds"]["score"].as_i64().unwrap());
        for table in ["family", "mentor", "proposal", "support_request", "audit_entry", "outbox", "job"] {
            let stored = app.dump(table).await.to_lowercase();
            assert!(!stored.contains("zanzibar") && !stored.contains("stras") && !stored.contains("straß"), "{table}");
        }
        assert!(app.dump("proposal").await.contains("same_town\":true"));
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_learned_late_still_keeps_them_apart_and_tells_the_mentor_nothing() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let other = family(&app, &world, "Olga").await;
        let (nils, tove) = (mentor(&app, &world, "Nils", 2).await, mentor(&app, &world, "Tove", 2).await);
        let (_, proposal) = offered(&world, &home, &nils).await;
        family_keys(&world.coordinator, &home, json!({"caseKey": "12"})).await;
        mentor_keys(&world.coordinator, &nils, json!({"caseKey": "12"})).await;
        let told = refused(&nils.client, "answerProposalAsMentor", yes(&proposal)).await;
        assert_eq!(told, ["PROPOSAL_NOT_POSSIBLE input.proposalId"]);
        assert_eq!(look(&world.coordinator, "proposal", &proposal).await["state"], "OFFERED_TO_MENTOR");
        mentor_keys(&world.coordinator, &nils, json!({"caseKey": "13"})).await;
        step(&nils.client, "answerProposalAsMentor", yes(&proposal)).await;
        let matches = world.coordinator.data(&document("matches"), json!({})).await;
        let of_match = text(&matches["matches"]["nodes"][0]["id"]);
        // Nor does somebody of the same case step in.
        mentor_keys(&world.coordinator, &tove, json!({"caseKey": "12"})).await;
        let backup = json!({"matchId": of_match, "mentorId": tove.id});
        let told = refused(&world.coordinator, "nameBackupMentor", backup.clone()).await;
        assert_eq!(told, ["SAME_CASE input.mentorId"]);
        family_keys(&world.coordinator, &other, json!({"caseKey": "12"})).await;
        mentor_keys(&world.coordinator, &tove, json!({"caseKey": ""})).await;
        step(&world.coordinator, "nameBackupMentor", backup).await;
    })
    .await;
}

#[tokio::test]
async fn only_coordinators_see_and_set_the_keys() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let nils = mentor(&app, &world, "Nils", 2).await;
        matched(&world, &home, &nils).await;
        let lead = world.staff(kinward::identity::Role::SafeguardingLead, "Lea").await;
        let elsewhere = world.elsewhere().await;
        family_keys(&world.coordinator, &home, json!({"caseKey": "Case 1"})).await;
        mentor_keys(&world.coordinator, &nils, json!({"townKey": "Haven"})).await;
        let shown = |case: Value, town: Value| json!({"caseKey": case, "townKey": town});
        let of = |record: &str| json!({"id": record});
        let (of_home, of_nils) = (shown(json!("case 1"), Value::Null), shown(Value::Null, json!("haven")));
        let seen = world.coordinator.data(FAMILY, of(&home.id)).await;
        assert_eq!(seen["family"]["matchingKeys"], of_home);
        assert_eq!(world.coordinator.data(MENTOR, of(&nils.id)).await["mentor"]["matchingKeys"], of_nils);
        let set_family = json!({"input": {"familyId": home.id, "caseKey": ""}});
        let set_mentor = json!({"input": {"mentorId": nils.id, "townKey": ""}});
        let kept = [(&home.client, "NOT_YOUR_ROLE"), (&nils.client, "NOT_YOUR_ROLE"), (&lead, "NOT_YOUR_ROLE")];
        for (client, reason) in kept {
            let why = json!({ "reason": reason });
            assert_eq!(client.data(FAMILY, of(&home.id)).await["family"]["matchingKeys"], why);
            assert_eq!(client.data(MENTOR, of(&nils.id)).await["mentor"]["matchingKeys"], why);
            assert_eq!(client.fault(OF_FAMILY, set_family.clone()).await, "FORBIDDEN");
            assert_eq!(client.fault(OF_MENTOR, set_mentor.clone()).await, "FORBIDDEN");
        }
        assert_eq!(elsewhere.coordinator.fault(OF_FAMILY, set_family).await, "NOT_FOUND");
        assert_eq!(elsewhere.coordinator.fault(OF_MENTOR, set_mentor).await, "NOT_FOUND");
        let settings = json!({"input": {"id": world.programme_id(), "keepTownsApart": true}});
        assert_eq!(world.coordinator.fault(SETTINGS, settings).await, "FORBIDDEN");
        for (input, want) in [
            (json!({"familyId": home.id}), vec!["REQUIRED input"]),
            (json!({"familyId": home.id, "caseKey": "k".repeat(65)}), vec!["TOO_LONG input.caseKey"]),
            (json!({"familyId": home.id, "townKey": "x", "version": 1}), vec!["STALE input.version"]),
        ] {
            assert_eq!(world.coordinator.refused(OF_FAMILY, json!({ "input": input })).await, want);
        }
        // The mentor's own changes of the profile leave the keys where they are.
        let change = "mutation($id: ID!) { updateMentor(input: {id: $id, profile: {kinds: [ONLINE]}}) { mentor { id } userErrors { code field message } } }";
        nils.client.data(change, of(&nils.id)).await;
        assert_eq!(world.coordinator.data(MENTOR, of(&nils.id)).await["mentor"]["matchingKeys"], of_nils);
    })
    .await;
}

#[tokio::test]
async fn keys_that_an_older_version_left_in_clear_count_and_are_sealed() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let nils = mentor(&app, &world, "Nils", 2).await;
        let id = literal(&app, MentorId::from_global(&nils.id).unwrap().uuid());
        let older = format!(
            "UPDATE mentor SET profile = replace(profile, '{{\"kinds\"', '{{\"case_key\":\"Zanzibar\",\"kinds\"') WHERE id = {id}"
        );
        app.tamper(&older).await.unwrap();
        assert!(app.dump("mentor").await.contains("Zanzibar"));
        family_keys(&world.coordinator, &home, json!({"caseKey": "ZANZIBAR"})).await;
        let request = triaged(&world, &home).await;
        assert_eq!(why_not(&world, &request).await, json!(["SAME_CASE"]));
        mentors::seal_keys_in_clear(&app.system()).await.unwrap();
        assert!(!app.dump("mentor").await.contains("Zanzibar"));
        assert_eq!(why_not(&world, &request).await, json!(["SAME_CASE"]));
        // A change of the profile moves them too.
        app.tamper(&older.replace("Zanzibar", "Other")).await.unwrap();
        assert_eq!(why_not(&world, &request).await, json!([]));
        let change = "mutation($id: ID!) { updateMentor(input: {id: $id, profile: {kinds: [ONLINE]}}) { mentor { id } userErrors { code field message } } }";
        nils.client.data(change, json!({"id": nils.id})).await;
        assert!(!app.dump("mentor").await.contains("Other"));
        family_keys(&world.coordinator, &home, json!({"caseKey": "other"})).await;
        assert_eq!(why_not(&world, &request).await, json!(["SAME_CASE"]));
    })
    .await;
}
