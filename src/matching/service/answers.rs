//! What both sides and the coordinator answer to a proposal.

use jiff::Timestamp;

use super::proposals::{farewell, look, overdue};
use super::{after, back_to_triaged, keep_towns_apart, store, tell_match, tell_request, watch};
use crate::access::{ActionTag, Permit, act};
use crate::families;
use crate::kernel::ids::{MatchId, ProposalId};
use crate::kernel::{Code, MatchingKeys, Problem, Result};
use crate::matching::model::evaluate::ExclusionCode;
use crate::matching::model::inputs::{Conflict, FamilyAnswer, Information, MentorAnswer, MentorChoice, fresh};
use crate::matching::model::records::{DeclineReason, Proposal, ProposalView, Side};
use crate::matching::model::refusals::{self, PROPOSAL_NOT_POSSIBLE, PROPOSAL_OVERDUE, excluded};
use crate::matching::model::states::{MatchState, ProposalState, RequestState};
use crate::mentors;
use crate::op::{Op, Tx};
use crate::ties;

/// The field that names the proposal, in every input here.
const PATH: &str = "input.proposalId";

/// The family says yes or no to the anonymous profile. A yes declares that there is no conflict and puts the proposal to
/// the mentor; a declared conflict ends it, and keeps the two apart from then on.
pub async fn answer_proposal_as_family(op: &Op, input: FamilyAnswer) -> Result<ProposalView> {
    let input = &input.check()?;
    op.write(|tx| async move {
        let permit = tx.allow::<act::AnswerForFamily>(store::proposal_facts(&tx, input.proposal).await?)?;
        let proposal = open(&tx, &permit, input.proposal, input.version, ProposalState::OfferedToFamily).await?;
        tx.touched(permit.decision(), &["state"]);
        store::declare(&tx, &permit, proposal.id, Side::Family, &input.conflict).await?;
        if !input.accept || input.conflict.exists == Some(true) {
            decline(&tx, &permit, &proposal, Side::Family, &input.conflict, input.reason).await?;
            return look(&tx, proposal.id).await;
        }
        // The family's yes is a step of its own in the record, even though the mentor is asked at once.
        proposal.state.check(ProposalState::AcceptedByFamily, PATH)?;
        let step = store::ProposalStep::default();
        store::step_proposal(&tx, &permit, proposal.id, ProposalState::AcceptedByFamily, step).await?;
        ProposalState::AcceptedByFamily.check(ProposalState::OfferedToMentor, PATH)?;
        let until = after(&tx, tx.op().core().clocks.mentor_answer);
        offer_to_mentor(&tx, &permit, &proposal, until, None).await?;
        look(&tx, proposal.id).await
    })
    .await
}

/// The mentor says yes, no, or asks for more first. A yes makes the match in the same transaction: the mentor's places are
/// counted behind a lock, and the database counts them again.
pub async fn answer_proposal_as_mentor(op: &Op, input: MentorAnswer) -> Result<ProposalView> {
    let input = &input.check()?;
    op.write(|tx| async move {
        let permit = tx.allow::<act::AnswerAsMentor>(store::proposal_facts(&tx, input.proposal).await?)?;
        let proposal = open(&tx, &permit, input.proposal, input.version, ProposalState::OfferedToMentor).await?;
        tx.touched(permit.decision(), &["state"]);
        let conflict = input.conflict.exists == Some(true);
        match input.choice {
            MentorChoice::Accept if !conflict => accept(&tx, &permit, &proposal, &input.conflict).await?,
            MentorChoice::NeedsInformation if !conflict => {
                proposal.state.check(ProposalState::NeedsInformation, PATH)?;
                let step = store::ProposalStep {
                    paused_at: Some(tx.now()),
                    question: input.question.as_deref(),
                    ..Default::default()
                };
                store::step_proposal(&tx, &permit, proposal.id, ProposalState::NeedsInformation, step).await?;
                ask_coordinators(&tx, &permit, &proposal).await?;
            }
            MentorChoice::Accept | MentorChoice::NeedsInformation | MentorChoice::Decline => {
                store::declare(&tx, &permit, proposal.id, Side::Mentor, &input.conflict).await?;
                decline(&tx, &permit, &proposal, Side::Mentor, &input.conflict, input.reason).await?;
                // Who declined is no longer tied to the proposal and sees no more of it.
                return Ok(farewell(&store::load_proposal(&tx, &permit, proposal.id).await?));
            }
        }
        look(&tx, proposal.id).await
    })
    .await
}

