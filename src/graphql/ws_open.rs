//! Opening a graphql-transport-ws socket.

use std::sync::Arc;

use async_graphql::Executor;
use axum::{
    extract::ws::WebSocketUpgrade,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::{Gate, Kit, RequestMeta, gate::bearer, http::stamp, ws::serve, ws_protocol as protocol};

/// Opens a socket, unless a foreign page asks for it.
pub(super) fn open<E: Executor, G: Gate>(
    kit: Arc<Kit<E, G>>,
    upgrade: WebSocketUpgrade,
    headers: &HeaderMap,
    meta: RequestMeta,
) -> Response {
    let foreign = headers
        .get(header::ORIGIN)
        .is_some_and(|origin| !kit.sockets.origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()));
    if foreign {
        tracing::warn!(request_id = %meta.request_id, "a page of a foreign origin asked for a socket");
        let mut response = (StatusCode::FORBIDDEN, "This origin may not open a socket.").into_response();
        stamp(response.headers_mut(), &meta);
        return response;
    }
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(bearer).map(str::to_owned);
    let limits = &kit.sockets;
    // The default buffers cost ten times the rest of an idle socket.
    let upgrade = upgrade
        .protocols([protocol::PROTOCOL])
        .read_buffer_size(4096)
        .write_buffer_size(0)
        .max_message_size(limits.message)
        .max_frame_size(limits.message);
    let accepted = upgrade.selected_protocol().is_some();
    let request_id = meta.clone();
    let mut response = upgrade.on_upgrade(move |socket| {
        let tasks = kit.tasks.clone();
        tasks.track_future(serve(kit, socket, meta, token, accepted))
    });
    stamp(response.headers_mut(), &request_id);
    response
}
