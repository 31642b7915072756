//! What was said stays on record, for whoever judges it and for nobody else.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::world::{CASE, EDIT, MESSAGE, MESSAGES, REPORT, RISKY, Talk};
use crate::harness::{Backend, Client, on_each};

fn edit(message: &Value, body: &str) -> Value {
    json!({"input": {"id": message["id"], "body": body}})
}

/// The versions that a case shows, as `number form delivered words`.
async fn versions(reader: &Client, case: &Value) -> Vec<String> {
    let content = reader.data(CASE, json!({"id": case["id"]})).await["case"]["content"].clone();
    let line = |v: &Value| {
        let delivered = if v["wasDelivered"].as_bool().unwrap() { "delivered" } else { "unseen" };
        let (form, body) = (v["form"].as_str().unwrap(), v["body"].as_str().unwrap());
        format!("{} {form} {delivered} {body}", v["version"])
    };
    content["message"]["versions"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn whoever_judges_a_message_sees_what_was_said_earlier() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let sent = talk.send(&talk.mentor, "You are to blame.").await;
        app.clock.advance(SignedDuration::from_secs(1));
        talk.mentor.data(EDIT, edit(&sent, "You should have known better.")).await;
        app.clock.advance(SignedDuration::from_secs(1));
        talk.mentor.data(EDIT, edit(&sent, RISKY)).await;
        let case = talk.only_case().await;
        let third = format!("3 WRITTEN unseen {RISKY}");
        let earlier = ["2 WRITTEN delivered You should have known better.", "1 WRITTEN delivered You are to blame."];
        let reader = &talk.world.coordinator;
        assert_eq!(versions(reader, &case).await, [third.as_str(), earlier[0], earlier[1]]);
        let content = reader.data(CASE, json!({"id": case["id"]})).await["case"]["content"].clone();
        let since: Vec<_> =
            content["message"]["versions"].as_array().unwrap().iter().map(|v| v["keptAt"].clone()).collect();
        assert!(since[0].as_str() > since[1].as_str() && since[1].as_str() > since[2].as_str(), "{since:?}");

        // What a moderator lets others see is kept too, also when another one decides otherwise later.
        talk.decide(reader, &case, json!({"decision": "REDACT", "text": "Call me tonight."})).await;
        let shown = "3 SHOWN delivered Call me tonight.";
        assert_eq!(versions(reader, &case).await, [shown, third.as_str(), earlier[0], earlier[1]]);
        let other = talk.world.staff(kinward::identity::Role::Coordinator, "Cass").await;
        other.data(super::world::REOPEN, json!({"input": {"id": case["id"]}})).await;
        talk.decide(&other, &case, json!({"decision": "DELIVER"})).await;
        let let_go = format!("3 WRITTEN delivered {RISKY}");
        assert_eq!(versions(reader, &case).await, [shown, let_go.as_str(), earlier[0], earlier[1]]);
    })
    .await;
}

#[tokio::test]
async fn the_two_sides_see_the_present_words_only() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let sent = talk.send(&talk.mentor, "The heron flies at dawn.").await;
        talk.mentor.data(EDIT, edit(&sent, "The badger digs at dusk.")).await;
        talk.family.data(REPORT, json!({"input": {"id": sent["id"]}})).await;
        let case = talk.only_case().await;
        for side in [&talk.family, &talk.mentor] {
            for (document, variables) in [
                (MESSAGES, json!({"matchId": talk.id(), "first": 50})),
                (MESSAGE, json!({"id": sent["id"]})),
                ("query($id: ID!) { node(id: $id) { id ... on Message { body shownAs } } }", json!({"id": sent["id"]})),
            ] {
                let answer = side.send(document, variables).await.to_string();
                assert!(answer.contains("badger") && !answer.contains("heron"), "{answer}");
            }
            assert_eq!(side.fault(CASE, json!({"id": case["id"]})).await, "NOT_FOUND");
        }
        let query = "query($id: ID!) { message(id: $id) { versions { body } } }";
        assert_eq!(talk.mentor.fault(query, json!({"id": sent["id"]})).await, "VALIDATION_FAILED");
    })
    .await;
}

#[tokio::test]
async fn a_message_is_changed_only_as_often_as_its_versions_can_be_shown() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        // Without digits: what is split over edits is put together, and many figures would make a number.
        let words: Vec<String> = ('a'..='t').map(|letter| format!("version {letter}")).collect();
        let sent = talk.send(&talk.mentor, &words[0]).await;
        for next in &words[1..] {
            talk.mentor.data(EDIT, edit(&sent, next)).await;
        }
        assert_eq!(talk.mentor.refused(EDIT, edit(&sent, "version u")).await, ["TOO_MANY_EDITS input.id"]);
        talk.family.data(REPORT, json!({"input": {"id": sent["id"]}})).await;
        let all = versions(&talk.world.coordinator, &talk.only_case().await).await;
        assert_eq!(all.len(), 20);
        assert!(all[0].ends_with("version t") && all[19].ends_with("version a"), "{all:?}");
    })
    .await;
}

#[tokio::test]
async fn the_words_of_an_older_message_are_kept_before_they_change() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let sent = talk.send(&talk.mentor, "You are to blame.").await;
        // As messages are that were sent before versions were kept.
        let on = if app.backend == Backend::Postgres { " ON message_version" } else { "" };
        app.tamper(&format!("DROP TRIGGER message_version_append_only_delete{on}")).await.unwrap();
        app.tamper("DELETE FROM message_version").await.unwrap();
        talk.family.data(REPORT, json!({"input": {"id": sent["id"]}})).await;
        let case = talk.only_case().await;
        assert!(versions(&talk.world.coordinator, &case).await.is_empty());
        talk.decide(&talk.world.coordinator, &case, json!({"decision": "DISMISS"})).await;
        talk.mentor.data(EDIT, edit(&sent, "Good evening.")).await;
        let want = ["2 WRITTEN delivered Good evening.", "1 WRITTEN delivered You are to blame."];
        assert_eq!(versions(&talk.world.coordinator, &case).await, want);
    })
    .await;
}
