//! What the features above may ask about mentors, once they have decided on a record of their own.

use super::model::profile::Profile;
use super::model::readiness::{MentorState, Readiness};
use super::model::record::{Kept, PublicProfile};
use super::{store, view};
use crate::access::{Decision, Resource};
use crate::kernel::ids::{AccountId, MentorId, ProgrammeId};
use crate::kernel::{MatchingKeys, Result};
use crate::op::Tx;
use crate::ties;

/// What matching needs to know about a mentor. Their load is matching's own business: it counts proposals too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchingFacts {
    /// The mentor.
    pub id: MentorId,
    /// Their account.
    pub account: Option<AccountId>,
    /// Languages spoken, as lower-case tags.
    pub languages: Vec<String>,
    /// Topics that the mentor likes to speak about.
    pub topics: Vec<String>,
    /// What the policy compares.
    pub profile: Profile,
    /// IANA name of their zone.
    pub zone: String,
    /// How much they may carry, in units.
    pub capacity: u32,
    /// Has stepped back.
    pub stepped_back: bool,
    /// The case that they belong to and the town where they live, to be compared with a family's and shown to nobody.
    pub keys: MatchingKeys,
    /// Whether their account is in use and still a mentor's.
    pub account_active: bool,
    /// Whether the evidence lets them be proposed today, and what stands in the way.
    pub readiness: Readiness,
}

/// The facts for decisions about a mentor; `None` when there is none.
pub async fn facts(tx: &Tx, id: MentorId) -> Result<Option<Resource>> {
    store::facts(tx, id).await
}

/// What matching compares, for at most 500 mentors of a programme. The decision shows that the caller was allowed to do
/// what this is for.
pub async fn matching_facts(tx: &Tx, _decision: &Decision, programme: ProgrammeId) -> Result<Vec<MatchingFacts>> {
    let mentors = store::of_programme(tx, programme).await?;
    to_facts(tx, mentors).await
}

/// What matching compares, for one mentor; `None` when there is none.
pub async fn matching_facts_of(tx: &Tx, _decision: &Decision, id: MentorId) -> Result<Option<MatchingFacts>> {
    let mentor = store::by_id(tx, id).await?;
    Ok(to_facts(tx, mentor.into_iter().collect()).await?.pop())
}

async fn to_facts(tx: &Tx, mentors: Vec<Kept>) -> Result<Vec<MatchingFacts>> {
    let evidence = view::evidence(tx, &mentors).await?;
    let ids: Vec<MentorId> = mentors.iter().map(|mentor| mentor.id).collect();
    let standing = ties::mentors_who_stand(tx.conn()?, &ids).await?;
    let mut keys = store::keys::of_mentors(tx, &ids).await?;
    let facts = |kept: Kept| {
        let pieces = evidence.get(&kept.id).map(Vec::as_slice).unwrap_or_default();
        MatchingFacts {
            id: kept.id,
            account: kept.account,
            languages: kept.public.languages,
            topics: kept.public.topics,
            profile: kept.profile,
            zone: kept.zone,
            capacity: kept.capacity,
            keys: keys.remove(&kept.id).unwrap_or_default(),
            account_active: standing.contains(&kept.id),
            stepped_back: kept.state == MentorState::SteppedBack,
            readiness: view::judge(tx, pieces),
        }
    };
    Ok(mentors.into_iter().map(facts).collect())
}

/// Makes changes that rest on this mentor's record run one after the other: two accepts for one place cannot both count
/// the place as free.
pub async fn lock(tx: &Tx, id: MentorId) -> Result<()> {
    store::lock(tx, id).await
}

/// The mentor's account; `None` when there is no such mentor.
pub async fn account(tx: &Tx, _decision: &Decision, id: MentorId) -> Result<Option<AccountId>> {
    Ok(store::by_id(tx, id).await?.and_then(|mentor| mentor.account))
}

/// What a family may see of a mentor before names are shown; `None` when there is no such mentor.
pub async fn public_profile(tx: &Tx, _decision: &Decision, id: MentorId) -> Result<Option<PublicProfile>> {
    Ok(store::by_id(tx, id).await?.map(|mentor| mentor.public))
}
