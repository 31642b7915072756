//! Races on PostgreSQL: of twenty writers for one place one wins. Each race has a control without the rule, in which
//! more than one gets through, so that the race is known to be real.

use futures_util::future::join_all;
use kinward_migrations::constraint_name;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, IsolationLevel, TransactionTrait};

use super::refusals::{CASE, conversation, verdict_sql};
use super::{Db, match_sql, postgres, session_sql};

const WRITERS: u32 = 20;

/// Runs each statement in a transaction of its own that stays open for a while, all at once. Answers the names under
/// which the losers were refused.
async fn race(db: &Db, statements: Vec<String>) -> Vec<&'static str> {
    let tries = (0_u64..).zip(statements).map(|(place, sql)| async move {
        for round in 1_u64.. {
            let own = db.conn.begin().await.unwrap();
            let Err(error) = own.execute_unprepared(&db.spell(&sql)).await else {
                own.execute_unprepared("SELECT pg_sleep(0.1)").await.unwrap();
                own.commit().await.unwrap();
                return None;
            };
            own.rollback().await.unwrap();
            // Two who wait for each other at an exclusion constraint: PostgreSQL asks one of them to try again.
            if !error.to_string().contains("deadlock detected") {
                return Some(constraint_name(&error.to_string()).unwrap());
            }
            // Each comes back at another moment, or on a busy machine they meet again and again without end.
            tokio::time::sleep(std::time::Duration::from_millis(20 * round * place)).await;
        }
        None
    });
    join_all(tries).await.into_iter().flatten().collect()
}

#[tokio::test]
async fn of_overlapping_sessions_one_is_booked() {
    let Some(db) = postgres(WRITERS).await else { return };
    db.seed().await;
    db.run("UPDATE mentor SET capacity = 10").await;
    for n in 0..10 {
        db.matched(n, 4).await;
    }
    let book = |first: u32| -> Vec<String> {
        (0..WRITERS).map(|n| session_sql(first + n, n % 10, 4, "proposed", (100 + n, 200 + n))).collect()
    };
    let lost = race(&db, book(6000)).await;
    assert_eq!(lost.len(), 19);
    assert!(lost.iter().all(|name| ["session_mentor_overlap", "session_family_overlap"].contains(name)), "{lost:?}");
    assert_eq!(db.number("SELECT count(*) FROM session").await, 1);

    db.run("ALTER TABLE session DROP CONSTRAINT session_mentor_overlap").await;
    db.run("ALTER TABLE session DROP CONSTRAINT session_family_overlap").await;
    assert!(race(&db, book(7000)).await.is_empty());
    assert_eq!(db.number("SELECT count(*) FROM session").await, 21);
    db.end().await;
}

async fn twenty_families() -> Option<Db> {
    let db = postgres(WRITERS).await?;
    db.seed().await;
    for n in 0..WRITERS {
        db.family(n, 3).await;
    }
    Some(db)
}

fn accepts() -> Vec<String> {
    (0..WRITERS).map(|n| match_sql(n, 3, 1)).collect()
}

const MATCHES: &str = "SELECT count(*) FROM peer_match WHERE mentor_id = #3";

#[tokio::test]
async fn of_accepts_for_one_place_one_wins() {
    let Some(db) = twenty_families().await else { return };
    assert_eq!(race(&db, accepts()).await, ["mentor_capacity"; 19]);
    assert_eq!(db.number(MATCHES).await, 1);
    db.end().await;
}

#[tokio::test]
async fn without_the_trigger_every_accept_gets_through() {
    let Some(db) = twenty_families().await else { return };
    db.run("DROP TRIGGER mentor_capacity ON peer_match").await;
    assert!(race(&db, accepts()).await.is_empty());
    assert_eq!(db.number(MATCHES).await, 20);
    db.end().await;
}

