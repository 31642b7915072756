//! Which account somebody at the provider comes into: the one that was opened so, and no other.

use kinward::identity::Role;
use serde_json::json;

use super::{code_of, on_each};
use crate::factors::document;

#[tokio::test]
async fn accounts_that_are_shut_and_people_without_one_get_the_same_answer() {
    on_each(async |scene| {
        let unknown = scene.sign_in("nobody-here", |_| ()).await;
        assert_eq!(code_of(&unknown), "PROVIDER_ANSWER_NOT_GOOD");
        // Neither a name nor an address leads to an account.
        let viewer = scene.world.coordinator.data(document("identity/viewer"), json!({})).await;
        let name = viewer["viewer"]["account"]["signInName"].as_str().unwrap().to_owned();
        let named = scene
            .sign_in(&name, |token| {
                token.claims["email"] = json!("cora@example.org");
                token.claims["email_verified"] = json!(true);
                token.claims["preferred_username"] = json!(name);
            })
            .await;
        assert_eq!(named, unknown);
        for shut in ["suspendAccount", "closeAccount"] {
            let subject = format!("iris-{shut}");
            let session = scene.coordinator(&subject).await;
            let client = scene.app.client(session["accessToken"].as_str().unwrap());
            let id = client.data("{ viewer { account { id } } }", json!({})).await["viewer"]["account"]["id"].clone();
            let input = json!({"input": {"id": id}});
            scene.world.administrator.data(document(&format!("identity/{shut}")), input).await;
            assert_eq!(scene.sign_in(&subject, |_| ()).await, unknown, "{shut}");
        }
    })
    .await;
}

#[tokio::test]
async fn whose_last_staff_role_is_gone_comes_in_no_more() {
    on_each(async |scene| {
        let session = scene.coordinator("iris-1").await;
        let role = session["acting"]["id"].clone();
        scene.world.administrator.data(document("identity/revokeRole"), json!({"input": {"roleId": role}})).await;
        assert_eq!(code_of(&scene.sign_in("iris-1", |_| ()).await), "PROVIDER_ANSWER_NOT_GOOD");
    })
    .await;
}

#[tokio::test]
async fn only_an_invitation_of_staff_that_is_still_good_ties_an_account() {
    on_each(async |scene| {
        let family = json!({"input": {"firstName": "Rosa", "relation": "PARENT", "languages": ["en"], "zone": "UTC"}});
        let invited = scene.world.coordinator.data(document("families/inviteFamilyMember"), family).await;
        let family = invited["inviteFamilyMember"]["invited"]["invitation"]["code"].as_str().unwrap();
        let used = scene.invitation(Role::Auditor).await;
        assert!(scene.accept(&used, "iris-1", |_| ()).await["session"].is_object());
        let asked = scene.issuer.asked("/token");
        for (what, code) in [("of a family", family), ("used", &used), ("made up", "0000-0000-0000-0000")] {
            assert_eq!(code_of(&scene.accept(code, "rosa-1", |_| ()).await), "CODE_NOT_GOOD", "{what}");
        }
        assert_eq!(scene.issuer.asked("/token"), asked, "the answer was used up");
        // One person at the provider has one account; the invitation stays good for whom it is for.
        let next = scene.invitation(Role::Coordinator).await;
        assert_eq!(code_of(&scene.accept(&next, "iris-1", |_| ()).await), "PROVIDER_ANSWER_NOT_GOOD");
        let forged = scene.accept(&next, "nils-1", |token| token.claims["nonce"] = json!("another")).await;
        assert_eq!(code_of(&forged), "PROVIDER_ANSWER_NOT_GOOD");
        assert!(scene.accept(&next, "nils-1", |_| ()).await["session"].is_object());
        assert_eq!(scene.app.count("SELECT count(*) AS n FROM provider_link").await, 2);
        // The family's code opens the family's account still.
        scene.app.accept_bare(family).await;
    })
    .await;
}
