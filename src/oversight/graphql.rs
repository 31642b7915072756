//! How auditors see the log.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use uuid::Uuid;

use crate::graphql::scalars::DateTime;
use crate::graphql::{Connection, connection, fault, page_request, target};
use crate::kernel::ids::{AccountId, AuditId, FamilyId, ProgrammeId, TypedId};
use crate::op::Op;
use crate::oversight::{self, Entry, Outcome, Question, Report};

/// How a try went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Outcome")]
pub enum AuditOutcome {
    /// It was permitted and done.
    Allowed,
    /// It was not permitted.
    Denied,
    /// There was no such record.
    Missing,
}

/// One entry of the audit log: who did what, when, and by which rule. It holds ids, never content.
#[derive(Debug, SimpleObject)]
pub struct AuditEntry {
    /// Its id.
    id: ID,
    /// When it happened.
    occurred_at: DateTime,
    /// The action, for example `family.read`.
    action: String,
    /// How it went.
    outcome: AuditOutcome,
    /// The kind of caller, for example `coordinator`.
    actor_kind: String,
    /// The caller's account; none for anonymous callers and the service itself.
    actor_id: Option<ID>,
    /// The programme that the caller acted in.
    acting_in: Option<ID>,
    /// The kind of record, for example `Family`.
    object_kind: String,
    /// The record's internal id.
    object_id: Option<Uuid>,
    /// The family that it concerns.
    family_id: Option<ID>,
    /// The names of the fields that a change touched.
    fields: Vec<String>,
    /// The internal ids that a list returned or a change made.
    ids: Vec<Uuid>,
    /// The deciding policies.
    policies: Vec<String>,
    /// The request that it belongs to.
    request_id: Uuid,
}

fn global<I: TypedId>(id: Option<Uuid>) -> Option<ID> {
    id.map(|id| ID(I::from(id).to_global()))
}

impl From<Entry> for AuditEntry {
    fn from(entry: Entry) -> Self {
        Self {
            id: ID(AuditId::from(entry.id).to_global()),
            occurred_at: DateTime(jiff::Timestamp::from_microsecond(entry.occurred_at).unwrap_or_default()),
            action: entry.action,
            outcome: entry.outcome.into(),
            actor_kind: entry.actor.kind,
            actor_id: global::<AccountId>(entry.actor.account),
            acting_in: global::<ProgrammeId>(entry.actor.programme),
            object_kind: entry.object.kind,
            object_id: entry.object.id,
            family_id: global::<FamilyId>(entry.object.family),
            fields: entry.fields,
            ids: entry.ids,
            policies: entry.policies,
            request_id: entry.request,
        }
    }
}

/// What part of the log to show.
#[derive(Debug, Default, InputObject)]
pub struct AuditFilter {
    /// Only entries about this family.
    family_id: Option<ID>,
    /// Only entries by this account.
    actor_id: Option<ID>,
    /// Only this action.
    action: Option<String>,
    /// Only this outcome.
    outcome: Option<AuditOutcome>,
}

impl AuditFilter {
    fn question(self) -> crate::kernel::Result<Question> {
        Ok(Question {
            family: self.family_id.as_ref().map(|id| target::<FamilyId>(id, "filter.familyId")).transpose()?,
            actor: self.actor_id.as_ref().map(|id| target::<AccountId>(id, "filter.actorId")).transpose()?,
            action: self.action,
            outcome: self.outcome.map(|outcome| Outcome::from(outcome).as_str().to_owned()),
        })
    }
}

/// What a verification of the log saw.
#[derive(Debug, SimpleObject)]
pub struct AuditVerification {
    /// Whether every entry is as it was written.
    whole: bool,
    /// Entries found whole, in order and without gaps.
    verified: u64,
    /// Entries found whole that have no place yet.
    pending: u64,
    /// The first thing that is wrong, in plain words.
    first_fault: Option<String>,
}

impl From<Report> for AuditVerification {
    fn from(report: Report) -> Self {
        Self {
            whole: report.first_fault.is_none(),
            verified: report.verified,
            pending: report.pending,
            first_fault: report.first_fault.map(|finding| finding.to_string()),
        }
    }
}

/// Reading and verifying the log.
#[derive(Debug, Default)]
pub struct OversightQuery;

#[Object]
impl OversightQuery {
    /// The audit log of your programme, newest first. Auditors only; reading it is logged.
    async fn audit_entries(
        &self,
        ctx: &Context<'_>,
        filter: Option<AuditFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<AuditEntry>> {
        let request = page_request(first, after.as_deref())?;
        let question = filter.unwrap_or_default().question().map_err(fault)?;
        let page = oversight::entries(ctx.data::<Op>()?, question, request).await.map_err(fault)?;
        Ok(connection(&request, page, |(cursor, _)| *cursor, |(_, entry)| entry.into()))
    }

    /// Checks order, gaps and hashes of the whole log. Auditors and administrators.
    async fn audit_verification(&self, ctx: &Context<'_>) -> Result<AuditVerification> {
        Ok(oversight::verify(ctx.data::<Op>()?).await.map_err(fault)?.into())
    }
}
