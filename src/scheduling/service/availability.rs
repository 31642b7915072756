//! Weekly hours, days off and extra hours.

use super::super::model::availability::{
    DayException, MAX_EXCEPTIONS, MentorHours, NewException, NewWeeklyHours, Party, TOO_MANY,
};
use super::super::store::availability as store;
use crate::access::{Decision, act};
use crate::kernel::ids::{AvailabilityId, FamilyId, MentorId};
use crate::kernel::{Error, Problem, Result};
use crate::op::{Op, Tx};
use crate::{families, mentors};

/// A mentor's hours, for the mentor and their coordinator.
pub async fn weekly_availability(op: &Op, id: MentorId) -> Result<MentorHours> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ReadAvailability>(mentors::facts(&tx, id).await?)?;
        hours(&tx, permit.decision(), id).await
    })
    .await
}

/// Replaces a mentor's weekly hours. Agreed sessions stay as they are.
pub async fn set_weekly_availability(op: &Op, id: MentorId, new: NewWeeklyHours) -> Result<MentorHours> {
    let new = new.check()?;
    let new = &new;
    op.write(|tx| async move {
        let permit = tx.allow::<act::SetAvailability>(mentors::facts(&tx, id).await?)?;
        store::set_rules(&tx, &permit, new).await?;
        tx.touched(permit.decision(), &["weekly_hours"]);
        hours(&tx, permit.decision(), id).await
    })
    .await
}

async fn hours(tx: &Tx, proof: &Decision, mentor: MentorId) -> Result<MentorHours> {
    let (zone, rules) = match store::rules(tx, proof, mentor).await? {
        Some(found) => found,
        None => (mentor_zone(tx, proof, mentor).await?, Vec::new()),
    };
    let exceptions = store::exceptions(tx, proof, Party::Mentor(mentor), tx.now()).await?;
    Ok(MentorHours { mentor, zone, rules, exceptions })
}

/// The zone of the mentor's own record, in which days off and extra hours are meant while there are no weekly hours.
pub(super) async fn mentor_zone(tx: &Tx, proof: &Decision, mentor: MentorId) -> Result<String> {
    let facts = mentors::matching_facts_of(tx, proof, mentor).await?;
    Ok(facts.ok_or(Error::NotFound)?.zone)
}

/// A family's days off and extra hours from today on, for the family and the programme's staff. Their weekly hours stand
/// in the safe-contact plan.
pub async fn family_days(op: &Op, id: FamilyId) -> Result<Vec<DayException>> {
    op.read(|tx| async move {
        let permit = tx.allow::<act::ReadSafeContactPlan>(families::facts(&tx, id).await?)?;
        store::exceptions(&tx, permit.decision(), Party::Family(id), tx.now()).await
    })
    .await
}

/// Adds a day off or extra hours, for a mentor or for a family. The same one twice is one.
pub async fn add_exception(op: &Op, party: Party, new: NewException) -> Result<DayException> {
    let (date, hours) = new.check(op.now())?;
    op.write(|tx| async move {
        let proof = may_change(&tx, Some(party)).await?;
        if let Some(same) = store::same(&tx, &proof, party, date, hours).await? {
            return Ok(same);
        }
        if store::count(&tx, &proof, party).await? >= MAX_EXCEPTIONS {
            return Err(Problem::at(TOO_MANY, "input.date", "Take some days off or extra hours back first.").into());
        }
        let day = DayException { id: tx.make_id(), party, date, hours };
        store::add(&tx, &proof, &day).await?;
        tx.touched(&proof, &["exceptions"]);
        tx.named(&proof, [day.id]);
        Ok(day)
    })
    .await
}

/// Takes a day off or extra hours back; gives what it was.
pub async fn remove_exception(op: &Op, id: AvailabilityId) -> Result<DayException> {
    op.write(|tx| async move {
        let party = store::party_of(&tx, id).await?;
        let proof = may_change(&tx, party).await?;
        let day = store::remove(&tx, &proof, party.ok_or(Error::NotFound)?, id).await?;
        tx.touched(&proof, &["exceptions"]);
        tx.named(&proof, [id]);
        Ok(day)
    })
    .await
}

/// Decides whether the caller may change the party's days.
async fn may_change(tx: &Tx, party: Option<Party>) -> Result<Decision> {
    let decision = match party {
        Some(Party::Family(id)) => tx.allow::<act::SetFamilyDays>(families::facts(tx, id).await?)?.decision().clone(),
        Some(Party::Mentor(id)) => tx.allow::<act::SetAvailability>(mentors::facts(tx, id).await?)?.decision().clone(),
        None => tx.allow::<act::SetAvailability>(None::<crate::access::Resource>)?.decision().clone(),
    };
    Ok(decision)
}
