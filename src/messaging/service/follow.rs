//! Following a conversation as it changes.

use futures_util::Stream;
use futures_util::stream;

use super::super::view::Change;
use super::read::{newest_change, next_change};
use crate::events::Listener;
use crate::kernel::Result;
use crate::kernel::ids::MatchId;
use crate::op::Op;

/// Somebody who listens to a conversation. It keeps a place among the changes and nothing else: an event only wakes it,
/// and each change is read with a fresh decision when the receiver is ready for it. So nothing piles up for a slow one,
/// nothing is lost when events are, and nothing is handed out after the right to it has ended.
#[derive(Debug)]
pub struct Follower {
    op: Op,
    id: MatchId,
    after: i64,
    conversation: Listener,
    tie: Listener,
    is_over: bool,
}

/// Follows a conversation: first what changed after the place `after` (nothing, when there is none), then what changes.
/// When the right to read ends, the last item is the error and the stream is complete.
pub async fn follow(op: &Op, id: MatchId, after: Option<i64>) -> Result<Follower> {
    // Listening begins before the first look, so that nothing falls between the two.
    let hub = &op.core().hub;
    let conversation = hub.listen(&format!("conversation:{}", id.uuid()));
    let tie = hub.listen(&format!("match:{}", id.uuid()));
    let newest = newest_change(op, id).await?;
    let after = after.unwrap_or(newest);
    Ok(Follower { op: op.clone(), id, after, conversation, tie, is_over: false })
}

impl Follower {
    /// The changes, one by one.
    pub fn changes(self) -> impl Stream<Item = Result<Change>> + Send {
        stream::unfold(self, Self::next)
    }

    async fn next(mut self) -> Option<(Result<Change>, Self)> {
        while !self.is_over {
            match next_change(&self.op, self.id, self.after).await {
                Ok(Some(change)) => {
                    self.after = change.number;
                    return Some((Ok(change), self));
                }
                Ok(None) => self.is_over = !self.woken().await,
                Err(error) => {
                    self.is_over = true;
                    return Some((Err(error), self));
                }
            }
        }
        None
    }

    /// Waits until there may be something new; false when nothing can come any more. What was missed does not matter.
    async fn woken(&mut self) -> bool {
        tokio::select! {
            event = self.conversation.next() => event.is_some(),
            event = self.tie.next() => event.is_some(),
        }
    }
}
