//! Drafting, signing and taking back.

use kinward::identity::Role;
use serde_json::{Value, json};

use super::{DISCARD, DRAFT, RELEASE, RELEASES, REVOKE, SIGN, Stage, about, signing};
use crate::harness::{TestApp, World, backends, on_each};
use crate::matching::stage;

#[tokio::test]
async fn the_family_or_a_coordinator_drafts_and_changes_a_draft() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let input = json!({"input": stage.input(&["FIRST_NAMES", "LANGUAGES"])});
        let lead = stage.world.staff(Role::SafeguardingLead, "Lea").await;
        let ina = stage::family(&app, &stage.world, "Ina").await;
        for (caller, fault) in [
            (&lead, "FORBIDDEN"),
            (&ina.client, "NOT_FOUND"),
            (&stage.world.administrator, "NOT_FOUND"),
            (&app.anonymous(), "NOT_FOUND"),
        ] {
            assert_eq!(caller.fault(DRAFT, input.clone()).await, fault);
        }
        let own = stage.family.client.data(DRAFT, input).await["draftRelease"]["release"].clone();
        assert_eq!((&own["state"], &own["validDays"]), (&json!("DRAFT"), &json!(90)));
        assert_eq!(own["fields"], json!(["FIRST_NAMES", "LANGUAGES"]));
        let mut change = stage.input(&["SESSION_DATES"]);
        change["releaseId"] = own["id"].clone();
        change["version"] = json!(7);
        assert_eq!(
            stage.world.coordinator.refused(DRAFT, json!({"input": change.clone()})).await,
            ["STALE input.version"]
        );
        change["version"] = own["version"].clone();
        change["validDays"] = json!(14);
        let changed =
            stage.world.coordinator.data(DRAFT, json!({ "input": change })).await["draftRelease"]["release"].clone();
        assert_eq!((&changed["fields"], &changed["validDays"]), (&json!(["SESSION_DATES"]), &json!(14)));
        assert_eq!(changed["id"], own["id"]);
        // A dropped draft is the end of it.
        stage.world.coordinator.data(DISCARD, about(&own)).await;
        let sign = json!({"input": signing(&changed, &["SESSION_DATES"])});
        assert_eq!(stage.family.client.refused(SIGN, sign).await, ["WRONG_STATE input.releaseId"]);
        assert_eq!(stage.family.client.refused(DISCARD, about(&own)).await, ["WRONG_STATE input.releaseId"]);
        // Who sees it: the family and its programme's coordinators and leads.
        for reader in [&stage.family.client, &stage.world.coordinator, &lead] {
            let list = reader.data(RELEASES, json!({"familyId": stage.family.id})).await;
            assert_eq!(list["releases"]["nodes"][0]["receiver"]["organisation"], "Harbour Legal Aid");
            reader.data(RELEASE, json!({"id": own["id"]})).await;
        }
        for stranger in [&ina.client, &stage.world.administrator] {
            assert_eq!(stranger.fault(RELEASES, json!({"familyId": stage.family.id})).await, "NOT_FOUND");
            assert_eq!(stranger.fault(RELEASE, json!({"id": own["id"]})).await, "NOT_FOUND");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_draft_is_told_all_at_once() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let bad = json!({"input": {"familyId": stage.family.id, "purpose": "OTHER", "fields": [], "validDays": 91,
            "receiver": {"name": "", "organisation": "x".repeat(121)}, "purposeDetail": "Help"}});
        let want = [
            "REQUIRED input.receiver.name",
            "TOO_LONG input.receiver.organisation",
            "TOO_SHORT input.purposeDetail",
            "OUT_OF_RANGE input.validDays",
            "REQUIRED input.fields",
        ];
        assert_eq!(stage.family.client.refused(DRAFT, bad).await, want);
        assert_eq!(app.count("SELECT count(*) AS n FROM information_release").await, 0);
    })
    .await;
}

