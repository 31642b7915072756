//! [`Op`]: the first argument of every service. It knows who asks, and is the only way to the database.
//!
//! A use case runs in [`Op::write`] or [`Op::read`]. Inside, [`Tx::allow`] and [`Tx::scope`] decide; what they decided is
//! gathered and becomes audit entries: for a change in its own transaction, for a read before the answer leaves, for a
//! denial after the rollback. A change that nothing was recorded for is not committed.

mod even;
mod filing;
mod many;
mod shared;
mod visible;

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

use crate::access::{ActionTag, Decision, Effect, Guarded, Permit, Principal, Resource, Scope, Tried};
use crate::audit::{self, Actor, Draft, Entry, Outcome};
use crate::db::Conn;
use crate::events::{self, Event};
use crate::jobs::{self, NewJob};
use crate::kernel::ids::{AccountId, TypedId};
use crate::kernel::{Error, Place, Result};

pub use many::{Decided, Each};
pub use shared::{Core, Origin};

/// One request of one caller.
#[derive(Debug, Clone)]
pub struct Op {
    core: Arc<Core>,
    principal: Arc<Principal>,
    origin: Arc<Origin>,
}

impl Op {
    /// A request by this caller.
    #[must_use]
    pub fn new(core: Arc<Core>, principal: Principal, origin: Origin) -> Self {
        Self { core, principal: Arc::new(principal), origin: Arc::new(origin) }
    }

    /// The service's own work.
    #[must_use]
    pub fn system(core: &Arc<Core>) -> Self {
        let origin = Origin { request: core.ids.make(), ..Origin::default() };
        Self::new(Arc::clone(core), Principal::system(), origin)
    }

    /// Who asks.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// What all use cases share.
    #[must_use]
    pub fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// Where the request came from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The same request for a purpose, which stands in each of its audit entries: ids and fixed words only.
    #[must_use]
    pub fn for_purpose(&self, purpose: String) -> Self {
        let origin = Origin { purpose: Some(purpose), ..(*self.origin).clone() };
        Self { origin: Arc::new(origin), ..self.clone() }
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.core.clock.now()
    }

    /// Runs a change in one transaction, with its audit entries and events. `work` may be run again from the start.
    pub async fn write<T, F, Fut>(&self, work: F) -> Result<T>
    where
        F: Fn(Tx) -> Fut,
        Fut: Future<Output = Result<T>>,
    {
        let (last, began): (Mutex<Option<Tx>>, _) = (Mutex::new(None), Instant::now());
        let (last_ref, work_ref) = (&last, &work);
        let outcome = self
            .core
            .db
            .write(|conn| async move {
                let tx = Tx::new(self, conn.clone());
                // The finished transaction must not keep the connection: only its log is handed out.
                *lock(last_ref) = Some(tx.without_conn());
                let value = work_ref(tx.clone()).await?;
                tx.finish().await?;
                Ok(value)
            })
            .await;
        let log = lock(&last).take().map(|tx| tx.take_log()).unwrap_or_default();
        match outcome {
            Ok(value) => {
                self.publish(log.events).await;
                Ok(value)
            }
            Err(error) => Err(self.denied(began, log.denied, error).await),
        }
    }

    /// Runs a read on one snapshot; its entries are on disk before the value is returned.
    pub async fn read<T, F, Fut>(&self, work: F) -> Result<T>
    where
        F: Fn(Tx) -> Fut,
        Fut: Future<Output = Result<T>>,
    {
        let (last, began): (Mutex<Option<Tx>>, _) = (Mutex::new(None), Instant::now());
        let (last_ref, work_ref) = (&last, &work);
        let outcome = self
            .core
            .db
            .read(|conn| async move {
                let tx = Tx::new(self, conn.clone());
                *lock(last_ref) = Some(tx.without_conn());
                work_ref(tx).await
            })
            .await;
        let log = lock(&last).take().map(|tx| tx.take_log()).unwrap_or_default();
        match outcome {
            Ok(value) => {
                let sensitive = log.allowed.into_iter().filter(|d| d.tried.action.effect() != Effect::Glance);
                let drafts = sensitive.chain(log.denied).collect();
                self.core.appender.append(&self.core.db, self.entries(drafts)).await?;
                Ok(value)
            }
            Err(error) => Err(self.denied(began, log.denied, error).await),
        }
    }

