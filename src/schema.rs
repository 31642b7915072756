//! The composition root of GraphQL: every feature's roots in one schema.

use std::sync::Arc;

use async_graphql::{MergedObject, MergedSubscription, Request, Schema, SchemaBuilder};

use crate::breakglass::graphql::{BreakGlassFields, BreakGlassMutation, BreakGlassQuery, BreakGlassSubscription};
use crate::families::graphql::{
    FamiliesMutation, FamiliesQuery, FamilyFields, MarksMutation, MarksQuery, RightsMutation, RightsQuery,
};
use crate::graphql::{FaultCode, Limits};
use crate::identity::graphql::{
    AlertsMutation, AlertsQuery, FactorMutation, FactorQuery, IdentityMutation, IdentityQuery, PasskeyMutation,
    ProviderMutation, ResetMutation, ResetQuery, SignInsMutation, SignInsQuery,
};
use crate::ledger::graphql::LedgerQuery;
use crate::matching::graphql::{MatchMutation, MatchingQuery, ProposalMutation, RequestMutation};
use crate::mentors::graphql::{MentorFields, MentorsMutation, MentorsQuery};
use crate::messaging::Messaging;
use crate::messaging::graphql::{MessagingMutation, MessagingQuery, MessagingSubscription};
use crate::moderation::graphql::{ModerationMutation, ModerationQuery, ModerationSubscription};
use crate::node::NodeQuery;
use crate::op::Op;
use crate::oversight::graphql::OversightQuery;
use crate::releases::graphql::{ReleasesMutation, ReleasesQuery, ReleasesSubscription};
use crate::scheduling::graphql::{SchedulingMutation, SchedulingQuery, SchedulingSubscription, SessionFields};

/// What can be asked. Nested in groups: one flat row of many parts is more than the compiler bears.
#[derive(Debug, Default, MergedObject)]
pub struct Query(PeopleQuery, TogetherQuery, GuardQuery, NodeQuery);

/// What can be asked about people.
#[derive(Debug, Default, MergedObject)]
pub struct PeopleQuery(AccountsQuery, HomesQuery, MentorsQuery, OversightQuery);

/// What can be asked about families.
#[derive(Debug, Default, MergedObject)]
pub struct HomesQuery(FamiliesQuery, RightsQuery, MarksQuery);

/// What can be asked about accounts, how they are signed in, and what endangers them.
#[derive(Debug, Default, MergedObject)]
pub struct AccountsQuery(IdentityQuery, FactorQuery, ResetQuery, SignInsQuery, AlertsQuery);

/// What can be asked about what they do together.
#[derive(Debug, Default, MergedObject)]
pub struct TogetherQuery(MatchingQuery, SchedulingQuery, MessagingQuery, ModerationQuery);

/// What can be asked about what was done with a family's record.
#[derive(Debug, Default, MergedObject)]
pub struct GuardQuery(BreakGlassQuery, ReleasesQuery, LedgerQuery);

/// What can be changed.
#[derive(Debug, Default, MergedObject)]
pub struct Mutation(PeopleMutation, MatchingMutation, TogetherMutation, GuardMutation);

/// What can be changed about people.
#[derive(Debug, Default, MergedObject)]
pub struct PeopleMutation(AccountsMutation, HomesMutation, MentorsMutation);

/// What can be changed about families.
#[derive(Debug, Default, MergedObject)]
pub struct HomesMutation(FamiliesMutation, RightsMutation, MarksMutation);

/// What can be changed about accounts and how they are signed in.
#[derive(Debug, Default, MergedObject)]
pub struct AccountsMutation(
    IdentityMutation,
    FactorMutation,
    PasskeyMutation,
    ProviderMutation,
    ResetMutation,
    SignInsMutation,
    AlertsMutation,
);

/// What can be changed on the way to a match.
#[derive(Debug, Default, MergedObject)]
pub struct MatchingMutation(RequestMutation, ProposalMutation, MatchMutation);

/// What can be changed within a match.
#[derive(Debug, Default, MergedObject)]
pub struct TogetherMutation(SchedulingMutation, MessagingMutation, ModerationMutation);

/// What can be changed about who may see a family's record.
#[derive(Debug, Default, MergedObject)]
pub struct GuardMutation(BreakGlassMutation, ReleasesMutation);

/// What can be watched.
#[derive(Debug, Default, MergedSubscription)]
pub struct Subscription(
    SchedulingSubscription,
    MessagingSubscription,
    ModerationSubscription,
    BreakGlassSubscription,
    ReleasesSubscription,
);

/// The whole schema.
pub type AppSchema = Schema<Query, Mutation, Subscription>;

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    // No field answers with a fault's code, but clients want the list of them.
    Schema::build(Query::default(), Mutation::default(), Subscription::default()).register_output_type::<FaultCode>()
}

/// The schema under these limits, with what its features need beside the caller.
#[must_use]
pub fn build(limits: &Limits, messaging: Arc<Messaging>) -> AppSchema {
    limits.apply(builder()).data(messaging).finish()
}

/// Puts on a request what resolvers need: the operation, and loaders that live as long as it.
#[must_use]
pub fn equip(request: Request, op: Op) -> Request {
    let request = request.data(FamilyFields::new(&op)).data(MentorFields::new(&op));
    request.data(SessionFields::new(&op)).data(BreakGlassFields::new(&op)).data(op)
}

/// The schema in the definition language, sorted, as committed in `graphql/schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    builder().finish().sdl_with_options(options)
}
