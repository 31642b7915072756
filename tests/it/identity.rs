//! Getting in, staying in, being shut out.

use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::harness::{World, on_each, people::PASSPHRASE};

const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { session { signInName accessToken refreshToken roles { id role } } userErrors { code field message } } }";
const REFRESH: &str = "mutation($input: RefreshTokensInput!) { refreshTokens(input: $input) { session { accessToken refreshToken } userErrors { code field message } } }";
const ACCEPT: &str = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { session { signInName accessToken refreshToken } userErrors { code field message } } }";
const INVITE: &str = "mutation($input: InviteStaffInput!) { inviteStaff(input: $input) { invitation { invitationId accountId code } userErrors { code field message } } }";
const VIEWER: &str = "{ viewer { firstName account { id signInName state } acting { role programmeId } } }";

#[tokio::test]
async fn an_invitation_code_opens_one_account_once() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let input = json!({"input": {"programmeId": world.programme_id(), "role": "AUDITOR", "firstName": "Otto"}});
        let invited = world.administrator.data(INVITE, input).await;
        let code = invited["inviteStaff"]["invitation"]["code"].as_str().unwrap().to_lowercase().replace('-', " ");
        let accept = json!({"input": {"code": code, "passphrase": PASSPHRASE}});
        let weak = json!({"input": {"code": code, "passphrase": "short"}});
        assert_eq!(app.anonymous().refused(ACCEPT, weak).await, ["TOO_SHORT input.passphrase"]);
        let session = app.anonymous().data(ACCEPT, accept.clone()).await["acceptInvitation"]["session"].clone();
        let otto = app.client(session["accessToken"].as_str().unwrap());
        let viewer = otto.data(VIEWER, json!({})).await["viewer"].clone();
        assert_eq!((&viewer["firstName"], &viewer["acting"]["role"]), (&json!("Otto"), &json!("AUDITOR")));
        // Used, unknown and malformed codes get the same refusal.
        let mut answers = Vec::new();
        for code in [code.as_str(), "AAAA-BBBB-CCCC-DDDD", "nonsense"] {
            let input = json!({"input": {"code": code, "passphrase": PASSPHRASE}});
            answers.push(app.anonymous().raw(ACCEPT, &input).await);
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[2]);
        assert!(String::from_utf8_lossy(&answers[0].1).contains("CODE_NOT_GOOD"));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_passphrase_look_the_same() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let viewer = world.coordinator.data(VIEWER, json!({})).await;
        let name = viewer["viewer"]["account"]["signInName"].as_str().unwrap().to_owned();
        let input = |name: &str, passphrase: &str| json!({"input": {"signInName": name, "passphrase": passphrase}});
        app.anonymous().data(SIGN_IN, input(&name.to_uppercase(), PASSPHRASE)).await;
        let wrong = app.anonymous().raw(SIGN_IN, &input(&name, "another passphrase entirely")).await;
        let unknown = app.anonymous().raw(SIGN_IN, &input("nobody-here-0000", PASSPHRASE)).await;
        assert_eq!(wrong, unknown);
        assert!(String::from_utf8_lossy(&wrong.1).contains("WRONG_NAME_OR_PASSPHRASE"));
        // A third try after many others is slowed down, for the unknown name as for the known one.
        for name in [name.as_str(), "nobody-here-0000"] {
            let mut code = String::new();
            for _ in 0..12 {
                let answer = app.anonymous().send(SIGN_IN, input(name, "wrong wrong wrong")).await;
                code = answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned();
            }
            assert_eq!(code, "TOO_MANY_REQUESTS", "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_a_second_use_ends_the_sign_in() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let viewer = world.coordinator.data(VIEWER, json!({})).await;
        let first = app.sign_in(viewer["viewer"]["account"]["signInName"].as_str().unwrap()).await;
        let first = json!({"refreshToken": first.refresh_token.expose_secret()});
        let refresh = |token: &serde_json::Value| json!({"input": {"refreshToken": token}});
        let second = app.anonymous().data(REFRESH, refresh(&first["refreshToken"])).await;
        let second = second["refreshTokens"]["session"].clone();
        let caller = app.client(second["accessToken"].as_str().unwrap());
        caller.data(VIEWER, json!({})).await;
        assert_eq!(app.anonymous().fault(REFRESH, refresh(&first["refreshToken"])).await, "UNAUTHENTICATED");
        assert_eq!(caller.fault(VIEWER, json!({})).await, "UNAUTHENTICATED");
        assert_eq!(app.anonymous().fault(REFRESH, refresh(&second["refreshToken"])).await, "UNAUTHENTICATED");
        assert_eq!(app.anonymous().fault(REFRESH, refresh(&json!("junk"))).await, "UNAUTHENTICATED");
    })
    .await;
}

