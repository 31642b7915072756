//! How much one request can write into the log.

use kinward::audit::Outcome;
use kinward::kernel::ids::{FamilyId, TypedId as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::entries_of;
use crate::harness::{TestApp, World, on_each};

fn families(count: u128) -> Vec<String> {
    (0..count).map(|n| FamilyId::from(Uuid::from_u128(n)).to_global()).collect()
}

/// A document that asks `fields` times for the records of the same ids.
fn document(fields: usize) -> String {
    let fields: Vec<String> = (0..fields).map(|n| format!("n{n}: nodes(ids: $ids) {{ __typename id }}")).collect();
    format!("query($ids: [ID!]!) {{ {} }}", fields.join(" "))
}

#[tokio::test]
async fn a_stranger_who_names_many_records_leaves_one_entry_a_field_and_learns_nothing() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let ids = json!({"ids": families(100)});
        let (answer, new) = entries_of(&app, "family.read", app.anonymous().send(&document(2), ids)).await;
        let nulls = vec![Value::Null; 100];
        assert_eq!(answer, json!({"data": {"n0": nulls, "n1": nulls}}));
        assert_eq!(new.len(), 2, "{new:?}");
        assert!(new.iter().all(|entry| entry.outcome == Outcome::Missing));
        // What is no id leaves none, and hides no entry of one that is.
        let ids = json!({"ids": ["", "junk", families(1)[0], families(2)[1]]});
        let (answer, new) = entries_of(&app, "family.read", app.anonymous().send(&document(1), ids)).await;
        assert_eq!(answer, json!({"data": {"n0": [null, null, null, null]}}));
        assert_eq!(new.len(), 1);
        // A record that is there looks no different, first or later.
        let there = world.programme_id();
        for ids in [json!([there, families(1)[0]]), json!([families(1)[0], there])] {
            let answer = app.anonymous().raw(&document(1), &json!({ "ids": ids })).await;
            let nothing = app.anonymous().raw(&document(1), &json!({"ids": families(2)})).await;
            assert_eq!(answer, nothing);
        }
        // Who is signed in is answered, and recorded, for each.
        let ids = json!({"ids": families(3)});
        let (_, new) = entries_of(&app, "family.read", world.coordinator.send(&document(1), ids)).await;
        assert_eq!(new.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn one_document_cannot_look_up_more_than_two_hundred_and_fifty_records() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let ids = json!({"ids": families(100)});
        let written = |app: TestApp| async move { app.count("SELECT count(*) AS n FROM audit_entry").await };
        let before = written(app.clone()).await;
        for client in [&app.anonymous(), &world.coordinator] {
            for fields in [3, 20] {
                assert_eq!(client.fault(&document(fields), ids.clone()).await, "LIMIT_EXCEEDED");
            }
            // The ids count the same in the document itself and in a default.
            let literal = serde_json::to_string(&families(100)).unwrap();
            for query in [
                document(3).replace("query($ids: [ID!]!)", "").replace("$ids", &literal),
                document(3).replace("[ID!]!", &format!("[ID!]! = {literal}")),
            ] {
                assert_eq!(client.fault(&query, json!({})).await, "LIMIT_EXCEEDED", "{query}");
            }
        }
        assert_eq!(written(app.clone()).await, before);
        world.coordinator.data(&document(2), ids).await;
        let too_many = json!({"ids": families(101)});
        assert_ne!(world.coordinator.fault(&document(1), too_many).await, "LIMIT_EXCEEDED");
    })
    .await;
}
