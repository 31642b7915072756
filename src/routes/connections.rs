//! The connections that requests come over: a bounded number, each with a bounded time to say what it wants.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use crate::app::App;
use crate::kernel::Result;

/// About the largest head of a request (its line and headers), in bytes: what has arrived beyond it is looked at once.
const HEAD: usize = 64 * 1024;
/// How long to wait when the system has no room for another connection.
const BREATH: Duration = Duration::from_millis(250);

/// Serves until the app is told to stop; then lets the requests in flight finish.
pub async fn serve(app: &App, listener: TcpListener) -> Result<()> {
    let limits = &app.settings.limits;
    let house =
        Arc::new(House { router: super::router(app), patience: limits.request_head_timeout, stop: app.stop.clone() });
    let (room, open) = (Arc::new(Semaphore::new(limits.connections as usize)), TaskTracker::new());
    loop {
        let accepted = tokio::select! {
            () = app.stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                if let Ok(place) = Arc::clone(&room).try_acquire_owned() {
                    open.spawn(Arc::clone(&house).host(Connection { stream, _place: place }, peer));
                } else {
                    // Closed at once: who waits in line would only find out later that nobody comes.
                    tracing::warn!("a connection was refused: all places are taken");
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    open.close();
    open.wait().await;
    Ok(())
}

/// What every connection shares.
struct House {
    router: Router,
    patience: Duration,
    stop: CancellationToken,
}

impl House {
    async fn host(self: Arc<Self>, connection: Connection, peer: SocketAddr) {
        // Answers are small and complete; waiting to fill a packet would only delay them.
        if let Err(error) = connection.stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection could not be set up");
        }
        let router = self.router.clone();
        let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            let answer = router.clone().oneshot(request.map(Body::new));
            async move { answer.await.map_err(|never: Infallible| never) }
        });
        let mut rules = http1::Builder::new();
        // The time for a head runs from the opening of the connection, and again from the end of each answer.
        rules.timer(TokioTimer::new()).header_read_timeout(self.patience).max_buf_size(HEAD);
        let mut serving = pin!(rules.serve_connection(TokioIo::new(connection), service).with_upgrades());
        let ended = tokio::select! {
            ended = serving.as_mut() => ended,
            () = self.stop.cancelled() => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

/// A connection and its place among the bounded number; a socket that a request became keeps the place.
struct Connection {
    stream: TcpStream,
    _place: OwnedSemaphorePermit,
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
