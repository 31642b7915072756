//! `node` and `nodes`: any record by its global id, under the same decisions as its own query.

use async_graphql::{Context, ID, Interface, Object, Result};

use crate::access::PrincipalKind;
use crate::graphql::{fault, target};
use crate::kernel::ids::{
    AccountId, BreakGlassId, CaseId, FamilyId, MatchId, MeetingId, MentorId, MessageId, ProgrammeId, ProposalId,
    ReleaseId, RequestId, TypedId,
};
use crate::kernel::{Code, Error, Problem};
use crate::op::Op;
use crate::{breakglass, families, identity, matching, mentors, messaging, moderation, releases, scheduling};

/// The most ids that one `nodes` may name.
const MOST: usize = 100;

/// Anything that has a global id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Its global id."))]
pub enum Node {
    /// An account.
    Account(identity::graphql::Account),
    /// A programme.
    Programme(identity::graphql::Programme),
    /// A family.
    Family(families::graphql::Family),
    /// A mentor.
    Mentor(mentors::graphql::Mentor),
    /// A support request.
    SupportRequest(matching::graphql::SupportRequest),
    /// A proposal.
    Proposal(matching::graphql::Proposal),
    /// A match.
    Match(matching::graphql::PeerMatch),
    /// A session.
    Session(scheduling::graphql::Session),
    /// A message.
    Message(messaging::graphql::Message),
    /// A moderation case.
    Case(moderation::graphql::ModerationCase),
    /// A family opened by break-glass.
    BreakGlass(breakglass::graphql::BreakGlassAccess),
    /// A release of information.
    Release(releases::graphql::InformationRelease),
}

/// Finding things by their global id.
#[derive(Debug, Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// One record by its global id.
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Result<Node> {
        find(ctx.data::<Op>()?, &id).await.map_err(fault)
    }

    /// Up to 100 records by their global ids, in the order asked for; null for what you cannot see. Each id costs as much
    /// as 20 fields, beside the fields asked of it.
    async fn nodes(&self, ctx: &Context<'_>, ids: Vec<ID>) -> Result<Vec<Option<Node>>> {
        if ids.len() > MOST {
            return Err(fault(Problem::at(Code::TooLong, "ids", "Name at most 100.").into()));
        }
        find_all(ctx.data::<Op>()?, &ids).await.map_err(fault)
    }
}

/// The records in the order of their ids, each under its own decision; none for what the caller cannot see. Nobody who is
/// not signed in can see any: the first id is tried and recorded for all of them, so that no stranger fills the log.
async fn find_all(op: &Op, ids: &[ID]) -> crate::kernel::Result<Vec<Option<Node>>> {
    let is_stranger = op.principal().kind == PrincipalKind::Anonymous;
    let (mut found, mut is_refused) = (Vec::with_capacity(ids.len()), false);
    for id in ids {
        if is_stranger && is_refused {
            found.push(None);
            continue;
        }
        match find(op, id).await {
            Ok(node) => found.push(Some(node)),
            Err(Error::NotAnId(_)) => found.push(None),
            Err(Error::NotFound | Error::Forbidden) => {
                is_refused = true;
                found.push(None);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

async fn find(op: &Op, id: &ID) -> crate::kernel::Result<Node> {
    let kind = id.split_once('_').map_or("", |(kind, _)| kind);
    Ok(match kind {
        AccountId::PREFIX => Node::Account(identity::account(op, target(id, "id")?).await?.into()),
        ProgrammeId::PREFIX => Node::Programme(identity::programme(op, target(id, "id")?).await?.into()),
        FamilyId::PREFIX => Node::Family(families::family(op, target(id, "id")?).await?.into()),
        MentorId::PREFIX => Node::Mentor(mentors::mentor(op, target(id, "id")?).await?.into()),
        RequestId::PREFIX => Node::SupportRequest(matching::support_request(op, target(id, "id")?).await?.into()),
        ProposalId::PREFIX => Node::Proposal(matching::proposal(op, target(id, "id")?).await?.into()),
        MatchId::PREFIX => Node::Match(matching::peer_match(op, target(id, "id")?).await?.into()),
        MeetingId::PREFIX => Node::Session(scheduling::session(op, target(id, "id")?).await?.into()),
        MessageId::PREFIX => Node::Message(messaging::message(op, target(id, "id")?).await?.into()),
        CaseId::PREFIX => Node::Case(moderation::case(op, target(id, "id")?).await?.into()),
        ReleaseId::PREFIX => Node::Release(releases::release(op, target(id, "id")?).await?.into()),
        BreakGlassId::PREFIX => Node::BreakGlass(breakglass::access(op, target(id, "id")?).await?.into()),
        _ => return Err(Error::NotAnId("id")),
    })
}
