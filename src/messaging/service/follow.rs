//! Following a conversation as it changes: one loop, whoever reads.

use futures_util::Stream;
use futures_util::stream;

use super::super::view::Change;
use super::read::{newest_change, next_change};
use crate::events::Listener;
use crate::kernel::Result;
use crate::kernel::ids::MatchId;
use crate::op::Op;

/// What somebody who follows may know of a conversation. Each question is decided anew.
pub(super) trait Reader: Send + Sync {
    /// A change, as they may know of it.
    type Change: Send;

    /// The number of the newest change, where somebody who follows from now on begins.
    fn newest(&self, op: &Op) -> impl Future<Output = Result<i64>> + Send;

    /// The first change after this number that they may know of, with its own number.
    fn next(&self, op: &Op, after: i64) -> impl Future<Output = Result<Option<(i64, Self::Change)>>> + Send;
}

/// Somebody who follows. It keeps a place among the changes and nothing else: an event only wakes it, and each change is
/// read with a fresh decision when the receiver is ready for it. So nothing piles up for a slow one, nothing is lost when
/// events are, and nothing is handed out after the right to it has ended.
struct Follower<R> {
    op: Op,
    reader: R,
    after: i64,
    conversation: Listener,
    right: Listener,
    is_over: bool,
}

/// Follows the conversation of a match: first what changed after the place `after` (nothing, when there is none), then
/// what changes. `right` is heard when the right to read may have ended; it must have been listened to before anything was
/// decided. When the right has ended, the last item is the error and the stream is complete.
pub(super) async fn follow_as<R: Reader>(
    op: &Op,
    of: MatchId,
    reader: R,
    after: Option<i64>,
    right: Listener,
) -> Result<impl Stream<Item = Result<R::Change>> + Send + use<R>> {
    // Listening begins before the first look, so that nothing falls between the two.
    let conversation = op.core().hub.listen(&format!("conversation:{}", of.uuid()));
    let newest = reader.newest(op).await?;
    let follower =
        Follower { op: op.clone(), reader, after: after.unwrap_or(newest), conversation, right, is_over: false };
    Ok(stream::unfold(follower, Follower::next))
}

impl<R: Reader> Follower<R> {
    async fn next(mut self) -> Option<(Result<R::Change>, Self)> {
        while !self.is_over {
            match self.reader.next(&self.op, self.after).await {
                Ok(Some((number, change))) => {
                    self.after = number;
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
            event = self.right.next() => event.is_some(),
        }
    }
}

/// One of the two sides of a match.
struct OfSide(MatchId);

impl Reader for OfSide {
    type Change = Change;

    async fn newest(&self, op: &Op) -> Result<i64> {
        newest_change(op, self.0).await
    }

    async fn next(&self, op: &Op, after: i64) -> Result<Option<(i64, Change)>> {
        Ok(next_change(op, self.0, after).await?.map(|change| (change.number, change)))
    }
}

/// Follows the conversation of one's own match, until the right to read it ends.
pub async fn follow(
    op: &Op,
    id: MatchId,
    after: Option<i64>,
) -> Result<impl Stream<Item = Result<Change>> + Send + use<>> {
    let tie = op.core().hub.listen(&format!("match:{}", id.uuid()));
    follow_as(op, id, OfSide(id), after, tie).await
}
