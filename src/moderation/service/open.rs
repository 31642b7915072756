//! Opening cases, in the transaction of the message that needs one.

use futures_util::future::BoxFuture;

use super::super::model::{
    CaseKind, CaseState, MAX_REASONS, NewNote, NoteVisibility, TOO_MANY_REASONS, due_at, priority,
};
use super::super::store::{self, Row, Stored};
use crate::db::At;
use crate::kernel::ids::{CaseId, MessageId};
use crate::kernel::{Error, Problem, Result};
use crate::messaging::{CaseReason, NewCase, OpenCase};
use crate::op::Tx;

/// Opens the cases that messaging asks for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Opener;

impl OpenCase for Opener {
    fn open<'a>(&'a self, tx: &'a Tx, case: NewCase) -> BoxFuture<'a, Result<CaseId>> {
        Box::pin(open(tx, case))
    }

    fn is_open<'a>(&'a self, tx: &'a Tx, message: MessageId) -> BoxFuture<'a, Result<bool>> {
        Box::pin(store::is_open(tx, message))
    }
}

async fn open(tx: &Tx, new: NewCase) -> Result<CaseId> {
    let row = match new.reason {
        CaseReason::Appeal => reopen(tx, &new).await?,
        CaseReason::Held { threat } => open_kind(tx, &new, CaseKind::HeldMessage, threat).await?,
        CaseReason::Crisis => open_kind(tx, &new, CaseKind::Crisis, false).await?,
        CaseReason::Report => report(tx, &new).await?,
        CaseReason::Flagged => open_kind(tx, &new, CaseKind::Sample, false).await?,
    };
    if let Some((author, body)) = new.note {
        let note = NewNote { case: row.id(), visibility: NoteVisibility::Internal, body };
        store::add_note(tx, &note, author).await?;
    }
    super::tell(tx, &row);
    Ok(row.id())
}

/// Opens a report. A further one is counted on the open case, which it takes from nobody's hands.
async fn report(tx: &Tx, new: &NewCase) -> Result<Row> {
    match store::open_for(tx, new.message, CaseKind::Report).await? {
        Some(open) => {
            enough(tx, &open, new).await?;
            store::report_again(tx, &open).await
        }
        None => open_kind(tx, new, CaseKind::Report, false).await,
    }
}

/// Refuses a further reason from somebody who has given many on this case: they would push out what others wrote there.
async fn enough(tx: &Tx, open: &Row, new: &NewCase) -> Result<()> {
    let Some((author, _)) = &new.note else { return Ok(()) };
    if store::notes_by(tx, open.id(), *author).await? < MAX_REASONS {
        return Ok(());
    }
    let said = "A coordinator has your earlier words on this message and will look at them; leave the reason out.";
    Err(Problem::at(TOO_MANY_REASONS, "input.reason", said).into())
}

/// Opens a case. The database refuses a second one of this kind while the first is not decided; none can come, since the
/// words of a message stay as they are until then.
async fn open_kind(tx: &Tx, new: &NewCase, kind: CaseKind, threat: bool) -> Result<Row> {
    let (id, now): (CaseId, _) = (tx.make_id(), tx.now());
    let reported = kind == CaseKind::Report;
    let stored = Stored {
        id: id.uuid(),
        programme_id: new.programme.uuid(),
        family_id: new.family.uuid(),
        match_id: new.match_id.uuid(),
        conversation_id: new.conversation.uuid(),
        message_id: Some(new.message.uuid()),
        kind: kind.as_str().to_owned(),
        priority: priority(kind, threat),
        state: CaseState::Open.as_str().to_owned(),
        opened_at: At::from(now),
        due_at: At::from(due(tx, kind)),
        claimed_by: None,
        lease_until: None,
        decided_by: None,
        decision: None,
        decided_at: None,
        version: 1,
        report_count: i32::from(reported),
        last_reported_at: reported.then(|| At::from(now)),
        escalated_at: None,
    };
    store::insert(tx, stored).await?;
    store::facts(tx, id).await?.ok_or(Error::NotFound)
}

/// Opens the case again in which the message was refused. One that a moderator has opened again already takes the appeal in.
async fn reopen(tx: &Tx, new: &NewCase) -> Result<Row> {
    let refused = store::refusal_of(tx, new.message).await?;
    let refused = refused.ok_or_else(|| Error::internal("a refused message without its case"))?;
    if refused.state()? != CaseState::Decided {
        return Ok(refused);
    }
    store::change(tx, &refused, store::reopened(appeal_due(tx))).await?.ok_or(Error::Busy)
}

/// When a case of this kind that is opened now is due, by the service's clocks.
fn due(tx: &Tx, kind: CaseKind) -> jiff::Timestamp {
    let clocks = &tx.op().core().clocks;
    let wait = match kind {
        CaseKind::Crisis => clocks.crisis_claim,
        CaseKind::HeldMessage => clocks.held_message,
        CaseKind::Report => clocks.report,
        CaseKind::Sample => return due_at(kind, tx.now()),
    };
    tx.now().checked_add(wait).unwrap_or(jiff::Timestamp::MAX)
}

/// When an appeal or overturn that begins now is due.
pub(super) fn appeal_due(tx: &Tx) -> At {
    At::from(tx.now().checked_add(tx.op().core().clocks.appeal).unwrap_or(jiff::Timestamp::MAX))
}
