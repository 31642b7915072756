//! Entries that wait for their write together.

use futures_util::FutureExt as _;
use kinward::access::{Principal, Resource};
use kinward::audit::{Entry, Outcome};
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use super::entries;
use crate::harness::{Backend, TestApp, on_each};

/// An entry that the service could have written.
pub fn entry(app: &TestApp, action: &str) -> Entry {
    Entry {
        action: action.to_owned(),
        actor: (&Principal::system()).into(),
        fields: Vec::new(),
        id: app.app.core.ids.make(),
        ids: Vec::new(),
        object: (&Resource::system()).into(),
        occurred_at: app.app.core.clock.now().as_microsecond(),
        outcome: Outcome::Allowed,
        policies: Vec::new(),
        purpose: None,
        recorded_at: app.app.core.clock.now().as_microsecond(),
        request: Uuid::nil(),
        source: None,
        v: 1,
    }
}

/// Hands an entry to the log and goes away without waiting for the answer.
fn leave(app: &TestApp, action: &str) {
    let core = &app.app.core;
    assert!(core.appender.append(&core.db, vec![entry(app, action)]).now_or_never().is_none());
}

#[tokio::test]
async fn what_was_handed_to_the_log_is_written_though_its_caller_leaves_and_before_a_stop_ends() {
    on_each(|app| async move {
        let core = &app.app.core;
        // Nothing can be written while somebody else holds the log.
        let mut options = sea_orm::ConnectOptions::new(app.database_url());
        options.max_connections(1).sqlx_logging(false);
        let owner = sea_orm::Database::connect(options).await.unwrap();
        let hold = match app.backend {
            Backend::Sqlite => "BEGIN IMMEDIATE",
            Backend::Postgres => "BEGIN; LOCK TABLE audit_entry IN EXCLUSIVE MODE",
        };
        owner.execute_unprepared(hold).await.unwrap();
        for action in ["one", "two", "three"] {
            leave(&app, action);
        }
        let stays = core.appender.append(&core.db, vec![entry(&app, "four")]);
        let (written, _) = tokio::join!(stays, async { owner.execute_unprepared("COMMIT").await.unwrap() });
        written.unwrap();
        let mut written: Vec<String> = entries(&app).await.into_iter().map(|entry| entry.action).collect();
        written.sort();
        assert_eq!(written, ["four", "one", "three", "two"]);
        // Handed over and left just before the stop.
        let other = app.second_node(|_| {}).await;
        leave(&other, "last");
        other.app.stop().await;
        assert_eq!(app.count("SELECT count(*) AS n FROM audit_entry WHERE action = 'last'").await, 1);
    })
    .await;
}
