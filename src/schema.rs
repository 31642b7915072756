//! The composition root of GraphQL: every feature's roots in one schema.

use std::sync::Arc;

use async_graphql::{MergedObject, MergedSubscription, Request, Schema, SchemaBuilder};

use crate::families::graphql::{FamiliesMutation, FamiliesQuery};
use crate::graphql::Limits;
use crate::identity::graphql::{AlertsQuery, IdentityMutation, IdentityQuery, SignInsMutation, SignInsQuery};
use crate::matching::graphql::{MatchMutation, MatchingQuery, ProposalMutation, RequestMutation};
use crate::mentors::graphql::{MentorsMutation, MentorsQuery};
use crate::messaging::Messaging;
use crate::messaging::graphql::{MessagingMutation, MessagingQuery, MessagingSubscription};
use crate::moderation::graphql::{ModerationMutation, ModerationQuery, ModerationSubscription};
use crate::node::NodeQuery;
use crate::op::Op;
use crate::oversight::graphql::OversightQuery;
use crate::scheduling::graphql::{SchedulingMutation, SchedulingQuery, SchedulingSubscription};

/// What can be asked. Nested in groups: one flat row of many parts is more than the compiler bears.
#[derive(Debug, Default, MergedObject)]
pub struct Query(PeopleQuery, TogetherQuery, NodeQuery);

/// What can be asked about people.
#[derive(Debug, Default, MergedObject)]
pub struct PeopleQuery(IdentityQuery, SignInsQuery, AlertsQuery, FamiliesQuery, MentorsQuery, OversightQuery);

/// What can be asked about what they do together.
#[derive(Debug, Default, MergedObject)]
pub struct TogetherQuery(MatchingQuery, SchedulingQuery, MessagingQuery, ModerationQuery);

/// What can be changed.
#[derive(Debug, Default, MergedObject)]
pub struct Mutation(PeopleMutation, MatchingMutation, TogetherMutation);

/// What can be changed about people.
#[derive(Debug, Default, MergedObject)]
pub struct PeopleMutation(IdentityMutation, SignInsMutation, FamiliesMutation, MentorsMutation);

/// What can be changed on the way to a match.
#[derive(Debug, Default, MergedObject)]
pub struct MatchingMutation(RequestMutation, ProposalMutation, MatchMutation);

/// What can be changed within a match.
#[derive(Debug, Default, MergedObject)]
pub struct TogetherMutation(SchedulingMutation, MessagingMutation, ModerationMutation);

/// What can be watched.
#[derive(Debug, Default, MergedSubscription)]
pub struct Subscription(SchedulingSubscription, MessagingSubscription, ModerationSubscription);

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
