//! Deciding a case: the verdict, what it does to the message, and the end of the case, in one transaction.

use super::super::model::{CLAIM_FIRST, Case, CaseState, Decision, WRONG_DECISION, may_overturn};
use super::super::store::{self, Row};
use super::input::Decide;
use super::{actor, for_leads, stale, tell};
use crate::access::{self, act};
use crate::kernel::states::wrong_state;
use crate::kernel::{Error, Problem, Result};
use crate::messaging::{self, MessageState, Release};
use crate::op::{Op, Tx};

/// The field that names the case.
const PATH: &str = "input.id";

/// Decides a case: only for who holds it, within the lease, and not for who decided it the first time.
pub async fn decide_case(op: &Op, input: Decide) -> Result<Case> {
    let input = &input.check()?;
    op.write(|tx| async move {
        let found = store::facts(&tx, input.id).await?;
        let permit = tx.allow::<act::DecideCase>(found.clone());
        let permit = permit.map_err(|error| claim_first(for_leads(error, found.as_ref(), PATH), found.as_ref()))?;
        let (row, proof, me) = (found.ok_or(Error::NotFound)?, permit.decision(), actor(&tx)?);
        if input.version.is_some_and(|version| version != row.stored.version) {
            return Err(stale("input.version"));
        }
        row.state()?.check(CaseState::Decided, PATH)?;
        may_overturn(row.stored.decided_by.map(Into::into), me)?;
        if !row.kind()?.decisions().contains(&input.decision) {
            return Err(wrong_decision());
        }
        carry_out(&tx, proof, &row, input).await?;
        let decided =
            store::change(&tx, &row, store::decided(&tx, me, input.decision)).await?.ok_or_else(|| stale(PATH))?;
        tx.touched(proof, &["state", "decision", "message"]);
        tell(&tx, &decided);
        decided.view(Some(me))
    })
    .await
}

/// The policies refuse who does not hold the case; who may see it is told how to go on, or that it is too late.
fn claim_first(error: Error, found: Option<&Row>) -> Error {
    match error {
        Error::Forbidden if found.is_some_and(Row::is_decided) => {
            wrong_state("moderation_case", (CaseState::Decided.as_str(), CaseState::Decided.as_str()), PATH).into()
        }
        Error::Forbidden => Problem::at(CLAIM_FIRST, PATH, "You do not hold this case; claim it first.").into(),
        other => other,
    }
}

fn wrong_decision() -> Error {
    Problem::at(WRONG_DECISION, "input.decision", "This decision does not end a case like this one.").into()
}

fn is_refused(state: MessageState) -> bool {
    matches!(state, MessageState::Blocked | MessageState::Appealed)
}

async fn carry_out(tx: &Tx, proof: &access::Decision, row: &Row, input: &Decide) -> Result<()> {
    let id = row.message().ok_or_else(|| Error::internal("a case without its message"))?;
    let message = messaging::under_review(tx, proof, id).await?.ok_or(Error::NotFound)?;
    match input.decision {
        Decision::Deliver => messaging::release(tx, proof, id, Release::AsIs, PATH).await,
        Decision::RedactAndDeliver => {
            let shown = input.redacted(&message.body)?;
            messaging::release(tx, proof, id, Release::Redacted(&shown), PATH).await
        }
        Decision::Block => messaging::block(tx, proof, id, PATH).await,
        // An overturn takes back the refusal of this very case, never another one's; what a reader took out stays out.
        Decision::Dismiss if row.refused_it() && is_refused(message.state) => {
            let how = message.shown_as.as_deref().map_or(Release::AsIs, Release::Redacted);
            messaging::release(tx, proof, id, how, PATH).await
        }
        // An appeal against the refusal of this case gets an answer; a cry for help in the same message is another case.
        Decision::Acknowledge if row.refused_it() && message.state == MessageState::Appealed => Err(wrong_decision()),
        Decision::Dismiss | Decision::Acknowledge => Ok(()),
    }
}
