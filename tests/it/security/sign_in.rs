//! Getting in: passphrases as they were chosen, codes that end, and nobody inside from the start.

use async_graphql::parser::types::TypeKind;
use jiff::SignedDuration;
use kinward::identity::{Passphrases, Role};
use kinward::kernel::SystemEntropy;
use serde_json::{Value, json};

use super::{SIGN_IN, VIEWER, coordinator, signed_in, tokens};
use crate::access::fields;
use crate::harness::people::PASSPHRASE;
use crate::harness::{TestApp, World, on_each};

const ACCEPT: &str = include_str!("../../../graphql/operations/identity/acceptInvitation.graphql");
const INVITE: &str = include_str!("../../../graphql/operations/identity/inviteStaff.graphql");
const CHANGE: &str = include_str!("../../../graphql/operations/identity/changePassphrase.graphql");

fn change(present: &str, new: &str) -> Value {
    json!({"input": {"presentPassphrase": present, "newPassphrase": new}})
}

#[tokio::test]
async fn a_passphrase_is_changed_with_the_present_one_and_ends_every_other_sign_in() {
    on_each(|app| async move {
        let (world, name, session) = coordinator(&app).await;
        let (other, refresh) = tokens(&session);
        let client = &world.coordinator;
        let new = "a lantern beside the northern gate";
        let wrong = client.refused(CHANGE, change("not the present one at all", new)).await;
        assert_eq!(wrong, ["WRONG_PASSPHRASE input.presentPassphrase"]);
        assert_eq!(
            client.refused(CHANGE, change(PASSPHRASE, "password1234")).await[0],
            "PASSPHRASE_TOO_COMMON input.newPassphrase"
        );
        assert_eq!(app.anonymous().fault(CHANGE, change(PASSPHRASE, new)).await, "UNAUTHENTICATED");
        app.client(&other).data(VIEWER, json!({})).await;
        let changed = client.data(CHANGE, change(PASSPHRASE, new)).await["changePassphrase"]["session"].clone();
        // Every token of before is dead, the one that changed it too; the answer brings new ones.
        for dead in [client.clone(), app.client(&other)] {
            assert_eq!(dead.fault(VIEWER, json!({})).await, "UNAUTHENTICATED");
        }
        let used = json!({"input": {"refreshToken": refresh}});
        assert_eq!(app.anonymous().fault(super::REFRESH, used).await, "UNAUTHENTICATED");
        app.client(&tokens(&changed).0).data(VIEWER, json!({})).await;
        let old = json!({"input": {"signInName": name, "passphrase": PASSPHRASE}});
        assert_eq!(app.anonymous().refused(SIGN_IN, old).await, ["WRONG_NAME_OR_PASSPHRASE input"]);
        signed_in(&app, &name, new).await;
    })
    .await;
}

#[tokio::test]
async fn a_passphrase_is_taken_exactly_as_it_was_chosen() {
    on_each(|app| async move {
        let (world, name, _) = coordinator(&app).await;
        let mut client = world.coordinator.clone();
        let mut present = PASSPHRASE.to_owned();
        let long = "ab cd éf 🙂 \" ' \\ <x> ".chars().cycle().take(128).collect::<String>();
        for chosen in ["  Two spaces in front, one behind ", &long] {
            let session = client.data(CHANGE, change(&present, chosen)).await["changePassphrase"]["session"].clone();
            client = app.client(&tokens(&session).0);
            signed_in(&app, &name, chosen).await;
            let others = [chosen.to_uppercase(), chosen.chars().skip(1).collect::<String>()];
            for other in others {
                let input = json!({"input": {"signInName": name, "passphrase": other}});
                assert_eq!(
                    app.anonymous().refused(SIGN_IN, input).await,
                    ["WRONG_NAME_OR_PASSPHRASE input"],
                    "{other:?}"
                );
            }
            present = chosen.to_owned();
        }
    })
    .await;
}

fn passphrases() -> Passphrases {
    Passphrases::new(1, std::sync::Arc::new(SystemEntropy)).cheap()
}

/// Whether somebody may choose this passphrase.
pub(super) async fn may_be_chosen(passphrase: &str) -> bool {
    passphrases().judge("input.passphrase", &passphrase.into(), Vec::new()).await.is_ok()
}

