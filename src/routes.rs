//! The composition root of HTTP: the GraphQL endpoint, keys, health, and the layers around them.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router, routing::get};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::app::App;
use crate::config::Settings;
use crate::gate::Door;
use crate::graphql::{Kit, Limits, SocketLimits, TrustedDocuments};
use crate::kernel::{Error, Result};
use crate::schema;

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
    kit.graphiql = settings.server.graphiql;
    kit.shutdown = app.stop.clone();
    kit.tasks = app.tasks.clone();
    if settings.server.trusted_documents {
        kit.documents = Some(TrustedDocuments::new(crate::documents::ALL.iter().copied()));
    }
    let own =
        Router::new().route("/.well-known/jwks.json", get(jwks)).route("/health", get(health)).with_state(app.clone());
    let header =
        |name: HeaderName, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    crate::graphql::router(kit)
        .merge(own)
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "no-referrer"))
        .layer(header(header::CACHE_CONTROL, "no-store"))
        .layer(header(header::X_FRAME_OPTIONS, "DENY"))
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

/// Serves until the app is told to stop.
pub async fn serve(app: &App, listener: tokio::net::TcpListener) -> Result<()> {
    let service = router(app).into_make_service_with_connect_info::<std::net::SocketAddr>();
    let stop = app.stop.clone();
    axum::serve(listener, service)
        .with_graceful_shutdown(async move { stop.cancelled().await })
        .await
        .map_err(Error::internal)
}
