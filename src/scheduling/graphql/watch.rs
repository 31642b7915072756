//! The subscription of scheduling.

use std::sync::Arc;

use async_graphql::{Context, ID, Result, SimpleObject, Subscription};
use futures_util::stream::{BoxStream, StreamExt as _, unfold};

use super::super::service::{self, topic};
use super::Session;
use crate::events::{Event, Listener};
use crate::graphql::{fault, target};
use crate::kernel::ids::{MatchId, MeetingId};
use crate::kernel::{self, Error};
use crate::op::Op;

/// The subscriptions of scheduling.
#[derive(Debug, Default)]
pub struct SchedulingSubscription;

#[Subscription]
impl SchedulingSubscription {
    /// Each session of a match as it changes. Ends when the caller may no longer see the match.
    async fn session_changes(
        &self,
        ctx: &Context<'_>,
        match_id: ID,
    ) -> Result<BoxStream<'static, Result<SessionChange>>> {
        let op = ctx.data::<Op>()?.clone();
        let id = target(&match_id).map_err(fault)?;
        // The ears are open before the first decision, so that no change falls between the two.
        let watch = Watch::new(op, id);
        service::reads::watch(&watch.op, id).await.map_err(fault)?;
        Ok(unfold(watch, Watch::next).boxed())
    }
}

/// A change of a match's sessions.
#[derive(Debug, SimpleObject)]
pub struct SessionChange {
    /// The session as it is now; null when changes may have been missed and the list should be read again.
    pub session: Option<Session>,
}

struct Watch {
    op: Op,
    id: MatchId,
    sessions: Listener,
    of_match: Listener,
    over: bool,
}

/// What a listener heard: an event, or that some were missed.
type Heard = Option<Arc<Event>>;

impl Watch {
    fn new(op: Op, id: MatchId) -> Self {
        let hub = Arc::clone(&op.core().hub);
        let sessions = hub.listen(&topic(id));
        let of_match = hub.listen(&format!("match:{}", id.uuid()));
        Self { op, id, sessions, of_match, over: false }
    }

    /// The next change that the caller may still see; `None` when there will be no more.
    async fn next(mut self) -> Option<(Result<SessionChange>, Self)> {
        while !self.over {
            let told = tokio::select! {
                heard = self.of_match.next() => self.match_changed(heard?.is_none()).await,
                heard = self.sessions.next() => self.session_changed(heard?).await,
            };
            match told {
                Ok(None) => {}
                Ok(Some(change)) => return Some((Ok(change), self)),
                // Access has ended: so does the stream, without a word about why.
                Err(Error::NotFound | Error::Forbidden | Error::Unauthenticated) => return None,
                Err(error) => {
                    self.over = true;
                    return Some((Err(fault(error)), self));
                }
            }
        }
        None
    }

    /// The match itself changed, so access may have ended.
    async fn match_changed(&self, missed: bool) -> kernel::Result<Option<SessionChange>> {
        service::reads::watch(&self.op, self.id).await?;
        Ok(missed.then_some(SessionChange { session: None }))
    }

    /// A session changed: it is read again, with a fresh decision.
    async fn session_changed(&self, heard: Heard) -> kernel::Result<Option<SessionChange>> {
        let id = heard.and_then(|event| event.body.get("session").cloned());
        let Some(id) = id.and_then(|id| serde_json::from_value::<MeetingId>(id).ok()) else {
            return self.match_changed(true).await;
        };
        let session = service::reads::session(&self.op, id).await?;
        Ok(Some(SessionChange { session: Some(session.into()) }))
    }
}
