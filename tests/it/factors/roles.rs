//! Giving and taking roles.

use std::time::Duration;

use jiff::SignedDuration;
use kinward::identity::Role;
use serde_json::{Value, json};

use super::{document, name_of, prove};
use crate::harness::{Client, World, on_each};
use crate::talk::world::Talk;

async fn account_of(client: &Client) -> Value {
    client.data(document("identity/viewer"), json!({})).await["viewer"]["account"].clone()
}

/// The administrator's role among those of an account that was just given one.
fn administrator_role(granted: &Value) -> Value {
    let roles = granted["grantRole"]["account"]["roles"].as_array().unwrap();
    roles.iter().find(|role| role["role"] == "ADMINISTRATOR").unwrap()["id"].clone()
}

#[tokio::test]
async fn who_loses_a_role_is_out_at_once() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let lead = world.staff(Role::SafeguardingLead, "Linnea").await;
        let name = name_of(&lead).await;
        let account = account_of(&lead).await;
        let elsewhere = world.elsewhere().await;
        let grant =
            json!({"input": {"accountId": account["id"], "programmeId": elsewhere.programme_id(), "role": "AUDITOR"}});
        world.administrator.data(document("identity/grantRole"), grant).await;
        let role = json!({"input": {"roleId": account["roles"][0]["id"]}});
        let (revoke, mut socket) = (document("identity/revokeRole"), lead.socket().await);
        // Nobody but an administrator, nobody for themself, nobody without a fresh proof.
        assert_eq!(world.coordinator.fault(revoke, role.clone()).await, "NOT_FOUND");
        assert_eq!(lead.fault(revoke, role.clone()).await, "FORBIDDEN");
        app.clock.advance(SignedDuration::from_mins(5));
        assert_eq!(world.administrator.fault(revoke, role.clone()).await, "FRESH_PROOF_NEEDED");
        prove(&app, &world.administrator, &name_of(&world.administrator).await).await;
        world.administrator.data(revoke, role.clone()).await;
        socket.closed_within(Duration::from_secs(1)).await;
        assert_eq!(lead.fault(document("identity/viewer"), json!({})).await, "UNAUTHENTICATED");
        assert_eq!(world.administrator.fault(revoke, role).await, "NOT_FOUND");
        // What they still hold is what they come in as.
        let again = app.sign_in(&name).await;
        assert_eq!(again.role.role, Role::Auditor);
        let left = app.count("SELECT count(*) AS n FROM sign_in WHERE end_reason = 'role_revoked'").await;
        assert_eq!(left, 1);
    })
    .await;
}

#[tokio::test]
async fn who_has_no_role_left_cannot_be_told_from_nobody() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let account = account_of(&world.coordinator).await;
        let role = json!({"input": {"roleId": account["roles"][0]["id"]}});
        world.administrator.data(document("identity/revokeRole"), role).await;
        let input =
            |name: &Value| json!({"input": {"signInName": name, "passphrase": crate::harness::people::PASSPHRASE}});
        let sign_in = document("identity/signIn");
        let (gone, unknown) = (input(&account["signInName"]), input(&json!("nobody-here-0000")));
        assert_eq!(app.anonymous().raw(sign_in, &gone).await, app.anonymous().raw(sign_in, &unknown).await);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_is_made_by_another_and_one_stays() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (account, ada) = (account_of(&world.coordinator).await, account_of(&world.administrator).await);
        let grant = document("identity/grantRole");
        let wrong = json!({"input": {"accountId": account["id"], "programmeId": world.programme_id(), "role": "ADMINISTRATOR"}});
        assert_eq!(world.administrator.refused(grant, wrong).await, ["INVALID input.programmeId"]);
        let nowhere = json!({"input": {"accountId": account["id"], "role": "AUDITOR"}});
        assert_eq!(world.administrator.refused(grant, nowhere).await, ["INVALID input.programmeId"]);
        let own = json!({"input": {"accountId": ada["id"], "programmeId": world.programme_id(), "role": "COORDINATOR"}});
        assert_eq!(world.administrator.fault(grant, own).await, "FORBIDDEN");
        let mentor = json!({"input": {"accountId": account["id"], "programmeId": world.programme_id(), "role": "MENTOR"}});
        assert_eq!(world.administrator.refused(grant, mentor).await, ["INVALID input.role"]);
        let made = json!({"input": {"accountId": account["id"], "role": "ADMINISTRATOR"}});
        let made = administrator_role(&world.administrator.data(grant, made).await);
        let switched = world.coordinator.data(document("identity/switchRole"), json!({"input": {"roleId": made}})).await;
        let second = app.client(switched["switchRole"]["session"]["accessToken"].as_str().unwrap());
        let revoke = document("identity/revokeRole");
        second.data(revoke, json!({"input": {"roleId": ada["roles"][0]["id"]}})).await;
        assert_eq!(world.administrator.fault(document("identity/viewer"), json!({})).await, "UNAUTHENTICATED");
        assert_eq!(second.fault(revoke, json!({"input": {"roleId": made}})).await, "FORBIDDEN");
    })
    .await;
}

