//! The use cases of releases.

mod content;
mod disclose;
mod draft;
mod reads;
mod sign;
mod told;
mod watch;

pub use disclose::disclose;
pub use draft::{discard, draft};
pub use reads::{disclosures, list, release};
pub use sign::{expire, revoke, sign};
pub use told::{disclosed_to_family, ended_to_family, signed_to_family};
pub use watch::changes;

use super::model::{LONGEST_DAYS, Release};
use super::store::{self, Facts};
use crate::access::{ActionTag, Permit};
use crate::kernel::ids::{AccountId, FamilyId, ReleaseId};
use crate::kernel::{Code, Error, Problem, Result};
use crate::op::Tx;

/// The kind of job that notes the end of a release's time: payload `{"release": uuid}`.
pub const EXPIRE: &str = "release_expire";

/// The topic of a family's releases.
fn topic(family: FamilyId) -> String {
    format!("family:{}:releases", family.uuid())
}

/// Tells whoever watches the family's releases to look again.
fn tell(tx: &Tx, family: FamilyId, id: ReleaseId) {
    tx.publish(topic(family), serde_json::json!({"release": id}));
}

/// The permit for a release, and the facts.
async fn found<A: ActionTag>(tx: &Tx, id: ReleaseId) -> Result<(Permit<A>, Facts)> {
    let found = store::facts(tx, id).await?;
    let permit = tx.allow::<A>(found.clone())?;
    Ok((permit, found.ok_or(Error::NotFound)?))
}

/// What a change answers with: the release as it then is, after whoever watches was told.
async fn done<A: ActionTag>(tx: &Tx, permit: &Permit<A>, of: &Facts, fields: &[&'static str]) -> Result<Release> {
    tx.touched(permit.decision(), fields);
    tell(tx, of.family(), of.id());
    store::load(tx, permit.decision(), of.id()).await
}

fn actor(tx: &Tx) -> Result<AccountId> {
    tx.principal().account.ok_or(Error::Forbidden)
}

/// The longest that a release can be valid by the setting, in days; never beyond ninety.
fn longest_days(tx: &Tx) -> i32 {
    let days = tx.op().core().clocks.release_longest.as_secs() / 86_400;
    i32::try_from(days).unwrap_or(LONGEST_DAYS).clamp(1, LONGEST_DAYS)
}

fn stale() -> Error {
    Problem::at(Code::Stale, "input.version", "This has changed since you read it. Look again.").into()
}

/// Refuses when the caller read another version.
fn fresh(read: i32, present: i32) -> Result<()> {
    if read == present { Ok(()) } else { Err(stale()) }
}
