//! What every operation has beside its caller.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::access::Policy;
use crate::audit::Appender;
use crate::db::Db;
use crate::events::{Bus, Hub};
use crate::kernel::{Clock, Entropy, Ids, Sealer};

/// What all use cases share; built once per process.
#[derive(Debug)]
pub struct Core {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The maker of ids.
    pub ids: Ids,
    /// The policies in force.
    pub policy: Policy,
    /// Seals and opens confidential fields.
    pub sealer: Sealer,
    /// Writes the entries of reads.
    pub appender: Appender,
    /// This node's listeners.
    pub hub: Arc<Hub>,
    /// The way to the other nodes.
    pub bus: Arc<dyn Bus>,
    /// At multiples of which time "not found" is answered.
    pub not_found_step: Duration,
    /// Deadlines and intervals.
    pub clocks: crate::config::Clocks,
}

/// Where a request came from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The request's id, also in logs and in the answer's header.
    pub request: Uuid,
    /// A keyed hash of the caller's address, hexadecimal.
    pub source: Option<String>,
    /// What the client calls itself, at most 200 characters. For a few coarse words about the device; never kept as it is.
    pub user_agent: Option<Arc<str>>,
    /// Why, in the caller's words, where they were asked.
    pub purpose: Option<String>,
}
