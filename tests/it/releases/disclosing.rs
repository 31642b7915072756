//! What is told under a live release, and that nothing is told otherwise.

use jiff::SignedDuration;
use kinward::identity::Role;
use serde_json::{Value, json};

use super::{DISCLOSE, LEDGER, RELEASE, RELEASES, REVOKE, SIGN, Stage, about, signing, telling};
use crate::harness::on_each;
use crate::harness::people::token;
use crate::matching::stage::{self, again, names, text};

#[tokio::test]
async fn nothing_is_told_without_a_live_release() {
    on_each(|app| async move {
        let mut stage = Stage::new(&app).await;
        let known = names([&stage.world.coordinator, &stage.family.client]).await;
        let tell = |release: &Value| telling(release, &["LANGUAGES"]);
        let draft = stage.draft(&["LANGUAGES"]).await;
        assert_eq!(stage.world.coordinator.refused(DISCLOSE, tell(&draft)).await, ["RELEASE_NOT_LIVE input.releaseId"]);
        stage.family.client.data(SIGN, json!({"input": signing(&draft, &["LANGUAGES"])})).await;
        stage.world.coordinator.data(DISCLOSE, tell(&draft)).await;
        stage.family.client.data(REVOKE, about(&draft)).await;
        assert_eq!(stage.world.coordinator.refused(DISCLOSE, tell(&draft)).await, ["RELEASE_NOT_LIVE input.releaseId"]);

        // At the instant of its end, before any job has run.
        let release = stage.signed(&["LANGUAGES"]).await;
        app.clock.advance(SignedDuration::from_hours(90 * 24) - SignedDuration::from_micros(1));
        let [coordinator, family] = again(&app, &known).await;
        (stage.world.coordinator, stage.family.client) = (coordinator, family);
        stage.world.coordinator.data(DISCLOSE, tell(&release)).await;
        app.clock.advance(SignedDuration::from_micros(1));
        assert_eq!(
            stage.world.coordinator.refused(DISCLOSE, tell(&release)).await,
            ["RELEASE_NOT_LIVE input.releaseId"]
        );
        assert_eq!(app.count("SELECT count(*) AS n FROM information_release WHERE state = 'signed'").await, 1);
        let shown = stage.family.client.data(RELEASE, json!({"id": release["id"]})).await["release"].clone();
        assert_eq!((&shown["state"], &shown["endedAt"]), (&json!("EXPIRED"), &shown["expiresAt"]));
        let live = json!({"familyId": stage.family.id, "liveOnly": true});
        assert_eq!(stage.family.client.data(RELEASES, live).await["releases"]["nodes"], json!([]));
        // The ledger has every step, also the end that nobody has noted yet.
        let what: Vec<_> = stage.ledger(&stage.family.client).await.into_iter().map(|(what, ..)| what).collect();
        let want = ["RELEASE_EXPIRED", "INFORMATION_DISCLOSED"];
        assert_eq!(what[..2], want);
        let mut rest = what[2..].to_vec();
        rest.sort();
        assert_eq!(rest, ["INFORMATION_DISCLOSED", "RELEASE_REVOKED", "RELEASE_SIGNED", "RELEASE_SIGNED"]);
        app.settle().await;
        assert_eq!(app.count("SELECT count(*) AS n FROM information_release WHERE state = 'signed'").await, 0);
        assert_eq!(stage.ledger(&stage.family.client).await.len(), 6);
    })
    .await;
}

