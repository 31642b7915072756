//! How events reach the other nodes.

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;

use crate::kernel::{Error, Result};

use super::{Event, Hub};

/// How long a bus may take. Then the event waits in the outbox.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);

/// Carries events to every node, this one included.
pub trait Bus: Send + Sync + std::fmt::Debug {
    /// Hands an event over. An error means that it was not taken, and the relay will try again.
    fn publish<'a>(&'a self, event: &'a Arc<Event>) -> BoxFuture<'a, Result<()>>;
}

/// One node alone: the hub is all there is.
#[derive(Debug)]
pub struct LocalBus(pub Arc<Hub>);

impl Bus for LocalBus {
    fn publish<'a>(&'a self, event: &'a Arc<Event>) -> BoxFuture<'a, Result<()>> {
        self.0.dispatch(event);
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Many nodes over NATS.
#[derive(Debug)]
pub struct NatsBus {
    client: async_nats::Client,
    subject: String,
}

impl NatsBus {
    /// Connects to `url` and joins the nodes that share `subject`.
    pub async fn connect(url: &str, subject: &str) -> Result<(Self, async_nats::Subscriber)> {
        let fault = |error: &dyn std::fmt::Display| Error::internal(format!("bus: {error}"));
        let client = async_nats::connect(url).await.map_err(|e| fault(&e))?;
        let subscriber = client.subscribe(subject.to_owned()).await.map_err(|e| fault(&e))?;
        client.flush().await.map_err(|e| fault(&e))?;
        Ok((Self { client, subject: subject.to_owned() }, subscriber))
    }

    /// Hands what arrives to this node's listeners, until the connection is closed.
    pub async fn pump(mut subscriber: async_nats::Subscriber, hub: Arc<Hub>) {
        while let Some(message) = subscriber.next().await {
            if let Ok(event) = serde_json::from_slice::<Event>(&message.payload) {
                hub.dispatch(&Arc::new(event));
            } else {
                tracing::warn!("the bus carried something that is no event");
            }
        }
    }
}

impl Bus for NatsBus {
    fn publish<'a>(&'a self, event: &'a Arc<Event>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let payload = serde_json::to_vec(event.as_ref()).map_err(Error::internal)?;
            let sending = async {
                let sent = self.client.publish(self.subject.clone(), payload.into()).await;
                sent.map_err(|e| Error::internal(format!("bus: {e}")))?;
                self.client.flush().await.map_err(|e| Error::internal(format!("bus: {e}")))
            };
            // A bus that is away would be waited for without end, after the change is committed.
            tokio::time::timeout(PATIENCE, sending).await.map_err(|_| Error::internal("bus: no answer"))?
        })
    }
}
