//! What a report does to the case, and to whoever reads it.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::world::{APPEAL, CASE, CLAIM, CRISIS, DECIDE, EDIT, Ear, QUEUE, REOPEN, REPORT, RISKY, Talk};
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
async fn nobody_pushes_the_notes_of_others_out_of_a_case() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let aunt = talk.caregiver("Ann").await;
        let sent = talk.send(&talk.mentor, "You should have known better.").await;
        for n in 0..10 {
            talk.family.data(REPORT, report(&sent, Some(&format!("Reason {n}.")))).await;
        }
        let more = report(&sent, Some("Reason 10."));
        assert_eq!(talk.family.refused(REPORT, more.clone()).await, ["TOO_MANY_REASONS input.reason"]);
        assert_eq!(talk.only_case().await["reportCount"], 10, "nothing of a refused report is kept");
        talk.family.data(REPORT, report(&sent, None)).await;
        aunt.data(REPORT, report(&sent, Some("I saw it too."))).await;
        let case = talk.only_case().await;
        assert_eq!(case["reportCount"], 12);
        talk.decide(&talk.world.coordinator, &case, json!({"decision": "DISMISS"})).await;
        talk.family.data(REPORT, more).await;
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

#[tokio::test]
async fn dismissing_a_report_delivers_nothing_that_another_case_refused() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let reader = &talk.world.coordinator;
        let other = talk.world.staff(kinward::identity::Role::Coordinator, "Cass").await;
        let sent = talk.send(&talk.mentor, RISKY).await;
        let hold = talk.only_case().await;
        talk.decide(reader, &hold, json!({"decision": "DELIVER"})).await;
        talk.family.data(REPORT, report(&sent, None)).await;
        let reported = talk.only_case().await;
        reader.data(REOPEN, json!({"input": {"id": hold["id"]}})).await;
        talk.decide(&other, &hold, json!({"decision": "BLOCK"})).await;
        assert!(!talk.seen(&talk.family).await.iter().any(|body| body == RISKY));
        talk.decide(reader, &reported, json!({"decision": "DISMISS"})).await;
        assert!(!talk.seen(&talk.family).await.iter().any(|body| body == RISKY), "the refusal stands");
    })
    .await;
}

#[tokio::test]
async fn an_overturned_report_shows_what_a_reader_had_left() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let reader = &talk.world.coordinator;
        let other = talk.world.staff(kinward::identity::Role::Coordinator, "Cass").await;
        let sent = talk.send(&talk.mentor, RISKY).await;
        let redact = json!({"decision": "REDACT", "text": "You can call me after eight."});
        talk.decide(reader, &talk.only_case().await, redact).await;
        talk.family.data(REPORT, report(&sent, None)).await;
        let reported = talk.only_case().await;
        talk.decide(reader, &reported, json!({"decision": "BLOCK"})).await;
        reader.data(REOPEN, json!({"input": {"id": reported["id"]}})).await;
        talk.decide(&other, &reported, json!({"decision": "DISMISS"})).await;
        assert_eq!(talk.seen(&talk.family).await[0], "You can call me after eight.");
    })
    .await;
}

#[tokio::test]
async fn an_appeal_is_taken_in_by_a_case_that_was_opened_again_already() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let other = talk.world.staff(kinward::identity::Role::Coordinator, "Cass").await;
        let sent = talk.send(&talk.mentor, RISKY).await;
        let hold = talk.only_case().await;
        talk.decide(&talk.world.coordinator, &hold, json!({"decision": "BLOCK"})).await;
        other.data(REOPEN, json!({"input": {"id": hold["id"]}})).await;
        talk.mentor.data(APPEAL, json!({"input": {"id": sent["id"], "reason": "It is my work number."}})).await;
        assert_eq!(talk.only_case().await["id"], hold["id"]);
        talk.decide(&other, &hold, json!({"decision": "DELIVER"})).await;
        assert_eq!(talk.seen(&talk.family).await[0], RISKY);
    })
    .await;
}

fn edit(message: &Value, body: &str) -> Value {
    json!({"input": {"id": message["id"], "body": body}})
}

const UNDER_REVIEW: [&str; 1] = ["UNDER_REVIEW input.id"];

