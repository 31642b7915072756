//! What the policy must know of a programme's mentors beyond their own records: load, last match, past between them and
//! the family.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, Statement, Value,
};
use uuid::Uuid;

use crate::access::{ActionTag, Permit};
use crate::db::At;
use crate::kernel::Result;
use crate::kernel::ids::{FamilyId, MentorId, ProgrammeId};
use crate::matching::entity::{not_again as pairs, peer_match};
use crate::matching::model::states::ProposalState;
use crate::op::Tx;

/// What is known of a programme's mentors, as seen from one family.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    /// Units taken: live matches and proposals under way. Who is missing carries nothing.
    pub(crate) loads: HashMap<MentorId, i32>,
    /// When each last had a new match.
    pub(crate) last_matched: HashMap<MentorId, i64>,
    /// Not to be brought together again with this family.
    pub(crate) not_again: HashSet<MentorId>,
    /// A conflict with this family was declared by either side.
    pub(crate) conflicts: HashSet<MentorId>,
}

#[derive(FromQueryResult)]
struct Number {
    mentor_id: Uuid,
    number: i64,
}

/// Loads the pool.
pub(crate) async fn pool(
    tx: &Tx,
    _proof: &Permit<impl ActionTag>,
    programme: ProgrammeId,
    family: FamilyId,
) -> Result<Pool> {
    let live: Vec<String> =
        ProposalState::ALL.iter().filter(|state| state.is_live()).map(|state| format!("'{state}'")).collect();
    let loads = format!(
        "SELECT mentor_id, sum(weight) AS number FROM (
           SELECT mentor_id, weight FROM peer_match WHERE programme_id = $1 AND state <> 'ended'
           UNION ALL SELECT mentor_id, weight FROM proposal WHERE programme_id = $1 AND state IN ({})
         ) AS taken GROUP BY mentor_id",
        live.join(", ")
    );
    let last = "SELECT mentor_id, max(started_at) AS number FROM peer_match WHERE programme_id = $1 GROUP BY mentor_id";
    let apart = "SELECT mentor_id, created_at AS number FROM not_again WHERE family_id = $1";
    let conflicts = "SELECT p.mentor_id AS mentor_id, c.declared_at AS number FROM conflict_declaration c
                     JOIN proposal p ON p.id = c.proposal_id WHERE p.family_id = $1 AND c.has_conflict = 1";
    let loads = numbers(tx, &loads, programme.uuid()).await?;
    let last = numbers(tx, last, programme.uuid()).await?;
    let apart = numbers(tx, apart, family.uuid()).await?;
    let conflicts = numbers(tx, conflicts, family.uuid()).await?;
    Ok(Pool {
        loads: loads.map(|(mentor, units)| (mentor, i32::try_from(units).unwrap_or(i32::MAX))).collect(),
        last_matched: last.collect(),
        not_again: apart.map(|(mentor, _)| mentor).collect(),
        conflicts: conflicts.map(|(mentor, _)| mentor).collect(),
    })
}

async fn numbers(tx: &Tx, sql: &str, id: Uuid) -> Result<impl Iterator<Item = (MentorId, i64)>> {
    let raw = tx.conn()?.raw();
    let statement =
        Statement::from_sql_and_values(sea_orm::ConnectionTrait::get_database_backend(raw), sql, [Value::from(id)]);
    let rows = Number::find_by_statement(statement).all(raw).await?;
    Ok(rows.into_iter().map(|row| (MentorId::from(row.mentor_id), row.number)))
}

/// Which of these mentors the family has ever been matched with.
pub(crate) async fn met(
    tx: &Tx,
    _proof: &Permit<impl ActionTag>,
    family: FamilyId,
    mentors: &[MentorId],
) -> Result<HashSet<MentorId>> {
    if mentors.is_empty() {
        return Ok(HashSet::new());
    }
    let rows = peer_match::Entity::find()
        .filter(peer_match::Column::FamilyId.eq(family.uuid()))
        .filter(peer_match::Column::MentorId.is_in(mentors.iter().map(|mentor| mentor.uuid())))
        .all(tx.conn()?.raw())
        .await?;
    Ok(rows.into_iter().map(|row| MentorId::from(row.mentor_id)).collect())
}

/// Keeps two apart from now on.
pub(crate) async fn not_again(
    tx: &Tx,
    _proof: &Permit<impl ActionTag>,
    family: FamilyId,
    mentor: MentorId,
) -> Result<()> {
    let row = pairs::ActiveModel {
        family_id: Set(family.uuid()),
        mentor_id: Set(mentor.uuid()),
        created_at: Set(At::from(tx.now())),
    };
    let known = OnConflict::columns([pairs::Column::FamilyId, pairs::Column::MentorId]).do_nothing().to_owned();
    pairs::Entity::insert(row).on_conflict(known).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(())
}
