//! Sessions.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, Condition, ExprTrait as _, QuerySelect as _, Select};

use super::super::entity::session as table;
use super::super::model::calendar::Span;
use super::super::model::session::{Canceller, Outcome, Session, When};
use super::super::model::slots::{MENTOR_BUFFER_MINUTES, SlotRefusal};
use super::super::model::states::{SessionSide, SessionState};
use super::outcomes;
use crate::access::{ActionTag, Permit, Reach, Scope, act};
use crate::db::{At, Order};
use crate::kernel::ids::{AccountId, MatchId, MeetingId};
use crate::kernel::{Error, Page, PageRequest, Place, Result, Right};
use crate::op::Tx;
use crate::ties::{self, Tie};

/// The match that a session belongs to: the facts for a decision about it.
pub(in super::super) async fn tie_of(tx: &Tx, id: MeetingId) -> Result<Option<Tie>> {
    Ok(ties_of(tx, &[id]).await?.remove(&id))
}

/// The matches that these sessions belong to: two statements for any number of sessions.
pub(in super::super) async fn ties_of(tx: &Tx, ids: &[MeetingId]) -> Result<HashMap<MeetingId, Tie>> {
    let query = table::Entity::find().filter(table::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    let query = query.select_only().columns([table::Column::Id, table::Column::MatchId]);
    let rows = query.into_tuple::<(Uuid, Uuid)>().all(tx.conn()?.raw()).await?;
    let matches: BTreeSet<MatchId> = rows.iter().map(|(_, of)| MatchId::from(*of)).collect();
    let ties = ties::of_matches(tx.conn()?, &matches.into_iter().collect::<Vec<_>>()).await?;
    let tie = |of: Uuid| ties.iter().find(|tie| tie.id.uuid() == of).cloned();
    Ok(rows.into_iter().filter_map(|(id, of)| Some((id.into(), tie(of)?))).collect())
}

/// The session that the permit is for.
pub(in super::super) async fn load<A: ActionTag>(tx: &Tx, permit: &Permit<A>) -> Result<Session> {
    view(tx, row(tx, permit).await?)
}

async fn row<A: ActionTag>(tx: &Tx, permit: &Permit<A>) -> Result<table::Model> {
    let id = permit.id::<MeetingId>().uuid();
    table::Entity::find_by_id(id).one(tx.conn()?.raw()).await?.ok_or(Error::NotFound)
}

fn reason_place(id: Uuid) -> Place {
    Place::new("session", "cancel_reason_sealed", id)
}

pub(super) fn view(tx: &Tx, row: table::Model) -> Result<Session> {
    let unknown = |what: &str| Error::internal(format!("session {} holds an unknown {what}", row.id));
    let hold_expires_at = row.hold_expires_at.map(At::timestamp);
    let state = SessionState::parse(&row.state).ok_or_else(|| unknown("state"))?;
    let reason = row.cancel_reason_sealed.as_deref().map(|sealed| tx.open(reason_place(row.id), sealed));
    let side = |text: &str| SessionSide::parse(text).ok_or_else(|| unknown("side"));
    let canceller = |text: &str| Canceller::parse(text).ok_or_else(|| unknown("canceller"));
    Ok(Session {
        id: row.id.into(),
        of_match: row.match_id.into(),
        programme: row.programme_id.into(),
        family: row.family_id.into(),
        mentor: row.mentor_id.into(),
        state: state.seen_at(tx.now(), hold_expires_at),
        starts_at: row.starts_at.timestamp(),
        ends_at: row.ends_at.timestamp(),
        booked_side: side(&row.booked_side)?,
        hold_expires_at,
        cancelled_by: row.cancelled_side.as_deref().map(canceller).transpose()?,
        cancel_reason: reason.transpose()?,
        no_show: row.no_show_side.as_deref().map(side).transpose()?,
        created_at: row.created_at.timestamp(),
        updated_at: row.updated_at.timestamp(),
        version: row.version,
        zone: row.zone,
    })
}

/// The times that are taken for the two sides of a match.
#[derive(Debug, Default)]
pub(in super::super) struct Busy {
    /// The family's.
    pub(in super::super) family: Vec<Span>,
    /// The mentor's, in all matches.
    pub(in super::super) mentor: Vec<Span>,
}

/// The times taken between two minutes (since 1970 UTC): agreed sessions and holds that have not run out. The session
/// `moving` of the same match does not count.
pub(in super::super) async fn busy<A: ActionTag>(
    tx: &Tx,
    _permit: &Permit<A>,
    tie: &Tie,
    within: Span,
    moving: Option<MeetingId>,
) -> Result<Busy> {
    let micros = |minute: i64| At(minute.saturating_mul(60_000_000));
    let mut query = table::Entity::find()
        .filter(either_side(tie))
        .filter(holding(tx.now()))
        .filter(table::Column::EndsAt.gt(micros(within.start.saturating_sub(MENTOR_BUFFER_MINUTES))))
        .filter(table::Column::StartsAt.lt(micros(within.end.saturating_add(MENTOR_BUFFER_MINUTES))));
    if let Some(id) = moving {
        let other = Condition::any().add(table::Column::Id.ne(id.uuid()));
        query = query.filter(other.add(table::Column::MatchId.ne(tie.id.uuid())));
    }
    let columns = [table::Column::FamilyId, table::Column::MentorId, table::Column::StartsAt, table::Column::EndsAt];
    let rows: Vec<(Uuid, Uuid, At, At)> =
        query.select_only().columns(columns).into_tuple().all(tx.conn()?.raw()).await?;
    let mut busy = Busy::default();
    for (family, mentor, start, end) in rows {
        let span = Span::between(start.timestamp(), end.timestamp());
        if family == tie.family.uuid() {
            busy.family.push(span);
        }
        if mentor == tie.mentor.uuid() {
            busy.mentor.push(span);
        }
    }
    Ok(busy)
}

fn either_side(tie: &Tie) -> Condition {
    let mentor = table::Column::MentorId.eq(tie.mentor.uuid());
    Condition::any().add(mentor).add(table::Column::FamilyId.eq(tie.family.uuid()))
}

/// Rows that keep their time for themselves at this instant.
fn holding(now: Timestamp) -> Condition {
    let held = Condition::all()
        .add(table::Column::State.eq(SessionState::Proposed.as_str()))
        .add(table::Column::HoldExpiresAt.gt(At::from(now)));
    Condition::any().add(table::Column::State.eq(SessionState::Confirmed.as_str())).add(held)
}

/// Moves the two sides' holds that have run out to `expired`, so that the database lets go of their time. Gives the
/// sessions and their matches.
pub(in super::super) async fn expire_holds<A: ActionTag>(
    tx: &Tx,
    _permit: &Permit<A>,
    tie: &Tie,
) -> Result<Vec<(MeetingId, MatchId)>> {
    let lapsed = table::Entity::find()
        .filter(either_side(tie))
        .filter(table::Column::State.eq(SessionState::Proposed.as_str()))
        .filter(table::Column::HoldExpiresAt.lte(At::from(tx.now())))
        .select_only()
        .columns([table::Column::Id, table::Column::MatchId]);
    let lapsed: Vec<(Uuid, Uuid)> = lapsed.into_tuple().all(tx.conn()?.raw()).await?;
    for (id, _) in &lapsed {
        write(tx, *id, in_state(SessionState::Expired)).await?;
    }
    Ok(lapsed.into_iter().map(|(id, of_match)| (id.into(), of_match.into())).collect())
}

/// A time that somebody asks for.
#[derive(Debug, Clone)]
pub(in super::super) struct Wanted {
    pub(in super::super) starts_at: Timestamp,
    pub(in super::super) ends_at: Timestamp,
    pub(in super::super) zone: String,
    pub(in super::super) by: AccountId,
    pub(in super::super) side: SessionSide,
    pub(in super::super) hold_until: Timestamp,
}

/// How many sessions of a match wait to be confirmed.
pub(in super::super) async fn waiting(tx: &Tx, _permit: &Permit<act::BookSession>, tie: &Tie) -> Result<u64> {
    let proposed = table::Entity::find()
        .filter(table::Column::MatchId.eq(tie.id.uuid()))
        .filter(table::Column::State.eq(SessionState::Proposed.as_str()))
        .filter(table::Column::HoldExpiresAt.gt(At::from(tx.now())));
    Ok(proposed.count(tx.conn()?.raw()).await?)
}

/// Stores a proposed session. The database's word on overlaps becomes `SLOT_TAKEN`.
pub(in super::super) async fn insert(
    tx: &Tx,
    _permit: &Permit<act::BookSession>,
    tie: &Tie,
    wanted: &Wanted,
) -> Result<Session> {
    let row = table::Model {
        id: tx.make_id::<MeetingId>().uuid(),
        match_id: tie.id.uuid(),
        family_id: tie.family.uuid(),
        mentor_id: tie.mentor.uuid(),
        programme_id: tie.programme.uuid(),
        state: SessionState::Proposed.as_str().to_owned(),
        starts_at: wanted.starts_at.into(),
        ends_at: wanted.ends_at.into(),
        zone: wanted.zone.clone(),
        booked_by: wanted.by.uuid(),
        booked_side: wanted.side.as_str().to_owned(),
        hold_expires_at: Some(wanted.hold_until.into()),
        cancelled_side: None,
        cancel_reason_sealed: None,
        no_show_side: None,
        wellbeing: None,
        outcome_sealed: None,
        created_at: tx.now().into(),
        updated_at: tx.now().into(),
        version: 1,
    };
    let new = table::ActiveModel::from(row.clone()).reset_all();
    let stored = table::Entity::insert(new).exec_without_returning(tx.conn()?.raw()).await;
    stored.map_err(|error| taken(error.into()))?;
    view(tx, row)
}

fn taken(error: Error) -> Error {
    let problem = || SlotRefusal::MentorBusy.problem("input.startsAt");
    error.explain("session_mentor_overlap", problem()).explain("session_family_overlap", problem())
}

/// Moves a session to another time, where it is proposed again.
pub(in super::super) async fn reschedule(
    tx: &Tx,
    permit: &Permit<act::ChangeSession>,
    wanted: &Wanted,
) -> Result<Session> {
    let change = table::ActiveModel {
        starts_at: Set(wanted.starts_at.into()),
        ends_at: Set(wanted.ends_at.into()),
        zone: Set(wanted.zone.clone()),
        booked_by: Set(wanted.by.uuid()),
        booked_side: Set(wanted.side.as_str().to_owned()),
        hold_expires_at: Set(Some(wanted.hold_until.into())),
        ..in_state(SessionState::Proposed)
    };
    write(tx, permit.id::<MeetingId>().uuid(), change).await.map_err(taken)?;
    load(tx, permit).await
}

/// Agrees to a proposed session.
pub(in super::super) async fn confirm(tx: &Tx, permit: &Permit<act::ChangeSession>) -> Result<Session> {
    let change = table::ActiveModel { hold_expires_at: Set(None), ..in_state(SessionState::Confirmed) };
    write(tx, permit.id::<MeetingId>().uuid(), change).await?;
    load(tx, permit).await
}

/// Calls a session off.
pub(in super::super) async fn cancel(
    tx: &Tx,
    permit: &Permit<act::ChangeSession>,
    by: Canceller,
    reason: Option<&str>,
) -> Result<Session> {
    let id = permit.id::<MeetingId>().uuid();
    let change = table::ActiveModel {
        cancelled_side: Set(Some(by.as_str().to_owned())),
        cancel_reason_sealed: Set(reason.map(|text| tx.seal(reason_place(id), text)).transpose()?),
        hold_expires_at: Set(None),
        ..in_state(SessionState::Cancelled)
    };
    write(tx, id, change).await?;
    load(tx, permit).await
}

/// Notes how a session went.
pub(in super::super) async fn complete(
    tx: &Tx,
    permit: &Permit<act::CompleteSession>,
    outcome: &Outcome,
) -> Result<Session> {
    let id = permit.id::<MeetingId>().uuid();
    let change = table::ActiveModel {
        wellbeing: Set(outcome.wellbeing.map(i32::from)),
        outcome_sealed: Set(outcome.note.as_deref().map(|text| tx.seal(outcomes::note_place(id), text)).transpose()?),
        ..in_state(SessionState::Completed)
    };
    write(tx, id, change).await?;
    load(tx, permit).await
}

/// Notes that one side did not come.
pub(in super::super) async fn no_show(
    tx: &Tx,
    permit: &Permit<act::CloseSession>,
    side: SessionSide,
) -> Result<Session> {
    let change =
        table::ActiveModel { no_show_side: Set(Some(side.as_str().to_owned())), ..in_state(SessionState::NoShow) };
    write(tx, permit.id::<MeetingId>().uuid(), change).await?;
    load(tx, permit).await
}

/// Moves one hold that has run out to `expired`; gives its match, or `None` when there is nothing to do any more.
pub(in super::super) async fn expire_hold(
    tx: &Tx,
    _permit: &Permit<act::RunJob>,
    id: MeetingId,
) -> Result<Option<MatchId>> {
    let lapsed = table::Entity::find_by_id(id.uuid())
        .filter(table::Column::State.eq(SessionState::Proposed.as_str()))
        .filter(table::Column::HoldExpiresAt.lte(At::from(tx.now())));
    let Some(row) = lapsed.one(tx.conn()?.raw()).await? else { return Ok(None) };
    write(tx, row.id, in_state(SessionState::Expired)).await?;
    Ok(Some(row.match_id.into()))
}

/// Calls off the sessions of a match that have not begun; gives their ids.
pub(in super::super) async fn cancel_open(
    tx: &Tx,
    _permit: &Permit<act::RunJob>,
    of_match: MatchId,
) -> Result<Vec<MeetingId>> {
    let ids = table::Entity::find()
        .filter(table::Column::MatchId.eq(of_match.uuid()))
        .filter(holding(tx.now()))
        .filter(table::Column::StartsAt.gt(At::from(tx.now())))
        .select_only()
        .column(table::Column::Id);
    let ids: Vec<Uuid> = ids.into_tuple().all(tx.conn()?.raw()).await?;
    for id in &ids {
        let change = table::ActiveModel {
            cancelled_side: Set(Some(Canceller::Programme.as_str().to_owned())),
            hold_expires_at: Set(None),
            ..in_state(SessionState::Cancelled)
        };
        write(tx, *id, change).await?;
    }
    Ok(ids.into_iter().map(MeetingId::from).collect())
}

fn in_state(state: SessionState) -> table::ActiveModel {
    table::ActiveModel { state: Set(state.as_str().to_owned()), ..Default::default() }
}

async fn write(tx: &Tx, id: Uuid, mut change: table::ActiveModel) -> Result<()> {
    change.updated_at = Set(tx.now().into());
    let counted = Expr::col(table::Column::Version).add(1);
    let update = table::Entity::update_many().set(change).col_expr(table::Column::Version, counted);
    update.filter(table::Column::Id.eq(id)).exec(tx.conn()?.raw()).await?;
    Ok(())
}

/// One page of the sessions of the match that the permit is for.
pub(in super::super) async fn page(
    tx: &Tx,
    permit: &Permit<act::ListSessions>,
    when: When,
    request: PageRequest,
) -> Result<Page<Session>> {
    let of_match = permit.id::<MatchId>().uuid();
    cut(tx, table::Entity::find().filter(table::Column::MatchId.eq(of_match)), when, request).await
}

/// One page of the caller's own sessions in all matches: a family's in past matches too, a mentor's in live ones.
pub(in super::super) async fn own_page(
    tx: &Tx,
    scope: &Scope<act::ListOwnSessions>,
    when: When,
    request: PageRequest,
) -> Result<Page<Session>> {
    let query = match scope.reach() {
        Reach::Family(id) => table::Entity::find()
            .filter(table::Column::FamilyId.eq(id.uuid()))
            .filter(table::Column::FamilyId.in_subquery(ties::open_by(tx.principal().account, Right::Meet))),
        Reach::Mentor(id) => {
            let live = ties::of_mentors(tx.conn()?, &[id]).await?;
            table::Entity::find()
                .filter(table::Column::MentorId.eq(id.uuid()))
                .filter(table::Column::MatchId.is_in(live.into_iter().map(|tie| tie.id.uuid())))
        }
        Reach::Everything | Reach::Programme(_) | Reach::Account(_) | Reach::Nothing => {
            return Ok(request.page(Vec::new()));
        }
    };
    let query = query.filter(table::Column::FamilyId.not_in_subquery(ties::closed_to(tx.principal().account)));
    cut(tx, query, when, request).await
}

async fn cut(tx: &Tx, query: Select<table::Entity>, when: When, request: PageRequest) -> Result<Page<Session>> {
    let coming = Condition::all().add(table::Column::EndsAt.gt(At::from(tx.now()))).add(holding(tx.now()));
    let (query, order) = match when {
        When::Upcoming => (query.filter(coming), Order::Ascending),
        When::Past => (query.filter(coming.not()), Order::Descending),
    };
    let query = crate::db::page(query, table::Column::StartsAt, table::Column::Id, order, request);
    let rows = query.all(tx.conn()?.raw()).await?;
    let sessions: Result<Vec<_>> = rows.into_iter().map(|row| view(tx, row)).collect();
    Ok(request.page(sessions?))
}
