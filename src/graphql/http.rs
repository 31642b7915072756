//! GraphQL over HTTP, after the working group's specification: POST with a JSON object, GET for queries only. No
//! forms, no plain text, no multipart, no batches: what a foreign page can send without asking is refused.

use std::{net::SocketAddr, sync::Arc};

use async_graphql::{Executor, ServerError, parser::types::OperationType};
use axum::{
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State, ws::WebSocketUpgrade},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};

use super::{
    Admission, FaultCode, Gate, Kit, RequestMeta,
    engine::{self, Answer, Params},
    fault::{code_of, from_kernel, refusal, turned_away},
    gate::bearer,
    json,
    negotiate::{self, Media},
    query_string, sse, ws_open,
};
use crate::kernel::Error;

/// POST: any operation.
pub(super) async fn post<E: Executor, G: Gate>(State(kit): State<Arc<Kit<E, G>>>, request: Request) -> Response {
    let meta = meta(&kit, &request);
    let media = negotiate::accepted(request.headers());
    let result = answer_post(&kit, request, media, &meta).await;
    finish(result, media, &meta)
}

/// GET: a query in the query string, or the opening of a socket.
pub(super) async fn get<E: Executor, G: Gate>(
    State(kit): State<Arc<Kit<E, G>>>,
    upgrade: Option<Upgrade>,
    request: Request,
) -> Response {
    let meta = meta(&kit, &request);
    if let Some(Upgrade(upgrade)) = upgrade {
        return ws_open::open(kit, upgrade, request.headers(), meta);
    }
    let (parts, _) = request.into_parts();
    let media = negotiate::accepted(&parts.headers);
    let result = answer_get(&kit, &parts, media, &meta).await;
    finish(result, media, &meta)
}

/// A request that asks for a socket; any other GET is a query.
pub(super) struct Upgrade(WebSocketUpgrade);

impl<S: Send + Sync> axum::extract::OptionalFromRequestParts<S> for Upgrade {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Self::Rejection> {
        use axum::extract::FromRequestParts as _;
        Ok(WebSocketUpgrade::from_request_parts(parts, state).await.ok().map(Self))
    }
}

/// Why no operation ran, with the status that says so.
struct Refused(StatusCode, ServerError);

impl Refused {
    fn bad(status: StatusCode, text: &str) -> Self {
        Self(status, refusal(FaultCode::BadRequest, text, None))
    }
}

