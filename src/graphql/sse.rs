//! Server-sent events, in the distinct-connections mode of the graphql-sse protocol: one operation a request.

use std::{sync::Arc, time::Duration};

use async_graphql::{
    Executor,
    futures_util::{
        StreamExt as _,
        stream::{self, BoxStream},
    },
};
use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::Response,
};
use tokio_util::sync::CancellationToken;

use super::{
    Admission, Gate, Kit, RequestMeta, SocketLimits,
    engine::{self, Answer, Operation},
    fault::from_kernel,
};
use crate::kernel::{Clock, Error};

/// How often a comment is sent, so that proxies do not take a silent stream for a dead one.
const KEEP_ALIVE: Duration = Duration::from_secs(12);

/// Answers an operation as a stream of events. Nothing is buffered: the operation is asked for its next result when
/// the connection can take one.
pub(super) fn respond<E: Executor, G: Gate>(
    kit: &Arc<Kit<E, G>>,
    operation: Operation,
    admission: &Admission,
    meta: &RequestMeta,
) -> Response {
    let feed = Feed {
        lasting: operation.is_lasting(),
        look_at: tokio::time::Instant::now() + kit.sockets.standing_check,
        patience: kit.limits.timeout,
        answers: engine::stream(kit, operation, admission, meta.clone()),
        admission: admission.clone(),
        clock: kit.clock.clone(),
        limits: kit.sockets.clone(),
        shutdown: kit.shutdown.clone(),
        over: false,
    };
    // The first bytes leave at once: a client learns that it is connected before the first event.
    let opening = stream::once(async { Bytes::from_static(b":\n\n") });
    let events = stream::unfold(feed, |mut feed| async move { Some((feed.next().await?, feed)) });
    let body = Body::from_stream(opening.chain(events).map(Ok::<_, std::convert::Infallible>));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

struct Feed {
    /// Whether it is a subscription: anything else is answered once, to a caller who was looked up for it.
    lasting: bool,
    /// When to look up again whether the caller stands.
    look_at: tokio::time::Instant,
    /// How long that may take.
    patience: Duration,
    answers: BoxStream<'static, Answer>,
    admission: Admission,
    clock: Arc<dyn Clock>,
    limits: SocketLimits,
    shutdown: CancellationToken,
    over: bool,
}

impl Feed {
    /// The next bytes; `None` ends the response.
    async fn next(&mut self) -> Option<Bytes> {
        if self.over {
            return None;
        }
        let silence = tokio::time::Instant::now() + KEEP_ALIVE;
        loop {
            let look = self.admission.next_look(self.clock.now(), self.limits.expiry_check);
            tokio::select! {
                biased;
                // Without `complete` a client knows that it was cut off, and may ask again.
                () = self.shutdown.cancelled() => return None,
                () = self.admission.cut() => return Some(self.refuse()),
                answer = self.answers.next() => return self.deliver(answer).await,
                () = tokio::time::sleep_until(self.look_at), if self.lasting => match self.look_again().await {
                    Standing::Good => {}
                    ended => return self.end(ended),
                },
                () = tokio::time::sleep(look) => {
                    if self.admission.expired(self.clock.now()) {
                        return Some(self.refuse());
                    }
                }
                () = tokio::time::sleep_until(silence) => return Some(Bytes::from_static(b":\n\n")),
            }
        }
    }

    async fn deliver(&mut self, answer: Option<Answer>) -> Option<Bytes> {
        if self.lasting && answer.is_some() {
            match self.look_again().await {
                Standing::Good => {}
                ended => return self.end(ended),
            }
        }
        Some(match answer {
            _ if self.admission.expired(self.clock.now()) || self.admission.is_cut() => self.refuse(),
            Some(answer) => event("next", &answer.json()),
            None => self.complete(),
        })
    }

    /// Looks up again whether the caller stands, with one query.
    async fn look_again(&mut self) -> Standing {
        let looked = tokio::select! {
            biased;
            () = self.shutdown.cancelled() => return Standing::Unknown,
            looked = self.admission.look_again(self.patience) => looked,
        };
        self.look_at = tokio::time::Instant::now() + self.limits.standing_check;
        match looked {
            Ok(()) => Standing::Good,
            Err(Error::Unavailable(_) | Error::TooMany { .. }) => Standing::Unknown,
            Err(Error::Internal(reason)) => {
                tracing::error!(reason, "the caller of an event stream could not be looked up");
                Standing::Unknown
            }
            Err(_) => Standing::Gone,
        }
    }

    /// Ends the stream: with a word to who does not stand any more; without `complete` where nobody can tell, so that the
    /// client may ask again.
    fn end(&mut self, standing: Standing) -> Option<Bytes> {
        if standing == Standing::Gone {
            return Some(self.refuse());
        }
        self.over = true;
        None
    }

    /// The proof is no longer good: one last result says so.
    fn refuse(&mut self) -> Bytes {
        let answer = Answer::refused(from_kernel(Error::Unauthenticated));
        let mut bytes = event("next", &answer.json()).to_vec();
        bytes.extend_from_slice(&self.complete());
        bytes.into()
    }

    fn complete(&mut self) -> Bytes {
        self.over = true;
        self.answers = stream::empty().boxed();
        event("complete", "")
    }
}

/// What is known of a caller who was admitted earlier.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Good,
    Gone,
    Unknown,
}

/// JSON text has no line breaks, so one `data` line holds it.
fn event(name: &str, data: &str) -> Bytes {
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}
