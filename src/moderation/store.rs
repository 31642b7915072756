//! The queries of moderation.

use sea_orm::ActiveValue::{self, Set};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{Condition, QueryOrder as _, QuerySelect as _};

use super::entity::{case, note};
use super::model::{Case, CaseKind, CaseState, Decision, Filter, NewNote, Note, NoteVisibility, place, waiting};
use crate::access::{self, Guarded, Reach, Resource, ResourceKind, Scope, act};
use crate::db::At;
use crate::kernel::ids::{AccountId, CaseId, MessageId, NoteId};
use crate::kernel::{Error, Page, PageRequest, Place, Result};
use crate::op::Tx;
use crate::ties;

/// A case as stored, with the instant that it was read at: whether a claim has run out depends on it.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) stored: case::Model,
    now: At,
    /// The people whom its match is between; loaded with the facts of one case, for a decision about it.
    sides: Vec<AccountId>,
    /// The family's side, loaded with them.
    side: ties::Side,
}

impl Guarded for Row {
    fn resource(&self) -> Resource {
        let resource = Resource::new(ResourceKind::Case, self.stored.id)
            .in_programme(self.stored.programme_id.into())
            .of_family(self.stored.family_id.into())
            .held_by(self.holder().map(|(account, _)| account))
            .escalated(self.is_escalated())
            .between(self.sides.iter().copied());
        self.side.guard(resource)
    }
}

impl Row {
    /// Who holds it, if the lease has not run out.
    pub(super) fn holder(&self) -> Option<(AccountId, At)> {
        let (by, until) = (self.stored.claimed_by?, self.stored.lease_until?);
        let held = self.stored.state == CaseState::Claimed.as_str() && until > self.now;
        held.then(|| (by.into(), until))
    }

    /// The state; after a claim that ran out, the one that it waited in before.
    pub(super) fn state(&self) -> Result<CaseState> {
        match CaseState::parse(&self.stored.state).ok_or_else(|| self.unreadable())? {
            CaseState::Claimed if self.holder().is_none() => Ok(self.waiting()),
            state => Ok(state),
        }
    }

    /// The state in which it waits when nobody holds it.
    pub(super) fn waiting(&self) -> CaseState {
        waiting(self.is_escalated(), self.stored.decided_at.is_some())
    }

    /// Whether it was handed to the safeguarding leads and is not decided since. The state alone counts too: a node of the
    /// version before sets no mark.
    pub(super) fn is_escalated(&self) -> bool {
        let state = self.stored.state.as_str();
        let marked = self.stored.escalated_at.is_some() && state != CaseState::Decided.as_str();
        marked || state == CaseState::Escalated.as_str()
    }

    pub(super) fn is_decided(&self) -> bool {
        self.stored.state == CaseState::Decided.as_str()
    }

    pub(super) fn kind(&self) -> Result<CaseKind> {
        CaseKind::parse(&self.stored.kind).ok_or_else(|| self.unreadable())
    }

    pub(super) fn id(&self) -> CaseId {
        self.stored.id.into()
    }

    pub(super) fn message(&self) -> Option<MessageId> {
        self.stored.message_id.map(MessageId::from)
    }

    fn unreadable(&self) -> Error {
        Error::internal(format!("case {} is unreadable", self.stored.id))
    }

    /// The case for a reader.
    pub(super) fn view(&self, reader: Option<AccountId>) -> Result<Case> {
        let (row, state) = (&self.stored, self.state()?);
        let holder = self.holder().map(|(account, until)| (account, until.timestamp()));
        Ok(Case {
            id: self.id(),
            programme: row.programme_id.into(),
            family: row.family_id.into(),
            match_id: row.match_id.into(),
            message: self.message(),
            kind: self.kind()?,
            priority: row.priority,
            state,
            escalated_at: row.escalated_at.map(At::timestamp),
            opened_at: row.opened_at.timestamp(),
            due_at: row.due_at.timestamp(),
            is_overdue: state != CaseState::Decided && row.due_at < self.now,
            is_mine: holder.is_some_and(|(account, _)| Some(account) == reader),
            holder,
            decided_by: row.decided_by.map(AccountId::from),
            decision: row.decision.as_deref().and_then(Decision::parse),
            decided_at: row.decided_at.map(At::timestamp),
            report_count: row.report_count,
            last_reported_at: row.last_reported_at.map(At::timestamp),
            version: row.version,
        })
    }
}

