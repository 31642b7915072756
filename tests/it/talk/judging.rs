//! What is held, and what becomes of it.

use serde_json::json;

use super::world::{APPEAL, CASE, CRISIS, EDIT, MESSAGES, NOTE, NOTES, REMOVE, REOPEN, REPORT, RISKY, SEND, Talk};
use crate::harness::on_each;

#[tokio::test]
async fn a_held_message_does_not_exist_for_the_other_side() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let page = json!({"matchId": talk.id(), "first": 6});
        let before = talk.family.raw(MESSAGES, &page).await;
        let held = talk.send(&talk.mentor, RISKY).await;
        assert_eq!(held["state"], "HELD");
        // Byte for byte the same answer: no item, no cursor, no next page.
        assert_eq!(talk.family.raw(MESSAGES, &page).await, before);
        assert_eq!(talk.seen(&talk.mentor).await[0], RISKY);
        let case = talk.only_case().await;
        assert_eq!((case["kind"].clone(), case["state"].clone()), (json!("HELD_MESSAGE"), json!("OPEN")));
        let content = talk.world.coordinator.data(CASE, json!({"id": case["id"]})).await["case"]["content"].clone();
        assert_eq!(
            (content["message"]["body"].clone(), content["message"]["why"].clone()),
            (json!(RISKY), json!("findings"))
        );
        let found = content["message"]["findings"].as_array().unwrap().clone();
        assert!(found.iter().any(|f| f["category"] == "phone" && f["tier"] == "hold"), "{found:#?}");
        assert_eq!(content["context"].as_array().unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_reader_releases_redacts_or_blocks() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let coordinator = &talk.world.coordinator;
        talk.send(&talk.mentor, RISKY).await;
        talk.decide(coordinator, &talk.only_case().await, json!({"decision": "DELIVER"})).await;
        assert_eq!(talk.seen(&talk.family).await[0], RISKY);

        let second = format!("{RISKY} Or not.");
        talk.send(&talk.mentor, &second).await;
        let redact = json!({"decision": "REDACT", "ranges": [{"start": 11, "end": 23}]});
        talk.decide(coordinator, &talk.only_case().await, redact).await;
        assert_eq!(talk.seen(&talk.family).await[0], "Call me on [removed] tonight. Or not.");
        let own = talk.mentor.data(MESSAGES, json!({"matchId": talk.id(), "first": 1})).await;
        let own = own["messages"]["edges"][0]["node"].clone();
        assert_eq!(own["body"], json!(second));
        assert_eq!(own["shownAs"], "Call me on [removed] tonight. Or not.");

        let refused = talk.send(&talk.mentor, RISKY).await;
        let case = talk.only_case().await;
        let note = json!({"input": {"id": case["id"], "visibility": "PUBLIC", "body": "Please keep to this service."}});
        coordinator.data(NOTE, note).await;
        let note = json!({"input": {"id": case["id"], "visibility": "INTERNAL", "body": "The third time."}});
        coordinator.data(NOTE, note).await;
        talk.decide(coordinator, &case, json!({"decision": "BLOCK"})).await;
        assert_eq!(talk.seen(&talk.family).await[0], "Call me on [removed] tonight. Or not.");
        let id = json!({"id": refused["id"]});
        let notes = talk.mentor.data(NOTES, id.clone()).await["notesOnMyMessage"].clone();
        assert_eq!(notes.as_array().unwrap().len(), 1);
        assert_eq!(notes[0]["body"], "Please keep to this service.");
        assert_eq!(talk.family.fault(NOTES, id).await, "NOT_FOUND");

        // The author appeals; somebody else must decide.
        let appeal = json!({"input": {"id": refused["id"], "reason": "It is my work number."}});
        assert_eq!(talk.family.fault(APPEAL, appeal.clone()).await, "NOT_FOUND");
        talk.mentor.data(APPEAL, appeal).await;
        let again = talk.only_case().await;
        assert_eq!((again["id"].clone(), again["state"].clone()), (case["id"].clone(), json!("REOPENED")));
        coordinator.data(super::world::CLAIM, json!({"input": {"id": case["id"]}})).await;
        let release = json!({"input": {"id": case["id"], "decision": "DELIVER"}});
        let refusal = coordinator.refused(super::world::DECIDE, release).await;
        assert_eq!(refusal, ["SOMEBODY_ELSE_MUST_DECIDE input.id"]);
        coordinator.data(super::world::RELEASE, json!({"input": {"id": case["id"]}})).await;
        let other = talk.world.staff(kinward::identity::Role::Coordinator, "Cass").await;
        talk.decide(&other, &case, json!({"decision": "DELIVER"})).await;
        assert_eq!(talk.seen(&talk.family).await[0], RISKY);
    })
    .await;
}

