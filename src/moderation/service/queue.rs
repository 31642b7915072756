//! Reading the queue and its cases.

use super::super::model::{Case, CaseKind, CaseState, Filter, Note};
use super::super::store;
use crate::access::act;
use crate::kernel::ids::CaseId;
use crate::kernel::{Page, PageRequest, Result};
use crate::messaging::{self, Spoken, UnderReview};
use crate::op::Op;

/// What a case puts in front of its reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The message, in its author's words, with what was found.
    pub message: Option<UnderReview>,
    /// A few messages around it; none for a sample, and none once it is decided.
    pub context: Vec<Spoken>,
    /// The notes, oldest first.
    pub notes: Vec<Note>,
}

/// One page of the queue of the caller's programme, most pressing first: for coordinators and safeguarding leads. It
/// shows no words; those are read case by case.
pub async fn list_cases(op: &Op, filter: Filter, request: PageRequest) -> Result<Page<Case>> {
    op.read(|tx| async move {
        let scope = tx.scope::<act::ListCases>(tx.own_programme::<act::ListCases>()?)?;
        let page = store::page(&tx, &scope, filter, request).await?;
        tx.named(scope.decision(), page.items.iter().map(store::Row::id));
        let items: Result<_> = page.items.iter().map(|row| row.view(tx.principal().account)).collect();
        Ok(Page { items: items?, has_next: page.has_next })
    })
    .await
}

/// One case, without its words.
pub async fn case(op: &Op, id: CaseId) -> Result<Case> {
    op.read(|tx| async move {
        let found = store::facts(&tx, id).await?;
        tx.allow::<act::ReadCase>(found.clone())?;
        found.ok_or(crate::kernel::Error::NotFound)?.view(tx.principal().account)
    })
    .await
}

/// The words that a case puts in front of its reader, recorded as read: the message, what was found in it, and a few
/// messages around it where those are needed to judge.
pub async fn case_content(op: &Op, id: CaseId) -> Result<Content> {
    op.read(|tx| async move {
        let found = store::facts(&tx, id).await?;
        let permit = tx.allow::<act::ReadCase>(found.clone())?;
        let (row, proof) = (found.ok_or(crate::kernel::Error::NotFound)?, permit.decision());
        let notes = store::notes(&tx, proof, id).await?;
        let Some(message_id) = row.message() else { return Ok(Content { message: None, context: Vec::new(), notes }) };
        let message = messaging::under_review(&tx, proof, message_id).await?;
        let needs_context = row.kind()? != CaseKind::Sample && row.state()? != CaseState::Decided;
        let context = if needs_context { messaging::context(&tx, proof, message_id).await? } else { Vec::new() };
        tx.named(proof, message.iter().map(|m| m.id).chain(context.iter().map(|m| m.id)));
        Ok(Content { message, context, notes })
    })
    .await
}
