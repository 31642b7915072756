//! Tries with a secret are slowed, and nobody can shut a family out by trying its name.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::people::PASSPHRASE;
use crate::harness::{Client, TestApp, World, backends, on_each};
use crate::sign_ins::{ACCEPT, REFRESH, VIEWER, accept, family_code};

const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken deviceKey } challenge { token } userErrors { code field message } } }";
const WRONG: &str = "not the passphrase at all";
/// Tries from one place, and from all new places together, that need not wait.
const FREE: usize = 10;
const FREE_FROM_NEW_PLACES: usize = 20;

/// A caller at this address.
fn at(app: &TestApp, last: u8) -> Client {
    app.anonymous().device("Mozilla/5.0", [127, 0, 1, last])
}

fn input(name: &str, passphrase: &str, device_key: Option<&str>) -> Value {
    json!({"input": {"signInName": name, "passphrase": passphrase, "deviceKey": device_key}})
}

/// What a try came to: `WRONG`, `WAIT`, `ASKED` for a second factor, or `IN`.
fn outcome(answer: &Value) -> &'static str {
    if answer["errors"][0]["extensions"]["code"] == "TOO_MANY_REQUESTS" {
        return "WAIT";
    }
    match answer["data"]["signIn"]["userErrors"][0]["code"].as_str() {
        Some("WRONG_NAME_OR_PASSPHRASE") => "WRONG",
        None if answer["data"]["signIn"]["session"]["accessToken"].is_string() => "IN",
        None if answer["data"]["signIn"]["challenge"]["token"].is_string() => "ASKED",
        _ => panic!("{answer:#}"),
    }
}

async fn try_in(client: &Client, name: &str, passphrase: &str, device_key: Option<&str>) -> &'static str {
    outcome(&client.send(SIGN_IN, input(name, passphrase, device_key)).await)
}

/// Signs in; the device's key.
async fn device_key(client: &Client, name: &str) -> String {
    let session = client.data(SIGN_IN, input(name, PASSPHRASE, None)).await["signIn"]["session"].clone();
    session["deviceKey"].as_str().unwrap().to_owned()
}

/// A caregiver who came in at this address; the name that they sign in with.
async fn family(world: &World, last: u8) -> String {
    let session = accept(&at(&world.app, last), &family_code(world).await).await;
    let viewer = session.client.data(VIEWER, json!({})).await;
    viewer["viewer"]["account"]["signInName"].as_str().unwrap().to_owned()
}

/// Tries the name from this address until it has to wait; how often that took.
async fn hammer(app: &TestApp, last: u8, name: &str) -> usize {
    let attacker = at(app, last);
    for tries in 0..40 {
        if try_in(&attacker, name, WRONG, None).await == "WAIT" {
            return tries;
        }
    }
    panic!("nothing slows the tries");
}

/// Runs on each database, with a window so long that nothing comes back by itself while the test runs.
async fn on_each_patient<F: AsyncFn(TestApp)>(test: F) {
    for backend in backends() {
        let app = TestApp::start_with(backend, |settings| {
            settings.limits.sign_in_window = std::time::Duration::from_hours(24);
        })
        .await;
        test(app.clone()).await;
        app.finish().await;
    }
}

#[tokio::test]
async fn each_alias_is_a_try() {
    for backend in backends() {
        let app = TestApp::start_with(backend, |settings| {
            settings.limits.sign_in_tries_per_name = 21;
            settings.limits.sign_in_tries_from_new_places = 1_000;
        })
        .await;
        let world = World::new(&app).await;
        let name = family(&world, 1).await;
        let one =
            |n: usize| format!("a{n}: signIn(input: $input) {{ session {{ accessToken }} userErrors {{ code }} }}");
        let document = |count: usize| {
            let fields: Vec<String> = (0..count).map(one).collect();
            format!("mutation($input: SignInInput!) {{ {} }}", fields.join(" "))
        };
        // Twenty in one document are twenty tries: one more is taken, and the next has to wait.
        let answer = at(&app, 2).send(&document(20), input(&name, WRONG, None)).await;
        let wrong = (0..20).filter(|n| answer["data"][format!("a{n}")]["userErrors"][0]["code"].is_string()).count();
        assert_eq!(wrong, 20, "{answer:#}");
        assert_eq!(hammer(&app, 2, &name).await, 1);
        // The control, one after the other.
        assert_eq!(hammer(&app, 3, &name).await, 21);
        // A document that asks for more than is free is stopped there, and shows nothing.
        let answer = at(&app, 4).send(&document(20), input(&name, WRONG, None)).await;
        assert!(answer["data"]["a0"].is_object());
        let answer = at(&app, 4).send(&document(20), input(&name, PASSPHRASE, None)).await;
        assert!(answer["data"]["a1"]["session"].is_object(), "the right one ends the count: {answer:#}");
        at(&app, 4).send(&document(20), input(&name, WRONG, None)).await;
        let answer = at(&app, 4).send(&document(20), input(&name, WRONG, None)).await;
        assert!(answer["data"].is_null() && outcome(&answer) == "WAIT", "{answer:#}");
        app.finish().await;
    }
}

