//! What the family is told, and when.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{ACCESS, DELAY, END, LEDGER, Stage, about};
use crate::harness::{Client, on_each};
use crate::matching::stage::{self, again, names};

const UNSAFE: &str = "The other parent reads this account too.";

async fn ledger(family: &Client, id: &str) -> Vec<Value> {
    let data = family.data(LEDGER, json!({"familyId": id})).await;
    data["familyLedger"]["nodes"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_family_sees_when_in_what_role_and_why_in_plain_words() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let family = &stage.family;
        assert!(ledger(&family.client, &family.id).await.is_empty());
        let opened = stage.open(json!({})).await;
        let line = ledger(&family.client, &family.id).await[0].clone();
        assert_eq!((&line["what"], &line["role"]), (&json!("RECORD_OPENED"), &json!("SAFEGUARDING_LEAD")));
        assert_eq!((&line["at"], &line["until"]), (&opened["openedAt"], &opened["endsAt"]));
        assert_eq!(line["words"], "A child was missing.");
        let spanish = family.client.data(LEDGER, json!({"familyId": family.id, "language": "SPANISH"})).await;
        assert_eq!(spanish["familyLedger"]["nodes"][0]["words"], "Una niña o un niño había desaparecido.");
        // Nobody is named.
        for secret in ["Lea", super::WHY, opened["openedBy"].as_str().unwrap()] {
            assert!(!spanish.to_string().contains(secret) && !line.to_string().contains(secret), "{secret}");
        }
        app.clock.advance(SignedDuration::from_mins(2));
        stage.lead.data(END, json!({"input": about(&opened["id"])})).await;
        assert_eq!(ledger(&family.client, &family.id).await[0]["until"], "2026-11-23T15:02:00Z");
        // It is the family's own.
        let ina = stage::family(&app, &stage.world, "Ina").await;
        let of = json!({"familyId": family.id});
        assert_eq!(stage.world.coordinator.fault(LEDGER, of.clone()).await, "FORBIDDEN");
        assert_eq!(stage.mentor.client.fault(LEDGER, of.clone()).await, "FORBIDDEN");
        assert_eq!(ina.client.fault(LEDGER, of).await, "NOT_FOUND");
        assert!(ledger(&ina.client, &ina.id).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_unsafe_to_tell_appears_by_itself_when_its_time_has_come() {
    on_each(|app| async move {
        let mut stage = Stage::new(&app).await;
        let leads = stage.names_of_leads().await;
        let family = names([&stage.family.client]).await;
        let delay = json!({"until": "2026-12-03T15:00:00Z", "reason": UNSAFE});
        let opened = stage.open(json!({ "delay": delay })).await;
        assert_eq!(opened["toldFrom"], "2026-12-03T15:00:00Z");
        assert!(ledger(&stage.family.client, &stage.family.id).await.is_empty());
        let later = |until: &str| json!({"input": {"id": opened["id"], "until": until, "reason": UNSAFE}});
        let soon = later("2026-12-13T15:00:00Z");
        assert_eq!(stage.lead.refused(DELAY, soon.clone()).await, ["SOMEBODY_ELSE_MUST_DO_THIS input.id"]);
        assert_eq!(stage.world.coordinator.fault(DELAY, soon.clone()).await, "FORBIDDEN");
        assert_eq!(stage.other.refused(DELAY, later("2026-12-24T15:00:00Z")).await, ["OUT_OF_RANGE input.until"]);
        stage.other.data(DELAY, soon).await;
        // A second wish never brings the day nearer.
        stage.other.data(DELAY, later("2026-12-01T15:00:00Z")).await;
        let shown = stage.other.data(ACCESS, about(&opened["id"])).await["breakGlassAccess"].clone();
        assert_eq!(shown["toldFrom"], "2026-12-13T15:00:00Z");
        assert_eq!(shown["delays"].as_array().unwrap().len(), 3);

        app.clock.advance(SignedDuration::from_hours(20 * 24) - SignedDuration::from_micros(1));
        let [fay] = again(&app, &family).await;
        assert!(ledger(&fay, &stage.family.id).await.is_empty());
        app.clock.advance(SignedDuration::from_micros(1));
        let line = ledger(&fay, &stage.family.id).await[0].clone();
        assert_eq!((&line["at"], &line["until"]), (&opened["openedAt"], &opened["endsAt"]));
        stage.leads_again(&app, &leads).await;
        assert_eq!(stage.other.refused(DELAY, later("2026-12-23T15:00:00Z")).await, ["ALREADY_TOLD input.id"]);
    })
    .await;
}
