//! Seeing one's own sign-ins, and ending them.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{VIEWER, accept, family_code, mentor_code, sign_in};
use crate::harness::people::{PASSPHRASE, token};
use crate::harness::{Client, World, on_each};

const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
const OWN: &str = "query($first: Int, $after: String) { mySignIns(first: $first, after: $after) { nodes { id device proof role beganAt lastUsedAt endedBecause thisOne } pageInfo { hasNextPage endCursor } } }";
const OF: &str = "query($id: ID!) { signIns(accountId: $id) { nodes { id device endedBecause thisOne } } }";
const END: &str = "mutation($id: ID!) { endSignIn(input: {id: $id}) { signIn { id endedBecause } userErrors { code field message } } }";
const END_OTHERS: &str = "mutation { endOtherSignIns { done userErrors { code field message } } }";
const END_ALL: &str =
    "mutation($id: ID!) { endSignIns(input: {accountId: $id}) { done userErrors { code field message } } }";

async fn own(client: &Client) -> Vec<Value> {
    client.data(OWN, json!({})).await["mySignIns"]["nodes"].as_array().unwrap().clone()
}

fn column(rows: &[Value], field: &str) -> Vec<Value> {
    rows.iter().map(|row| row[field].clone()).collect()
}

#[tokio::test]
async fn people_see_where_they_are_signed_in_in_a_few_coarse_words() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let code = family_code(&world).await;
        let desk = accept(&app.anonymous().device(FIREFOX, [127, 0, 0, 2]), &code).await;
        let name = desk.client.data(VIEWER, json!({})).await["viewer"]["account"]["signInName"].clone();
        let name = name.as_str().unwrap();
        app.clock.advance(SignedDuration::from_mins(5));
        let phone = sign_in(&app, &app.anonymous().device(IPHONE, [127, 0, 0, 3]), name).await;
        app.clock.advance(SignedDuration::from_mins(4));
        let odd = sign_in(&app, &app.anonymous().device("Zanzibar/1.0 (192.0.2.7)", [127, 0, 0, 4]), name).await;
        let rows = own(&phone.client).await;
        assert_eq!(column(&rows, "device"), ["another device", "Safari on an iPhone", "Firefox on Windows"]);
        assert_eq!(column(&rows, "thisOne"), [false, true, false]);
        assert_eq!(column(&rows, "proof"), ["PASSPHRASE"; 3]);
        assert_eq!(column(&rows, "role"), ["FAMILY_MEMBER"; 3]);
        // Times are those of the hour.
        assert_eq!(column(&rows, "beganAt"), ["2026-11-23T15:00:00Z"; 3]);
        assert_eq!(column(&rows, "lastUsedAt"), ["2026-11-23T15:00:00Z"; 3]);
        assert!(column(&rows, "endedBecause").iter().all(Value::is_null));
        // A page at a time.
        let first = phone.client.data(OWN, json!({"first": 2})).await["mySignIns"].clone();
        assert_eq!(first["nodes"], json!([rows[0], rows[1]]));
        let rest = phone.client.data(OWN, json!({"first": 2, "after": first["pageInfo"]["endCursor"]})).await;
        assert_eq!(rest["mySignIns"]["nodes"], json!([rows[2]]));
        // Nothing of what the devices say of themselves, and no address, is kept anywhere.
        for table in ["sign_in", "audit_entry", "refresh_token", "outbox"] {
            let kept = app.dump(table).await;
            for trace in ["Mozilla", "Gecko", "Version/", "Zanzibar", "192.0.2.7", "127.0.0."] {
                assert!(!kept.contains(trace), "{table} holds {trace}");
            }
        }
        assert!(column(&own(&odd.client).await, "thisOne") == [true, false, false]);
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_that_its_owner_ends_opens_nothing_any_more() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let desk = accept(&app.anonymous().device(FIREFOX, [127, 0, 0, 2]), &family_code(&world).await).await;
        let viewer = desk.client.data(VIEWER, json!({})).await["viewer"]["account"].clone();
        let name = viewer["signInName"].as_str().unwrap();
        let (phone, tablet) =
            (sign_in(&app, &app.anonymous(), name).await, sign_in(&app, &app.anonymous(), name).await);
        let mut sockets = [desk.client.socket().await, phone.client.socket().await, tablet.client.socket().await];
        let [at_desk, on_phone, on_tablet] = &mut sockets;
        let phone_id = own(&phone.client).await.into_iter().find(|row| row["thisOne"] == true).unwrap()["id"].clone();

        let ended = desk.client.data(END, json!({"id": phone_id})).await["endSignIn"]["signIn"].clone();
        assert_eq!(ended, json!({"id": phone_id, "endedBecause": "BY_OWNER"}));
        assert_eq!(on_phone.closed_within(Duration::from_secs(1)).await, 4403);
        assert!(phone.is_dead().await);
        // The others go on, sockets and all.
        for socket in [&mut *at_desk, &mut *on_tablet] {
            socket.subscribe("1", VIEWER, &json!({})).await;
            assert_eq!(socket.next().await["type"], "next");
        }
        // Ending it once more changes nothing.
        assert_eq!(desk.client.data(END, json!({"id": phone_id})).await["endSignIn"]["signIn"], ended);

        desk.client.data(END_OTHERS, json!({})).await;
        assert_eq!(on_tablet.closed_within(Duration::from_secs(1)).await, 4403);
        assert!(tablet.is_dead().await);
        assert_eq!(at_desk.next().await["type"], "complete");
        at_desk.subscribe("2", VIEWER, &json!({})).await;
        assert_eq!(at_desk.next().await["type"], "next");
        let rows = own(&desk.client).await;
        assert_eq!(rows.len(), 3);
        for row in rows {
            let open = row["thisOne"] == true;
            assert_eq!(row["endedBecause"], if open { Value::Null } else { json!("BY_OWNER") });
        }

        // All of them, the present one included.
        desk.client.data(END_ALL, json!({"id": viewer["id"]})).await;
        assert!(desk.is_dead().await);
    })
    .await;
}

