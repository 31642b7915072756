//! Choosing a passphrase, and typing it on another keyboard.

use serde_json::{Value, json};

use crate::harness::people::PASSPHRASE;
use crate::harness::{World, on_each};
use crate::sign_ins::{ACCEPT, SIGN_IN, VIEWER, family_code};

const CHANGE: &str = "mutation($input: ChangePassphraseInput!) { changePassphrase(input: $input) { session { accessToken } userErrors { code field message } } }";

#[tokio::test]
async fn an_easy_passphrase_is_refused_with_what_to_do() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let code = family_code(&world).await;
        let name = world.coordinator.data(VIEWER, json!({})).await["viewer"]["account"]["signInName"].clone();
        let name = name.as_str().unwrap();
        let change = |new: &str| json!({"input": {"presentPassphrase": PASSPHRASE, "newPassphrase": new}});
        for (easy, code) in [
            ("elizabeth1987", "PASSPHRASE_TOO_COMMON"),
            ("Northern Lights", "PASSPHRASE_TOO_COMMON"),
            (&format!("my own {name} key"), "PASSPHRASE_TOO_COMMON"),
            ("kinward-kinward", "PASSPHRASE_TOO_COMMON"),
            // Of lists of stolen ones, in whatever case; the estimate of guesses takes both.
            ("kartoffelpuffer", "PASSPHRASE_TOO_COMMON"),
            ("Telechargement", "PASSPHRASE_TOO_COMMON"),
            ("short words", "TOO_SHORT"),
            (&"long words ".repeat(12), "TOO_LONG"),
            (&"x".repeat(200_000), "TOO_LONG"),
        ] {
            let told = world.coordinator.refused(CHANGE, change(easy)).await;
            assert_eq!(told, [format!("{code} input.newPassphrase")], "{easy:.40}");
        }
        let accept = |passphrase: &str| json!({"input": {"code": code, "passphrase": passphrase}});
        let answer = app.anonymous().send(ACCEPT, accept("northern lights")).await;
        let problem = &answer["data"]["acceptInvitation"]["userErrors"][0];
        assert_eq!(problem["code"], "PASSPHRASE_TOO_COMMON");
        assert!(problem["message"].as_str().unwrap().contains("words"), "{problem}");
        // Nothing was half-done: the code is still good.
        app.anonymous().data(ACCEPT, accept("seven foxes wait by a boat")).await;
    })
    .await;
}

#[tokio::test]
async fn a_passphrase_is_the_same_from_every_keyboard_and_nothing_of_it_is_cut_off() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        // With spaces at both ends, and an accent in two pieces.
        let chosen = "  a cafe\u{301} under the lanterns ";
        let accepted = json!({"input": {"code": family_code(&world).await, "passphrase": chosen}});
        let session = app.anonymous().data(ACCEPT, accepted).await["acceptInvitation"]["session"].clone();
        let sign_in =
            |passphrase: &str| json!({"input": {"signInName": session["signInName"], "passphrase": passphrase}});
        for same in [chosen, "  a caf\u{e9} under the lanterns ", "  \u{ff41} caf\u{e9} under the lanterns\u{2003}"] {
            let answer = app.anonymous().data(SIGN_IN, sign_in(same)).await;
            assert!(answer["signIn"]["session"]["accessToken"].is_string());
        }
        for other in [chosen.trim(), "  a cafe under the lanterns ", "  A caf\u{e9} under the lanterns "] {
            let refused = app.anonymous().refused(SIGN_IN, sign_in(other)).await;
            assert_eq!(refused, ["WRONG_NAME_OR_PASSPHRASE input"]);
        }
        // The longest there is, to its last character.
        let fox: String = "seven grey foxes wait by a tin boat; ".repeat(4).chars().take(127).collect();
        let client = app.client(session["accessToken"].as_str().unwrap());
        let change = json!({"input": {"presentPassphrase": chosen, "newPassphrase": format!("{fox}!")}});
        client.data(CHANGE, change).await;
        let in_by = async |passphrase: String| app.anonymous().send(SIGN_IN, sign_in(&passphrase)).await;
        let is_in = |answer: Value| answer["data"]["signIn"]["session"]["accessToken"].is_string();
        assert!(!is_in(in_by(format!("{fox}?")).await) && !is_in(in_by(fox.clone()).await));
        assert!(is_in(in_by(format!("{fox}!")).await));
    })
    .await;
}

/// The estimate of guesses would take these: they are in the lists, as more than three thousand of our length are.
#[tokio::test]
async fn what_stands_in_lists_of_stolen_passphrases_is_refused() {
    let list = include_str!("../../src/identity/breached.txt");
    let marks = list.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>();
    assert!(marks.len() >= 3_000 && marks.is_sorted(), "{}", marks.len());
    assert!(marks.iter().all(|mark| mark.len() == 16 && mark.chars().all(|c| c.is_ascii_hexdigit())));
    let passphrases = kinward::identity::Passphrases::new(1, std::sync::Arc::new(kinward::kernel::SystemEntropy));
    for stolen in ["kartoffelpuffer", "somanypickles27", "przyjaciolki", "friend of gerly", "KNACKWURST8853"] {
        let judged = passphrases.judge("input.passphrase", &stolen.into(), Vec::new()).await;
        let Err(kinward::kernel::Error::Refused(problems)) = judged else { panic!("{stolen} is taken") };
        assert_eq!(problems[0].code.as_str(), "PASSPHRASE_TOO_COMMON");
        assert!(problems[0].message.contains("stolen"), "{problems:?}");
    }
    let own = passphrases.judge("input.passphrase", &"przyjaciolki by a boat".into(), Vec::new()).await;
    assert!(own.is_ok());
}
