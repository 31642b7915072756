//! The messages of graphql-transport-ws (the protocol of npm graphql-ws), read and written; no input or output.

use async_graphql::ServerError;
use serde_json::{Map, Value as Json, json};

use super::{
    engine::{Answer, Params},
    gate::bearer,
    json,
};

/// The name of the subprotocol.
pub(super) const PROTOCOL: &str = "graphql-transport-ws";
/// The longest id of an operation, in bytes; clients use numbers or UUIDs.
const ID_LENGTH: usize = 128;

/// Why a socket is closed. The numbers from 4400 are the protocol's, the others are RFC 6455's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Close {
    GoingAway,
    TooBig,
    TooSlow,
    TryLater,
    Bad(&'static str),
    Unauthorized,
    Forbidden(&'static str),
    Subprotocol,
    InitTimeout,
    Duplicate,
    TooManyInits,
    Internal,
}

impl Close {
    pub(super) fn code(self) -> u16 {
        match self {
            Self::GoingAway => 1001,
            Self::TooBig => 1009,
            Self::TooSlow | Self::TryLater => 1013,
            Self::Bad(_) => 4400,
            Self::Unauthorized => 4401,
            Self::Forbidden(_) => 4403,
            Self::Subprotocol => 4406,
            Self::InitTimeout => 4408,
            Self::Duplicate => 4409,
            Self::TooManyInits => 4429,
            Self::Internal => 4500,
        }
    }

    /// What a close frame says; at most 123 bytes. The id of a duplicate is not echoed: it is the client's text.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::GoingAway => "The service is stopping",
            Self::TooBig => "The message is too big",
            Self::TooSlow => "The reader is too slow",
            Self::TryLater => "Try again later",
            Self::Bad(why) | Self::Forbidden(why) => why,
            Self::Unauthorized => "Unauthorized",
            Self::Subprotocol => "Subprotocol not acceptable",
            Self::InitTimeout => "Connection initialisation timeout",
            Self::Duplicate => "Subscriber for this id already exists",
            Self::TooManyInits => "Too many initialisation requests",
            Self::Internal => "Internal error",
        }
    }
}

/// A message of a client.
#[derive(Debug)]
pub(super) enum FromClient {
    Init { bearer: Option<String> },
    Ping(Option<Map<String, Json>>),
    Pong,
    Subscribe { id: String, params: Params },
    Complete { id: String },
}

/// Reads a client's message; what is none closes the socket with 4400.
pub(super) fn read(text: &str) -> Result<FromClient, Close> {
    let json = json::read(text.as_bytes()).ok_or(Close::Bad("The message is not JSON"))?;
    let Json::Object(mut message) = json else { return Err(Close::Bad("The message is not an object")) };
    let payload = message.remove("payload").filter(|payload| !payload.is_null());
    let kind = message.get("type").and_then(Json::as_str).unwrap_or_default();
    match kind {
        "connection_init" => Ok(FromClient::Init { bearer: token(&object(payload)?.unwrap_or_default())? }),
        "ping" => Ok(FromClient::Ping(object(payload)?)),
        "pong" => object(payload).map(|_| FromClient::Pong),
        "subscribe" => {
            let params = Params::from_json(payload.unwrap_or_default())
                .map_err(|_| Close::Bad("The payload of subscribe is not a GraphQL request"))?;
            Ok(FromClient::Subscribe { id: id(&mut message)?, params })
        }
        "complete" => Ok(FromClient::Complete { id: id(&mut message)? }),
        _ => Err(Close::Bad("The message has no known type")),
    }
}

fn object(payload: Option<Json>) -> Result<Option<Map<String, Json>>, Close> {
    match payload {
        None => Ok(None),
        Some(Json::Object(map)) => Ok(Some(map)),
        Some(_) => Err(Close::Bad("The payload is not an object")),
    }
}

fn id(message: &mut Map<String, Json>) -> Result<String, Close> {
    match message.remove("id") {
        Some(Json::String(id)) if !id.is_empty() && id.len() <= ID_LENGTH => Ok(id),
        _ => Err(Close::Bad("The message has no usable id")),
    }
}

/// The token in `{"authorization": "Bearer …"}`; the key's case does not matter, as for the header.
fn token(payload: &Map<String, Json>) -> Result<Option<String>, Close> {
    match payload.iter().find(|(key, _)| key.eq_ignore_ascii_case("authorization")).map(|(_, value)| value) {
        None | Some(Json::Null) => Ok(None),
        Some(value) => match value.as_str().and_then(bearer) {
            Some(token) => Ok(Some(token.to_owned())),
            None => Err(Close::Forbidden("Forbidden")),
        },
    }
}

/// `connection_ack`.
pub(super) fn ack() -> String {
    r#"{"type":"connection_ack"}"#.to_owned()
}

/// `ping`.
pub(super) fn ping() -> String {
    r#"{"type":"ping"}"#.to_owned()
}

/// `pong`, with the ping's payload.
pub(super) fn pong(payload: Option<Map<String, Json>>) -> String {
    match payload {
        None => r#"{"type":"pong"}"#.to_owned(),
        Some(payload) => json!({ "type": "pong", "payload": payload }).to_string(),
    }
}

/// `next`: one result of an operation.
pub(super) fn next(id: &str, answer: &Answer) -> String {
    format!(r#"{{"id":{},"type":"next","payload":{}}}"#, Json::from(id), answer.json())
}

/// `error`: the operation did not run; nothing follows for this id.
pub(super) fn error(id: &str, errors: &[ServerError]) -> String {
    json!({ "id": id, "type": "error", "payload": errors }).to_string()
}

/// `complete`: nothing follows for this id.
pub(super) fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closes(text: &str) -> Option<u16> {
        read(text).err().map(Close::code)
    }

    #[test]
    fn what_is_no_message_closes_with_4400() {
        for bad in [
            "nope",
            "\"x\"",
            "[]",
            "{}",
            r#"{"type":1}"#,
            r#"{"type":"start","id":"1","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":{}}"#,
            r#"{"type":"subscribe","id":"1","payload":["{a}"]}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":"x"}}"#,
            r#"{"type":"ping","payload":"x"}"#,
            r#"{"type":"connection_init","payload":[]}"#,
            r#"{"type":"complete"}"#,
        ] {
            assert_eq!(closes(bad), Some(4400), "{bad}");
        }
        let long = format!(r#"{{"type":"complete","id":"{}"}}"#, "x".repeat(129));
        assert_eq!(closes(&long), Some(4400));
    }

    #[test]
    fn the_token_comes_from_the_payload() {
        let init = |payload: &str| read(&format!(r#"{{"type":"connection_init","payload":{payload}}}"#));
        let given = init(r#"{"Authorization":"bearer abc"}"#);
        assert!(matches!(given, Ok(FromClient::Init { bearer: Some(token) }) if token == "abc"));
        assert!(matches!(init("{}"), Ok(FromClient::Init { bearer: None })));
        assert!(matches!(init("null"), Ok(FromClient::Init { bearer: None })));
        assert_eq!(init(r#"{"authorization":7}"#).err().map(Close::code), Some(4403));
    }

    #[test]
    fn ids_are_escaped_on_the_way_out() {
        let message: Json = serde_json::from_str(&complete("a\"b")).unwrap();
        assert_eq!(message["id"], "a\"b");
        for reason in [Close::InitTimeout, Close::Duplicate, Close::Bad("x")] {
            assert!(reason.reason().len() <= 123);
        }
    }
}
