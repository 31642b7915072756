//! The use cases of moderation.

mod claim;
mod decide;
mod input;
mod notes;
mod open;
mod queue;
mod watch;

pub use claim::{claim_case, escalate_case, release_claim, renew_claim, reopen_case};
pub use decide::decide_case;
pub use input::Decide;
pub use notes::{add_case_note, notes_on_my_message};
pub use open::Opener;
pub use queue::{Content, case, case_content, list_cases};
pub use watch::watch;

use super::model::LEAD_ONLY;
use super::store::Row;
use crate::kernel::ids::AccountId;
use crate::kernel::{Code, Error, Problem, Result};
use crate::op::Tx;

/// Who acts. Every action on a case is somebody's, by account.
fn actor(tx: &Tx) -> Result<AccountId> {
    tx.principal().account.ok_or(Error::Forbidden)
}

/// Tells the programme's boards that a case has changed.
fn tell(tx: &Tx, row: &Row) {
    let topic = format!("programme:{}:cases", row.stored.programme_id);
    tx.publish(topic, serde_json::json!({"case": row.id()}));
}

/// The policies keep a case that was handed to the safeguarding leads from everybody else; who may see it is told so, at the
/// field that names the case.
fn for_leads(error: Error, found: Option<&Row>, path: &str) -> Error {
    match error {
        Error::Forbidden if found.is_some_and(Row::is_escalated) => {
            Problem::at(LEAD_ONLY, path, "This case has been handed to the safeguarding leads.").into()
        }
        other => other,
    }
}

/// What somebody hears who read an older version (the field at `path` says which), or lost a race for what it names.
fn stale(path: &str) -> Error {
    Problem::at(Code::Stale, path, "The case has changed since you read it.").into()
}
