//! The composition root of HTTP: the GraphQL endpoint, keys, health, what stands around them, and the connections they
//! come over.

mod connections;
mod headers;
mod transport;

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router, routing::get};

use crate::app::App;
use crate::config::Settings;
use crate::gate::Door;
use crate::graphql::{Kit, Limits, Proxies, SocketLimits, TrustedDocuments};
use crate::kernel::Result;
use crate::schema;

pub use connections::serve;

/// The limits that the settings ask for.
#[must_use]
pub fn limits(settings: &Settings) -> Limits {
    let of = &settings.limits;
    Limits {
        depth: of.graphql_depth as usize,
        cost: of.graphql_cost as usize,
        aliases: of.graphql_aliases as usize,
        directives: of.graphql_directives as usize,
        tokens: of.graphql_tokens as usize,
        timeout: of.graphql_timeout,
        introspection: settings.server.introspection,
        ..Limits::default()
    }
}

/// Everything that the node answers.
pub fn router(app: &App) -> Router {
    let settings = &app.settings;
    let limits = limits(settings);
    let schema = schema::build(&limits, Arc::clone(&app.messaging));
    let mut kit = Kit::new(schema, Door::new(app), Arc::clone(&app.core.clock), app.core.ids.clone());
    kit.limits = limits;
    kit.sockets = SocketLimits {
        streams: settings.limits.socket_streams as usize,
        standing_check: settings.limits.socket_recheck,
        ..SocketLimits::default()
    };
    kit.sockets.origins = std::iter::once(&settings.server.public_url)
        .chain(&settings.server.allowed_origins)
        .map(|origin| origin.as_str().to_owned())
        .collect();
    kit.proxies = Proxies::new(settings.server.trusted_proxies.clone());
    kit.graphiql = settings.server.graphiql;
    kit.shutdown = app.stop.clone();
    kit.tasks = app.tasks.clone();
    if settings.server.trusted_documents {
        kit.documents = Some(TrustedDocuments::new(crate::documents::ALL.iter().copied()));
    }
    let own =
        Router::new().route("/.well-known/jwks.json", get(jwks)).route("/health", get(health)).with_state(app.clone());
    let all = crate::graphql::router(kit).merge(own);
    headers::on_every_answer(transport::guarded(all, settings), settings)
}

async fn jwks(State(app): State<App>) -> Response {
    Json(app.identity.tokens.jwks()).into_response()
}

/// Whether the node can work, and with which version of the time zones.
async fn health(State(app): State<App>) -> Response {
    let reached: Result<()> = app.core.db.read(|conn| async move { crate::db::ping(&conn).await }).await;
    let status = if reached.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::json!({
        "status": if reached.is_ok() { "ok" } else { "database unreachable" },
        "version": env!("CARGO_PKG_VERSION"),
        "tzdb": crate::scheduling::tzdb_version(),
    });
    (status, Json(body)).into_response()
}
