//! Fields of a list that need a decision of their own: one question and one entry for all records, and about each the same
//! answer as if it had been asked for alone.

use kinward::families;
use kinward::identity::Role;
use kinward::kernel::ids::{FamilyId, TypedId as _};
use kinward::kernel::{Error, Visible};
use serde_json::{Value, json};

use crate::families::{new_family, new_mentor};
use crate::harness::{Client, TestApp, World, on_each};
use crate::scheduling::Pair;

const AUDIT: &str = include_str!("../../graphql/operations/oversight/auditEntries.graphql");

const TOLD: &str = "circumstances { ... on ConfidentialText { text } }";
const KEYS: &str = "matchingKeys { ... on MatchingKeys { caseKey } ... on Redacted { reason } }";

/// What one request cost: its answer, its statements, and the entries of `action` that it left.
struct Seen {
    answer: Value,
    statements: u64,
    entries: i64,
}

async fn ask(app: &TestApp, by: &Client, query: &str, variables: Value, action: &str) -> Seen {
    // The log shows what came later first.
    app.clock.advance(jiff::SignedDuration::from_secs(1));
    let count = format!("SELECT count(*) AS n FROM audit_entry WHERE action = '{action}'");
    let (entries, statements) = (app.count(&count).await, app.app.core.db.statements());
    let answer = by.send(query, variables).await;
    let statements = app.app.core.db.statements() - statements;
    Seen { answer, statements, entries: app.count(&count).await - entries }
}

/// The newest entry of an action, as an auditor reads it.
async fn newest(auditor: &Client, action: &str) -> Value {
    let page = auditor.data(AUDIT, json!({"filter": {"action": action}, "first": 1})).await;
    page["auditEntries"]["nodes"][0].clone()
}

fn sorted(ids: &Value) -> Vec<String> {
    let mut ids: Vec<String> = ids.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

fn ids_of(answer: &Value, list: &str) -> Value {
    answer["data"][list]["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()).collect()
}

/// Asks for one record and for all, and expects the same number of statements and one entry either way.
async fn costs_the_same(app: &TestApp, by: &Client, list: &str, field: &str, action: &str, all: usize) -> Value {
    let query = format!("query($first: Int) {{ {list}(first: $first) {{ nodes {{ id {field} }} }} }}");
    let one = ask(app, by, &query, json!({"first": 1}), action).await;
    let many = ask(app, by, &query, json!({"first": 100}), action).await;
    assert_eq!(many.answer["data"][list]["nodes"].as_array().map(Vec::len), Some(all), "{field}: {}", many.answer);
    assert_eq!((many.statements, many.entries), (one.statements, 1), "{field}");
    assert_eq!(one.entries, 1, "{field}");
    many.answer
}

#[tokio::test]
async fn what_families_told_is_one_question_and_one_entry() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let auditor = world.staff(Role::Auditor, "Aud").await;
        let lead = world.staff(Role::SafeguardingLead, "Lea").await;
        let mut families = Vec::new();
        for n in 0..12 {
            let family = new_family(&world, "Fay").await;
            let update = "mutation($input: UpdateFamilyInput!) { updateFamily(input: $input) { userErrors { code } } }";
            let told = json!({"input": {"id": family.id, "circumstances": format!("Road {n}.")}});
            family.client.data(update, told).await;
            families.push(family);
        }
        let action = "family.read_circumstances";
        let seen = costs_the_same(&app, &world.coordinator, "families", TOLD, action, 12).await;
        let nodes = seen["data"]["families"]["nodes"].as_array().unwrap().clone();
        for (n, family) in families.iter().enumerate() {
            let node = nodes.iter().find(|node| node["id"] == family.id.as_str()).unwrap();
            assert_eq!(node["circumstances"]["text"], format!("Road {n}."));
        }
        let entry = newest(&auditor, action).await;
        assert_eq!(sorted(&entry["ids"]), sorted(&ids_of(&seen, "families")));
        assert_eq!((&entry["objectId"], &entry["programmeId"]), (&Value::Null, &json!(world.programme_id())));
        assert_eq!(entry["policies"].as_array().map(Vec::len), Some(1));
        // One family's entry is about that family.
        let one = format!("query($id: ID!) {{ family(id: $id) {{ {TOLD} }} }}");
        ask(&app, &world.coordinator, &one, json!({"id": families[3].id}), action).await;
        let entry = newest(&auditor, action).await;
        assert_eq!((&entry["objectId"], &entry["ids"]), (&json!(families[3].id), &json!([])));

        let action = "family.read_keys";
        costs_the_same(&app, &world.coordinator, "families", KEYS, action, 12).await;
        // A lead sees the families and not their keys: nothing in each, and one entry that says so.
        let seen = costs_the_same(&app, &lead, "families", KEYS, action, 12).await;
        let nodes = seen["data"]["families"]["nodes"].as_array().unwrap().clone();
        let kept = json!({"reason": "NOT_YOUR_ROLE"});
        assert!(nodes.iter().all(|node| node["matchingKeys"] == kept) && seen.get("errors").is_none(), "{seen}");
        let entry = newest(&auditor, action).await;
        assert_eq!((&entry["outcome"], sorted(&entry["ids"])), (&json!("DENIED"), sorted(&ids_of(&seen, "families"))));
        // Twice in one answer is once in the question.
        let twice = format!("{{ a: families {{ nodes {{ {TOLD} }} }} b: families {{ nodes {{ {TOLD} }} }} }}");
        let seen = ask(&app, &world.coordinator, &twice, json!({}), "family.read_circumstances").await;
        assert_eq!(seen.answer["data"]["a"], seen.answer["data"]["b"]);
    })
    .await;
}