#[tokio::test]
async fn only_a_caregiver_signs_what_they_read_field_by_field() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let fields = ["FIRST_NAMES", "CONTACT_CHANNEL"];
        let draft = stage.draft(&fields).await;
        let sign = json!({"input": signing(&draft, &fields)});
        let lead = stage.world.staff(Role::SafeguardingLead, "Lea").await;
        for staff in [&stage.world.coordinator, &lead] {
            assert_eq!(staff.fault(SIGN, sign.clone()).await, "FORBIDDEN");
        }
        assert_eq!(stage.world.administrator.fault(SIGN, sign.clone()).await, "NOT_FOUND");
        let family = &stage.family.client;
        for confirmed in
            [&fields[..1], &["FIRST_NAMES", "CONTACT_CHANNEL", "LANGUAGES"], &["FIRST_NAMES", "FIRST_NAMES"]]
        {
            let wrong = json!({"input": signing(&draft, confirmed)});
            assert_eq!(family.refused(SIGN, wrong).await, ["CONFIRM_EACH_FIELD input.confirmedFields"]);
        }
        let mut old = signing(&draft, &fields);
        old["textVersion"] = json!("2020-01");
        assert_eq!(family.refused(SIGN, json!({ "input": old })).await, ["STALE input.textVersion"]);
        // The receiver changed after the family read the draft: it signs what it saw, or nothing.
        let mut change = stage.input(&fields);
        change["releaseId"] = draft["id"].clone();
        change["version"] = draft["version"].clone();
        change["receiver"] = json!({"name": "Somebody", "organisation": "Else"});
        stage.world.coordinator.data(DRAFT, json!({"input": change.clone()})).await;
        assert_eq!(family.refused(SIGN, sign).await, ["STALE input.version"]);

        let spanish = family.data(RELEASE, json!({"id": draft["id"], "language": "SPANISH"})).await["release"].clone();
        let text = spanish["terms"]["text"].as_str().unwrap();
        assert!(text.starts_with("Qué significa esto"));
        assert_eq!(spanish["terms"]["fieldsInWords"][0], "nombres de pila de los cuidadores");
        let mut input = signing(&spanish, &["CONTACT_CHANNEL", "FIRST_NAMES"]);
        input["language"] = json!("SPANISH");
        let signed = family.data(SIGN, json!({ "input": input })).await["signRelease"]["release"].clone();
        assert_eq!((&signed["state"], &signed["expiresAt"]), (&json!("SIGNED"), &json!("2027-02-21T15:00:00Z")));
        // The words that were read are kept, in the language and version.
        let kept = &signed["signature"];
        assert_eq!((&kept["text"], &kept["language"]), (&json!(text), &json!("SPANISH")));
        assert_eq!(kept["textVersion"], spanish["terms"]["version"]);
        // What is signed is neither changed nor dropped nor signed again.
        change["version"] = signed["version"].clone();
        for (operation, input) in [(DRAFT, json!({ "input": change })), (DISCARD, about(&draft))] {
            assert_eq!(stage.world.coordinator.refused(operation, input).await, ["WRONG_STATE input.releaseId"]);
        }
        assert_eq!(
            family.refused(SIGN, json!({"input": signing(&signed, &fields)})).await,
            ["WRONG_STATE input.releaseId"]
        );
    })
    .await;
}

#[tokio::test]
async fn taking_back_needs_no_reason_and_touches_nothing_else() {
    on_each(|app| async move {
        let mut stage = Stage::new(&app).await;
        let mentor = stage::mentor(&app, &stage.world, "Mo", 2).await;
        let (request, of_match) = stage::matched(&stage.world, &stage.family, &mentor).await;
        let before = stage::look(&stage.family.client, "match", &of_match).await;
        let release = stage.signed(&["LANGUAGES"]).await;
        assert_eq!(mentor.client.fault(REVOKE, about(&release)).await, "NOT_FOUND");
        let revoked = stage.family.client.data(REVOKE, about(&release)).await["revokeRelease"]["release"].clone();
        assert_eq!((&revoked["state"], &revoked["endedAt"]), (&json!("REVOKED"), &json!("2026-11-23T15:00:00Z")));
        assert_eq!(stage.family.client.refused(REVOKE, about(&release)).await, ["WRONG_STATE input.releaseId"]);
        assert_eq!(stage::look(&stage.family.client, "match", &of_match).await, before);
        let request = stage::look(&stage.family.client, "supportRequest", &request).await;
        assert_eq!(request["state"], "MATCHED");
        // By telephone: the coordinator notes it at the family's word, and the ledger says so.
        let second = stage.signed(&["LANGUAGES"]).await;
        app.clock.advance(jiff::SignedDuration::from_secs(1));
        stage.world.coordinator.data(REVOKE, about(&second)).await;
        let lines = stage.ledger(&stage.family.client).await;
        assert_eq!((lines[0].0.as_str(), lines[0].1.as_str()), ("RELEASE_REVOKED", "COORDINATOR"));
        stage.world = World { app: app.clone(), ..stage.world };
    })
    .await;
}

#[tokio::test]
async fn the_setting_makes_releases_shorter_and_never_longer() {
    for backend in backends() {
        let days = std::time::Duration::from_hours(336);
        let app = TestApp::start_with(backend, |settings| settings.clocks.release_longest = days).await;
        let stage = Stage::new(&app).await;
        let mut input = stage.input(&["LANGUAGES"]);
        input["validDays"] = json!(15);
        assert_eq!(
            stage.world.coordinator.refused(DRAFT, json!({ "input": input })).await,
            ["OUT_OF_RANGE input.validDays"]
        );
        let signed = stage.signed(&["LANGUAGES"]).await;
        assert_eq!(signed["expiresAt"], "2026-12-07T15:00:00Z");
        app.finish().await;
    }
}

#[tokio::test]
async fn receivers_and_purposes_are_sealed() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let release = stage.signed(&["FIRST_NAMES"]).await;
        stage.world.coordinator.data(super::DISCLOSE, super::telling(&release, &["FIRST_NAMES"])).await;
        let tables = [
            "information_release",
            "release_signature",
            "disclosure",
            "disclosure_field",
            "audit_entry",
            "outbox",
            "job",
        ];
        for table in tables {
            let dump = app.dump(table).await;
            for word in ["Heron", "heron", "Harbour", "Fay"] {
                assert!(!dump.contains(word), "{word} stands in {table}");
            }
        }
        let shown = stage.family.client.data(RELEASE, json!({"id": release["id"]})).await["release"].clone();
        assert_eq!(shown["receiver"], json!({"name": "Jo Heron", "organisation": "Harbour Legal Aid"}));
        assert_ne!(shown["purposeDetail"], Value::Null);
    })
    .await;
}
