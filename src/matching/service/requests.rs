//! Support requests: written by families, worked on by coordinators.

use super::{after, drop_proposal, finish, store, tell_request};
use crate::access::{Permit, act};
use crate::families;
use crate::kernel::ids::{FamilyId, MentorId, RequestId};
use crate::kernel::{Code, Error, Page, PageRequest, Problem, Result};
use crate::matching::model::facts::Urgency;
use crate::matching::model::inputs::{RequestDraft, fresh};
use crate::matching::model::records::{BoardOrder, SupportRequest};
use crate::matching::model::refusals::{MATCH_LIVE, NO_SAFE_CONTACT_PLAN, REQUEST_OPEN};
use crate::matching::model::states::{CloseReason, EndReason, RequestState};
use crate::op::{Op, Tx};

/// The field that names the request, in every input here.
const PATH: &str = "input.requestId";

/// Writes a draft: a new one for the caller's family, or a change of one that is not sent yet. Refused while the family
/// has another open request.
pub async fn save_support_request(op: &Op, input: RequestDraft) -> Result<SupportRequest> {
    let input = &input.check()?;
    op.write(|tx| async move {
        let family = match input.request {
            Some(id) => store::family_of(&tx, id).await?,
            None => tx.principal().family,
        };
        let permit = writing(&tx, family).await?;
        check_excluded(&tx, &permit, &input.facts.excluded_mentors).await?;
        let id = match input.request {
            Some(id) => change(&tx, &permit, id, input).await?,
            None => create(&tx, &permit, input).await?,
        };
        tx.named(permit.decision(), [id]);
        tx.touched(permit.decision(), &["facts", "hopes"]);
        store::load_request(&tx, &permit, id).await
    })
    .await
}

/// The right to write a family's request.
async fn writing(tx: &Tx, family: Option<FamilyId>) -> Result<Permit<act::WriteRequest>> {
    let found = match family {
        Some(family) => families::facts(tx, family).await?,
        None => None,
    };
    tx.allow::<act::WriteRequest>(found)
}

async fn create(tx: &Tx, permit: &Permit<act::WriteRequest>, input: &RequestDraft) -> Result<RequestId> {
    let id: RequestId = tx.make_id();
    let stored = store::insert_request(tx, permit, id, &input.facts, input.hopes.as_deref()).await;
    let open = Problem::at(REQUEST_OPEN, PATH, "Your family has an open request already.");
    stored.map_err(|error| error.explain("one_open_request_per_family", open))?;
    Ok(id)
}

async fn change(tx: &Tx, permit: &Permit<act::WriteRequest>, id: RequestId, input: &RequestDraft) -> Result<RequestId> {
    let request = store::load_request(tx, permit, id).await?;
    fresh(input.version, request.version)?;
    if request.state != RequestState::Draft {
        let message = "This request has been sent; it can no longer be changed.";
        return Err(Problem::at(Code::WrongState, PATH, message).into());
    }
    store::write_request(tx, permit, id, &input.facts, input.hopes.as_deref()).await?;
    Ok(id)
}

/// A family can only turn away mentors whom it has met: any other is unknown to it.
async fn check_excluded(tx: &Tx, permit: &Permit<act::WriteRequest>, mentors: &[MentorId]) -> Result<()> {
    let met = store::met(tx, permit, permit.id(), mentors).await?;
    let unknown = mentors.iter().enumerate().filter(|(_, mentor)| !met.contains(mentor));
    let problem = |(at, _): (usize, &MentorId)| {
        let path = format!("input.facts.excludedMentors.{at}");
        Problem::at(Code::UnknownReference, &path, "This names nothing that you can see.")
    };
    let problems: Vec<Problem> = unknown.map(problem).collect();
    if problems.is_empty() { Ok(()) } else { Err(Error::Refused(problems)) }
}

/// Sends a draft to the coordinators and starts the clock of the first reply. Refused before the family has said how it
/// is safe to reach it.
pub async fn submit_support_request(op: &Op, id: RequestId, version: Option<i32>) -> Result<SupportRequest> {
    op.write(|tx| async move {
        let family = store::family_of(&tx, id).await?;
        let permit = writing(&tx, family).await?;
        let request = store::load_request(&tx, &permit, id).await?;
        fresh(version, request.version)?;
        if request.state != RequestState::Draft {
            let step = (request.state.as_str(), "submitted");
            return Err(crate::kernel::states::wrong_state("support_request", step, PATH).into());
        }
        if families::safe_windows(&tx, permit.decision(), request.family).await?.is_none() {
            let message = "Say first how it is safe to reach you.";
            return Err(Problem::at(NO_SAFE_CONTACT_PLAN, PATH, message).into());
        }
        let due_at = after(&tx, tx.op().core().clocks.first_reply);
        let to = Some(RequestState::Submitted);
        let step = store::RequestStep { to, due_at: Some(due_at), submitted: true, ..Default::default() };
        store::step_request(&tx, &permit, id, step).await?;
        tx.named(permit.decision(), [id]);
        tx.touched(permit.decision(), &["state"]);
        tell_request(&tx, id, request.programme);
        store::load_request(&tx, &permit, id).await
    })
    .await
}

