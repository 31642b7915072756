//! What a report does to the case, and to whoever reads it.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::world::{CASE, CLAIM, DECIDE, Ear, QUEUE, REPORT, Talk};
use crate::harness::on_each;

fn report(message: &Value, reason: Option<&str>) -> Value {
    json!({"input": {"id": message["id"], "reason": reason}})
}

/// What must not change for whoever holds a case.
fn hold(case: &Value) -> Vec<Value> {
    ["id", "state", "claimedById", "leaseUntil", "isMine", "dueAt", "version"].map(|key| case[key].clone()).to_vec()
}

#[tokio::test]
async fn a_further_report_is_counted_and_leaves_the_case_with_its_reader() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let (reader, aunt) = (&talk.world.coordinator, talk.caregiver("Ann").await);
        let sent = talk.send(&talk.mentor, "You should have known better.").await;
        let first = talk.family.send(REPORT, report(&sent, Some("This hurt."))).await;
        assert!(first["data"]["reportMessage"]["userErrors"].as_array().unwrap().is_empty(), "{first:#}");
        let case = talk.only_case().await;
        assert_eq!((case["reportCount"].clone(), case["lastReportedAt"].clone()), (json!(1), case["openedAt"].clone()));
        reader.data(CLAIM, json!({"input": {"id": case["id"]}})).await;
        let held = talk.only_case().await;
        assert_eq!((held["state"].clone(), held["isMine"].clone()), (json!("CLAIMED"), json!(true)));

        app.clock.advance(SignedDuration::from_mins(1));
        let mut board = Ear::open(reader, QUEUE, json!({})).await;
        // The same answer for the same person again, and for another of the same side.
        assert_eq!(talk.family.send(REPORT, report(&sent, Some("And again."))).await, first);
        assert_eq!(aunt.send(REPORT, report(&sent, None)).await, first);
        let after = talk.only_case().await;
        assert_eq!(hold(&after), hold(&held));
        assert_eq!(after["reportCount"], 3);
        assert_ne!(after["lastReportedAt"], case["lastReportedAt"]);
        assert_eq!(board.change().await["id"], case["id"], "the board is told");
        let content = reader.data(CASE, json!({"id": case["id"]})).await["case"]["content"].clone();
        let words: Vec<_> = content["notes"].as_array().unwrap().iter().map(|note| note["body"].clone()).collect();
        assert_eq!(words, ["This hurt.", "And again."]);

        // The reader finishes what they began, on the version that they read.
        let decide = json!({"input": {"id": case["id"], "decision": "DISMISS", "version": held["version"]}});
        reader.data(DECIDE, decide).await;
        assert!(talk.cases().await.is_empty());
        // A report after the decision is a new matter.
        assert_eq!(talk.family.send(REPORT, report(&sent, None)).await, first);
        let new = talk.only_case().await;
        assert_ne!(new["id"], case["id"]);
        assert_eq!((new["state"].clone(), new["reportCount"].clone()), (json!("OPEN"), json!(1)));
    })
    .await;
}

#[tokio::test]
async fn reports_and_a_claim_at_the_same_moment_all_count() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let sent = talk.send(&talk.family, "You never listen.").await;
        talk.mentor.data(REPORT, report(&sent, None)).await;
        let case = talk.only_case().await;
        let reports = (0..5).map(|_| talk.mentor.send(REPORT, report(&sent, None)));
        let claim = talk.world.coordinator.send(CLAIM, json!({"input": {"id": case["id"]}}));
        let (answers, claimed) = futures_util::future::join(futures_util::future::join_all(reports), claim).await;
        for answer in answers {
            assert!(answer["data"]["reportMessage"]["message"].is_object(), "{answer:#}");
        }
        assert!(claimed["data"]["claimCase"]["case"].is_object(), "{claimed:#}");
        let after = talk.only_case().await;
        assert_eq!((after["isMine"].clone(), after["reportCount"].clone()), (json!(true), json!(6)));
    })
    .await;
}
