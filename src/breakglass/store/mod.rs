//! The queries of break-glass.

mod words;

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, Condition, QueryOrder as _, QuerySelect as _};

use super::entity::glass as table;
use super::model::{BreakGlass, Category, Filter, GlassState, NewOpening};
use crate::access::{ActionTag, Decision, Guarded, Permit, Resource, ResourceKind, Scope, act};
use crate::db::{At, Order};
use crate::kernel::ids::{AccountId, BreakGlassId, FamilyId};
use crate::kernel::{Error, Page, PageRequest, Place, Result};
use crate::op::Tx;
use crate::ties;

pub(super) use words::{delays, insert_delay, insert_review, reviews};

/// An opening as stored, with the instant that it was read at and the accounts that have the family open then.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) stored: table::Model,
    openers: Vec<AccountId>,
    side: ties::Side,
    now: At,
}

impl Guarded for Row {
    fn resource(&self) -> Resource {
        let resource = Resource::new(ResourceKind::BreakGlass, self.stored.id)
            .in_programme(self.stored.programme_id.into())
            .of_family(self.stored.family_id.into())
            .of_account(self.stored.opened_by.into())
            .opened_by(self.openers.iter().copied());
        self.side.guard(resource)
    }
}

impl Row {
    pub(super) fn id(&self) -> BreakGlassId {
        self.stored.id.into()
    }

    pub(super) fn family(&self) -> FamilyId {
        self.stored.family_id.into()
    }

    /// The state; an opening whose time is over has ended.
    pub(super) fn state(&self) -> Result<GlassState> {
        let state = GlassState::parse(&self.stored.state).ok_or_else(|| self.unreadable())?;
        Ok(state.seen_at(self.now.timestamp(), self.stored.ends_at.timestamp()))
    }

    /// Whether its time is over and nobody has noted it yet.
    pub(super) fn has_lapsed(&self) -> bool {
        self.stored.ended_at.is_none() && self.stored.ends_at <= self.now
    }

    fn unreadable(&self) -> Error {
        Error::internal(format!("break-glass {} is unreadable", self.stored.id))
    }

    pub(super) fn view(&self) -> Result<BreakGlass> {
        let (row, state) = (&self.stored, self.state()?);
        let lapsed = Some(row.ends_at).filter(|_| self.has_lapsed());
        Ok(BreakGlass {
            id: self.id(),
            programme: row.programme_id.into(),
            family: self.family(),
            opened_by: row.opened_by.into(),
            category: Category::parse(&row.category).ok_or_else(|| self.unreadable())?,
            state,
            opened_at: row.opened_at.timestamp(),
            ends_at: row.ends_at.timestamp(),
            ended_at: row.ended_at.or(lapsed).map(At::timestamp),
            ended_by: row.ended_by.map(AccountId::from),
            tell_at: row.tell_at.timestamp(),
            review_due_at: row.review_due_at.timestamp(),
            is_overdue: state.awaits_review() && row.review_due_at < self.now,
            version: row.version,
        })
    }
}

fn reason_place(id: Uuid) -> Place {
    Place::new("break_glass", "reason_sealed", id)
}

/// The facts about an opening, with who has the family open in this very snapshot.
pub(super) async fn facts(tx: &Tx, id: BreakGlassId) -> Result<Option<Row>> {
    Ok(facts_of(tx, &[id]).await?.remove(&id))
}

/// The facts about these openings: two statements for any number of them.
pub(super) async fn facts_of(tx: &Tx, ids: &[BreakGlassId]) -> Result<HashMap<BreakGlassId, Row>> {
    let (conn, now) = (tx.conn()?, At::from(tx.now()));
    let query = table::Entity::find().filter(table::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    let rows = query.all(conn.raw()).await?;
    // Under this opening, not under another one of the same lead: what is read must stand under its own reason.
    let lasting = ties::lasting(conn, ids, tx.now()).await?;
    let openers = |id: BreakGlassId| lasting.iter().filter(|one| one.id == id).map(|one| one.account).collect();
    let families: Vec<FamilyId> = rows.iter().map(|row| row.family_id.into()).collect();
    let sides = ties::family_sides(conn, &families).await?;
    let row = |stored: table::Model| {
        let side = sides.get(&stored.family_id.into()).cloned().unwrap_or_default();
        (stored.id.into(), Row { openers: openers(stored.id.into()), stored, side, now })
    };
    Ok(rows.into_iter().map(row).collect())
}

/// When an opening that begins now ends, when the family is told of it, and by when it must be reviewed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) end: At,
    pub(super) telling: At,
    pub(super) review: At,
}

