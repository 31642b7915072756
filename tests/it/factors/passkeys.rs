//! Passkeys: as the second step, as the only one, and everything that is not a passkey of the account.

use futures_util::future::join;
use jiff::SignedDuration;
use kinward::identity::{self, Role, StaffInvitation};
use serde_json::{Value, json};

use super::{answer, caregiver, document, name_of, problem, sign_in};
use crate::harness::passkey::{Manner, Passkey};
use crate::harness::{Client, TestApp, World, backends, on_each, people::PASSPHRASE, people::token};

/// The same test on each database, with as many tries as it takes.
async fn patiently<F: Future<Output = ()>>(test: impl Fn(TestApp) -> F) {
    for backend in backends() {
        let app = TestApp::start_with(backend, |settings| {
            settings.limits.sign_in_tries_per_name = 1_000;
            settings.limits.sign_in_tries_per_address = 1_000;
        })
        .await;
        test(app.clone()).await;
        app.finish().await;
    }
}

/// A changed way to behave.
fn manner(change: impl FnOnce(&mut Manner)) -> Manner {
    let mut manner = Manner::proper();
    change(&mut manner);
    manner
}

async fn begin(client: &Client) -> Value {
    client.data(document("identity/beginPasskey"), json!({})).await["beginPasskey"]["ceremony"].clone()
}

fn confirming(ceremony: &Value, credential: &str) -> Value {
    json!({"input": {"ceremony": ceremony["token"], "credential": credential, "name": "My laptop"}})
}

/// Adds a passkey to the caller's account; the key and what was answered.
async fn add(client: &Client) -> (Passkey, Value) {
    let ceremony = begin(client).await;
    let (key, credential) = Passkey::make(ceremony["options"].as_str().unwrap(), &Manner::proper());
    let done = client.data(document("identity/confirmPasskey"), confirming(&ceremony, &credential)).await;
    (key, done["confirmPasskey"]["enrolled"].clone())
}

fn options(challenge: &Value) -> &str {
    challenge["passkeyOptions"].as_str().unwrap()
}

/// Asks for any passkey.
async fn ask_anybody(app: &TestApp) -> Value {
    let asked = app.anonymous().data(document("identity/beginPasskeySignIn"), json!({})).await;
    asked["beginPasskeySignIn"]["challenge"].clone()
}

/// The code of a family's invitation.
async fn invited(world: &World) -> String {
    let invite = json!({"input": {"firstName": "Rosa", "relation": "PARENT", "languages": ["en"], "zone": "UTC"}});
    let invited = world.coordinator.data(document("families/inviteFamilyMember"), invite).await;
    invited["inviteFamilyMember"]["invited"]["invitation"]["code"].as_str().unwrap().to_owned()
}

async fn begin_invitation(app: &TestApp, code: &str) -> Value {
    let begun = app.anonymous().data(document("identity/beginInvitation"), json!({"input": {"code": code}})).await;
    begun["beginInvitation"]["ceremony"].clone()
}

fn accepting(code: &str, ceremony: &Value, credential: &str) -> Value {
    let passkey = json!({"ceremony": ceremony["token"], "credential": credential, "name": "My phone"});
    json!({"input": {"code": code, "passkey": passkey}})
}

/// A caregiver with a passkey and no passphrase.
async fn without_passphrase(world: &World) -> (Passkey, Client) {
    let code = invited(world).await;
    let ceremony = begin_invitation(&world.app, &code).await;
    let (key, credential) = Passkey::make(ceremony["options"].as_str().unwrap(), &Manner::proper());
    let accept = document("identity/acceptInvitation");
    let accepted = world.app.anonymous().data(accept, accepting(&code, &ceremony, &credential)).await;
    let token = accepted["acceptInvitation"]["session"]["accessToken"].as_str().unwrap().to_owned();
    (key, world.app.client(&token))
}

