//! Support requests.

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, Condition, QueryOrder as _, QuerySelect as _};

use super::known;
use crate::access::{ActionTag, Permit, Reach, Resource, ResourceKind, Scope, act};
use crate::db::At;
use crate::kernel::ids::{FamilyId, ProgrammeId, RequestId};
use crate::kernel::{Error, Page, PageRequest, Place, Result, Right};
use crate::matching::entity::request as table;
use crate::matching::model::facts::Urgency;
use crate::matching::model::records::{BoardOrder, BroadFacts, SupportRequest};
use crate::matching::model::states::{CloseReason, RequestState};
use crate::op::Tx;
use crate::ties;

/// The facts about a request. A draft is the family's alone: for others it is not there. While the request's match is
/// live, its mentor has a tie to the match, never to the request.
pub(crate) async fn request_facts(tx: &Tx, id: RequestId) -> Result<Option<Resource>> {
    let Some(row) = table::Entity::find_by_id(id.uuid()).one(tx.conn()?.raw()).await? else { return Ok(None) };
    let family = FamilyId::from(row.family_id);
    if row.state == RequestState::Draft.as_str() && tx.principal().family != Some(family) {
        return Ok(None);
    }
    let resource = Resource::new(ResourceKind::SupportRequest, id).in_programme(ProgrammeId::from(row.programme_id));
    Ok(Some(ties::side(tx.conn()?, family).await?.guard(resource.of_family(family))))
}

/// Whose request it is: a fact for the decision about writing it.
pub(crate) async fn family_of(tx: &Tx, id: RequestId) -> Result<Option<FamilyId>> {
    let row = table::Entity::find_by_id(id.uuid()).one(tx.conn()?.raw()).await?;
    Ok(row.map(|row| FamilyId::from(row.family_id)))
}

/// A request that the decision is about, or that belongs to what it is about.
pub(crate) async fn load_request(tx: &Tx, _proof: &Permit<impl ActionTag>, id: RequestId) -> Result<SupportRequest> {
    let row = table::Entity::find_by_id(id.uuid()).one(tx.conn()?.raw()).await?;
    read(tx, row.ok_or(Error::NotFound)?)
}

/// A new draft of the family.
pub(crate) async fn insert_request(
    tx: &Tx,
    proof: &Permit<act::WriteRequest>,
    id: RequestId,
    facts: &BroadFacts,
    hopes: Option<&str>,
) -> Result<()> {
    let (now, of) = (At::from(tx.now()), proof.resource());
    let programme = of.programme.ok_or_else(|| Error::internal("a family without a programme"))?;
    let row = table::ActiveModel {
        id: Set(id.uuid()),
        family_id: Set(proof.id::<FamilyId>().uuid()),
        programme_id: Set(programme.uuid()),
        state: Set(RequestState::Draft.as_str().to_owned()),
        urgency: Set(None),
        facts: Set(serde_json::to_string(facts).map_err(Error::internal)?),
        hopes_sealed: Set(hopes.map(|hopes| tx.seal(place(id), hopes)).transpose()?),
        created_at: Set(now),
        updated_at: Set(now),
        submitted_at: Set(None),
        triaged_at: Set(None),
        due_at: Set(None),
        close_reason: Set(None),
        version: Set(1),
    };
    table::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(())
}

/// Changes what a draft says.
pub(crate) async fn write_request(
    tx: &Tx,
    _proof: &Permit<act::WriteRequest>,
    id: RequestId,
    facts: &BroadFacts,
    hopes: Option<&str>,
) -> Result<()> {
    let row = table::ActiveModel {
        facts: Set(serde_json::to_string(facts).map_err(Error::internal)?),
        hopes_sealed: Set(hopes.map(|hopes| tx.seal(place(id), hopes)).transpose()?),
        ..Default::default()
    };
    save(tx, id, row).await
}

/// A step of a request, and the clock that runs after it.
#[derive(Debug, Default)]
pub(crate) struct RequestStep {
    /// The new state; none keeps it.
    pub(crate) to: Option<RequestState>,
    /// A new urgency.
    pub(crate) urgency: Option<Urgency>,
    /// By when somebody must act next; none when no clock runs.
    pub(crate) due_at: Option<Timestamp>,
    /// It was sent now.
    pub(crate) submitted: bool,
    /// It was read now.
    pub(crate) triaged: bool,
    /// Why it was closed.
    pub(crate) close_reason: Option<CloseReason>,
}

