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
async fn keys_are_sealed_or_absent() {
    for db in databases().await {
        db.seed().await;
        db.family(0, 4).await;
        for table in ["family", "mentor"] {
            let set = |keys: &str| format!("UPDATE {table} SET matching_keys_sealed = {keys}");
            db.run(&set("~1")).await;
            db.run(&set("NULL")).await;
            // Sealing adds 29 bytes to any text.
            let few = if db.is_postgres() { "'\\x01'::bytea" } else { "x'01'" };
            db.refuses(&format!("{table}_matching_keys"), &set(few)).await;
        }
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

#[tokio::test]
async fn whoever_is_marked_belongs_to_no_family_again() {
    for db in databases().await {
        db.seed().await;
        db.family(0, 4).await;
        db.family(1, 4).await;
        let member = "INSERT INTO family_member (id, family_id, account_id, relation, added_at)
            VALUES (#5, #1000, #2, 'parent', 1)";
        let role = "INSERT INTO role (id, account_id, programme_id, role, family_id, granted_at)
            VALUES (#6, #2, #1, 'family_member', #1000, 1)";
        let mark = "INTO alleged_abuser (id, family_id, account_id, reason_sealed, marked_by, marked_at)
            VALUES (#7, #1000, #2, ~1, #2, 2)";
        db.run(member).await;
        db.run(role).await;
        let marked = format!("INSERT {mark}");
        db.refuses("alleged_abuser_apart", &marked).await;
        db.run("UPDATE family_member SET removed_at = 2 WHERE id = #5").await;
        db.refuses("alleged_abuser_apart", &marked).await;
        db.run("UPDATE role SET revoked_at = 2 WHERE id = #6").await;
        db.run(&marked).await;
        for again in [
            member.replace("#5", "#15"),
            member.replace("#5", "#15").replace("#1000", "#1001"),
            "UPDATE family_member SET removed_at = NULL WHERE id = #5".to_owned(),
            role.replace("#6", "#16"),
            "UPDATE role SET revoked_at = NULL WHERE id = #6".to_owned(),
        ] {
            db.refuses("alleged_abuser_apart", &again).await;
        }
        db.refuses("alleged_abuser_once", &marked.replace("#7", "#17")).await;
        db.refuses("alleged_abuser_append_only", "DELETE FROM alleged_abuser").await;
        db.refuses("alleged_abuser_append_only", "UPDATE alleged_abuser SET marked_at = 3").await;
        if !db.is_postgres() {
            db.refuses("alleged_abuser_once", &format!("REPLACE {}", mark.replace("#7", "#17"))).await;
        }
        db.end().await;
    }
}

#[tokio::test]
async fn a_mark_is_lifted_once_and_by_another() {
    for db in databases().await {
        db.seed().await;
        db.family(0, 4).await;
        for (id, name) in [(8, "wren"), (9, "finch")] {
            db.run(&account_sql(id, name)).await;
        }
        let mark = |id: u32| {
            format!(
                "INSERT INTO alleged_abuser (id, family_id, account_id, reason_sealed, marked_by, marked_at)
                 VALUES (#{id}, #1000, #8, ~1, #2, 2)"
            )
        };
        let lift = |id: u32, by: u32| {
            format!(
                "INTO mark_lift (id, mark_id, reason_sealed, lifted_by, lifted_at) VALUES (#{id}, #7, ~1, #{by}, 3)"
            )
        };
        let member = "INSERT INTO family_member (id, family_id, account_id, relation, added_at)
            VALUES (#5, #1000, #8, 'parent', 1)";
        db.run(&mark(7)).await;
        for by in [2, 8] {
            db.refuses("mark_lift_another", &format!("INSERT {}", lift(10, by))).await;
        }
        db.refuses("alleged_abuser_apart", member).await;
        db.run(&format!("INSERT {}", lift(10, 9))).await;
        db.refuses("mark_lift_once", &format!("INSERT {}", lift(11, 9))).await;
        if !db.is_postgres() {
            db.refuses("mark_lift_once", &format!("REPLACE {}", lift(11, 9))).await;
        }
        db.refuses("mark_lift_append_only", "DELETE FROM mark_lift").await;
        // A lifted mark bars nobody, and the family may mark the same account again.
        db.run(&mark(17)).await;
        db.refuses("alleged_abuser_once", &mark(18)).await;
        db.refuses("alleged_abuser_apart", member).await;
        db.run(&format!("INSERT {}", lift(12, 9).replace("#7", "#17"))).await;
        db.run(member).await;
        db.end().await;
    }
}

fn account_sql(id: u32, name: &str) -> String {
    format!(
        "INSERT INTO account (id, sign_in_name, first_name_sealed, state, created_at, updated_at)
         VALUES (#{id}, '{name}', ~1, 'active', 1, 1)"
    )
}

#[tokio::test]
async fn caregivers_hand_on_no_more_than_they_hold_and_one_who_may_delegate_stays() {
    for db in databases().await {
        drafted(&db).await;
        db.family(1, 4).await;
        db.run(&account_sql(8, "wren")).await;
        db.run(&account_sql(9, "finch")).await;
        let member = |id: u32, who: u32, rights: u32, by: u32| {
            format!(
                "INSERT INTO family_member (id, family_id, account_id, relation, added_at, rights, changed_by)
                 VALUES (#{id}, #1000, #{who}, 'parent', 1, {rights}, #{by})"
            )
        };
        let change = |id: u32, what: &str, by: u32| {
            format!("UPDATE family_member SET {what}, changed_by = #{by} WHERE id = #{id}")
        };
        for rights in [128, 2] {
            db.refuses("family_member_rights", &member(31, 8, rights, 9)).await;
        }
        db.run(&member(31, 8, 64 + 16, 2)).await;
        db.refuses("family_rights_wider", &member(32, 9, 32, 8)).await;
        db.run(&member(32, 9, 16, 8)).await;
        db.refuses("family_rights_wider", &change(32, "rights = 20", 8)).await;
        db.refuses("family_rights_wider", &change(31, "rights = 0", 9)).await;
        db.refuses("family_rights_own", &change(31, "rights = 127", 8)).await;
        db.refuses("family_rights_own", &change(32, "rights = 17", 9)).await;
        // Whoever has the right to release signs, and nobody else.
        db.refuses("release_signer", &SIGNATURE.replace("#2", "#9")).await;
        db.run(&change(32, "rights = 48", 2)).await;
        db.run(&SIGNATURE.replace("#2", "#9")).await;
        db.run(&change(30, "removed_at = 5", 8)).await;
        db.refuses("family_rights_removed", &change(30, "rights = 1", 8)).await;
        for last in ["rights = 16", "removed_at = 5"] {
            db.refuses("family_last_delegator", &change(31, last, 8)).await;
            db.refuses(
                "family_last_delegator",
                &change(31, last, 9).replace("rights = 16", "rights = 80, removed_at = 6"),
            )
            .await;
        }
        // Staff are no caregivers of the family, and act for its safety.
        db.run(&change(31, "rights = 16", 2)).await;
        let reason = |family: u32, rights: u32| {
            format!(
                "INSERT INTO caregiver_restriction (id, family_id, member_id, rights, reason_sealed, restricted_by,
                 restricted_at) VALUES (#50, #{family}, #31, {rights}, ~1, #2, 4)"
            )
        };
        db.refuses("caregiver_restriction_family", &reason(1001, 16)).await;
        db.refuses("caregiver_restriction_rights", &reason(1000, 128)).await;
        db.run(&reason(1000, 16)).await;
        db.refuses("caregiver_restriction_append_only", "DELETE FROM caregiver_restriction").await;
        db.end().await;
    }
}

#[tokio::test]
async fn a_factor_is_shown_once_and_never_gone_round() {
    for db in databases().await {
        db.seed().await;
        db.run(
            "INSERT INTO role (id, account_id, programme_id, role, granted_at) VALUES (#6, #2, NULL, 'administrator', 1)",
        )
        .await;
        let sign_in = |id: u32, strength: &str| {
            format!(
                "INSERT INTO sign_in (id, account_id, role_id, created_at, last_used_at, expires_at, strength)
                 VALUES (#{id}, #2, #6, 1, 1, 9, '{strength}')"
            )
        };
        let factor = "INSERT INTO factor (id, account_id, kind, name_sealed, secret_sealed, last_step, created_at)
            VALUES (#20, #2, 'authenticator', ~1, ~1, 5, 1)";
        db.run(&sign_in(10, "passphrase")).await;
        db.refuses("sign_in_needs_factor", factor).await;
        db.run("UPDATE sign_in SET strength = 'second_factor' WHERE id = #10").await;
        db.run(factor).await;
        db.refuses("sign_in_needs_factor", &sign_in(11, "passphrase")).await;
        db.refuses("sign_in_needs_factor", "UPDATE sign_in SET strength = 'passphrase' WHERE id = #10").await;
        db.run(&sign_in(11, "passkey")).await;
        for step in [4, 5] {
            db.refuses("factor_step", &format!("UPDATE factor SET last_step = {step} WHERE id = #20")).await;
        }
        db.run("UPDATE factor SET last_step = 6 WHERE id = #20").await;
        db.refuses("factor_parts", "UPDATE factor SET counter = 1 WHERE id = #20").await;
        let passkey = "INSERT INTO factor (id, account_id, kind, name_sealed, secret_sealed, credential_hash, counter,
            created_at) VALUES (#21, #2, 'passkey', ~1, ~1, ~7, 0, 1)";
        db.run(passkey).await;
        db.refuses("factor_credential", &passkey.replace("#21", "#22")).await;
        db.run("UPDATE factor SET counter = 0 WHERE id = #21").await;
        db.run("UPDATE factor SET counter = 3 WHERE id = #21").await;
        for counter in [0, 2, 3] {
            db.refuses("factor_counter", &format!("UPDATE factor SET counter = {counter} WHERE id = #21")).await;
        }
        db.end().await;
    }
}

#[tokio::test]
async fn a_recovery_code_and_a_challenge_are_used_once() {
    for db in databases().await {
        db.seed().await;
        let code = "INSERT INTO recovery_code (id, account_id, code_hash, created_at) VALUES (#20, #2, ~1, 1)";
        db.run(code).await;
        db.refuses("recovery_code_hash", &code.replace("#20", "#21")).await;
        db.run("UPDATE recovery_code SET used_at = 2 WHERE id = #20").await;
        db.refuses("recovery_code_single_use", "UPDATE recovery_code SET used_at = 3 WHERE id = #20").await;
        db.refuses("recovery_code_single_use", "UPDATE recovery_code SET used_at = NULL WHERE id = #20").await;
        let challenge = "INSERT INTO challenge (id, purpose, account_id, token_hash, created_at, expires_at)
            VALUES (#30, 'sign_in', #2, ~1, 1, 9)";
        db.run(challenge).await;
        db.refuses("challenge_token", &challenge.replace("#30", "#31")).await;
        db.refuses("challenge_owner", &challenge.replace("#30", "#31").replace("#2", "NULL")).await;
        db.refuses("challenge_tries", "UPDATE challenge SET tries = 6 WHERE id = #30").await;
        db.run("UPDATE challenge SET tries = 5, used_at = 2 WHERE id = #30").await;
        db.refuses("challenge_single_use", "UPDATE challenge SET used_at = NULL WHERE id = #30").await;
        db.end().await;
    }
}

#[tokio::test]
async fn who_the_provider_knows_has_one_account_of_staff_for_good() {
    for db in databases().await {
        db.seed().await;
        let begun =
            "INSERT INTO provider_sign_in (id, state_hash, secret_hash, remembered_sealed, created_at, expires_at)
            VALUES (#40, ~1, ~2, ~1, 1, 600000001)";
        db.refuses("provider_sign_in_end", &begun.replace("600000001", "600000002")).await;
        db.refuses("provider_sign_in_end", &begun.replace("600000001", "1")).await;
        db.run(begun).await;
        db.refuses("provider_sign_in_state", &begun.replace("#40", "#41")).await;
        db.refuses("provider_sign_in_fixed", "UPDATE provider_sign_in SET expires_at = 5 WHERE id = #40").await;
        let link = "INSERT INTO provider_link (id, account_id, issuer, subject_hash, created_at)
            VALUES (#50, #2, 'https://login.example', ~1, 1)";
        db.refuses("provider_link_staff", link).await;
        db.run("INSERT INTO role (id, account_id, role, granted_at) VALUES (#5, #2, 'administrator', 1)").await;
        db.run(link).await;
        db.refuses("provider_link_subject", &link.replace("#50", "#51").replace("login", "other")).await;
        db.refuses("provider_link_account", &link.replace("#50", "#51").replace("~1", "~2")).await;
        db.refuses("provider_link_fixed", "UPDATE provider_link SET created_at = 5 WHERE id = #50").await;
        db.end().await;
    }
}

#[tokio::test]
async fn a_reset_takes_two_and_a_day_and_stays_on_record() {
    const DAY: i64 = 86_400_000_000;
    for db in databases().await {
        db.seed().await;
        for id in [60, 61, 62] {
            db.run(&format!(
                "INSERT INTO account (id, sign_in_name, first_name_sealed, state, created_at, updated_at)
                VALUES (#{id}, 'name-{id}', ~1, 'active', 1, 1)"
            ))
            .await;
        }
        let asked =
            "INSERT INTO factor_reset (id, account_id, of_staff, lost, verified_by, state, requested_by, requested_at)
            VALUES (#70, #60, 0, 'factors', 'in_person', 'requested', #61, 1)";
        db.refuses("factor_reset_another", &asked.replace("#61", "#60")).await;
        db.refuses("factor_reset_state", &asked.replace("'requested'", "'approved'")).await;
        db.run(asked).await;
        db.refuses("one_open_factor_reset", &asked.replace("#70", "#71")).await;
        let approved = |by: u32, days: i64| {
            format!(
                "UPDATE factor_reset SET state = 'approved', approved_by = #{by}, approved_at = 2, due_at = {}
                WHERE id = #70",
                2 + days
            )
        };
        db.refuses("factor_reset_another", &approved(60, DAY)).await;
        db.refuses("factor_reset_another", &approved(61, DAY)).await;
        db.refuses("factor_reset_day", &approved(62, DAY - 1)).await;
        db.refuses("factor_reset_approval", "UPDATE factor_reset SET state = 'approved' WHERE id = #70").await;
        db.refuses("factor_reset_state", "UPDATE factor_reset SET state = 'done', ended_at = 9 WHERE id = #70").await;
        db.run(&approved(62, DAY)).await;
        db.refuses("factor_reset_fixed", "UPDATE factor_reset SET due_at = due_at + 1 WHERE id = #70").await;
        db.refuses("factor_reset_fixed", "UPDATE factor_reset SET lost = 'everything' WHERE id = #70").await;
        let done = |at: i64| format!("UPDATE factor_reset SET state = 'done', ended_at = {at} WHERE id = #70");
        db.refuses("factor_reset_day", &done(DAY + 1)).await;
        db.refuses("factor_reset_end", "UPDATE factor_reset SET state = 'done' WHERE id = #70").await;
        db.run(&done(DAY + 2)).await;
        db.refuses("factor_reset_fixed", "UPDATE factor_reset SET ended_at = ended_at + 1 WHERE id = #70").await;
        db.refuses("factor_reset_fixed", "DELETE FROM factor_reset WHERE id = #70").await;
        db.run(&asked.replace("#70", "#71")).await;
        db.end().await;
    }
}

fn opening_sql(id: u32, ends_at: i64) -> String {
    format!(
        "INSERT INTO break_glass (id, programme_id, family_id, opened_by, category, reason_sealed, state, opened_at,
         ends_at, tell_at, review_due_at, version)
         VALUES (#{id}, #1, #1000, #2, 'missing_child', ~1, 'open', 1, {ends_at}, 1, 9, 1)"
    )
}

#[tokio::test]
async fn an_opening_lasts_an_hour_and_stays_as_it_was() {
    for db in databases().await {
        db.seed().await;
        db.family(0, 4).await;
        db.run("INSERT INTO programme (id, name, zone, created_at) VALUES (#8, 'South', 'UTC', 1)").await;
        db.refuses("break_glass_hour", &opening_sql(5, 3_600_000_002)).await;
        db.refuses("break_glass_hour", &opening_sql(5, 1)).await;
        db.refuses("break_glass_programme", &opening_sql(5, 100).replace("(#5, #1,", "(#5, #8,")).await;
        db.refuses("break_glass_state", &opening_sql(5, 100).replace("'open'", "'reviewed'")).await;
        db.run(&opening_sql(5, 3_600_000_001)).await;
        db.refuses("one_open_break_glass", &opening_sql(6, 100)).await;
        for change in ["ends_at = 99", "category = 'legal_duty'", "reason_sealed = ~2", "opened_by = #9", "tell_at = 0"]
        {
            db.refuses("break_glass_fixed", &format!("UPDATE break_glass SET {change} WHERE id = #5")).await;
        }
        db.refuses("break_glass_fixed", "DELETE FROM break_glass").await;
        db.refuses("break_glass_end", "UPDATE break_glass SET state = 'ended' WHERE id = #5").await;
        let ended = |at: i64| format!("UPDATE break_glass SET state = 'ended', ended_at = {at} WHERE id = #5");
        db.refuses("break_glass_end", &ended(3_600_000_002)).await;
        db.run("UPDATE break_glass SET tell_at = 5, review_due_at = 10 WHERE id = #5").await;
        for to in ["reviewed", "follow_up"] {
            db.refuses("break_glass_state", &format!("UPDATE break_glass SET state = '{to}' WHERE id = #5")).await;
        }
        db.run(&ended(50)).await;
        db.refuses("break_glass_fixed", &ended(40)).await;
        db.refuses("break_glass_state", "UPDATE break_glass SET state = 'open' WHERE id = #5").await;
        db.run("UPDATE break_glass SET state = 'follow_up' WHERE id = #5").await;
        db.refuses("break_glass_state", "UPDATE break_glass SET state = 'ended' WHERE id = #5").await;
        db.run("UPDATE break_glass SET state = 'reviewed' WHERE id = #5").await;
        db.refuses("break_glass_state", "UPDATE break_glass SET state = 'follow_up' WHERE id = #5").await;
        db.run(&opening_sql(6, 100)).await;
        db.end().await;
    }
}

#[tokio::test]
async fn nobody_judges_their_own_opening() {
    for db in databases().await {
        db.seed().await;
        db.family(0, 4).await;
        db.run(
            "INSERT INTO account (id, sign_in_name, first_name_sealed, state, created_at, updated_at)
             VALUES (#9, 'wren', ~1, 'active', 1, 1)",
        )
        .await;
        db.run(&opening_sql(5, 100)).await;
        let review =
            "INSERT INTO break_glass_review (id, break_glass_id, verdict, note_sealed, reviewed_by, reviewed_at)
            VALUES (#10, #5, 'justified', ~1, #2, 101)";
        db.refuses("break_glass_another", review).await;
        db.run(&review.replace("#2", "#9")).await;
        let delay = |id: u32, by: u32, at: i64, until: i64| {
            format!(
                "INSERT INTO break_glass_delay (id, break_glass_id, until_at, reason_sealed, set_by, set_at)
                 VALUES (#{id}, #5, {until}, ~1, #{by}, {at})"
            )
        };
        db.run(&delay(11, 2, 1, 50)).await;
        db.refuses("break_glass_another", &delay(12, 2, 2, 60)).await;
        db.refuses("break_glass_delay_days", &delay(12, 9, 2, 2_592_000_000_003)).await;
        db.refuses("break_glass_delay_days", &delay(12, 9, 2, 2)).await;
        db.run(&delay(12, 9, 2, 2_592_000_000_002)).await;
        db.refuses("break_glass_delay_append_only", "UPDATE break_glass_delay SET until_at = 99").await;
        db.refuses("break_glass_review_append_only", "DELETE FROM break_glass_review").await;
        db.end().await;
    }
}

/// A family #1000 with a caregiver #2 and a draft #5 that allows first names for a day.
async fn drafted(db: &Db) {
    db.seed().await;
    db.family(0, 4).await;
    db.run(
        "INSERT INTO family_member (id, family_id, account_id, relation, added_at) VALUES (#30, #1000, #2, 'parent', 1)",
    )
    .await;
    db.run(&release_sql(5, 1)).await;
    db.run("INSERT INTO release_field (release_id, field) VALUES (#5, 'first_names')").await;
}

fn release_sql(id: u32, days: u32) -> String {
    format!(
        "INSERT INTO information_release (id, programme_id, family_id, state, drafted_by, drafted_at, receiver_sealed,
         purpose, purpose_sealed, valid_days, version)
         VALUES (#{id}, #1, #1000, 'draft', #2, 1, ~1, 'housing', ~1, {days}, 1)"
    )
}

const SIGNATURE: &str = "INSERT INTO release_signature (id, release_id, family_id, account_id, text_version,
    text_language, body, signed_at) VALUES (#6, #5, #1000, #2, '1', 'en', 'What this means', 10)";
const DAY: i64 = 86_400_000_000;

fn signed_sql(expires_at: i64) -> String {
    format!("UPDATE information_release SET state = 'signed', signed_at = 10, expires_at = {expires_at} WHERE id = #5")
}

#[tokio::test]
async fn a_release_is_live_only_by_a_caregivers_signature_and_stays_as_signed() {
    for db in databases().await {
        drafted(&db).await;
        db.run("INSERT INTO programme (id, name, zone, created_at) VALUES (#8, 'South', 'UTC', 1)").await;
        db.refuses("information_release_days", &release_sql(7, 91)).await;
        db.refuses("information_release_programme", &release_sql(7, 1).replace("(#7, #1,", "(#7, #8,")).await;
        db.refuses("information_release_state", &release_sql(7, 1).replace("'draft'", "'expired'")).await;
        db.refuses("information_release_signature", &signed_sql(20)).await;
        db.run(
            "INSERT INTO account (id, sign_in_name, first_name_sealed, state, created_at, updated_at)
             VALUES (#9, 'wren', ~1, 'active', 1, 1)",
        )
        .await;
        db.refuses("release_signer", &SIGNATURE.replace("#2", "#9")).await;
        db.run("UPDATE family_member SET removed_at = 2").await;
        db.refuses("release_signer", SIGNATURE).await;
        db.run("UPDATE family_member SET removed_at = NULL").await;
        db.run(SIGNATURE).await;
        db.refuses("release_signature_once", &SIGNATURE.replace("#6", "#7")).await;
        db.refuses("information_release_days", &signed_sql(10 + DAY + 1)).await;
        db.refuses("information_release_signed", "UPDATE information_release SET signed_at = 10, expires_at = 20")
            .await;
        db.run(&signed_sql(10 + DAY)).await;
        for change in ["expires_at = 30", "receiver_sealed = ~2", "purpose = 'other'", "valid_days = 2"] {
            db.refuses("information_release_fixed", &format!("UPDATE information_release SET {change}")).await;
        }
        db.refuses("information_release_fixed", "DELETE FROM information_release").await;
        db.refuses("information_release_fixed", "DELETE FROM release_field").await;
        let more = "INSERT INTO release_field (release_id, field) VALUES (#5, 'languages')";
        db.refuses("information_release_fixed", more).await;
        db.refuses("information_release_end", "UPDATE information_release SET state = 'expired'").await;
        for to in ["draft", "discarded"] {
            let back = format!("UPDATE information_release SET state = '{to}', ended_at = 40 WHERE id = #5");
            db.refuses("information_release_state", &back).await;
        }
        db.refuses("release_signature_append_only", "UPDATE release_signature SET body = 'x'").await;
        db.run("UPDATE information_release SET state = 'revoked', ended_at = 40 WHERE id = #5").await;
        let again = "UPDATE information_release SET state = 'expired' WHERE id = #5";
        db.refuses("information_release_state", again).await;
        db.end().await;
    }
}

#[tokio::test]
async fn nothing_is_told_without_a_live_release_and_nothing_beyond_it() {
    for db in databases().await {
        drafted(&db).await;
        let told = |id: u32, at: i64| {
            format!(
                "INSERT INTO disclosure (id, release_id, family_id, disclosed_by, disclosed_at)
                 VALUES (#{id}, #5, #1000, #2, {at})"
            )
        };
        let field = |id: u32, field: &str| {
            format!("INSERT INTO disclosure_field (disclosure_id, release_id, field) VALUES (#{id}, #5, '{field}')")
        };
        db.refuses("disclosure_live", &told(40, 15)).await;
        db.run(SIGNATURE).await;
        db.run(&signed_sql(20)).await;
        db.refuses("disclosure_live", &told(40, 9)).await;
        db.refuses("disclosure_live", &told(40, 20)).await;
        db.run(&told(40, 19)).await;
        db.refuses("disclosure_field_released", &field(40, "languages")).await;
        db.run(&field(40, "first_names")).await;
        db.refuses("disclosure_append_only", "DELETE FROM disclosure").await;
        db.refuses("disclosure_field_append_only", "DELETE FROM disclosure_field").await;
        // Who signed is marked: what they signed is dead.
        db.run("UPDATE family_member SET removed_at = 2").await;
        db.run(
            "INSERT INTO alleged_abuser (id, family_id, account_id, reason_sealed, marked_by, marked_at)
             VALUES (#50, #1000, #2, ~1, #2, 2)",
        )
        .await;
        db.refuses("disclosure_live", &told(41, 19)).await;
        db.run("UPDATE information_release SET state = 'revoked', ended_at = 19 WHERE id = #5").await;
        db.refuses("disclosure_live", &told(41, 19)).await;
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
        let handled = "INSERT INTO alert_handling (alert_id, handled_by, handled_at) VALUES (#10, #2, 3)";
        db.run(handled).await;
        db.refuses("alert_handling_append_only", "UPDATE alert_handling SET handled_at = 4").await;
        db.refuses("alert_handling_append_only", "DELETE FROM alert_handling").await;
        db.run("UPDATE sign_in SET last_used_at = 2 WHERE id = #7").await;
        db.run("UPDATE sign_in SET ended_at = 3, end_reason = 'signed_out' WHERE id = #7").await;
        for change in ["ended_at = NULL", "ended_at = 4", "end_reason = 'other'", "last_used_at = 4"] {
            db.refuses("sign_in_ended", &format!("UPDATE sign_in SET {change} WHERE id = #7")).await;
        }
        db.end().await;
    }
}