#[tokio::test]
async fn a_passkey_is_the_second_step_and_each_answer_is_good_once() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (signed_in, client) = caregiver(&world).await;
        let (mut key, enrolled) = add(&client).await;
        assert_eq!(enrolled["factor"]["kind"], "PASSKEY");
        assert_eq!(enrolled["recoveryCodes"].as_array().unwrap().len(), 10);
        let asked = sign_in(&app, &signed_in.sign_in_name).await;
        assert_eq!(asked["session"], Value::Null);
        let challenge = &asked["challenge"];
        assert_eq!(challenge["proofs"], json!(["PASSKEY", "RECOVERY_CODE"]));
        let wanted: Value = serde_json::from_str(options(challenge)).unwrap();
        assert_eq!((&wanted["rpId"], &wanted["userVerification"]), (&json!("localhost"), &json!("required")));
        assert_eq!(wanted["allowCredentials"][0]["id"], key.name());
        let shown = key.show(options(challenge), &Manner::proper());
        let session = answer(&app, challenge, "passkey", &shown).await["session"].clone();
        let inside = app.client(session["accessToken"].as_str().unwrap());
        let mine = inside.data(document("identity/myFactors"), json!({})).await["myFactors"].clone();
        assert!(mine["factors"][0]["lastUsedAt"].is_string(), "{mine}");
        let strong = "SELECT count(*) AS n FROM sign_in WHERE strength = 'passkey' AND ended_at IS NULL";
        assert_eq!(app.count(strong).await, 2);
        // The same answer again, to the same question and to another.
        assert_eq!(problem(&answer(&app, challenge, "passkey", &shown).await), "CHALLENGE_NOT_GOOD");
        let again = sign_in(&app, &signed_in.sign_in_name).await["challenge"].clone();
        assert_eq!(problem(&answer(&app, &again, "passkey", &shown).await), "WRONG_PROOF");
        // What a device signed for a question is kept sealed, with the key.
        for table in ["factor", "challenge"] {
            assert!(!app.dump(table).await.contains("ES256"), "a passkey is kept in the clear in {table}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_the_accounts_own_key_properly_shown_lets_nobody_in() {
    patiently(|app| async move {
        let world = World::new(&app).await;
        let (signed_in, client) = caregiver(&world).await;
        let (mut key, _) = add(&client).await;
        let (mut other, _) = add(&world.coordinator).await;
        let name = &signed_in.sign_in_name;
        let earlier = sign_in(&app, name).await["challenge"].clone();
        let earlier: Value = serde_json::from_str(options(&earlier)).unwrap();
        let wrong = [
            manner(|m| m.challenge = earlier["challenge"].as_str().map(str::to_owned)),
            manner(|m| m.origin = "http://localhost:8081".to_owned()),
            manner(|m| m.origin = "https://kinward.example".to_owned()),
            manner(|m| m.rp = Some("kinward.example".to_owned())),
            manner(|m| m.verified = false),
            manner(|m| m.forged = true),
        ];
        for manner in &wrong {
            for alone in [false, true] {
                let challenge =
                    if alone { ask_anybody(&app).await } else { sign_in(&app, name).await["challenge"].clone() };
                let shown = key.show(options(&challenge), manner);
                assert_eq!(problem(&answer(&app, &challenge, "passkey", &shown).await), "WRONG_PROOF");
                // A device is asked once: the right answer comes too late.
                let right = key.show(options(&challenge), &Manner::proper());
                assert_eq!(problem(&answer(&app, &challenge, "passkey", &right).await), "CHALLENGE_NOT_GOOD");
            }
        }
        let challenge = sign_in(&app, name).await["challenge"].clone();
        let shown = other.show(options(&challenge), &Manner::proper());
        assert_eq!(problem(&answer(&app, &challenge, "passkey", &shown).await), "WRONG_PROOF");
        for nonsense in ["", "{}", "not JSON"] {
            let challenge = sign_in(&app, name).await["challenge"].clone();
            assert_eq!(problem(&answer(&app, &challenge, "passkey", nonsense).await), "WRONG_PROOF");
        }
        let challenge = sign_in(&app, name).await["challenge"].clone();
        assert_eq!(problem(&answer(&app, &challenge, "passkey", &"x".repeat(20_000)).await), "TOO_LONG");
        let shown = key.show(options(&challenge), &Manner::proper());
        app.clock.advance(SignedDuration::from_mins(5));
        assert_eq!(problem(&answer(&app, &challenge, "passkey", &shown).await), "CHALLENGE_NOT_GOOD");
        let challenge = sign_in(&app, name).await["challenge"].clone();
        let shown = key.show(options(&challenge), &Manner::proper());
        assert!(answer(&app, &challenge, "passkey", &shown).await["session"].is_object());
    })
    .await;
}

#[tokio::test]
async fn a_copied_passkey_is_found_by_its_counter() {
    patiently(|app| async move {
        let world = World::new(&app).await;
        let (signed_in, client) = caregiver(&world).await;
        let (mut key, _) = add(&client).await;
        let name = &signed_in.sign_in_name;
        // The device adds one before it shows the key; u32::MAX turns to 0, as if it did not count.
        for (before, good) in [(6, true), (6, false), (2, false), (u32::MAX, false), (7, true)] {
            let challenge = sign_in(&app, name).await["challenge"].clone();
            key.counter = before;
            let shown = key.show(options(&challenge), &Manner::proper());
            let entered = answer(&app, &challenge, "passkey", &shown).await;
            assert_eq!(entered["session"].is_object(), good, "{before}: {entered}");
        }
        // Both were asked before either answered, and count alike: one of them is a copy.
        let (one, two) =
            (sign_in(&app, name).await["challenge"].clone(), sign_in(&app, name).await["challenge"].clone());
        key.counter = 8;
        let first = key.show(options(&one), &Manner::proper());
        key.counter = 8;
        let second = key.show(options(&two), &Manner::proper());
        let tries = join(answer(&app, &one, "passkey", &first), answer(&app, &two, "passkey", &second)).await;
        let entered = [&tries.0, &tries.1].into_iter().filter(|payload| payload["session"].is_object()).count();
        assert_eq!(entered, 1, "{tries:?}");
    })
    .await;
}

#[tokio::test]
async fn a_family_can_do_without_a_passphrase() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (mut key, client) = without_passphrase(&world).await;
        client.data(document("families/myFamily"), json!({})).await;
        let name = name_of(&client).await;
        let mine = client.data(document("identity/myFactors"), json!({})).await["myFactors"].clone();
        assert_eq!((&mine["hasPassphrase"], &mine["recoveryCodesLeft"]), (&json!(false), &json!(0)));
        // No passphrase is right, and the only key cannot be given away.
        let guess = json!({"input": {"signInName": name, "passphrase": PASSPHRASE}});
        let refused = app.anonymous().refused(document("identity/signIn"), guess).await;
        assert_eq!(refused, ["WRONG_NAME_OR_PASSPHRASE input"]);
        let last = json!({"input": {"id": mine["factors"][0]["id"]}});
        assert_eq!(client.refused(document("identity/removeFactor"), last.clone()).await, ["LAST_FACTOR input.id"]);
        // In by the key alone, which the device finds by itself.
        let challenge = ask_anybody(&app).await;
        let wanted: Value = serde_json::from_str(options(&challenge)).unwrap();
        assert_eq!(wanted["allowCredentials"], json!([]));
        let shown = key.show(options(&challenge), &Manner::proper());
        let session = answer(&app, &challenge, "passkey", &shown).await["session"].clone();
        let inside = app.client(session["accessToken"].as_str().unwrap());
        assert_eq!(name_of(&inside).await, name);
        assert_eq!(problem(&answer(&app, &challenge, "passkey", &shown).await), "CHALLENGE_NOT_GOOD");
        // A passphrase can be added, with a fresh proof and once without a present one; then there are two steps.
        let change = document("identity/changePassphrase");
        let new = json!({"input": {"newPassphrase": PASSPHRASE}});
        let changed = inside.data(change, new.clone()).await["changePassphrase"]["session"].clone();
        let inside = app.client(changed["accessToken"].as_str().unwrap());
        assert_eq!(inside.refused(change, new).await, ["WRONG_PASSPHRASE input.presentPassphrase"]);
        let asked = sign_in(&app, &name).await;
        assert_eq!((&asked["session"], &asked["challenge"]["proofs"]), (&Value::Null, &json!(["PASSKEY"])));
        assert!(client.fault(document("identity/viewer"), json!({})).await == "UNAUTHENTICATED");
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_accepted_with_a_passkey_once_and_by_families_only() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (code, other) = (invited(&world).await, invited(&world).await);
        let (accept, begin) = (document("identity/acceptInvitation"), document("identity/beginInvitation"));
        let nobody = app.anonymous();
        let (ceremony, others) = (begin_invitation(&app, &code).await, begin_invitation(&app, &other).await);
        let (key, credential) = Passkey::make(ceremony["options"].as_str().unwrap(), &Manner::proper());
        // A key made for one invitation opens no other, and both ways at once is no way.
        let swapped = accepting(&other, &ceremony, &credential);
        assert_eq!(nobody.refused(accept, swapped).await, ["CHALLENGE_NOT_GOOD input.passkey.ceremony"]);
        let mut both = accepting(&code, &ceremony, &credential);
        both["input"]["passphrase"] = PASSPHRASE.into();
        assert_eq!(nobody.refused(accept, both).await, ["REQUIRED input"]);
        assert_eq!(nobody.refused(accept, json!({"input": {"code": code}})).await, ["REQUIRED input"]);
        let unverified = key.offer(ceremony["options"].as_str().unwrap(), &manner(|m| m.verified = false));
        let unverified = accepting(&code, &ceremony, &unverified);
        assert_eq!(nobody.refused(accept, unverified).await, ["WRONG_PROOF input.passkey.credential"]);
        let right = accepting(&code, &ceremony, &credential);
        nobody.data(accept, right.clone()).await;
        assert_eq!(nobody.refused(accept, right).await, ["CODE_NOT_GOOD input.code"]);
        assert_eq!(nobody.refused(begin, json!({"input": {"code": code}})).await, ["CODE_NOT_GOOD input.code"]);
        // One key is one account's.
        let again = key.offer(others["options"].as_str().unwrap(), &Manner::proper());
        let again = accepting(&other, &others, &again);
        assert_eq!(nobody.refused(accept, again).await, ["PASSKEY_KNOWN input.passkey.credential"]);
        let op = app.op_of(world.administrator.token()).await;
        let staff = StaffInvitation { programme: world.programme, role: Role::Coordinator, first_name: "Cole".into() };
        let staff = json!({"input": {"code": identity::invite_staff(&op, staff).await.unwrap().code}});
        assert_eq!(nobody.refused(begin, staff).await, ["PASSPHRASE_NEEDED input.code"]);
    })
    .await;
}

