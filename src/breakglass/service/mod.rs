//! The use cases of break-glass.

mod board;
mod look;
mod open;
mod review;
mod told;
mod trail;
mod watch;

pub use board::{access, delays, list, reasons, reviews};
pub use look::{follow_messages, matches, messages, proposals, requests, sessions};
pub use open::{end, lapse, open};
pub use review::{delay, review};
pub use told::told_to_family;
pub use trail::{Entry, Outcome, count_reads, reads};
pub use watch::changes;

use uuid::Uuid;

use super::store::{self, Row};
use crate::access::{ActionTag, Permit};
use crate::kernel::ids::{AccountId, BreakGlassId, ProgrammeId, TypedId as _};
use crate::kernel::{Code, Error, Problem, Result};
use crate::op::Tx;

/// The kind of job that notes an end: payload `{"break_glass": uuid}`.
pub const LAPSE: &str = "break_glass_lapse";

/// The topic of one opening: whoever reads under it listens for its end.
fn topic(id: BreakGlassId) -> String {
    format!("break_glass:{}", id.uuid())
}

/// The topic of a programme's board.
fn board_topic(programme: ProgrammeId) -> String {
    format!("programme:{}:break_glass", programme.uuid())
}

/// Tells whoever reads under an opening, and the programme's boards, to look again.
fn tell(tx: &Tx, row: &Row) {
    let body = serde_json::json!({"break_glass": row.id()});
    tx.publish(topic(row.id()), body.clone());
    tx.publish(board_topic(row.stored.programme_id.into()), body);
}

/// What stands as the purpose in every entry of what is read under an opening.
fn purpose(id: BreakGlassId) -> String {
    format!("break-glass {}", id.to_global())
}

/// The permit for an opening, and the opening.
async fn found<A: ActionTag>(tx: &Tx, id: BreakGlassId) -> Result<(Permit<A>, Row)> {
    let found = store::facts(tx, id).await?;
    let permit = tx.allow::<A>(found.clone())?;
    Ok((permit, found.ok_or(Error::NotFound)?))
}

/// Who acts. Every act on an opening is somebody's, by account.
fn actor(tx: &Tx) -> Result<AccountId> {
    tx.principal().account.ok_or(Error::Forbidden)
}

/// What somebody hears who lost a race.
fn stale() -> Error {
    Problem::at(Code::Stale, "input.version", "This has changed since you read it. Look again.").into()
}

/// The id as an entry names it.
fn named(id: BreakGlassId) -> [Uuid; 1] {
    [id.uuid()]
}
