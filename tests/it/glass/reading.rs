//! What the opener reads, and what stays as it was.

use serde_json::{Value, json};

use super::{ENTRIES, MESSAGES, RECORDS, SEND, Stage, TALK, about};
use crate::harness::on_each;
use crate::matching::stage;

async fn talk(stage: &Stage, id: &Value) -> Vec<Value> {
    let shown = stage.lead.data(TALK, json!({"id": id, "matchId": stage.of_match})).await;
    shown["breakGlassAccess"]["messages"]["nodes"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_opener_reads_what_staff_cannot_and_others_do_not() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        stage.send(&stage.family.client, "A quiet evening.").await;
        let look = "query($id: ID!) { supportRequest(id: $id) { id } }";
        assert_eq!(stage.lead.fault(look, json!({"id": stage.request})).await, "NOT_FOUND");
        let opened = stage.open(json!({})).await;
        let shown = stage.lead.data(RECORDS, about(&opened["id"])).await["breakGlassAccess"].clone();
        assert_eq!(shown["requests"]["nodes"][0]["id"], json!(stage.request));
        assert_eq!(shown["requests"]["nodes"][0]["hopes"], "Somebody to talk to.");
        assert_eq!(shown["proposals"]["nodes"][0]["state"], "ACCEPTED");
        assert_eq!(shown["matches"]["nodes"][0]["id"], json!(stage.of_match));
        assert_eq!(shown["sessions"]["nodes"], json!([]));
        // A held message, which the mentor does not know of.
        let messages = talk(&stage, &opened["id"]).await;
        assert_eq!((&messages[0]["body"], &messages[0]["state"]), (&json!("A quiet evening."), &json!("HELD")));
        let mentors = stage.mentor.client.data(MESSAGES, json!({"matchId": stage.of_match})).await;
        assert_eq!(mentors["messages"]["edges"], json!([]));
        // The doors that everybody uses stay as they were.
        assert_eq!(stage.lead.fault(look, json!({"id": stage.request})).await, "NOT_FOUND");
        assert_eq!(stage.lead.fault(MESSAGES, json!({"matchId": stage.of_match})).await, "NOT_FOUND");
        // Another lead, a coordinator and an administrator see the opening and nothing through it.
        for other in [&stage.other, &stage.world.coordinator, &stage.world.administrator] {
            assert_eq!(other.fault(RECORDS, about(&opened["id"])).await, "FORBIDDEN");
            let talk = json!({"id": opened["id"], "matchId": stage.of_match});
            assert_eq!(other.fault(TALK, talk).await, "FORBIDDEN");
        }
        for stranger in [&stage.family.client, &stage.mentor.client] {
            assert_eq!(stranger.fault(RECORDS, about(&opened["id"])).await, "NOT_FOUND");
        }
    })
    .await;
}

#[tokio::test]
async fn an_opening_opens_one_family() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let ina = stage::family(&app, &stage.world, "Ina").await;
        let (_, their_match) = stage::matched(&stage.world, &ina, &stage.mentor).await;
        let opened = stage.open(json!({})).await;
        let other = json!({"id": opened["id"], "matchId": their_match});
        assert_eq!(stage.lead.fault(TALK, other).await, "NOT_FOUND");
        let shown = stage.lead.data(RECORDS, about(&opened["id"])).await["breakGlassAccess"].clone();
        assert_eq!(shown["matches"]["nodes"].as_array().unwrap().len(), 1);
        // With the other family open too, each opening still shows its own.
        let mut input = stage.input();
        input["familyId"] = json!(ina.id);
        let second = stage.lead.data(super::OPEN, json!({ "input": input })).await["openBreakGlass"]["access"].clone();
        let crossed = json!({"id": opened["id"], "matchId": their_match});
        assert_eq!(stage.lead.fault(TALK, crossed).await, "NOT_FOUND");
        let straight = json!({"id": second["id"], "matchId": their_match});
        stage.lead.data(TALK, straight).await;
    })
    .await;
}