#[tokio::test]
async fn the_code_of_a_closed_account_is_not_good() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let code = invited(&world).await;
        app.tamper("UPDATE account SET state = 'closed' WHERE state = 'invited'").await.unwrap();
        let accept = json!({"input": {"code": code, "passphrase": PASSPHRASE}});
        let refused = app.anonymous().refused(document("identity/acceptInvitation"), accept).await;
        assert_eq!(refused, ["CODE_NOT_GOOD input.code"]);
        let begin = json!({"input": {"code": code}});
        let refused = app.anonymous().refused(document("identity/beginInvitation"), begin).await;
        assert_eq!(refused, ["CODE_NOT_GOOD input.code"]);
    })
    .await;
}

#[tokio::test]
async fn a_key_of_nobody_is_answered_like_a_wrong_one_of_somebody() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (mut key, client) = without_passphrase(&world).await;
        let account = app.op_of(client.token()).await.principal().account.unwrap().uuid();
        let mut answers = Vec::new();
        for user in [[7; 16], *account.as_bytes()] {
            let challenge = ask_anybody(&app).await;
            let mut stranger =
                Passkey::make(begin(&world.coordinator).await["options"].as_str().unwrap(), &Manner::proper()).0;
            stranger.claim(user);
            let shown = stranger.show(options(&challenge), &Manner::proper());
            answers.push(answer(&app, &challenge, "passkey", &shown).await);
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(problem(&answers[0]), "WRONG_PROOF");
        // Somebody else's name on the right key changes nothing for the better.
        let challenge = ask_anybody(&app).await;
        key.claim([7; 16]);
        let shown = key.show(options(&challenge), &Manner::proper());
        assert_eq!(problem(&answer(&app, &challenge, "passkey", &shown).await), "WRONG_PROOF");
        key.claim(*account.as_bytes());
        // A question that was not for a sign-in by key alone takes no other proof.
        let challenge = ask_anybody(&app).await;
        assert_eq!(problem(&answer(&app, &challenge, "code", "123456").await), "CHALLENGE_NOT_GOOD");
        app.tamper("UPDATE account SET state = 'suspended' WHERE state = 'active'").await.unwrap();
        let shown = key.show(options(&challenge), &Manner::proper());
        assert_eq!(answer(&app, &challenge, "passkey", &shown).await, answers[0]);
    })
    .await;
}

