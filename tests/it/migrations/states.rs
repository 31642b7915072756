//! Every pair of states is tried: the database allows a move exactly when the transition table lists it.

use std::collections::BTreeMap;

use kinward_migrations::{constraint_name, transition_tables};
use sea_orm::ConnectionTrait;

use super::{Db, databases, proposal_sql, request_sql, session_sql};

/// Inserts a row of `table` in a state, with the other columns such that no other rule stands in the way.
async fn begin(db: &Db, table: &str, n: u32, state: &str) {
    let (id, family) = (10_000 + n, 20_000 + n);
    let new_family = format!(
        "INSERT INTO family (id, programme_id, zone, languages, created_at, updated_at, version)
         VALUES (#{family}, #1, 'UTC', '[]', 1, 1, 1)"
    );
    match table {
        "account" => {
            db.run(&format!(
                "INSERT INTO account (id, sign_in_name, first_name_sealed, state, created_at, updated_at)
                 VALUES (#{id}, 'n{n}', ~1, '{state}', 1, 1)"
            ))
            .await;
        }
        "support_request" => {
            db.run(&new_family).await;
            db.run(&request_sql(id, family, state)).await;
        }
        "proposal" => {
            db.run(&new_family).await;
            db.run(&request_sql(30_000 + n, family, "submitted")).await;
            db.run(&proposal_sql(id, 30_000 + n, family, 4, state)).await;
        }
        "session" => db.run(&session_sql(id, 0, 4, state, (n * 10, n * 10 + 10))).await,
        _ => {
            db.run(&format!(
                "INSERT INTO moderation_case (id, programme_id, family_id, match_id, conversation_id, kind, priority,
                 state, opened_at, due_at, version) VALUES (#{id}, #1, #1000, #4000, #70, 'report', 1, '{state}', 1, 2, 1)"
            ))
            .await;
        }
    }
}

/// For each state, the shortest way to it from where a row may begin.
fn ways(initial: &[&'static str], moves: &[(&'static str, &'static str)]) -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut ways: BTreeMap<_, _> = initial.iter().map(|state| (*state, vec![*state])).collect();
    for _ in moves {
        for (from, to) in moves {
            if let (Some(way), false) = (ways.get(from).cloned(), ways.contains_key(to)) {
                ways.insert(to, [way, vec![*to]].concat());
            }
        }
    }
    ways
}

#[tokio::test]
async fn the_database_allows_exactly_the_listed_moves() {
    for db in databases().await {
        db.seed().await;
        db.matched(0, 4).await;
        db.run(
            "INSERT INTO conversation (id, match_id, family_id, mentor_id, programme_id, created_at)
             VALUES (#70, #4000, #1000, #4, #1, 1)",
        )
        .await;
        let mut n = 0;
        // These have further rules, which their own tests try.
        for (table, initial, moves) in transition_tables() {
            if ["message", "peer_match", "break_glass", "information_release", "factor_reset"].contains(&table) {
                continue;
            }
            let ways = ways(initial, moves);
            for (from, way) in &ways {
                for to in ways.keys() {
                    n += 1;
                    begin(&db, table, n, way[0]).await;
                    for step in &way[1..] {
                        db.run(&format!("UPDATE {table} SET state = '{step}' WHERE id = #{}", 10_000 + n)).await;
                    }
                    let sql = db.spell(&format!("UPDATE {table} SET state = '{to}' WHERE id = #{}", 10_000 + n));
                    let done = db.conn.execute_unprepared(&sql).await;
                    let listed = from == to || moves.contains(&(from, to));
                    assert_eq!(done.is_ok(), listed, "{table}: {from} to {to}");
                    if let Err(error) = done {
                        assert_eq!(constraint_name(&error.to_string()), Some(&*format!("{table}_state")));
                    }
                }
            }
        }
        db.end().await;
    }
}
