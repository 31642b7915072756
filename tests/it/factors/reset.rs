//! Coming in again after losing what one signs in with: two of the staff, a day, and nobody else.

use std::time::Duration;

use futures_util::future::join;
use jiff::SignedDuration;
use kinward::identity::Role;
use serde_json::{Value, json};

use super::{caregiver, document, name_of, problem, sign_in};
use crate::harness::{Client, TestApp, World, on_each, people::PASSPHRASE, people::token};

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn account_of(client: &Client) -> Value {
    client.data(document("identity/viewer"), json!({})).await["viewer"]["account"]["id"].clone()
}

/// Signed in just now, with the next code of their authenticator.
async fn anew(app: &TestApp, name: &str) -> Client {
    app.client(token(&app.sign_in(name).await))
}

fn asking(account: &Value, lost: &str) -> Value {
    json!({"input": {"accountId": account, "lost": lost, "verifiedBy": "CALLED_BACK"}})
}

fn of(reset: &Value) -> Value {
    json!({"input": {"id": reset["id"]}})
}

/// What a step is answered with.
async fn step(client: &Client, name: &str, input: Value) -> Value {
    let answer = client.send(document(&format!("identity/{name}")), input).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    answer["data"][name].clone()
}

async fn request(client: &Client, account: &Value, lost: &str) -> Value {
    let done = step(client, "requestFactorReset", asking(account, lost)).await;
    assert_eq!(done["reset"]["state"], "REQUESTED", "{done}");
    done["reset"].clone()
}

async fn approve(client: &Client, reset: &Value) -> Value {
    step(client, "approveFactorReset", of(reset)).await
}

/// A caregiver with a passphrase and an authenticator: their name, their client, their account.
async fn protected(world: &World) -> (String, Client, Value) {
    let (signed_in, client) = caregiver(world).await;
    world.app.enrol(&signed_in).await;
    let account = account_of(&client).await;
    (signed_in.sign_in_name, client, account)
}

async fn pending(client: &Client) -> Value {
    client.data(document("identity/viewer"), json!({})).await["viewer"]["pendingReset"].clone()
}

#[tokio::test]
async fn two_of_staff_and_a_day_let_somebody_in_again() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let second = world.staff(Role::Coordinator, "Colette").await;
        let second_name = name_of(&second).await;
        let (name, client, account) = protected(&world).await;
        let mut socket = client.socket().await;
        let reset = request(&world.coordinator, &account, "FACTORS").await;
        assert_eq!((&pending(&client).await["dueAt"], &pending(&client).await["id"]), (&Value::Null, &reset["id"]));
        assert_eq!(world.coordinator.fault(document("identity/approveFactorReset"), of(&reset)).await, "FORBIDDEN");
        let approved = approve(&second, &reset).await["reset"].clone();
        assert_eq!(approved["state"], "APPROVED");
        assert_eq!(pending(&client).await["dueAt"], approved["dueAt"]);
        app.advance(DAY - SignedDuration::from_secs(1)).await;
        let asked = sign_in(&app, &name).await;
        assert_eq!((&asked["session"], &asked["challenge"]["pendingReset"]["id"]), (&Value::Null, &reset["id"]));
        app.advance(SignedDuration::from_secs(1)).await;
        socket.closed_within(Duration::from_secs(1)).await;
        // Nothing that was there before is good any more, and the passphrase alone is enough to come in.
        let alone = sign_in(&app, &name).await;
        let inside = app.client(alone["session"]["accessToken"].as_str().unwrap());
        let mine = inside.data(document("identity/myFactors"), json!({})).await["myFactors"].clone();
        assert_eq!((&mine["factors"], &mine["recoveryCodesLeft"]), (&json!([]), &json!(0)));
        assert_eq!(pending(&inside).await, Value::Null);
        let ended = "SELECT count(*) AS n FROM sign_in WHERE end_reason = 'reset'";
        assert_eq!(app.count(ended).await, 1);
        let listed = anew(&app, &second_name).await.data(document("identity/factorResets"), json!({})).await;
        assert_eq!(listed["factorResets"]["nodes"][0]["state"], "DONE");
    })
    .await;
}

