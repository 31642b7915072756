//! Proposals: made and listed by coordinators, seen by each side as far as it may.

use super::candidates::Scales;
use super::{after, back_to_triaged, names, store, tell_request, watch};
use crate::access::{Permit, PrincipalKind, Resource, act};
use crate::kernel::ids::{MentorId, ProposalId};
use crate::kernel::{Code, Error, Page, PageRequest, Problem, Result};
use crate::matching::model::evaluate::{POLICY_VERSION, Snapshot, replay};
use crate::matching::model::inputs::{NewProposal, fresh};
use crate::matching::model::records::{AnonymousProfile, BroadFacts, Grounds, Proposal, ProposalView, SupportRequest};
use crate::matching::model::refusals::{self, excluded};
use crate::matching::model::states::{ProposalState, RequestState};
use crate::mentors;
use crate::op::{Op, Tx};
use crate::ties;

/// A coordinator proposes a mentor for a triaged request; the family is asked first. Refused with every reason if the
/// mentor is excluded now. What the decision rests on is stored with it, so that it can be replayed.
pub async fn propose_match(op: &Op, input: NewProposal) -> Result<ProposalView> {
    op.write(|tx| async move {
        let permit = tx.allow::<act::ProposeMatch>(store::request_facts(&tx, input.request).await?)?;
        let request = store::load_request(&tx, &permit, input.request).await?;
        fresh(input.version, request.version)?;
        if request.state == RequestState::Proposing {
            return Err(refusals::proposal_open().into());
        }
        request.state.check(RequestState::Proposing, "input.requestId")?;
        let intensity = input.intensity.unwrap_or(request.facts.intensity);
        let (snapshot, score) = weigh(&tx, &permit, &request, input).await?;
        let id: ProposalId = tx.make_id();
        let expires_at = after(&tx, tx.op().core().clocks.family_answer);
        let new = store::NewProposalRow {
            id,
            request: &request,
            mentor: input.mentor,
            weight: intensity.weight(),
            score,
            snapshot,
            policy_version: POLICY_VERSION,
            created_by: tx.principal().account.ok_or(Error::Forbidden)?,
            expires_at,
        };
        let stored = store::insert_proposal(&tx, &permit, new).await;
        stored.map_err(|error| error.explain("one_live_proposal_per_request", refusals::proposal_open()))?;
        let to = Some(RequestState::Proposing);
        let step = store::RequestStep { to, due_at: Some(expires_at), ..Default::default() };
        store::step_request(&tx, &permit, request.id, step).await?;
        watch(&tx, id, expires_at).await?;
        tx.named(permit.decision(), [id]);
        tx.touched(permit.decision(), &["state"]);
        tell_request(&tx, request.id, request.programme);
        look(&tx, id).await
    })
    .await
}

/// Weighs the mentor now. Gives the snapshot and the score, or the refusal with every exclusion. A mentor of another
/// programme is as unknown as one that nobody has.
async fn weigh(
    tx: &Tx,
    permit: &Permit<act::ProposeMatch>,
    request: &SupportRequest,
    input: NewProposal,
) -> Result<(String, i64)> {
    const PATH: &str = "input.mentorId";
    let here = mentors::facts(tx, input.mentor).await?.filter(|of| of.programme == Some(request.programme));
    let mentor = match here {
        Some(_) => mentors::matching_facts_of(tx, permit.decision(), input.mentor).await?,
        None => None,
    };
    let Some(mentor) = mentor else {
        return Err(Problem::at(Code::UnknownReference, PATH, "This names nothing that you can see.").into());
    };
    let scales = Scales::load(tx, permit, request, input.intensity.unwrap_or(request.facts.intensity)).await?;
    let facts = scales.facts(&mentor);
    let weighed = scales.weigh(&facts);
    if !weighed.exclusions.is_empty() {
        let problems = weighed.exclusions.iter().map(|exclusion| excluded(exclusion.code, PATH)).collect();
        return Err(Error::Refused(problems));
    }
    let snapshot = Snapshot {
        policy_version: POLICY_VERSION.to_owned(),
        now: tx.now().as_microsecond(),
        request: scales.request().clone(),
        mentor: facts,
    };
    Ok((serde_json::to_string(&snapshot).map_err(Error::internal)?, weighed.score))
}

/// One proposal, as far as the caller may see it.
pub async fn proposal(op: &Op, id: ProposalId) -> Result<ProposalView> {
    op.read(|tx| async move { look(&tx, id).await }).await
}

/// What the caller may see of a proposal. Families see an anonymous profile; mentors see the situation in broad terms;
/// coordinators see both and what the decision rested on.
pub(super) async fn look(tx: &Tx, id: ProposalId) -> Result<ProposalView> {
    let permit = tx.allow::<act::ReadProposal>(store::proposal_facts(tx, id).await?)?;
    let proposal = store::load_proposal(tx, &permit, id).await?;
    view(tx, &permit, proposal).await
}

/// The answer to somebody whose own step ended their right to look: only what they know already.
pub(super) fn farewell(proposal: &Proposal) -> ProposalView {
    ProposalView {
        id: proposal.id,
        request: None,
        state: proposal.state,
        weight: proposal.weight,
        created_at: proposal.created_at,
        expires_at: None,
        paused_at: None,
        profile: None,
        facts: None,
        question: None,
        information: None,
        grounds: None,
        version: proposal.version,
    }
}