#[tokio::test]
async fn each_wrong_try_waits_twice_as_long_as_the_last_and_a_right_one_ends_that() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let name = family(&world, 1).await;
        let home = at(&app, 1);
        assert_eq!(hammer(&app, 1, &name).await, FREE);
        for (seconds, retry_after) in [(1, 1), (2, 2), (4, 4), (8, 8)] {
            // A moment too early is too early, with the right passphrase too.
            let answer = home.send(SIGN_IN, input(&name, PASSPHRASE, None)).await;
            let told = &answer["errors"][0]["extensions"]["retryAfter"];
            assert_eq!((outcome(&answer), told), ("WAIT", &json!(retry_after)));
            app.clock.advance(SignedDuration::from_secs(seconds));
            assert_eq!(try_in(&home, &name, WRONG, None).await, "WRONG");
        }
        app.clock.advance(SignedDuration::from_secs(16));
        assert_eq!(try_in(&home, &name, PASSPHRASE, None).await, "IN");
        assert_eq!(hammer(&app, 1, &name).await, FREE);
    })
    .await;
}

#[tokio::test]
async fn a_family_gets_in_while_its_name_is_attacked_from_everywhere() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let name = family(&world, 1).await;
        let key = device_key(&at(&app, 1), &name).await;
        // Two attackers use up what is free for new places; from then on every new place waits.
        assert_eq!(hammer(&app, 2, &name).await, FREE);
        assert_eq!(hammer(&app, 3, &name).await, FREE_FROM_NEW_PLACES - FREE);
        for (place, passphrase) in [(4, WRONG), (5, WRONG), (6, PASSPHRASE)] {
            assert_eq!(try_in(&at(&app, place), &name, passphrase, None).await, "WAIT");
        }
        // The family comes in from where it was before, and with its device from anywhere: a new place, the attacker's own.
        assert_eq!(try_in(&at(&app, 1), &name, PASSPHRASE, None).await, "IN");
        assert_eq!(hammer(&app, 12, &name).await + hammer(&app, 13, &name).await, FREE_FROM_NEW_PLACES);
        for place in [6, 2] {
            assert_eq!(try_in(&at(&app, place), &name, PASSPHRASE, Some(&key)).await, "IN");
        }
        // Another's key and an invented one are no help.
        let other = family(&world, 7).await;
        let others_key = device_key(&at(&app, 7), &other).await;
        assert_eq!(hammer(&app, 8, &name).await + hammer(&app, 9, &name).await, FREE_FROM_NEW_PLACES);
        for wrong_key in [others_key.as_str(), "", "invented", &"x".repeat(5_000)] {
            assert_eq!(try_in(&at(&app, 10), &name, PASSPHRASE, Some(wrong_key)).await, "WAIT");
        }
        // A key opens nothing by itself, and tries with it are counted too.
        let at_device = at(&app, 11);
        let mut tries = 0;
        while try_in(&at_device, &other, WRONG, Some(&others_key)).await == "WRONG" {
            tries += 1;
        }
        assert_eq!(tries, FREE);
        assert_eq!(try_in(&at(&app, 7), &other, PASSPHRASE, None).await, "IN");
    })
    .await;
}

