//! The use cases of mentors.

use super::model::readiness::{MAX_EVIDENCE, MentorState};
use super::model::record::{EVIDENCE_FULL, InviteMentor, Mentor, MentorFilter, Record, RecordEvidence, UpdateMentor};
use super::{store, view};
use crate::access::{Resource, act};
use crate::identity::{self, Invited, Invitee, Role};
use crate::kernel::ids::{EvidenceId, MentorId};
use crate::kernel::{Check, Code, Error, KeysDraft, MatchingKeys, Page, PageRequest, Problem, Result, Visible, zone};
use crate::op::{Each, Op, Tx};
use crate::screening;

/// An invitation that was just made. The code is told once and never stored.
#[derive(Debug, Clone)]
pub struct InvitedMentor {
    /// The mentor.
    pub mentor: Mentor,
    /// The invitation with its code, to be told to the mentor.
    pub invited: Invited,
}

/// Invites a mentor. Coordinators may, into their own programme.
pub async fn invite_mentor(op: &Op, input: InviteMentor) -> Result<InvitedMentor> {
    let input = input.check()?;
    let input = &input;
    op.write(|tx| async move {
        let permit = tx.allow::<act::InviteMentor>(Some(tx.own_programme::<act::InviteMentor>()?))?;
        let mentor = store::insert(&tx, &permit, input).await?;
        let of_mentor = tx.allow::<act::UpdateMentor>(store::facts(&tx, mentor).await?)?;
        let volunteer = Invitee {
            programme: permit.resource().programme,
            role: Role::Mentor,
            family: None,
            mentor: Some(mentor),
            first_name: input.first_name.clone(),
        };
        let invited = identity::invite(&tx, permit.decision(), volunteer).await?;
        store::set_account(&tx, &of_mentor, invited.account).await?;
        tx.named(permit.decision(), [mentor.uuid(), invited.account.uuid(), invited.invitation.uuid()]);
        tx.touched(of_mentor.decision(), &["account"]);
        Ok(InvitedMentor { mentor: view::load(&tx, &of_mentor).await?, invited })
    })
    .await
}

/// One page of the programme's mentors with their records, newest first. Coordinators and safeguarding leads may.
pub async fn list_mentors(op: &Op, filter: MentorFilter, request: PageRequest) -> Result<Page<Mentor>> {
    op.read(|tx| async move {
        let scope = tx.scope::<act::ListMentors>(tx.own_programme::<act::ListMentors>()?)?;
        let Page { items, has_next } = store::page(&tx, &scope, filter, view::today(&tx), request).await?;
        tx.named(scope.decision(), items.iter().map(|mentor| mentor.id));
        Ok(Page { items: view::with_records(&tx, scope.decision(), items).await?, has_next })
    })
    .await
}

/// One mentor: their first name and public profile, for themself, staff of their programme, and the families that they
/// are matched with now.
pub async fn mentor(op: &Op, id: MentorId) -> Result<Mentor> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ReadMentor>(store::facts(&tx, id).await?)?;
        view::load(&tx, &permit).await
    })
    .await
}

/// What only these mentors and staff see. Who may see a mentor but not this gets nothing, and the try is recorded.
pub async fn mentor_records(op: &Op, ids: &[MentorId]) -> Result<Each<MentorId, Option<Record>>> {
    op.read(|tx| async move {
        let decided = tx.allow_each::<act::ReadMentorRecord, _, _>(ids, store::facts_of(&tx, ids).await?);
        let kept = store::load_all(&tx, &decided.permits).await?;
        let records = view::records(&tx, &kept).await?;
        Ok(decided.answers_or_nothing(kept.iter().map(|mentor| mentor.id).zip(records).collect()))
    })
    .await
}

/// The keys that keep these mentors apart from families of their case or town, for coordinators.
pub async fn mentor_keys(op: &Op, ids: &[MentorId]) -> Result<Each<MentorId, Visible<MatchingKeys>>> {
    op.read(|tx| async move {
        let decided = tx.allow_each::<act::ReadMentorKeys, _, _>(ids, store::facts_of(&tx, ids).await?);
        let keys = store::keys::of_mentors(&tx, &decided.ids()).await?;
        Ok(decided.visible(&tx, keys))
    })
    .await
}

/// Sets the keys that keep a mentor apart from families of their case or town. Coordinators may, not the mentor: who could
/// take a key away could come near to people whom it protects. Refused when somebody else changed the record meanwhile.
pub async fn set_mentor_keys(op: &Op, id: MentorId, keys: KeysDraft, version: Option<i32>) -> Result<Mentor> {
    let change = &keys.check()?;
    op.write(|tx| async move {
        let permit = tx.allow::<act::SetMentorKeys>(store::facts(&tx, id).await?)?;
        let present = store::load(&tx, &permit).await?.version;
        check_version(version, present)?;
        let keys = change.apply(store::keys::load(&tx, &permit).await?);
        store::keys::set(&tx, &permit, &keys, present).await?;
        tx.touched(permit.decision(), &["matchingKeys"]);
        view::load(&tx, &permit).await
    })
    .await
}

