//! Runs what is due.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use crate::db::Db;
use crate::kernel::{Clock, Error, Result};

use super::store::{Job, Settled, lease, settle};

/// Does the work of one kind of job.
pub type Handler = Arc<dyn Fn(Job) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// How long a job may take before another node may try it.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// Tries before a job is given up.
const MAX_ATTEMPTS: i32 = 8;

/// Leases due jobs and hands them to their handlers.
#[derive(Clone)]
pub struct Runner {
    db: Db,
    clock: Arc<dyn Clock>,
    node: String,
    handlers: Arc<HashMap<&'static str, Handler>>,
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner").field("node", &self.node).finish_non_exhaustive()
    }
}

impl Runner {
    /// A runner with these handlers, one a kind. `node` names this process in leases.
    #[must_use]
    pub fn new(db: Db, clock: Arc<dyn Clock>, node: String, handlers: HashMap<&'static str, Handler>) -> Self {
        Self { db, clock, node, handlers: Arc::new(handlers) }
    }

    /// Runs jobs until none is due; returns how many were run. Stops early, and returns the lease, when `stop` fires.
    pub async fn run_due(&self, stop: &CancellationToken) -> Result<usize> {
        let mut count = 0;
        while !stop.is_cancelled() {
            let Some(job) = lease(&self.db, &self.node, self.clock.now(), LEASE).await? else { break };
            let id = job.id;
            let settled = tokio::select! {
                () = stop.cancelled() => Settled::Returned,
                settled = self.run(job) => settled,
            };
            settle(&self.db, id, self.clock.now(), &settled).await?;
            count += 1;
        }
        Ok(count)
    }

    async fn run(&self, job: Job) -> Settled {
        let (id, attempt) = (job.id, job.attempt);
        let Some(handler) = self.handlers.get(job.kind.as_str()) else {
            return Settled::Failed(format!("no handler for {}", job.kind));
        };
        match handler(job).await {
            // Not found or refused: what the job was for has gone, or has moved on, and nothing is left to do.
            Ok(()) | Err(Error::NotFound | Error::Refused(_)) => Settled::Done,
            Err(error) if attempt >= MAX_ATTEMPTS => {
                tracing::error!(job = %id, attempt, %error, "a job failed for good");
                Settled::Failed(error.to_string())
            }
            Err(error) => {
                tracing::warn!(job = %id, attempt, %error, "a job failed and is tried again");
                let wait = SignedDuration::from_secs(1 << attempt.clamp(0, 10));
                Settled::Again(self.clock.now() + wait, error.to_string())
            }
        }
    }
}
