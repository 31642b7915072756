//! Sending, changing, taking back, reporting, appealing.

use super::super::model::{
    CLIENT_ID_REUSED, EDIT_WINDOW, HELP, MATCH_ENDED, MAX_REASON, MAX_VERSIONS, MessageState, OWN_MESSAGE, PACE,
    TOO_FAST, TOO_LATE_TO_EDIT, TOO_MANY_EDITS, UNDER_REVIEW, in_edit_window,
};
use super::super::store::{self, Draft, Ground, Row};
use super::super::view::{EditMessage, Message, NewMessage, Sent};
use super::screen::{Desk, Grounds};
use super::{CaseReason, Messaging, Person, one_view};
use crate::access::{ActionTag, Decision, Permit, act};
use crate::audit::Outcome;
use crate::kernel::ids::MessageId;
use crate::kernel::{Check, Code, Error, Problem, Result};
use crate::op::{Op, Tx};

/// Sends a message: for the two sides of a live match. The same client id with the same words gives the same message
/// back, with other words it is refused. The message is judged before the answer: delivered, or held with a case.
pub async fn send_message(op: &Op, messaging: &Messaging, input: NewMessage) -> Result<Sent> {
    let input = &input.check()?;
    op.write(|tx| async move {
        let ground = store::ground(&tx, input.to).await?;
        let permit = tx.allow::<act::WriteMessage>(ground.clone())?;
        let (proof, ground) = (permit.decision(), &ground.ok_or(Error::NotFound)?);
        let author = Person::asking(&tx)?;
        live(ground, "input.matchId")?;
        let conversation = store::open_conversation(&tx, proof, ground).await?;
        if let Some(row) = store::by_client_id(&tx, proof, conversation, author.account, &input.client_id).await? {
            return sent_before(&tx, proof, &row, author, &input.body).await;
        }
        let id = tx.make_id();
        let (client_id, body) = (input.client_id.as_str(), input.body.as_str());
        let draft = Draft { id, conversation, author: author.account, side: author.side, client_id, body };
        let numbers = store::numbers(&tx, proof, conversation).await?;
        let row = store::insert(&tx, proof, &draft, numbers).await?;
        tx.touched(proof, &["message"]);
        tx.named(proof, [id]);
        let desk = Desk { tx: &tx, messaging, proof, ground };
        let (row, page) = desk.judge(&row, body, false).await?;
        in_pace(&tx, proof, &row, page).await?;
        sent(&tx, proof, &row, author, page).await
    })
    .await
}

/// Refuses a message from somebody who writes faster than anybody could read: it would bury what others have written, and the
/// moderators' queue. A cry for help always gets through.
async fn in_pace(tx: &Tx, proof: &Decision, row: &Row, page: bool) -> Result<()> {
    let since = tx.now().saturating_sub(PACE.1).unwrap_or(jiff::Timestamp::MIN);
    if page || store::sent_since(tx, proof, row, since).await? <= PACE.0 {
        return Ok(());
    }
    let said = format!("You have sent {} messages in {} minutes. Wait a little.", PACE.0, PACE.1.as_mins());
    Err(Problem::at(TOO_FAST, "input.body", said).into())
}

async fn sent(tx: &Tx, proof: &Decision, row: &Row, author: Person, page: bool) -> Result<Sent> {
    let cries = page && Grounds::of(tx, proof, row).await?.is_some_and(|grounds| grounds.is_cry());
    Ok(Sent { message: one_view(tx, proof, row, author).await?, help: cries.then_some(HELP) })
}

async fn sent_before(tx: &Tx, proof: &Decision, row: &Row, author: Person, body: &str) -> Result<Sent> {
    if store::body(tx, row)? != body {
        let message = "Another message was sent with this client id.";
        return Err(Problem::at(CLIENT_ID_REUSED, "input.clientId", message).into());
    }
    let page = Grounds::of(tx, proof, row).await?.is_some_and(|grounds| grounds.page);
    sent(tx, proof, row, author, page).await
}

/// Changes a message: for its author, within 15 minutes, and not while a moderator has yet to judge it. The new words are
/// judged like new ones; where a reader took parts out of the old ones, they wait for a reader.
pub async fn edit_message(op: &Op, messaging: &Messaging, input: EditMessage) -> Result<Sent> {
    let input = &input.check()?;
    op.write(|tx| async move {
        let (permit, ground, row, author) = found::<act::WriteMessage>(&tx, input.id).await?;
        let proof = permit.decision();
        own(&tx, proof, author, &row)?;
        live(&ground, "input.id")?;
        if input.version.is_some_and(|version| version != row.version) {
            return Err(Problem::at(Code::Stale, "input.version", "The message has changed since you read it.").into());
        }
        editable(&tx, messaging, &row).await?;
        let kept_back = row.shown_sealed.is_some();
        let numbers = store::numbers(&tx, proof, row.conversation_id.into()).await?;
        let row = store::rewrite(&tx, proof, &row, &input.body, numbers.change).await?;
        tx.touched(proof, &["body", "state"]);
        tx.named(proof, [input.id]);
        let desk = Desk { tx: &tx, messaging, proof, ground: &ground };
        let (row, page) = desk.judge(&row, &input.body, kept_back).await?;
        sent(&tx, proof, &row, author, page).await
    })
    .await
    .map_err(|error| error.explain("message_under_review", under_review()))
}