impl Row {
    /// Whether this case ended, before it was opened again, with a refusal of its message.
    pub(super) fn refused_it(&self) -> bool {
        self.stored.decision.as_deref() == Some(Decision::Block.as_str())
    }
}

fn row(tx: &Tx, stored: case::Model) -> Row {
    Row { stored, now: At::from(tx.now()), sides: Vec::new(), side: ties::Side::default() }
}

/// A case's facts; the words that it is about need a permit.
pub(super) async fn facts(tx: &Tx, id: CaseId) -> Result<Option<Row>> {
    let Some(stored) = case::Entity::find_by_id(id.uuid()).one(tx.conn()?.raw()).await? else { return Ok(None) };
    let sides = ties::sides(tx.conn()?, stored.match_id.into()).await?;
    let side = ties::side(tx.conn()?, stored.family_id.into()).await?;
    Ok(Some(Row { sides, side, ..row(tx, stored) }))
}

/// The case of this kind that is not decided yet for a message, if there is one.
pub(super) async fn open_for(tx: &Tx, message: MessageId, kind: CaseKind) -> Result<Option<Row>> {
    let found = case::Entity::find()
        .filter(case::Column::MessageId.eq(message.uuid()))
        .filter(case::Column::Kind.eq(kind.as_str()))
        .filter(case::Column::State.ne(CaseState::Decided.as_str()));
    Ok(found.one(tx.conn()?.raw()).await?.map(|stored| row(tx, stored)))
}

/// Whether any case about a message is not decided yet.
pub(super) async fn is_open(tx: &Tx, message: MessageId) -> Result<bool> {
    let found = case::Entity::find()
        .select_only()
        .column(case::Column::Id)
        .filter(case::Column::MessageId.eq(message.uuid()))
        .filter(case::Column::State.ne(CaseState::Decided.as_str()))
        .into_tuple::<Uuid>();
    Ok(found.one(tx.conn()?.raw()).await?.is_some())
}

/// The case that a message was refused in last, decided or opened again since.
pub(super) async fn refusal_of(tx: &Tx, message: MessageId) -> Result<Option<Row>> {
    let found = case::Entity::find()
        .filter(case::Column::MessageId.eq(message.uuid()))
        .filter(case::Column::Decision.eq(Decision::Block.as_str()))
        .order_by_desc(case::Column::DecidedAt);
    Ok(found.one(tx.conn()?.raw()).await?.map(|stored| row(tx, stored)))
}

/// Stores a new case.
pub(super) async fn insert(tx: &Tx, stored: case::Model) -> Result<()> {
    let active = case::ActiveModel::from(stored).reset_all();
    case::Entity::insert(active).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(())
}

/// Counts one more report to a case that is not decided. Who holds it, and until when, stays as it is; so does the version,
/// since the reader may finish what they began.
pub(super) async fn report_again(tx: &Tx, open: &Row) -> Result<Row> {
    let done = case::Entity::update_many()
        .col_expr(case::Column::ReportCount, Expr::col(case::Column::ReportCount).add(1))
        .col_expr(case::Column::LastReportedAt, Expr::value(At::from(tx.now()).0))
        .filter(case::Column::Id.eq(open.stored.id))
        .filter(case::Column::State.ne(CaseState::Decided.as_str()))
        .exec(tx.conn()?.raw())
        .await?;
    // Decided a moment ago: tried again, the report finds no open case and opens one.
    if done.rows_affected == 0 { Err(Error::Busy) } else { facts(tx, open.id()).await?.ok_or(Error::NotFound) }
}

/// A change of a case: what is set, beside its version.
pub(super) type Patch = case::ActiveModel;

/// Changes a case if it still is as it was read, so that of two who act at once only one does; gives it as it then is.
pub(super) async fn change(tx: &Tx, seen: &Row, patch: Patch) -> Result<Option<Row>> {
    let patch = Patch { version: Set(seen.stored.version + 1), ..patch };
    let done = case::Entity::update_many()
        .set(patch)
        .filter(case::Column::Id.eq(seen.stored.id))
        .filter(case::Column::Version.eq(seen.stored.version))
        .exec(tx.conn()?.raw())
        .await?;
    if done.rows_affected == 0 { Ok(None) } else { facts(tx, seen.id()).await }
}

