//! Faults: the errors that a person cannot act on, with one documented list of codes.

use async_graphql::{Enum, ErrorExtensionValues, Name, Pos, ServerError, Value, indexmap::IndexMap};

use super::RequestMeta;
use crate::kernel::{Error, Problem};

/// The longest message that leaves the service, in characters. A longer one would echo the caller's own document.
const MESSAGE_LENGTH: usize = 300;
/// The longest name in the path of a field, in characters: names of variables are the caller's own.
const NAME_LENGTH: usize = 64;
const NOT_FOUND: &str = "There is no such thing, or you cannot see it.";

/// The code of every error in a response's `errors`, under `extensions.code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
pub enum FaultCode {
    /// The request or one of its arguments is not of the form asked for.
    BadRequest,
    /// The document is not GraphQL.
    ParseFailed,
    /// The document or its variables do not fit the schema. Where a value is at fault, `extensions.field` is its path.
    ValidationFailed,
    /// The document asks for more than one request may: depth, cost, aliases, directives, tokens or root fields.
    LimitExceeded,
    /// Only documents that were handed in beforehand run here, and this is none of them.
    DocumentNotTrusted,
    /// The work took longer than one request may.
    TimedOut,
    /// Nobody is signed in, or the proof is no longer good.
    Unauthenticated,
    /// The caller may see it, but may not do this.
    Forbidden,
    /// The caller may do this only after signing in with more than one factor.
    SecondFactorNeeded,
    /// The caller may do this only after proving again who they are.
    FreshProofNeeded,
    /// There is no such thing, or the caller may not know that there is. Where a text is no id at all or one of another
    /// kind, `extensions.field` is its path.
    NotFound,
    /// Too many tries; `extensions.retryAfter` says in how many seconds the next one can succeed.
    TooManyRequests,
    /// The service cannot do it now; the same request may succeed later.
    Unavailable,
    /// A fault of ours. The log holds the reason under the request's id.
    Internal,
}

impl FaultCode {
    /// The text under `extensions.code`; the same as the enum's GraphQL name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::ParseFailed => "PARSE_FAILED",
            Self::ValidationFailed => "VALIDATION_FAILED",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::DocumentNotTrusted => "DOCUMENT_NOT_TRUSTED",
            Self::TimedOut => "TIMED_OUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::SecondFactorNeeded => "SECOND_FACTOR_NEEDED",
            Self::FreshProofNeeded => "FRESH_PROOF_NEEDED",
            Self::NotFound => "NOT_FOUND",
            Self::TooManyRequests => "TOO_MANY_REQUESTS",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

/// Turns a service's error into what a client may see. `NotFound` is always the same bytes; the text of `Internal`
/// goes to the log, inside the span that carries the request's id, and nowhere else.
#[must_use]
pub fn fault(error: Error) -> async_graphql::Error {
    let mut extensions = ErrorExtensionValues::default();
    let (code, message) = match error {
        Error::Refused(problems) => {
            noted(&problems);
            extensions.set("problems", Value::List(problems.into_iter().map(problem).collect()));
            (FaultCode::BadRequest, "The request cannot be met as it stands.")
        }
        Error::NotFound => (FaultCode::NotFound, NOT_FOUND),
        Error::NotAnId(path) => {
            extensions.set("field", field(path.split('.')));
            (FaultCode::NotFound, NOT_FOUND)
        }
        Error::Forbidden => (FaultCode::Forbidden, "You cannot do this."),
        Error::SecondFactorNeeded => (FaultCode::SecondFactorNeeded, "This needs a second factor at sign-in."),
        Error::FreshProofNeeded => (FaultCode::FreshProofNeeded, "Prove once more that it is you, then try again."),
        Error::Unauthenticated => (FaultCode::Unauthenticated, "Sign in first."),
        Error::TooMany { retry_after } => {
            tracing::warn!(retry_after, "a caller tried too often");
            extensions.set("retryAfter", retry_after);
            (FaultCode::TooManyRequests, "Too many tries. Wait a little.")
        }
        Error::Unavailable(what) => {
            tracing::warn!(reason = what, "a request could not be served");
            (FaultCode::Unavailable, "This is not available right now. Try again later.")
        }
        Error::Busy | Error::Constraint(_) => return fault(Error::internal(error)),
        Error::Internal(text) => {
            tracing::error!(reason = text, "a request failed inside");
            (FaultCode::Internal, "Something went wrong on our side.")
        }
    };
    extensions.set("code", code.as_str());
    async_graphql::Error { message: message.to_owned(), source: None, extensions: Some(extensions) }
}

/// Notes that somebody asked for what could not be done as it stood: the codes, and nothing of what was asked.
pub(super) fn noted(problems: &[Problem]) {
    let codes: Vec<&str> = problems.iter().map(|problem| problem.code.as_str()).take(20).collect();
    tracing::info!(codes = codes.join(","), "what was asked for was refused");
}

/// Notes that a request was refused before anything of it was done.
pub(super) fn turned_away(error: &ServerError, meta: &RequestMeta) {
    let code = code_of(error).unwrap_or_default();
    tracing::info!(request_id = %meta.request_id, code, "a request was turned away");
}

/// A refusal by the kit itself, before or around execution.
pub(super) fn refusal(code: FaultCode, message: impl Into<String>, at: Option<Pos>) -> ServerError {
    let mut error = ServerError::new(bounded(message.into()), at);
    set_code(&mut error, code);
    error
}

/// The same for a value that does not fit; `path` leads to it from the argument or variable, and stands under
/// `extensions.field` as it does in `userErrors`.
pub(super) fn refusal_at<'a>(
    code: FaultCode,
    message: impl Into<String>,
    at: Option<Pos>,
    path: impl IntoIterator<Item = &'a str>,
) -> ServerError {
    let mut error = refusal(code, message, at);
    error.extensions.get_or_insert_default().set("field", field(path));
    error
}