#[tokio::test]
async fn the_hash_knows_every_character_of_a_passphrase() {
    let passphrases = passphrases();
    let chosen = format!("  Été and {} 🙂 ", "x".repeat(110));
    let kept = passphrases.hash(chosen.clone().into()).await.unwrap();
    assert!(passphrases.verify(chosen.clone().into(), Some(kept.clone())).await.unwrap());
    for other in [
        chosen.trim().to_owned(),
        chosen.to_lowercase(),
        chosen.replace('É', "E"),
        chosen.chars().take(72).collect(),
        chosen.chars().take(chosen.chars().count() - 1).collect(),
        format!("{chosen}\0"),
    ] {
        assert!(!passphrases.verify(other.clone().into(), Some(kept.clone())).await.unwrap(), "{other:?}");
    }
    // One character, though another keyboard writes it in two pieces.
    let pieces = chosen.replace('É', "E\u{301}");
    assert!(passphrases.verify(pieces.into(), Some(kept)).await.unwrap());
}

#[tokio::test]
async fn any_characters_make_a_passphrase_and_length_alone_is_asked_for() {
    for chosen in [
        "tramlineorchardpebble",
        "TRAMLINEORCHARDPEBBLE",
        "82915 30471 66203 91847 tea",
        "日本の庭にある古い石の灯籠です",
        "🦊🐝🌲🪵🦔🌧🍄🪨🕯🧵🧶🫖 foxes",
        "tab\tand \"quotes\" 'n' \\slashes\\",
        &"ab cd éf gh ".chars().cycle().take(128).collect::<String>(),
    ] {
        assert!(may_be_chosen(chosen).await, "{chosen}");
    }
    for length in ["elevenchars", &"ab cd éf gh ".chars().cycle().take(129).collect::<String>()] {
        assert!(!may_be_chosen(length).await, "{length}");
    }
    // What stands in the documents as too near to us.
    for context in ["kinward kinward", "my kinward mentor", "kinward family 2026", "administrator1"] {
        assert!(!may_be_chosen(context).await, "{context}");
    }
}

#[tokio::test]
async fn a_passphrase_does_not_grow_old() {
    on_each(|app| async move {
        let (_, name, _) = coordinator(&app).await;
        app.clock.advance(SignedDuration::from_hours(24 * 365 * 5));
        let session = signed_in(&app, &name, PASSPHRASE).await;
        app.client(&tokens(&session).0).data(VIEWER, json!({})).await;
    })
    .await;
}

#[tokio::test]
async fn an_invitation_code_ends_and_cannot_become_a_passphrase() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let invite = async |name: &str| {
            let input = json!({"input": {"programmeId": world.programme_id(), "role": "AUDITOR", "firstName": name}});
            let invited = world.administrator.data(INVITE, input).await["inviteStaff"]["invitation"].clone();
            invited["code"].as_str().unwrap().to_owned()
        };
        let (first, second) = (invite("Otto").await, invite("Olga").await);
        assert_ne!(first, second);
        // The code is no passphrase: a person must choose one of their own.
        let spoken = json!({"input": {"code": first, "passphrase": ""}});
        assert!(!app.anonymous().refused(ACCEPT, spoken).await.is_empty());
        app.clock.advance(SignedDuration::from_hours(72));
        let late = json!({"input": {"code": second, "passphrase": PASSPHRASE}});
        assert_eq!(app.anonymous().refused(ACCEPT, late).await, ["CODE_NOT_GOOD input.code"]);
        let accounts = "SELECT count(*) AS n FROM account WHERE state = 'active'";
        assert_eq!(app.count(accounts).await, 2);
    })
    .await;
}

#[tokio::test]
async fn guesses_at_a_code_are_slowed_down() {
    on_each(|app| async move {
        let mut heard = String::new();
        for n in 0..70 {
            let input = json!({"input": {"code": format!("0000-0000-0000-00{n:02}"), "passphrase": PASSPHRASE}});
            heard = app.anonymous().send(ACCEPT, input).await.to_string();
            if heard.contains("TOO_MANY_REQUESTS") {
                break;
            }
        }
        assert!(heard.contains("TOO_MANY_REQUESTS") && heard.contains("retryAfter"), "{heard}");
    })
    .await;
}

