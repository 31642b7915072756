//! The face for moderation: reading what a case is about, and carrying out what was decided. Moderation decides who may;
//! each function takes that decision.

use super::super::model::{MessageState, Verdict, Why, steps_of_verdict};
use super::super::store::{self, Row};
use super::super::view::{Spoken, UnderReview};
use super::names;
use super::screen::Grounds;
use crate::access::{Decision, Guarded as _, Resource};
use crate::kernel::ids::MessageId;
use crate::kernel::states::wrong_state;
use crate::kernel::{Error, Result};
use crate::op::Tx;

/// Messages shown before and after the one that a case is about.
const CONTEXT: (u64, u64) = (3, 2);

/// How a message is let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release<'a> {
    /// In the author's own words.
    AsIs,
    /// In these words, with parts taken out.
    Redacted(&'a str),
}

/// The message that a case is about, with what was found in it.
pub async fn under_review(tx: &Tx, proof: &Decision, id: MessageId) -> Result<Option<UnderReview>> {
    let Some(row) = store::message(tx, proof, id).await? else { return Ok(None) };
    let names = names(tx, proof, std::slice::from_ref(&row)).await?;
    let (state, side) = store::state_and_side(&row)?;
    let grounds = Grounds::of(tx, proof, &row).await?;
    let (why, findings) = grounds.map_or((Why::NotScreened, Vec::new()), |g| (g.why, g.findings));
    let author = row.author_account_id.into();
    Ok(Some(UnderReview {
        id,
        side,
        first_name: names.get(&author).cloned().unwrap_or_default(),
        author,
        state,
        body: store::body(tx, &row)?,
        shown_as: store::shown(tx, &row)?,
        why,
        findings,
        sent_at: row.created_at.timestamp(),
        version: row.version,
        versions: store::versions(tx, proof, id).await?,
    }))
}

/// The few messages around the one that a case is about.
pub async fn context(tx: &Tx, proof: &Decision, id: MessageId) -> Result<Vec<Spoken>> {
    let Some(row) = store::message(tx, proof, id).await? else { return Ok(Vec::new()) };
    let rows = store::around(tx, proof, &row, CONTEXT.0, CONTEXT.1).await?;
    let spoken = |row: &Row| {
        let side = store::state_and_side(row)?.1;
        Ok(Spoken { id: row.id.into(), side, body: store::body(tx, row)?, sent_at: row.created_at.timestamp() })
    };
    rows.iter().map(spoken).collect()
}

/// The facts about the conversation of a message, for a decision.
pub async fn facts_of_message(tx: &Tx, id: MessageId) -> Result<Option<Resource>> {
    Ok(store::ground_of(tx, id).await?.map(|ground| ground.resource()))
}

/// The message's state, when the caller wrote it.
pub async fn authored(tx: &Tx, proof: &Decision, id: MessageId) -> Result<Option<MessageState>> {
    let row = store::message(tx, proof, id).await?;
    let own = row.filter(|row| Some(row.author_account_id.into()) == tx.principal().account);
    own.map(|row| store::state_and_side(&row).map(|(state, _)| state)).transpose()
}

/// Lets a message go, with a moderator's verdict on its present version. Refused at `path`, the input field that names the
/// case, when the message has moved on.
pub async fn release(tx: &Tx, proof: &Decision, id: MessageId, how: Release<'_>, path: &str) -> Result<()> {
    let (verdict, shown) = match how {
        Release::AsIs => (Verdict::Released, None),
        Release::Redacted(text) => (Verdict::Redacted, Some(text)),
    };
    let row = store::message(tx, proof, id).await?.ok_or(Error::NotFound)?;
    store::show_as(tx, proof, &row, shown).await?;
    carry_out(tx, proof, &row, verdict, path).await
}

/// Refuses a message, with a moderator's verdict on its present version. One that was delivered vanishes for the others.
/// Refused at `path` like [`release`].
pub async fn block(tx: &Tx, proof: &Decision, id: MessageId, path: &str) -> Result<()> {
    let row = store::message(tx, proof, id).await?.ok_or(Error::NotFound)?;
    carry_out(tx, proof, &row, Verdict::Blocked, path).await
}

async fn carry_out(tx: &Tx, proof: &Decision, row: &Row, verdict: Verdict, path: &str) -> Result<()> {
    let state = store::state_and_side(row)?.0;
    let steps = steps_of_verdict(state, verdict.delivers())
        .ok_or_else(|| wrong_state("message", (state.as_str(), verdict.as_str()), path))?;
    let judge = tx.principal().account.ok_or(Error::Forbidden)?;
    Grounds::moderator().keep(tx, proof, row, verdict, Some(judge)).await?;
    let numbers = store::numbers(tx, proof, row.conversation_id.into()).await?;
    let mut row = row.clone();
    for step in steps {
        row = store::step(tx, proof, &row, *step, numbers.change).await?;
    }
    tx.named(proof, [row.id]);
    let ground = store::ground_of(tx, row.id.into()).await?.ok_or(Error::NotFound)?;
    super::tell(tx, ground.tie.id, row.id.into(), numbers.change);
    Ok(())
}
