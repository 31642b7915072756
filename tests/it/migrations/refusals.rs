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

pub(super) async fn conversation(db: &Db) {
    db.seed().await;
    db.matched(0, 4).await;
    db.run(
        "INSERT INTO conversation (id, match_id, family_id, mentor_id, programme_id, created_at)
         VALUES (#70, #4000, #1000, #4, #1, 1)",
    )
    .await;
    db.run(&message_sql(71, 1, "a")).await;
    db.run(&format!("INSERT {}", kept_sql(78, 1, "written"))).await;
}

fn kept_sql(id: u32, version: u32, form: &str) -> String {
    format!(
        "INTO message_version (id, message_id, version, form, body_sealed, kept_at)
         VALUES (#{id}, #71, {version}, '{form}', ~1, 1)"
    )
}

fn message_sql(id: u32, seq: u32, client: &str) -> String {
    format!(
        "INSERT INTO message (id, conversation_id, seq, change_seq, author_account_id, side, client_id, body_sealed,
         state, created_at, version) VALUES (#{id}, #70, {seq}, {seq}, #2, 'family', '{client}', ~1, 'screening', 1, 1)"
    )
}

pub(super) const CASE: &str = "INSERT INTO moderation_case (id, programme_id, family_id, match_id, conversation_id,
    message_id, kind, priority, state, opened_at, due_at, version)
    VALUES (#76, #1, #1000, #4000, #70, #71, 'held_message', 1, 'open', 1, 2, 1)";

pub(super) fn verdict_sql(id: u32, version: u32, outcome: &str) -> String {
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
async fn words_stay_while_a_case_about_them_is_not_decided() {
    for db in databases().await {
        conversation(&db).await;
        db.run(&verdict_sql(72, 1, "deliver")).await;
        db.run("UPDATE message SET state = 'delivered', delivered_at = 2 WHERE id = #71").await;
        db.run(CASE).await;
        let edit = "UPDATE message SET state = 'screening', version = version + 1, body_sealed = ~2 WHERE id = #71";
        db.refuses("message_under_review", edit).await;
        // What moderation does to it goes on.
        db.run("UPDATE message SET state = 'screening' WHERE id = #71").await;
        db.run("UPDATE message SET state = 'held' WHERE id = #71").await;
        db.refuses("message_state", "UPDATE message SET state = 'screening' WHERE id = #71").await;
        db.run("UPDATE message SET state = 'delivered' WHERE id = #71").await;
        db.run("UPDATE moderation_case SET state = 'decided', decided_at = 3 WHERE id = #76").await;
        db.run(edit).await;
        db.refuses("message_kept", edit).await;
        db.refuses("message_version_written", &format!("INSERT {}", kept_sql(79, 1, "written"))).await;
        db.run(&format!("INSERT {}", kept_sql(79, 2, "shown"))).await;
        db.refuses("message_kept", edit).await;
        db.run(&format!("INSERT {}", kept_sql(80, 2, "written"))).await;
        db.run("UPDATE moderation_case SET state = 'reopened' WHERE id = #76").await;
        db.refuses("message_under_review", edit).await;
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
        db.run(CASE).await;
        db.refuses("one_open_case_per_message", &CASE.replace("#76", "#77")).await;
        db.run("UPDATE moderation_case SET state = 'decided' WHERE id = #76").await;
        db.run(&CASE.replace("#76", "#77")).await;
        let counted = "UPDATE moderation_case SET report_count = 1 WHERE id = #77";
        db.refuses("moderation_case_reports", counted).await;
        db.refuses("moderation_case_reports", "UPDATE moderation_case SET last_reported_at = 5 WHERE id = #77").await;
        db.run(&counted.replace(" WHERE", ", last_reported_at = 5 WHERE")).await;
        db.end().await;
    }
}

#[tokio::test]
async fn a_case_that_was_handed_to_the_leads_stays_theirs() {
    for db in databases().await {
        conversation(&db).await;
        for (account, role) in [(90, "safeguarding_lead"), (91, "coordinator")] {
            db.run(&format!(
                "INSERT INTO account (id, sign_in_name, first_name_sealed, state, created_at, updated_at)
                 VALUES (#{account}, 'n{account}', ~1, 'active', 1, 1)"
            ))
            .await;
            db.run(&format!(
                "INSERT INTO role (id, account_id, programme_id, role, granted_at)
                 VALUES (#{}, #{account}, #1, '{role}', 1)",
                account + 10
            ))
            .await;
        }
        db.run(CASE).await;
        let set = |columns: &str| format!("UPDATE moderation_case SET {columns} WHERE id = #76");
        let rule = "moderation_case_escalation";
        db.run(&set("state = 'claimed', claimed_by = #91")).await;
        db.run(&set("state = 'escalated', claimed_by = NULL, escalated_at = 5")).await;
        db.refuses(rule, &set("state = 'claimed', claimed_by = #91")).await;
        db.refuses(rule, &set("state = 'claimed'")).await;
        db.refuses(rule, &set("escalated_at = NULL")).await;
        db.refuses(rule, &set("state = 'decided', decided_by = #91")).await;
        db.run(&set("state = 'claimed', claimed_by = #90")).await;
        db.refuses(rule, &set("claimed_by = #91")).await;
        db.refuses(rule, &set("state = 'open', claimed_by = NULL")).await;
        db.refuses(rule, &set("state = 'reopened', claimed_by = NULL")).await;
        db.refuses(rule, &set("state = 'open', claimed_by = NULL, escalated_at = NULL")).await;
        db.run(&set("state = 'escalated', claimed_by = NULL")).await;
        db.run("UPDATE role SET revoked_at = 6 WHERE id = #100").await;
        db.refuses(rule, &set("state = 'claimed', claimed_by = #90")).await;
        db.run("UPDATE role SET revoked_at = NULL WHERE id = #100").await;
        db.run(&set("state = 'claimed', claimed_by = #90")).await;
        db.run(&set("state = 'decided', claimed_by = NULL, decided_by = #90, decided_at = 7")).await;
        db.refuses(rule, &set("escalated_at = NULL")).await;
        db.refuses(rule, &set("state = 'reopened'")).await;
        db.run(&set("state = 'reopened', escalated_at = NULL")).await;
        db.run(&set("state = 'claimed', claimed_by = #91")).await;
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
        db.refuses("message_version_append_only", "UPDATE message_version SET body_sealed = ~2").await;
        db.refuses("message_version_append_only", "DELETE FROM message_version").await;
        if db.is_postgres() {
            for table in ["audit_entry", "audit_index", "verdict", "case_note", "message_version"] {
                db.refuses(&format!("{table}_append_only"), &format!("TRUNCATE {table}")).await;
            }
            db.refuses("verdict_append_only", "TRUNCATE message CASCADE").await;
        } else {
            db.refuses("audit_entry_append_only", &format!("INSERT OR REPLACE {ENTRY}")).await;
            db.refuses("audit_entry_append_only", &format!("REPLACE {ENTRY}")).await;
            db.refuses("audit_index_append_only", &format!("REPLACE {}", index_sql(2, 80))).await;
            db.refuses("verdict_append_only", &verdict_sql(72, 1, "blocked").replace("INSERT", "REPLACE")).await;
            db.refuses("message_version_append_only", &format!("REPLACE {}", kept_sql(78, 2, "written"))).await;
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
