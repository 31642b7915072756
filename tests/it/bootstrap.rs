//! The first administrator's code, and the invitations that belong to no programme.

use kinward::identity;
use serde_json::{Value, json};

use crate::factors::document;
use crate::harness::people::PASSPHRASE;
use crate::harness::{TestApp, on_each};

fn with(code: &str) -> Value {
    json!({"input": {"code": code, "passphrase": PASSPHRASE}})
}

async fn bootstrap(app: &TestApp) -> String {
    identity::bootstrap(&app.system(), "Ada").await.unwrap().code
}

#[tokio::test]
async fn of_several_bootstrap_codes_only_the_latest_is_good() {
    on_each(|app| async move {
        let (first, second) = (bootstrap(&app).await, bootstrap(&app).await);
        let accept = document("identity/acceptInvitation");
        let stranger = app.anonymous();
        let unknown = stranger.raw(accept, &with("ABCD-EFGH-JKMN-PQRS")).await;
        assert_eq!(stranger.raw(accept, &with(&first)).await, unknown);
        assert_eq!(stranger.refused(accept, with(&first)).await, ["CODE_NOT_GOOD input.code"]);
        stranger.data(accept, with(&second)).await;
        let closed = app.count("SELECT count(*) AS n FROM account WHERE state = 'closed'").await;
        assert_eq!(closed, 1, "the account of the code that was taken back");
    })
    .await;
}

/// A second bootstrap code beside one that is good: as a version left them that took none back.
async fn two_good_codes(app: &TestApp) -> (String, String) {
    let first = bootstrap(app).await;
    app.tamper("UPDATE invitation SET role = 'coordinator'").await.unwrap();
    let second = bootstrap(app).await;
    app.tamper("UPDATE invitation SET role = 'administrator'").await.unwrap();
    (first, second)
}

#[tokio::test]
async fn a_bootstrap_code_is_good_only_while_there_is_no_administrator() {
    on_each(|app| async move {
        let (first, second) = two_good_codes(&app).await;
        let accept = document("identity/acceptInvitation");
        let stranger = app.anonymous();
        stranger.data(accept, with(&second)).await;
        let unknown = stranger.raw(accept, &with("ABCD-EFGH-JKMN-PQRS")).await;
        assert_eq!(stranger.raw(accept, &with(&first)).await, unknown);
        let waiting = app.count("SELECT count(*) AS n FROM account WHERE state = 'invited'").await;
        assert_eq!(waiting, 1);
    })
    .await;
}

#[tokio::test]
async fn administrators_see_and_take_back_invitations_of_no_programme() {
    on_each(|app| async move {
        let (first, second) = two_good_codes(&app).await;
        let signed_in = app.accept(&second).await;
        let administrator = app.client(crate::harness::people::token(&signed_in));
        let list = document("identity/invitations");
        let listed = administrator.data(list, json!({})).await["invitations"]["nodes"].clone();
        let [open] = listed.as_array().unwrap().as_slice() else { panic!("{listed:#}") };
        assert_eq!(open["role"], "ADMINISTRATOR");
        let revoke = document("identity/revokeInvitation");
        let input = json!({"input": {"id": open["id"]}});
        // Nobody else sees or takes them back.
        let op = app.op_of(administrator.token()).await;
        let new = identity::NewProgramme { name: "Northern Lights".into(), zone: "America/Chicago".into() };
        let programme = identity::create_programme(&op, new).await.unwrap().id;
        let staff =
            identity::StaffInvitation { programme, role: identity::Role::Coordinator, first_name: "Cora".into() };
        let code = identity::invite_staff(&op, staff).await.unwrap().code;
        let coordinator = app.client(crate::harness::people::token(&app.accept(&code).await));
        assert_eq!(coordinator.fault(revoke, input.clone()).await, "NOT_FOUND");
        assert_eq!(app.anonymous().fault(revoke, input.clone()).await, "NOT_FOUND");
        let theirs = coordinator.data(list, json!({})).await;
        assert_eq!(theirs["invitations"]["nodes"], json!([]));
        let revoked = administrator.data(revoke, input.clone()).await;
        assert_eq!(revoked["revokeInvitation"]["invitation"]["revoked"], json!(true));
        assert_eq!(administrator.refused(revoke, input).await, ["WRONG_STATE input.id"]);
        assert_eq!(administrator.data(list, json!({})).await["invitations"]["nodes"], json!([]));
        let refused = app.anonymous().refused(document("identity/acceptInvitation"), with(&first)).await;
        assert_eq!(refused, ["CODE_NOT_GOOD input.code"]);
    })
    .await;
}
