//! What the screener makes of a message in both languages, in disguise and in a language that it does not know; and what the
//! author is shown.

use serde_json::{Value, json};

use super::world::{CASE, CLAIM, CRISIS, DECIDE, EDIT, RISKY, SEND, Talk};
use crate::harness::on_each;

/// Sends a message; gives its state and the help that its author is shown.
async fn sent(talk: &Talk, side: &crate::harness::Client, body: &str) -> (Value, Value) {
    let payload = side.data(SEND, talk.input(body)).await["sendMessage"].clone();
    (payload["message"]["state"].clone(), payload["help"].clone())
}

async fn kinds(talk: &Talk) -> Vec<String> {
    talk.cases().await.iter().map(|case| case["kind"].as_str().unwrap().to_owned()).collect()
}

async fn why(talk: &Talk, case: &Value) -> Value {
    let case = talk.world.coordinator.data(CASE, json!({"id": case["id"]})).await["case"].clone();
    case["content"]["message"]["why"].clone()
}

#[tokio::test]
async fn spanish_is_judged_like_english() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let (state, help) = sent(&talk, &talk.family, "Ya no aguanto más, me voy a matar esta noche").await;
        assert_eq!(state, "DELIVERED");
        let help = help.as_str().unwrap();
        // Whatever the author reads, and wherever they are.
        for part in ["911", "988", "Outside of the United States", "llame al 988", "Fuera de los Estados Unidos"] {
            assert!(help.contains(part), "{part} in {help}");
        }
        assert_eq!(kinds(&talk).await, ["CRISIS"]);
        for held in ["Sé dónde vives", "Puedes ganar mucho dinero", "No le digas a nadie", "Escríbeme por telegram"]
        {
            assert_eq!(sent(&talk, &talk.mentor, held).await.0, "HELD", "{held}");
        }
        assert_eq!(
            sent(&talk, &talk.mentor, "Nos vemos el martes, un abrazo").await,
            (json!("DELIVERED"), json!(null))
        );
    })
    .await;
}

#[tokio::test]
async fn disguised_words_are_held() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let disguised =
            ["add me on wh4tsapp", "im on t3legram as rosa99", "k i l l  y o u", "evil[.]com", "e v i l . c o m"];
        for text in disguised {
            assert_eq!(sent(&talk, &talk.mentor, text).await.0, "HELD", "{text}");
        }
        let place = "lets meet at the Starbucks on 5th and Main at 6 tonight";
        assert_eq!(sent(&talk, &talk.mentor, place).await.0, "HELD");
        assert_eq!(sent(&talk, &talk.mentor, "Can we meet at 4 pm on Tuesday?").await.0, "DELIVERED");
    })
    .await;
}

#[tokio::test]
async fn what_is_in_a_language_without_rules_is_held_with_a_case() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let before = talk.seen(&talk.family).await;
        for text in ["Привет, до завтра", "je t'attends demain soir à la gare"] {
            assert_eq!(sent(&talk, &talk.mentor, text).await, (json!("HELD"), json!(null)), "{text}");
        }
        assert_eq!(talk.seen(&talk.family).await, before);
        let cases = talk.cases().await;
        assert_eq!(kinds(&talk).await, ["HELD_MESSAGE", "HELD_MESSAGE"]);
        for case in &cases {
            assert_eq!(why(&talk, case).await, "unknown_language");
        }
        // A reader who understands it lets it go.
        talk.decide(&talk.world.coordinator, &cases[0], json!({"decision": "DELIVER"})).await;
        talk.decide(&talk.world.coordinator, &cases[1], json!({"decision": "BLOCK"})).await;
        assert_eq!(talk.seen(&talk.family).await.len(), before.len() + 1);
        // A cry for help in such a language is held, and somebody comes.
        let (state, help) = sent(&talk, &talk.family, "我想死").await;
        assert_eq!((state, help.is_string()), (json!("HELD"), true));
        assert_eq!(kinds(&talk).await, ["CRISIS", "HELD_MESSAGE"]);
    })
    .await;
}

