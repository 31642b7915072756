//! Proposals and what both sides declare with them.

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ActiveValue::Set, Condition, QueryOrder as _};

use super::known;
use crate::access::{ActionTag, Permit, Reach, Resource, ResourceKind, Scope, act};
use crate::db::{At, Order};
use crate::kernel::ids::{AccountId, FamilyId, MentorId, ProgrammeId, ProposalId, RequestId};
use crate::kernel::{Error, Page, PageRequest, Place, Result, Right};
use crate::matching::entity::{declaration, peer_match, proposal as table};
use crate::matching::model::inputs::Conflict;
use crate::matching::model::records::{Declaration, DeclineReason, Proposal, Side, SupportRequest};
use crate::matching::model::states::{MatchState, ProposalState};
use crate::op::Tx;
use crate::ties;

/// The states in which the mentor was asked and may see the proposal.
const ASKED: [&str; 2] = [ProposalState::OfferedToMentor.as_str(), ProposalState::NeedsInformation.as_str()];

/// The states in which a proposal is under way.
fn live() -> impl Iterator<Item = &'static str> {
    ProposalState::ALL.iter().filter(|state| state.is_live()).map(|state| state.as_str())
}

/// The facts about a proposal. The mentor is tied to it from being asked until an answer against it, and after a yes as
/// long as the match is live.
pub(crate) async fn proposal_facts(tx: &Tx, id: ProposalId) -> Result<Option<Resource>> {
    let raw = tx.conn()?;
    let Some(row) = table::Entity::find_by_id(id.uuid()).one(raw.raw()).await? else { return Ok(None) };
    let resource = Resource::new(ResourceKind::Proposal, id)
        .in_programme(ProgrammeId::from(row.programme_id))
        .of_family(FamilyId::from(row.family_id));
    let resource = ties::side(raw, row.family_id.into()).await?.guard(resource);
    let tied = if row.state == ProposalState::Accepted.as_str() {
        let of = peer_match::Entity::find().filter(peer_match::Column::ProposalId.eq(id.uuid()));
        of.filter(peer_match::Column::State.ne(MatchState::Ended.as_str())).one(raw.raw()).await?.is_some()
    } else {
        ASKED.contains(&row.state.as_str())
    };
    Ok(Some(if tied { resource.of_mentor(MentorId::from(row.mentor_id)) } else { resource }))
}

/// A proposal that the decision is about, or that belongs to what it is about.
pub(crate) async fn load_proposal(tx: &Tx, _proof: &Permit<impl ActionTag>, id: ProposalId) -> Result<Proposal> {
    let row = table::Entity::find_by_id(id.uuid()).one(tx.conn()?.raw()).await?;
    read(tx, row.ok_or(Error::NotFound)?)
}

/// The proposal under way for a request; the database allows one.
pub(crate) async fn live_proposal_of(
    tx: &Tx,
    _proof: &Permit<impl ActionTag>,
    request: RequestId,
) -> Result<Option<Proposal>> {
    let query = table::Entity::find().filter(table::Column::RequestId.eq(request.uuid()));
    let row = query.filter(table::Column::State.is_in(live())).one(tx.conn()?.raw()).await?;
    row.map(|row| read(tx, row)).transpose()
}

/// The proposals under way to a mentor, oldest first. They count against the mentor's places, which bounds them.
pub(crate) async fn live_proposals_to(
    tx: &Tx,
    _proof: &Permit<impl ActionTag>,
    mentor: MentorId,
) -> Result<Vec<Proposal>> {
    let query = table::Entity::find().filter(table::Column::MentorId.eq(mentor.uuid()));
    let query = query.filter(table::Column::State.is_in(live())).order_by_asc(table::Column::CreatedAt);
    query.all(tx.conn()?.raw()).await?.into_iter().map(|row| read(tx, row)).collect()
}

/// A proposal to be stored.
#[derive(Debug)]
pub(crate) struct NewProposalRow<'a> {
    /// Its id.
    pub(crate) id: ProposalId,
    /// The request that it is for.
    pub(crate) request: &'a SupportRequest,
    /// The mentor.
    pub(crate) mentor: MentorId,
    /// Units of capacity.
    pub(crate) weight: i32,
    /// The score.
    pub(crate) score: i64,
    /// Everything that the decision rests on.
    pub(crate) snapshot: String,
    /// The policy's version.
    pub(crate) policy_version: &'a str,
    /// The coordinator.
    pub(crate) created_by: AccountId,
    /// When the family's time to answer ends.
    pub(crate) expires_at: Timestamp,
}