/// Opens the family of the permit.
pub(super) async fn insert(
    tx: &Tx,
    permit: &Permit<act::OpenBreakGlass>,
    by: AccountId,
    new: &NewOpening,
    times: Times,
) -> Result<BreakGlassId> {
    let id: BreakGlassId = tx.make_id();
    let programme = permit.resource().programme.ok_or_else(|| Error::internal("a family without a programme"))?;
    let row = table::ActiveModel {
        id: Set(id.uuid()),
        programme_id: Set(programme.uuid()),
        family_id: Set(permit.resource().id),
        opened_by: Set(by.uuid()),
        category: Set(new.category.as_str().to_owned()),
        reason_sealed: Set(tx.seal(reason_place(id.uuid()), &new.reason)?),
        state: Set(GlassState::Open.as_str().to_owned()),
        opened_at: Set(At::from(tx.now())),
        ends_at: Set(times.end),
        ended_at: Set(None),
        ended_by: Set(None),
        tell_at: Set(times.telling),
        review_due_at: Set(times.review),
        version: Set(1),
    };
    table::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(id)
}

/// Notes the end of this account's openings of a family whose time is over; gives their ids.
pub(super) async fn settle_lapsed(
    tx: &Tx,
    permit: &Permit<act::OpenBreakGlass>,
    by: AccountId,
) -> Result<Vec<BreakGlassId>> {
    let lapsed = table::Entity::find()
        .filter(table::Column::FamilyId.eq(permit.resource().id))
        .filter(table::Column::OpenedBy.eq(by.uuid()))
        .filter(table::Column::State.eq(GlassState::Open.as_str()))
        .filter(table::Column::EndsAt.lte(At::from(tx.now())));
    let mut ids = Vec::new();
    for stored in lapsed.all(tx.conn()?.raw()).await? {
        let change = table::ActiveModel { ended_at: Set(Some(stored.ends_at)), ..in_state(GlassState::Ended) };
        ids.push(BreakGlassId::from(stored.id));
        update(tx, stored.id, stored.version, change).await?;
    }
    Ok(ids)
}

fn in_state(state: GlassState) -> table::ActiveModel {
    table::ActiveModel { state: Set(state.as_str().to_owned()), ..Default::default() }
}

async fn update(tx: &Tx, id: Uuid, version: i32, change: table::ActiveModel) -> Result<bool> {
    let change = table::ActiveModel { version: Set(version + 1), ..change };
    let done = table::Entity::update_many()
        .set(change)
        .filter(table::Column::Id.eq(id))
        .filter(table::Column::Version.eq(version))
        .exec(tx.conn()?.raw())
        .await?;
    Ok(done.rows_affected > 0)
}

/// What becomes of an opening.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// Its time ran out.
    Lapse,
    /// Somebody ends it now.
    End(AccountId),
    /// Somebody else reviewed it; with when it is due again, if something must still be done.
    Review(GlassState, Option<At>),
    /// Telling the family is put off.
    Delay(At),
}

