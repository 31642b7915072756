//! What an operator can get wrong or set: the sealing key, the proxies in front.

use kinward::app::{App, Sources};
use kinward::config::Settings;
use kinward::kernel::SeededEntropy;
use serde_json::json;

use crate::harness::{TestApp, World, backends, on_each};

const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { userErrors { code } } }";

/// Starts a node on the database of `app` with a sealing key of another origin; the refusal, if it was refused.
async fn start_with_another_key(app: &TestApp) -> Option<String> {
    let mut settings = Settings::for_demo(std::path::Path::new("."), 8080, &SeededEntropy::new(2)).unwrap();
    settings.database.url = app.database_url().to_owned().into();
    match App::build(settings, Sources::default(), false).await {
        Ok(started) => {
            started.stop().await;
            None
        }
        Err(error) => Some(error.to_string()),
    }
}

#[tokio::test]
async fn a_node_with_another_sealing_key_does_not_start() {
    on_each(|app| async move {
        // The first node left its word although nobody has an account yet.
        assert_eq!(app.count("SELECT count(*) AS n FROM sealing_check").await, 1);
        let refusal = start_with_another_key(&app).await.unwrap();
        assert!(refusal.contains("keys.sealing is not the key"), "{refusal}");
        app.second_node(|_| {}).await.app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_database_from_before_the_word_is_known_by_a_name() {
    on_each(|app| async move {
        World::new(&app).await;
        app.tamper("DELETE FROM sealing_check").await.unwrap();
        assert!(start_with_another_key(&app).await.is_some());
        app.second_node(|_| {}).await.app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn people_behind_a_trusted_proxy_are_counted_one_by_one() {
    for backend in backends() {
        for (trusted, others) in [("127.0.0.0/8", None), ("192.0.2.0/24", Some("TOO_MANY_REQUESTS"))] {
            let app = TestApp::start_with(backend, |settings| {
                settings.server.trusted_proxies = vec![trusted.parse().unwrap()];
                settings.limits.sign_in_tries_per_address = 3;
            })
            .await;
            let wrong = |name: &str| json!({"input": {"signInName": name, "passphrase": "wrong wrong wrong"}});
            let (one, other) =
                (app.anonymous().behind_proxy("203.0.113.7"), app.anonymous().behind_proxy("203.0.113.8"));
            for name in ["a", "b", "c"] {
                one.send(SIGN_IN, wrong(name)).await;
            }
            assert_eq!(one.fault(SIGN_IN, wrong("d")).await, "TOO_MANY_REQUESTS");
            let answer = other.send(SIGN_IN, wrong("e")).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"].as_str(), others, "{trusted}: {answer}");
            app.finish().await;
        }
    }
}
