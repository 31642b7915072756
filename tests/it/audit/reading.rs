//! What auditors see of the log: their programme, what belongs to no programme, and all of an entry but content.

use jiff::SignedDuration;
use kinward::identity::Role;
use serde_json::{Value, json};

use crate::factors::{document, name_of, problem};
use crate::harness::{Client, World, on_each};

/// The entries of an action that an auditor sees, newest first.
async fn seen(auditor: &Client, action: &str) -> Vec<Value> {
    let variables = json!({"filter": {"action": action}, "first": 100});
    let page = auditor.data(document("oversight/auditEntries"), variables).await;
    page["auditEntries"]["nodes"].as_array().unwrap().clone()
}

async fn account_id(client: &Client) -> Value {
    client.data(document("identity/viewer"), json!({})).await["viewer"]["account"]["id"].clone()
}

#[tokio::test]
async fn sign_ins_are_filed_under_the_programme_of_the_role() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let elsewhere = world.elsewhere().await;
        let (near, far) = (world.staff(Role::Auditor, "Otto").await, elsewhere.staff(Role::Auditor, "Olga").await);
        let (name, account) = (name_of(&world.coordinator).await, account_id(&world.coordinator).await);
        let before = seen(&near, "session.sign_in").await.len();
        let wrong = |name: &str| json!({"input": {"signInName": name, "passphrase": "not the right one at all"}});
        let sign_in = document("identity/signIn");
        let nobody = app.anonymous();
        app.clock.advance(SignedDuration::from_secs(1));
        let known = nobody.send(sign_in, wrong(&name)).await;
        app.clock.advance(SignedDuration::from_secs(1));
        let unknown = nobody.send(sign_in, wrong("nobody-here-0000")).await;
        assert_eq!(known, unknown, "the caller hears nothing of it");
        app.clock.advance(SignedDuration::from_secs(1));
        let session = app.sign_in(&name).await;
        let refreshed = nobody.data(
            document("identity/refreshTokens"),
            json!({"input": {"refreshToken": secrecy::ExposeSecret::expose_secret(&session.refresh_token)}}),
        );
        refreshed.await;

        let near_seen = seen(&near, "session.sign_in").await;
        assert_eq!(near_seen.len(), before + 3);
        let filed: Vec<(&str, bool, bool)> = near_seen[..3]
            .iter()
            .map(|entry| {
                let ids = entry["ids"].as_array().unwrap();
                let tail = account.as_str().unwrap().trim_start_matches("acc_");
                let named = ids.iter().any(|id| id.as_str().unwrap().ends_with(tail));
                (entry["outcome"].as_str().unwrap(), entry["programmeId"] == json!(world.programme_id()), named)
            })
            .collect();
        assert_eq!(filed, [("ALLOWED", true, true), ("DENIED", false, false), ("DENIED", true, true)]);
        // The auditor of another programme sees the unknown name's only, which belongs to no programme.
        let far_seen = seen(&far, "session.sign_in").await;
        assert!(far_seen.iter().all(|entry| entry["programmeId"] != json!(world.programme_id())), "{far_seen:#?}");
        assert!(far_seen.iter().any(|entry| entry["outcome"] == "DENIED" && entry["programmeId"].is_null()));
        for action in ["session.refresh", "session.answer", "invitation.accept"] {
            let near_seen = seen(&near, action).await;
            assert!(near_seen.iter().any(|entry| entry["programmeId"] == json!(world.programme_id())), "{action}");
            let far_seen = seen(&far, action).await;
            assert!(far_seen.iter().all(|entry| entry["programmeId"] != json!(world.programme_id())), "{action}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_belongs_to_no_programme_is_read_by_every_auditor_and_nobody_else() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let elsewhere = world.elsewhere().await;
        world.administrator.data(document("identity/accounts"), json!({"first": 5})).await;
        let (near, far) = (world.staff(Role::Auditor, "Otto").await, elsewhere.staff(Role::Auditor, "Olga").await);
        for auditor in [&near, &far] {
            for action in ["programme.create", "account.list", "system.bootstrap", "session.answer"] {
                let all = seen(auditor, action).await;
                assert!(
                    all.iter().any(|entry| entry["programmeId"].is_null()) || action == "session.answer",
                    "{action}"
                );
            }
            // Pages of both kinds of entry, put together, are the whole list in order.
            let whole = auditor
                .data(document("oversight/auditEntries"), json!({"filter": {"outcome": "ALLOWED"}, "first": 100}))
                .await;
            let whole = whole["auditEntries"]["nodes"].as_array().unwrap().clone();
            let (mut pages, mut after) = (Vec::new(), Value::Null);
            loop {
                // The reading itself is logged, newest first, so it stands before the first page of a later walk.
                let variables = json!({"filter": {"outcome": "ALLOWED"}, "first": 3, "after": after});
                let page = auditor.data(document("oversight/auditEntries"), variables).await["auditEntries"].clone();
                pages.extend(page["nodes"].as_array().unwrap().clone());
                if page["pageInfo"]["hasNextPage"] == json!(false) {
                    break;
                }
                after = page["pageInfo"]["endCursor"].clone();
            }
            pages.retain(|entry| whole.iter().any(|other| other["id"] == entry["id"]));
            assert_eq!(pages, whole);
        }
        for other in [&world.coordinator, &world.administrator] {
            let answer = other.send(document("oversight/auditEntries"), json!({})).await;
            assert!(answer["data"].is_null(), "{answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_of_a_role_is_filed_where_the_role_is() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let elsewhere = world.elsewhere().await;
        let (near, far) = (world.staff(Role::Auditor, "Otto").await, elsewhere.staff(Role::Auditor, "Olga").await);
        // Their first role is in another programme than the one that is given.
        let account = account_id(&world.coordinator).await;
        let grant = json!({"input": {"accountId": account, "programmeId": elsewhere.programme_id(), "role": "SAFEGUARDING_LEAD"}});
        let granted = world.administrator.data(document("identity/grantRole"), grant).await["grantRole"].clone();
        assert_eq!(problem(&granted), "");
        let roles = granted["account"]["roles"].as_array().unwrap().clone();
        let role = roles.iter().find(|role| role["role"] == "SAFEGUARDING_LEAD").unwrap()["id"].clone();
        world.administrator.data(document("identity/revokeRole"), json!({"input": {"roleId": role}})).await;
        assert_eq!(seen(&near, "role.change").await, Vec::<Value>::new());
        let changes = seen(&far, "role.change").await;
        assert_eq!(changes.len(), 2);
        for change in &changes {
            assert_eq!(change["programmeId"], json!(elsewhere.programme_id()));
            assert_eq!(change["fields"], json!(["role", "safeguarding_lead"]));
            assert_eq!(change["objectId"], account);
            assert!(change["ids"].as_array().unwrap().contains(&role), "{change:#}");
        }
        // An administrator's role belongs to no programme.
        let grant = json!({"input": {"accountId": account, "role": "ADMINISTRATOR"}});
        world.administrator.data(document("identity/grantRole"), grant).await;
        let change = seen(&near, "role.change").await.remove(0);
        assert_eq!((change["programmeId"].clone(), change["fields"].clone()), (Value::Null, json!(["role", "administrator"])));
    })
    .await;
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
        // A list's are of one kind.
        world.administrator.data(document("identity/accounts"), json!({"first": 5})).await;
        let entry = seen(&auditor, "account.list").await.remove(0);
        assert!(
            entry["ids"].as_array().unwrap().iter().all(|id| id.as_str().unwrap().starts_with("acc_")),
            "{entry:#}"
        );
    })
    .await;
}