/// Stores a new proposal.
pub(crate) async fn insert_proposal(
    tx: &Tx,
    _proof: &Permit<act::ProposeMatch>,
    new: NewProposalRow<'_>,
) -> Result<()> {
    let now = At::from(tx.now());
    let row = table::ActiveModel {
        id: Set(new.id.uuid()),
        request_id: Set(new.request.id.uuid()),
        family_id: Set(new.request.family.uuid()),
        mentor_id: Set(new.mentor.uuid()),
        programme_id: Set(new.request.programme.uuid()),
        state: Set(ProposalState::OfferedToFamily.as_str().to_owned()),
        weight: Set(new.weight),
        score: Set(i32::try_from(new.score).map_err(Error::internal)?),
        snapshot: Set(new.snapshot),
        policy_version: Set(new.policy_version.to_owned()),
        created_by: Set(new.created_by.uuid()),
        created_at: Set(now),
        updated_at: Set(now),
        expires_at: Set(Some(At::from(new.expires_at))),
        paused_at: Set(None),
        declined_by: Set(None),
        decline_reason: Set(None),
        question_sealed: Set(None),
        information_sealed: Set(None),
        version: Set(1),
    };
    table::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(())
}

/// A step of a proposal.
#[derive(Debug, Default)]
pub(crate) struct ProposalStep<'a> {
    /// When the time to answer ends; none keeps what stands.
    pub(crate) expires_at: Option<Timestamp>,
    /// Since when the clock stands; none when it runs or no longer matters.
    pub(crate) paused_at: Option<Timestamp>,
    /// Who said no.
    pub(crate) declined_by: Option<Side>,
    /// Why.
    pub(crate) decline_reason: Option<DeclineReason>,
    /// What the mentor wants to know.
    pub(crate) question: Option<&'a str>,
    /// What the coordinator answered.
    pub(crate) information: Option<&'a str>,
}

/// Takes the step. The caller has asked the state machine; the database asks its own.
pub(crate) async fn step_proposal(
    tx: &Tx,
    _proof: &Permit<impl ActionTag>,
    id: ProposalId,
    to: ProposalState,
    step: ProposalStep<'_>,
) -> Result<()> {
    let mut row = table::ActiveModel {
        state: Set(to.as_str().to_owned()),
        updated_at: Set(At::from(tx.now())),
        paused_at: Set(step.paused_at.map(At::from)),
        ..Default::default()
    };
    if let Some(at) = step.expires_at {
        row.expires_at = Set(Some(At::from(at)));
    }
    if let Some(side) = step.declined_by {
        row.declined_by = Set(Some(side.as_str().to_owned()));
        row.decline_reason = Set(step.decline_reason.map(|reason| reason.as_str().to_owned()));
    }
    if let Some(text) = step.question {
        row.question_sealed = Set(Some(tx.seal(question(id), text)?));
    }
    if let Some(text) = step.information {
        row.information_sealed = Set(Some(tx.seal(information(id), text)?));
    }
    table::Entity::update_many()
        .set(row)
        .col_expr(table::Column::Version, Expr::col(table::Column::Version).add(1))
        .filter(table::Column::Id.eq(id.uuid()))
        .exec(tx.conn()?.raw())
        .await?;
    Ok(())
}

/// Keeps what one side declared; once a side.
pub(crate) async fn declare(
    tx: &Tx,
    _proof: &Permit<impl ActionTag>,
    proposal: ProposalId,
    side: Side,
    conflict: &Conflict,
) -> Result<()> {
    let Some(exists) = conflict.exists else { return Ok(()) };
    let id: Uuid = tx.op().core().ids.make();
    let row = declaration::ActiveModel {
        id: Set(id),
        proposal_id: Set(proposal.uuid()),
        side: Set(side.as_str().to_owned()),
        has_conflict: Set(i32::from(exists)),
        detail_sealed: Set(conflict.detail.as_deref().map(|text| tx.seal(detail(id), text)).transpose()?),
        declared_at: Set(At::from(tx.now())),
    };
    declaration::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(())
}