/// Counting alone is not enough: each accept counts before the others commit.
#[tokio::test]
async fn without_the_lock_more_than_one_accept_gets_through() {
    let Some(db) = twenty_families().await else { return };
    db.run(
        "DO $$ BEGIN EXECUTE replace(pg_get_functiondef('mentor_capacity'::regproc),
         'UPDATE mentor SET capacity = capacity WHERE id = NEW.mentor_id;', ''); END $$",
    )
    .await;
    race(&db, accepts()).await;
    assert!(db.number(MATCHES).await > 1);
    db.end().await;
}

const EDIT: &str = "UPDATE message SET state = 'screening', version = 2, body_sealed = ~2 WHERE id = #71";

async fn delivered_message() -> Option<Db> {
    let db = postgres(WRITERS).await?;
    conversation(&db).await;
    db.run(&verdict_sql(72, 1, "deliver")).await;
    db.run("UPDATE message SET state = 'delivered', delivered_at = 2 WHERE id = #71").await;
    Some(db)
}

/// A case about the message, in a transaction that is still open.
async fn case_begun(db: &Db) -> DatabaseTransaction {
    let case = db.conn.begin().await.unwrap();
    case.execute_unprepared(&db.spell(CASE)).await.unwrap();
    case
}

/// Waits until some statement of this database waits for another transaction.
async fn somebody_waits(db: &Db) {
    let waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while db.number(waiting).await == 0 {
        tokio::task::yield_now().await;
    }
}

fn refused_by(done: Result<(), DbErr>) -> Option<&'static str> {
    done.err().map(|error| constraint_name(&error.to_string()).unwrap_or("not serialized"))
}

#[tokio::test]
async fn an_edit_waits_for_a_report_that_came_first_and_is_refused() {
    let Some(db) = delivered_message().await else { return };
    let case = case_begun(&db).await;
    let edit = async { db.conn.execute_unprepared(&db.spell(EDIT)).await.map(|_| ()) };
    let report = async {
        somebody_waits(&db).await;
        case.commit().await.unwrap();
    };
    let (done, ()) = futures_util::future::join(edit, report).await;
    assert_eq!(refused_by(done), Some("message_under_review"));
    assert_eq!(db.number("SELECT count(*) FROM message WHERE version = 1").await, 1);
    db.end().await;
}

#[tokio::test]
async fn an_edit_that_looked_before_the_report_does_not_go_on_after_it() {
    let Some(db) = delivered_message().await else { return };
    let edit = db.conn.begin_with_config(Some(IsolationLevel::RepeatableRead), None).await.unwrap();
    edit.execute_unprepared("SELECT count(*) FROM moderation_case").await.unwrap();
    case_begun(&db).await.commit().await.unwrap();
    let done = edit.execute_unprepared(&db.spell(EDIT)).await.map(|_| ());
    assert_eq!(refused_by(done), Some("not serialized"));
    edit.rollback().await.unwrap();
    db.end().await;
}

#[tokio::test]
async fn a_report_waits_for_an_edit_that_came_first() {
    let Some(db) = delivered_message().await else { return };
    let edit = db.conn.begin().await.unwrap();
    edit.execute_unprepared(&db.spell(EDIT)).await.unwrap();
    let report = async { db.conn.execute_unprepared(&db.spell(CASE)).await.map(|_| ()) };
    let end = async {
        somebody_waits(&db).await;
        edit.commit().await.unwrap();
    };
    let (done, ()) = futures_util::future::join(report, end).await;
    assert_eq!(refused_by(done), None);
    db.end().await;
}

/// The control: looking for a case is not enough, because one that is not committed cannot be seen.
#[tokio::test]
async fn without_taking_turns_an_edit_gets_past_a_report() {
    let Some(db) = delivered_message().await else { return };
    db.run("DROP TRIGGER moderation_case_opened ON moderation_case").await;
    let case = case_begun(&db).await;
    db.run(EDIT).await;
    case.commit().await.unwrap();
    assert_eq!(db.number("SELECT count(*) FROM moderation_case WHERE state = 'open'").await, 1);
    assert_eq!(db.number("SELECT count(*) FROM message WHERE version = 2").await, 1);
    db.end().await;
}