/// The family takes its request back, at any time and without a reason. What hangs on it goes with it: a proposal under
/// way is withdrawn, a live match ends.
pub async fn withdraw_support_request(op: &Op, id: RequestId, version: Option<i32>) -> Result<SupportRequest> {
    op.write(|tx| async move {
        let permit = tx.allow::<act::WithdrawRequest>(store::request_facts(&tx, id).await?)?;
        let request = store::load_request(&tx, &permit, id).await?;
        fresh(version, request.version)?;
        request.state.check(RequestState::Withdrawn, PATH)?;
        drop_proposal(&tx, &permit, id, PATH).await?;
        if let Some(the) = store::live_match_of(&tx, &permit, id).await? {
            tx.named(permit.decision(), [the.id]);
            finish(&tx, &permit, &the, EndReason::FamilyChoice, PATH).await?;
        }
        let step = store::RequestStep { to: Some(RequestState::Withdrawn), ..Default::default() };
        store::step_request(&tx, &permit, id, step).await?;
        tx.touched(permit.decision(), &["state"]);
        tell_request(&tx, id, request.programme);
        store::load_request(&tx, &permit, id).await
    })
    .await
}

/// A coordinator says how soon; from then on the clock of the proposal runs. The urgency can be changed as long as no
/// match stands; a request with a match is matched until the match ends.
pub async fn triage_support_request(
    op: &Op,
    id: RequestId,
    urgency: Urgency,
    version: Option<i32>,
) -> Result<SupportRequest> {
    op.write(|tx| async move {
        let permit = tx.allow::<act::TriageRequest>(store::request_facts(&tx, id).await?)?;
        let request = store::load_request(&tx, &permit, id).await?;
        fresh(version, request.version)?;
        if request.state == RequestState::Matched {
            return Err(match_live());
        }
        let again = matches!(request.state, RequestState::Triaged | RequestState::Proposing);
        let step = if again {
            store::RequestStep { urgency: Some(urgency), due_at: request.due_at, ..Default::default() }
        } else {
            request.state.check(RequestState::Triaged, PATH)?;
            let due_at = Some(after(&tx, tx.op().core().clocks.proposal));
            let to = Some(RequestState::Triaged);
            store::RequestStep { to, urgency: Some(urgency), due_at, triaged: true, ..Default::default() }
        };
        store::step_request(&tx, &permit, id, step).await?;
        tx.touched(permit.decision(), &["state", "urgency"]);
        tell_request(&tx, id, request.programme);
        store::load_request(&tx, &permit, id).await
    })
    .await
}

fn match_live() -> Error {
    Problem::at(MATCH_LIVE, PATH, "A match stands for this request. End the match first.").into()
}

/// A coordinator closes a request with a reason. A proposal under way is withdrawn; a live match must be ended first.
pub async fn close_support_request(
    op: &Op,
    id: RequestId,
    reason: CloseReason,
    version: Option<i32>,
) -> Result<SupportRequest> {
    op.write(|tx| async move {
        let permit = tx.allow::<act::CloseRequest>(store::request_facts(&tx, id).await?)?;
        let request = store::load_request(&tx, &permit, id).await?;
        fresh(version, request.version)?;
        request.state.check(RequestState::Closed, PATH)?;
        if store::live_match_of(&tx, &permit, id).await?.is_some() {
            return Err(match_live());
        }
        drop_proposal(&tx, &permit, id, PATH).await?;
        let to = Some(RequestState::Closed);
        let step = store::RequestStep { to, close_reason: Some(reason), ..Default::default() };
        store::step_request(&tx, &permit, id, step).await?;
        tx.touched(permit.decision(), &["state", "closeReason"]);
        tell_request(&tx, id, request.programme);
        store::load_request(&tx, &permit, id).await
    })
    .await
}

/// One request, for its family and for coordinators.
pub async fn support_request(op: &Op, id: RequestId) -> Result<SupportRequest> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ReadRequest>(store::request_facts(&tx, id).await?)?;
        store::load_request(&tx, &permit, id).await
    })
    .await
}

/// The coordinators' board, or a family's own requests: what is due first comes first, or the most urgent.
pub async fn list_support_requests(
    op: &Op,
    states: Vec<RequestState>,
    order: BoardOrder,
    request: PageRequest,
) -> Result<Page<SupportRequest>> {
    let filter = &store::RequestFilter { states, order };
    op.read(|tx| async move {
        let scope = tx.scope::<act::ListRequests>(tx.own_programme::<act::ListRequests>()?)?;
        let page = store::request_page(&tx, &scope, filter, request).await?;
        tx.named(scope.decision(), page.items.iter().map(|item| item.id));
        Ok(page)
    })
    .await
}