#[tokio::test]
async fn exactly_the_released_fields_are_told_and_the_family_sees_it() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let mentor = stage::mentor(&app, &stage.world, "Mo", 2).await;
        stage::matched(&stage.world, &stage.family, &mentor).await;
        let two = ["FIRST_NAMES", "CONTACT_CHANNEL"];
        let release = stage.signed(&two).await;
        let coordinator = &stage.world.coordinator;
        let told = coordinator.data(DISCLOSE, telling(&release, &two)).await["disclose"]["disclosed"].clone();
        let content = told["content"].as_object().unwrap().clone();
        assert_eq!(content["firstNames"], json!(["Fay"]));
        assert_eq!(content["contactChannel"], "phone_call");
        let others: Vec<_> =
            content.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name.clone()).collect();
        assert_eq!(others.len(), 2, "{content:#?}");
        assert_eq!(told["disclosure"]["fields"], json!(two));
        // A part of it is told as a part of it.
        let part = coordinator.data(DISCLOSE, telling(&release, &two[..1])).await["disclose"]["disclosed"].clone();
        assert_eq!(
            (&part["content"]["firstNames"], &part["content"]["contactChannel"]),
            (&json!(["Fay"]), &Value::Null)
        );
        // What is not released is refused whole, and leaves no record.
        let more = telling(&release, &["FIRST_NAMES", "LANGUAGES"]);
        assert_eq!(coordinator.refused(DISCLOSE, more).await, ["FIELD_NOT_RELEASED input.fields.1"]);
        assert_eq!(coordinator.refused(DISCLOSE, telling(&release, &[])).await, ["REQUIRED input.fields"]);
        assert_eq!(app.count("SELECT count(*) AS n FROM disclosure").await, 2);
        // Nobody else tells.
        let lead = stage.world.staff(Role::SafeguardingLead, "Lea").await;
        let elsewhere = stage.world.elsewhere().await;
        for (caller, fault) in [
            (&stage.family.client, "FORBIDDEN"),
            (&lead, "FORBIDDEN"),
            (&mentor.client, "NOT_FOUND"),
            (&stage.world.administrator, "NOT_FOUND"),
            (&elsewhere.coordinator, "NOT_FOUND"),
        ] {
            assert_eq!(caller.fault(DISCLOSE, telling(&release, &two)).await, fault);
        }
        let shown = stage.family.client.data(RELEASE, json!({"id": release["id"]})).await["release"].clone();
        let records = shown["disclosures"]["nodes"].as_array().unwrap().clone();
        assert_eq!(records.len(), 2);
        assert!(records.iter().all(|record| record["receiver"]["organisation"] == "Harbour Legal Aid"));
        let lines = stage.ledger(&stage.family.client).await;
        let words = "Told Jo Heron (Harbour Legal Aid): first names of the caregivers; how it is safe to reach you.";
        assert!(lines.contains(&("INFORMATION_DISCLOSED".into(), "COORDINATOR".into(), words.into())), "{lines:#?}");
    })
    .await;
}

#[tokio::test]
async fn every_field_comes_from_what_the_product_has() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let mentor = stage::mentor(&app, &stage.world, "Mo", 2).await;
        stage::matched(&stage.world, &stage.family, &mentor).await;
        let coordinator = &stage.world.coordinator;
        let all = [
            "FIRST_NAMES",
            "LANGUAGES",
            "CONTACT_CHANNEL",
            "CONTACT_HOURS",
            "SITUATION_KIND",
            "SITUATION_PHASE",
            "SUPPORT_DATES",
            "SESSION_DATES",
            "OUTCOME_SUMMARY",
        ];
        let whole = stage.signed(&all).await;
        let told = coordinator.data(DISCLOSE, telling(&whole, &all)).await["disclose"]["disclosed"]["content"].clone();
        assert_eq!(told["languages"], json!(["en", "es"]));
        let hours = json!({"zone": "America/Chicago", "windows": [{"weekday": 1, "startMin": 600, "endMin": 720}]});
        assert_eq!(told["contactHours"], hours);
        assert_eq!((&told["situationKind"], &told["situationPhase"]), (&json!("ONLINE"), &json!("IN_COURT")));
        assert_eq!(told["supportDates"], json!([{"from": "2026-11-23T15:00:00Z", "until": null}]));
        assert_eq!(told["sessionDates"], json!([]));
        assert_eq!(told["outcomeSummary"], json!({"sessionsHeld": 0, "ended": null}));
    })
    .await;
}

