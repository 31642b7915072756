//! Mentors and staff without a second factor: nothing is open to them but getting one.

use kinward::identity::{self, Role, SignedIn, StaffInvitation};
use serde_json::json;

use super::{document, sign_in};
use crate::harness::{Client, TestApp, World, on_each, people::token};

/// A coordinator who came in and has not added a factor.
async fn weak_coordinator(world: &World) -> (Client, SignedIn) {
    let op = world.app.op_of(world.administrator.token()).await;
    let staff = StaffInvitation { programme: world.programme, role: Role::Coordinator, first_name: "Colin".into() };
    let code = identity::invite_staff(&op, staff).await.unwrap().code;
    let signed_in = world.app.accept_bare(&code).await;
    (world.app.client(token(&signed_in)), signed_in)
}

async fn family(world: &World) -> serde_json::Value {
    let invite = json!({"input": {"firstName": "Rosa", "relation": "PARENT", "languages": ["en"], "zone": "UTC"}});
    let invited = world.coordinator.data(document("families/inviteFamilyMember"), invite).await;
    invited["inviteFamilyMember"]["invited"]["family"]["id"].clone()
}

async fn is_shut(app: &TestApp, client: &Client, id: &serde_json::Value) {
    let family = "query($id: ID!) { family(id: $id) { id } }";
    let nobodys = json!({"id": "fam_AZIzRFVmd4iZqrvM3e7_AA"});
    let (there, missing) = (client.raw(family, &json!({ "id": id })).await, client.raw(family, &nobodys).await);
    assert_eq!(there, missing, "what is there is told from what is not");
    assert!(String::from_utf8_lossy(&there.1).contains("SECOND_FACTOR_NEEDED"));
    let accounts = "{ families(first: 1) { nodes { id } } }";
    assert_eq!(client.fault(accounts, json!({})).await, "SECOND_FACTOR_NEEDED");
    // What a coordinator can never do is answered as ever.
    assert_eq!(client.fault("{ accounts(first: 1) { nodes { id } } }", json!({})).await, "NOT_FOUND");
    let mut socket = client.socket().await;
    socket.subscribe("1", "subscription { moderationQueue { id } }", &json!({})).await;
    let heard = socket.next().await;
    assert!(heard.to_string().contains("SECOND_FACTOR_NEEDED"), "{heard}");
    assert_eq!(
        app.count("SELECT count(*) AS n FROM audit_entry WHERE action = 'family.read' AND outcome = 'allowed'").await,
        0
    );
}

#[tokio::test]
async fn staff_without_a_factor_can_only_get_one() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let id = family(&world).await;
        let (client, signed_in) = weak_coordinator(&world).await;
        is_shut(&app, &client, &id).await;
        // Signing in anew changes nothing: there is no factor to be asked for.
        let again = sign_in(&app, &signed_in.sign_in_name).await;
        let again = app.client(again["session"]["accessToken"].as_str().unwrap());
        is_shut(&app, &again, &id).await;
        client.data(document("identity/viewer"), json!({})).await;
        let change = json!({"input": {"presentPassphrase": "x", "newPassphrase": "eleven herons by the weir"}});
        assert_eq!(client.fault(document("identity/changePassphrase"), change).await, "SECOND_FACTOR_NEEDED");
        app.enrol(&signed_in).await;
        client.data("query($id: ID!) { family(id: $id) { id } }", json!({ "id": id })).await;
        client.data(document("identity/signOut"), json!({})).await;
    })
    .await;
}

#[tokio::test]
async fn a_mentor_without_a_factor_can_only_get_one() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let invite = json!({"input": {"firstName": "Marcus", "languages": ["en"], "zone": "UTC"}});
        let invited = world.coordinator.data(document("mentors/inviteMentor"), invite).await;
        let code = invited["inviteMentor"]["invited"]["invitation"]["code"].as_str().unwrap();
        let signed_in = app.accept_bare(code).await;
        let mentor = app.client(token(&signed_in));
        assert_eq!(mentor.fault(document("mentors/myMentorRecord"), json!({})).await, "SECOND_FACTOR_NEEDED");
        let mine = mentor.data(document("identity/myFactors"), json!({})).await["myFactors"].clone();
        assert_eq!((&mine["required"], &mine["factors"]), (&json!(true), &json!([])));
        app.enrol(&signed_in).await;
        mentor.data(document("mentors/myMentorRecord"), json!({})).await;
    })
    .await;
}

#[tokio::test]
async fn a_family_needs_no_second_factor() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (signed_in, client) = super::caregiver(&world).await;
        client.data(document("families/myFamily"), json!({})).await;
        assert!(sign_in(&app, &signed_in.sign_in_name).await["session"].is_object());
    })
    .await;
}
