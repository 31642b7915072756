//! Fifty people who want one hour at the same moment: one gets it, and the others hear why not.

use futures_util::future::join_all;
use kinward::kernel::Error;
use kinward::kernel::ids::MatchId;
use kinward::scheduling::{NewBooking, NewTime, book_session};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, TransactionTrait as _};
use serde_json::json;
use uuid::Uuid;

use crate::harness::{Backend, on_each};
use crate::scheduling::{Pair, document, further_match, uuid};

const WRITERS: u128 = 50;
const HOUR: &str = "2026-11-24T15:00:00Z";

/// Fifty bookings of one hour at once, by the mentor, in turn for each match; the codes of the refusals.
async fn race(pair: &Pair, matches: &[MatchId]) -> Vec<&'static str> {
    let op = pair.mentor.op().await;
    let tries = (0..WRITERS).map(|n| {
        let (op, of_match) = (op.clone(), matches[usize::try_from(n).unwrap() % matches.len()]);
        let time = NewTime { starts_at: HOUR.parse().unwrap(), duration: Some(60), side: None };
        pair.app.app.tasks.spawn(async move { book_session(&op, NewBooking { of_match, time }).await })
    });
    let mut codes = Vec::new();
    for done in join_all(tries).await {
        match done.unwrap() {
            Ok(_) => {}
            Err(Error::Refused(problems)) => codes.push(problems[0].code.as_str()),
            Err(other) => panic!("{other}"),
        }
    }
    codes
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_bookings_of_one_hour_one_is_left() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        // The same match, and five families of one mentor.
        let mut matches = vec![pair.match_id];
        for n in 2..6 {
            matches.push(further_match(&pair, n).await);
        }
        let codes = race(&pair, &matches).await;
        assert_eq!(codes, ["SLOT_TAKEN"; 49]);
        assert_eq!(app.count("SELECT count(*) AS n FROM session").await, 1);
        // The winner's hour is gone from the list, and the other side can still confirm it.
        let starts = pair.starts(&pair.family, 50).await;
        assert!(!starts.contains(&HOUR.to_owned()), "{starts:?}");
        let slots = json!({"input": {"matchId": pair.match_global(), "durationMinutes": 15, "count": 50}});
        pair.family.now().await.data(document("commonSlots"), slots).await;
    })
    .await;
}

/// The control: without the constraints the same inserts, each in a transaction of its own that looked first, leave more
/// than one. PostgreSQL only: SQLite has one writer, so there is no such moment.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_constraints_more_than_one_gets_through() {
    on_each(|app| async move {
        if app.backend == Backend::Sqlite {
            return;
        }
        let pair = Pair::new(&app).await;
        for side in ["mentor", "family"] {
            app.tamper(&format!("ALTER TABLE session DROP CONSTRAINT session_{side}_overlap")).await.unwrap();
        }
        let mut options = ConnectOptions::new(app.database_url());
        options.max_connections(20).sqlx_logging(false);
        let db = Database::connect(options).await.unwrap();
        let (of_match, family) = (uuid(&app, pair.match_id), uuid(&app, pair.family_id));
        let (mentor, programme) = (uuid(&app, pair.mentor_id), uuid(&app, pair.programme));
        let tries = (0..WRITERS).map(|n| {
            let (db, id) = (db.clone(), uuid(&app, Uuid::from_u128(90_000 + n)));
            let sql = format!(
                "INSERT INTO session (id, match_id, family_id, mentor_id, programme_id, state, starts_at, ends_at, zone,
                 booked_by, booked_side, created_at, updated_at, version)
                 SELECT {id}::uuid, {of_match}::uuid, {family}::uuid, {mentor}::uuid, {programme}::uuid, 'proposed', 100,
                 200, 'UTC', (SELECT id FROM account LIMIT 1), 'family', 1, 1, 1
                 WHERE NOT EXISTS (SELECT 1 FROM session WHERE state = 'proposed' AND starts_at < 200 AND ends_at > 100)"
            );
            async move {
                let own = db.begin().await.unwrap();
                own.execute_unprepared(&sql).await.unwrap();
                own.execute_unprepared("SELECT pg_sleep(0.1)").await.unwrap();
                own.commit().await.unwrap();
            }
        });
        join_all(tries).await;
        assert!(app.count("SELECT count(*) AS n FROM session").await > 1);
        db.close().await.unwrap();
    })
    .await;
}