#[tokio::test]
async fn a_passkey_is_a_fresh_proof_in_its_own_session() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (mut key, client) = without_passphrase(&world).await;
        let (begin_proof, again) = (document("identity/beginProof"), document("identity/proveAgain"));
        assert_eq!(world.coordinator.refused(begin_proof, json!({})).await, ["NO_FACTOR"]);
        app.clock.advance(SignedDuration::from_mins(5));
        let add_one = document("identity/beginPasskey");
        assert_eq!(client.fault(add_one, json!({})).await, "FRESH_PROOF_NEEDED");
        let ask = async || client.data(begin_proof, json!({})).await["beginProof"]["challenge"].clone();
        let shown = |challenge: &Value, credential: &str| {
            json!({"input": {"passkey": {"challenge": challenge["token"], "credential": credential}}})
        };
        // What was asked for a sign-in proves nothing inside, and the other way round.
        let outside = ask_anybody(&app).await;
        let credential = key.show(options(&outside), &Manner::proper());
        let refused = client.refused(again, shown(&outside, &credential)).await;
        assert_eq!(refused, ["CHALLENGE_NOT_GOOD input.passkey.challenge"]);
        let session = answer(&app, &outside, "passkey", &credential).await["session"].clone();
        let second = app.client(session["accessToken"].as_str().unwrap());
        let inside = ask().await;
        let credential = key.show(options(&inside), &Manner::proper());
        assert_eq!(problem(&answer(&app, &inside, "passkey", &credential).await), "CHALLENGE_NOT_GOOD");
        let refused = second.refused(again, shown(&inside, &credential)).await;
        assert_eq!(refused, ["CHALLENGE_NOT_GOOD input.passkey.challenge"]);
        // A wrong one uses the question up.
        let wrong = key.show(options(&inside), &manner(|m| m.verified = false));
        assert_eq!(client.refused(again, shown(&inside, &wrong)).await, ["WRONG_PROOF input.passkey"]);
        let right = key.show(options(&inside), &Manner::proper());
        let refused = client.refused(again, shown(&inside, &right)).await;
        assert_eq!(refused, ["CHALLENGE_NOT_GOOD input.passkey.challenge"]);
        assert_eq!(client.fault(add_one, json!({})).await, "FRESH_PROOF_NEEDED");
        let inside = ask().await;
        let right = key.show(options(&inside), &Manner::proper());
        client.data(again, shown(&inside, &right)).await;
        client.data(add_one, json!({})).await;
    })
    .await;
}

