//! Each rule that the database keeps, broken once, beside the nearest thing that it allows.

use super::{Db, databases, match_sql, proposal_sql, request_sql, session_sql};

#[tokio::test]
async fn a_row_begins_and_moves_only_as_its_table_says() {
    for db in databases().await {
        db.seed().await;
        db.family(0, 4).await;
        db.run("UPDATE support_request SET state = 'withdrawn' WHERE id = #2000").await;
        db.refuses("support_request_state", &request_sql(50, 1000, "matched")).await;
        db.refuses("support_request_state", "UPDATE support_request SET state = 'triaged' WHERE id = #2000").await;
        db.refuses("support_request_state", "UPDATE support_request SET state = 'lost' WHERE id = #2000").await;
        db.run("UPDATE support_request SET state = 'withdrawn' WHERE id = #2000").await;
        db.refuses("proposal_state", &proposal_sql(51, 2000, 1000, 4, "accepted")).await;
        db.end().await;
    }
}

#[tokio::test]
async fn a_family_has_one_open_request_one_live_proposal_and_one_live_match() {
    for db in databases().await {
        db.seed().await;
        db.family(0, 4).await;
        db.refuses("one_open_request_per_family", &request_sql(50, 1000, "draft")).await;
        db.refuses("one_live_proposal_per_request", &proposal_sql(51, 2000, 1000, 3, "offered_to_family")).await;
        db.run(&match_sql(0, 4, 1)).await;
        db.run("UPDATE proposal SET state = 'withdrawn' WHERE id = #3000").await;
        db.run(&proposal_sql(3001, 2000, 1000, 3, "offered_to_family")).await;
        let second = match_sql(0, 3, 1).replace("#4000", "#4001").replace("#3000", "#3001");
        db.refuses("one_live_match_per_family", &second).await;
        db.refuses("match_end", "UPDATE peer_match SET state = 'ended' WHERE id = #4000").await;
        db.run("UPDATE peer_match SET state = 'ended', ended_at = 9, end_reason = 'other' WHERE id = #4000").await;
        db.refuses("peer_match_proposal", &second.replace("#3001", "#3000")).await;
        db.run(&second).await;
        db.end().await;
    }
}

#[tokio::test]
async fn a_mentor_carries_no_more_than_the_capacity() {
    for db in databases().await {
        db.seed().await;
        for n in 0..4 {
            db.family(n, 4).await;
        }
        db.run(&match_sql(0, 4, 2)).await;
        db.refuses("mentor_capacity", &match_sql(1, 4, 2)).await;
        db.run(&match_sql(1, 4, 1)).await;
        db.run("UPDATE peer_match SET state = 'paused' WHERE id = #4001").await;
        db.refuses("mentor_capacity", &match_sql(2, 4, 1)).await;
        db.refuses("mentor_capacity", "UPDATE peer_match SET weight = 2 WHERE id = #4001").await;
        db.run(&match_sql(2, 3, 1)).await;
        db.refuses("mentor_capacity", "UPDATE peer_match SET mentor_id = #4 WHERE id = #4002").await;
        db.run("UPDATE peer_match SET state = 'ended', ended_at = 9 WHERE id = #4001").await;
        db.run(&match_sql(3, 4, 1)).await;
        db.end().await;
    }
}

#[tokio::test]
async fn sessions_of_one_side_never_overlap() {
    for db in databases().await {
        db.seed().await;
        db.matched(0, 4).await;
        db.matched(1, 4).await;
        db.run(&session_sql(60, 0, 4, "proposed", (100, 200))).await;
        for times in [(100, 200), (150, 250), (50, 101), (199, 300), (120, 130), (50, 300)] {
            db.refuses("session_mentor_overlap", &session_sql(61, 1, 4, "confirmed", times)).await;
            db.refuses("session_family_overlap", &session_sql(61, 0, 3, "proposed", times)).await;
        }
        db.run(&session_sql(61, 1, 4, "proposed", (200, 300))).await;
        db.run(&session_sql(62, 0, 4, "proposed", (50, 100))).await;
        db.refuses("session_mentor_overlap", "UPDATE session SET starts_at = 199 WHERE id = #61").await;
        db.refuses("session_times", "UPDATE session SET ends_at = starts_at WHERE id = #61").await;
        db.run("UPDATE session SET state = 'expired' WHERE id = #60").await;
        db.run("UPDATE session SET starts_at = 150, state = 'confirmed' WHERE id = #61").await;
        db.end().await;
    }
}

