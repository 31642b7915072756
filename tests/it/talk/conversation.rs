//! Sending, order, editing, removing.

use jiff::SignedDuration;
use serde_json::json;

use super::world::{EDIT, MESSAGE, MESSAGES, REMOVE, RISKY, SEND, Talk};
use crate::harness::on_each;

#[tokio::test]
async fn sending_twice_with_one_client_id_is_sending_once() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let input = talk.input("See you on Tuesday.");
        let first = talk.mentor.data(SEND, input.clone()).await;
        assert_eq!(first["sendMessage"]["message"]["state"], "DELIVERED");
        assert_eq!(first["sendMessage"]["message"]["author"]["firstName"], "Mo");
        assert_eq!(talk.mentor.data(SEND, input.clone()).await, first);
        let mut other = input.clone();
        other["input"]["body"] = json!("Something else.");
        assert_eq!(talk.mentor.refused(SEND, other).await, ["CLIENT_ID_REUSED input.clientId"]);
        // Another author's client ids are their own.
        talk.family.data(SEND, input).await;
        assert_eq!(talk.seen(&talk.family).await[..2], ["See you on Tuesday.", "See you on Tuesday."]);
    })
    .await;
}

#[tokio::test]
async fn everybody_sees_one_order_page_by_page() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        for n in 0..5 {
            let side = if n % 2 == 0 { &talk.mentor } else { &talk.family };
            talk.send(side, &format!("number {n}")).await;
        }
        let all = talk.seen(&talk.family).await;
        assert_eq!(all[..5], ["number 4", "number 3", "number 2", "number 1", "number 0"]);
        assert_eq!(all, talk.seen(&talk.mentor).await);
        let (mut paged, mut after) = (Vec::new(), json!(null));
        loop {
            let page = talk.mentor.data(MESSAGES, json!({"matchId": talk.id(), "first": 4, "after": after})).await;
            let page = &page["messages"];
            paged.extend(
                page["edges"].as_array().unwrap().iter().map(|e| e["node"]["body"].as_str().unwrap().to_owned()),
            );
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(paged, all);
    })
    .await;
}

#[tokio::test]
async fn an_unbegun_conversation_reads_as_empty_and_reading_writes_nothing() {
    on_each(|app| async move {
        let talk = Talk::fresh(&app).await;
        assert!(talk.seen(&talk.family).await.is_empty());
        assert_eq!(app.count("SELECT count(*) AS n FROM conversation").await, 0);
        // The first three of each side wait for a reader, and three that wait do not open the way for a fourth.
        for n in 0..4 {
            assert_eq!(talk.send(&talk.family, &format!("hello {n}")).await["state"], "HELD");
        }
        assert_eq!(talk.send(&talk.mentor, "hello too").await["state"], "HELD");
        assert_eq!(talk.seen(&talk.mentor).await, ["hello too"]);
    })
    .await;
}

