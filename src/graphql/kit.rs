//! What the composition root hands in, and the routes that come out.

use std::sync::Arc;

use async_graphql::Executor;
use axum::{Router, routing::get};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use super::{Gate, Limits, Proxies, RequestMeta, SocketLimits, TrustedDocuments, graphiql, http};
use crate::kernel::{Clock, Ids};

/// Everything that the transports need. Built once by the composition root.
#[derive(Debug)]
pub struct Kit<E, G> {
    /// The schema, built through [`Limits::apply`].
    pub executor: E,
    /// Who decides who calls.
    pub gate: G,
    /// The clock that tells when a token has expired.
    pub clock: Arc<dyn Clock>,
    /// Makes the id of each operation.
    pub ids: Ids,
    /// Bounds of one operation; the same that the schema was built with.
    pub limits: Limits,
    /// Bounds of one socket or event stream.
    pub sockets: SocketLimits,
    /// The reverse proxies in front of the service.
    pub proxies: Proxies,
    /// When given, only these documents run.
    pub documents: Option<TrustedDocuments>,
    /// Whether `/graphiql` is served. It needs introspection and is meant for demonstration and development.
    pub graphiql: bool,
    /// Fires when the service stops: sockets are closed with 1001 and event streams end.
    pub shutdown: CancellationToken,
    /// Every open socket is tracked here, so that a stop can wait for the last one.
    pub tasks: TaskTracker,
}

impl<E, G> Kit<E, G> {
    /// A kit with the default limits, no trusted documents and no GraphiQL.
    pub fn new(executor: E, gate: G, clock: Arc<dyn Clock>, ids: Ids) -> Self {
        Self {
            executor,
            gate,
            clock,
            ids,
            limits: Limits::default(),
            sockets: SocketLimits::default(),
            proxies: Proxies::default(),
            documents: None,
            graphiql: false,
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }

    /// The same connection's facts with an id for one more operation.
    pub(super) fn renew(&self, meta: &RequestMeta) -> RequestMeta {
        RequestMeta { request_id: self.ids.make::<Uuid>(), ..meta.clone() }
    }
}

/// The routes `/graphql` (POST, GET, sockets, event streams) and, if switched on, `/graphiql`. The server should offer
/// the peer's address as axum's `ConnectInfo<SocketAddr>`.
pub fn router<E: Executor, G: Gate>(kit: Kit<E, G>) -> Router {
    let pages = if kit.graphiql { graphiql::routes() } else { Router::new() };
    Router::new()
        .route("/graphql", get(http::get::<E, G>).post(http::post::<E, G>))
        .with_state(Arc::new(kit))
        .merge(pages)
}
