//! The names under which the database refuses a write, found again in its error text.

/// Rules that both databases name in their error text.
const NAMED: [&str; 110] = [
    "account_state",
    "alert_handling_append_only",
    "alleged_abuser_apart",
    "alleged_abuser_append_only",
    "alleged_abuser_once",
    "audit_entry_append_only",
    "audit_entry_leaf_hash",
    "audit_index_append_only",
    "audit_index_gapless",
    "audit_index_leaf_hash",
    "availability_exception_added",
    "availability_exception_minutes",
    "availability_exception_owner",
    "availability_rule_minutes",
    "availability_rule_weekday",
    "break_glass_another",
    "break_glass_delay_append_only",
    "break_glass_delay_days",
    "break_glass_end",
    "break_glass_fixed",
    "break_glass_hour",
    "break_glass_programme",
    "break_glass_review_append_only",
    "break_glass_state",
    "case_note_append_only",
    "caregiver_restriction_append_only",
    "caregiver_restriction_family",
    "caregiver_restriction_rights",
    "challenge_owner",
    "challenge_single_use",
    "challenge_tries",
    "disclosure_append_only",
    "disclosure_field_append_only",
    "disclosure_field_released",
    "disclosure_live",
    "factor_counter",
    "factor_parts",
    "factor_reset_another",
    "factor_reset_approval",
    "factor_reset_day",
    "factor_reset_end",
    "factor_reset_fixed",
    "factor_reset_state",
    "factor_step",
    "family_last_delegator",
    "family_matching_keys",
    "family_member_account",
    "family_member_rights",
    "family_rights_own",
    "family_rights_removed",
    "family_rights_wider",
    "information_release_days",
    "information_release_end",
    "information_release_fixed",
    "information_release_programme",
    "information_release_signature",
    "information_release_signed",
    "information_release_state",
    "invitation_single_use",
    "mark_lift_another",
    "mark_lift_append_only",
    "match_end",
    "mentor_account",
    "mentor_capacity",
    "mentor_capacity_range",
    "mentor_evidence_dates",
    "mentor_evidence_kind",
    "mentor_matching_keys",
    "message_kept",
    "message_state",
    "message_under_review",
    "message_verdict",
    "message_version_append_only",
    "message_version_written",
    "moderation_case_escalation",
    "moderation_case_reports",
    "moderation_case_state",
    "one_live_match_per_family",
    "one_live_proposal_per_request",
    "one_live_refresh_token",
    "one_open_break_glass",
    "one_open_case_per_message",
    "one_open_factor_reset",
    "one_open_request_per_family",
    "peer_match_state",
    "proposal_state",
    "provider_link_fixed",
    "provider_link_staff",
    "provider_sign_in_end",
    "provider_sign_in_fixed",
    "recovery_code_single_use",
    "refresh_token_single_use",
    "release_signature_append_only",
    "release_signer",
    "role_active",
    "role_programme",
    "role_subject",
    "security_alert_append_only",
    "session_family_overlap",
    "session_mentor_overlap",
    "session_state",
    "session_times",
    "session_wellbeing",
    "sign_in_device",
    "sign_in_ended",
    "sign_in_needs_factor",
    "sign_in_try_count",
    "sign_in_try_open",
    "support_request_state",
    "verdict_append_only",
];

/// Unique rules over whole columns: their name, and the columns that SQLite names instead.
const BY_COLUMNS: [(&str, &str); 21] = [
    ("account_sign_in_name", "account.sign_in_name"),
    ("audit_index_entry", "audit_index.entry_id"),
    ("challenge_token", "challenge.token_hash"),
    ("conflict_once", "conflict_declaration.proposal_id, conflict_declaration.side"),
    ("conversation_match", "conversation.match_id"),
    ("factor_credential", "factor.credential_hash"),
    ("invitation_code", "invitation.code_hash"),
    ("job_unique_key", "job.unique_key"),
    ("mark_lift_once", "mark_lift.mark_id"),
    ("message_change", "message.conversation_id, message.change_seq"),
    ("message_client", "message.conversation_id, message.author_account_id, message.client_id"),
    ("message_seq", "message.conversation_id, message.seq"),
    ("peer_match_proposal", "peer_match.proposal_id"),
    ("programme_name", "programme.name"),
    ("provider_link_account", "provider_link.account_id, provider_link.issuer"),
    ("provider_link_subject", "provider_link.subject_hash"),
    ("provider_sign_in_state", "provider_sign_in.state_hash"),
    ("recovery_code_hash", "recovery_code.code_hash"),
    ("refresh_token_hash", "refresh_token.token_hash"),
    ("release_signature_once", "release_signature.release_id"),
    ("security_alert_once", "security_alert.sign_in_id, security_alert.kind"),
];

/// The name of the rule that a database error tells of, the same on SQLite and PostgreSQL; `None` when the text names
/// none of ours. `text` is the error as the driver words it.
pub fn constraint_name(text: &str) -> Option<&'static str> {
    let columns = BY_COLUMNS.iter().find(|(_, columns)| text.ends_with(&format!("constraint failed: {columns}")));
    if let Some((name, _)) = columns {
        return Some(name);
    }
    constraint_names().into_iter().find(|name| mentions(text, name))
}

/// The name of every rule that `constraint_name` can find.
pub fn constraint_names() -> Vec<&'static str> {
    NAMED.iter().copied().chain(BY_COLUMNS.iter().map(|(name, _)| *name)).collect()
}

/// Whether `name` stands in `text` as a whole word, so that `mentor_capacity_range` is not read as `mentor_capacity`.
fn mentions(text: &str, name: &str) -> bool {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    text.split(|c| !part_of_word(c)).any(|word| word == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_a_whole_word_only() {
        let range = "CHECK constraint failed: mentor_capacity_range";
        assert_eq!(constraint_name(range), Some("mentor_capacity_range"));
        assert_eq!(
            constraint_name("violates exclusion constraint \"session_mentor_overlap\""),
            Some("session_mentor_overlap")
        );
        assert_eq!(constraint_name("no such table: door"), None);
    }

    #[test]
    fn columns_stand_for_a_name_where_sqlite_gives_only_them() {
        let text =
            "error returned from database: (code: 2067) UNIQUE constraint failed: message.conversation_id, message.seq";
        assert_eq!(constraint_name(text), Some("message_seq"));
    }
}