#[tokio::test]
async fn a_mentor_who_was_let_in_again_can_do_nothing_before_they_have_a_factor() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let second = world.staff(Role::SafeguardingLead, "Linnea").await;
        let invite = json!({"input": {"firstName": "Marlo", "languages": ["en"], "zone": "UTC"}});
        let invited = world.coordinator.data(document("mentors/inviteMentor"), invite).await;
        let code = invited["inviteMentor"]["invited"]["invitation"]["code"].as_str().unwrap().to_owned();
        let mentor = app.accept(&code).await;
        let account = account_of(&app.client(token(&mentor))).await;
        let reset = request(&world.coordinator, &account, "FACTORS").await;
        // Where there is no second coordinator, a safeguarding lead is the second person.
        assert_eq!(approve(&second, &reset).await["reset"]["state"], "APPROVED");
        app.advance(DAY).await;
        let inside = sign_in(&app, &mentor.sign_in_name).await;
        let inside = app.client(inside["session"]["accessToken"].as_str().unwrap());
        assert_eq!(inside.fault(document("mentors/myMentorRecord"), json!({})).await, "SECOND_FACTOR_NEEDED");
    })
    .await;
}

#[tokio::test]
async fn the_owner_stops_it_wherever_they_get_in() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let second = world.staff(Role::Coordinator, "Colette").await;
        let (name, client, account) = protected(&world).await;
        // In a session that is open.
        let reset = request(&world.coordinator, &account, "EVERYTHING").await;
        approve(&second, &reset).await;
        assert_eq!(step(&client, "stopFactorReset", of(&reset)).await["done"], true);
        let listed = second.data(document("identity/factorResets"), json!({})).await["factorResets"].clone();
        let stopped = &listed["nodes"][0];
        assert_eq!((&stopped["state"], &stopped["endedBy"]), (&json!("STOPPED"), &account));
        assert_eq!(problem(&approve(&second, &reset).await), "WRONG_STATE");
        assert_eq!(problem(&step(&client, "stopFactorReset", of(&reset)).await), "WRONG_STATE");
        // With the passphrase alone, at the question for the second factor.
        let again = request(&world.coordinator, &account, "FACTORS").await;
        approve(&second, &again).await;
        let challenge = sign_in(&app, &name).await["challenge"].clone();
        let stop = json!({"input": {"challenge": challenge["token"]}});
        let nobody = app.anonymous();
        let made_up = json!({"input": {"challenge": "made-up"}});
        assert_eq!(problem(&step(&nobody, "stopResetAtSignIn", made_up).await), "CHALLENGE_NOT_GOOD");
        assert_eq!(step(&nobody, "stopResetAtSignIn", stop.clone()).await["done"], true);
        assert_eq!(problem(&step(&nobody, "stopResetAtSignIn", stop).await), "NO_RESET");
        // The challenge is as good as before.
        let inside = super::answer(&app, &challenge, "code", &app.code_of(&name)).await;
        assert!(inside["session"]["accessToken"].is_string(), "{inside}");
        app.advance(DAY).await;
        assert!(sign_in(&app, &name).await["challenge"]["token"].is_string());
        let entry = "SELECT count(*) AS n FROM audit_entry WHERE action = 'session.stop_reset' AND outcome = 'allowed'
            AND programme_id IS NOT NULL";
        assert_eq!(app.count(entry).await, 1);
    })
    .await;
}

