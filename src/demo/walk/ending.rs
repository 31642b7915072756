//! The end of a match, which acts at once; and the log, which tells all of it.

use std::time::Duration;

use sea_orm::ConnectionTrait as _;
use serde_json::json;

use super::talking::Open;
use super::{Cast, Difference, Script, Walked, sees};
use crate::cli::say;
use crate::op::Op;
use crate::oversight;

/// How fast a former mentor must be out.
const AT_ONCE: Duration = Duration::from_secs(1);

pub(super) async fn play(script: &mut Script<'_>, cast: &Cast, mut open: Open) -> Walked<()> {
    script.step("Rosa ends the match, without a reason. Marcus is out within a second.");
    let end = json!({"input": {"matchId": cast.match_id, "reason": "FAMILY_CHOICE"}});
    script.done(&cast.family, "matching/endMatch", end.clone()).await?;
    let closed = open.mentor.ends_within(AT_ONCE).await;
    script.must(closed.is_some(), "the mentor's open subscription is closed within a second")?;
    sees(&cast.mentor, format_args!("My subscription ended after {} ms.", closed.unwrap_or_default().as_millis()));
    script.refused(&cast.family, "to end it twice", "matching/endMatch", end, "WRONG_STATE").await?;
    let of_match = [("matching/match", "id"), ("messaging/messages", "matchId"), ("scheduling/sessions", "matchId")];
    for (document, argument) in of_match {
        let which = json!({(argument): cast.match_id, "when": "UPCOMING"});
        script.refused(&cast.mentor, document, document, which, "NOT_FOUND").await?;
    }
    let family = json!({"id": cast.family_id});
    script.refused(&cast.mentor, "the family's record", "families/family", family, "NOT_FOUND").await?;
    log(script, cast).await
}

async fn log(script: &mut Script<'_>, cast: &Cast) -> Walked<()> {
    script.step("The audit log verifies. Then one byte of it is changed, and the verification names the entry.");
    script.refused(&cast.coordinator, "to read the log", "oversight/auditEntries", json!({}), "NOT_FOUND").await?;
    let app = script.app;
    let fault = |error: crate::kernel::Error| Difference::of("audit", &error);
    app.tick().await.map_err(fault)?;
    let whole = script.done(&cast.administrator, "oversight/auditVerification", json!({})).await?;
    sees(&cast.administrator, format_args!("Whole: {}, {} entries verified.", whole["whole"], whole["verified"]));
    script.must(whole["whole"] == true, "the log verifies")?;
    if app.core.db.is_postgres() {
        // There the service's own role cannot even try; `tests/it/audit` tampers as the owner of the database.
        return Ok(());
    }
    // Behind the service's back, as somebody with the disk in their hands would.
    let tampered = app.core.db.write(|conn| async move {
        let sql = "DROP TRIGGER audit_entry_append_only; UPDATE audit_entry SET canonical = CAST(replace(CAST(canonical AS TEXT), \
                   'family.set_plan', 'family.get_plan') AS BLOB) WHERE action = 'family.set_plan'";
        Ok(conn.raw().execute_unprepared(sql).await.map(|_| ())?)
    });
    tampered.await.map_err(fault)?;
    let report = oversight::verify(&Op::system(&app.core)).await.map_err(fault)?;
    let finding = report.first_fault.as_ref().map(ToString::to_string);
    say(format_args!("    verify       {}", finding.as_deref().unwrap_or("nothing found")));
    script.must(finding.is_some_and(|what| what.contains("do not match its hash")), "the change is found and named")
}
