//! The keys that keep mentors apart from families of their case or town: sealed in a column of their own.
//!
//! Rows from before that column hold them in the profile, in clear, and a node of the older version still writes them
//! there during an upgrade. A key in a profile is therefore read first; every change moves it, and a node that starts
//! seals what is left.

use std::collections::HashMap;

use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use serde::Deserialize;
use uuid::Uuid;

use super::{json, mentor, parsed};
use crate::access::{ActionTag, Permit, act};
use crate::db::At;
use crate::kernel::ids::MentorId;
use crate::kernel::keys::Key;
use crate::kernel::{Error, MatchingKeys, Place, Result};
use crate::mentors::model::profile::Profile;
use crate::op::Tx;

/// How many rows are sealed in one transaction.
const BATCH: u64 = 100;

/// What an older version left in a profile.
#[derive(Deserialize)]
struct InClear {
    case_key: Option<String>,
    town_key: Option<String>,
}

fn place(id: Uuid) -> Place {
    Place::new("mentor", "matching_keys_sealed", id)
}

fn read(tx: &Tx, id: Uuid, profile: &str, sealed: Option<&[u8]>) -> Result<MatchingKeys> {
    let kept = match sealed {
        Some(sealed) => MatchingKeys::from_text(&tx.open(place(id), sealed)?)?,
        None => MatchingKeys::default(),
    };
    // The error of the library would quote the text.
    let left = serde_json::from_str::<InClear>(profile);
    let left = left.map_err(|_| Error::internal("a stored profile cannot be read"))?;
    let key = |text: Option<String>| text.as_deref().and_then(Key::read);
    Ok(MatchingKeys { case: key(left.case_key).or(kept.case), town: key(left.town_key).or(kept.town) })
}

/// The column for these keys.
fn sealed(tx: &Tx, id: Uuid, keys: &MatchingKeys) -> Result<Option<Vec<u8>>> {
    keys.to_text()?.map(|text| tx.seal(place(id), &text)).transpose()
}

type Row = (Uuid, String, Option<Vec<u8>>);

fn columns() -> sea_orm::Select<mentor::Entity> {
    use mentor::Column::{Id, MatchingKeysSealed, Profile};
    mentor::Entity::find().select_only().columns([Id, Profile, MatchingKeysSealed])
}

/// The keys of these mentors, for a caller that has decided already: one statement for any number of them.
pub(in crate::mentors) async fn of_mentors(tx: &Tx, mentors: &[MentorId]) -> Result<HashMap<MentorId, MatchingKeys>> {
    let query = columns().filter(mentor::Column::Id.is_in(mentors.iter().map(|id| id.uuid())));
    let rows = query.into_tuple::<Row>().all(tx.conn()?.raw()).await?;
    let keys = |(id, profile, sealed): Row| Ok((MentorId::from(id), read(tx, id, &profile, sealed.as_deref())?));
    rows.into_iter().map(keys).collect()
}

/// The keys of the permit's mentor.
pub(in crate::mentors) async fn load<A: ActionTag>(tx: &Tx, permit: &Permit<A>) -> Result<MatchingKeys> {
    of_mentors(tx, &[permit.id()]).await?.remove(&permit.id()).ok_or(Error::NotFound)
}

/// Sets the keys; `version` is the one on record.
pub(in crate::mentors) async fn set(
    tx: &Tx,
    permit: &Permit<act::SetMentorKeys>,
    keys: &MatchingKeys,
    version: i32,
) -> Result<()> {
    let id = permit.resource().id;
    let profile: Profile = parsed(&super::row(tx, id).await?.profile)?;
    let row = mentor::ActiveModel {
        matching_keys_sealed: Set(sealed(tx, id, keys)?),
        profile: Set(json(&profile)?),
        updated_at: Set(At::from(tx.now())),
        version: Set(version + 1),
        ..Default::default()
    };
    super::write(tx, permit, row).await
}

/// Moves the keys that an older version left in the profile, which is about to be written anew.
pub(super) fn carry(tx: &Tx, present: &mentor::Model, row: &mut mentor::ActiveModel) -> Result<()> {
    let keys = read(tx, present.id, &present.profile, present.matching_keys_sealed.as_deref())?;
    row.matching_keys_sealed = Set(sealed(tx, present.id, &keys)?);
    Ok(())
}

/// Seals what stands in clear in at most 100 profiles; gives whose.
pub(in crate::mentors) async fn seal_some(tx: &Tx, _permit: &Permit<act::RunJob>) -> Result<Vec<MentorId>> {
    let conn = tx.conn()?.raw();
    let mut done = Vec::new();
    for (id, profile, kept) in in_clear().limit(BATCH).into_tuple::<Row>().all(conn).await? {
        let keys = read(tx, id, &profile, kept.as_deref())?;
        let row = mentor::ActiveModel {
            matching_keys_sealed: Set(sealed(tx, id, &keys)?),
            profile: Set(json(&parsed::<Profile>(&profile)?)?),
            ..Default::default()
        };
        mentor::Entity::update_many().set(row).filter(mentor::Column::Id.eq(id)).exec(conn).await?;
        done.push(id.into());
    }
    Ok(done)
}

/// Whether a key stands in clear in any profile.
pub(in crate::mentors) async fn any_in_clear(tx: &Tx) -> Result<bool> {
    Ok(in_clear().limit(1).into_tuple::<Row>().one(tx.conn()?.raw()).await?.is_some())
}

fn in_clear() -> sea_orm::Select<mentor::Entity> {
    let written = |name: &str| mentor::Column::Profile.like(format!("%\"{name}\":\"%"));
    columns().filter(written("case_key").or(written("town_key")))
}
