//! Nobody judges their own match, whatever role somebody gave them.

use kinward::kernel::ids::{AccountId, RoleId, TypedId as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::{
    CASE, CASES, CLAIM, DECIDE, ESCALATE, Ear, NOTE, QUEUE, RELEASE, RENEW, REOPEN, RISKY, Talk, literal,
};
use crate::factors::{document, name_of};
use crate::harness::people::token;
use crate::harness::{Client, on_each};

/// Gives a caregiver or mentor a role of staff in their own programme, as only the owner of the database can, and lets them
/// act in it.
async fn plant(talk: &Talk, side: &Client, role: &str, number: u128) -> Client {
    let app = talk.app();
    let name = name_of(side).await;
    let viewer = side.data(document("identity/viewer"), json!({})).await;
    let account = AccountId::from_global(viewer["viewer"]["account"]["id"].as_str().unwrap()).unwrap();
    let id = RoleId::from(Uuid::from_u128(number));
    let [row, of, programme] = [id.uuid(), account.uuid(), talk.world.programme.uuid()].map(|id| literal(app, id));
    app.tamper(&format!(
        "INSERT INTO role (id, account_id, programme_id, role, granted_at) VALUES ({row}, {of}, {programme}, '{role}', 1)"
    ))
    .await
    .unwrap();
    // The role that was planted is the oldest, so they come in as it.
    app.clock.advance(jiff::SignedDuration::from_mins(2));
    let signed_in = app.sign_in(&name).await;
    if role == "safeguarding_lead" {
        app.enrol(&signed_in).await;
    }
    assert_eq!(signed_in.role.id, id);
    app.client(token(&signed_in))
}

async fn queue(reader: &Client) -> Vec<Value> {
    let page = reader.data(CASES, json!({})).await;
    page["cases"]["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["id"].clone()).collect()
}

#[tokio::test]
async fn a_side_of_the_match_neither_sees_nor_judges_its_cases() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let other = Talk::within(talk.world.clone(), 2).await;
        let mentor = plant(&talk, &talk.mentor, "coordinator", 71).await;
        let caregiver = plant(&talk, &talk.family, "safeguarding_lead", 72).await;
        let mut ear = Ear::open(&mentor, QUEUE, json!({})).await;
        talk.send(&talk.mentor, RISKY).await;
        let case = talk.only_case().await;
        other.send(&other.mentor, RISKY).await;
        let cases = talk.cases().await;
        let theirs = cases.iter().find(|other| other["id"] != case["id"]).unwrap()["id"].clone();
        // The queue is told of the other match's case only, and goes on.
        assert_eq!(ear.change().await["id"], theirs);
        // As if they held it already.
        let of = json!({"input": {"id": case["id"]}});
        for side in [&mentor, &caregiver] {
            assert_eq!(queue(side).await, std::slice::from_ref(&theirs));
            assert_eq!(side.fault(CASE, json!({"id": case["id"]})).await, "NOT_FOUND");
            for act in [CLAIM, RENEW, RELEASE, ESCALATE, REOPEN] {
                assert_eq!(side.fault(act, of.clone()).await, "NOT_FOUND", "{act}");
            }
            let note = json!({"input": {"id": case["id"], "visibility": "INTERNAL", "body": "It is fine."}});
            assert_eq!(side.fault(NOTE, note).await, "NOT_FOUND");
            let viewer = side.data(document("identity/viewer"), json!({})).await;
            let account = AccountId::from_global(viewer["viewer"]["account"]["id"].as_str().unwrap()).unwrap();
            let holder = literal(&app, account.uuid());
            let (until, before) = (i64::MAX, "claimed_by = NULL, lease_until = NULL, state = 'open'");
            let held = format!(
                "UPDATE moderation_case SET state = 'claimed', claimed_by = {holder}, lease_until = {until} WHERE match_id = {}",
                literal(&app, talk.match_id.uuid())
            );
            app.tamper(&held).await.unwrap();
            let deliver = json!({"input": {"id": case["id"], "decision": "DELIVER"}});
            assert_eq!(side.fault(DECIDE, deliver).await, "NOT_FOUND");
            app.tamper(&format!("UPDATE moderation_case SET {before} WHERE state = 'claimed'")).await.unwrap();
            // What is not about their own match they may judge.
            assert_eq!(side.data(CASE, json!({"id": theirs})).await["case"]["id"], theirs);
        }
        assert_eq!(talk.decide(&talk.world.coordinator, &case, json!({"decision": "BLOCK"})).await["state"], "DECIDED");
    })
    .await;
}
