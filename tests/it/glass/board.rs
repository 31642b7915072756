//! The board and the review by somebody else.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{ACCESS, BOARD, END, REVIEW, Stage, about, board};
use crate::harness::{Client, on_each};
use crate::matching::stage::{self, again, names, text};

const NOTE: &str = "The reasons and the looks fit together.";

fn verdict(id: &Value, verdict: &str) -> Value {
    json!({"input": {"id": id, "verdict": verdict, "note": NOTE}})
}

#[tokio::test]
async fn somebody_else_judges_once_it_is_over() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let opened = stage.open(json!({})).await;
        let (id, judge) = (&opened["id"], |word| verdict(&opened["id"], word));
        assert_eq!(stage.other.refused(REVIEW, judge("JUSTIFIED")).await, ["WRONG_STATE input.id"]);
        stage.lead.data(END, json!({"input": about(id)})).await;
        assert_eq!(stage.lead.refused(REVIEW, judge("JUSTIFIED")).await, ["SOMEBODY_ELSE_MUST_DO_THIS input.id"]);
        assert_eq!(stage.world.coordinator.fault(REVIEW, judge("JUSTIFIED")).await, "FORBIDDEN");
        assert_eq!(stage.family.client.fault(REVIEW, judge("JUSTIFIED")).await, "NOT_FOUND");
        let short = json!({"input": {"id": id, "verdict": "JUSTIFIED", "note": "Fine."}});
        assert_eq!(stage.other.refused(REVIEW, short).await, ["TOO_SHORT input.note"]);

        let followed = stage.world.administrator.data(REVIEW, judge("NEEDS_FOLLOW_UP")).await;
        assert_eq!(followed["reviewBreakGlass"]["access"]["state"], "FOLLOW_UP");
        assert_eq!(stage.other.refused(REVIEW, judge("NEEDS_FOLLOW_UP")).await, ["WRONG_STATE input.id"]);
        let done = stage.other.data(REVIEW, judge("NOT_JUSTIFIED")).await;
        assert_eq!(done["reviewBreakGlass"]["access"]["state"], "REVIEWED");
        assert_eq!(stage.other.refused(REVIEW, judge("JUSTIFIED")).await, ["WRONG_STATE input.id"]);

        let verdicts = |shown: &Value| {
            let reviews = shown["breakGlassAccess"]["reviews"].as_array().unwrap().clone();
            reviews.iter().map(|review| (text(&review["verdict"]), review["note"].clone())).collect::<Vec<_>>()
        };
        let seen = verdicts(&stage.other.data(ACCESS, about(id)).await);
        let want = ["NEEDS_FOLLOW_UP", "NOT_JUSTIFIED"].map(|word| (word.to_owned(), json!({"text": NOTE})));
        assert_eq!(seen, want);
        let redacted = json!({"reason": "NOT_YOUR_ROLE"});
        // An administrator judges by category, times, ids and counts.
        let shown = stage.world.administrator.data(ACCESS, about(id)).await;
        assert_eq!(
            verdicts(&shown),
            ["NEEDS_FOLLOW_UP", "NOT_JUSTIFIED"].map(|word| (word.to_owned(), redacted.clone()))
        );
        let access = &shown["breakGlassAccess"];
        assert_eq!((&access["reason"], &access["delays"]), (&redacted, &Value::Null));
        assert_eq!(access["readCount"], 0);
    })
    .await;
}

#[tokio::test]
async fn a_review_may_come_before_the_job_has_noted_the_end() {
    on_each(|app| async move {
        let stage = Stage::new(&app).await;
        let opened = stage.open(json!({"minutes": 1})).await;
        app.clock.advance(SignedDuration::from_mins(1));
        stage.other.data(REVIEW, verdict(&opened["id"], "JUSTIFIED")).await;
        app.settle().await;
        let shown = stage.other.data(ACCESS, about(&opened["id"])).await["breakGlassAccess"].clone();
        assert_eq!((&shown["state"], &shown["endedAt"]), (&json!("REVIEWED"), &opened["endsAt"]));
    })
    .await;
}

#[tokio::test]
async fn what_is_overdue_stands_first_and_says_so() {
    on_each(|app| async move {
        let mut stage = Stage::new(&app).await;
        let leads = stage.names_of_leads().await;
        let staff = names([&stage.world.coordinator, &stage.world.administrator]).await;
        let mut opened = Vec::new();
        // Three families, an hour apart.
        for first_name in ["Ina", "Ivo", "Ida"] {
            let family = stage::bare_family(&app, &stage.world, first_name).await;
            stage.family = family;
            opened.push(text(&stage.open(json!({"minutes": 10})).await["id"]));
            app.advance(SignedDuration::from_hours(1)).await;
            stage.leads_again(&app, &leads).await;
            let [coordinator, administrator] = again(&app, &staff).await;
            (stage.world.coordinator, stage.world.administrator) = (coordinator, administrator);
        }
        let review = verdict(&json!(opened[0]), "JUSTIFIED");
        stage.other.data(REVIEW, review).await;
        let [first, second, third] = [&opened[0], &opened[1], &opened[2]];
        // By when each is due; what is reviewed stands behind.
        assert_eq!(board(&stage.other, json!({})).await, [second, third, first].map(Clone::clone));
        assert_eq!(overdue(&stage.other).await, [false, false, false]);
        // 72 hours after the second was opened, and a moment more.
        app.clock.advance(SignedDuration::from_hours(70));
        stage.leads_again(&app, &leads).await;
        assert_eq!(overdue(&stage.other).await, [false, false, false]);
        app.clock.advance(SignedDuration::from_micros(1));
        assert_eq!(overdue(&stage.other).await, [true, false, false]);
        // A follow-up is due again after the time of a review.
        stage.other.data(REVIEW, verdict(&json!(second), "NEEDS_FOLLOW_UP")).await;
        assert_eq!(board(&stage.other, json!({})).await, [third, second, first].map(Clone::clone));
        // The filters, and page by page.
        let only = |filter: &str| json!({ "filter": filter });
        assert_eq!(board(&stage.other, only("AWAITING_REVIEW")).await, [third, second].map(Clone::clone));
        assert_eq!(board(&stage.other, only("REVIEWED")).await, std::slice::from_ref(first));
        assert_eq!(board(&stage.other, only("OPEN")).await, Vec::<String>::new());
        let now = text(&stage.open(json!({})).await["id"]);
        assert_eq!(board(&stage.other, only("OPEN")).await, std::slice::from_ref(&now));
        let page = stage.other.data(BOARD, json!({"first": 2})).await["breakGlassAccesses"].clone();
        let after = page["pageInfo"]["endCursor"].clone();
        let rest = board(&stage.other, json!({"first": 2, "after": after})).await;
        assert_eq!((page["nodes"].as_array().unwrap().len(), rest.last()), (2, Some(first)));
        // An administrator names the programme.
        let [_, administrator] = again(&app, &staff).await;
        assert_eq!(administrator.fault(BOARD, json!({})).await, "FORBIDDEN");
        let theirs = board(&administrator, json!({"programmeId": stage.world.programme_id()})).await;
        assert_eq!(theirs.len(), 4);
    })
    .await;
}

async fn overdue(reader: &Client) -> Vec<bool> {
    let data = reader.data(BOARD, json!({})).await;
    data["breakGlassAccesses"]["nodes"].as_array().unwrap().iter().map(|node| node["overdue"] == true).collect()
}