#[tokio::test]
async fn a_threat_to_somebodys_life_is_held_and_somebody_comes_at_once() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let before = talk.seen(&talk.family).await;
        assert_eq!(sent(&talk, &talk.mentor, "I have a gun and I know where she is").await.0, "HELD");
        assert_eq!(talk.seen(&talk.family).await, before);
        assert_eq!(kinds(&talk).await, ["CRISIS", "HELD_MESSAGE"]);
        // Who tells of somebody else's weapon calls for help, and is heard.
        assert_eq!(sent(&talk, &talk.family, "He has a gun").await.0, "DELIVERED");
    })
    .await;
}

#[tokio::test]
async fn cries_for_help_do_not_open_the_way_for_unread_first_messages() {
    on_each(|app| async move {
        let talk = Talk::fresh(&app).await;
        for n in 0..4 {
            assert_eq!(sent(&talk, &talk.mentor, &format!("{CRISIS} {n}")).await.0, "DELIVERED");
        }
        assert_eq!(sent(&talk, &talk.mentor, "Hello there.").await.0, "HELD");
        // What a reader let go counts as before.
        for n in 0..3 {
            talk.send(&talk.mentor, &format!("Good morning {n}")).await;
        }
        for case in talk.cases().await.iter().filter(|case| case["kind"] == "HELD_MESSAGE") {
            talk.decide(&talk.world.coordinator, case, json!({"decision": "DELIVER"})).await;
        }
        assert_eq!(sent(&talk, &talk.mentor, "Good night.").await.0, "DELIVERED");
    })
    .await;
}

#[tokio::test]
async fn help_is_shown_to_who_needs_it_also_when_the_message_is_held() {
    on_each(|app| async move {
        let talk = Talk::fresh(&app).await;
        let input = talk.input(&format!("{CRISIS} {RISKY}"));
        for _ in 0..2 {
            // Sending again after a lost answer shows it again.
            let payload = talk.family.data(SEND, input.clone()).await["sendMessage"].clone();
            assert_eq!((payload["message"]["state"].clone(), payload["help"].is_string()), (json!("HELD"), true));
        }
        // Who threatens somebody's life pages as well, and is not told.
        let (state, help) = sent(&talk, &talk.mentor, "I will kill you.").await;
        assert_eq!((state, help), (json!("HELD"), json!(null)));
        let other = talk.send(&talk.family, CRISIS).await;
        for case in talk.cases().await.iter().filter(|case| case["kind"] == "CRISIS") {
            talk.decide(&talk.world.coordinator, case, json!({"decision": "ACKNOWLEDGE"})).await;
        }
        let edit = json!({"input": {"id": other["id"], "body": format!("{CRISIS} My e-mail is pat@example.com")}});
        let payload = talk.family.data(EDIT, edit).await["editMessage"].clone();
        assert_eq!((payload["message"]["state"].clone(), payload["help"].is_string()), (json!("HELD"), true));
    })
    .await;
}

#[tokio::test]
async fn a_redaction_that_leaves_the_finding_in_is_refused() {
    on_each(|app| async move {
        let talk = Talk::new(&app).await;
        let reader = &talk.world.coordinator;
        talk.send(&talk.mentor, RISKY).await;
        let case = talk.only_case().await;
        reader.data(CLAIM, json!({"input": {"id": case["id"]}})).await;
        let decide = |mut input: Value| {
            input["id"] = case["id"].clone();
            json!({ "input": input })
        };
        let text = decide(json!({"decision": "REDACT", "text": "Call me on 555 867 5309."}));
        let errors = reader.send(DECIDE, text.clone()).await["data"]["decideCase"]["userErrors"].clone();
        assert_eq!(errors[0]["message"], "What would be shown still holds a telephone number.");
        assert_eq!(reader.refused(DECIDE, text).await, ["STILL_RISKY input.text"]);
        let ranges = decide(json!({"decision": "REDACT", "ranges": [{"start": 24, "end": 31}]}));
        assert_eq!(reader.refused(DECIDE, ranges).await, ["STILL_RISKY input.ranges"]);
        assert_eq!(talk.only_case().await["state"], "CLAIMED");
        // Letting it go as it is stays the reader's to decide.
        reader.data(DECIDE, decide(json!({"decision": "DELIVER"}))).await;
        assert_eq!(talk.seen(&talk.family).await[0], RISKY);
    })
    .await;
}