#[tokio::test]
async fn each_record_of_one_question_is_decided_alone() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let there = world.elsewhere().await;
        let id = |text: &str| FamilyId::from_global(text).unwrap();
        let own = id(&new_family(&world, "Fay").await.id);
        let other = id(&new_family(&there, "Flo").await.id);
        let unknown = FamilyId::from(uuid::Uuid::from_u128(5));
        let op = app.op_of(world.coordinator.token()).await;
        let mut told = families::circumstances(&op, &[own, other, unknown]).await.unwrap();
        assert!(matches!(told.remove(&own), Some(Ok(Visible::Shown(None)))));
        assert!(matches!(told.remove(&other), Some(Err(Error::NotFound))));
        assert!(matches!(told.remove(&unknown), Some(Err(Error::NotFound))));
        let mut outcomes = Vec::new();
        for outcome in ["allowed", "denied", "missing"] {
            let action = "family.read_circumstances";
            let sql =
                format!("SELECT count(*) AS n FROM audit_entry WHERE action = '{action}' AND outcome = '{outcome}'");
            outcomes.push(app.count(&sql).await);
        }
        assert_eq!(outcomes, [1, 1, 1]);
    })
    .await;
}

#[tokio::test]
async fn keys_and_records_of_mentors_are_one_question_each() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let mut ids = Vec::new();
        for _ in 0..8 {
            ids.push(new_mentor(&world, "Mo").await.id);
        }
        costs_the_same(&app, &world.coordinator, "mentors", KEYS, "mentor.read_keys", 8).await;
        // A list brings the records with it; by id they are asked for, and that once.
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Mentor { id record { capacity } } } }";
        let seen = ask(&app, &world.coordinator, query, json!({ "ids": ids }), "mentor.read_record").await;
        let nodes = seen.answer["data"]["nodes"].as_array().unwrap();
        assert!(nodes.len() == 8 && nodes.iter().all(|node| node["record"]["capacity"] == 3), "{}", seen.answer);
        assert_eq!(seen.entries, 1);
    })
    .await;
}

#[tokio::test]
async fn how_sessions_went_is_one_question_and_one_entry() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        for start in ["2026-11-25T15:00:00Z", "2026-11-26T15:00:00Z", "2026-11-27T15:00:00Z", "2026-11-28T15:00:00Z"] {
            pair.book(&pair.family, start).await;
        }
        let query = "query($id: ID!, $first: Int) { sessions(matchId: $id, when: UPCOMING, first: $first) {
            nodes { id outcome { ... on SessionOutcome { note } ... on Redacted { reason } } } } }";
        let about = |first: i32| json!({"id": pair.match_global(), "first": first});
        let (mentor, action) = (pair.mentor.now().await, "session.read_outcome");
        let one = ask(&app, &mentor, query, about(1), action).await;
        let four = ask(&app, &mentor, query, about(10), action).await;
        assert_eq!(four.answer["data"]["sessions"]["nodes"].as_array().map(Vec::len), Some(4));
        assert_eq!((four.statements, four.entries, one.entries), (one.statements, 1, 1));
        // All of them concern one family, and the entry says so.
        let of_family = format!(
            "SELECT count(*) AS n FROM audit_entry WHERE action = '{action}' AND object_id IS NULL AND family_id = {}",
            crate::scheduling::uuid(&app, pair.family_id)
        );
        assert_eq!(app.count(&of_family).await, 1);
        // The family hears of four that it cannot have them, as of one.
        let family = pair.family.now().await;
        for first in [1, 10] {
            let seen = ask(&app, &family, query, about(first), action).await;
            let nodes = seen.answer["data"]["sessions"]["nodes"].as_array().unwrap();
            let kept = nodes.iter().all(|node| node["outcome"] == json!({"reason": "NOT_YOUR_ROLE"}));
            assert!(kept && seen.entries == 1, "{first}: {}", seen.answer);
        }
    })
    .await;
}
