//! One graphql-transport-ws socket: everything happens in one loop, so nothing is queued but the one message that is
//! being written. While a slow reader takes it, the operations of that socket wait; after a while the socket is closed.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    Executor,
    futures_util::{
        StreamExt as _,
        future::{AbortHandle, Abortable},
        stream::{self, BoxStream, SelectAll},
    },
};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, sleep_until, timeout};

use super::{
    Admission, FaultCode, Gate, Kit, RequestMeta,
    engine::{self, Answer, Params},
    fault::{refusal, turned_away},
    ws_protocol::{self as protocol, Close, FromClient},
};
use crate::kernel::Error;

/// Serves one socket to its end; `accepted` says whether both speak the same protocol.
pub(super) async fn serve<E: Executor, G: Gate>(
    kit: Arc<Kit<E, G>>,
    mut socket: WebSocket,
    meta: RequestMeta,
    token: Option<String>,
    accepted: bool,
) {
    let ended = if accepted {
        let now = Instant::now();
        let mut session = Session {
            init_by: Some(now + kit.sockets.init),
            ping_at: now + kit.sockets.ping,
            look_at: now + kit.sockets.standing_check,
            heard: true,
            admission: None,
            token,
            operations: HashMap::new(),
            started: 0,
            answers: SelectAll::new(),
            meta,
            kit,
        };
        session.run(&mut socket).await
    } else {
        Err(Close::Subprotocol.into())
    };
    if let Err(Ended::Close(close)) = ended {
        tracing::debug!(code = close.code(), "socket closed");
        shut(&mut socket, close).await;
    }
}

