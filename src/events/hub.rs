//! Listeners of this node, by topic.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::broadcast;

use super::Event;

/// Hints that a slow listener may lag behind before it is told that it missed some.
const CAPACITY: usize = 256;

/// The listeners of this node.
#[derive(Debug, Default)]
pub struct Hub {
    topics: Mutex<HashMap<String, broadcast::Sender<Arc<Event>>>>,
}

impl Hub {
    /// Starts to listen to a topic. The topic is forgotten with its last listener.
    pub fn listen(self: &Arc<Self>, topic: &str) -> Listener {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = topics.entry(topic.to_owned()).or_insert_with(|| broadcast::channel(CAPACITY).0);
        Listener { topic: topic.to_owned(), hub: Arc::downgrade(self), receiver: Some(sender.subscribe()) }
    }

    /// Hands an event to this node's listeners.
    pub fn dispatch(&self, event: &Arc<Event>) {
        let topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = topics.get(&event.topic) {
            // Nobody listening any more is no fault.
            let _ = sender.send(Arc::clone(event));
        }
    }

    /// How many topics have listeners now.
    #[must_use]
    pub fn topics(&self) -> usize {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// An open ear for one topic.
#[derive(Debug)]
pub struct Listener {
    topic: String,
    hub: Weak<Hub>,
    receiver: Option<broadcast::Receiver<Arc<Event>>>,
}

impl Listener {
    /// The next event; `None` in the outer option when the hub is gone, in the inner one when events were missed and the
    /// listener should look at everything since its cursor.
    pub async fn next(&mut self) -> Option<Option<Arc<Event>>> {
        match self.receiver.as_mut()?.recv().await {
            Ok(event) => Some(Some(event)),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(None),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let Some(hub) = self.hub.upgrade() else { return };
        self.receiver = None;
        let mut topics = hub.topics.lock().unwrap_or_else(PoisonError::into_inner);
        if topics.get(&self.topic).is_some_and(|sender| sender.receiver_count() == 0) {
            topics.remove(&self.topic);
        }
    }
}
