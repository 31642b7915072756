//! Entries that should have had their places long ago, and places that are gone.

use jiff::SignedDuration;
use kinward::identity::Role;
use serde_json::json;
use uuid::Uuid;

use super::appending::entry;
use super::tampering::{bytes, id, log, places, restore, turned, unguard};
use super::verified;
use crate::harness::{TestApp, World, on_each};

/// What the verification says three minutes later, in which no node gave places.
async fn later(app: &TestApp) -> String {
    app.clock.advance(SignedDuration::from_mins(3));
    verified(app).await.first_fault.map_or_else(|| "nothing".to_owned(), |fault| fault.to_string())
}

#[tokio::test]
async fn an_index_that_was_emptied_or_cut_is_found_and_says_where_it_ends() {
    on_each(|app| async move {
        let log = log(&app).await;
        let all = app.count("SELECT count(*) AS n FROM audit_entry").await;
        unguard(&app).await;
        assert_eq!(later(&app).await, "nothing");
        app.tamper("DELETE FROM audit_index").await.unwrap();
        let found = later(&app).await;
        assert!(found.contains(&format!("the index ends at 0 while {all} entries recorded before 20")), "{found}");
        assert!(found.contains(&log[0].entry.to_string()), "{found}");
        restore(&app).await;

        // Cut, and some of the entries deleted with their places.
        app.tamper("DELETE FROM audit_index WHERE seq > 5").await.unwrap();
        app.tamper(&format!("DELETE FROM audit_entry WHERE id = {}", id(&app, log[6].entry))).await.unwrap();
        let found = later(&app).await;
        let left = log.len() - 6;
        assert!(found.contains(&format!("the index ends at 5 while {left} entries recorded before")), "{found}");
        restore(&app).await;

        app.tamper("DELETE FROM audit_index WHERE seq IN (4, 5)").await.unwrap();
        let found = later(&app).await;
        assert!(found.contains("at place 6: the places 4 to 5 before it are missing"), "{found}");
        restore(&app).await;
        assert_eq!(later(&app).await, "nothing");
    })
    .await;
}

#[tokio::test]
async fn an_entry_may_wait_two_minutes_for_its_place_and_no_longer() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let auditor = world.staff(Role::Auditor, "Otto").await;
        let verify = include_str!("../../../graphql/operations/oversight/auditVerification.graphql");
        app.clock.advance(SignedDuration::from_mins(2));
        let seen = auditor.data(verify, json!({})).await["auditVerification"].clone();
        assert_eq!((seen["whole"].clone(), seen["verified"].clone()), (json!(true), json!(0)), "{seen}");
        app.clock.advance(SignedDuration::from_micros(1));
        let seen = auditor.data(verify, json!({})).await["auditVerification"].clone();
        assert_eq!(seen["whole"], json!(false));
        assert!(seen["firstFault"].as_str().unwrap().contains("the index ends at 0 while"), "{seen}");
        // A node that runs gives them their places; so does one that stops.
        app.second_node(|_| {}).await.app.stop().await;
        assert_eq!(auditor.data(verify, json!({})).await["auditVerification"]["whole"], json!(true));
    })
    .await;
}

#[tokio::test]
async fn a_changed_byte_is_found_however_many_entries_wait() {
    on_each(|app| async move {
        let core = &app.app.core;
        for _ in 0..21 {
            let many: Vec<_> = (0..100).map(|_| entry(&app, "job.run")).collect();
            core.appender.append(&core.db, many).await.unwrap();
        }
        let mut last = entry(&app, "job.run");
        (last.id, last.recorded_at) = (Uuid::max(), last.recorded_at + 1);
        let canonical = last.canonical().unwrap();
        core.appender.append(&core.db, vec![last]).await.unwrap();
        assert_eq!(verified(&app).await.pending, 2_101);
        unguard(&app).await;
        let changed = bytes(&app, &turned(&canonical, 20));
        app.tamper(&format!("UPDATE audit_entry SET canonical = {changed} WHERE id = {}", id(&app, Uuid::max())))
            .await
            .unwrap();
        let found = verified(&app).await.first_fault.expect("the changed byte was not found");
        assert_eq!((found.seq, found.entry), (None, Some(Uuid::max())), "{found}");
        assert!(places(&app).await.is_empty());
    })
    .await;
}
