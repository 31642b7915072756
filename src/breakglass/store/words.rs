//! What is said about an opening afterwards: put off, and reviewed. Both are only ever added to.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder as _, QuerySelect as _};

use super::super::entity::{delay, review};
use super::super::model::{Delay, Review, Verdict};
use crate::access::{Decision, Permit, act};
use crate::db::At;
use crate::kernel::ids::{AccountId, BreakGlassId};
use crate::kernel::{Error, Place, RedactionReason, Result, Visible};
use crate::op::Tx;

/// The most that is handed out of either; an opening is put off and reviewed a few times at most.
const MOST: u64 = 50;

fn delay_place(id: Uuid) -> Place {
    Place::new("break_glass_delay", "reason_sealed", id)
}

fn note_place(id: Uuid) -> Place {
    Place::new("break_glass_review", "note_sealed", id)
}

/// Keeps until when telling the family is put off.
pub(in crate::breakglass) async fn insert_delay(
    tx: &Tx,
    _proof: &Decision,
    of: BreakGlassId,
    by: AccountId,
    (until, reason): (At, &str),
) -> Result<()> {
    let id: Uuid = tx.op().core().ids.make();
    let row = delay::ActiveModel {
        id: Set(id),
        break_glass_id: Set(of.uuid()),
        until_at: Set(until),
        reason_sealed: Set(tx.seal(delay_place(id), reason)?),
        set_by: Set(by.uuid()),
        set_at: Set(At::from(tx.now())),
    };
    delay::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(())
}

/// Until when telling the families was put off, in order, by opening: one statement for any number of them.
pub(in crate::breakglass) async fn delays(
    tx: &Tx,
    permits: &[Permit<act::ReadBreakGlassReason>],
) -> Result<HashMap<BreakGlassId, Vec<Delay>>> {
    let query = delay::Entity::find().filter(delay::Column::BreakGlassId.is_in(ids(permits)));
    let query = query.order_by_asc(delay::Column::SetAt).order_by_asc(delay::Column::Id);
    let read = |row: delay::Model| {
        let delay = Delay {
            until: row.until_at.timestamp(),
            reason: tx.open(delay_place(row.id), &row.reason_sealed)?,
            by: row.set_by.into(),
            at: row.set_at.timestamp(),
        };
        Ok((row.break_glass_id, delay))
    };
    by_opening(permits, query.limit(most(permits)).all(tx.conn()?.raw()).await?.into_iter().map(read))
}

fn ids<A>(permits: &[Permit<A>]) -> impl Iterator<Item = Uuid> {
    permits.iter().map(|permit| permit.resource().id)
}

fn most<A>(permits: &[Permit<A>]) -> u64 {
    MOST.saturating_mul(u64::try_from(permits.len()).unwrap_or(MOST))
}

/// What is there of each opening; of one without any an empty list.
fn by_opening<A, T>(
    permits: &[Permit<A>],
    all: impl Iterator<Item = Result<(Uuid, T)>>,
) -> Result<HashMap<BreakGlassId, Vec<T>>> {
    let mut of: HashMap<BreakGlassId, Vec<T>> = permits.iter().map(|permit| (permit.id(), Vec::new())).collect();
    for one in all {
        let (id, one) = one?;
        of.entry(id.into()).or_default().push(one);
    }
    Ok(of)
}

/// Keeps what somebody else found.
pub(in crate::breakglass) async fn insert_review(
    tx: &Tx,
    _proof: &Decision,
    of: BreakGlassId,
    by: AccountId,
    (verdict, note): (Verdict, &str),
) -> Result<()> {
    let id: Uuid = tx.op().core().ids.make();
    let row = review::ActiveModel {
        id: Set(id),
        break_glass_id: Set(of.uuid()),
        verdict: Set(verdict.as_str().to_owned()),
        note_sealed: Set(tx.seal(note_place(id), note)?),
        reviewed_by: Set(by.uuid()),
        reviewed_at: Set(At::from(tx.now())),
    };
    review::Entity::insert(row).exec_without_returning(tx.conn()?.raw()).await?;
    Ok(())
}

/// What others found, in order, by opening; the notes only `with_notes`. One statement for any number of openings.
pub(in crate::breakglass) async fn reviews(
    tx: &Tx,
    permits: &[Permit<act::ReadBreakGlass>],
    with_notes: bool,
) -> Result<HashMap<BreakGlassId, Vec<Review>>> {
    let query = review::Entity::find().filter(review::Column::BreakGlassId.is_in(ids(permits)));
    let query = query.order_by_asc(review::Column::ReviewedAt).order_by_asc(review::Column::Id);
    let read = |row: review::Model| {
        let unreadable = || Error::internal(format!("review {} is unreadable", row.id));
        let note = if with_notes {
            Visible::Shown(tx.open(note_place(row.id), &row.note_sealed)?)
        } else {
            Visible::Redacted(RedactionReason::NotYourRole)
        };
        let verdict = Verdict::parse(&row.verdict).ok_or_else(unreadable)?;
        let review = Review { verdict, note, by: row.reviewed_by.into(), at: row.reviewed_at.timestamp() };
        Ok((row.break_glass_id, review))
    };
    by_opening(permits, query.limit(most(permits)).all(tx.conn()?.raw()).await?.into_iter().map(read))
}