#[tokio::test]
async fn a_passkey_is_added_as_asked_in_the_session_that_asked() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (signed_in, client) = caregiver(&world).await;
        let (ceremony, confirm) = (begin(&client).await, document("identity/confirmPasskey"));
        let asked = ceremony["options"].as_str().unwrap();
        let (key, credential) = Passkey::make(asked, &Manner::proper());
        let wrong = [
            manner(|m| m.origin = "https://kinward.example".to_owned()),
            manner(|m| m.verified = false),
            manner(|m| m.challenge = Some("AAAA".to_owned())),
            manner(|m| m.rp = Some("kinward.example".to_owned())),
        ];
        for manner in &wrong {
            let refused = client.refused(confirm, confirming(&ceremony, &key.offer(asked, manner))).await;
            assert_eq!(refused, ["WRONG_PROOF input.credential"]);
        }
        let second = app.client(token(&app.sign_in(&signed_in.sign_in_name).await));
        for other in [&world.coordinator, &second] {
            let refused = other.refused(confirm, confirming(&ceremony, &credential)).await;
            assert_eq!(refused, ["CHALLENGE_NOT_GOOD input.ceremony"]);
        }
        let late = begin(&client).await;
        client.data(confirm, confirming(&ceremony, &credential)).await;
        let refused = client.refused(confirm, confirming(&ceremony, &credential)).await;
        assert_eq!(refused, ["CHALLENGE_NOT_GOOD input.ceremony"]);
        // The first factor has ended what was weaker, and what was begun before.
        assert_eq!(second.fault(document("identity/viewer"), json!({})).await, "UNAUTHENTICATED");
        let offered = key.offer(late["options"].as_str().unwrap(), &Manner::proper());
        let refused = client.refused(confirm, confirming(&late, &offered)).await;
        assert_eq!(refused, ["CHALLENGE_NOT_GOOD input.ceremony"]);
        let twice = begin(&client).await;
        let offered = key.offer(twice["options"].as_str().unwrap(), &Manner::proper());
        let refused = client.refused(confirm, confirming(&twice, &offered)).await;
        assert!(refused[0].ends_with("input.credential"), "{refused:?}");
        let expired = begin(&client).await;
        let (_, credential) = Passkey::make(expired["options"].as_str().unwrap(), &Manner::proper());
        app.clock.advance(SignedDuration::from_secs(299));
        app.clock.advance(SignedDuration::from_secs(1));
        assert_eq!(client.fault(confirm, confirming(&expired, &credential)).await, "FRESH_PROOF_NEEDED");
    })
    .await;
}