#[tokio::test]
async fn a_cry_for_help_is_delivered_and_somebody_is_called() {
    on_each(|app| async move {
        // Even as the first message of a match, which would else wait for a reader.
        let talk = Talk::fresh(&app).await;
        let payload = talk.family.data(SEND, talk.input(CRISIS)).await["sendMessage"].clone();
        assert_eq!(payload["message"]["state"], "DELIVERED");
        let help = payload["help"].as_str().unwrap();
        assert!(help.contains("911") && help.contains("988"), "{help}");
        assert_eq!(talk.seen(&talk.mentor).await, [CRISIS]);
        talk.send(&talk.family, "Sorry.").await;
        let cases = talk.cases().await;
        let kinds: Vec<_> = cases.iter().map(|case| case["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["CRISIS", "HELD_MESSAGE"]);
        let done = talk.decide(&talk.world.coordinator, &cases[0], json!({"decision": "ACKNOWLEDGE"})).await;
        assert_eq!(done["decision"], "ACKNOWLEDGE");
    })
    .await;
}

#[tokio::test]
async fn a_report_opens_a_case_and_can_take_the_message_out() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let sent = talk.send(&talk.mentor, "You should have known better.").await;
        let report = json!({"input": {"id": sent["id"], "reason": "This hurt."}});
        assert_eq!(talk.mentor.refused(REPORT, report.clone()).await, ["OWN_MESSAGE input.id"]);
        talk.family.data(REPORT, report.clone()).await;
        talk.family.data(REPORT, report).await;
        let case = talk.only_case().await;
        assert_eq!(case["kind"], "REPORT");
        let content = talk.world.coordinator.data(CASE, json!({"id": case["id"]})).await["case"]["content"].clone();
        assert_eq!(content["notes"][0]["body"], "This hurt.");
        talk.decide(&talk.world.coordinator, &case, json!({"decision": "BLOCK"})).await;
        assert_ne!(talk.seen(&talk.family).await[0], "You should have known better.");
        assert_eq!(talk.seen(&talk.mentor).await[0], "You should have known better.");
    })
    .await;
}

#[tokio::test]
async fn a_case_about_a_message_that_its_author_took_back_can_still_be_decided() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let other = talk.world.staff(kinward::identity::Role::Coordinator, "Cass").await;
        let sent = talk.send(&talk.mentor, RISKY).await;
        let hold = talk.only_case().await;
        talk.decide(&talk.world.coordinator, &hold, json!({"decision": "DELIVER"})).await;
        talk.mentor.data(REMOVE, json!({"input": {"id": sent["id"]}})).await;
        other.data(REOPEN, json!({"input": {"id": hold["id"]}})).await;
        // Nothing brings it back.
        other.data(super::world::CLAIM, json!({"input": {"id": hold["id"]}})).await;
        let deliver = json!({"input": {"id": hold["id"], "decision": "DELIVER"}});
        assert_eq!(other.refused(super::world::DECIDE, deliver).await, ["WRONG_STATE input.id"]);
        let done = talk.decide(&other, &hold, json!({"decision": "BLOCK"})).await;
        assert_eq!((done["state"].clone(), done["decision"].clone()), (json!("DECIDED"), json!("BLOCK")));
        assert_eq!(talk.seen(&talk.family).await[0], "(none)", "it was taken back, and stays so");
        let appeal = json!({"input": {"id": sent["id"]}});
        assert_eq!(talk.mentor.refused(APPEAL, appeal).await, ["WRONG_STATE input.id"]);
    })
    .await;
}

#[tokio::test]
async fn a_cry_for_help_is_answered_while_its_message_is_under_appeal() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let sent = talk.send(&talk.family, &format!("{CRISIS} {RISKY}")).await;
        let cases = talk.cases().await;
        let kinds: Vec<_> = cases.iter().map(|case| case["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["CRISIS", "HELD_MESSAGE"]);
        talk.decide(&talk.world.coordinator, &cases[1], json!({"decision": "BLOCK"})).await;
        talk.family.data(APPEAL, json!({"input": {"id": sent["id"]}})).await;
        let done = talk.decide(&talk.world.coordinator, &cases[0], json!({"decision": "ACKNOWLEDGE"})).await;
        assert_eq!(done["state"], "DECIDED");
        // The appeal waits for its own answer.
        assert_eq!(talk.only_case().await["id"], cases[1]["id"]);
    })
    .await;
}

#[tokio::test]
async fn a_number_that_is_split_over_edits_is_held() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let sent = talk.send(&talk.mentor, "Starts with 555 86").await;
        assert_eq!(sent["state"], "DELIVERED");
        let edit = |body: &str| json!({"input": {"id": sent["id"], "body": body}});
        talk.mentor.data(EDIT, edit("Good night.")).await;
        // In a later edit, or in a later message: the other side has read the first part.
        let held = talk.mentor.data(EDIT, edit("and 75 309")).await["editMessage"]["message"].clone();
        assert_eq!(held["state"], "HELD");
        let begun = talk.send(&talk.family, "Starts with 555 86").await;
        talk.family.data(EDIT, json!({"input": {"id": begun["id"], "body": "Good night."}})).await;
        assert_eq!(talk.send(&talk.family, "and 75 309").await["state"], "HELD");
    })
    .await;
}