/// To be set when nobody holds the case any more.
pub(super) fn unheld(state: CaseState) -> Patch {
    let state = Set(state.as_str().to_owned());
    Patch { state, claimed_by: Set(None), lease_until: Set(None), ..Default::default() }
}

/// To be set when somebody claims the case or renews the lease, which begins now. That it was handed to the leads stays
/// marked.
pub(super) fn leased(tx: &Tx, row: &Row, holder: AccountId) -> Patch {
    let until = tx.now().checked_add(tx.op().core().clocks.moderation_lease).unwrap_or(jiff::Timestamp::MAX);
    let (claimed_by, lease_until) = (Set(Some(holder.uuid())), Set(Some(At::from(until))));
    let patch = Patch { claimed_by, lease_until, ..unheld(CaseState::Claimed) };
    if row.is_escalated() { Patch { escalated_at: escalated_at(tx, row), ..patch } } else { patch }
}

/// To be set when the case is handed to the safeguarding leads.
pub(super) fn escalated(tx: &Tx, row: &Row) -> Patch {
    Patch { escalated_at: escalated_at(tx, row), ..unheld(CaseState::Escalated) }
}

fn escalated_at(tx: &Tx, row: &Row) -> ActiveValue<Option<At>> {
    Set(Some(row.stored.escalated_at.unwrap_or_else(|| At::from(tx.now()))))
}

/// To be set when the case is opened again, to be decided by then. It waits for everybody: a programme with one lead would
/// else have nobody to overturn what that lead decided.
pub(super) fn reopened(due: At) -> Patch {
    Patch { due_at: Set(due), escalated_at: Set(None), ..unheld(CaseState::Reopened) }
}

/// To be set when the case is decided.
pub(super) fn decided(tx: &Tx, by: AccountId, decision: Decision) -> Patch {
    Patch {
        decided_by: Set(Some(by.uuid())),
        decision: Set(Some(decision.as_str().to_owned())),
        decided_at: Set(Some(At::from(tx.now()))),
        ..unheld(CaseState::Decided)
    }
}

/// The same question as [`Row::state`], asked of the database.
fn in_state(state: CaseState, now: At) -> Condition {
    let is = Condition::any().add(case::Column::State.eq(state.as_str()));
    let (escalated, decided) = (case::Column::EscalatedAt, case::Column::DecidedAt);
    let lapsed = Condition::all()
        .add(case::Column::State.eq(CaseState::Claimed.as_str()))
        .add(case::Column::LeaseUntil.lte(now));
    match state {
        CaseState::Claimed => Condition::all().add(is).add(case::Column::LeaseUntil.gt(now)),
        CaseState::Open => is.add(lapsed.add(escalated.is_null()).add(decided.is_null())),
        CaseState::Reopened => is.add(lapsed.add(escalated.is_null()).add(decided.is_not_null())),
        CaseState::Escalated => is.add(lapsed.add(escalated.is_not_null())),
        CaseState::Decided => is,
    }
}

