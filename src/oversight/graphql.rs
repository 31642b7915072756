//! How auditors see the log.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use uuid::Uuid;

use crate::graphql::scalars::DateTime;
use crate::graphql::{Connection, connection, fault, page_request, target};
use crate::kernel::ids::{AccountId, AuditId, FamilyId, ProgrammeId, RoleId, SignInId, TypedId};
use crate::op::Op;
use crate::oversight::{self, Entry, Outcome, Question, Report, names};

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
    /// When the entry was written, which is when the change was made or just before the answer left.
    recorded_at: DateTime,
    /// The action, for example `family.read`.
    action: String,
    /// How it went.
    outcome: AuditOutcome,
    /// The kind of role that the caller acted in, for example `coordinator`; else `anonymous` or `system_job`.
    actor_kind: String,
    /// The caller's account; none for anonymous callers and the service itself.
    actor_id: Option<ID>,
    /// The role that the caller acted in.
    role_id: Option<ID>,
    /// The signed-in session that the caller used.
    session_id: Option<ID>,
    /// How strongly the caller had proved who they are: `none`, `passphrase`, `second_factor`, `federated`, `passkey` or
    /// `process`.
    strength: String,
    /// A keyed hash of the caller's address: equal for one address, and not to be turned back into it. None for the service
    /// itself.
    source: Option<String>,
    /// The programme that the caller acted in.
    acting_in: Option<ID>,
    /// The kind of record, for example `Family`.
    object_kind: String,
    /// The record; none for the service as a whole, and for what was not there.
    object_id: Option<ID>,
    /// The programme that the record belongs to, or that the act turned out to concern.
    programme_id: Option<ID>,
    /// The family that it concerns.
    family_id: Option<ID>,
    /// The names of the fields that a change touched.
    fields: Vec<String>,
    /// What a list returned or a change made. An id whose kind the log does not tell begins with `ref_`; the rest of it is
    /// the same as in the record's own id.
    ids: Vec<ID>,
    /// The deciding policies.
    policies: Vec<String>,
    /// What it was done for, where that was asked: ids and fixed words, such as the opening that it was read under.
    purpose: Option<String>,
    /// The request that it belongs to, as in the answer's header `x-request-id` and in the service's own log.
    request_id: Uuid,
}

fn global<I: TypedId>(id: Option<Uuid>) -> Option<ID> {
    id.map(|id| ID(names::global::<I>(id)))
}

fn instant(micros: i64) -> DateTime {
    DateTime(jiff::Timestamp::from_microsecond(micros).unwrap_or_default())
}

impl From<Entry> for AuditEntry {
    fn from(entry: Entry) -> Self {
        Self {
            id: ID(AuditId::from(entry.id).to_global()),
            occurred_at: instant(entry.occurred_at),
            recorded_at: instant(entry.recorded_at),
            object_id: names::object(&entry).map(ID),
            ids: names::named(&entry).into_iter().map(ID).collect(),
            action: entry.action,
            outcome: entry.outcome.into(),
            actor_kind: entry.actor.kind,
            actor_id: global::<AccountId>(entry.actor.account),
            role_id: global::<RoleId>(entry.actor.role),
            session_id: global::<SignInId>(entry.actor.sign_in),
            strength: entry.actor.strength,
            source: entry.source,
            acting_in: global::<ProgrammeId>(entry.actor.programme),
            object_kind: entry.object.kind,
            programme_id: global::<ProgrammeId>(entry.object.programme),
            family_id: global::<FamilyId>(entry.object.family),
            fields: entry.fields,
            policies: entry.policies,
            purpose: entry.purpose,
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
    /// Entries found whole that have no place yet. The newest wait for theirs a moment; one that waits for more than two
    /// minutes is a fault.
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
    /// The audit log, newest first: the entries of your programme, and those that belong to none. Auditors only; reading it
    /// is logged.
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