/// Takes the step if the opening still is as it was read; gives it as it then is, or none when somebody was faster.
pub(super) async fn step(tx: &Tx, _proof: &Decision, seen: &Row, step: Step) -> Result<Option<Row>> {
    let change = match step {
        Step::Lapse => table::ActiveModel { ended_at: Set(Some(seen.stored.ends_at)), ..in_state(GlassState::Ended) },
        Step::End(by) => table::ActiveModel {
            ended_at: Set(Some(At::from(tx.now()))),
            ended_by: Set(Some(by.uuid())),
            ..in_state(GlassState::Ended)
        },
        Step::Review(to, None) => in_state(to),
        Step::Review(to, Some(due)) => table::ActiveModel { review_due_at: Set(due), ..in_state(to) },
        Step::Delay(until) => table::ActiveModel { tell_at: Set(until), ..Default::default() },
    };
    if update(tx, seen.stored.id, seen.stored.version, change).await? { facts(tx, seen.id()).await } else { Ok(None) }
}

/// Why they were opened, in the openers' words.
pub(super) fn reasons(
    tx: &Tx,
    permits: &[Permit<act::ReadBreakGlassReason>],
    rows: &HashMap<BreakGlassId, Row>,
) -> Result<HashMap<BreakGlassId, String>> {
    let permitted = permits.iter().filter_map(|permit| rows.get(&permit.id()));
    permitted.map(|row| Ok((row.id(), tx.open(reason_place(row.stored.id), &row.stored.reason_sealed)?))).collect()
}

fn only(filter: Filter, now: At) -> Condition {
    let is = |state: GlassState| table::Column::State.eq(state.as_str());
    let lapsed = Condition::all().add(is(GlassState::Open)).add(table::Column::EndsAt.lte(now));
    match filter {
        Filter::Open => Condition::all().add(is(GlassState::Open)).add(table::Column::EndsAt.gt(now)),
        Filter::AwaitingReview => Condition::any().add(is(GlassState::Ended)).add(is(GlassState::FollowUp)).add(lapsed),
        Filter::Reviewed => Condition::all().add(is(GlassState::Reviewed)),
    }
}

/// The same number as [`BreakGlass::cursor`].
const KEY: &str = "(CASE state WHEN 'reviewed' THEN 10000000000000000 - review_due_at \
                   ELSE review_due_at - 10000000000000000 END)";

/// One page of the openings in the programme of the scope: what is due first comes first.
pub(super) async fn page(
    tx: &Tx,
    scope: &Scope<act::ListBreakGlass>,
    filter: Option<Filter>,
    request: PageRequest,
) -> Result<Page<Row>> {
    // An administrator reaches every programme, one at a time.
    let Some(programme) = scope.decision().resource.programme else { return Ok(request.page(Vec::new())) };
    let now = At::from(tx.now());
    let mut query = table::Entity::find()
        .filter(table::Column::ProgrammeId.eq(programme.uuid()))
        .filter(table::Column::FamilyId.not_in_subquery(ties::closed_to(tx.principal().account)));
    if let Some(filter) = filter {
        query = query.filter(only(filter, now));
    }
    let key = || Expr::cust(KEY);
    if let Some(after) = request.after() {
        let equal = Condition::all().add(ExprTrait::eq(key(), after.key)).add(table::Column::Id.gt(after.id));
        query = query.filter(Condition::any().add(ExprTrait::gt(key(), after.key)).add(equal));
    }
    let query = query.order_by_asc(key()).order_by_asc(table::Column::Id).limit(request.limit());
    let rows = query.all(tx.conn()?.raw()).await?;
    let row = |stored: table::Model| Row { stored, openers: Vec::new(), side: ties::Side::default(), now };
    Ok(request.page(rows.into_iter().map(row).collect()))
}

/// What the family's ledger shows of openings: only those that it may be told of by now, newest first.
pub(super) async fn told<A: ActionTag>(tx: &Tx, permit: &Permit<A>, request: PageRequest) -> Result<Vec<BreakGlass>> {
    let now = At::from(tx.now());
    let query = table::Entity::find()
        .filter(table::Column::FamilyId.eq(permit.resource().id))
        .filter(table::Column::TellAt.lte(now));
    let (key, id) = (table::Column::OpenedAt, table::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    let row = |stored: table::Model| Row { stored, openers: Vec::new(), side: ties::Side::default(), now };
    rows.into_iter().map(|stored| row(stored).view()).collect()
}