#[tokio::test]
async fn a_familys_draft_stays_its_own() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let ina = stage::family(&app, &stage.world, "Ina").await;
        stage::step(&ina.client, "saveSupportRequest", json!({"facts": stage::facts(), "hopes": "Not sent."})).await;
        let mut input = stage.input();
        input["familyId"] = json!(ina.id);
        let opened = stage.lead.data(super::OPEN, json!({ "input": input })).await["openBreakGlass"]["access"].clone();
        let shown = stage.lead.data(RECORDS, about(&opened["id"])).await["breakGlassAccess"].clone();
        assert_eq!(shown["requests"]["nodes"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn nothing_can_be_changed_under_an_opening() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        stage.open(json!({})).await;
        let say = json!({"input": {"matchId": stage.of_match, "clientId": "m-1", "body": "Hello."}});
        assert_eq!(stage.lead.fault(SEND, say).await, "NOT_FOUND");
        let request = json!({"requestId": stage.request, "reason": "OTHER"});
        assert_eq!(stage::fault(&stage.lead, "closeSupportRequest", request).await, "NOT_FOUND");
        let withdraw = json!({"requestId": stage.request});
        assert_eq!(stage::fault(&stage.lead, "withdrawSupportRequest", withdraw).await, "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn the_two_sides_see_no_trace_of_the_reader() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        stage.send(&stage.family.client, "A quiet evening.").await;
        stage.send(&stage.mentor.client, "A calm one here too.").await;
        let of = json!({"matchId": stage.of_match});
        let (family, mentor) = (&stage.family.client, &stage.mentor.client);
        let before = (family.raw(MESSAGES, &of).await, mentor.raw(MESSAGES, &of).await);
        let (messages, talks) = (app.dump("message").await, app.dump("conversation").await);
        let opened = stage.open(json!({})).await;
        assert_eq!(talk(&stage, &opened["id"]).await.len(), 2);
        assert_eq!((family.raw(MESSAGES, &of).await, mentor.raw(MESSAGES, &of).await), before);
        assert_eq!((app.dump("message").await, app.dump("conversation").await), (messages, talks));
    })
    .await;
}

#[tokio::test]
async fn a_reviewer_sees_exactly_what_was_looked_at() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        stage.send(&stage.family.client, "A quiet evening.").await;
        stage.send(&stage.family.client, "And a quiet morning.").await;
        let opened = stage.open(json!({})).await;
        // What the lead may see anyway is no look under the opening.
        let anyway = "query($id: ID!) { family(id: $id) { id } }";
        stage.lead.data(anyway, json!({"id": stage.family.id})).await;
        stage.lead.data(RECORDS, about(&opened["id"])).await;
        talk(&stage, &opened["id"]).await;
        for reviewer in [&stage.other, &stage.world.administrator] {
            let shown = reviewer.data(ENTRIES, about(&opened["id"])).await["breakGlassAccess"]["readEntries"].clone();
            let mut looks: Vec<String> = shown["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|look| format!("{} {} {}", look["action"], look["objectKind"], look["count"]).replace('"', ""))
                .collect();
            looks.sort();
            let want = [
                // The ids of both messages, and of the one author whose name was shown.
                "conversation.read Conversation 3",
                "match.read Match 0",
                "proposal.read Proposal 1",
                "request.read SupportRequest 0",
            ];
            assert_eq!(looks, want);
            assert!(shown["nodes"].as_array().unwrap().iter().all(|look| look["objectId"].is_string()));
            // Page by page, nothing twice.
            let first = reviewer.data(ENTRIES, json!({"id": opened["id"], "first": 3})).await;
            let after = first["breakGlassAccess"]["readEntries"]["pageInfo"]["endCursor"].clone();
            let rest = reviewer.data(ENTRIES, json!({"id": opened["id"], "first": 3, "after": after})).await;
            assert_eq!(rest["breakGlassAccess"]["readEntries"]["nodes"].as_array().unwrap().len(), 1);
        }
        assert_eq!(stage.world.coordinator.fault(ENTRIES, about(&opened["id"])).await, "FORBIDDEN");
        let count =
            stage.other.data(super::ACCESS, about(&opened["id"])).await["breakGlassAccess"]["readCount"].clone();
        assert_eq!(count, 4);
    })
    .await;
}