#[tokio::test]
async fn an_edit_is_judged_again() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let sent = talk.send(&talk.mentor, "See you on Tuesday.").await;
        let edit = |body: &str| json!({"input": {"id": sent["id"], "body": body}});
        let done = talk.mentor.data(EDIT, edit("See you on Monday.")).await["editMessage"]["message"].clone();
        assert_eq!((done["state"].clone(), done["version"].clone()), (json!("DELIVERED"), json!(2)));
        assert_eq!(talk.seen(&talk.family).await[0], "See you on Monday.");
        let stale = json!({"input": {"id": sent["id"], "body": "x", "version": 1}});
        assert_eq!(talk.mentor.refused(EDIT, stale).await, ["STALE input.version"]);
        // Somebody else's message: seen, not theirs to change.
        assert_eq!(talk.family.fault(EDIT, edit("mine now")).await, "FORBIDDEN");
        let held = talk.mentor.data(EDIT, edit(RISKY)).await["editMessage"]["message"].clone();
        assert_eq!(held["state"], "HELD");
        assert!(!talk.seen(&talk.family).await.contains(&RISKY.to_owned()));
        assert_eq!(talk.family.fault(MESSAGE, json!({"id": sent["id"]})).await, "NOT_FOUND");
        assert_eq!(talk.family.fault(EDIT, edit("mine now")).await, "NOT_FOUND");
        // Harmless words do not slip a held message past its reader.
        assert_eq!(talk.mentor.refused(EDIT, edit("See you on Tuesday.")).await, ["UNDER_REVIEW input.id"]);
        assert_eq!(talk.seen(&talk.mentor).await[0], RISKY);
        assert_eq!(talk.only_case().await["kind"], "HELD_MESSAGE");
        // The time runs from the sending, whatever was changed since; sign-ins are shorter, so the clock moves only here.
        let late = talk.send(&talk.family, "Thank you.").await;
        app.clock.advance(SignedDuration::from_mins(9));
        let input = json!({"input": {"id": late["id"], "body": "Thanks."}});
        talk.family.data(EDIT, input).await;
    })
    .await;
}

#[tokio::test]
async fn a_removed_message_leaves_its_place_only() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let sent = talk.send(&talk.family, "I did not mean that.").await;
        let input = json!({"input": {"id": sent["id"]}});
        assert_eq!(talk.mentor.fault(REMOVE, input.clone()).await, "FORBIDDEN");
        talk.family.data(REMOVE, input.clone()).await;
        assert_eq!(talk.family.refused(REMOVE, input).await, ["WRONG_STATE input.id"]);
        for side in [&talk.family, &talk.mentor] {
            let seen = side.data(MESSAGE, json!({"id": sent["id"]})).await["message"].clone();
            assert_eq!((seen["state"].clone(), seen["body"].clone()), (json!("REMOVED"), json!(null)));
        }
    })
    .await;
}

#[tokio::test]
async fn wrong_input_is_answered_with_a_code_and_a_field() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let wrong = json!({"input": {"matchId": talk.id(), "clientId": "two words", "body": "x".repeat(2001)}});
        assert_eq!(talk.family.refused(SEND, wrong).await, ["INVALID input.clientId", "TOO_LONG input.body"]);
        assert_eq!(talk.family.refused(SEND, talk.input("  ")).await, ["REQUIRED input.body"]);
        let sent = talk.send(&talk.family, "Hello.").await;
        let empty = json!({"input": {"id": sent["id"], "body": ""}});
        assert_eq!(talk.family.refused(EDIT, empty).await, ["REQUIRED input.body"]);
        let junk = json!({"input": {"matchId": sent["id"], "clientId": "a", "body": "x"}});
        assert_eq!(talk.family.fault(SEND, junk).await, "NOT_FOUND");
        talk.end().await;
        assert_eq!(talk.family.refused(SEND, talk.input("Goodbye.")).await, ["MATCH_ENDED input.matchId"]);
    })
    .await;
}

#[tokio::test]
async fn nobody_buries_the_queue_and_a_cry_for_help_gets_through() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        app.clock.advance(SignedDuration::from_secs(1));
        // Three of each side were sent before.
        for n in 3..60 {
            talk.send(&talk.mentor, &format!("Good evening, and again {}", "x".repeat(n % 7))).await;
        }
        let more = talk.input("Good night.");
        assert_eq!(talk.mentor.refused(SEND, more.clone()).await, ["TOO_FAST input.body"]);
        assert_eq!(talk.send(&talk.family, "Good night.").await["state"], "DELIVERED");
        let cry = talk.mentor.data(SEND, talk.input(super::world::CRISIS)).await["sendMessage"].clone();
        assert!(cry["help"].is_string(), "{cry:#}");
        // Nothing of the refused one was kept.
        assert_eq!(talk.seen(&talk.family).await[0], super::world::CRISIS);
    })
    .await;
}
