//! One operation, whatever it came over: looked up, screened, equipped, run within its time, and answered.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{
    Executor, Request, Response, ServerError, Value, Variables,
    futures_util::{
        FutureExt as _, StreamExt as _,
        stream::{self, BoxStream},
    },
    parser::types::OperationType,
};
use serde_json::{Map, Value as Json};
use tracing::Instrument as _;

use super::{
    Admission, FaultCode, Kit, RequestMeta,
    fault::{refusal, turned_away},
    rules::{Chosen, Executed},
    screen::screen,
};

/// What a client asked for, taken from a body, a query string or a socket's message.
#[derive(Debug, Default)]
pub(super) struct Params {
    pub(super) query: Option<String>,
    pub(super) operation_name: Option<String>,
    pub(super) variables: Map<String, Json>,
    /// The hash of a trusted document, from `documentId` or `extensions.persistedQuery.sha256Hash`.
    pub(super) document: Option<String>,
}

impl Params {
    /// Reads the parameters of GraphQL over HTTP out of a JSON object.
    pub(super) fn from_json(json: Json) -> Result<Self, &'static str> {
        let Json::Object(mut object) = json else { return Err("The body must be a JSON object.") };
        let mut text = |key: &str, wrong: &'static str| match object.remove(key) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(_) => Err(wrong),
        };
        let query = text("query", "`query` must be a string.")?;
        let operation_name = text("operationName", "`operationName` must be a string.")?;
        let document = text("documentId", "`documentId` must be a string.")?;
        let mut map = |key: &str, wrong: &'static str| match object.remove(key) {
            None | Some(Json::Null) => Ok(Map::new()),
            Some(Json::Object(map)) => Ok(map),
            Some(_) => Err(wrong),
        };
        let variables = map("variables", "`variables` must be an object.")?;
        let extensions = map("extensions", "`extensions` must be an object.")?;
        let persisted = extensions.get("persistedQuery").and_then(|p| p.get("sha256Hash")).and_then(Json::as_str);
        let document = document.or_else(|| persisted.map(str::to_owned));
        if query.is_none() && document.is_none() {
            return Err("`query` is missing.");
        }
        Ok(Self { query, operation_name, variables, document })
    }
}

/// An operation that may run.
pub(super) struct Operation {
    request: Request,
    executed: Executed,
    pub(super) kind: OperationType,
}

impl Operation {
    /// Whether it answers more than once, and so can outlive its caller's access.
    pub(super) fn is_lasting(&self) -> bool {
        self.kind == OperationType::Subscription
    }
}

/// An answer, and whether it is one to the request as such: then no resolver ran and it has no `data`.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) response: Response,
    pub(super) refused: bool,
}

impl Answer {
    pub(super) fn refused(error: ServerError) -> Self {
        Self { response: Response::from_errors(vec![error]), refused: true }
    }

    /// The answer as JSON text.
    pub(super) fn json(&self) -> String {
        let json = if self.refused {
            serde_json::to_string(&serde_json::json!({ "errors": self.response.errors }))
        } else {
            serde_json::to_string(&self.response)
        };
        json.unwrap_or_else(|error| {
            tracing::error!(%error, "an answer could not be written as JSON");
            r#"{"errors":[{"message":"Something went wrong on our side.","extensions":{"code":"INTERNAL"}}]}"#
                .to_owned()
        })
    }
}

/// Finds and screens the document.
pub(super) fn prepare<E, G>(kit: &Kit<E, G>, params: Params) -> Result<Operation, ServerError> {
    let text = match &kit.documents {
        Some(documents) => {
            let found = documents.find(params.document.as_deref(), params.query.as_deref());
            let untrusted = || {
                let text = "Only documents that were handed in beforehand run here.";
                refusal(FaultCode::DocumentNotTrusted, text, None)
            };
            found.ok_or_else(untrusted)?.to_owned()
        }
        None => params.query.ok_or_else(|| refusal(FaultCode::BadRequest, "`query` is missing.", None))?,
    };
    let screened = screen(&text, params.operation_name.as_deref(), &kit.limits)?;
    let executed = Executed::default();
    let mut request = Request::new(text)
        .variables(Variables::from_json(Json::Object(params.variables)))
        .data(executed.clone())
        .data(Chosen(params.operation_name.clone()));
    request.operation_name = params.operation_name;
    request.set_parsed_query(screened.document);
    Ok(Operation { request, executed, kind: screened.kind })
}

/// Runs a query or mutation to its end, or to the end of its time.
pub(super) async fn run<E: Executor, G>(
    kit: &Kit<E, G>,
    operation: Operation,
    admission: &Admission,
    meta: &RequestMeta,
) -> Answer {
    let request = (admission.equip)(operation.request, meta);
    let work = AssertUnwindSafe(kit.executor.execute(request).instrument(span(meta))).catch_unwind();
    match tokio::time::timeout(kit.limits.timeout, work).await {
        Ok(Ok(response)) => answer(response, &operation.executed, meta),
        Ok(Err(_)) => Answer::refused(broken(meta)),
        Err(_) => {
            tracing::warn!(request_id = %meta.request_id, "a request took too long");
            let text = "This took longer than a request may. Ask for less.";
            Answer::refused(refusal(FaultCode::TimedOut, text, None))
        }
    }
}

/// Runs any operation as a stream of answers: one for a query or mutation, any number for a subscription.
pub(super) fn stream<E: Executor, G: Send + Sync + 'static>(
    kit: &Arc<Kit<E, G>>,
    operation: Operation,
    admission: &Admission,
    meta: RequestMeta,
) -> BoxStream<'static, Answer> {
    if !operation.is_lasting() {
        let (kit, admission) = (kit.clone(), admission.clone());
        return stream::once(async move { run(&kit, operation, &admission, &meta).await }).boxed();
    }
    let request = (admission.equip)(operation.request, &meta);
    let executed = operation.executed;
    let events = AssertUnwindSafe(kit.executor.execute_stream(request, None)).catch_unwind();
    let span = span(&meta);
    let answers = events.map(move |event| match event {
        Ok(response) => answer(response, &executed, &meta),
        Err(_) => Answer::refused(broken(&meta)),
    });
    Spanned { span, inner: answers.boxed() }.boxed()
}

fn answer(response: Response, executed: &Executed, meta: &RequestMeta) -> Answer {
    let refused = !executed.get() && response.data == Value::Null && !response.errors.is_empty();
    if let Some(error) = response.errors.first().filter(|_| refused) {
        turned_away(error, meta);
    }
    Answer { response, refused }
}

fn broken(meta: &RequestMeta) -> ServerError {
    tracing::error!(request_id = %meta.request_id, "a resolver panicked");
    refusal(FaultCode::Internal, "Something went wrong on our side.", None)
}

fn span(meta: &RequestMeta) -> tracing::Span {
    tracing::info_span!("graphql", request_id = %meta.request_id)
}

/// A stream whose every step runs inside a span, so that what resolvers log carries the request's id.
struct Spanned {
    span: tracing::Span,
    inner: BoxStream<'static, Answer>,
}

impl stream::Stream for Spanned {
    type Item = Answer;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Answer>> {
        let span = self.span.clone();
        let _inside = span.enter();
        self.inner.poll_next_unpin(cx)
    }
}