#[tokio::test]
async fn what_an_alleged_abuser_signed_is_dead_with_the_mark() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let invite = include_str!("../../../graphql/operations/families/inviteFamilyMember.graphql");
        let input = json!({"firstName": "Bo", "relation": "PARENT", "familyId": stage.family.id});
        let invited = stage.world.coordinator.data(invite, json!({ "input": input })).await;
        let code = text(&invited["inviteFamilyMember"]["invited"]["invitation"]["code"]);
        let bo = app.client(token(&app.accept(&code).await));
        let draft = stage.draft(&["LANGUAGES"]).await;
        bo.data(SIGN, json!({"input": signing(&draft, &["LANGUAGES"])})).await;
        let second = stage.draft(&["LANGUAGES"]).await;
        stage.world.coordinator.data(DISCLOSE, telling(&draft, &["LANGUAGES"])).await;
        let members = "query($id: ID!) { family(id: $id) { members { id firstName } } }";
        let shown =
            stage.world.coordinator.data(members, json!({"id": stage.family.id})).await["family"]["members"].clone();
        let member = shown.as_array().unwrap().iter().find(|member| member["firstName"] == "Bo").unwrap()["id"].clone();
        let mark = include_str!("../../../graphql/operations/families/markAllegedAbuser.graphql");
        let input = json!({"memberId": member, "reason": "The other parent told us on the phone."});
        stage.world.coordinator.data(mark, json!({ "input": input })).await;
        assert_eq!(
            stage.world.coordinator.refused(DISCLOSE, telling(&draft, &["LANGUAGES"])).await,
            ["RELEASE_NOT_LIVE input.releaseId"]
        );
        assert_eq!(bo.fault(SIGN, json!({"input": signing(&second, &["LANGUAGES"])})).await, "UNAUTHENTICATED");
        let shown = stage.family.client.data(RELEASE, json!({"id": draft["id"]})).await["release"].clone();
        assert_eq!(shown["state"], "REVOKED");
        // Somebody else of the family signs anew.
        stage.family.client.data(SIGN, json!({"input": signing(&second, &["LANGUAGES"])})).await;
        stage.world.coordinator.data(DISCLOSE, telling(&second, &["LANGUAGES"])).await;
    })
    .await;
}

#[tokio::test]
async fn the_ledger_merges_everything_page_by_page() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let lead = stage.world.staff(Role::SafeguardingLead, "Lea").await;
        let tick = || app.clock.advance(SignedDuration::from_secs(1));
        let release = stage.signed(&["LANGUAGES"]).await;
        tick();
        let open = include_str!("../../../graphql/operations/breakglass/openBreakGlass.graphql");
        let why = "A heron called: the child has not come home.";
        let input = json!({"familyId": stage.family.id, "category": "MISSING_CHILD", "reason": why});
        lead.data(open, json!({ "input": input })).await;
        tick();
        stage.world.coordinator.data(DISCLOSE, telling(&release, &["LANGUAGES"])).await;
        tick();
        stage.family.client.data(REVOKE, about(&release)).await;
        let want = ["RELEASE_REVOKED", "INFORMATION_DISCLOSED", "RECORD_OPENED", "RELEASE_SIGNED"];
        let mut seen: Vec<String> = Vec::new();
        let mut after = Value::Null;
        for _ in 0..want.len() {
            let page = json!({"familyId": stage.family.id, "first": 1, "after": after});
            let page = stage.family.client.data(LEDGER, page).await["familyLedger"].clone();
            seen.push(text(&page["nodes"][0]["what"]));
            after = page["pageInfo"]["endCursor"].clone();
            assert_eq!(page["pageInfo"]["hasNextPage"], seen.len() < want.len());
        }
        assert_eq!(seen, want);
        let spanish = json!({"familyId": stage.family.id, "language": "SPANISH"});
        let lines = stage.family.client.data(LEDGER, spanish).await["familyLedger"]["nodes"].clone();
        let words = "Se contó a Jo Heron (Harbour Legal Aid): idiomas que habla su familia.";
        assert_eq!(lines[1]["words"], words);
        assert!(!lines.to_string().contains("Cora"), "a member of staff is named");
    })
    .await;
}
