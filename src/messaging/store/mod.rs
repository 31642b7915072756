//! The queries of conversations. Rows are loaded with a decision at hand; only facts are loaded before one.

mod opened;
mod pace;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{ActiveValue::Set, Condition, FromQueryResult, QueryOrder as _, QuerySelect as _, Statement, sea_query};

use super::entity::{conversation, message, verdict};
use super::model::{Form, MessageState, Side, Verdict};
use crate::access::{Decision, Guarded, Resource, ResourceKind};
use crate::db::{At, Order};
use crate::kernel::ids::{AccountId, ConversationId, MatchId, MessageId, VerdictId};
use crate::kernel::{Error, Page, PageRequest, Place, Result};
use crate::op::Tx;
use crate::ties::{self, Tie};

mod kept;

pub(in crate::messaging) use kept::{said_before, versions};
pub(in crate::messaging) use opened::{whole_next_change, whole_page};
pub(in crate::messaging) use pace::sent_since;

pub(in crate::messaging) type Row = message::Model;

/// The ground that a conversation stands on: its match, and itself once somebody has written.
#[derive(Debug, Clone)]
pub(in crate::messaging) struct Ground {
    pub(in crate::messaging) tie: Tie,
    pub(in crate::messaging) conversation: Option<ConversationId>,
}

impl Guarded for Ground {
    fn resource(&self) -> Resource {
        self.tie.resource_of(ResourceKind::Conversation, self.id())
    }
}

impl Ground {
    /// A conversation takes the id of its match, so that the log names the same thing before and after the first message.
    pub(in crate::messaging) fn id(&self) -> Uuid {
        self.conversation.map_or_else(|| self.tie.id.uuid(), ConversationId::uuid)
    }
}

/// The facts about a match's conversation; ids and states only.
pub(in crate::messaging) async fn ground(tx: &Tx, id: MatchId) -> Result<Option<Ground>> {
    let conn = tx.conn()?;
    let Some(tie) = ties::of_match(conn, id).await? else { return Ok(None) };
    let found = conversation::Entity::find().filter(conversation::Column::MatchId.eq(id.uuid()));
    let conversation = found.one(conn.raw()).await?.map(|row| row.id.into());
    Ok(Some(Ground { tie, conversation }))
}

#[derive(FromQueryResult)]
struct Whose {
    id: Uuid,
    match_id: Uuid,
}

/// The facts about the conversation of a message; ids and states only.
pub(in crate::messaging) async fn ground_of(tx: &Tx, id: MessageId) -> Result<Option<Ground>> {
    let conn = tx.conn()?;
    let sql = "SELECT c.id, c.match_id FROM message m JOIN conversation c ON c.id = m.conversation_id WHERE m.id = $1";
    let statement = Statement::from_sql_and_values(conn.raw().get_database_backend(), sql, [id.uuid().into()]);
    let Some(whose) = Whose::find_by_statement(statement).one(conn.raw()).await? else { return Ok(None) };
    let tie = ties::of_match(conn, whose.match_id.into()).await?;
    Ok(tie.map(|tie| Ground { tie, conversation: Some(whose.id.into()) }))
}

/// The conversation of a match; made now if nobody has written yet.
pub(in crate::messaging) async fn open_conversation(
    tx: &Tx,
    _proof: &Decision,
    ground: &Ground,
) -> Result<ConversationId> {
    if let Some(id) = ground.conversation {
        return Ok(id);
    }
    let tie = &ground.tie;
    let row = conversation::ActiveModel {
        id: Set(ground.id()),
        match_id: Set(tie.id.uuid()),
        family_id: Set(tie.family.uuid()),
        mentor_id: Set(tie.mentor.uuid()),
        programme_id: Set(tie.programme.uuid()),
        created_at: Set(At::from(tx.now())),
        next_seq: Set(1),
        next_change: Set(1),
    };
    // Two first messages at once: the one that finds the row there goes on with it, or is run again by the database.
    let keep = OnConflict::column(conversation::Column::MatchId).do_nothing().to_owned();
    conversation::Entity::insert(row).on_conflict(keep).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(ground.id().into())
}

