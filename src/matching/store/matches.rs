//! Matches.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};

use super::known;
use crate::access::{ActionTag, Permit, Reach, Scope, act};
use crate::db::{At, Order};
use crate::kernel::ids::{MatchId, MentorId, RequestId};
use crate::kernel::{Error, Page, PageRequest, Result};
use crate::matching::entity::peer_match as table;
use crate::matching::model::records::{PeerMatch, Proposal};
use crate::matching::model::refusals;
use crate::matching::model::states::{EndReason, MatchState};
use crate::op::Tx;
use crate::ties;

/// A match to be stored.
#[derive(Debug)]
pub(crate) struct NewMatch<'a> {
    /// Its id.
    pub(crate) id: MatchId,
    /// The proposal that both accepted.
    pub(crate) proposal: &'a Proposal,
    /// By when they should have been in contact.
    pub(crate) first_contact_due_at: Timestamp,
}

/// Stores a new match. The database counts the mentor's places and the family's matches itself; what it refuses is told
/// as `MENTOR_FULL` or `FAMILY_ALREADY_MATCHED`, and nothing more may run in this transaction then.
pub(crate) async fn insert_match(tx: &Tx, _proof: &Permit<act::AnswerAsMentor>, new: NewMatch<'_>) -> Result<()> {
    let proposal = new.proposal;
    let row = table::ActiveModel {
        id: Set(new.id.uuid()),
        request_id: Set(proposal.request.uuid()),
        proposal_id: Set(proposal.id.uuid()),
        family_id: Set(proposal.family.uuid()),
        mentor_id: Set(proposal.mentor.uuid()),
        programme_id: Set(proposal.programme.uuid()),
        state: Set(MatchState::Active.as_str().to_owned()),
        weight: Set(proposal.weight),
        backup_mentor_id: Set(None),
        started_at: Set(At::from(tx.now())),
        first_contact_due_at: Set(At::from(new.first_contact_due_at)),
        goodbye_at: Set(None),
        ended_at: Set(None),
        end_reason: Set(None),
        version: Set(1),
    };
    table::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await.map_err(|error| {
        Error::from(error)
            .explain("mentor_capacity", refusals::mentor_full())
            .explain("one_live_match_per_family", refusals::family_matched())
    })?;
    Ok(())
}

/// A match that the decision is about, or that belongs to what it is about.
pub(crate) async fn load_match(tx: &Tx, _proof: &Permit<impl ActionTag>, id: MatchId) -> Result<PeerMatch> {
    let row = table::Entity::find_by_id(id.uuid()).one(tx.conn()?.raw()).await?;
    read(row.ok_or(Error::NotFound)?)
}

/// The live match of a request.
pub(crate) async fn live_match_of(
    tx: &Tx,
    _proof: &Permit<impl ActionTag>,
    request: RequestId,
) -> Result<Option<PeerMatch>> {
    let query = table::Entity::find().filter(table::Column::RequestId.eq(request.uuid()));
    let row = query.filter(table::Column::State.ne(MatchState::Ended.as_str())).one(tx.conn()?.raw()).await?;
    row.map(read).transpose()
}

/// A change of a match.
#[derive(Debug)]
pub(crate) enum MatchStep {
    /// In contact again; a planned goodbye is forgotten.
    Resume,
    /// Rests.
    Pause,
    /// A goodbye is planned.
    Goodbye(Timestamp),
    /// Over.
    End(EndReason),
    /// Who steps in when the mentor cannot; the state stays.
    Backup(Option<MentorId>),
}

/// Takes the step. The caller has asked the state machine; the database asks its own.
pub(crate) async fn step_match(tx: &Tx, _proof: &Permit<impl ActionTag>, id: MatchId, step: MatchStep) -> Result<()> {
    let mut row = table::ActiveModel { ..Default::default() };
    let mut become_state = |state: MatchState| row.state = Set(state.as_str().to_owned());
    match step {
        MatchStep::Resume => {
            become_state(MatchState::Active);
            row.goodbye_at = Set(None);
        }
        MatchStep::Pause => become_state(MatchState::Paused),
        MatchStep::Goodbye(at) => {
            become_state(MatchState::Ending);
            row.goodbye_at = Set(Some(At::from(at)));
        }
        MatchStep::End(reason) => {
            become_state(MatchState::Ended);
            row.ended_at = Set(Some(At::from(tx.now())));
            row.end_reason = Set(Some(reason.as_str().to_owned()));
        }
        MatchStep::Backup(mentor) => row.backup_mentor_id = Set(mentor.map(MentorId::uuid)),
    }
    table::Entity::update_many()
        .set(row)
        .col_expr(table::Column::Version, Expr::col(table::Column::Version).add(1))
        .filter(table::Column::Id.eq(id.uuid()))
        .exec(tx.conn()?.raw())
        .await?;
    Ok(())
}

/// Which matches to list.
#[derive(Debug, Clone, Default)]
pub(crate) struct MatchFilter {
    /// Only these states; empty for all.
    pub(crate) states: Vec<MatchState>,
}

/// One page of matches, newest first, within the scope: a mentor's list holds live ones only.
pub(crate) async fn match_page(
    tx: &Tx,
    scope: &Scope<act::ListMatches>,
    filter: &MatchFilter,
    request: PageRequest,
) -> Result<Page<PeerMatch>> {
    let mut query = match scope.reach() {
        Reach::Everything => table::Entity::find(),
        Reach::Programme(id) => table::Entity::find().filter(table::Column::ProgrammeId.eq(id.uuid())),
        Reach::Family(id) => table::Entity::find().filter(table::Column::FamilyId.eq(id.uuid())),
        Reach::Mentor(id) => table::Entity::find()
            .filter(table::Column::MentorId.eq(id.uuid()))
            .filter(table::Column::State.ne(MatchState::Ended.as_str())),
        Reach::Account(_) | Reach::Nothing => return Ok(request.page(Vec::new())),
    };
    query = query.filter(table::Column::FamilyId.not_in_subquery(ties::closed_to(tx.principal().account)));
    if !filter.states.is_empty() {
        query = query.filter(table::Column::State.is_in(filter.states.iter().map(|state| state.as_str())));
    }
    let (key, id) = (table::Column::StartedAt, table::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    Ok(request.page(rows.into_iter().map(read).collect::<Result<Vec<_>>>()?))
}

pub(super) fn read(row: table::Model) -> Result<PeerMatch> {
    Ok(PeerMatch {
        id: row.id.into(),
        request: row.request_id.into(),
        family: row.family_id.into(),
        mentor: row.mentor_id.into(),
        programme: row.programme_id.into(),
        state: known(MatchState::parse(&row.state), "peer_match.state")?,
        weight: row.weight,
        backup: row.backup_mentor_id.map(MentorId::from),
        started_at: row.started_at.timestamp(),
        first_contact_due_at: row.first_contact_due_at.timestamp(),
        goodbye_at: row.goodbye_at.map(At::timestamp),
        ended_at: row.ended_at.map(At::timestamp),
        end_reason: row.end_reason.map(|text| known(EndReason::parse(&text), "peer_match.end_reason")).transpose()?,
        version: row.version,
    })
}
