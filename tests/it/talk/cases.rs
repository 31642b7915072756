//! Who holds a case, and who may decide it.

use jiff::SignedDuration;
use kinward::identity::Role;
use serde_json::{Value, json};

use super::world::{CASE, CASES, CLAIM, DECIDE, ESCALATE, Ear, NOTE, QUEUE, RELEASE, RENEW, REOPEN, RISKY, Talk};
use crate::harness::{Client, on_each};

fn of(case: &Value) -> Value {
    json!({"input": {"id": case["id"]}})
}

#[tokio::test]
async fn of_two_who_claim_at_once_one_wins() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        talk.send(&talk.mentor, RISKY).await;
        let case = talk.only_case().await;
        let mut readers = vec![talk.world.coordinator.clone()];
        for name in ["Cass", "Cleo", "Cy"] {
            readers.push(talk.world.staff(Role::Coordinator, name).await);
        }
        let tries = readers.iter().map(|reader| reader.send(CLAIM, of(&case)));
        let answers = futures_util::future::join_all(tries).await;
        let won: Vec<_> = answers.iter().filter(|a| !a["data"]["claimCase"]["case"].is_null()).collect();
        assert_eq!(won.len(), 1, "{answers:#?}");
        for answer in &answers {
            let errors = answer["data"]["claimCase"]["userErrors"].as_array().unwrap();
            assert!(errors.iter().all(|e| e["code"] == "CASE_TAKEN"), "{answer:#}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_lease_keeps_others_out_for_five_minutes() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let (one, two) = (&talk.world.coordinator, talk.world.staff(Role::Coordinator, "Cass").await);
        talk.send(&talk.mentor, RISKY).await;
        let case = talk.only_case().await;
        let deliver = json!({"input": {"id": case["id"], "decision": "DELIVER"}});
        assert_eq!(one.refused(DECIDE, deliver.clone()).await, ["CLAIM_FIRST input.id"]);
        one.data(CLAIM, of(&case)).await;
        assert_eq!(two.refused(CLAIM, of(&case)).await, ["CASE_TAKEN input.id"]);
        assert_eq!(two.refused(RENEW, of(&case)).await, ["CASE_TAKEN input.id"]);
        assert_eq!(two.refused(DECIDE, deliver.clone()).await, ["CLAIM_FIRST input.id"]);
        app.clock.advance(SignedDuration::from_mins(4));
        one.data(RENEW, of(&case)).await;
        app.clock.advance(SignedDuration::from_secs(299));
        assert_eq!(two.refused(CLAIM, of(&case)).await, ["CASE_TAKEN input.id"]);
        app.clock.advance(SignedDuration::from_secs(1));
        assert_eq!(talk.only_case().await["state"], "OPEN");
        assert_eq!(one.refused(DECIDE, deliver.clone()).await, ["CLAIM_FIRST input.id"]);
        assert_eq!(one.refused(RENEW, of(&case)).await, ["CLAIM_FIRST input.id"]);
        two.data(CLAIM, of(&case)).await;
        two.data(DECIDE, deliver.clone()).await;
        assert_eq!(two.refused(CLAIM, of(&case)).await, ["WRONG_STATE input.id"]);
        assert_eq!(two.refused(DECIDE, deliver).await, ["WRONG_STATE input.id"]);
        assert!(talk.cases().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn wrong_decisions_are_answered_with_a_code_and_a_field() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let reader = &talk.world.coordinator;
        talk.send(&talk.mentor, RISKY).await;
        let case = talk.only_case().await;
        reader.data(CLAIM, of(&case)).await;
        let decide = |rest: Value| {
            let mut input = rest;
            input["id"] = case["id"].clone();
            json!({ "input": input })
        };
        for (wrong, refusal) in [
            (json!({"decision": "ACKNOWLEDGE"}), "WRONG_DECISION input.decision"),
            (json!({"decision": "REDACT"}), "REQUIRED input.text"),
            (json!({"decision": "REDACT", "text": "x".repeat(2001)}), "TOO_LONG input.text"),
            (json!({"decision": "REDACT", "ranges": [{"start": 3, "end": 3}]}), "OUT_OF_RANGE input.ranges.0"),
            (json!({"decision": "REDACT", "ranges": [{"start": 3, "end": 999}]}), "OUT_OF_RANGE input.ranges.0"),
            (json!({"decision": "REDACT", "ranges": [{"start": -1, "end": 3}]}), "OUT_OF_RANGE input.ranges.0"),
            (json!({"decision": "REDACT", "ranges": [{"start": 0, "end": -1}]}), "OUT_OF_RANGE input.ranges.0"),
            (json!({"decision": "BLOCK", "text": "x"}), "INVALID input.text"),
            (json!({"decision": "DELIVER", "version": 1}), "STALE input.version"),
        ] {
            assert_eq!(reader.refused(DECIDE, decide(wrong)).await, [refusal]);
        }
        let note = json!({"input": {"id": case["id"], "visibility": "INTERNAL", "body": " "}});
        assert_eq!(reader.refused(NOTE, note).await, ["REQUIRED input.body"]);
        assert_eq!(reader.refused(REOPEN, of(&case)).await, ["WRONG_STATE input.id"]);
        assert_eq!(talk.only_case().await["state"], "CLAIMED");
    })
    .await;
}

