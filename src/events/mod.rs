//! Events: "something changed, look again". An event holds ids only; who receives one loads the thing through a service,
//! with a fresh decision.
//!
//! A service hands its events to the transaction; they are stored in the outbox with the change and published after the
//! commit. What a node could not publish (it stopped in between) is published by the relay of any node. An event may come
//! twice or out of order, so receivers use it as a hint and keep their own cursor.

mod bus;
mod hub;
mod outbox;

pub use bus::{Bus, LocalBus, NatsBus};
pub use hub::{Hub, Listener};
pub use outbox::{forget, relay_stale, store};

use serde::{Deserialize, Serialize};

use crate::kernel::ids::EventId;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// Who should look, for example `conversation:0192…`.
    pub topic: String,
    /// What to look at: ids and states only.
    pub body: serde_json::Value,
}