/// Seals the keys that an older version of the service left in clear in mentors' profiles. Called when a node starts; does
/// nothing, and records nothing, when there are none.
pub async fn seal_keys_in_clear(op: &Op) -> Result<()> {
    while op.read(|tx| async move { store::keys::any_in_clear(&tx).await }).await? {
        op.write(|tx| async move {
            let permit = tx.allow::<act::RunJob>(Some(Resource::system()))?;
            let sealed = store::keys::seal_some(&tx, &permit).await?;
            tx.touched(permit.decision(), &["matchingKeys"]);
            tx.named(permit.decision(), sealed);
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// The caller's own record as a mentor; "forbidden" for everybody else.
pub async fn my_mentor_record(op: &Op) -> Result<Mentor> {
    op.read(|tx| async move {
        let id = tx.principal().mentor.ok_or_else(|| tx.refused::<act::ReadMentorRecord>())?;
        let permit = tx.allow::<act::ReadMentorRecord>(store::facts(&tx, id).await?)?;
        let kept = store::load(&tx, &permit).await?;
        view::with_records(&tx, permit.decision(), vec![kept]).await?.pop().ok_or(Error::NotFound)
    })
    .await
}

/// Changes a mentor's record: the mentor, or a coordinator. Refused when somebody else changed it meanwhile. A capacity
/// below the present load is taken: it only means that no match comes on top.
pub async fn update_mentor(op: &Op, id: MentorId, input: UpdateMentor) -> Result<Mentor> {
    let input = input.check()?;
    // Families read it, before names are shown too, and no reader looks it through first.
    let mut check = Check::new();
    screening::check_shown(&mut check, "input.about", input.about.as_deref().unwrap_or_default());
    check.done()?;
    let input = &input;
    op.write(|tx| async move {
        let permit = tx.allow::<act::UpdateMentor>(store::facts(&tx, id).await?)?;
        let present = store::load(&tx, &permit).await?.version;
        check_version(input.version, present)?;
        store::update(&tx, &permit, input, present).await?;
        tx.touched(permit.decision(), &input.fields());
        view::load(&tx, &permit).await
    })
    .await
}

fn check_version(expected: Option<i32>, present: i32) -> Result<()> {
    if expected.is_some_and(|version| version != present) {
        let message = "Somebody else changed this since you read it. Look again.";
        return Err(Problem::at(Code::Stale, "input.version", message).into());
    }
    Ok(())
}

/// Records a piece of evidence of a mentor's readiness. Coordinators may.
pub async fn record_evidence(op: &Op, id: MentorId, input: RecordEvidence) -> Result<Mentor> {
    let input = &input;
    op.write(|tx| async move {
        let permit = tx.allow::<act::RecordEvidence>(store::facts(&tx, id).await?)?;
        let kept = store::load(&tx, &permit).await?;
        let evidence = input.check(latest_today(&tx, &kept.zone))?;
        if store::evidence::count(&tx, &permit).await? >= MAX_EVIDENCE {
            return Err(Problem::at(EVIDENCE_FULL, "input.mentorId", "There is too much evidence on record.").into());
        }
        let by = tx.principal().account.ok_or(Error::Forbidden)?;
        let piece = store::evidence::insert(&tx, &permit, &evidence, by).await?;
        tx.named(permit.decision(), [piece]);
        tx.touched(permit.decision(), &["evidence"]);
        view::load(&tx, &permit).await
    })
    .await
}

/// East of Greenwich a new day begins before it does by UTC, and evidence of that day is no evidence of the future.
fn latest_today(tx: &Tx, name: &str) -> jiff::civil::Date {
    let local = zone::zone(name).map(|zone| tx.now().to_zoned(zone).date());
    local.map_or(view::today(tx), |day| day.max(view::today(tx)))
}

/// Withdraws a piece of evidence, for example one recorded in error. Coordinators may. Refused when it was before.
pub async fn withdraw_evidence(op: &Op, id: EvidenceId) -> Result<Mentor> {
    op.write(|tx| async move {
        let facts = match store::evidence::mentor_of(&tx, id).await? {
            Some(mentor) => store::facts(&tx, mentor).await?,
            None => None,
        };
        let permit = tx.allow::<act::RecordEvidence>(facts)?;
        if !store::evidence::withdraw(&tx, &permit, id).await? {
            return Err(Problem::at(Code::WrongState, "input.id", "This evidence was withdrawn before.").into());
        }
        tx.named(permit.decision(), [id]);
        tx.touched(permit.decision(), &["evidence"]);
        view::load(&tx, &permit).await
    })
    .await
}

/// Lets a mentor step back: they keep their matches, and get no new ones. The mentor may at any time without a reason,
/// and a coordinator for them.
pub async fn step_back(op: &Op, id: MentorId) -> Result<Mentor> {
    set_state(op, id, MentorState::SteppedBack, "This mentor has stepped back already.").await
}

/// Lets a mentor take part again.
pub async fn return_to_service(op: &Op, id: MentorId) -> Result<Mentor> {
    set_state(op, id, MentorState::Active, "This mentor takes part already.").await
}

async fn set_state(op: &Op, id: MentorId, state: MentorState, already: &'static str) -> Result<Mentor> {
    op.write(|tx| async move {
        let permit = tx.allow::<act::StepBack>(store::facts(&tx, id).await?)?;
        let kept = store::load(&tx, &permit).await?;
        if kept.state == state {
            return Err(Problem::at(Code::WrongState, "input.id", already).into());
        }
        store::set_state(&tx, &permit, state, kept.version).await?;
        tx.touched(permit.decision(), &["state"]);
        view::load(&tx, &permit).await
    })
    .await
}