/// The next place in a conversation and among its changes.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub(in crate::messaging) struct Numbers {
    pub(in crate::messaging) seq: i64,
    pub(in crate::messaging) change: i64,
}

/// Takes the next numbers. They leap with the clock, so that a gap tells nobody of a held message.
pub(in crate::messaging) async fn numbers(tx: &Tx, _proof: &Decision, id: ConversationId) -> Result<Numbers> {
    let conn = tx.conn()?.raw();
    let sql = "UPDATE conversation SET
        next_seq = CASE WHEN next_seq < $2 THEN $2 ELSE next_seq END + 1,
        next_change = CASE WHEN next_change < $2 THEN $2 ELSE next_change END + 1
        WHERE id = $1 RETURNING next_seq - 1 AS seq, next_change - 1 AS change";
    let values = [id.uuid().into(), At::from(tx.now()).0.into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let taken = Numbers::find_by_statement(statement).one(conn).await?;
    taken.ok_or_else(|| Error::internal(format!("conversation {} has gone", id.uuid())))
}

/// The number of the newest change; 0 before the first.
pub(in crate::messaging) async fn newest_change(tx: &Tx, _proof: &Decision, id: ConversationId) -> Result<i64> {
    let row = conversation::Entity::find_by_id(id.uuid()).one(tx.conn()?.raw()).await?;
    Ok(row.map_or(0, |row| row.next_change - 1))
}

/// The author's message with this client id.
pub(in crate::messaging) async fn by_client_id(
    tx: &Tx,
    _proof: &Decision,
    id: ConversationId,
    author: AccountId,
    client_id: &str,
) -> Result<Option<Row>> {
    let found = message::Entity::find()
        .filter(message::Column::ConversationId.eq(id.uuid()))
        .filter(message::Column::AuthorAccountId.eq(author.uuid()))
        .filter(message::Column::ClientId.eq(client_id));
    Ok(found.one(tx.conn()?.raw()).await?)
}

/// A message.
pub(in crate::messaging) async fn message(tx: &Tx, _proof: &Decision, id: MessageId) -> Result<Option<Row>> {
    Ok(message::Entity::find_by_id(id.uuid()).one(tx.conn()?.raw()).await?)
}

/// What a new message begins with.
pub(in crate::messaging) struct Draft<'a> {
    pub(in crate::messaging) id: MessageId,
    pub(in crate::messaging) conversation: ConversationId,
    pub(in crate::messaging) author: AccountId,
    pub(in crate::messaging) side: Side,
    pub(in crate::messaging) client_id: &'a str,
    pub(in crate::messaging) body: &'a str,
}

/// Stores a new message, not judged yet, and keeps its words.
pub(in crate::messaging) async fn insert(
    tx: &Tx,
    _proof: &Decision,
    draft: &Draft<'_>,
    numbers: Numbers,
) -> Result<Row> {
    let row = message::Model {
        id: draft.id.uuid(),
        conversation_id: draft.conversation.uuid(),
        seq: numbers.seq,
        change_seq: numbers.change,
        author_account_id: draft.author.uuid(),
        side: draft.side.as_str().to_owned(),
        client_id: draft.client_id.to_owned(),
        body_sealed: tx.seal(body_place(draft.id.uuid()), draft.body)?,
        shown_sealed: None,
        state: MessageState::Screening.as_str().to_owned(),
        created_at: At::from(tx.now()),
        delivered_at: None,
        edited_at: None,
        version: 1,
    };
    let active = message::ActiveModel::from(row.clone()).reset_all();
    message::Entity::insert(active).exec_without_returning(tx.conn()?.raw()).await?;
    kept::keep(tx, &row, Form::Written, draft.body).await?;
    Ok(row)
}