/// Takes the step. The caller has asked the state machine; the database asks its own.
pub(crate) async fn step_request(
    tx: &Tx,
    _proof: &Permit<impl ActionTag>,
    id: RequestId,
    step: RequestStep,
) -> Result<()> {
    let now = At::from(tx.now());
    let mut row = table::ActiveModel { due_at: Set(step.due_at.map(At::from)), ..Default::default() };
    if let Some(to) = step.to {
        row.state = Set(to.as_str().to_owned());
    }
    if let Some(urgency) = step.urgency {
        row.urgency = Set(Some(urgency.as_str().to_owned()));
    }
    if step.submitted {
        row.submitted_at = Set(Some(now));
    }
    if step.triaged {
        row.triaged_at = Set(Some(now));
    }
    if let Some(reason) = step.close_reason {
        row.close_reason = Set(Some(reason.as_str().to_owned()));
    }
    save(tx, id, row).await
}

async fn save(tx: &Tx, id: RequestId, mut row: table::ActiveModel) -> Result<()> {
    row.updated_at = Set(At::from(tx.now()));
    table::Entity::update_many()
        .set(row)
        .col_expr(table::Column::Version, Expr::col(table::Column::Version).add(1))
        .filter(table::Column::Id.eq(id.uuid()))
        .exec(tx.conn()?.raw())
        .await?;
    Ok(())
}

/// What part of the board to show.
#[derive(Debug, Clone)]
pub(crate) struct RequestFilter {
    /// Only these states; empty for all.
    pub(crate) states: Vec<RequestState>,
    /// The order.
    pub(crate) order: BoardOrder,
}

/// One page of the board, within the scope. Drafts are shown to their families only.
pub(crate) async fn request_page(
    tx: &Tx,
    scope: &Scope<act::ListRequests>,
    filter: &RequestFilter,
    request: PageRequest,
) -> Result<Page<SupportRequest>> {
    let drafts = table::Column::State.ne(RequestState::Draft.as_str());
    let mut query = match scope.reach() {
        Reach::Everything => table::Entity::find().filter(drafts),
        Reach::Programme(id) => table::Entity::find().filter(table::Column::ProgrammeId.eq(id.uuid())).filter(drafts),
        Reach::Family(id) => table::Entity::find()
            .filter(table::Column::FamilyId.eq(id.uuid()))
            .filter(table::Column::FamilyId.in_subquery(ties::open_by(tx.principal().account, Right::Ask))),
        Reach::Mentor(_) | Reach::Account(_) | Reach::Nothing => return Ok(request.page(Vec::new())),
    };
    query = query.filter(table::Column::FamilyId.not_in_subquery(ties::closed_to(tx.principal().account)));
    if !filter.states.is_empty() {
        query = query.filter(table::Column::State.is_in(filter.states.iter().map(|state| state.as_str())));
    }
    let key = || Expr::cust(key_sql(filter.order));
    if let Some(after) = request.after() {
        let equal = Condition::all().add(ExprTrait::eq(key(), after.key)).add(table::Column::Id.gt(after.id));
        query = query.filter(Condition::any().add(ExprTrait::gt(key(), after.key)).add(equal));
    }
    let query = query.order_by_asc(key()).order_by_asc(table::Column::Id).limit(request.limit());
    let rows = query.all(tx.conn()?.raw()).await?;
    let rows = rows.into_iter().map(|row| read(tx, row)).collect::<Result<Vec<_>>>()?;
    Ok(request.page(rows))
}

/// The same number as [`SupportRequest::place`].
const fn key_sql(order: BoardOrder) -> &'static str {
    match order {
        BoardOrder::Due => "coalesce(due_at, 9000000000000000)",
        BoardOrder::Urgency => {
            "(CASE urgency WHEN 'urgent' THEN 1 WHEN 'soon' THEN 2 WHEN 'routine' THEN 3 ELSE 0 END) \
             * 10000000000000000 + coalesce(due_at, 9000000000000000)"
        }
    }
}

fn place(id: RequestId) -> Place {
    Place::new("support_request", "hopes_sealed", id)
}

pub(super) fn read(tx: &Tx, row: table::Model) -> Result<SupportRequest> {
    let id = RequestId::from(row.id);
    Ok(SupportRequest {
        id,
        family: row.family_id.into(),
        programme: row.programme_id.into(),
        state: known(RequestState::parse(&row.state), "support_request.state")?,
        urgency: row.urgency.map(|text| known(Urgency::parse(&text), "support_request.urgency")).transpose()?,
        facts: serde_json::from_str(&row.facts).map_err(Error::internal)?,
        hopes: row.hopes_sealed.map(|sealed| tx.open(place(id), &sealed)).transpose()?,
        created_at: row.created_at.timestamp(),
        submitted_at: row.submitted_at.map(At::timestamp),
        triaged_at: row.triaged_at.map(At::timestamp),
        due_at: row.due_at.map(At::timestamp),
        close_reason: row
            .close_reason
            .map(|text| known(CloseReason::parse(&text), "support_request.close_reason"))
            .transpose()?,
        version: row.version,
    })
}
