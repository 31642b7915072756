//! What auditors see of the log: their programme, what belongs to no programme, and all of an entry but content.

use jiff::SignedDuration;
use kinward::identity::Role;
use serde_json::{Value, json};

use crate::factors::document;
use crate::harness::{Client, World, on_each};

/// The entries of an action that an auditor sees, newest first.
async fn seen(auditor: &Client, action: &str) -> Vec<Value> {
    let variables = json!({"filter": {"action": action}, "first": 100});
    let page = auditor.data(document("oversight/auditEntries"), variables).await;
    page["auditEntries"]["nodes"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_entry_says_who_in_which_role_and_session_from_where_and_to_what() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let auditor = world.staff(Role::Auditor, "Otto").await;
        let viewer = world.administrator.data(document("identity/viewer"), json!({})).await["viewer"].clone();
        app.clock.advance(SignedDuration::from_secs(1));
        let invite =
            json!({"input": {"programmeId": world.programme_id(), "role": "COORDINATOR", "firstName": "Cass"}});
        let invited = world.administrator.data(document("identity/inviteStaff"), invite).await["inviteStaff"].clone();
        let entry = seen(&auditor, "invitation.staff").await.remove(0);
        let role = viewer["acting"]["id"].clone();
        assert_eq!((entry["actorId"].clone(), entry["roleId"].clone()), (viewer["account"]["id"].clone(), role));
        assert_eq!(
            (entry["actorKind"].clone(), entry["strength"].clone()),
            (json!("administrator"), json!("second_factor"))
        );
        assert!(entry["sessionId"].as_str().unwrap().starts_with("sgn_"), "{entry:#}");
        assert_eq!(entry["source"].as_str().unwrap().len(), 32);
        assert_eq!(
            (entry["objectId"].clone(), entry["programmeId"].clone()),
            (json!(world.programme_id()), json!(world.programme_id()))
        );
        assert_eq!((entry["recordedAt"].clone(), entry["purpose"].clone()), (entry["occurredAt"].clone(), Value::Null));
        // An id whose kind the log does not tell ends like the record's own.
        let tail = |id: &Value| id.as_str().unwrap()[4..].to_owned();
        let ids: Vec<String> = entry["ids"].as_array().unwrap().iter().map(tail).collect();
        let made = [&invited["invitation"]["accountId"], &invited["invitation"]["invitationId"]];
        assert_eq!(ids, made.map(tail));
        assert!(!entry.to_string().contains("Cass"), "{entry:#}");
    })
    .await;
}