async fn conversation(db: &Db) {
    db.seed().await;
    db.matched(0, 4).await;
    db.run(
        "INSERT INTO conversation (id, match_id, family_id, mentor_id, programme_id, created_at)
         VALUES (#70, #4000, #1000, #4, #1, 1)",
    )
    .await;
    db.run(&message_sql(71, 1, "a")).await;
}

fn message_sql(id: u32, seq: u32, client: &str) -> String {
    format!(
        "INSERT INTO message (id, conversation_id, seq, change_seq, author_account_id, side, client_id, body_sealed,
         state, created_at, version) VALUES (#{id}, #70, {seq}, {seq}, #2, 'family', '{client}', ~1, 'screening', 1, 1)"
    )
}

fn verdict_sql(id: u32, version: u32, outcome: &str) -> String {
    format!(
        "INSERT INTO verdict (id, message_id, message_version, outcome, findings, judge, screener_version, decided_at)
         VALUES (#{id}, #71, {version}, '{outcome}', '[]', 'screener', '1', 1)"
    )
}

#[tokio::test]
async fn nothing_is_delivered_without_a_verdict_on_that_version() {
    for db in databases().await {
        conversation(&db).await;
        let deliver = "UPDATE message SET state = 'delivered', delivered_at = 2 WHERE id = #71";
        db.refuses("message_verdict", deliver).await;
        db.run(&verdict_sql(72, 1, "hold")).await;
        db.refuses("message_verdict", deliver).await;
        db.run("UPDATE message SET state = 'held' WHERE id = #71").await;
        db.run(&verdict_sql(73, 1, "released")).await;
        db.run(deliver).await;
        db.refuses("message_verdict", "UPDATE message SET version = 2, body_sealed = ~2 WHERE id = #71").await;
        db.run("UPDATE message SET state = 'screening', version = 2, body_sealed = ~2 WHERE id = #71").await;
        db.refuses("message_verdict", deliver).await;
        db.run(&verdict_sql(74, 2, "deliver")).await;
        db.run(deliver).await;
        db.end().await;
    }
}

#[tokio::test]
async fn a_message_has_one_place_and_one_client_id() {
    for db in databases().await {
        conversation(&db).await;
        db.refuses("message_client", &message_sql(75, 2, "a")).await;
        db.run(&format!(
            "{} ON CONFLICT (conversation_id, author_account_id, client_id) DO NOTHING",
            message_sql(75, 2, "a")
        ))
        .await;
        db.run(&message_sql(75, 2, "b")).await;
        db.refuses("message_seq", "UPDATE message SET seq = 1 WHERE id = #75").await;
        db.refuses("message_change", "UPDATE message SET change_seq = 1 WHERE id = #75").await;
        let case = "INSERT INTO moderation_case (id, programme_id, family_id, match_id, conversation_id, message_id,
            kind, priority, state, opened_at, due_at, version)
            VALUES (#76, #1, #1000, #4000, #70, #71, 'held_message', 1, 'open', 1, 2, 1)";
        db.run(case).await;
        db.refuses("one_open_case_per_message", &case.replace("#76", "#77")).await;
        db.run("UPDATE moderation_case SET state = 'decided' WHERE id = #76").await;
        db.run(&case.replace("#76", "#77")).await;
        db.end().await;
    }
}

const ENTRY: &str =
    "INTO audit_entry (id, occurred_at, recorded_at, action, object_kind, outcome, canonical, leaf_hash)
    VALUES (#80, 1, 1, 'family.read', 'family', 'allowed', ~1, ~1)";

fn index_sql(seq: u32, entry: u32) -> String {
    format!("INTO audit_index (seq, entry_id, leaf_hash, indexed_at) VALUES ({seq}, #{entry}, ~1, 1)")
}

#[tokio::test]
async fn what_is_on_record_stays_as_it_is() {
    for db in databases().await {
        conversation(&db).await;
        db.run(&verdict_sql(72, 1, "deliver")).await;
        db.run(&format!("INSERT {ENTRY}")).await;
        db.run(&format!("INSERT {}", index_sql(1, 80))).await;
        db.refuses("audit_entry_append_only", "UPDATE audit_entry SET action = 'x' WHERE id = #80").await;
        db.refuses("audit_entry_append_only", "DELETE FROM audit_entry WHERE id = #80").await;
        db.refuses("audit_index_append_only", "UPDATE audit_index SET leaf_hash = ~2").await;
        db.refuses("audit_index_append_only", "DELETE FROM audit_index").await;
        db.refuses("verdict_append_only", "UPDATE verdict SET outcome = 'blocked'").await;
        db.refuses("verdict_append_only", "DELETE FROM verdict").await;
        if db.is_postgres() {
            for table in ["audit_entry", "audit_index", "verdict", "case_note"] {
                db.refuses(&format!("{table}_append_only"), &format!("TRUNCATE {table}")).await;
            }
            db.refuses("verdict_append_only", "TRUNCATE message CASCADE").await;
        } else {
            db.refuses("audit_entry_append_only", &format!("INSERT OR REPLACE {ENTRY}")).await;
            db.refuses("audit_entry_append_only", &format!("REPLACE {ENTRY}")).await;
            db.refuses("audit_index_append_only", &format!("REPLACE {}", index_sql(2, 80))).await;
            db.refuses("verdict_append_only", &verdict_sql(72, 1, "blocked").replace("INSERT", "REPLACE")).await;
        }
        assert_eq!(db.number("SELECT count(*) FROM audit_entry WHERE action = 'family.read'").await, 1);
        db.end().await;
    }
}

#[tokio::test]
async fn the_index_has_no_gap() {
    for db in databases().await {
        db.refuses("audit_index_gapless", &format!("INSERT {}", index_sql(2, 90))).await;
        db.refuses("audit_index_gapless", &format!("INSERT {}", index_sql(0, 90))).await;
        db.run(&format!("INSERT {}", index_sql(1, 90))).await;
        db.refuses("audit_index_gapless", &format!("INSERT {}", index_sql(1, 91))).await;
        db.refuses("audit_index_gapless", &format!("INSERT {}", index_sql(3, 91))).await;
        db.run(&format!("INSERT {}", index_sql(2, 91))).await;
        db.end().await;
    }
}

#[tokio::test]
async fn an_invitation_is_used_once_and_a_role_held_once() {
    for db in databases().await {
        db.seed().await;
        db.run(
            "INSERT INTO invitation (id, account_id, role, code_hash, created_at, expires_at)
             VALUES (#5, #2, 'administrator', ~1, 1, 9)",
        )
        .await;
        db.run("UPDATE invitation SET used_at = 2 WHERE id = #5").await;
        db.refuses("invitation_single_use", "UPDATE invitation SET used_at = 3 WHERE id = #5").await;
        db.refuses("invitation_single_use", "UPDATE invitation SET used_at = NULL WHERE id = #5").await;
        db.run("UPDATE invitation SET revoked_at = 4 WHERE id = #5").await;
        let role = "INSERT INTO role (id, account_id, programme_id, role, granted_at)
            VALUES (#6, #2, NULL, 'administrator', 1)";
        db.run(role).await;
        db.refuses("role_active", &role.replace("#6", "#7")).await;
        db.refuses("role_programme", &role.replace("#6", "#7").replace("NULL", "#1")).await;
        let mentor = role.replace("#6", "#7").replace("NULL", "#1").replace("administrator", "mentor");
        db.refuses("role_subject", &mentor).await;
        db.run("UPDATE role SET revoked_at = 5 WHERE id = #6").await;
        db.run(&role.replace("#6", "#7")).await;
        db.end().await;
    }
}

#[tokio::test]
async fn a_sign_in_ends_once_and_its_tokens_follow_one_another() {
    for db in databases().await {
        db.seed().await;
        db.run(
            "INSERT INTO role (id, account_id, programme_id, role, granted_at)
             VALUES (#6, #2, NULL, 'administrator', 1)",
        )
        .await;
        let sign_in = "INSERT INTO sign_in (id, account_id, role_id, created_at, last_used_at, expires_at, device)
            VALUES (#7, #2, #6, 1, 1, 9, 'Firefox on Windows')";
        db.refuses("sign_in_device", &sign_in.replace("Firefox on Windows", "")).await;
        db.refuses("sign_in_device", &sign_in.replace("Firefox on Windows", &"x".repeat(41))).await;
        db.run(sign_in).await;
        let token = "INSERT INTO refresh_token (id, sign_in_id, token_hash, issued_at, expires_at)
            VALUES (#8, #7, ~8, 1, 9)";
        let second = token.replace('8', "9");
        db.run(token).await;
        db.refuses("one_live_refresh_token", &second).await;
        db.run("UPDATE refresh_token SET used_at = 2, retry_hash = ~3 WHERE id = #8").await;
        db.run(&second).await;
        db.run("UPDATE refresh_token SET successor_id = #9 WHERE id = #8").await;
        for change in ["used_at = NULL", "used_at = 3", "retry_hash = ~4"] {
            let sql = format!("UPDATE refresh_token SET {change} WHERE id = #8");
            db.refuses("refresh_token_single_use", &sql).await;
        }
        let alert = "INSERT INTO security_alert (id, kind, account_id, role, sign_in_id, raised_at)
            VALUES (#10, 'refresh_reused', #2, 'administrator', #7, 1)";
        db.run(alert).await;
        db.refuses("security_alert_once", &alert.replace("#10", "#11")).await;
        db.refuses("security_alert_append_only", "UPDATE security_alert SET raised_at = 2").await;
        db.refuses("security_alert_append_only", "DELETE FROM security_alert").await;
        db.run("UPDATE sign_in SET last_used_at = 2 WHERE id = #7").await;
        db.run("UPDATE sign_in SET ended_at = 3, end_reason = 'signed_out' WHERE id = #7").await;
        for change in ["ended_at = NULL", "ended_at = 4", "end_reason = 'other'", "last_used_at = 4"] {
            db.refuses("sign_in_ended", &format!("UPDATE sign_in SET {change} WHERE id = #7")).await;
        }
        db.end().await;
    }
}
