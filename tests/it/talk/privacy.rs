//! What must stay absent, and what a page may cost.

use serde_json::json;

use super::world::{EDIT, MESSAGES, NOTE, RISKY, Talk};
use crate::harness::on_each;

#[tokio::test]
async fn no_words_stand_in_tables_or_in_the_log() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let sent = talk.send(&talk.mentor, "The heron flies at dawn.").await;
        talk.mentor.data(EDIT, json!({"input": {"id": sent["id"], "body": "The badger digs at dusk."}})).await;
        talk.send(&talk.mentor, RISKY).await;
        let case = talk.only_case().await;
        let note = json!({"input": {"id": case["id"], "visibility": "PUBLIC", "body": "The kettle sings."}});
        talk.world.coordinator.data(NOTE, note).await;
        let redact = json!({"decision": "REDACT", "text": "The otter sleeps."});
        talk.decide(&talk.world.coordinator, &case, redact).await;
        assert_eq!(talk.seen(&talk.family).await[0], "The otter sleeps.");
        for table in [
            "message",
            "message_version",
            "verdict",
            "moderation_case",
            "case_note",
            "audit_entry",
            "outbox",
            "job",
            "conversation",
        ] {
            let dump = app.dump(table).await;
            for word in ["heron", "badger", "867", "kettle", "otter", "Fay"] {
                assert!(!dump.contains(word), "{word} in {table}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_costs_the_same_few_statements_however_long() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let statements = async |first: u32| {
            let before = app.app.core.db.statements();
            talk.family.data(MESSAGES, json!({"matchId": talk.id(), "first": first})).await;
            app.app.core.db.statements() - before
        };
        let one = statements(1).await;
        for n in 0..25 {
            talk.send(&talk.family, &format!("mine {n}")).await;
            talk.send(&talk.mentor, &format!("theirs {n}")).await;
        }
        let fifty = statements(50).await;
        assert_eq!(fifty, one);
        assert!(fifty <= 12, "{fifty} statements");
    })
    .await;
}

#[tokio::test]
async fn a_strangers_try_is_recorded_and_answers_nothing() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let other = Talk::within(talk.world.clone(), 2).await;
        let id = json!({"matchId": talk.id()});
        for stranger in [&other.family, &other.mentor, &talk.world.coordinator, &talk.world.administrator] {
            assert_eq!(stranger.fault(MESSAGES, id.clone()).await, "NOT_FOUND");
        }
        let denied = "SELECT count(*) AS n FROM audit_entry WHERE action = 'conversation.read' AND outcome = 'denied'";
        assert_eq!(app.count(denied).await, 4);
    })
    .await;
}