/// Says why, and gives the peer a second to take it: a connection that is dropped with unread bytes loses what was
/// written last.
async fn shut(socket: &mut WebSocket, close: Close) {
    let frame = CloseFrame { code: close.code(), reason: Utf8Bytes::from_static(close.reason()) };
    let goodbye = async {
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    // A peer that does not take it in time is left.
    let _ = timeout(Duration::from_secs(1), goodbye).await;
}

/// Why a socket's loop ended.
enum Ended {
    Close(Close),
    /// The peer went first.
    Gone,
}

impl From<Close> for Ended {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

/// What an operation gives next; `None` at its end.
type Event = (String, u64, Option<Answer>);

struct Running {
    /// Tells an operation from an earlier one that had the same id.
    number: u64,
    handle: AbortHandle,
    /// Whether it is a subscription.
    lasting: bool,
}

struct Session<E, G> {
    kit: Arc<Kit<E, G>>,
    meta: RequestMeta,
    /// The token of the upgrade request, for clients that can send headers.
    token: Option<String>,
    init_by: Option<Instant>,
    ping_at: Instant,
    /// When to look up again whether the caller stands.
    look_at: Instant,
    heard: bool,
    admission: Option<Admission>,
    operations: HashMap<String, Running>,
    started: u64,
    /// Polled as each wakes, in the order of waking: a busy stream does not starve the others.
    answers: SelectAll<Abortable<BoxStream<'static, Event>>>,
}

impl<E: Executor, G: Gate> Session<E, G> {
    async fn run(&mut self, socket: &mut WebSocket) -> Result<(), Ended> {
        loop {
            self.still_admitted()?;
            tokio::select! {
                // In this order: a stop is told as a stop, and the end of access before anything more is delivered.
                biased;
                () = self.kit.shutdown.cancelled() => return Err(Close::GoingAway.into()),
                () = cut(self.admission.as_ref()) => return Err(Close::Forbidden("Access has ended").into()),
                () = sleep_until(self.wake_at()) => self.on_time(socket).await?,
                message = socket.recv() => self.on_message(socket, message).await?,
                Some(event) = self.answers.next() => self.on_event(socket, event).await?,
            }
        }
    }

    fn still_admitted(&self) -> Result<(), Ended> {
        match &self.admission {
            Some(admission) if admission.expired(self.kit.clock.now()) => Err(Close::Forbidden("Token expired").into()),
            _ => Ok(()),
        }
    }

    fn wake_at(&self) -> Instant {
        let mut at = self.init_by.map_or(self.ping_at, |init| init.min(self.ping_at));
        if let Some(admission) = &self.admission {
            at = at.min(self.look_at);
            let look = admission.next_look(self.kit.clock.now(), self.kit.sockets.expiry_check);
            at = Instant::now().checked_add(look).map_or(at, |look| look.min(at));
        }
        at
    }

    async fn on_time(&mut self, socket: &mut WebSocket) -> Result<(), Ended> {
        let now = Instant::now();
        if self.init_by.is_some_and(|at| at <= now) {
            return Err(Close::InitTimeout.into());
        }
        if self.admission.is_some() && self.look_at <= now {
            self.look_again().await?;
        }
        if self.ping_at <= now {
            if !std::mem::take(&mut self.heard) {
                // Nothing was heard since the last ping: nobody is there to be told.
                return Err(Ended::Gone);
            }
            self.ping_at = now + self.kit.sockets.ping;
            // A browser answers the frame by itself, a client library the message.
            self.send(socket, Message::Ping(axum::body::Bytes::new())).await?;
            self.say(socket, protocol::ping()).await?;
        }
        Ok(())
    }

    /// Closes the socket of a caller who does not stand any more: signed out, suspended, without the role. One query for the
    /// whole socket; the next one by the clock is due a while after it.
    async fn look_again(&mut self) -> Result<(), Ended> {
        let Some(admission) = &self.admission else { return Ok(()) };
        let looked = tokio::select! {
            biased;
            () = self.kit.shutdown.cancelled() => return Err(Close::GoingAway.into()),
            looked = admission.look_again(self.kit.limits.timeout) => looked,
        };
        looked.map_err(|error| refused(error, &self.meta, "Access has ended"))?;
        self.look_at = Instant::now() + self.kit.sockets.standing_check;
        self.still_admitted()?;
        // A cut may have been heard while the answer was on its way.
        if self.admission.as_ref().is_some_and(Admission::is_cut) {
            return Err(Close::Forbidden("Access has ended").into());
        }
        Ok(())
    }

    async fn on_message(
        &mut self,
        socket: &mut WebSocket,
        message: Option<Result<Message, axum::Error>>,
    ) -> Result<(), Ended> {
        let text = match message {
            None | Some(Ok(Message::Close(_))) => return Err(Ended::Gone),
            Some(Err(error)) => return Err(why(&error)),
            Some(Ok(Message::Binary(_))) => return Err(Close::Bad("Messages are text").into()),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {
                self.heard = true;
                return Ok(());
            }
            Some(Ok(Message::Text(text))) => text,
        };
        self.heard = true;
        match protocol::read(&text)? {
            FromClient::Ping(payload) => self.say(socket, protocol::pong(payload)).await,
            FromClient::Pong => Ok(()),
            FromClient::Init { bearer } => self.init(socket, bearer).await,
            FromClient::Subscribe { id, params } => self.subscribe(socket, id, params).await,
            FromClient::Complete { id } => {
                self.forget(&id);
                Ok(())
            }
        }
    }

    async fn init(&mut self, socket: &mut WebSocket, bearer: Option<String>) -> Result<(), Ended> {
        // The deadline goes with the first try; a second one is one too many, admitted or not.
        if self.init_by.take().is_none() {
            return Err(Close::TooManyInits.into());
        }
        let token = bearer.or_else(|| self.token.take());
        let admitted = timeout(self.kit.limits.timeout, self.kit.gate.admit(token.as_deref(), &self.meta)).await;
        let admission = admitted.map_err(|_| Close::TryLater)?;
        self.admission = Some(admission.map_err(|error| refused(error, &self.meta, "Forbidden"))?);
        self.look_at = Instant::now() + self.kit.sockets.standing_check;
        self.still_admitted()?;
        self.say(socket, protocol::ack()).await
    }

    async fn subscribe(&mut self, socket: &mut WebSocket, id: String, params: Params) -> Result<(), Ended> {
        if self.admission.is_none() {
            return Err(Close::Unauthorized.into());
        }
        if self.operations.contains_key(&id) {
            return Err(Close::Duplicate.into());
        }
        self.drop_cancelled();
        if self.operations.len() >= self.kit.sockets.streams {
            let text = format!("At most {} operations run on one socket.", self.kit.sockets.streams);
            let full = refusal(FaultCode::LimitExceeded, text, None);
            return self.say(socket, protocol::error(&id, &[full])).await;
        }
        let meta = self.kit.renew(&self.meta);
        let operation = match engine::prepare(&self.kit, params) {
            Ok(operation) => operation,
            Err(error) => {
                turned_away(&error, &meta);
                return self.say(socket, protocol::error(&id, &[error])).await;
            }
        };
        // What began while the caller stood says nothing about what begins now.
        self.look_again().await?;
        let Some(admission) = &self.admission else { return Err(Close::Unauthorized.into()) };
        self.started += 1;
        let (number, lasting) = (self.started, operation.is_lasting());
        let results = self.apart(engine::stream(&self.kit, operation, admission, meta));
        let (end, key) = (stream::once(std::future::ready(None)), id.clone());
        let events = results.map(Some).chain(end).map(move |answer| (key.clone(), number, answer)).boxed();
        let (events, handle) = stream::abortable(events);
        self.operations.insert(id, Running { number, handle, lasting });
        self.answers.push(events);
        Ok(())
    }

    /// Drops the streams of operations that were cancelled. They go by themselves when they are polled, which a client that
    /// says much at once keeps from happening.
    fn drop_cancelled(&mut self) {
        if self.answers.len() > self.operations.len() {
            let streams = std::mem::take(&mut self.answers).into_iter();
            self.answers = streams.filter(|events| !events.is_aborted()).collect();
        }
    }

    /// Runs an operation in a task of its own: a reader who is slow to take answers must not keep one waiting in the middle
    /// of a transaction. At most one answer lies ready.
    fn apart<T: Send + 'static>(&self, mut results: BoxStream<'static, T>) -> BoxStream<'static, T> {
        let (sender, receiver) = mpsc::channel(1);
        self.kit.tasks.spawn(async move {
            loop {
                let next = tokio::select! {
                    next = results.next() => next,
                    () = sender.closed() => return,
                };
                let Some(next) = next else { return };
                if sender.send(next).await.is_err() {
                    return;
                }
            }
        });
        stream::unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|next| (next, receiver)) })
            .boxed()
    }

    async fn on_event(&mut self, socket: &mut WebSocket, (id, number, answer): Event) -> Result<(), Ended> {
        // What an operation gave after it was cancelled is dropped.
        let Some(running) = self.operations.get(&id).filter(|running| running.number == number) else {
            return Ok(());
        };
        if running.lasting && answer.is_some() {
            self.look_again().await?;
        }
        // Nothing is delivered on a proof that ran out or was taken back a moment ago.
        self.still_admitted()?;
        if self.admission.as_ref().is_some_and(Admission::is_cut) {
            return Err(Close::Forbidden("Access has ended").into());
        }
        let text = match answer {
            Some(answer) if !answer.refused => protocol::next(&id, &answer),
            last => {
                self.forget(&id);
                match last {
                    Some(refused) => protocol::error(&id, &refused.response.errors),
                    None => protocol::complete(&id),
                }
            }
        };
        self.say(socket, text).await
    }

    fn forget(&mut self, id: &str) {
        if let Some(running) = self.operations.remove(id) {
            running.handle.abort();
        }
    }

    async fn say(&mut self, socket: &mut WebSocket, text: String) -> Result<(), Ended> {
        self.send(socket, Message::Text(text.into())).await
    }

    /// Writes one message. A reader that does not take it in time is closed, and so is one whose access ends meanwhile.
    async fn send(&mut self, socket: &mut WebSocket, message: Message) -> Result<(), Ended> {
        tokio::select! {
            biased;
            sent = timeout(self.kit.sockets.write, socket.send(message)) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err(Ended::Gone),
                Err(_) => Err(Close::TooSlow.into()),
            },
            () = self.kit.shutdown.cancelled() => Err(Close::GoingAway.into()),
            () = cut(self.admission.as_ref()) => Err(Close::Forbidden("Access has ended").into()),
        }
    }
}

async fn cut(admission: Option<&Admission>) {
    match admission {
        Some(admission) => admission.cut().await,
        None => std::future::pending().await,
    }
}

/// How a socket is closed whose caller is not admitted, or does not stand any more; `why` is what a refusal says.
fn refused(error: Error, meta: &RequestMeta, why: &'static str) -> Close {
    match error {
        Error::TooMany { .. } | Error::Unavailable(_) => Close::TryLater,
        Error::Internal(reason) => {
            tracing::error!(reason, request_id = %meta.request_id, "the caller of a socket could not be looked up");
            Close::Internal
        }
        _ => Close::Forbidden(why),
    }
}

/// Why reading failed: a message over the bound is worth a word, anything else is a peer that is gone.
fn why(error: &axum::Error) -> Ended {
    use tokio_tungstenite::tungstenite::Error as Wire;
    let wire = std::error::Error::source(error).and_then(|inner| inner.downcast_ref::<Wire>());
    match wire {
        Some(Wire::Capacity(_)) => Close::TooBig.into(),
        Some(Wire::Utf8(_)) => Close::Bad("Messages are text in UTF-8").into(),
        _ => Ended::Gone,
    }
}