#[tokio::test]
async fn an_attack_from_the_familys_own_address_does_not_stop_its_device() {
    on_each_patient(|app| async move {
        let world = World::new(&app).await;
        let name = family(&world, 1).await;
        let key = device_key(&at(&app, 1), &name).await;
        // All that one address may try is used up as well.
        let answers = futures_util::future::join_all((0..70).map(|n| {
            let (app, name) = (app.clone(), format!("{name}-{n}"));
            async move { try_in(&at(&app, 1), &name, WRONG, None).await }
        }));
        assert!(answers.await.contains(&"WAIT"));
        assert_eq!(try_in(&at(&app, 1), &name, PASSPHRASE, None).await, "WAIT");
        assert_eq!(try_in(&at(&app, 1), &name, PASSPHRASE, Some(&key)).await, "IN");
    })
    .await;
}

#[tokio::test]
async fn all_nodes_count_together_and_a_name_that_nobody_has_counts_alike() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let name = family(&world, 1).await;
        let other = app.second_node(|_| {}).await;
        for name in [name.as_str(), "nobody-here-0000"] {
            for n in 0..FREE {
                let node = if n % 2 == 0 { &app } else { &other };
                assert_eq!(try_in(&at(node, 2), name, WRONG, None).await, "WRONG", "{name}");
            }
        }
        let mut answers = Vec::new();
        for node in [&app, &other] {
            for name in [name.as_str(), "nobody-here-0000"] {
                answers.push(at(node, 2).raw(SIGN_IN, &input(name, WRONG, None)).await);
            }
        }
        assert!(String::from_utf8_lossy(&answers[0].1).contains("TOO_MANY_REQUESTS"));
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        // The tables tell neither names nor addresses nor keys.
        let key = device_key(&at(&app, 1), &name).await;
        for table in ["sign_in_try", "known_place"] {
            let kept = app.dump(table).await;
            assert!(!kept.contains(&name) && !kept.contains("127.0.1") && !kept.contains(&key), "{table}: {kept}");
        }
        other.app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn tries_are_forgotten_after_a_day_and_few_places_are_remembered() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let name = family(&world, 1).await;
        hammer(&app, 2, &name).await;
        for place in 20..45 {
            assert_eq!(try_in(&at(&app, place), &name, PASSPHRASE, None).await, "IN");
            app.clock.advance(SignedDuration::from_secs(1));
        }
        let places = "SELECT max(n) AS n FROM (SELECT count(*) AS n FROM known_place GROUP BY account_id) AS each";
        assert_eq!(app.count(places).await, 20);
        app.advance(SignedDuration::from_hours(24)).await;
        assert_eq!(app.count("SELECT count(*) AS n FROM sign_in_try").await, 0);
        app.advance(SignedDuration::from_hours(180 * 24)).await;
        assert_eq!(app.count("SELECT count(*) AS n FROM known_place").await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_makes_up_codes_and_tokens_keeps_nobody_from_using_their_own() {
    on_each_patient(|app| async move {
        let world = World::new(&app).await;
        let code = family_code(&world).await;
        let neighbour = at(&app, 1);
        let session = accept(&neighbour, &family_code(&world).await).await;
        let codes = (0..70).map(|n| {
            let code = format!("AAAA-BBBB-CCCC-{n:04}");
            let input = json!({"input": {"code": code, "passphrase": PASSPHRASE}});
            let neighbour = neighbour.clone();
            async move { neighbour.send(ACCEPT, input).await }
        });
        let refused = |answers: &[Value]| {
            answers.iter().filter(|answer| answer["errors"][0]["extensions"]["code"] == "TOO_MANY_REQUESTS").count()
        };
        assert!(refused(&futures_util::future::join_all(codes).await) > 0);
        let denied = "SELECT count(*) AS n FROM audit_entry WHERE action = 'session.refresh'";
        let before = app.count(denied).await;
        let tokens = (0..70).map(|n| {
            let input = json!({"input": {"refreshToken": format!("made-up-{n}")}});
            let neighbour = neighbour.clone();
            async move { neighbour.send(REFRESH, input).await }
        });
        // What one address may make up is used up already, and fills no log any more.
        assert_eq!(refused(&futures_util::future::join_all(tokens).await), 70);
        assert_eq!(app.count(denied).await, before);
        // Those at the same address who have a code or a token use it.
        accept(&neighbour, &code).await;
        session.clone().refresh().await;
    })
    .await;
}

#[tokio::test]
async fn tries_at_changing_a_passphrase_are_few_and_stop_no_other_sign_in() {
    on_each(|app| async move {
        const CHANGE: &str = "mutation($input: ChangePassphraseInput!) { changePassphrase(input: $input) { session { accessToken } userErrors { code field message } } }";
        let world = World::new(&app).await;
        let name = family(&world, 1).await;
        let thief = crate::sign_ins::sign_in(&app, &at(&app, 1), &name).await.client;
        let owner = crate::sign_ins::sign_in(&app, &at(&app, 1), &name).await.client;
        let change = |present: &str| {
            json!({"input": {"presentPassphrase": present, "newPassphrase": "nine lanterns on a slow canal"}})
        };
        for _ in 0..FREE {
            assert_eq!(thief.refused(CHANGE, change(WRONG)).await, ["WRONG_PASSPHRASE input.presentPassphrase"]);
        }
        assert_eq!(thief.fault(CHANGE, change(WRONG)).await, "TOO_MANY_REQUESTS");
        owner.data(CHANGE, change(PASSPHRASE)).await;
        assert_eq!(thief.fault(VIEWER, json!({})).await, "UNAUTHENTICATED");
    })
    .await;
}

const ANSWER: &str = "mutation($input: AnswerChallengeInput!) { answerChallenge(input: $input) { session { accessToken deviceKey } userErrors { code field message } } }";

/// Both steps of signing in, with the next code of the person's authenticator; the device's key.
async fn both_steps(app: &TestApp, client: &Client, name: &str, device_key: Option<&str>) -> String {
    let asked = client.data(SIGN_IN, input(name, PASSPHRASE, device_key)).await["signIn"]["challenge"].clone();
    let answer = json!({"input": {"challenge": asked["token"], "code": app.code_of(name)}});
    let session = client.data(ANSWER, answer).await["answerChallenge"]["session"].clone();
    assert!(session["accessToken"].is_string());
    session["deviceKey"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn tries_are_forgotten_by_a_whole_sign_in_and_not_by_its_first_step() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let name = world.coordinator.data(VIEWER, json!({})).await["viewer"]["account"]["signInName"].clone();
        let name = name.as_str().unwrap();
        // Whoever knows the passphrase alone is slowed like whoever guesses it.
        let thief = at(&app, 2);
        for n in 0..FREE {
            let (passphrase, want) = if n % 2 == 0 { (PASSPHRASE, "ASKED") } else { (WRONG, "WRONG") };
            assert_eq!(try_in(&thief, name, passphrase, None).await, want);
        }
        assert_eq!(try_in(&thief, name, PASSPHRASE, None).await, "WAIT");
        let owner = at(&app, 3);
        for _ in 1..FREE {
            assert_eq!(try_in(&owner, name, WRONG, None).await, "WRONG");
        }
        both_steps(&app, &owner, name, None).await;
        assert_eq!(hammer(&app, 3, name).await, FREE);
    })
    .await;
}

#[tokio::test]
async fn an_attack_from_the_same_address_stops_neither_step_of_a_known_device() {
    on_each_patient(|app| async move {
        let world = World::new(&app).await;
        let name = world.coordinator.data(VIEWER, json!({})).await["viewer"]["account"]["signInName"].clone();
        let name = name.as_str().unwrap();
        let key = both_steps(&app, &at(&app, 1), name, None).await;
        // Names and challenges that nobody has use up all that one address may try.
        let attacker = at(&app, 1);
        let answers = futures_util::future::join_all((0..70).map(|n| {
            let (attacker, name) = (attacker.clone(), format!("{name}-{n}"));
            async move {
                try_in(&attacker, &name, WRONG, None).await;
                let made_up = json!({"input": {"challenge": format!("made-up-{n}"), "code": "000000"}});
                attacker.send(ANSWER, made_up).await["errors"][0]["extensions"]["code"] == "TOO_MANY_REQUESTS"
            }
        }));
        assert!(answers.await.contains(&true));
        app.clock.advance(SignedDuration::from_secs(30));
        assert_eq!(try_in(&at(&app, 1), name, PASSPHRASE, None).await, "WAIT");
        both_steps(&app, &at(&app, 1), name, Some(&key)).await;
    })
    .await;
}