#[tokio::test]
async fn staff_with_a_passkey_need_no_other_factor() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let op = app.op_of(world.administrator.token()).await;
        let staff = StaffInvitation { programme: world.programme, role: Role::Coordinator, first_name: "Cole".into() };
        let code = identity::invite_staff(&op, staff).await.unwrap().code;
        let client = app.client(token(&app.accept_bare(&code).await));
        let families = "{ families(first: 1) { nodes { id } } }";
        assert_eq!(client.fault(families, json!({})).await, "SECOND_FACTOR_NEEDED");
        let (_, enrolled) = add(&client).await;
        client.data(families, json!({})).await;
        let id = enrolled["factor"]["id"].clone();
        let named = json!({"input": {"id": id, "name": "The blue key"}});
        let mine = client.data(document("identity/renameFactor"), named).await["renameFactor"]["factors"].clone();
        assert_eq!(mine["factors"][0]["name"], "The blue key");
        let remove = json!({"input": {"id": id}});
        assert_eq!(client.refused(document("identity/removeFactor"), remove).await, ["LAST_FACTOR input.id"]);
    })
    .await;
}

#[tokio::test]
async fn an_address_without_a_name_has_no_passkeys_and_everything_else() {
    for backend in backends() {
        let app = TestApp::start_with(backend, |settings| {
            settings.server.public_url = "https://192.0.2.7".parse().unwrap();
        })
        .await;
        let world = World::new(&app).await;
        let (signed_in, client) = caregiver(&world).await;
        let refused = client.refused(document("identity/beginPasskey"), json!({})).await;
        assert_eq!(refused, ["PASSKEYS_UNAVAILABLE"]);
        app.enrol(&signed_in).await;
        app.sign_in(&signed_in.sign_in_name).await;
        app.finish().await;
    }
}
