//! Proving again who one is.

use jiff::SignedDuration;
use serde_json::json;

use super::{caregiver, document, name_of, prove};
use crate::harness::{World, on_each, people::PASSPHRASE, people::token};

#[tokio::test]
async fn what_is_grave_asks_for_a_fresh_proof() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (signed_in, _) = caregiver(&world).await;
        let name = name_of(&world.administrator).await;
        let account = app.op_of(token(&signed_in)).await.principal().account.unwrap();
        let close = json!({"input": {"id": kinward::kernel::ids::TypedId::to_global(account)}});
        app.clock.advance(SignedDuration::from_mins(5));
        let administrator = &world.administrator;
        assert_eq!(administrator.fault(document("identity/closeAccount"), close.clone()).await, "FRESH_PROOF_NEEDED");
        let change = json!({"input": {"presentPassphrase": PASSPHRASE, "newPassphrase": "eleven herons by the weir"}});
        assert_eq!(administrator.fault(document("identity/changePassphrase"), change).await, "FRESH_PROOF_NEEDED");
        // A passphrase is not enough for who has a factor, and a code that was used is no proof.
        let again = document("identity/proveAgain");
        let passphrase = json!({"input": {"passphrase": PASSPHRASE}});
        assert_eq!(administrator.refused(again, passphrase).await, ["FACTOR_NEEDED input.passphrase"]);
        let code = json!({"input": {"code": app.code_of(&name)}});
        administrator.data(again, code.clone()).await;
        assert_eq!(administrator.refused(again, code).await, ["WRONG_PROOF input.code"]);
        assert_eq!(administrator.refused(again, json!({"input": {}})).await, ["REQUIRED input"]);
        administrator.data(document("identity/closeAccount"), close).await;
    })
    .await;
}

#[tokio::test]
async fn a_family_without_a_factor_proves_itself_with_the_passphrase() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (signed_in, client) = caregiver(&world).await;
        app.clock.advance(SignedDuration::from_mins(5));
        let begin = (document("identity/beginAuthenticator"), json!({"input": {}}));
        assert_eq!(client.fault(begin.0, begin.1.clone()).await, "FRESH_PROOF_NEEDED");
        let again = document("identity/proveAgain");
        let wrong = json!({"input": {"passphrase": "another passphrase"}});
        assert_eq!(client.refused(again, wrong).await, ["WRONG_PROOF input.passphrase"]);
        assert_eq!(client.fault(begin.0, begin.1.clone()).await, "FRESH_PROOF_NEEDED");
        client.data(again, json!({"input": {"passphrase": PASSPHRASE}})).await;
        client.data(begin.0, begin.1).await;
        app.enrol(&signed_in).await;
        // From now on only the factor proves.
        let passphrase = json!({"input": {"passphrase": PASSPHRASE}});
        assert_eq!(client.refused(again, passphrase).await, ["FACTOR_NEEDED input.passphrase"]);
        prove(&app, &client, &signed_in.sign_in_name).await;
        let kept = app.count("SELECT count(*) AS n FROM sign_in WHERE strength = 'second_factor' AND ended_at IS NULL");
        assert!(kept.await >= 1);
    })
    .await;
}
