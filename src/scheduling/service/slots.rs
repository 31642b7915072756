//! When both sides can: the one search behind listing and booking.

use jiff::Timestamp;

use super::super::model::availability::{Party, calendar};
use super::super::model::calendar::{Span, WeeklyRule, instant, zone};
use super::super::model::offer::{CommonSlots, NamedZone, Slot, SlotWish, WhyEmpty};
use super::super::model::slots::{Query, SlotRefusal, Week};
use super::super::store::availability as hours;
use super::super::store::sessions as store;
use super::is_open;
use crate::access::{ActionTag, Permit, act};
use crate::families;
use crate::kernel::ids::{MatchId, MeetingId};
use crate::kernel::{Error, Result};
use crate::op::{Op, Tx};
use crate::ties::{self, Tie};

/// The times that suit both sides of a match, for either side and their coordinator. Nothing is listed that
/// [`super::booking::book_session`] would not take at the same moment.
pub async fn match_slots(op: &Op, id: MatchId, wish: SlotWish) -> Result<CommonSlots> {
    let wish = &wish;
    op.read(|tx| async move {
        let tie = ties::of_match(tx.conn()?, id).await?;
        let permit = tx.allow::<act::ListSlots>(tie.clone())?;
        let tie = tie.ok_or(Error::NotFound)?;
        let query = wish.check(tx.now())?;
        if !is_open(&tie) {
            return Ok(CommonSlots::empty(WhyEmpty::MatchNotOpen));
        }
        let common = match Common::new(&tx, &permit, &tie, query, wish.moving).await? {
            Ok(common) => common,
            Err(why) => return Ok(CommonSlots::empty(why)),
        };
        let starts = common.week.slots().into_iter();
        let slots: Vec<_> =
            starts.filter_map(|start| Slot::new(start, query.duration, &common.family, &common.mentor)).collect();
        let why_empty = slots.is_empty().then_some(WhyEmpty::NothingInCommon);
        Ok(CommonSlots { slots, why_empty })
    })
    .await
}

/// Both sides' calendars opened out for one search.
pub(super) struct Common {
    pub(super) week: Week,
    pub(super) family: NamedZone,
    pub(super) mentor: NamedZone,
}

impl Common {
    /// Reads both calendars; the inner error says why there is nothing to search.
    pub(super) async fn new<A: ActionTag>(
        tx: &Tx,
        permit: &Permit<A>,
        tie: &Tie,
        query: Query,
        moving: Option<MeetingId>,
    ) -> Result<Result<Self, WhyEmpty>> {
        let proof = permit.decision();
        let Some((family_zone, windows)) = families::safe_windows(tx, proof, tie.family).await? else {
            return Ok(Err(WhyEmpty::NoPlan));
        };
        if windows.is_empty() {
            // What the plan does not allow is not allowed: extra hours widen a plan, they do not stand in for one.
            return Ok(Err(WhyEmpty::NoPlan));
        }
        let windows =
            windows.iter().map(|w| WeeklyRule { weekday: w.weekday, start_min: w.start_min, end_min: w.end_min });
        let from = instant(query.start).unwrap_or_else(|| tx.now());
        let family_days = hours::exceptions(tx, proof, Party::Family(tie.family), from).await?;
        let (mentor_zone, rules) = mentor_hours(tx, permit, tie).await?;
        let mentor_days = hours::exceptions(tx, proof, Party::Mentor(tie.mentor), from).await?;
        if rules.is_empty() && mentor_days.iter().all(|day| day.hours.is_none()) {
            return Ok(Err(WhyEmpty::NoMentorHours));
        }
        let within = Span { start: query.start, end: query.start.saturating_add(query.horizon) };
        let busy = store::busy(tx, permit, tie, within, moving).await?;
        let (family, mentor) = (named(family_zone)?, named(mentor_zone)?);
        let of_family = calendar(family.zone.clone(), windows.collect(), &family_days, busy.family);
        let of_mentor = calendar(mentor.zone.clone(), rules, &mentor_days, busy.mentor);
        Ok(Ok(Self { week: Week::new(&of_mentor, &of_family, query), family, mentor }))
    }
}

/// The mentor's weekly hours with their zone; the zone of the mentor's record when there are none.
async fn mentor_hours<A: ActionTag>(tx: &Tx, permit: &Permit<A>, tie: &Tie) -> Result<(String, Vec<WeeklyRule>)> {
    match hours::rules(tx, permit.decision(), tie.mentor).await? {
        Some(found) => Ok(found),
        None => Ok((super::availability::mentor_zone(tx, permit.decision(), tie.mentor).await?, Vec::new())),
    }
}

fn named(name: String) -> Result<NamedZone> {
    // Zones are checked when they are set; one that is unknown now was dropped from the bundled data.
    let zone = zone(&name).ok_or_else(|| Error::internal("a stored time zone is not known"))?;
    Ok(NamedZone { name, zone })
}

/// Whether this start can be booked now: exactly the starts that [`match_slots`] lists. Gives the family's zone.
pub(super) async fn check_offered<A: ActionTag>(
    tx: &Tx,
    permit: &Permit<A>,
    tie: &Tie,
    asked: (Timestamp, i64),
    moving: Option<MeetingId>,
) -> Result<String> {
    let (starts_at, duration) = asked;
    let refused = |refusal: SlotRefusal| Error::refused(refusal.problem("input.startsAt"));
    let start = super::super::model::offer::start_minute(starts_at).map_err(refused)?;
    let query = super::super::model::offer::query(tx.now(), duration);
    match Common::new(tx, permit, tie, query, moving).await? {
        Ok(common) => common.week.check(start).map(|()| common.family.name).map_err(refused),
        Err(WhyEmpty::NoPlan) => Err(refused(SlotRefusal::FamilyClosed)),
        Err(_) => Err(refused(SlotRefusal::MentorClosed)),
    }
}
