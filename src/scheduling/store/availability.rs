//! Weekly hours, days off and extra hours.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, Condition, QueryOrder as _, QuerySelect as _};

use super::super::entity::{exception, rule};
use super::super::model::availability::{DayException, MAX_EXCEPTIONS, NewWeeklyHours, Party};
use super::super::model::calendar::WeeklyRule;
use crate::access::{Decision, Permit, act};
use crate::db::At;
use crate::kernel::ids::{AvailabilityId, FamilyId, MentorId};
use crate::kernel::{Error, Result};
use crate::op::Tx;

const REMOVED: &str = "removed";
const ADDED: &str = "added";

/// A mentor's weekly hours and their zone; `None` when there are none.
pub(in super::super) async fn rules(
    tx: &Tx,
    _proof: &Decision,
    mentor: MentorId,
) -> Result<Option<(String, Vec<WeeklyRule>)>> {
    let rows = rule::Entity::find()
        .filter(rule::Column::MentorId.eq(mentor.uuid()))
        .order_by_asc(rule::Column::Weekday)
        .order_by_asc(rule::Column::StartMin)
        .order_by_asc(rule::Column::Id)
        .all(tx.conn()?.raw())
        .await?;
    let Some(zone) = rows.first().map(|row| row.zone.clone()) else { return Ok(None) };
    let rules = rows.iter().map(|row| {
        Some(WeeklyRule {
            weekday: u8::try_from(row.weekday).ok()?,
            start_min: u16::try_from(row.start_min).ok()?,
            end_min: u16::try_from(row.end_min).ok()?,
        })
    });
    let rules: Option<Vec<_>> = rules.collect();
    Ok(Some((zone, rules.ok_or_else(|| Error::internal("weekly hours hold an impossible number"))?)))
}

/// Replaces all weekly hours of a mentor.
pub(in super::super) async fn set_rules(
    tx: &Tx,
    permit: &Permit<act::SetAvailability>,
    hours: &NewWeeklyHours,
) -> Result<()> {
    let mentor = permit.id::<MentorId>().uuid();
    let conn = tx.conn()?;
    rule::Entity::delete_many().filter(rule::Column::MentorId.eq(mentor)).exec(conn.raw()).await?;
    if hours.rules.is_empty() {
        return Ok(());
    }
    let rows = hours.rules.iter().map(|hour| rule::ActiveModel {
        id: Set(tx.make_id::<AvailabilityId>().uuid()),
        mentor_id: Set(mentor),
        zone: Set(hours.zone.clone()),
        weekday: Set(i32::from(hour.weekday)),
        start_min: Set(i32::from(hour.start_min)),
        end_min: Set(i32::from(hour.end_min)),
        created_at: Set(At::from(tx.now())),
    });
    rule::Entity::insert_many(rows).exec_without_returning(conn.raw()).await?;
    Ok(())
}

/// Days off and extra hours from the day before `from` (UTC) on, which leaves out nothing that any zone still calls
/// today; in order of date.
pub(in super::super) async fn exceptions(
    tx: &Tx,
    _proof: &Decision,
    party: Party,
    from: Timestamp,
) -> Result<Vec<DayException>> {
    let first = from.to_zoned(TimeZone::UTC).date().saturating_sub(1.day());
    let rows = exception::Entity::find()
        .filter(of(party))
        .filter(exception::Column::OnDate.gte(first.to_string()))
        .order_by_asc(exception::Column::OnDate)
        .order_by_asc(exception::Column::Id)
        .limit(MAX_EXCEPTIONS)
        .all(tx.conn()?.raw())
        .await?;
    rows.iter().map(view).collect()
}

/// How many days off and extra hours of the party are yet to come.
pub(in super::super) async fn count(tx: &Tx, _proof: &Decision, party: Party) -> Result<u64> {
    let first = tx.now().to_zoned(TimeZone::UTC).date().saturating_sub(1.day());
    let coming = exception::Entity::find().filter(of(party)).filter(exception::Column::OnDate.gte(first.to_string()));
    Ok(coming.count(tx.conn()?.raw()).await?)
}

/// The same day off or the same extra hours, if the party has them already.
pub(in super::super) async fn same(
    tx: &Tx,
    _proof: &Decision,
    party: Party,
    date: Date,
    hours: Option<(u16, u16)>,
) -> Result<Option<DayException>> {
    let mut query = exception::Entity::find().filter(of(party)).filter(exception::Column::OnDate.eq(date.to_string()));
    query = match hours {
        None => query.filter(exception::Column::Kind.eq(REMOVED)),
        Some((start, end)) => query
            .filter(exception::Column::Kind.eq(ADDED))
            .filter(exception::Column::StartMin.eq(i32::from(start)))
            .filter(exception::Column::EndMin.eq(i32::from(end))),
    };
    query.one(tx.conn()?.raw()).await?.as_ref().map(view).transpose()
}

/// Stores a day off or extra hours.
pub(in super::super) async fn add(tx: &Tx, _proof: &Decision, day: &DayException) -> Result<()> {
    let (mentor, family) = match day.party {
        Party::Mentor(id) => (Some(id.uuid()), None),
        Party::Family(id) => (None, Some(id.uuid())),
    };
    let row = exception::ActiveModel {
        id: Set(day.id.uuid()),
        mentor_id: Set(mentor),
        family_id: Set(family),
        kind: Set(if day.hours.is_some() { ADDED } else { REMOVED }.to_owned()),
        on_date: Set(day.date.to_string()),
        start_min: Set(day.hours.map(|(start, _)| i32::from(start))),
        end_min: Set(day.hours.map(|(_, end)| i32::from(end))),
        created_at: Set(At::from(tx.now())),
    };
    exception::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(())
}

/// Whose exception this is: a fact for the decision about it.
pub(in super::super) async fn party_of(tx: &Tx, id: AvailabilityId) -> Result<Option<Party>> {
    let row = exception::Entity::find_by_id(id.uuid()).one(tx.conn()?.raw()).await?;
    row.map(|row| view(&row).map(|day| day.party)).transpose()
}

/// Deletes one exception of this party and gives what it was.
pub(in super::super) async fn remove(
    tx: &Tx,
    _proof: &Decision,
    party: Party,
    id: AvailabilityId,
) -> Result<DayException> {
    let conn = tx.conn()?;
    let row = exception::Entity::find_by_id(id.uuid()).filter(of(party)).one(conn.raw()).await?;
    let row = row.ok_or(Error::NotFound)?;
    exception::Entity::delete_by_id(id.uuid()).exec(conn.raw()).await?;
    view(&row)
}

fn of(party: Party) -> Condition {
    Condition::all().add(match party {
        Party::Mentor(id) => exception::Column::MentorId.eq(id.uuid()),
        Party::Family(id) => exception::Column::FamilyId.eq(id.uuid()),
    })
}

fn view(row: &exception::Model) -> Result<DayException> {
    let damaged = || Error::internal(format!("the exception {} cannot be read", row.id));
    let party = match (row.mentor_id, row.family_id) {
        (Some(id), _) => Party::Mentor(MentorId::from(id)),
        (None, Some(id)) => Party::Family(FamilyId::from(id)),
        (None, None) => return Err(damaged()),
    };
    let minute = |value: i32| u16::try_from(value).map_err(|_| damaged());
    let hours = match (row.kind.as_str(), row.start_min, row.end_min) {
        (ADDED, Some(start), Some(end)) => Some((minute(start)?, minute(end)?)),
        _ => None,
    };
    let date = row.on_date.parse().map_err(|_| damaged())?;
    Ok(DayException { id: AvailabilityId::from(row.id), party, date, hours })
}
