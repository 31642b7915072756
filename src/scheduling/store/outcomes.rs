//! How sessions went.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;

use super::super::entity::session as table;
use super::super::model::session::Outcome;
use super::super::model::states::SessionState;
use crate::access::{Permit, act};
use crate::kernel::ids::MeetingId;
use crate::kernel::{Place, Result};
use crate::op::Tx;

pub(super) fn note_place(id: Uuid) -> Place {
    Place::new("session", "outcome_sealed", id)
}

/// How these sessions went.
pub(in super::super) async fn of(
    tx: &Tx,
    permits: &[Permit<act::ReadOutcome>],
) -> Result<HashMap<MeetingId, Option<Outcome>>> {
    let ids = permits.iter().map(|permit| permit.resource().id);
    let rows = table::Entity::find().filter(table::Column::Id.is_in(ids)).all(tx.conn()?.raw()).await?;
    rows.iter().map(|row| Ok((row.id.into(), outcome_of(tx, row)?))).collect()
}

/// How the session of this row went.
pub(super) fn outcome_of(tx: &Tx, row: &table::Model) -> Result<Option<Outcome>> {
    if row.state != SessionState::Completed.as_str() {
        return Ok(None);
    }
    let note = row.outcome_sealed.as_deref().map(|sealed| tx.open(note_place(row.id), sealed)).transpose()?;
    Ok(Some(Outcome { note, wellbeing: row.wellbeing.and_then(|value| u8::try_from(value).ok()) }))
}