/// Puts new words into a message, which is then not judged yet, and keeps them beside the old ones.
pub(in crate::messaging) async fn rewrite(
    tx: &Tx,
    _proof: &Decision,
    row: &Row,
    body: &str,
    change: i64,
) -> Result<Row> {
    kept::keep_before_change(tx, row).await?;
    let active = message::ActiveModel {
        id: Set(row.id),
        body_sealed: Set(tx.seal(body_place(row.id), body)?),
        shown_sealed: Set(None),
        state: Set(MessageState::Screening.as_str().to_owned()),
        edited_at: Set(Some(At::from(tx.now()))),
        version: Set(row.version + 1),
        change_seq: Set(change),
        ..Default::default()
    };
    let row = message::Entity::update(active).exec(tx.conn()?.raw()).await?;
    kept::keep(tx, &row, Form::Written, body).await?;
    Ok(row)
}

/// Moves a message on. Delivery is noted; the database refuses it without a verdict on this version.
pub(in crate::messaging) async fn step(
    tx: &Tx,
    _proof: &Decision,
    row: &Row,
    to: MessageState,
    change: i64,
) -> Result<Row> {
    let mut active = message::ActiveModel {
        id: Set(row.id),
        state: Set(to.as_str().to_owned()),
        change_seq: Set(change),
        ..Default::default()
    };
    if to == MessageState::Delivered {
        active.delivered_at = Set(Some(At::from(tx.now())));
    }
    Ok(message::Entity::update(active).exec(tx.conn()?.raw()).await?)
}

/// Sets what others see instead of the author's words, and keeps it; none for the words themselves.
pub(in crate::messaging) async fn show_as(tx: &Tx, _proof: &Decision, row: &Row, shown: Option<&str>) -> Result<()> {
    let sealed = shown.map(|text| tx.seal(shown_place(row.id), text)).transpose()?;
    let active = message::ActiveModel { id: Set(row.id), shown_sealed: Set(sealed), ..Default::default() };
    message::Entity::update(active).exec(tx.conn()?.raw()).await?;
    if let Some(text) = shown {
        kept::keep(tx, row, Form::Shown, text).await?;
    }
    Ok(())
}

/// What is kept with a verdict: the findings as JSON, the moderator (none for the screener), the screener's version.
pub(in crate::messaging) struct Judged {
    pub(in crate::messaging) findings: String,
    pub(in crate::messaging) judge: Option<AccountId>,
    pub(in crate::messaging) screener: &'static str,
}

/// Stores a verdict on the message's present version.
pub(in crate::messaging) async fn judge(
    tx: &Tx,
    _proof: &Decision,
    row: &Row,
    outcome: Verdict,
    judged: Judged,
) -> Result<()> {
    let verdict = verdict::ActiveModel {
        id: Set(tx.make_id::<VerdictId>().uuid()),
        message_id: Set(row.id),
        message_version: Set(row.version),
        outcome: Set(outcome.as_str().to_owned()),
        findings: Set(judged.findings),
        judge: Set(if judged.judge.is_some() { "moderator" } else { "screener" }.to_owned()),
        judged_by: Set(judged.judge.map(AccountId::uuid)),
        screener_version: Set(judged.screener.to_owned()),
        decided_at: Set(At::from(tx.now())),
    };
    verdict::Entity::insert(verdict).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(())
}

/// The findings of the screener's verdict on the message's present version, as JSON.
pub(in crate::messaging) async fn findings(tx: &Tx, _proof: &Decision, row: &Row) -> Result<Option<String>> {
    let found = verdict::Entity::find()
        .filter(verdict::Column::MessageId.eq(row.id))
        .filter(verdict::Column::MessageVersion.eq(row.version))
        .filter(verdict::Column::Judge.eq("screener"));
    Ok(found.one(tx.conn()?.raw()).await?.map(|row| row.findings))
}