#[tokio::test]
async fn ended_sign_ins_are_shown_for_thirty_days() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let mut desk = accept(&app.anonymous(), &family_code(&world).await).await;
        let viewer = desk.client.data(VIEWER, json!({})).await["viewer"]["account"].clone();
        sign_in(&app, &app.anonymous(), viewer["signInName"].as_str().unwrap()).await;
        desk.client.data(END_OTHERS, json!({})).await;
        for (days, shown) in [(13, 2), (13, 2), (4, 1)] {
            app.clock.advance(SignedDuration::from_hours(days * 24));
            desk.refresh().await;
            assert_eq!(own(&desk.client).await.len(), shown);
        }
    })
    .await;
}

#[tokio::test]
async fn keepers_of_an_account_see_and_end_its_sign_ins_and_nobody_else_does() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let elsewhere = world.elsewhere().await;
        let family = accept(&app.anonymous().device(FIREFOX, [127, 0, 0, 2]), &family_code(&world).await).await;
        let mentor = app.client(token(&app.accept(&mentor_code(&world).await).await));
        let id = |viewer: &Value| viewer["viewer"]["account"]["id"].clone();
        let family_account = id(&family.client.data(VIEWER, json!({})).await);
        let coordinator_account = id(&world.coordinator.data(VIEWER, json!({})).await);
        let of = json!({"id": family_account});
        for keeper in [&world.coordinator, &world.administrator] {
            let rows = keeper.data(OF, of.clone()).await["signIns"]["nodes"].clone();
            let rows = rows.as_array().unwrap();
            assert_eq!((rows.len(), &rows[0]["device"]), (1, &json!("Firefox on Windows")));
            assert_eq!(rows[0]["thisOne"], false);
        }
        let sign_in = family.client.data(OWN, json!({})).await["mySignIns"]["nodes"][0]["id"].clone();
        for stranger in [&elsewhere.coordinator, &mentor] {
            assert_eq!(stranger.fault(OF, of.clone()).await, "NOT_FOUND");
            assert_eq!(stranger.fault(END, json!({"id": sign_in})).await, "NOT_FOUND");
            assert_eq!(stranger.fault(END_ALL, of.clone()).await, "NOT_FOUND");
        }
        // Staff are their administrators' business alone.
        let staff = json!({"id": coordinator_account});
        let second = world.staff(kinward::identity::Role::Coordinator, "Cleo").await;
        assert_eq!(second.fault(OF, staff.clone()).await, "NOT_FOUND");
        assert_eq!(second.fault(END_ALL, staff.clone()).await, "NOT_FOUND");

        let mut socket = family.client.socket().await;
        let ended = world.coordinator.data(END, json!({"id": sign_in})).await["endSignIn"]["signIn"].clone();
        assert_eq!(ended["endedBecause"], "BY_STAFF");
        assert_eq!(socket.closed_within(Duration::from_secs(1)).await, 4403);
        assert!(family.is_dead().await);
        world.administrator.data(END_ALL, staff).await;
        assert_eq!(world.coordinator.fault(VIEWER, json!({})).await, "UNAUTHENTICATED");
        // Who looked, and who ended what, is on record.
        let seen = "SELECT count(*) AS n FROM audit_entry WHERE action = 'account.sign_ins' AND outcome = 'allowed'";
        assert!(app.count(seen).await >= 2);
        let ends =
            "SELECT count(*) AS n FROM audit_entry WHERE action = 'account.end_sign_ins' AND outcome = 'allowed'";
        assert_eq!(app.count(ends).await, 2);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_ends_anybodys_sign_ins_one_or_all() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let family = accept(&app.anonymous(), &family_code(&world).await).await;
        let viewer = family.client.data(VIEWER, json!({})).await["viewer"]["account"].clone();
        let name = viewer["signInName"].as_str().unwrap();
        app.clock.advance(SignedDuration::from_secs(1));
        let (second, third) =
            (sign_in(&app, &app.anonymous(), name).await, sign_in(&app, &app.anonymous(), name).await);
        let of = json!({"id": viewer["id"]});
        let rows = world.administrator.data(OF, of.clone()).await["signIns"]["nodes"].clone();
        let oldest = rows.as_array().unwrap().last().unwrap()["id"].clone();
        let ended = world.administrator.data(END, json!({"id": oldest})).await["endSignIn"]["signIn"].clone();
        assert_eq!(ended, json!({"id": oldest, "endedBecause": "BY_STAFF"}));
        assert!(family.is_dead().await);
        second.client.data(VIEWER, json!({})).await;
        let mut socket = third.client.socket().await;
        world.administrator.data(END_ALL, of).await;
        assert_eq!(socket.closed_within(Duration::from_secs(1)).await, 4403);
        assert!(second.is_dead().await && third.is_dead().await);
        // The account is as good as before: its owner comes in again and sees who ended what.
        app.clock.advance(SignedDuration::from_secs(1));
        let again = sign_in(&app, &app.anonymous(), name).await;
        let rows = own(&again.client).await;
        assert_eq!(column(&rows[1..], "endedBecause"), ["BY_STAFF"; 3]);
    })
    .await;
}

