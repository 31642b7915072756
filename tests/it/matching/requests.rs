//! Writing, sending and working on support requests; comparing mentors.

use serde_json::json;

use super::stage::{
    bare_family, bare_mentor, document, facts, family, fault, ids, look, mentor, refused, step, text, triaged, unseen,
};
use crate::harness::{World, on_each};

#[tokio::test]
async fn a_request_is_written_sent_and_triaged() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = bare_family(&app, &world, "Mara").await;
        let input = json!({"facts": facts(), "hopes": "  Somebody who knows courts. "});
        let draft = step(&home.client, "saveSupportRequest", input).await;
        let id = text(&draft["id"]);
        assert_eq!((&draft["state"], &draft["hopes"]), (&json!("DRAFT"), &json!("Somebody who knows courts.")));
        assert!(!app.dump("support_request").await.contains("Somebody"));
        // A draft is the family's alone.
        assert_eq!(unseen(&world.coordinator, "supportRequest", &id).await, "NOT_FOUND");
        assert!(ids(&world.coordinator, "supportRequests").await.is_empty());
        assert_eq!(ids(&home.client, "supportRequests").await, std::slice::from_ref(&id));
        assert_eq!(refused(&home.client, "saveSupportRequest", json!({"facts": facts()})).await, ["REQUEST_OPEN input.requestId"]);
        let one = json!({"requestId": id});
        assert_eq!(refused(&home.client, "submitSupportRequest", one.clone()).await, ["NO_SAFE_CONTACT_PLAN input.requestId"]);
        let plan = json!({"input": {"familyId": home.id, "zone": "America/Chicago", "channel": "IN_APP", "windows": []}});
        let set = "mutation($input: SetSafeContactPlanInput!) { setSafeContactPlan(input: $input) { plan { version } userErrors { code field message } } }";
        home.client.data(set, plan).await;
        let sent = step(&home.client, "submitSupportRequest", one.clone()).await;
        assert_eq!((&sent["state"], &sent["dueAt"]), (&json!("SUBMITTED"), &json!("2026-11-24T15:00:00Z")));
        assert_eq!(refused(&home.client, "submitSupportRequest", one.clone()).await, ["WRONG_STATE input.requestId"]);
        let again = json!({"requestId": id, "facts": facts()});
        assert_eq!(refused(&home.client, "saveSupportRequest", again).await, ["WRONG_STATE input.requestId"]);
        assert_eq!(ids(&world.coordinator, "supportRequests").await, std::slice::from_ref(&id));
        let urgent = json!({"requestId": id, "urgency": "URGENT", "version": 1});
        assert_eq!(refused(&world.coordinator, "triageSupportRequest", urgent).await, ["STALE input.version"]);
        let soon = json!({"requestId": id, "urgency": "SOON"});
        assert_eq!(fault(&home.client, "triageSupportRequest", soon.clone()).await, "FORBIDDEN");
        let read = step(&world.coordinator, "triageSupportRequest", soon).await;
        assert_eq!((&read["state"], &read["urgency"]), (&json!("TRIAGED"), &json!("SOON")));
        assert_eq!(read["dueAt"], "2026-11-25T15:00:00Z");
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_named_all_at_once() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let stranger = mentor(&app, &world, "Nils", 2).await;
        let mut wrong = facts();
        wrong["topics"] = json!(["Court Dates"]);
        wrong["cultures"] = json!(vec!["x2"; 11]);
        let input = json!({"facts": wrong, "hopes": "x".repeat(4001)});
        let problems = refused(&home.client, "saveSupportRequest", input).await;
        assert_eq!(problems, ["TOO_LONG input.facts.cultures", "INVALID input.facts.topics.0", "TOO_LONG input.hopes"]);
        // A mentor whom the family never met is unknown to it, as is an id of nothing.
        for id in [stranger.id.as_str(), "men_junk", home.id.as_str()] {
            let mut wrong = facts();
            wrong["excludedMentors"] = json!([id]);
            let problems = refused(&home.client, "saveSupportRequest", json!({"facts": wrong})).await;
            assert_eq!(problems, ["UNKNOWN_REFERENCE input.facts.excludedMentors.0"]);
        }
    })
    .await;
}

#[tokio::test]
async fn others_find_no_request() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let elsewhere = world.elsewhere().await;
        let home = family(&app, &world, "Mara").await;
        let other = family(&app, &world, "Olga").await;
        let stranger = mentor(&app, &world, "Nils", 2).await;
        let id = triaged(&world, &home).await;
        let never = kinward_request_id();
        for client in [&elsewhere.coordinator, &other.client, &stranger.client] {
            let vars = json!({"id": id});
            let missing = client.raw(&document("supportRequest"), &json!({"id": never})).await;
            assert_eq!(client.raw(&document("supportRequest"), &vars).await, missing);
            assert_eq!(unseen(client, "supportRequest", &id).await, "NOT_FOUND");
            let steps = [
                ("saveSupportRequest", json!({"requestId": id, "facts": facts()})),
                ("submitSupportRequest", json!({"requestId": id})),
                ("withdrawSupportRequest", json!({"requestId": id})),
                ("triageSupportRequest", json!({"requestId": id, "urgency": "SOON"})),
                ("closeSupportRequest", json!({"requestId": id, "reason": "OTHER"})),
                ("proposeMatch", json!({"requestId": id, "mentorId": stranger.id})),
            ];
            for (name, input) in steps {
                assert_eq!(fault(client, name, input).await, "NOT_FOUND", "{name}");
            }
            let compare = client.fault(&document("candidates"), json!({"requestId": id})).await;
            assert_eq!(compare, "NOT_FOUND");
        }
        assert!(ids(&other.client, "supportRequests").await.is_empty());
        assert!(ids(&elsewhere.coordinator, "supportRequests").await.is_empty());
    })
    .await;
}

