//! Following a conversation over a socket.

use std::time::Duration;

use serde_json::json;

use super::world::{CHANGES, EDIT, Ear, MESSAGES, RISKY, SEND, Talk};
use crate::harness::on_each;

#[tokio::test]
async fn changes_arrive_and_held_ones_do_not() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let mut ear = Ear::open(&talk.family, CHANGES, json!({"matchId": talk.id()})).await;
        talk.send(&talk.mentor, RISKY).await;
        ear.quiet().await;
        // The case of this message falls due before that of the next.
        app.clock.advance(jiff::SignedDuration::from_secs(1));
        let sent = talk.send(&talk.mentor, "See you on Tuesday.").await;
        let change = ear.change().await;
        assert_eq!(
            (change["messageId"].clone(), change["message"]["body"].clone()),
            (sent["id"].clone(), sent["body"].clone())
        );
        // What is held again vanishes.
        talk.mentor.data(EDIT, json!({"input": {"id": sent["id"], "body": RISKY}})).await;
        let gone = ear.change().await;
        assert_eq!((gone["messageId"].clone(), gone["message"].clone()), (sent["id"].clone(), json!(null)));
        // A released message arrives with the verdict.
        let case = talk.cases().await[0].clone();
        talk.decide(&talk.world.coordinator, &case, json!({"decision": "DELIVER"})).await;
        assert_eq!(ear.change().await["message"]["body"], RISKY);
        // Who was away continues after their cursor.
        let after = json!({"matchId": talk.id(), "after": change["cursor"]});
        let mut late = Ear::open(&talk.family, CHANGES, after).await;
        assert_eq!(late.change().await["messageId"], sent["id"]);
        late.change().await;
        late.quiet().await;
        let junk = json!({"matchId": talk.id(), "after": "junk"});
        let refused = Ear::open(&talk.family, CHANGES, junk).await.next().await;
        assert!(refused.to_string().contains("BAD_REQUEST"), "{refused:#}");
    })
    .await;
}

#[tokio::test]
async fn a_former_mentor_is_out_within_a_second() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let mut ear = Ear::open(&talk.mentor, CHANGES, json!({"matchId": talk.id()})).await;
        ear.quiet().await;
        talk.end().await;
        let end = ear.within(Duration::from_secs(1)).await.expect("the socket stays silent");
        assert!(end.to_string().contains("NOT_FOUND"), "{end:#}");
        if end["type"] == "next" {
            let complete = ear.within(Duration::from_secs(1)).await.expect("the stream goes on");
            assert_eq!(complete["type"], "complete");
        }
        let id = json!({"matchId": talk.id()});
        assert_eq!(talk.mentor.fault(MESSAGES, id.clone()).await, "NOT_FOUND");
        assert_eq!(talk.mentor.fault(SEND, talk.input("Still here?")).await, "NOT_FOUND");
        // The same bytes as for a match that never was.
        let never = json!({"matchId": "mat_AZIAAAAAcACAAAAAAAAn2g"});
        assert_eq!(talk.mentor.raw(MESSAGES, &id).await, talk.mentor.raw(MESSAGES, &never).await);
        talk.family.data(MESSAGES, id).await;
    })
    .await;
}
