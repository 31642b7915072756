//! What the features above may ask about a family, once they have decided on a record of their own.

use super::model::plan::{ContactChannel, ContactWindow};
use super::store;
use crate::access::{Decision, Resource};
use crate::kernel::ids::{AccountId, FamilyId};
use crate::kernel::{MatchingKeys, Result};
use crate::op::Tx;

/// What matching needs to know about a family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchingFacts {
    /// The family.
    pub id: FamilyId,
    /// Languages that it speaks, as lower-case tags.
    pub languages: Vec<String>,
    /// The zone in which the windows are meant; the family's own while there is no plan.
    pub zone: String,
    /// When contact is safe; empty while there is no plan.
    pub windows: Vec<ContactWindow>,
    /// The case that it belongs to and the town where it lives, to be compared with a mentor's and shown to nobody.
    pub keys: MatchingKeys,
}

/// The facts for decisions about a family; `None` when there is none.
pub async fn facts(tx: &Tx, id: FamilyId) -> Result<Option<Resource>> {
    store::facts(tx, id).await
}

/// What matching compares. The decision shows that the caller was allowed to do what this is for.
pub async fn matching_facts(tx: &Tx, decision: &Decision, id: FamilyId) -> Result<Option<MatchingFacts>> {
    let Some(store::Basics { zone, languages, keys }) = store::basics(tx, id).await? else { return Ok(None) };
    let (zone, windows) = safe_windows(tx, decision, id).await?.unwrap_or((zone, Vec::new()));
    Ok(Some(MatchingFacts { id, languages, zone, windows, keys }))
}

/// When contact with the family is safe, with the zone that it is meant in; `None` when there is no plan yet. A plan
/// that forbids all contact has no windows.
pub async fn safe_windows(tx: &Tx, _decision: &Decision, id: FamilyId) -> Result<Option<(String, Vec<ContactWindow>)>> {
    let plan = store::windows(tx, id).await?;
    Ok(plan.map(|(zone, windows, channel)| match channel {
        ContactChannel::None => (zone, Vec::new()),
        ContactChannel::InApp | ContactChannel::PhoneCall | ContactChannel::TextMessage => (zone, windows),
    }))
}

/// The one channel on which it is safe to reach the family, as a word; `None` when no contact is safe or nothing was said.
pub async fn safe_channel(tx: &Tx, _decision: &Decision, id: FamilyId) -> Result<Option<&'static str>> {
    let plan = store::windows(tx, id).await?;
    let safe = plan.map(|(.., channel)| channel).filter(|channel| *channel != ContactChannel::None);
    Ok(safe.map(ContactChannel::as_str))
}

/// The accounts of the family's present caregivers, who was added first comes first.
pub async fn member_accounts(tx: &Tx, _decision: &Decision, id: FamilyId) -> Result<Vec<AccountId>> {
    store::accounts(tx, id).await
}
