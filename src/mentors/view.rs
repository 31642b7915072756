//! What is kept of mentors, turned into what the use cases hand out: with names, evidence and loads from beside it.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::model::readiness::{Evidence, Readiness, readiness};
use super::model::record::{EvidenceOnRecord, Kept, Mentor, Record};
use super::store;
use crate::access::{ActionTag, Decision, Permit};
use crate::identity;
use crate::kernel::ids::{AccountId, MentorId};
use crate::kernel::{Error, Result};
use crate::op::Tx;
use crate::ties;

/// The day on which readiness is judged: by UTC, so that lists, proposals and records agree wherever the readers are.
pub(super) fn today(tx: &Tx) -> Date {
    tx.now().to_zoned(TimeZone::UTC).date()
}

/// The mentor of a permit, without their record.
pub(super) async fn load<A: ActionTag>(tx: &Tx, permit: &Permit<A>) -> Result<Mentor> {
    let kept = store::load(tx, permit).await?;
    mentors(tx, permit.decision(), vec![kept]).await?.pop().ok_or(Error::NotFound)
}

/// The mentors with first names and public profiles, in the same order: one question for any number of them.
async fn mentors(tx: &Tx, decision: &Decision, kept: Vec<Kept>) -> Result<Vec<Mentor>> {
    let accounts: Vec<AccountId> = kept.iter().filter_map(|mentor| mentor.account).collect();
    let mut names = identity::first_names(tx, decision, &accounts).await?;
    let mentor = |kept: Kept| Mentor {
        id: kept.id,
        first_name: kept.account.and_then(|account| names.remove(&account)).unwrap_or_default(),
        public: kept.public,
        record: None,
        created_at: kept.created_at,
    };
    Ok(kept.into_iter().map(mentor).collect())
}

/// The mentors with their records, for those who may read both.
pub(super) async fn with_records(tx: &Tx, decision: &Decision, kept: Vec<Kept>) -> Result<Vec<Mentor>> {
    let records = records(tx, &kept).await?;
    let mentors = mentors(tx, decision, kept).await?;
    Ok(mentors.into_iter().zip(records).map(|(mentor, record)| Mentor { record: Some(record), ..mentor }).collect())
}

/// The records of these mentors, in their order: two statements for any number of them.
pub(super) async fn records(tx: &Tx, kept: &[Kept]) -> Result<Vec<Record>> {
    let ids: Vec<MentorId> = kept.iter().map(|mentor| mentor.id).collect();
    let loads = ties::loads(tx.conn()?, &ids).await?;
    let mut evidence = evidence(tx, kept).await?;
    let record = |kept: &Kept| {
        let evidence = evidence.remove(&kept.id).unwrap_or_default();
        let load = loads.get(&kept.id).copied().unwrap_or(0);
        Ok(Record {
            state: kept.state,
            capacity: kept.capacity,
            load: u32::try_from(load).map_err(Error::internal)?,
            readiness: judge(tx, &evidence),
            evidence,
            profile: kept.profile.clone(),
            zone: kept.zone.clone(),
            created_at: kept.created_at,
            updated_at: kept.updated_at,
            version: kept.version,
        })
    };
    kept.iter().map(record).collect()
}

/// The evidence of these mentors, by mentor.
pub(super) async fn evidence(tx: &Tx, kept: &[Kept]) -> Result<HashMap<MentorId, Vec<EvidenceOnRecord>>> {
    let ids: Vec<MentorId> = kept.iter().map(|mentor| mentor.id).collect();
    let mut by_mentor: HashMap<MentorId, Vec<EvidenceOnRecord>> = HashMap::new();
    for (mentor, piece) in store::evidence::of_mentors(tx, &ids).await? {
        by_mentor.entry(mentor).or_default().push(piece);
    }
    Ok(by_mentor)
}

/// Readiness today.
pub(super) fn judge(tx: &Tx, evidence: &[EvidenceOnRecord]) -> Readiness {
    let pieces: Vec<Evidence> = evidence.iter().map(|piece| piece.evidence).collect();
    readiness(&pieces, today(tx))
}
