//! The composition root of GraphQL: every feature's roots in one schema.

use std::sync::Arc;

use async_graphql::{MergedObject, MergedSubscription, Request, Schema, SchemaBuilder};

use crate::graphql::Limits;
use crate::identity::graphql::{IdentityMutation, IdentityQuery};
use crate::messaging::Messaging;
use crate::messaging::graphql::{MessagingMutation, MessagingQuery, MessagingSubscription};
use crate::moderation::graphql::{ModerationMutation, ModerationQuery, ModerationSubscription};
use crate::op::Op;

/// What can be asked.
#[derive(Debug, Default, MergedObject)]
pub struct Query(IdentityQuery, MessagingQuery, ModerationQuery);

/// What can be changed.
#[derive(Debug, Default, MergedObject)]
pub struct Mutation(IdentityMutation, MessagingMutation, ModerationMutation);

/// What can be watched.
#[derive(Debug, Default, MergedSubscription)]
pub struct Subscription(MessagingSubscription, ModerationSubscription);

/// The whole schema.
pub type AppSchema = Schema<Query, Mutation, Subscription>;

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
}

/// The schema under these limits, with what its features need beside the caller.
#[must_use]
pub fn build(limits: &Limits, messaging: Arc<Messaging>) -> AppSchema {
    limits.apply(builder()).data(messaging).finish()
}

/// Puts on a request what resolvers need: the operation, and loaders that live as long as it.
#[must_use]
pub fn equip(request: Request, op: Op) -> Request {
    request.data(op)
}

/// The schema in the definition language, sorted, as committed in `graphql/schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    builder().finish().sdl_with_options(options)
}