#[tokio::test]
async fn who_lost_everything_comes_in_by_a_new_code() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let second = world.staff(Role::Coordinator, "Colette").await;
        let second_name = name_of(&second).await;
        let (name, _, account) = protected(&world).await;
        let reset = request(&world.coordinator, &account, "EVERYTHING").await;
        assert_eq!(problem(&step(&world.coordinator, "makeEntryCode", of(&reset)).await), "WRONG_STATE");
        approve(&second, &reset).await;
        app.advance(DAY).await;
        let wrong = json!({"input": {"signInName": name, "passphrase": PASSPHRASE}});
        assert_eq!(problem(&step(&app.anonymous(), "signIn", wrong).await), "WRONG_NAME_OR_PASSPHRASE");
        let coordinator = anew(&app, &second_name).await;
        let first = step(&coordinator, "makeEntryCode", of(&reset)).await["invitation"].clone();
        let latest = step(&coordinator, "makeEntryCode", of(&reset)).await["invitation"].clone();
        let accept = |code: &Value| json!({"input": {"code": code, "passphrase": "eleven herons by the weir"}});
        let old = step(&app.anonymous(), "acceptInvitation", accept(&first["code"])).await;
        assert_eq!(problem(&old), "CODE_NOT_GOOD");
        let back = step(&app.anonymous(), "acceptInvitation", accept(&latest["code"])).await;
        assert_eq!(back["session"]["signInName"], json!(name));
        let inside = app.client(back["session"]["accessToken"].as_str().unwrap());
        assert_eq!(account_of(&inside).await, account);
        // From now on there is something to sign in with again.
        let used = step(&app.anonymous(), "acceptInvitation", accept(&latest["code"])).await;
        assert_eq!(problem(&used), "CODE_NOT_GOOD");
        assert_eq!(problem(&step(&coordinator, "makeEntryCode", of(&reset)).await), "NO_CODE_NEEDED");
    })
    .await;
}

#[tokio::test]
async fn an_entry_code_that_is_taken_back_closes_nothing() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let second = world.staff(Role::Coordinator, "Colette").await;
        let second_name = name_of(&second).await;
        let (_, _, account) = protected(&world).await;
        let reset = request(&world.coordinator, &account, "EVERYTHING").await;
        approve(&second, &reset).await;
        app.advance(DAY).await;
        let coordinator = anew(&app, &second_name).await;
        let code = step(&coordinator, "makeEntryCode", of(&reset)).await["invitation"].clone();
        let back = json!({"input": {"id": code["invitationId"]}});
        assert_eq!(step(&coordinator, "revokeInvitation", back).await["invitation"]["revoked"], true);
        let accept = json!({"input": {"code": code["code"], "passphrase": "eleven herons by the weir"}});
        assert_eq!(problem(&step(&app.anonymous(), "acceptInvitation", accept).await), "CODE_NOT_GOOD");
        assert_eq!(app.count("SELECT count(*) AS n FROM account WHERE state = 'closed'").await, 0);
        step(&coordinator, "makeEntryCode", of(&reset)).await;
    })
    .await;
}

