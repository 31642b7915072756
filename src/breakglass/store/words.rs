//! What is said about an opening afterwards: put off, and reviewed. Both are only ever added to.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder as _, QuerySelect as _};

use super::super::entity::{delay, review};
use super::super::model::{Delay, Review, Verdict};
use crate::access::Decision;
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

/// Until when telling the family was put off, in order.
pub(in crate::breakglass) async fn delays(tx: &Tx, _proof: &Decision, of: BreakGlassId) -> Result<Vec<Delay>> {
    let query = delay::Entity::find().filter(delay::Column::BreakGlassId.eq(of.uuid()));
    let query = query.order_by_asc(delay::Column::SetAt).order_by_asc(delay::Column::Id).limit(MOST);
    let read = |row: &delay::Model| {
        Ok(Delay {
            until: row.until_at.timestamp(),
            reason: tx.open(delay_place(row.id), &row.reason_sealed)?,
            by: row.set_by.into(),
            at: row.set_at.timestamp(),
        })
    };
    query.all(tx.conn()?.raw()).await?.iter().map(read).collect()
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

/// What others found, in order; the notes only `with_notes`.
pub(in crate::breakglass) async fn reviews(
    tx: &Tx,
    _proof: &Decision,
    of: BreakGlassId,
    with_notes: bool,
) -> Result<Vec<Review>> {
    let query = review::Entity::find().filter(review::Column::BreakGlassId.eq(of.uuid()));
    let query = query.order_by_asc(review::Column::ReviewedAt).order_by_asc(review::Column::Id).limit(MOST);
    let read = |row: &review::Model| {
        let unreadable = || Error::internal(format!("review {} is unreadable", row.id));
        let note = if with_notes {
            Visible::Shown(tx.open(note_place(row.id), &row.note_sealed)?)
        } else {
            Visible::Redacted(RedactionReason::NotYourRole)
        };
        let verdict = Verdict::parse(&row.verdict).ok_or_else(unreadable)?;
        Ok(Review { verdict, note, by: row.reviewed_by.into(), at: row.reviewed_at.timestamp() })
    };
    query.all(tx.conn()?.raw()).await?.iter().map(read).collect()
}