/// How many cases the queue shows in a state.
async fn waiting(reader: &Client, state: &str) -> usize {
    reader.data(CASES, json!({ "state": state })).await["cases"]["edges"].as_array().unwrap().len()
}

/// Only a safeguarding lead gets on with this case, and everybody sees why.
async fn is_for_leads(talk: &Talk, case: &Value) {
    let coordinator = &talk.world.coordinator;
    for document in [CLAIM, RENEW, RELEASE, ESCALATE] {
        assert_eq!(coordinator.refused(document, of(case)).await, ["LEAD_ONLY input.id"]);
    }
    let decide = json!({"input": {"id": case["id"], "decision": "DELIVER"}});
    assert_eq!(coordinator.refused(DECIDE, decide).await, ["LEAD_ONLY input.id"]);
    let seen = talk.only_case().await;
    assert_eq!((seen["id"].clone(), seen["escalatedAt"].is_string()), (case["id"].clone(), true));
}

#[tokio::test]
async fn an_escalated_case_stays_with_the_safeguarding_leads_until_it_is_decided() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let lead = talk.world.staff(Role::SafeguardingLead, "Lee").await;
        talk.send(&talk.mentor, RISKY).await;
        let case = talk.only_case().await;
        assert_eq!(case["escalatedAt"], json!(null));
        talk.world.coordinator.data(CLAIM, of(&case)).await;
        talk.world.coordinator.data(ESCALATE, of(&case)).await;
        is_for_leads(&talk, &case).await;
        assert_eq!((waiting(&lead, "OPEN").await, waiting(&lead, "ESCALATED").await), (0, 1));
        // Whatever a lead does short of deciding, it comes back to the leads.
        let marked = talk.only_case().await["escalatedAt"].clone();
        lead.data(CLAIM, of(&case)).await;
        is_for_leads(&talk, &case).await;
        lead.data(RELEASE, of(&case)).await;
        assert_eq!(talk.only_case().await["state"], "ESCALATED");
        is_for_leads(&talk, &case).await;
        lead.data(CLAIM, of(&case)).await;
        lead.data(RENEW, of(&case)).await;
        assert_eq!((waiting(&lead, "CLAIMED").await, waiting(&lead, "ESCALATED").await), (1, 0));
        app.clock.advance(SignedDuration::from_mins(5));
        assert_eq!(talk.only_case().await["state"], "ESCALATED");
        assert_eq!((waiting(&lead, "OPEN").await, waiting(&lead, "ESCALATED").await), (0, 1));
        is_for_leads(&talk, &case).await;
        assert_eq!(lead.refused(ESCALATE, of(&case)).await, ["WRONG_STATE input.id"]);
        assert_eq!(talk.only_case().await["escalatedAt"], marked);
        lead.data(CLAIM, of(&case)).await;
        lead.data(DECIDE, json!({"input": {"id": case["id"], "decision": "BLOCK"}})).await;
        assert_eq!(lead.data(CASE, json!({"id": case["id"]})).await["case"]["escalatedAt"], marked);
    })
    .await;
}

