//! Recovery codes.

use futures_util::future::join_all;
use jiff::SignedDuration;
use serde_json::json;

use super::{answer, caregiver, document, problem, prove, sign_in};
use crate::harness::{World, on_each};

#[tokio::test]
async fn a_recovery_code_is_good_once_and_the_rest_is_counted() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (signed_in, _) = caregiver(&world).await;
        let codes = app.enrol(&signed_in).await;
        let name = signed_in.sign_in_name;
        let mut challenges = Vec::new();
        for _ in 0..4 {
            challenges.push(sign_in(&app, &name).await["challenge"].clone());
        }
        let typed = codes[0].to_lowercase().replace('-', " ");
        let tries = join_all(challenges.iter().map(|asked| answer(&app, asked, "recoveryCode", &typed))).await;
        let won: Vec<_> = tries.iter().filter(|payload| payload["session"].is_object()).collect();
        assert_eq!(won.len(), 1);
        assert_eq!(won[0]["recoveryCodesLeft"], 9);
        let asked = sign_in(&app, &name).await["challenge"].clone();
        assert_eq!(problem(&answer(&app, &asked, "recoveryCode", &codes[0]).await), "WRONG_PROOF");
        assert_eq!(problem(&answer(&app, &asked, "recoveryCode", "nonsense").await), "WRONG_PROOF");
    })
    .await;
}

#[tokio::test]
async fn a_new_set_voids_the_old_one() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (signed_in, client) = caregiver(&world).await;
        let renew = document("identity/renewRecoveryCodes");
        app.clock.advance(SignedDuration::from_mins(5));
        // Not without a fresh proof, and not before there is a factor that they could stand in for.
        assert_eq!(client.fault(renew, json!({})).await, "FRESH_PROOF_NEEDED");
        let passphrase = json!({"input": {"passphrase": crate::harness::people::PASSPHRASE}});
        client.data(document("identity/proveAgain"), passphrase).await;
        assert_eq!(client.refused(renew, json!({})).await, ["NO_FACTOR"]);
        let old = app.enrol(&signed_in).await;
        let name = signed_in.sign_in_name;
        prove(&app, &client, &name).await;
        let new = client.data(renew, json!({})).await["renewRecoveryCodes"]["recoveryCodes"].clone();
        let asked = sign_in(&app, &name).await["challenge"].clone();
        assert_eq!(problem(&answer(&app, &asked, "recoveryCode", &old[1]).await), "WRONG_PROOF");
        let entered = answer(&app, &asked, "recoveryCode", new[1].as_str().unwrap()).await;
        assert_eq!(entered["recoveryCodesLeft"], 9);
    })
    .await;
}

#[tokio::test]
async fn recovery_codes_have_120_bits_and_are_kept_as_hashes() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (signed_in, _) = caregiver(&world).await;
        let codes = app.enrol(&signed_in).await;
        let kept = app.dump("recovery_code").await.to_uppercase();
        assert_eq!(codes.len(), 10);
        for code in codes {
            // Five bits a character (OWASP ASVS 5.0, 6.5.2: a plain hash is enough from 112 bits on).
            let bare = code.replace('-', "").to_uppercase();
            assert_eq!(bare.len(), 24);
            assert!(bare.chars().all(|c| c.is_ascii_alphanumeric() && !"ILOU".contains(c)), "{bare}");
            assert!(!kept.contains(&bare) && !kept.contains(&code));
        }
    })
    .await;
}