/// The global form of an id that nobody has.
fn kinward_request_id() -> String {
    use kinward::kernel::ids::TypedId as _;
    kinward::kernel::ids::RequestId::from(uuid::Uuid::from_u128(7)).to_global()
}

#[tokio::test]
async fn the_board_is_in_order_and_in_pages() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let mut requests = Vec::new();
        for (name, urgency) in [("Ana", "ROUTINE"), ("Bea", "URGENT"), ("Cem", "SOON")] {
            let home = family(&app, &world, name).await;
            let id = triaged(&world, &home).await;
            let input = json!({"requestId": id, "urgency": urgency});
            step(&world.coordinator, "triageSupportRequest", input).await;
            requests.push(id);
            app.clock.advance(jiff::SignedDuration::from_mins(1));
        }
        let mut pages = Vec::new();
        for order in ["DUE", "URGENCY"] {
            let (mut seen, mut after) = (Vec::new(), json!(null));
            for _ in 0..3 {
                let vars = json!({"first": 1, "after": after, "order": order, "states": ["TRIAGED"]});
                let page = world.coordinator.data(&document("supportRequests"), vars).await["supportRequests"].clone();
                seen.push(text(&page["nodes"][0]["id"]));
                after = page["pageInfo"]["endCursor"].clone();
            }
            pages.push(seen);
        }
        let at = |list: [usize; 3]| list.map(|n| requests[n].clone()).to_vec();
        assert_eq!(pages, [at([0, 1, 2]), at([1, 2, 0])]);
        let wrong = world.coordinator.fault(&document("supportRequests"), json!({"first": 101})).await;
        assert_eq!(wrong, "BAD_REQUEST");
    })
    .await;
}

#[tokio::test]
async fn mentors_are_ranked_with_reasons_and_excluded_with_theirs() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let nils = mentor(&app, &world, "Nils", 2).await;
        let ruth = bare_mentor(&app, &world, "Ruth", 1).await;
        let step_back = "mutation($input: MentorInput!) { stepBack(input: $input) { mentor { id } userErrors { code field message } } }";
        ruth.client.data(step_back, json!({"input": {"id": ruth.id}})).await;
        let id = triaged(&world, &home).await;
        let answer = world.coordinator.data(&document("candidates"), json!({"requestId": id})).await["candidates"].clone();
        let best = &answer["ranked"][0];
        assert_eq!((&best["mentorId"], &best["firstName"]), (&json!(nils.id), &json!("Nils")));
        let points = best["reasons"].as_array().unwrap().iter().map(|reason| reason["points"].as_i64().unwrap());
        assert_eq!(points.sum::<i64>(), best["score"].as_i64().unwrap());
        assert_eq!(best["warnings"], json!(["HOURS_UNKNOWN", "NO_SHARED_CHANNEL"]));
        let out = &answer["excluded"][0];
        assert_eq!((&out["mentorId"], &out["firstName"]), (&json!(ruth.id), &json!("Ruth")));
        assert_eq!(out["reasons"], json!(["NOT_READY", "STEPPED_BACK"]));
        assert_eq!((&answer["rankedTotal"], &answer["excludedTotal"]), (&json!(1), &json!(1)));
        let problems = refused(&world.coordinator, "proposeMatch", json!({"requestId": id, "mentorId": ruth.id})).await;
        assert_eq!(problems, ["NOT_READY input.mentorId", "STEPPED_BACK input.mentorId"]);
        let wrong = world.coordinator.fault(&document("candidates"), json!({"requestId": id, "first": 0})).await;
        assert_eq!(wrong, "BAD_REQUEST");
        assert_eq!(home.client.fault(&document("candidates"), json!({"requestId": id})).await, "FORBIDDEN");
        let elsewhere = world.elsewhere().await;
        let theirs = mentor(&app, &elsewhere, "Tove", 2).await;
        for unknown in [theirs.id.as_str(), "junk"] {
            let input = json!({"requestId": id, "mentorId": unknown});
            let problems = refused(&world.coordinator, "proposeMatch", input).await;
            assert_eq!(problems, ["UNKNOWN_REFERENCE input.mentorId"]);
        }
        let closed = json!({"requestId": id, "reason": "SUPPORTED"});
        assert_eq!(step(&world.coordinator, "closeSupportRequest", closed.clone()).await["closeReason"], "SUPPORTED");
        assert_eq!(refused(&world.coordinator, "closeSupportRequest", closed).await, ["WRONG_STATE input.requestId"]);
        assert_eq!(look(&home.client, "supportRequest", &id).await["state"], "CLOSED");
    })
    .await;
}
