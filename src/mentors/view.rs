//! Rows turned into what the use cases hand out, with what stands in other tables beside them.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::entity::mentor;
use super::evidence_store;
use super::model::readiness::{Evidence, MentorState, Readiness, readiness};
use super::record::{EvidenceOnRecord, Mentor, PublicProfile, Record};
use crate::access::Decision;
use crate::identity;
use crate::kernel::ids::{AccountId, MentorId};
use crate::kernel::{Error, Place, Result};
use crate::op::Tx;
use crate::ties;

/// Where a mentor's text about themself stands.
pub(super) fn about_place(id: Uuid) -> Place {
    Place::new("mentor", "about_sealed", id)
}

/// The day on which readiness is judged: by UTC, so that lists, proposals and records agree wherever the readers are.
pub(super) fn today(tx: &Tx) -> Date {
    tx.now().to_zoned(TimeZone::UTC).date()
}

/// The mentors with first names and public profiles, in the order of the rows.
pub(super) async fn mentors(tx: &Tx, decision: &Decision, rows: Vec<mentor::Model>) -> Result<Vec<Mentor>> {
    let accounts: Vec<AccountId> = rows.iter().filter_map(|row| row.account_id).map(AccountId::from).collect();
    let names = identity::first_names(tx, decision, &accounts).await?;
    let name = |row: &mentor::Model| row.account_id.and_then(|id| names.get(&id.into()).cloned()).unwrap_or_default();
    let mentor = |row: &mentor::Model| {
        Ok(Mentor {
            id: row.id.into(),
            first_name: name(row),
            public: public_profile(tx, row)?,
            record: None,
            created_at: row.created_at.timestamp(),
        })
    };
    rows.iter().map(mentor).collect()
}

/// What a family may see before names are shown.
pub(super) fn public_profile(tx: &Tx, row: &mentor::Model) -> Result<PublicProfile> {
    let about = row.about_sealed.as_deref().map(|sealed| tx.open(about_place(row.id), sealed)).transpose()?;
    Ok(PublicProfile { languages: list(&row.languages)?, topics: list(&row.topics)?, about })
}

pub(super) fn list<T: serde::de::DeserializeOwned>(stored: &str) -> Result<T> {
    serde_json::from_str(stored).map_err(Error::internal)
}

/// The records of these rows, in their order: two statements for any number of mentors.
pub(super) async fn records(tx: &Tx, rows: &[mentor::Model]) -> Result<Vec<Record>> {
    let ids: Vec<MentorId> = rows.iter().map(|row| row.id.into()).collect();
    let loads = ties::loads(tx.conn()?, &ids).await?;
    let mut evidence = evidence(tx, rows).await?;
    let record = |row: &mentor::Model| {
        let evidence = evidence.remove(&row.id).unwrap_or_default();
        let load = loads.get(&row.id.into()).copied().unwrap_or(0);
        Ok(Record {
            state: state(row)?,
            capacity: u32::try_from(row.capacity).map_err(Error::internal)?,
            load: u32::try_from(load).map_err(Error::internal)?,
            readiness: judge(tx, &evidence),
            evidence,
            profile: list(&row.profile)?,
            zone: row.zone.clone(),
            created_at: row.created_at.timestamp(),
            updated_at: row.updated_at.timestamp(),
            version: row.version,
        })
    };
    rows.iter().map(record).collect()
}

/// Whether the mentor takes part.
pub(super) fn state(row: &mentor::Model) -> Result<MentorState> {
    MentorState::parse(&row.state).ok_or_else(|| Error::internal("a mentor in a state that nobody knows"))
}

/// The evidence of these rows by mentor.
pub(super) async fn evidence(tx: &Tx, rows: &[mentor::Model]) -> Result<HashMap<Uuid, Vec<EvidenceOnRecord>>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut by_mentor: HashMap<Uuid, Vec<EvidenceOnRecord>> = HashMap::new();
    for (mentor, piece) in evidence_store::of_mentors(tx, &ids).await? {
        by_mentor.entry(mentor).or_default().push(piece);
    }
    Ok(by_mentor)
}

/// Readiness today.
pub(super) fn judge(tx: &Tx, evidence: &[EvidenceOnRecord]) -> Readiness {
    let pieces: Vec<Evidence> = evidence.iter().map(|piece| piece.evidence).collect();
    readiness(&pieces, today(tx))
}