/// What both sides declared, the family first.
pub(crate) async fn declarations(
    tx: &Tx,
    _proof: &Permit<act::ReadProposal>,
    proposal: ProposalId,
) -> Result<Vec<Declaration>> {
    let query = declaration::Entity::find().filter(declaration::Column::ProposalId.eq(proposal.uuid()));
    let rows = query.order_by_asc(declaration::Column::Side).all(tx.conn()?.raw()).await?;
    let read = |row: declaration::Model| {
        Ok(Declaration {
            side: known(Side::parse(&row.side), "conflict_declaration.side")?,
            has_conflict: row.has_conflict != 0,
            detail: row.detail_sealed.map(|sealed| tx.open(detail(row.id), &sealed)).transpose()?,
            declared_at: row.declared_at.timestamp(),
        })
    };
    rows.into_iter().map(read).collect()
}

/// Which proposals to list.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProposalFilter {
    /// Only these states; empty for all.
    pub(crate) states: Vec<ProposalState>,
}

/// One page of proposals, newest first, within the scope.
pub(crate) async fn proposal_page(
    tx: &Tx,
    scope: &Scope<act::ListProposals>,
    filter: &ProposalFilter,
    request: PageRequest,
) -> Result<Page<Proposal>> {
    let mut query = match scope.reach() {
        Reach::Everything => table::Entity::find(),
        Reach::Programme(id) => table::Entity::find().filter(table::Column::ProgrammeId.eq(id.uuid())),
        Reach::Family(id) => table::Entity::find()
            .filter(table::Column::FamilyId.eq(id.uuid()))
            .filter(table::Column::FamilyId.in_subquery(ties::open_by(tx.principal().account, Right::Ask))),
        Reach::Mentor(id) => {
            table::Entity::find().filter(table::Column::MentorId.eq(id.uuid())).filter(put_to_mentor())
        }
        Reach::Account(_) | Reach::Nothing => return Ok(request.page(Vec::new())),
    };
    query = query.filter(table::Column::FamilyId.not_in_subquery(ties::closed_to(tx.principal().account)));
    if !filter.states.is_empty() {
        query = query.filter(table::Column::State.is_in(filter.states.iter().map(|state| state.as_str())));
    }
    let (key, id) = (table::Column::CreatedAt, table::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    let rows = rows.into_iter().map(|row| read(tx, row)).collect::<Result<Vec<_>>>()?;
    Ok(request.page(rows))
}

/// The proposals that a mentor may see: the same rule as in [`proposal_facts`].
fn put_to_mentor() -> Condition {
    let of_live_matches = Query::select()
        .column(peer_match::Column::ProposalId)
        .from(peer_match::Entity)
        .and_where(peer_match::Column::State.ne(MatchState::Ended.as_str()))
        .to_owned();
    let accepted = Condition::all()
        .add(table::Column::State.eq(ProposalState::Accepted.as_str()))
        .add(table::Column::Id.in_subquery(of_live_matches));
    Condition::any().add(table::Column::State.is_in(ASKED)).add(accepted)
}

fn question(id: ProposalId) -> Place {
    Place::new("proposal", "question_sealed", id)
}

fn information(id: ProposalId) -> Place {
    Place::new("proposal", "information_sealed", id)
}

fn detail(id: Uuid) -> Place {
    Place::new("conflict_declaration", "detail_sealed", id)
}

pub(super) fn read(tx: &Tx, row: table::Model) -> Result<Proposal> {
    let id = ProposalId::from(row.id);
    let side = row.declined_by.map(|text| known(Side::parse(&text), "proposal.declined_by"));
    let reason = row.decline_reason.map(|text| known(DeclineReason::parse(&text), "proposal.decline_reason"));
    Ok(Proposal {
        id,
        request: row.request_id.into(),
        family: row.family_id.into(),
        mentor: row.mentor_id.into(),
        programme: row.programme_id.into(),
        state: known(ProposalState::parse(&row.state), "proposal.state")?,
        weight: row.weight,
        score: i64::from(row.score),
        snapshot: row.snapshot,
        policy_version: row.policy_version,
        created_by: row.created_by.into(),
        created_at: row.created_at.timestamp(),
        expires_at: row.expires_at.map(At::timestamp),
        paused_at: row.paused_at.map(At::timestamp),
        declined_by: side.transpose()?,
        decline_reason: reason.transpose()?,
        question: row.question_sealed.map(|sealed| tx.open(question(id), &sealed)).transpose()?,
        information: row.information_sealed.map(|sealed| tx.open(information(id), &sealed)).transpose()?,
        version: row.version,
    })
}