async fn answer_post<E: Executor, G: Gate>(
    kit: &Arc<Kit<E, G>>,
    request: Request,
    media: Option<Media>,
    meta: &RequestMeta,
) -> Result<Response, Refused> {
    let media = media.ok_or_else(not_acceptable)?;
    if !negotiate::is_json(request.headers()) {
        let text = "Send the request as application/json in UTF-8.";
        return Err(Refused::bad(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    let admission = admit(kit, request.headers(), meta).await?;
    let read = tokio::time::timeout(kit.limits.timeout, to_bytes(request.into_body(), kit.limits.body));
    let body = match read.await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return Err(Refused::bad(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large.")),
        Err(_) => return Err(Refused::bad(StatusCode::REQUEST_TIMEOUT, "The body did not arrive in time.")),
    };
    let said = "The body is not JSON in UTF-8, or has a name twice in one object.";
    let json = json::read(&body).ok_or_else(|| Refused::bad(StatusCode::BAD_REQUEST, said))?;
    let params = Params::from_json(json).map_err(|text| Refused::bad(StatusCode::BAD_REQUEST, text))?;
    answer(kit, params, &admission, media, meta, false).await
}

async fn answer_get<E: Executor, G: Gate>(
    kit: &Arc<Kit<E, G>>,
    request: &Parts,
    media: Option<Media>,
    meta: &RequestMeta,
) -> Result<Response, Refused> {
    let media = media.ok_or_else(not_acceptable)?;
    let admission = admit(kit, &request.headers, meta).await?;
    let params = query_string::read(request.uri.query().unwrap_or_default())
        .map_err(|text| Refused::bad(StatusCode::BAD_REQUEST, text))?;
    answer(kit, params, &admission, media, meta, true).await
}

async fn answer<E: Executor, G: Gate>(
    kit: &Arc<Kit<E, G>>,
    params: Params,
    admission: &Admission,
    media: Media,
    meta: &RequestMeta,
    reading: bool,
) -> Result<Response, Refused> {
    let operation = engine::prepare(kit, params).map_err(|error| Refused(status_of(media, &error), error))?;
    let streams = media == Media::EventStream;
    match operation.kind {
        OperationType::Query => {}
        OperationType::Mutation if !reading => {}
        OperationType::Subscription if streams => {}
        OperationType::Mutation => {
            return Err(Refused::bad(StatusCode::METHOD_NOT_ALLOWED, "Send mutations by POST."));
        }
        OperationType::Subscription if reading => {
            return Err(Refused::bad(StatusCode::METHOD_NOT_ALLOWED, "Subscriptions need a stream."));
        }
        OperationType::Subscription => {
            let text = "A subscription needs a stream: accept text/event-stream, or open a socket.";
            return Err(Refused::bad(StatusCode::BAD_REQUEST, text));
        }
    }
    if streams {
        return Ok(sse::respond(kit, operation, admission, meta));
    }
    let answer = engine::run(kit, operation, admission, meta).await;
    Ok(respond(media, &answer))
}

async fn admit<E, G: Gate>(kit: &Kit<E, G>, headers: &HeaderMap, meta: &RequestMeta) -> Result<Admission, Refused> {
    let given = headers.get(header::AUTHORIZATION);
    // Of two, a proxy before us may have looked at the other one.
    let is_alone = headers.get_all(header::AUTHORIZATION).iter().count() <= 1;
    let token = given.filter(|_| is_alone).and_then(|value| value.to_str().ok()).and_then(bearer);
    let admitted = match (given, token) {
        // A header that cannot be read is a bad token, not an anonymous caller.
        (Some(_), None) => Err(Error::Unauthenticated),
        (_, token) => kit.gate.admit(token, meta).await,
    };
    admitted.map_err(|error| {
        let status = match &error {
            Error::Refused(_) => StatusCode::BAD_REQUEST,
            Error::NotFound | Error::NotAnId(_) => StatusCode::NOT_FOUND,
            Error::Forbidden | Error::SecondFactorNeeded | Error::FreshProofNeeded => StatusCode::FORBIDDEN,
            Error::Unauthenticated => StatusCode::UNAUTHORIZED,
            Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Busy | Error::Constraint(_) | Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Refused(status, from_kernel(error))
    })
}

/// What is known of a request before anybody looks at it.
fn meta<E, G>(kit: &Kit<E, G>, request: &Request) -> RequestMeta {
    let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    RequestMeta {
        request_id: kit.ids.make(),
        peer: peer.map(|info| kit.proxies.caller(info.0.ip(), request.headers())),
        user_agent: agent.map(|text| text.chars().take(200).collect::<String>().into()),
    }
}

fn not_acceptable() -> Refused {
    let text = "Accept application/graphql-response+json, application/json or text/event-stream.";
    Refused::bad(StatusCode::NOT_ACCEPTABLE, text)
}

/// The status of an answer without data. Whoever asks for plain `application/json` by name gets 200 for a document
/// that does not parse, fit or coerce, as the specification wants for clients of the time before it.
fn status_of(media: Media, error: &ServerError) -> StatusCode {
    match code_of(error) {
        Some("PARSE_FAILED" | "VALIDATION_FAILED") if media == Media::LegacyJson => StatusCode::OK,
        Some("TIMED_OUT") => StatusCode::GATEWAY_TIMEOUT,
        Some("INTERNAL") => StatusCode::INTERNAL_SERVER_ERROR,
        Some("UNAVAILABLE") => StatusCode::SERVICE_UNAVAILABLE,
        Some("TOO_MANY_REQUESTS") => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::BAD_REQUEST,
    }
}

fn respond(media: Media, answer: &Answer) -> Response {
    let status = match answer.response.errors.first() {
        Some(error) if answer.refused => status_of(media, error),
        _ => StatusCode::OK,
    };
    let mut response =
        (status, [(header::CONTENT_TYPE, media.content_type())], Body::from(answer.json())).into_response();
    // What a resolver wants the browser to do: forget, at the end of a sign-in.
    response.headers_mut().extend(answer.response.http_headers.clone());
    response
}

fn finish(result: Result<Response, Refused>, media: Option<Media>, meta: &RequestMeta) -> Response {
    let mut response = result.unwrap_or_else(|Refused(status, error)| {
        turned_away(&error, meta);
        let extra = error.extensions.as_ref().and_then(|values| values.get("retryAfter")).map(ToString::to_string);
        let answer = Answer::refused(error);
        let media = media.unwrap_or(Media::Json).without_stream();
        let mut response = (status, [(header::CONTENT_TYPE, media.content_type())], answer.json()).into_response();
        let says = match status {
            StatusCode::UNAUTHORIZED => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            StatusCode::METHOD_NOT_ALLOWED => Some((header::ALLOW, HeaderValue::from_static("POST"))),
            _ => extra.and_then(|seconds| Some((header::RETRY_AFTER, HeaderValue::from_str(&seconds).ok()?))),
        };
        response.headers_mut().extend(says.map(|(name, value)| (Some(name), value)).into_iter().collect::<Vec<_>>());
        response
    });
    stamp(response.headers_mut(), meta);
    response
}

/// The headers of every answer: it names its operation, and nobody keeps it.
pub(super) fn stamp(headers: &mut HeaderMap, meta: &RequestMeta) {
    if let Ok(id) = HeaderValue::from_str(&meta.request_id.to_string()) {
        headers.insert("x-request-id", id);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::VARY, HeaderValue::from_static("accept, authorization"));
}
