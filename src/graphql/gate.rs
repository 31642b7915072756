//! The seam to whoever knows the callers: the kit asks a [`Gate`] and carries what it answers.

use std::{future::Future, net::IpAddr, sync::Arc};

use async_graphql::{Request, futures_util::future::BoxFuture};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::kernel;

/// What is known of one operation before anybody looks at it. On a socket every operation has its own.
#[derive(Debug, Clone)]
pub struct RequestMeta {
    /// Names this operation in the log, in the audit and in the answer's header `x-request-id`.
    pub request_id: Uuid,
    /// The caller's address, if the server told: the other end of the connection, or whom a trusted proxy got it from.
    pub peer: Option<IpAddr>,
    /// What the client calls itself, at most 200 characters.
    pub user_agent: Option<Arc<str>>,
}

/// Decides who calls: anew for each HTTP request, once for each `connection_init` on a socket.
pub trait Gate: Send + Sync + 'static {
    /// Admits a caller. `bearer` is the token, if one was given: a bad one is `Err(Unauthenticated)`, none at all may
    /// be admitted as an anonymous caller.
    fn admit(&self, bearer: Option<&str>, meta: &RequestMeta)
    -> impl Future<Output = kernel::Result<Admission>> + Send;
}

/// Puts what resolvers need on a request.
pub type Equip = dyn Fn(Request, &RequestMeta) -> Request + Send + Sync;

/// Looks up again whether an admitted caller still stands: one query. A refusal means that they do not; `Unavailable` and
/// `Internal` that nobody can tell.
pub type LookAgain = dyn Fn() -> BoxFuture<'static, kernel::Result<()>> + Send + Sync;

/// What an admitted caller brings along.
#[derive(Clone)]
pub struct Admission {
    /// Called once for every operation, so that each has its own loaders and its own request id.
    pub equip: Arc<Equip>,
    /// When the proof stops being good; sockets and event streams close then.
    pub expires_at: Option<Timestamp>,
    /// Fires when access was cut (account suspended, signed out everywhere); sockets and event streams close at once.
    pub cut: Option<CancellationToken>,
    /// Asked before each delivery of a subscription, before each operation of a socket, and every now and then, because the
    /// signal above can be lost on its way.
    pub standing: Option<Arc<LookAgain>>,
}

impl Admission {
    /// An admission that neither expires nor can be cut.
    pub fn new(equip: impl Fn(Request, &RequestMeta) -> Request + Send + Sync + 'static) -> Self {
        Self { equip: Arc::new(equip), expires_at: None, cut: None, standing: None }
    }

    /// Until when the proof is good.
    #[must_use]
    pub fn until(mut self, expires_at: Timestamp) -> Self {
        self.expires_at = Some(expires_at);
        self
    }

    /// What fires when access is cut.
    #[must_use]
    pub fn cut_by(mut self, cut: CancellationToken) -> Self {
        self.cut = Some(cut);
        self
    }

    /// What tells whether the caller still stands.
    #[must_use]
    pub fn checked_by(
        mut self,
        look: impl Fn() -> BoxFuture<'static, kernel::Result<()>> + Send + Sync + 'static,
    ) -> Self {
        self.standing = Some(Arc::new(look));
        self
    }

    /// Looks again whether the caller stands; who cannot be looked up within this time cannot be served either. A cut that
    /// is heard meanwhile is not waited for.
    pub(super) async fn look_again(&self, patience: std::time::Duration) -> kernel::Result<()> {
        let Some(look) = &self.standing else { return Ok(()) };
        tokio::select! {
            biased;
            () = self.cut() => Err(kernel::Error::Unauthenticated),
            looked = tokio::time::timeout(patience, look()) => {
                looked.unwrap_or(Err(kernel::Error::Unavailable("a caller could not be looked up")))
            }
        }
    }

    /// Waits until access is cut; for ever if it cannot be.
    pub(super) async fn cut(&self) {
        match &self.cut {
            Some(cut) => cut.cancelled().await,
            None => std::future::pending().await,
        }
    }

    pub(super) fn is_cut(&self) -> bool {
        self.cut.as_ref().is_some_and(CancellationToken::is_cancelled)
    }

    pub(super) fn expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// How long to wait before looking at the clock again.
    pub(super) fn next_look(&self, now: Timestamp, at_most: std::time::Duration) -> std::time::Duration {
        match self.expires_at {
            None => std::time::Duration::MAX,
            // A test may move the clock by hand, so a long wait is cut into shorter ones.
            Some(end) => std::time::Duration::try_from(end.duration_since(now)).unwrap_or_default().min(at_most),
        }
    }
}

impl std::fmt::Debug for Admission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Admission").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// The token of an `Authorization` value: `Bearer` in any case, one space, and the rest.
pub(super) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