#[tokio::test]
async fn an_unlocked_screen_is_not_enough_to_end_other_sign_ins() {
    const PROVE: &str =
        "mutation($input: ProveAgainInput!) { proveAgain(input: $input) { proved userErrors { code field message } } }";
    on_each(|app| async move {
        let world = World::new(&app).await;
        let desk = accept(&app.anonymous(), &family_code(&world).await).await;
        let viewer = desk.client.data(VIEWER, json!({})).await["viewer"]["account"].clone();
        app.clock.advance(SignedDuration::from_mins(5));
        let phone = sign_in(&app, &app.anonymous(), viewer["signInName"].as_str().unwrap()).await;
        let phone_id = own(&phone.client).await.into_iter().find(|row| row["thisOne"] == true).unwrap()["id"].clone();
        let asked = [(END, json!({"id": phone_id})), (END_OTHERS, json!({})), (END_ALL, json!({"id": viewer["id"]}))];
        for (document, input) in &asked {
            assert_eq!(desk.client.fault(document, input.clone()).await, "FRESH_PROOF_NEEDED");
        }
        phone.client.data(VIEWER, json!({})).await;
        desk.client.data(PROVE, json!({"input": {"passphrase": PASSPHRASE}})).await;
        let [(document, input), ..] = &asked;
        desk.client.data(document, input.clone()).await;
        assert!(phone.is_dead().await);
        // Whoever signs in anew has just proved themself: a lost phone is shut out at once.
        app.clock.advance(SignedDuration::from_mins(5));
        let new = sign_in(&app, &app.anonymous(), viewer["signInName"].as_str().unwrap()).await;
        new.client.data(END_OTHERS, json!({})).await;
        assert!(desk.is_dead().await);
    })
    .await;
}