    async fn publish(&self, events: Vec<Arc<Event>>) {
        let mut published = Vec::with_capacity(events.len());
        for event in &events {
            match self.core.bus.publish(event).await {
                Ok(()) => published.push(event.id),
                Err(error) => tracing::warn!(%error, "an event waits for the relay"),
            }
        }
        if let Err(error) = events::forget(&self.core.db, &published).await {
            tracing::warn!(%error, "published events stay in the outbox and will be published again");
        }
    }

    fn entries(&self, drafts: Vec<Draft>) -> Vec<Entry> {
        let recorded_at = self.now().as_microsecond();
        drafts
            .into_iter()
            .map(|draft| Entry {
                action: draft.tried.action.as_str().to_owned(),
                actor: Actor::from(self.principal()),
                object: draft.object(),
                fields: draft.fields.into_iter().map(str::to_owned).collect(),
                id: self.core.ids.make(),
                ids: draft.ids,
                occurred_at: draft.occurred_at.as_microsecond(),
                outcome: draft.outcome,
                policies: draft.tried.policies,
                purpose: self.origin.purpose.clone(),
                recorded_at,
                request: self.origin.request,
                source: self.origin.source.clone(),
                v: 1,
            })
            .collect()
    }
}

#[derive(Debug, Default)]
struct Log {
    allowed: Vec<Draft>,
    denied: Vec<Draft>,
    events: Vec<Arc<Event>>,
}

/// One open transaction of one request.
#[derive(Debug, Clone)]
pub struct Tx {
    op: Op,
    conn: Option<Conn>,
    log: Arc<Mutex<Log>>,
    now: Timestamp,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tx {
    fn new(op: &Op, conn: Conn) -> Self {
        Self { op: op.clone(), conn: Some(conn), log: Arc::default(), now: op.now() }
    }

    fn without_conn(&self) -> Self {
        Self { conn: None, ..self.clone() }
    }

    fn take_log(&self) -> Log {
        std::mem::take(&mut lock(&self.log))
    }

    async fn finish(&self) -> Result<()> {
        let (drafts, events) = {
            let log = lock(&self.log);
            let done = log.allowed.iter().filter(|d| d.tried.action.effect() != Effect::Glance);
            let done: Vec<_> = done.cloned().collect();
            // What was denied records no change, however the use case went on.
            if done.is_empty() {
                return Err(Error::internal("a change without a record"));
            }
            (done.into_iter().chain(log.denied.iter().cloned()).collect::<Vec<_>>(), log.events.clone())
        };
        let conn = self.conn()?;
        audit::append(conn, &self.op.entries(drafts)).await?;
        events::store(conn, &events, self.now()).await
    }

    /// What stores run their queries on.
    pub fn conn(&self) -> Result<&Conn> {
        self.conn.as_ref().ok_or_else(|| Error::internal("the transaction has ended"))
    }

    /// The request.
    #[must_use]
    pub fn op(&self) -> &Op {
        &self.op
    }

    /// Who asks.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.op.principal
    }

    /// The instant of this transaction: the same for everything that it decides and writes. A transaction that is run
    /// again has a later one.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// A new id.
    #[must_use]
    pub fn make_id<I: TypedId>(&self) -> I {
        self.op.core.ids.make()
    }

    /// Decides whether the caller may do `A` to the record with these facts. None (no such record) and a record that the
    /// caller may not know of get the same answer.
    pub fn allow<A: ActionTag>(&self, found: Option<impl Guarded>) -> Result<Permit<A>> {
        let Some(found) = found else { return Err(self.missing::<A>()) };
        match self.op.core.policy.authorize::<A>(self.principal(), found.resource(), self.now()) {
            Ok(permit) => {
                self.allowed(permit.decision());
                Ok(permit)
            }
            Err(denial) => {
                self.deny(&denial.tried, Outcome::Denied);
                Err(denial.into())
            }
        }
    }

    /// Records that `A` was asked of something that is not there, and gives the answer.
    pub fn missing<A: ActionTag>(&self) -> Error {
        let nothing = Resource::new(A::ACTION.resource_kind(), Uuid::nil());
        self.deny(&Tried { action: A::ACTION, resource: nothing, policies: Vec::new() }, Outcome::Missing);
        self.unless_weak::<A>(Error::NotFound)
    }

    /// The answer to a denied try, unless the caller first has to show a second factor for anything of the kind: then they
    /// hear that, so that nothing is told of what is there.
    fn unless_weak<A: ActionTag>(&self, answer: Error) -> Error {
        let weak = self.op.core.policy.lacks_second_factor(self.principal(), A::ACTION);
        if weak { Error::SecondFactorNeeded } else { answer }
    }