fn field<'a>(path: impl IntoIterator<Item = &'a str>) -> Value {
    let name = |name: &str| Value::from(name.chars().take(NAME_LENGTH).collect::<String>());
    Value::List(path.into_iter().map(name).collect())
}

/// What a service's error becomes when it stops a request before a resolver runs.
pub(super) fn from_kernel(error: Error) -> ServerError {
    let error = fault(error);
    ServerError { extensions: error.extensions, ..ServerError::new(error.message, None) }
}

/// The code that an error carries.
pub(super) fn code_of(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        _ => None,
    }
}

/// Gives every error of a response a code and hides what must not leave. `executed` tells whether resolvers ran: an
/// error without a code was raised by the validation before that, and by an unknown hand after.
pub(super) fn clean(errors: &mut Vec<ServerError>, executed: bool) {
    // A document can be made to break one rule a thousand times; twenty messages tell as much.
    errors.truncate(20);
    for error in errors {
        if code_of(error).is_none() {
            clean_one(error, executed);
        }
        error.message = bounded(std::mem::take(&mut error.message));
    }
}

fn clean_one(error: &mut ServerError, executed: bool) {
    if !executed {
        set_code(error, FaultCode::ValidationFailed);
        return;
    }
    // The library has no kinds of error: what it says of an argument that does not parse is known by these words.
    let of_input = ["Failed to parse \"", "Expected input type \"", "Invalid value for argument "];
    if error.source.is_none() && of_input.iter().any(|start| error.message.starts_with(start)) {
        set_code(error, FaultCode::BadRequest);
        return;
    }
    // A resolver may let a service's error through with `?`; the library then keeps the value itself.
    let kernel = match error.source::<Error>() {
        Some(Error::Refused(problems)) => Error::Refused(problems.clone()),
        Some(Error::NotFound) => Error::NotFound,
        Some(Error::NotAnId(path)) => Error::NotAnId(path),
        Some(Error::Forbidden) => Error::Forbidden,
        Some(Error::SecondFactorNeeded) => Error::SecondFactorNeeded,
        Some(Error::FreshProofNeeded) => Error::FreshProofNeeded,
        Some(Error::Unauthenticated) => Error::Unauthenticated,
        Some(Error::TooMany { retry_after }) => Error::TooMany { retry_after: *retry_after },
        Some(Error::Unavailable(what)) => Error::Unavailable(what),
        Some(Error::Internal(text)) => Error::Internal(text.clone()),
        Some(other) => Error::internal(other),
        None => Error::internal(&error.message),
    };
    let shown = fault(kernel);
    error.message = shown.message;
    error.extensions = shown.extensions;
    error.source = None;
}

fn set_code(error: &mut ServerError, code: FaultCode) {
    error.extensions.get_or_insert_default().set("code", code.as_str());
}

fn bounded(message: String) -> String {
    match message.char_indices().nth(MESSAGE_LENGTH) {
        None => message,
        Some((end, _)) => message.get(..end).unwrap_or_default().to_owned(),
    }
}

fn problem(problem: Problem) -> Value {
    Value::Object(IndexMap::from_iter([
        (Name::new("code"), Value::from(problem.code.as_str())),
        (Name::new("field"), field(problem.field().iter().map(String::as_str))),
        (Name::new("message"), Value::from(problem.message.into_owned())),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Code;

    #[test]
    fn the_text_of_an_internal_error_stays_inside() {
        let shown = serde_json::to_string(&fault(Error::internal("password=hunter2"))).unwrap();
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("INTERNAL"), "{shown}");
    }

    #[test]
    fn the_codes_are_those_of_the_enum() {
        for item in <FaultCode as async_graphql::resolver_utils::EnumType>::items() {
            assert_eq!(item.name, item.value.as_str());
        }
    }

    #[test]
    fn a_refusal_names_every_problem() {
        let shown = fault(Problem::at(Code::OutOfRange, "input.first", "Too big.").into());
        let extensions = serde_json::to_value(&shown.extensions).unwrap();
        let want = serde_json::json!([{"code": "OUT_OF_RANGE", "field": ["input", "first"], "message": "Too big."}]);
        assert_eq!(extensions["problems"], want);
        assert_eq!(extensions["code"], "BAD_REQUEST");
    }

    #[test]
    fn an_error_without_a_code_is_hidden_once_resolvers_ran() {
        let leak = || vec![ServerError::new("SELECT secret FROM t", None)];
        let (mut before, mut after) = (leak(), leak());
        clean(&mut before, false);
        clean(&mut after, true);
        assert_eq!(code_of(&before[0]), Some("VALIDATION_FAILED"));
        assert_eq!(code_of(&after[0]), Some("INTERNAL"));
        assert!(!after[0].message.contains("secret"));
        let mut passed = vec![async_graphql::Error::from(Error::NotFound).into_server_error(Pos::default())];
        clean(&mut passed, true);
        assert_eq!(code_of(&passed[0]), Some("NOT_FOUND"));
    }

    #[test]
    fn messages_and_their_number_are_bounded() {
        let mut errors = vec![ServerError::new("é".repeat(10_000), None); 500];
        clean(&mut errors, false);
        assert_eq!(errors.len(), 20);
        assert_eq!(errors[0].message.chars().count(), MESSAGE_LENGTH);
    }
}