/// One page of the queue within the scope: most pressing first, then soonest due. Cases about a match of the reader's own
/// are not among them, nor those about a family that is closed to them.
pub(super) async fn page(
    tx: &Tx,
    scope: &Scope<act::ListCases>,
    filter: Filter,
    request: PageRequest,
) -> Result<Page<Row>> {
    let mut query = match scope.reach() {
        Reach::Everything => case::Entity::find(),
        Reach::Programme(id) => case::Entity::find().filter(case::Column::ProgrammeId.eq(id.uuid())),
        Reach::Family(_) | Reach::Mentor(_) | Reach::Account(_) | Reach::Nothing => return Ok(request.page(Vec::new())),
    };
    query = match filter.state {
        Some(state) => query.filter(in_state(state, At::from(tx.now()))),
        None => query.filter(case::Column::State.ne(CaseState::Decided.as_str())),
    };
    if let Some(reader) = tx.principal().account {
        let own = ties::own_matches(tx.conn()?, reader).await?;
        query = query.filter(case::Column::MatchId.is_not_in(own.into_iter().map(Uuid::from)));
    }
    query = query.filter(case::Column::FamilyId.not_in_subquery(ties::closed_to(tx.principal().account)));
    if let Some(kind) = filter.kind {
        query = query.filter(case::Column::Kind.eq(kind.as_str()));
    }
    if let Some(after) = request.after() {
        let (priority, due) = place(after.key);
        let same = || Condition::all().add(case::Column::Priority.eq(priority));
        let later = same().add(case::Column::DueAt.gt(At(due)));
        let equal = same().add(case::Column::DueAt.eq(At(due))).add(case::Column::Id.gt(after.id));
        query = query.filter(Condition::any().add(case::Column::Priority.gt(priority)).add(later).add(equal));
    }
    let rows = query
        .order_by_asc(case::Column::Priority)
        .order_by_asc(case::Column::DueAt)
        .order_by_asc(case::Column::Id)
        .limit(request.limit())
        .all(tx.conn()?.raw())
        .await?;
    Ok(request.page(rows.into_iter().map(|stored| row(tx, stored)).collect()))
}

/// Stores a note.
pub(super) async fn add_note(tx: &Tx, new: &NewNote, author: AccountId) -> Result<NoteId> {
    let id: NoteId = tx.make_id();
    let row = note::ActiveModel {
        id: Set(id.uuid()),
        case_id: Set(new.case.uuid()),
        visibility: Set(new.visibility.as_str().to_owned()),
        body_sealed: Set(tx.seal(note_place(id.uuid()), &new.body)?),
        author_account_id: Set(author.uuid()),
        created_at: Set(At::from(tx.now())),
    };
    note::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(id)
}

/// How many notes somebody has written on a case.
pub(super) async fn notes_by(tx: &Tx, id: CaseId, author: AccountId) -> Result<u64> {
    let query = note::Entity::find().filter(note::Column::CaseId.eq(id.uuid()));
    let query = query.filter(note::Column::AuthorAccountId.eq(author.uuid()));
    Ok(query.count(tx.conn()?.raw()).await?)
}

/// The last hundred notes on a case, oldest first.
pub(super) async fn notes(tx: &Tx, _proof: &access::Decision, id: CaseId) -> Result<Vec<Note>> {
    let query = note::Entity::find().filter(note::Column::CaseId.eq(id.uuid()));
    let query = query.order_by_desc(note::Column::CreatedAt).order_by_desc(note::Column::Id).limit(100);
    let rows = query.all(tx.conn()?.raw()).await?;
    rows.iter().rev().map(|row| note_view(tx, row)).collect()
}

/// The last twenty public notes on the cases of a message, oldest first.
pub(super) async fn public_notes(tx: &Tx, _proof: &access::Decision, id: MessageId) -> Result<Vec<Note>> {
    let cases = sea_orm::sea_query::Query::select()
        .column(case::Column::Id)
        .from(case::Entity)
        .and_where(case::Column::MessageId.eq(id.uuid()))
        .to_owned();
    let query = note::Entity::find()
        .filter(note::Column::CaseId.in_subquery(cases))
        .filter(note::Column::Visibility.eq(NoteVisibility::Public.as_str()));
    let query = query.order_by_desc(note::Column::CreatedAt).order_by_desc(note::Column::Id).limit(20);
    let rows = query.all(tx.conn()?.raw()).await?;
    rows.iter().rev().map(|row| note_view(tx, row)).collect()
}

fn note_view(tx: &Tx, row: &note::Model) -> Result<Note> {
    let visibility = NoteVisibility::parse(&row.visibility);
    Ok(Note {
        id: row.id.into(),
        visibility: visibility.ok_or_else(|| Error::internal(format!("note {} is unreadable", row.id)))?,
        body: tx.open(note_place(row.id), &row.body_sealed)?,
        author: row.author_account_id.into(),
        written_at: row.created_at.timestamp(),
    })
}

fn note_place(id: Uuid) -> Place {
    Place::new("case_note", "body_sealed", id)
}

/// The row of a case that is opened now.
pub(super) use case::Model as Stored;