/// How many messages of this side from before this place have reached the other side, at most `cap`: three that wait for a
/// reader do not open the way for a fourth, nor does a cry for help, which no reader saw before the other side did.
pub(in crate::messaging) async fn earlier(tx: &Tx, _proof: &Decision, row: &Row, cap: u32) -> Result<u32> {
    let let_go = Verdict::ALL.iter().filter(|verdict| verdict.counts()).map(|verdict| verdict.as_str());
    let of_the_message =
        sea_query::ExprTrait::equals(Expr::col(verdict::Column::MessageId), (message::Entity, message::Column::Id));
    let judged = Query::select()
        .column(verdict::Column::Id)
        .from(verdict::Entity)
        .and_where(of_the_message)
        .and_where(verdict::Column::Outcome.is_in(let_go))
        .to_owned();
    let before = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .filter(message::Column::ConversationId.eq(row.conversation_id))
        .filter(message::Column::Side.eq(row.side.as_str()))
        .filter(message::Column::Seq.lt(row.seq))
        .filter(message::Column::DeliveredAt.is_not_null())
        .filter(Expr::exists(judged))
        .limit(u64::from(cap))
        .into_tuple::<Uuid>()
        .all(tx.conn()?.raw())
        .await?;
    Ok(u32::try_from(before.len()).unwrap_or(u32::MAX))
}

/// What this reader may know of: their own messages, and others' once delivered.
fn visible_to(reader: AccountId) -> Condition {
    let shown = [MessageState::Delivered, MessageState::Removed].map(MessageState::as_str);
    Condition::any().add(message::Column::AuthorAccountId.eq(reader.uuid())).add(message::Column::State.is_in(shown))
}

/// One page of what a reader may see, newest first.
pub(in crate::messaging) async fn page(
    tx: &Tx,
    _proof: &Decision,
    id: ConversationId,
    reader: AccountId,
    request: PageRequest,
) -> Result<Page<Row>> {
    let query =
        message::Entity::find().filter(message::Column::ConversationId.eq(id.uuid())).filter(visible_to(reader));
    let (key, id) = (message::Column::Seq, message::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(tx.conn()?.raw()).await?;
    Ok(request.page(rows))
}

/// The first message that changed after this number, of those that the reader knows or knew of.
pub(in crate::messaging) async fn next_change(
    tx: &Tx,
    _proof: &Decision,
    id: ConversationId,
    reader: AccountId,
    after: i64,
) -> Result<Option<Row>> {
    // A message that was delivered once and is held again must vanish for others, so its change is told to them.
    let known = visible_to(reader).add(message::Column::DeliveredAt.is_not_null());
    let query = message::Entity::find()
        .filter(message::Column::ConversationId.eq(id.uuid()))
        .filter(message::Column::ChangeSeq.gt(after))
        .filter(known)
        .order_by_asc(message::Column::ChangeSeq);
    Ok(query.one(tx.conn()?.raw()).await?)
}

/// The messages around a place: `before` earlier and `after` later ones, in order, without the one at the place.
pub(in crate::messaging) async fn around(
    tx: &Tx,
    _proof: &Decision,
    row: &Row,
    before: u64,
    after: u64,
) -> Result<Vec<Row>> {
    let conn = tx.conn()?.raw();
    let of = || message::Entity::find().filter(message::Column::ConversationId.eq(row.conversation_id));
    let seq = message::Column::Seq;
    let mut rows = of().filter(seq.lt(row.seq)).order_by_desc(seq).limit(before).all(conn).await?;
    rows.reverse();
    rows.extend(of().filter(seq.gt(row.seq)).order_by_asc(seq).limit(after).all(conn).await?);
    Ok(rows)
}

/// The author's own words.
pub(in crate::messaging) fn body(tx: &Tx, row: &Row) -> Result<String> {
    tx.open(body_place(row.id), &row.body_sealed)
}

/// What others see instead, if a moderator took parts out.
pub(in crate::messaging) fn shown(tx: &Tx, row: &Row) -> Result<Option<String>> {
    row.shown_sealed.as_deref().map(|sealed| tx.open(shown_place(row.id), sealed)).transpose()
}

/// The state of a row, and its side.
pub(in crate::messaging) fn state_and_side(row: &Row) -> Result<(MessageState, Side)> {
    let state = MessageState::parse(&row.state);
    state.zip(Side::parse(&row.side)).ok_or_else(|| Error::internal(format!("message {} is unreadable", row.id)))
}

fn body_place(id: Uuid) -> Place {
    Place::new("message", "body_sealed", id)
}

fn shown_place(id: Uuid) -> Place {
    Place::new("message", "shown_sealed", id)
}
