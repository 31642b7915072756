//! Who may open a family, for how long, and how it ends.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{ACCESS, END, OPEN, RECORDS, Stage, about};
use crate::harness::on_each;

#[tokio::test]
async fn only_a_lead_of_the_programme_with_a_fresh_proof_opens() {
    on_each(|app| async move {
        let mut stage = Stage::new(&app).await;
        let names = stage.names_of_leads().await;
        let elsewhere = stage.world.elsewhere().await;
        let far = elsewhere.staff(kinward::identity::Role::SafeguardingLead, "Liv").await;
        let input = json!({"input": stage.input()});
        for (caller, fault) in [
            (&stage.world.coordinator, "FORBIDDEN"),
            (&stage.family.client, "FORBIDDEN"),
            (&stage.mentor.client, "FORBIDDEN"),
            (&stage.world.administrator, "NOT_FOUND"),
            (&far, "NOT_FOUND"),
            (&app.anonymous(), "NOT_FOUND"),
        ] {
            assert_eq!(caller.fault(OPEN, input.clone()).await, fault);
        }
        // Signed in five minutes ago is not fresh any more; who could not open anyway hears nothing of proofs.
        app.clock.advance(SignedDuration::from_mins(5));
        assert_eq!(stage.lead.fault(OPEN, input.clone()).await, "FRESH_PROOF_NEEDED");
        assert_eq!(stage.world.coordinator.fault(OPEN, input.clone()).await, "FORBIDDEN");
        stage.leads_again(&app, &names).await;
        let opened = stage.open(json!({"minutes": 30})).await;
        assert_eq!((&opened["state"], &opened["category"]), (&json!("OPEN"), &json!("MISSING_CHILD")));
        assert_eq!(opened["endsAt"], "2026-11-23T15:35:00Z");
        assert_eq!(opened["reviewDueAt"], "2026-11-26T15:05:00Z");
        // One opening at a time for one lead; another lead has their own.
        assert_eq!(stage.lead.refused(OPEN, input.clone()).await, ["ALREADY_OPEN input.familyId"]);
        stage.other.data(OPEN, input).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_wish_is_told_all_at_once_and_nothing_is_opened() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let delay = |until: &str| json!({"until": until, "reason": "Soon."});
        let wrong = json!({"familyId": stage.family.id, "category": "LEGAL_DUTY", "reason": "Because.", "minutes": 61,
            "delay": delay("2026-12-23T15:00:00.000001Z")});
        let want = [
            "TOO_SHORT input.reason",
            "OUT_OF_RANGE input.minutes",
            "TOO_SHORT input.delay.reason",
            "OUT_OF_RANGE input.delay.until",
        ];
        assert_eq!(stage.lead.refused(OPEN, json!({ "input": wrong })).await, want);
        assert_eq!(app.count("SELECT count(*) AS n FROM break_glass").await, 0);
        assert_eq!(app.count("SELECT count(*) AS n FROM job WHERE kind = 'break_glass_lapse'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_opening_ends_at_its_instant_without_any_job() {
    on_each(|app| async move {
        let mut stage = Stage::new(&app).await;
        let names = stage.names_of_leads().await;
        let opened = stage.open(json!({"minutes": 5})).await;
        stage.lead.data(RECORDS, about(&opened["id"])).await;
        app.clock.advance(SignedDuration::from_mins(5) - SignedDuration::from_micros(1));
        stage.lead.data(RECORDS, about(&opened["id"])).await;
        app.clock.advance(SignedDuration::from_micros(1));
        assert_eq!(stage.lead.fault(RECORDS, about(&opened["id"])).await, "FORBIDDEN");
        let seen = stage.lead.data(ACCESS, about(&opened["id"])).await["breakGlassAccess"].clone();
        assert_eq!((&seen["state"], &seen["endedAt"]), (&json!("ENDED"), &opened["endsAt"]));
        assert_eq!(app.count("SELECT count(*) AS n FROM break_glass WHERE state = 'open'").await, 1);
        // The next opening finds the lapsed one and notes its end; so does the job, once.
        stage.leads_again(&app, &names).await;
        stage.open(json!({"minutes": 1})).await;
        assert_eq!(
            app.count("SELECT count(*) AS n FROM break_glass WHERE state = 'ended' AND ended_at = ends_at").await,
            1
        );
        app.advance(SignedDuration::from_mins(1)).await;
        assert_eq!(
            app.count("SELECT count(*) AS n FROM break_glass WHERE state = 'ended' AND ended_at = ends_at").await,
            2
        );
    })
    .await;
}

#[tokio::test]
async fn a_coordinator_or_another_lead_ends_it_early_and_that_is_the_end() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        for ender in [&stage.world.coordinator, &stage.other, &stage.lead] {
            let opened = stage.open(json!({})).await;
            app.clock.advance(SignedDuration::from_secs(10));
            for (stranger, fault) in [(&stage.family.client, "NOT_FOUND"), (&stage.world.administrator, "FORBIDDEN")] {
                assert_eq!(stranger.fault(END, json!({"input": about(&opened["id"])})).await, fault);
            }
            let ended =
                ender.data(END, json!({"input": about(&opened["id"])})).await["endBreakGlass"]["access"].clone();
            assert_eq!(ended["state"], "ENDED");
            assert!(ended["endedBy"].is_string() && ended["endedAt"] != opened["endsAt"], "{ended:#}");
            assert_eq!(stage.lead.fault(RECORDS, about(&opened["id"])).await, "FORBIDDEN");
            assert_eq!(stage.lead.refused(END, json!({"input": about(&opened["id"])})).await, ["WRONG_STATE input.id"]);
        }
        // Start and end are on record.
        for action in ["break_glass.open", "break_glass.end"] {
            let sql =
                format!("SELECT count(*) AS n FROM audit_entry WHERE action = '{action}' AND outcome = 'allowed'");
            assert_eq!(app.count(&sql).await, 3, "{action}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_words_are_sealed_and_stand_nowhere_else() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let why = "The other parent reads over a heron's shoulder.";
        let opened = stage.open(json!({"delay": {"until": "2026-11-30T00:00:00Z", "reason": why}})).await;
        stage.lead.data(END, json!({"input": about(&opened["id"])})).await;
        let review =
            json!({"id": opened["id"], "verdict": "JUSTIFIED", "note": "The heron was right to call at once."});
        stage.other.data(super::REVIEW, json!({ "input": review })).await;
        let tables = ["break_glass", "break_glass_delay", "break_glass_review", "audit_entry", "outbox", "job"];
        for table in tables {
            assert!(!app.dump(table).await.contains("heron"), "words stand in {table}");
        }
        let shown = stage.world.coordinator.data(ACCESS, about(&opened["id"])).await["breakGlassAccess"].clone();
        assert_eq!(shown["reason"]["text"], super::WHY);
        assert_eq!(shown["delays"][0]["reason"], why);
        assert_eq!(shown["reviews"][0]["verdict"], "JUSTIFIED");
        assert_eq!(shown["readCount"], Value::Null);
    })
    .await;
}