pub(super) async fn view(tx: &Tx, permit: &Permit<act::ReadProposal>, proposal: Proposal) -> Result<ProposalView> {
    let kind = tx.principal().kind;
    let (family, mentor) = (kind == PrincipalKind::FamilyMember, kind == PrincipalKind::Mentor);
    let mut view = farewell(&proposal);
    (view.expires_at, view.paused_at) = (proposal.expires_at, proposal.paused_at);
    if !mentor {
        view.request = Some(proposal.request);
        view.profile = profile(tx, permit, &proposal).await?;
    }
    if !family {
        let request = store::load_request(tx, permit, proposal.request).await?;
        // Whom else the family turned away is nobody's business but the coordinators'.
        let excluded_mentors = if mentor { Vec::new() } else { request.facts.excluded_mentors.clone() };
        view.facts = Some(BroadFacts { excluded_mentors, ..request.facts });
        (view.question, view.information) = (proposal.question.clone(), proposal.information.clone());
    }
    if !family && !mentor {
        view.grounds = Some(grounds(tx, permit, proposal).await?);
    }
    Ok(view)
}

async fn profile(tx: &Tx, permit: &Permit<act::ReadProposal>, proposal: &Proposal) -> Result<Option<AnonymousProfile>> {
    let profile = mentors::public_profile(tx, permit.decision(), proposal.mentor).await?;
    Ok(profile.map(|of| AnonymousProfile { languages: of.languages, topics: of.topics, about: of.about }))
}

async fn grounds(tx: &Tx, permit: &Permit<act::ReadProposal>, proposal: Proposal) -> Result<Grounds> {
    let mut names = names::of_mentors(tx, permit.decision(), &[proposal.mentor]).await?;
    Ok(Grounds {
        family: proposal.family,
        mentor: proposal.mentor,
        mentor_first_name: names.remove(&proposal.mentor),
        score: proposal.score,
        reasons: replay(&proposal.snapshot).map(|candidate| candidate.reasons),
        policy_version: proposal.policy_version,
        declarations: store::declarations(tx, permit, proposal.id).await?,
        declined_by: proposal.declined_by,
        decline_reason: proposal.decline_reason,
    })
}

/// The proposals that the caller may see, newest first: their states and clocks. Who wants more looks at one.
pub async fn list_proposals(op: &Op, states: Vec<ProposalState>, request: PageRequest) -> Result<Page<ProposalView>> {
    let filter = &store::ProposalFilter { states };
    op.read(|tx| async move {
        let scope = tx.scope::<act::ListProposals>(tx.own_programme::<act::ListProposals>()?)?;
        let page = store::proposal_page(&tx, &scope, filter, request).await?;
        tx.named(scope.decision(), page.items.iter().map(|item| item.id));
        let mentor = tx.principal().kind == PrincipalKind::Mentor;
        Ok(page.map(|item| ProposalView {
            request: Some(item.request).filter(|_| !mentor),
            expires_at: item.expires_at,
            paused_at: item.paused_at,
            ..farewell(&item)
        }))
    })
    .await
}

/// Lets a proposal expire whose time to answer is over, and puts its request back on the board, due at once. Does nothing
/// when it was answered, is paused, or was given more time.
pub(crate) async fn expire(op: &Op, id: ProposalId) -> Result<()> {
    // The field of the job that names the proposal.
    const PATH: &str = "proposal";
    op.write(|tx| async move {
        let permit = tx.allow::<act::RunJob>(Some(Resource::system()))?;
        let proposal = store::load_proposal(&tx, &permit, id).await?;
        if !overdue(&tx, &proposal) {
            return Ok(());
        }
        proposal.state.check(ProposalState::Expired, PATH)?;
        tx.named(permit.decision(), [Into::<uuid::Uuid>::into(id), proposal.request.into()]);
        tx.touched(permit.decision(), &["state"]);
        store::step_proposal(&tx, &permit, id, ProposalState::Expired, store::ProposalStep::default()).await?;
        back_to_triaged(&tx, &permit, &proposal, tx.now(), PATH).await
    })
    .await
}

/// Takes back every proposal under way to a mentor who does not stand any more, and puts the requests back on the board, due
/// at once. Does nothing when the mentor stands again.
pub(crate) async fn take_back_from(op: &Op, mentor: MentorId) -> Result<()> {
    const PATH: &str = "mentor";
    op.write(|tx| async move {
        let permit = tx.allow::<act::RunJob>(Some(Resource::system()))?;
        if ties::mentors_who_stand(tx.conn()?, &[mentor]).await?.contains(&mentor) {
            return Ok(());
        }
        let fallen = store::live_proposals_to(&tx, &permit, mentor).await?;
        for proposal in &fallen {
            proposal.state.check(ProposalState::Withdrawn, PATH)?;
            tx.named(permit.decision(), [Into::<uuid::Uuid>::into(proposal.id), proposal.request.into()]);
            tx.touched(permit.decision(), &["state"]);
            let step = store::ProposalStep::default();
            store::step_proposal(&tx, &permit, proposal.id, ProposalState::Withdrawn, step).await?;
            back_to_triaged(&tx, &permit, proposal, tx.now(), PATH).await?;
        }
        Ok(())
    })
    .await
}

/// Whether the time to answer is over: not while the clock stands for a question.
pub(super) fn overdue(tx: &Tx, proposal: &Proposal) -> bool {
    let waits = proposal.state.is_live() && proposal.state != ProposalState::NeedsInformation;
    waits && proposal.expires_at.is_some_and(|end| end <= tx.now())
}
