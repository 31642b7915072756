//! The composition root of GraphQL: every feature's roots in one schema.

use async_graphql::{MergedObject, MergedSubscription, Request, Schema, SchemaBuilder};

use crate::families::graphql::{FamiliesMutation, FamiliesQuery};
use crate::graphql::Limits;
use crate::identity::graphql::{IdentityMutation, IdentityQuery};
use crate::matching::graphql::{MatchMutation, MatchingQuery, ProposalMutation, RequestMutation};
use crate::mentors::graphql::{MentorsMutation, MentorsQuery};
use crate::op::Op;
use crate::oversight::graphql::OversightQuery;
use crate::scheduling::graphql::{SchedulingMutation, SchedulingQuery, SchedulingSubscription};

/// What can be asked.
#[derive(Debug, Default, MergedObject)]
pub struct Query(IdentityQuery, FamiliesQuery, MentorsQuery, MatchingQuery, SchedulingQuery, OversightQuery);

/// What can be changed.
#[derive(Debug, Default, MergedObject)]
pub struct Mutation(IdentityMutation, FamiliesMutation, MentorsMutation, Matching, SchedulingMutation);

/// What can be changed on the way to a match.
#[derive(Debug, Default, MergedObject)]
pub struct Matching(RequestMutation, ProposalMutation, MatchMutation);

/// What can be watched.
#[derive(Debug, Default, MergedSubscription)]
pub struct Subscription(SchedulingSubscription);

/// The whole schema.
pub type AppSchema = Schema<Query, Mutation, Subscription>;

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
}

/// The schema under these limits.
#[must_use]
pub fn build(limits: &Limits) -> AppSchema {
    limits.apply(builder()).finish()
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