#[tokio::test]
async fn a_reopened_case_waits_for_somebody_else_until_it_is_decided_again() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let (one, lead) = (&talk.world.coordinator, talk.world.staff(Role::SafeguardingLead, "Lee").await);
        talk.send(&talk.mentor, RISKY).await;
        let case = talk.only_case().await;
        one.data(ESCALATE, of(&case)).await;
        talk.decide(&lead, &case, json!({"decision": "BLOCK"})).await;
        // What a lead decided alone may be looked at by somebody else, who need not be a lead.
        one.data(REOPEN, of(&case)).await;
        let reopened = talk.only_case().await;
        assert_eq!((reopened["state"].clone(), reopened["escalatedAt"].clone()), (json!("REOPENED"), json!(null)));
        lead.data(CLAIM, of(&case)).await;
        let deliver = json!({"input": {"id": case["id"], "decision": "DELIVER"}});
        assert_eq!(lead.refused(DECIDE, deliver.clone()).await, ["SOMEBODY_ELSE_MUST_DECIDE input.id"]);
        // Neither giving it back nor a lease that ends makes it an ordinary open case.
        lead.data(RELEASE, of(&case)).await;
        assert_eq!((waiting(one, "OPEN").await, waiting(one, "REOPENED").await), (0, 1));
        one.data(CLAIM, of(&case)).await;
        assert_eq!((waiting(one, "CLAIMED").await, waiting(one, "REOPENED").await), (1, 0));
        app.clock.advance(SignedDuration::from_mins(5));
        assert_eq!((waiting(one, "OPEN").await, waiting(one, "REOPENED").await), (0, 1));
        assert_eq!(talk.only_case().await["state"], "REOPENED");
        // It can be handed on once more.
        one.data(ESCALATE, of(&case)).await;
        is_for_leads(&talk, &case).await;
        let other = talk.world.staff(Role::SafeguardingLead, "Lou").await;
        talk.decide(&other, &case, json!({"decision": "DELIVER"})).await;
        assert_eq!(talk.seen(&talk.family).await[0], RISKY);
    })
    .await;
}

#[tokio::test]
async fn another_programmes_staff_see_no_case() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let other = talk.world.elsewhere().await.coordinator;
        let mut ear = Ear::open(&other, QUEUE, json!({})).await;
        let mut own = Ear::open(&talk.world.coordinator, QUEUE, json!({})).await;
        talk.send(&talk.mentor, RISKY).await;
        let case = talk.only_case().await;
        assert_eq!(own.change().await["id"], case["id"]);
        ear.quiet().await;
        assert!(other.data(CASES, json!({})).await["cases"]["edges"].as_array().unwrap().is_empty());
        for document in [CLAIM, RENEW, RELEASE, ESCALATE, REOPEN] {
            assert_eq!(other.fault(document, of(&case)).await, "NOT_FOUND");
        }
        assert_eq!(other.fault(DECIDE, json!({"input": {"id": case["id"], "decision": "BLOCK"}})).await, "NOT_FOUND");
        assert_eq!(other.fault(CASE, json!({"id": case["id"]})).await, "NOT_FOUND");
        for outsider in [&talk.family, &talk.mentor, &talk.world.administrator] {
            assert_eq!(outsider.fault(CASE, json!({"id": case["id"]})).await, "NOT_FOUND");
            assert!(["FORBIDDEN", "NOT_FOUND"].contains(&outsider.fault(CASES, json!({})).await.as_str()));
        }
    })
    .await;
}

#[tokio::test]
async fn the_queue_pages_in_its_order() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        for n in 0..3 {
            talk.send(&talk.mentor, &format!("{RISKY} {n}")).await;
        }
        talk.send(&talk.family, super::world::CRISIS).await;
        let all: Vec<_> = talk.cases().await.iter().map(|case| case["id"].clone()).collect();
        assert_eq!(talk.cases().await[0]["kind"], "CRISIS");
        let (mut paged, mut after) = (Vec::new(), json!(null));
        for _ in 0..all.len() {
            let page = talk.world.coordinator.data(CASES, json!({"first": 1, "after": after})).await["cases"].clone();
            paged.push(page["edges"][0]["node"]["id"].clone());
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(paged, all);
        let held = talk.world.coordinator.data(CASES, json!({"kind": "HELD_MESSAGE", "state": "OPEN"})).await;
        assert_eq!(held["cases"]["edges"].as_array().unwrap().len(), 3);
    })
    .await;
}