/// A coordinator answers the mentor's question; the clock goes on where it stood.
pub async fn provide_information(op: &Op, input: Information) -> Result<ProposalView> {
    let input = &input.check()?;
    op.write(|tx| async move {
        let permit = tx.allow::<act::ManageProposal>(store::proposal_facts(&tx, input.proposal).await?)?;
        let proposal = open(&tx, &permit, input.proposal, input.version, ProposalState::NeedsInformation).await?;
        let stood = proposal.paused_at.map_or(jiff::SignedDuration::ZERO, |since| tx.now().duration_since(since));
        let until = proposal.expires_at.unwrap_or(tx.now()) + stood;
        tx.touched(permit.decision(), &["state", "information"]);
        offer_to_mentor(&tx, &permit, &proposal, until, Some(&input.text)).await?;
        look(&tx, proposal.id).await
    })
    .await
}

/// A coordinator takes a proposal back; the request waits for another one.
pub async fn withdraw_proposal(op: &Op, id: ProposalId, version: Option<i32>) -> Result<ProposalView> {
    op.write(|tx| async move {
        let permit = tx.allow::<act::ManageProposal>(store::proposal_facts(&tx, id).await?)?;
        let proposal = store::load_proposal(&tx, &permit, id).await?;
        fresh(version, proposal.version)?;
        proposal.state.check(ProposalState::Withdrawn, PATH)?;
        tx.touched(permit.decision(), &["state"]);
        let step = store::ProposalStep::default();
        store::step_proposal(&tx, &permit, id, ProposalState::Withdrawn, step).await?;
        back_to_triaged(&tx, &permit, &proposal, after(&tx, tx.op().core().clocks.proposal), PATH).await?;
        look(&tx, id).await
    })
    .await
}

/// The proposal, if it waits for this answer and the time is not over.
async fn open(
    tx: &Tx,
    permit: &Permit<impl ActionTag>,
    id: ProposalId,
    version: Option<i32>,
    waits_in: ProposalState,
) -> Result<Proposal> {
    let proposal = store::load_proposal(tx, permit, id).await?;
    fresh(version, proposal.version)?;
    if proposal.state != waits_in {
        let message = format!(
            "This proposal is {}; it does not wait for this answer.",
            proposal.state.as_str().replace('_', " ")
        );
        return Err(Problem::at(Code::WrongState, PATH, message).into());
    }
    if overdue(tx, &proposal) {
        return Err(Problem::at(PROPOSAL_OVERDUE, PATH, "The time to answer this proposal is over.").into());
    }
    Ok(proposal)
}

/// Puts the proposal to the mentor, who has until `until`.
async fn offer_to_mentor(
    tx: &Tx,
    permit: &Permit<impl ActionTag>,
    proposal: &Proposal,
    until: Timestamp,
    information: Option<&str>,
) -> Result<()> {
    let step = store::ProposalStep { expires_at: Some(until), information, ..Default::default() };
    store::step_proposal(tx, permit, proposal.id, ProposalState::OfferedToMentor, step).await?;
    let step = store::RequestStep { due_at: Some(until), ..Default::default() };
    store::step_request(tx, permit, proposal.request, step).await?;
    tell_request(tx, proposal.request, proposal.programme);
    watch(tx, proposal.id, until).await
}

/// Puts the mentor's question on the board: a coordinator owes a first reply.
async fn ask_coordinators(tx: &Tx, permit: &Permit<impl ActionTag>, proposal: &Proposal) -> Result<()> {
    let due_at = Some(after(tx, tx.op().core().clocks.first_reply));
    let step = store::RequestStep { due_at, ..Default::default() };
    store::step_request(tx, permit, proposal.request, step).await?;
    tell_request(tx, proposal.request, proposal.programme);
    Ok(())
}