#[tokio::test]
async fn a_role_that_is_switched_to_takes_the_proof_along_and_no_more() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let account = account_of(&world.coordinator).await;
        let made = json!({"input": {"accountId": account["id"], "role": "ADMINISTRATOR"}});
        let made = world.administrator.data(document("identity/grantRole"), made).await;
        let role = administrator_role(&made);
        app.clock.advance(SignedDuration::from_mins(5));
        let switched =
            world.coordinator.data(document("identity/switchRole"), json!({"input": {"roleId": role}})).await;
        let second = app.client(switched["switchRole"]["session"]["accessToken"].as_str().unwrap());
        let close = json!({"input": {"id": account_of(&world.administrator).await["id"]}});
        assert_eq!(second.fault(document("identity/closeAccount"), close).await, "FRESH_PROOF_NEEDED");
        second.data(document("identity/accounts"), json!({"first": 1})).await;
    })
    .await;
}

#[tokio::test]
async fn who_is_judged_in_a_programme_is_no_staff_there_and_who_audits_does_not_act_there() {
    on_each(|app| async move {
        let talk = Talk::fresh(&app).await;
        let (world, elsewhere) = (&talk.world, talk.world.elsewhere().await);
        let auditor = world.staff(Role::Auditor, "Otto").await;
        let lead = world.staff(Role::SafeguardingLead, "Linnea").await;
        let grant = |account: Value, world: &World, role: &str| {
            let input = json!({"accountId": account["id"], "programmeId": world.programme_id(), "role": role});
            (world.administrator.clone(), json!({ "input": input }))
        };
        let refused = async |client: &Client, role: &str| {
            let (administrator, input) = grant(account_of(client).await, world, role);
            administrator.refused(document("identity/grantRole"), input).await
        };
        let granted = async |client: &Client, world: &World, role: &str| {
            let (administrator, input) = grant(account_of(client).await, world, role);
            administrator.data(document("identity/grantRole"), input).await;
        };
        for judged in [&talk.mentor, &talk.family] {
            for role in ["COORDINATOR", "SAFEGUARDING_LEAD", "AUDITOR"] {
                assert_eq!(refused(judged, role).await, ["ROLE_CONFLICT input.role"], "{role}");
            }
            granted(judged, &elsewhere, "AUDITOR").await;
        }
        for role in ["COORDINATOR", "SAFEGUARDING_LEAD"] {
            assert_eq!(refused(&auditor, role).await, ["ROLE_CONFLICT input.role"], "{role}");
        }
        for staff in [&world.coordinator, &lead] {
            assert_eq!(refused(staff, "AUDITOR").await, ["ROLE_CONFLICT input.role"]);
        }
        assert_eq!(refused(&auditor, "AUDITOR").await, ["ROLE_HELD input.role"]);
        granted(&lead, world, "COORDINATOR").await;
        granted(&auditor, &elsewhere, "COORDINATOR").await;
        let left = app.count("SELECT count(*) AS n FROM audit_entry WHERE action = 'role.change'").await;
        assert_eq!(left, 4, "what was refused changed nothing");
    })
    .await;
}
