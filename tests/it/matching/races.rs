//! Fifty mentors' yeses for one place.

use std::collections::BTreeMap;

use kinward::kernel::ids::{MentorId, TypedId as _};
use serde_json::json;

use super::stage::{Person, document, family, ids, mentor, offered, yes};
use crate::harness::{Backend, TestApp, World, on_each};

const RACERS: usize = 50;

/// A mentor with this many places and fifty proposals that the families have accepted. The places are cut behind the service's
/// back, because it would not propose a mentor who has none left.
async fn fifty(app: &TestApp, places: usize) -> (Person, Vec<String>) {
    let world = World::new(app).await;
    let nils = mentor(app, &world, "Nils", 10).await;
    let (mut helpers, mut proposals) = (Vec::new(), Vec::with_capacity(RACERS));
    for at in 0..RACERS {
        // Proposals under way count too: ten fill a mentor.
        if at % 10 == 0 {
            helpers.push(mentor(app, &world, "Tove", 10).await);
        }
        let home = family(app, &world, "Mara").await;
        proposals.push(offered(&world, &home, &helpers[at / 10]).await.1);
    }
    let id = MentorId::from_global(&nils.id).unwrap().uuid();
    let literal = match app.backend {
        Backend::Sqlite => format!("x'{}'", id.simple()),
        Backend::Postgres => format!("'{id}'"),
    };
    app.tamper(&format!("UPDATE proposal SET mentor_id = {literal}")).await.unwrap();
    app.tamper(&format!("UPDATE mentor SET capacity = {places} WHERE id = {literal}")).await.unwrap();
    (nils, proposals)
}

/// All answer at once; gives how many heard what.
async fn race(nils: &Person, proposals: &[String]) -> BTreeMap<String, usize> {
    let text = document("answerProposalAsMentor");
    let answers = proposals.iter().map(|proposal| nils.client.send(&text, json!({"input": yes(proposal)})));
    let mut heard = BTreeMap::new();
    for answer in futures_util::future::join_all(answers).await {
        let payload = &answer["data"]["answerProposalAsMentor"];
        let code = payload["userErrors"][0]["code"].as_str().or(payload["proposal"]["state"].as_str());
        let code = code.or(answer["errors"][0]["extensions"]["code"].as_str());
        *heard.entry(code.unwrap_or("nothing").to_owned()).or_default() += 1;
    }
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_yeses_for_one_place_make_one_match() {
    on_each(|app| async move {
        let (nils, proposals) = fifty(&app, 1).await;
        let heard = race(&nils, &proposals).await;
        let want = [("ACCEPTED".to_owned(), 1), ("MENTOR_FULL".to_owned(), RACERS - 1)];
        assert_eq!(heard, BTreeMap::from(want));
        assert_eq!(ids(&nils.client, "matches").await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn with_ten_places_ten_get_in() {
    on_each(|app| async move {
        let (nils, proposals) = fifty(&app, 10).await;
        let heard = race(&nils, &proposals).await;
        let want = [("ACCEPTED".to_owned(), 10), ("MENTOR_FULL".to_owned(), RACERS - 10)];
        assert_eq!(heard, BTreeMap::from(want));
    })
    .await;
}