    /// Decides whether the caller may list with `A` at `place`, and how far. A place that the caller may not list at is
    /// "forbidden" when they may know of it (their own programme), else "not found".
    pub fn scope<A: ActionTag>(&self, place: Resource) -> Result<Scope<A>> {
        match self.op.core.policy.scope::<A>(self.principal(), place, self.now()) {
            Ok(scope) => {
                self.allowed(scope.decision());
                Ok(scope)
            }
            Err(denial) => {
                self.deny(&denial.tried, Outcome::Denied);
                Err(denial.into())
            }
        }
    }

    /// The programme that the caller acts in, as the place where it asks for `A`. A caller who acts in none is refused, and
    /// the try recorded: "forbidden" for those who may know of programmes, "not found" for the others.
    pub fn own_programme<A: ActionTag>(&self) -> Result<Resource> {
        if let Some(programme) = self.principal().programme {
            return Ok(Resource::programme(programme));
        }
        let nowhere = Resource::new(A::ACTION.resource_kind(), Uuid::nil());
        let hidden = self
            .op
            .core
            .policy
            .authorize::<A>(self.principal(), nowhere, self.now())
            .is_err_and(|denial| denial.hidden);
        let refused = self.refused::<A>();
        Err(if hidden { self.unless_weak::<A>(Error::NotFound) } else { refused })
    }

    /// Records that the caller asked to do `A` to a record of their own and can have none, and gives the answer.
    pub fn refused<A: ActionTag>(&self) -> Error {
        let nothing = Resource::new(A::ACTION.resource_kind(), Uuid::nil());
        self.deny(&Tried { action: A::ACTION, resource: nothing, policies: Vec::new() }, Outcome::Denied);
        self.unless_weak::<A>(Error::Forbidden)
    }

    fn allowed(&self, tried: &Tried) {
        let draft = self.draft(tried, Outcome::Allowed);
        lock(&self.log).allowed.push(draft);
    }

    /// Records a denial that is not the policies': a wrong passphrase, a spent code. It is written even though the
    /// transaction is rolled back.
    pub fn deny(&self, tried: &Tried, outcome: Outcome) {
        self.deny_about(tried, outcome, None);
    }

    /// The same, naming whose account it was about, where that is known.
    pub fn deny_about(&self, tried: &Tried, outcome: Outcome, account: Option<AccountId>) {
        let mut draft = self.draft(tried, outcome);
        draft.ids.extend(account.map(Uuid::from));
        lock(&self.log).denied.push(draft);
    }

    fn draft(&self, tried: &Tried, outcome: Outcome) -> Draft {
        Draft {
            tried: tried.clone(),
            outcome,
            programme: None,
            fields: Vec::new(),
            ids: Vec::new(),
            occurred_at: self.now(),
        }
    }

    /// Names the fields that a permitted change touches, for its audit entry.
    pub fn touched(&self, decision: &Decision, fields: &[&'static str]) {
        self.amend(decision, |draft| draft.fields.extend_from_slice(fields));
    }

    /// Names the ids that a permitted list returns, or a permitted change makes, for the audit entry.
    pub fn named(&self, decision: &Decision, ids: impl IntoIterator<Item = impl Into<Uuid>>) {
        let ids: Vec<Uuid> = ids.into_iter().map(Into::into).collect();
        self.amend(decision, |draft| draft.ids.extend(ids));
    }

    fn amend(&self, tried: &Tried, change: impl FnOnce(&mut Draft)) {
        let mut log = lock(&self.log);
        if let Some(draft) = log.allowed.iter_mut().rev().find(|d| d.tried == *tried) {
            change(draft);
        }
    }

    /// Tells listeners of `topic` to look again, once the change is committed. Ids and states only.
    pub fn publish(&self, topic: String, body: serde_json::Value) {
        let event = Event { id: self.make_id(), topic, body };
        lock(&self.log).events.push(Arc::new(event));
    }

    /// Enqueues a job with the change.
    pub async fn enqueue(&self, job: NewJob) -> Result<()> {
        jobs::enqueue(self.conn()?, self.make_id(), &job).await
    }

    /// Seals a text for its place.
    pub fn seal(&self, place: Place, text: &str) -> Result<Vec<u8>> {
        self.op.core.sealer.seal(place, text)
    }

    /// Opens what was sealed for its place.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<String> {
        self.op.core.sealer.open(place, sealed)
    }
}