#[tokio::test]
async fn nobody_resets_who_is_not_theirs_nor_without_a_fresh_proof() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let elsewhere = world.elsewhere().await;
        let lead = world.staff(Role::SafeguardingLead, "Linnea").await;
        let (_, client, account) = protected(&world).await;
        let (ask, stop) = (document("identity/requestFactorReset"), document("identity/stopFactorReset"));
        let own = account_of(&world.coordinator).await;
        for (who, whom, answer) in [
            (&elsewhere.coordinator, &account, "NOT_FOUND"),
            (&lead, &account, "NOT_FOUND"),
            (&client, &account, "FORBIDDEN"),
            (&world.administrator, &account, "FORBIDDEN"),
            (&world.coordinator, &own, "FORBIDDEN"),
            (&elsewhere.coordinator, &own, "NOT_FOUND"),
        ] {
            assert_eq!(who.fault(ask, asking(whom, "FACTORS")).await, answer, "{whom}");
        }
        let (_, unprotected) = caregiver(&world).await;
        let bare = account_of(&unprotected).await;
        let nothing = world.coordinator.refused(ask, asking(&bare, "FACTORS")).await;
        assert_eq!(nothing, ["NO_FACTOR input.lost"]);
        let reset = request(&world.coordinator, &account, "FACTORS").await;
        let twice = world.coordinator.refused(ask, asking(&account, "FACTORS")).await;
        assert_eq!(twice, ["RESET_UNDER_WAY input.accountId"]);
        assert_eq!(elsewhere.coordinator.fault(stop, of(&reset)).await, "NOT_FOUND");
        assert_eq!(unprotected.fault(stop, of(&reset)).await, "NOT_FOUND");
        let listed = elsewhere.coordinator.data(document("identity/factorResets"), json!({})).await;
        assert_eq!(listed["factorResets"]["nodes"], json!([]));
        app.clock.advance(SignedDuration::from_mins(5));
        assert_eq!(world.coordinator.fault(ask, asking(&bare, "EVERYTHING")).await, "FRESH_PROOF_NEEDED");
        // To stop one needs none.
        assert_eq!(step(&world.coordinator, "stopFactorReset", of(&reset)).await["done"], true);
    })
    .await;
}

#[tokio::test]
async fn administrators_let_staff_in_again_and_never_alone() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let auditor = world.staff(Role::Auditor, "Otto").await;
        let account = account_of(&auditor).await;
        let reset = request(&world.administrator, &account, "FACTORS").await;
        assert_eq!(world.administrator.fault(document("identity/approveFactorReset"), of(&reset)).await, "FORBIDDEN");
        assert_eq!(world.coordinator.fault(document("identity/approveFactorReset"), of(&reset)).await, "NOT_FOUND");
        let grant = json!({"input": {"accountId": account_of(&world.coordinator).await, "role": "ADMINISTRATOR"}});
        let granted = world.administrator.data(document("identity/grantRole"), grant).await;
        let roles = granted["grantRole"]["account"]["roles"].as_array().unwrap().clone();
        let role = roles.iter().find(|role| role["role"] == "ADMINISTRATOR").unwrap();
        let switched = json!({"input": {"roleId": role["id"]}});
        let switched = world.coordinator.data(document("identity/switchRole"), switched).await;
        let second = app.client(switched["switchRole"]["session"]["accessToken"].as_str().unwrap());
        assert_eq!(approve(&second, &reset).await["reset"]["state"], "APPROVED");
    })
    .await;
}

#[tokio::test]
async fn what_nobody_approves_in_three_days_lapses() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let second = world.staff(Role::Coordinator, "Colette").await;
        let third = world.staff(Role::Coordinator, "Corin").await;
        let (first_name, second_name) = (name_of(&world.coordinator).await, name_of(&second).await);
        let third_name = name_of(&third).await;
        let (_, _, account) = protected(&world).await;
        let reset = request(&world.coordinator, &account, "FACTORS").await;
        // The instant decides, not the job.
        app.clock.advance(DAY * 3);
        let (second, third) = (anew(&app, &second_name).await, anew(&app, &third_name).await);
        assert_eq!(problem(&approve(&second, &reset).await), "WRONG_STATE");
        let first = anew(&app, &first_name).await;
        let next = request(&first, &account, "FACTORS").await;
        app.settle().await;
        let listed = first.data(document("identity/factorResets"), json!({})).await;
        let states: Vec<_> =
            listed["factorResets"]["nodes"].as_array().unwrap().iter().map(|reset| reset["state"].clone()).collect();
        assert_eq!(states, ["REQUESTED", "LAPSED"]);
        // Of two who approve at once one does.
        let (one, other) = join(approve(&second, &next), approve(&third, &next)).await;
        let good = [&one, &other].iter().filter(|done| done["reset"]["state"] == "APPROVED").count();
        assert_eq!(good, 1, "{one} {other}");
    })
    .await;
}