#[tokio::test]
async fn slowing_one_down_shuts_nobody_else_out() {
    on_each(|app| async move {
        let (world, name, _) = coordinator(&app).await;
        let auditor = world.staff(Role::Auditor, "Otto").await;
        let other = super::name_of(&auditor).await;
        for _ in 0..12 {
            let input = json!({"input": {"signInName": name, "passphrase": "wrong wrong wrong"}});
            app.anonymous().send(SIGN_IN, input).await;
        }
        // Whoever is signed in stays so, and everybody else comes in.
        world.coordinator.data(VIEWER, json!({})).await;
        signed_in(&app, &other, PASSPHRASE).await;
    })
    .await;
}

#[tokio::test]
async fn nobody_is_inside_from_the_start() {
    on_each(|app| async move {
        for table in ["account", "role", "invitation", "sign_in", "programme"] {
            assert_eq!(app.count(&format!("SELECT count(*) AS n FROM {table}")).await, 0, "{table}");
        }
        for name in ["root", "admin", "administrator", "sa", "test", "guest", "kinward"] {
            for passphrase in ["admin", "password", "kinward", "changeme", ""] {
                let input = json!({"input": {"signInName": name, "passphrase": passphrase}});
                let answer = app.anonymous().send(SIGN_IN, input).await;
                assert!(answer["data"]["signIn"]["session"].is_null(), "{name} {passphrase}: {answer}");
            }
        }
    })
    .await;
}

#[test]
fn there_is_no_hint_and_no_question_to_be_let_in_by() {
    let sdl = kinward::schema::sdl().to_lowercase();
    for word in ["hint", "secretquestion", "securityquestion", "maidenname", "birthplace", "firstpet"] {
        assert!(!sdl.contains(word), "the schema knows a {word}");
    }
    let types = fields::types();
    for (input, fields) in [
        ("AcceptInvitationInput", &["code", "passkey", "passphrase"][..]),
        ("ChangePassphraseInput", &["newPassphrase", "presentPassphrase"]),
    ] {
        let TypeKind::InputObject(object) = &types[input].kind else { panic!("{input} is no input") };
        let mut said: Vec<&str> = object.fields.iter().map(|field| field.node.name.node.as_str()).collect();
        said.sort_unstable();
        assert_eq!(said, fields, "{input}");
    }
}

#[tokio::test]
async fn every_try_to_get_in_is_on_record() {
    on_each(|app| async move {
        let (_, name, session) = coordinator(&app).await;
        let count = async |app: &TestApp, action: &str, outcome: &str| {
            let sql =
                format!("SELECT count(*) AS n FROM audit_entry WHERE action = '{action}' AND outcome = '{outcome}'");
            app.count(&sql).await
        };
        let before = (count(&app, "session.sign_in", "allowed").await, count(&app, "session.sign_in", "denied").await);
        signed_in(&app, &name, PASSPHRASE).await;
        for wrong in [name.as_str(), "nobody-here-0000"] {
            let input = json!({"input": {"signInName": wrong, "passphrase": "wrong wrong wrong"}});
            app.anonymous().refused(SIGN_IN, input).await;
        }
        let after = (count(&app, "session.sign_in", "allowed").await, count(&app, "session.sign_in", "denied").await);
        assert_eq!((after.0 - before.0, after.1 - before.1), (1, 2));
        // A code, a refresh and a change, each once well and once badly.
        let refreshed = json!({"input": {"refreshToken": tokens(&session).1}});
        app.anonymous().data(super::REFRESH, refreshed.clone()).await;
        app.anonymous().fault(super::REFRESH, refreshed).await;
        let code = json!({"input": {"code": "0000-0000-0000-0000", "passphrase": PASSPHRASE}});
        app.anonymous().refused(ACCEPT, code).await;
        let again = signed_in(&app, &name, PASSPHRASE).await;
        let client = app.client(&tokens(&again).0);
        client.refused(CHANGE, change("not the present one", "a lantern beside the gate")).await;
        client.data(CHANGE, change(PASSPHRASE, "a lantern beside the gate")).await;
        for action in ["session.refresh", "invitation.accept", "account.passphrase"] {
            for outcome in ["allowed", "denied"] {
                assert!(count(&app, action, outcome).await > 0, "{action} {outcome}");
            }
        }
    })
    .await;
}