#[tokio::test]
async fn a_suspended_account_is_out_on_its_next_request() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let viewer = world.coordinator.data(VIEWER, json!({})).await["viewer"]["account"].clone();
        let suspend = "mutation($id: ID!) { suspendAccount(input: {id: $id}) { account { state } userErrors { code field message } } }";
        let id = json!({"id": viewer["id"]});
        // Nobody may suspend themself; a coordinator may not suspend staff.
        assert_eq!(world.coordinator.fault(suspend, id.clone()).await, "FORBIDDEN");
        let done = world.administrator.data(suspend, id.clone()).await;
        assert_eq!(done["suspendAccount"]["account"]["state"], "SUSPENDED");
        assert_eq!(world.coordinator.fault(VIEWER, json!({})).await, "UNAUTHENTICATED");
        let input = json!({"input": {"signInName": viewer["signInName"], "passphrase": PASSPHRASE}});
        assert_eq!(app.anonymous().refused(SIGN_IN, input.clone()).await, ["WRONG_NAME_OR_PASSPHRASE input"]);
        assert_eq!(world.administrator.refused(suspend, id.clone()).await, ["WRONG_STATE input.id"]);
        let reinstate = suspend.replace("suspendAccount", "reinstateAccount");
        world.administrator.data(&reinstate, id).await;
        app.anonymous().data(SIGN_IN, input).await;
        assert_eq!(world.coordinator.fault(VIEWER, json!({})).await, "UNAUTHENTICATED");
    })
    .await;
}

#[tokio::test]
async fn a_token_ends_after_ten_minutes() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        app.clock.advance(jiff::SignedDuration::from_secs(599));
        world.coordinator.data(VIEWER, json!({})).await;
        app.clock.advance(jiff::SignedDuration::from_secs(1));
        assert_eq!(world.coordinator.fault(VIEWER, json!({})).await, "UNAUTHENTICATED");
    })
    .await;
}

#[tokio::test]
async fn a_person_with_two_roles_acts_in_one_at_a_time() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let other = world.elsewhere().await;
        let id = world.coordinator.data(VIEWER, json!({})).await["viewer"]["account"]["id"].clone();
        let grant = "mutation($input: GrantRoleInput!) { grantRole(input: $input) { account { roles { id programmeId } } userErrors { code field message } } }";
        let input = json!({"input": {"accountId": id, "programmeId": other.programme_id(), "role": "COORDINATOR"}});
        let roles = world.administrator.data(grant, input.clone()).await["grantRole"]["account"]["roles"].clone();
        assert_eq!(world.administrator.refused(grant, input).await, ["ROLE_HELD input.role"]);
        assert_eq!(roles.as_array().unwrap().len(), 2);
        let switch = "mutation($id: ID!) { switchRole(input: {roleId: $id}) { session { accessToken acting { programmeId } } userErrors { code field message } } }";
        let there = roles.as_array().unwrap().iter().find(|role| role["programmeId"] == other.programme_id().as_str());
        let id = there.unwrap()["id"].clone();
        let session = world.coordinator.data(switch, json!({ "id": id })).await["switchRole"]["session"].clone();
        assert_eq!(session["acting"]["programmeId"], json!(other.programme_id()));
        // The former sign-in ended with the switch, and the new one sees the other programme only.
        assert_eq!(world.coordinator.fault(VIEWER, json!({})).await, "UNAUTHENTICATED");
        let there = app.client(session["accessToken"].as_str().unwrap());
        let programme = "query($id: ID!) { programme(id: $id) { name } }";
        there.data(programme, json!({"id": other.programme_id()})).await;
        assert_eq!(there.fault(programme, json!({"id": world.programme_id()})).await, "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn wrong_input_is_answered_with_a_code_and_a_field() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let create = "mutation($input: CreateProgrammeInput!) { createProgramme(input: $input) { programme { id } userErrors { code field message } } }";
        let wrong = json!({"input": {"name": "x", "zone": "Mars/Olympus"}});
        assert_eq!(world.administrator.refused(create, wrong).await, ["TOO_SHORT input.name", "INVALID input.zone"]);
        let taken = json!({"input": {"name": "Northern Lights", "zone": "America/Chicago"}});
        assert_eq!(world.administrator.refused(create, taken.clone()).await, ["NAME_TAKEN input.name"]);
        assert_eq!(world.coordinator.fault(create, taken).await, "NOT_FOUND");
        let staff = json!({"input": {"programmeId": world.programme_id(), "role": "MENTOR", "firstName": " "}});
        assert_eq!(world.administrator.refused(INVITE, staff).await, ["REQUIRED input.firstName", "INVALID input.role"]);
        let junk = json!({"input": {"programmeId": "fam_AAAA", "role": "COORDINATOR", "firstName": "Mo"}});
        assert_eq!(world.administrator.fault(INVITE, junk).await, "NOT_FOUND");
        for (first, after) in [(0, None), (101, None), (5, Some("junk"))] {
            let page = "query($first: Int, $after: String) { accounts(first: $first, after: $after) { nodes { id } } }";
            let variables = json!({"first": first, "after": after});
            assert_eq!(world.administrator.fault(page, variables).await, "BAD_REQUEST");
        }
    })
    .await;
}