#[tokio::test]
async fn no_words_change_while_a_case_about_them_is_not_decided() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let reader = &talk.world.coordinator;
        // A report, until it is decided; the words that were reported are still there.
        let sent = talk.send(&talk.mentor, "You should have known better.").await;
        talk.mentor.data(EDIT, edit(&sent, "You should have known.")).await;
        talk.family.data(REPORT, report(&sent, None)).await;
        assert_eq!(talk.mentor.refused(EDIT, edit(&sent, "Good evening.")).await, UNDER_REVIEW);
        let case = talk.only_case().await;
        reader.data(CLAIM, json!({"input": {"id": case["id"]}})).await;
        assert_eq!(talk.mentor.refused(EDIT, edit(&sent, "Good evening.")).await, UNDER_REVIEW);
        let content = reader.data(CASE, json!({"id": case["id"]})).await["case"]["content"].clone();
        assert_eq!(content["message"]["body"], "You should have known.");
        reader.data(DECIDE, json!({"input": {"id": case["id"], "decision": "DISMISS"}})).await;
        talk.mentor.data(EDIT, edit(&sent, "Good evening.")).await;
        reader.data(REOPEN, json!({"input": {"id": case["id"]}})).await;
        assert_eq!(talk.mentor.refused(EDIT, edit(&sent, "Good night.")).await, UNDER_REVIEW);
        // A cry for help and a hold, with the same words of refusal.
        let dark = talk.send(&talk.family, CRISIS).await;
        let held = talk.send(&talk.family, RISKY).await;
        for message in [&dark, &held] {
            assert_eq!(talk.family.refused(EDIT, edit(message, "Never mind.")).await, UNDER_REVIEW);
        }
        // The other side hears what it would hear anyway.
        assert_eq!(talk.family.fault(EDIT, edit(&sent, "Mine.")).await, "FORBIDDEN");
        assert_eq!(talk.mentor.fault(EDIT, edit(&held, "Mine.")).await, "NOT_FOUND");
        // An appeal opens the case again.
        let case = talk.cases().await.into_iter().find(|case| case["kind"] == "HELD_MESSAGE").unwrap();
        talk.decide(reader, &case, json!({"decision": "BLOCK"})).await;
        assert_eq!(talk.family.refused(EDIT, edit(&held, "Never mind.")).await, ["WRONG_STATE input.id"]);
        talk.family.data(APPEAL, json!({"input": {"id": held["id"]}})).await;
        assert_eq!(talk.family.refused(EDIT, edit(&held, "Never mind.")).await, UNDER_REVIEW);
    })
    .await;
}

#[tokio::test]
async fn after_the_time_for_edits_nobody_learns_of_a_case() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let sent = talk.send(&talk.mentor, "You should have known better.").await;
        talk.family.data(REPORT, report(&sent, None)).await;
        // Tokens are shorter than the time for edits, so the message is made older instead.
        app.tamper("UPDATE message SET created_at = created_at - 960000000").await.unwrap();
        assert_eq!(talk.mentor.refused(EDIT, edit(&sent, "Good evening.")).await, ["TOO_LATE_TO_EDIT input.id"]);
    })
    .await;
}

#[tokio::test]
async fn of_a_report_and_an_edit_at_the_same_moment_the_second_sees_the_first() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        for n in 0..8 {
            let sent = talk.send(&talk.mentor, &format!("You should have known better {n}.")).await;
            let (wish, words) = (report(&sent, None), edit(&sent, "Good evening."));
            let both = futures_util::future::join(talk.family.send(REPORT, wish), talk.mentor.send(EDIT, words));
            let (reported, edited) = both.await;
            let edited = &edited["data"]["editMessage"];
            let done = edited["userErrors"].as_array().unwrap().is_empty();
            assert!(done || edited["userErrors"][0]["code"] == "UNDER_REVIEW", "{edited:#}");
            assert!(reported["data"]["reportMessage"]["message"].is_object(), "{reported:#}");
            assert_eq!(talk.mentor.refused(EDIT, edit(&sent, "Good night.")).await, UNDER_REVIEW);
        }
        assert_eq!(talk.cases().await.len(), 8);
    })
    .await;
}
