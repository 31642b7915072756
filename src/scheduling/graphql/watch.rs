//! The subscription of scheduling.

use async_graphql::{Context, ID, Result, SimpleObject, Subscription};
use futures_util::stream::{BoxStream, StreamExt as _};

use super::super::service;
use super::Session;
use crate::graphql::{fault, target};
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
        let id = target(&match_id, "matchId").map_err(fault)?;
        let changes = service::watch::session_changes(ctx.data::<Op>()?, id).await.map_err(fault)?;
        let shown = |change: Option<_>| SessionChange { session: change.map(Session::from) };
        Ok(changes.map(move |change| change.map(shown).map_err(fault)).boxed())
    }
}

/// A change of a match's sessions.
#[derive(Debug, SimpleObject)]
pub struct SessionChange {
    /// The session as it is now; null when changes may have been missed and the list should be read again.
    pub session: Option<Session>,
}
