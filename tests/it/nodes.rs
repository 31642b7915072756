//! Two nodes on one database: what one changes, the other hears of. Runs when `KINWARD_TEST_POSTGRES` and
//! `KINWARD_TEST_NATS` name servers.

use std::time::Duration;

use kinward::config::{BusKind, Settings};
use kinward::identity::access_topic;
use kinward::kernel::ids::{AccountId, TypedId as _};
use serde_json::json;
use tokio::time::timeout;
use uuid::Uuid;

use crate::harness::{Backend, TestApp, World, backends};

const SECOND: Duration = Duration::from_secs(1);
const VIEWER: &str = "{ viewer { account { id } } }";

pub async fn two_nodes() -> Option<(TestApp, TestApp)> {
    let nats = std::env::var("KINWARD_TEST_NATS").ok().filter(|url| !url.is_empty())?;
    if !backends().contains(&Backend::Postgres) {
        return None;
    }
    let over_nats = move |settings: &mut Settings| {
        settings.bus.kind = BusKind::Nats;
        settings.bus.nats_url = Some(nats.into());
    };
    let here = TestApp::start_with(Backend::Postgres, over_nats.clone()).await;
    let there = here.second_node(over_nats).await;
    Some((here, there))
}

async fn end(here: TestApp, there: TestApp) {
    there.app.stop().await;
    here.finish().await;
}

#[tokio::test]
async fn what_one_node_changes_the_other_hears_of_and_closes_its_sockets() {
    let Some((here, there)) = two_nodes().await else { return };
    let world = World::new(&here).await;
    let id = world.coordinator.data(VIEWER, json!({})).await["viewer"]["account"]["id"].clone();
    let account = AccountId::from_global(id.as_str().unwrap()).unwrap();
    let mut listener = there.app.core.hub.listen(&access_topic(account));
    let mut cut = there.client(world.coordinator.token()).socket().await;
    let mut other = there.client(world.administrator.token()).socket().await;

    let suspend = "mutation($id: ID!) { suspendAccount(input: {id: $id}) { account { state } userErrors { code } } }";
    world.administrator.data(suspend, json!({ "id": id })).await;
    let heard = timeout(SECOND, listener.next()).await.expect("the event did not arrive").unwrap().unwrap();
    assert_eq!(heard.topic, access_topic(account));
    assert_eq!(cut.closed_within(SECOND).await, 4403);
    // Somebody else's socket on that node stays, and works.
    other.subscribe("1", VIEWER, &json!({})).await;
    assert_eq!(other.next().await["type"], "next");
    // Nothing is left to relay.
    assert_eq!(here.count("SELECT count(*) AS n FROM outbox").await, 0);
    end(here, there).await;
}

#[tokio::test]
async fn an_event_whose_node_died_is_published_by_another() {
    let Some((here, there)) = two_nodes().await else { return };
    let topic = format!("left-behind:{}", std::process::id());
    let mut listener = here.app.core.hub.listen(&topic);
    let now = here.app.core.clock.now().as_microsecond();
    let row = |number: u128, age: i64| {
        let (id, at) = (Uuid::from_u128(number), now - age);
        format!(
            "INSERT INTO outbox (id, topic, payload, created_at) VALUES ('{id}', '{topic}', '{{\"n\": {number}}}', {at})"
        )
    };
    // The node that made the second one may still be at it.
    here.tamper(&row(1, 500_000)).await.unwrap();
    here.tamper(&row(2, 499_999)).await.unwrap();
    there.settle().await;
    let heard = timeout(SECOND, listener.next()).await.expect("the event was not relayed").unwrap().unwrap();
    assert_eq!(heard.body, json!({"n": 1}));
    assert_eq!(here.count("SELECT count(*) AS n FROM outbox").await, 1);
    there.advance(jiff::SignedDuration::from_micros(1)).await;
    let heard = timeout(SECOND, listener.next()).await.expect("the second event was not relayed").unwrap().unwrap();
    assert_eq!(heard.body, json!({"n": 2}));
    end(here, there).await;
}

#[tokio::test]
async fn a_token_of_one_node_is_good_on_the_other_until_it_is_revoked() {
    let Some((here, there)) = two_nodes().await else { return };
    let world = World::new(&here).await;
    let elsewhere = there.client(world.coordinator.token());
    elsewhere.data(VIEWER, json!({})).await;
    world.coordinator.data("mutation { signOutEverywhere { done userErrors { code } } }", json!({})).await;
    assert_eq!(elsewhere.fault(VIEWER, json!({})).await, "UNAUTHENTICATED");
    end(here, there).await;
}