/// Refuses an edit that comes too late, or once too often, or while a case about the message is not decided. The time comes first, so that an
/// author cannot ask for ever whether somebody looks at an old message.
async fn editable(tx: &Tx, messaging: &Messaging, row: &Row) -> Result<()> {
    if !in_edit_window(row.created_at.timestamp(), tx.now()) {
        let minutes = EDIT_WINDOW.as_mins();
        let message = format!("A message can be changed for {minutes} minutes after it was sent.");
        return Err(Problem::at(TOO_LATE_TO_EDIT, "input.id", message).into());
    }
    if row.version >= MAX_VERSIONS {
        let message = format!("A message can be changed {} times.", MAX_VERSIONS - 1);
        return Err(Problem::at(TOO_MANY_EDITS, "input.id", message).into());
    }
    if messaging.cases.is_open(tx, row.id.into()).await? {
        return Err(under_review().into());
    }
    Ok(store::state_and_side(row)?.0.check(MessageState::Screening, "input.id")?)
}

fn under_review() -> Problem {
    Problem::at(UNDER_REVIEW, "input.id", "A coordinator has yet to look at this message, so it cannot be changed now.")
}

/// Takes a delivered message back: for its author. Others then see that something was removed, not what.
pub async fn remove_message(op: &Op, id: MessageId) -> Result<Message> {
    op.write(|tx| async move {
        let (permit, ground, row, author) = found::<act::WriteMessage>(&tx, id).await?;
        let proof = permit.decision();
        own(&tx, proof, author, &row)?;
        store::state_and_side(&row)?.0.check(MessageState::Removed, "input.id")?;
        let numbers = store::numbers(&tx, proof, row.conversation_id.into()).await?;
        let row = store::step(&tx, proof, &row, MessageState::Removed, numbers.change).await?;
        tx.touched(proof, &["state"]);
        tx.named(proof, [id]);
        super::tell(&tx, ground.tie.id, id, row.change_seq);
        one_view(&tx, proof, &row, author).await
    })
    .await
}

/// Reports a message to the coordinators: for the side that received it. A further report of the same message is added to
/// the case that is open, and answered like the first.
pub async fn report_message(op: &Op, messaging: &Messaging, id: MessageId, reason: Option<&str>) -> Result<Message> {
    let reason = &checked_reason(reason)?;
    op.write(|tx| async move {
        let (permit, ground, row, reporter) = found::<act::ReportMessage>(&tx, id).await?;
        let proof = permit.decision();
        if store::state_and_side(&row)?.1 == reporter.side {
            return Err(Problem::at(OWN_MESSAGE, "input.id", "This message is from your own side.").into());
        }
        tx.touched(proof, &["case"]);
        tx.named(proof, [id]);
        let desk = Desk { tx: &tx, messaging, proof, ground: &ground };
        let note = reason.clone().map(|text| (reporter.account, text));
        desk.open_case(row.conversation_id.into(), id, CaseReason::Report, note).await?;
        one_view(&tx, proof, &row, reporter).await
    })
    .await
}

/// Asks for another look at a message that was refused: for its author. Somebody else than before decides.
pub async fn appeal_message(op: &Op, messaging: &Messaging, id: MessageId, reason: Option<&str>) -> Result<Message> {
    let reason = &checked_reason(reason)?;
    op.write(|tx| async move {
        let (permit, ground, row, author) = found::<act::WriteMessage>(&tx, id).await?;
        let proof = permit.decision();
        own(&tx, proof, author, &row)?;
        store::state_and_side(&row)?.0.check(MessageState::Appealed, "input.id")?;
        let numbers = store::numbers(&tx, proof, row.conversation_id.into()).await?;
        let row = store::step(&tx, proof, &row, MessageState::Appealed, numbers.change).await?;
        tx.touched(proof, &["state", "case"]);
        tx.named(proof, [id]);
        let desk = Desk { tx: &tx, messaging, proof, ground: &ground };
        let note = reason.clone().map(|text| (author.account, text));
        desk.open_case(row.conversation_id.into(), id, CaseReason::Appeal, note).await?;
        super::tell(&tx, ground.tie.id, id, row.change_seq);
        one_view(&tx, proof, &row, author).await
    })
    .await
}

fn checked_reason(reason: Option<&str>) -> Result<Option<String>> {
    let mut check = Check::new();
    let reason = reason.map(|text| check.prose("input.reason", text, 0, MAX_REASON)).filter(|text| !text.is_empty());
    check.done().map(|()| reason)
}

/// The message and the right to do `A` in its conversation. A message that the caller may not know of is not found.
async fn found<A: ActionTag>(tx: &Tx, id: MessageId) -> Result<(Permit<A>, Ground, Row, Person)> {
    let ground = store::ground_of(tx, id).await?;
    let permit = tx.allow::<A>(ground.clone())?;
    let (ground, caller) = (ground.ok_or(Error::NotFound)?, Person::asking(tx)?);
    let row = store::message(tx, permit.decision(), id).await?.ok_or(Error::NotFound)?;
    if caller.may_see(&row)? {
        return Ok((permit, ground, row, caller));
    }
    tx.deny(permit.decision(), Outcome::Denied);
    Err(Error::NotFound)
}

fn own(tx: &Tx, proof: &Decision, caller: Person, row: &Row) -> Result<()> {
    if caller.wrote(row) {
        return Ok(());
    }
    tx.deny(proof, Outcome::Denied);
    Err(Error::Forbidden)
}

/// Refuses writing in a match that has ended; `path` is the input field that leads to it.
fn live(ground: &Ground, path: &str) -> Result<()> {
    if ground.tie.is_live() {
        return Ok(());
    }
    Err(Problem::at(MATCH_ENDED, path, "This match has ended; nothing more can be written in it.").into())
}
