//! Watching the sessions of a match.

use std::sync::Arc;

use futures_util::stream::{BoxStream, StreamExt as _, unfold};

use super::super::model::session::Session;
use super::reads;
use super::topic;
use crate::access::act;
use crate::events::{Event, Listener};
use crate::kernel::ids::{MatchId, MeetingId};
use crate::kernel::{Error, Result};
use crate::op::Op;
use crate::ties;

/// Each session of a match as it changes, for whoever may list them; `None` in place of a session means that changes
/// may have been missed. Every delivery is decided anew, and the stream ends when the caller may no longer see the match.
pub async fn session_changes(op: &Op, id: MatchId) -> Result<BoxStream<'static, Result<Option<Session>>>> {
    // The ears are open before the first decision, so that no change falls between the two.
    let watch = Watch::new(op.clone(), id);
    watch.decide().await?;
    Ok(unfold(watch, Watch::next).boxed())
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

    /// Whether the caller may watch the sessions of the match now.
    async fn decide(&self) -> Result<()> {
        let id = self.id;
        self.op
            .read(|tx| async move {
                tx.allow::<act::ListSessions>(ties::of_match(tx.conn()?, id).await?)?;
                Ok(())
            })
            .await
    }

    /// The next change that the caller may still see; `None` when there will be no more.
    async fn next(mut self) -> Option<(Result<Option<Session>>, Self)> {
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
                    return Some((Err(error), self));
                }
            }
        }
        None
    }

    /// The match itself changed, so access may have ended.
    async fn match_changed(&self, missed: bool) -> Result<Option<Option<Session>>> {
        self.decide().await?;
        Ok(missed.then_some(None))
    }

    /// A session changed: it is read again, with a fresh decision.
    async fn session_changed(&self, heard: Heard) -> Result<Option<Option<Session>>> {
        let id = heard.and_then(|event| event.body.get("session").cloned());
        match id.and_then(|id| serde_json::from_value::<MeetingId>(id).ok()) {
            Some(id) => reads::session(&self.op, id).await.map(|session| Some(Some(session))),
            None => self.match_changed(true).await,
        }
    }
}
