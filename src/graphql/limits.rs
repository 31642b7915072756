//! What one request may ask for.

use std::time::Duration;

use async_graphql::{ObjectType, SchemaBuilder, SubscriptionType};

use super::rules::Rules;

/// The bounds of one operation, the same over HTTP, sockets and event streams.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Deepest nesting of fields, fragments followed. Introspection has a bound of its own.
    pub depth: usize,
    /// Highest cost: each field costs 1, and what stands below a connection's `nodes` or `edges` is multiplied by the
    /// page size asked for. Each id in an argument `ids` costs a look-up, which is 20, and what stands below it.
    pub cost: usize,
    /// Most aliases, each counted as often as its fragment is used.
    pub aliases: usize,
    /// Most directives in a document.
    pub directives: usize,
    /// Most lexical tokens in a document.
    pub tokens: usize,
    /// Most fields at the root of an operation.
    pub root_fields: usize,
    /// Longest time that reading a body or running a query or mutation may take.
    pub timeout: Duration,
    /// Largest body, in bytes.
    pub body: usize,
    /// Whether `__schema` and `__type` answer, and whether validation errors suggest names. Off in production.
    pub introspection: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 12,
            cost: 5_000,
            aliases: 30,
            directives: 20,
            tokens: 2_000,
            root_fields: 20,
            timeout: Duration::from_secs(10),
            body: 256 * 1024,
            introspection: false,
        }
    }
}

impl Limits {
    /// Puts the limits and the kit's validation rules into a schema. Every schema that the kit serves goes through
    /// here.
    #[must_use]
    pub fn apply<Q, M, S>(&self, builder: SchemaBuilder<Q, M, S>) -> SchemaBuilder<Q, M, S>
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        S: SubscriptionType + 'static,
    {
        let builder = builder.extension(Rules::new(self.clone()));
        if self.introspection { builder } else { builder.disable_introspection().disable_suggestions() }
    }
}

/// The bounds of one socket or event stream.
#[derive(Debug, Clone)]
pub struct SocketLimits {
    /// Origins whose pages may open a socket, for example `https://kinward.example`. A request without an `Origin`
    /// comes from no browser and passes: what the list guards against is a foreign page.
    pub origins: Vec<String>,
    /// How long a client may take to send `connection_init`.
    pub init: Duration,
    /// How often the server pings; a peer of whom nothing is heard from one ping to the next is gone.
    pub ping: Duration,
    /// How long one message may take to leave. A reader slower than this is closed; meanwhile its streams wait, so
    /// that at most one message is held for it.
    pub write: Duration,
    /// How often an open connection looks at the clock for the expiry of its token; it looks before every delivery
    /// too.
    pub expiry_check: Duration,
    /// How often it is looked up whether the caller of an open connection still stands, when nothing is delivered
    /// meanwhile: once for the connection, however many operations run on it.
    pub standing_check: Duration,
    /// Largest message, in bytes.
    pub message: usize,
    /// Most operations that run on one socket at once.
    pub streams: usize,
}

impl Default for SocketLimits {
    fn default() -> Self {
        Self {
            origins: Vec::new(),
            init: Duration::from_secs(5),
            ping: Duration::from_secs(25),
            write: Duration::from_secs(10),
            expiry_check: Duration::from_secs(5),
            standing_check: Duration::from_secs(15),
            message: 64 * 1024,
            streams: 64,
        }
    }
}
