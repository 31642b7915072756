//! Tries with a secret, and the places that a name has signed in from before: under keyed hashes, so that the tables tell
//! neither names nor addresses.

use jiff::{SignedDuration, Timestamp};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, QueryOrder as _, QuerySelect as _};

use crate::db::{At, Conn};
use crate::identity::entity::{known_place, sign_in_try};
use crate::identity::model::throttling::{Tries, one_more};
use crate::kernel::ids::AccountId;
use crate::kernel::{Error, Result};

/// The most places that are remembered of one account.
const MOST_PLACES: u64 = 20;

/// What is tried, under its keyed hash, and how many tries at it need not wait.
#[derive(Debug, Clone, Copy)]
pub(in crate::identity) struct Tried {
    pub(in crate::identity) mark: Uuid,
    pub(in crate::identity) free: u32,
}

/// Counts one try at all of these, or at none when one of them has to wait; then the answer is how long.
pub(in crate::identity) async fn count_try(
    conn: &Conn,
    all: &[Tried],
    longest: SignedDuration,
    now: Timestamp,
) -> Result<Option<SignedDuration>> {
    let mut counted = Vec::with_capacity(all.len());
    let mut wait = None;
    for tried in all {
        let row = sign_in_try::Entity::find_by_id(tried.mark).one(conn.raw()).await?;
        let before = row.map(|row| Tries {
            count: u32::try_from(row.tries).unwrap_or(u32::MAX),
            last_at: row.last_at.timestamp(),
            open_at: row.open_at.timestamp(),
        });
        match one_more(before, tried.free, longest, now) {
            Ok(tries) => counted.push((tried.mark, tries)),
            Err(longer) => wait = wait.max(Some(longer)),
        }
    }
    if wait.is_some() {
        return Ok(wait);
    }
    for (mark, tries) in counted {
        let row = sign_in_try::ActiveModel {
            id: Set(mark),
            tries: Set(i32::try_from(tries.count).unwrap_or(i32::MAX)),
            last_at: Set(At::from(tries.last_at)),
            open_at: Set(At::from(tries.open_at)),
        };
        let again = OnConflict::column(sign_in_try::Column::Id)
            .update_columns([sign_in_try::Column::Tries, sign_in_try::Column::LastAt, sign_in_try::Column::OpenAt])
            .to_owned();
        sign_in_try::Entity::insert(row).on_conflict(again).exec_without_returning(conn.raw()).await?;
    }
    Ok(None)
}

/// Forgets the tries at these: the right secret was shown.
pub(in crate::identity) async fn forget_name_tries(conn: &Conn, marks: &[Uuid]) -> Result<()> {
    let marks = marks.iter().copied();
    sign_in_try::Entity::delete_many().filter(sign_in_try::Column::Id.is_in(marks)).exec(conn.raw()).await?;
    Ok(())
}

/// Those of the places that are known.
pub(in crate::identity) async fn known_places(conn: &Conn, marks: &[Uuid]) -> Result<Vec<Uuid>> {
    let query = known_place::Entity::find().filter(known_place::Column::Id.is_in(marks.iter().copied()));
    Ok(query.all(conn.raw()).await?.into_iter().map(|row| row.id).collect())
}

/// Remembers places that an account has signed in from, and forgets those it has not been at for longest.
pub(in crate::identity) async fn remember_places(
    conn: &Conn,
    account: AccountId,
    marks: &[Uuid],
    now: Timestamp,
) -> Result<()> {
    let rows = marks.iter().map(|mark| known_place::ActiveModel {
        id: Set(*mark),
        account_id: Set(account.uuid()),
        last_seen_at: Set(At::from(now)),
    });
    let again = OnConflict::column(known_place::Column::Id).update_column(known_place::Column::LastSeenAt).to_owned();
    known_place::Entity::insert_many(rows).on_conflict(again).exec_without_returning(conn.raw()).await?;
    let own = || known_place::Entity::find().filter(known_place::Column::AccountId.eq(account.uuid()));
    let last = own()
        .order_by_desc(known_place::Column::LastSeenAt)
        .order_by_desc(known_place::Column::Id)
        .offset(MOST_PLACES)
        .limit(1_000)
        .all(conn.raw())
        .await?;
    let stale = last.into_iter().map(|row| row.id);
    known_place::Entity::delete_many().filter(known_place::Column::Id.is_in(stale)).exec(conn.raw()).await?;
    Ok(())
}

/// Forgets tries and places that were last heard of before these instants.
pub(in crate::identity) async fn forget_old(conn: &Conn, tries: Timestamp, places: Timestamp) -> Result<(), Error> {
    let old = sign_in_try::Column::LastAt.lte(At::from(tries));
    sign_in_try::Entity::delete_many().filter(old).exec(conn.raw()).await?;
    let old = known_place::Column::LastSeenAt.lte(At::from(places));
    known_place::Entity::delete_many().filter(old).exec(conn.raw()).await?;
    Ok(())
}