/// Ends the proposal with a no. After a conflict the two are kept apart.
async fn decline(
    tx: &Tx,
    permit: &Permit<impl ActionTag>,
    proposal: &Proposal,
    side: Side,
    conflict: &Conflict,
    reason: Option<DeclineReason>,
) -> Result<()> {
    proposal.state.check(ProposalState::Declined, PATH)?;
    let has_conflict = conflict.exists == Some(true);
    let decline_reason = if has_conflict { Some(DeclineReason::Conflict) } else { reason };
    let step = store::ProposalStep { declined_by: Some(side), decline_reason, ..Default::default() };
    store::step_proposal(tx, permit, proposal.id, ProposalState::Declined, step).await?;
    if has_conflict {
        store::not_again(tx, permit, proposal.family, proposal.mentor).await?;
    }
    back_to_triaged(tx, permit, proposal, after(tx, tx.op().core().clocks.proposal), PATH).await
}

/// Both said yes: makes the match. Refused when the mentor is no longer ready or has no place left, or when the family has
/// a mentor already; the proposal then stays as it is.
async fn accept(tx: &Tx, permit: &Permit<act::AnswerAsMentor>, proposal: &Proposal, conflict: &Conflict) -> Result<()> {
    proposal.state.check(ProposalState::Accepted, PATH)?;
    mentors::lock(tx, proposal.mentor).await?;
    check_mentor(tx, permit, proposal).await?;
    if !ties::of_families(tx.conn()?, &[proposal.family]).await?.is_empty() {
        return Err(refusals::family_matched().into());
    }
    let request = store::load_request(tx, permit, proposal.request).await?;
    request.state.check(RequestState::Matched, PATH)?;
    store::declare(tx, permit, proposal.id, Side::Mentor, conflict).await?;
    let step = store::ProposalStep::default();
    store::step_proposal(tx, permit, proposal.id, ProposalState::Accepted, step).await?;
    let id: MatchId = tx.make_id();
    let first_contact_due_at = after(tx, tx.op().core().clocks.first_contact);
    store::insert_match(tx, permit, store::NewMatch { id, proposal, first_contact_due_at }).await?;
    let step = store::RequestStep { to: Some(RequestState::Matched), ..Default::default() };
    store::step_request(tx, permit, request.id, step).await?;
    tx.named(permit.decision(), [id]);
    tell_match(tx, id, MatchState::Active);
    tell_request(tx, request.id, request.programme);
    Ok(())
}

/// Whether the mentor may still take this match on.
async fn check_mentor(tx: &Tx, permit: &Permit<act::AnswerAsMentor>, proposal: &Proposal) -> Result<()> {
    let facts = mentors::matching_facts_of(tx, permit.decision(), proposal.mentor).await?;
    let mentor = facts.ok_or(crate::kernel::Error::NotFound)?;
    if !mentor.account_active {
        return Err(excluded(ExclusionCode::NoActiveAccount, PATH).into());
    }
    if mentor.stepped_back {
        return Err(excluded(ExclusionCode::SteppedBack, PATH).into());
    }
    if !mentor.readiness.ready {
        return Err(excluded(ExclusionCode::NotReady, PATH).into());
    }
    check_apart(tx, permit, proposal, &mentor.keys).await?;
    let load = ties::loads(tx.conn()?, &[proposal.mentor]).await?.remove(&proposal.mentor).unwrap_or(0);
    if load + i64::from(proposal.weight) > i64::from(mentor.capacity) {
        return Err(refusals::mentor_full().into());
    }
    Ok(())
}

/// Whether these two may still be brought together: a coordinator may have learned since the proposal that they belong to
/// one case or live in one town.
async fn check_apart(
    tx: &Tx,
    permit: &Permit<act::AnswerAsMentor>,
    proposal: &Proposal,
    mentor: &MatchingKeys,
) -> Result<()> {
    let facts = families::matching_facts(tx, permit.decision(), proposal.family).await?;
    let family = facts.ok_or(crate::kernel::Error::NotFound)?.keys;
    let towns_apart = keep_towns_apart(tx, permit.decision(), proposal.programme).await?;
    if family.same_case(mentor) || towns_apart && family.same_town(mentor) {
        let message = "This proposal cannot go on. Ask your coordinator.";
        return Err(Problem::at(PROPOSAL_NOT_POSSIBLE, PATH, message).into());
    }
    Ok(())
}
