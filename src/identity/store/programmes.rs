//! Programmes.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use super::{credential_by_id, roles_of};
use crate::access::{Permit, Reach, Resource, Scope, act};
use crate::db::{At, Conn, Order};
use crate::identity::entity::programme;
use crate::kernel::ids::{AccountId, ProgrammeId};
use crate::kernel::page::Cursor;
use crate::kernel::{Error, Page, PageRequest, Result};

/// A programme as its people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    /// Its id.
    pub id: ProgrammeId,
    /// Its name.
    pub name: String,
    /// The IANA zone that its staff work in.
    pub zone: String,
    /// When it was made.
    pub created_at: Timestamp,
}

pub(in crate::identity) async fn insert_programme(conn: &Conn, new: &Programme) -> Result<()> {
    let row = programme::ActiveModel {
        id: Set(new.id.uuid()),
        name: Set(new.name.clone()),
        zone: Set(new.zone.clone()),
        settings: Set("{}".to_owned()),
        created_at: Set(At::from(new.created_at)),
    };
    programme::Entity::insert(row).exec_without_returning(conn.raw()).await?;
    Ok(())
}

fn programme_of(row: programme::Model) -> Programme {
    Programme { id: row.id.into(), name: row.name, zone: row.zone, created_at: row.created_at.timestamp() }
}

pub(in crate::identity) async fn programme_facts(conn: &Conn, id: ProgrammeId) -> Result<Option<Resource>> {
    let found = programme::Entity::find_by_id(id.uuid()).one(conn.raw()).await?;
    Ok(found.map(|_| Resource::programme(id)))
}

pub(in crate::identity) async fn load_programme(conn: &Conn, permit: &Permit<act::ReadProgramme>) -> Result<Programme> {
    let found = programme::Entity::find_by_id(permit.id::<Uuid>()).one(conn.raw()).await?;
    found.map(programme_of).ok_or(Error::NotFound)
}

pub(in crate::identity) async fn programmes(
    conn: &Conn,
    scope: &Scope<act::ListProgrammes>,
    request: PageRequest,
) -> Result<Page<(Cursor, Programme)>> {
    if scope.reach() != Reach::Everything {
        return Ok(request.page(Vec::new()));
    }
    let (key, id) = (programme::Column::CreatedAt, programme::Column::Id);
    let rows = crate::db::page(programme::Entity::find(), key, id, Order::Descending, request).all(conn.raw()).await?;
    let with_cursor = |row: programme::Model| (Cursor { key: row.created_at.0, id: row.id }, programme_of(row));
    Ok(request.page(rows).map(with_cursor))
}

/// What somebody who knows an account's owner would try first in a passphrase: the name that they sign in with, then the
/// names of their programmes.
pub(in crate::identity) async fn surroundings(conn: &Conn, account: AccountId) -> Result<Vec<String>> {
    let Some(credential) = credential_by_id(conn, account).await? else { return Ok(Vec::new()) };
    let programmes = roles_of(conn, account).await?.into_iter().filter_map(|held| held.programme).map(Uuid::from);
    let query = programme::Entity::find().filter(programme::Column::Id.is_in(programmes));
    let names = query.all(conn.raw()).await?.into_iter().map(|row| row.name);
    Ok(std::iter::once(credential.sign_in_name).chain(names).collect())
}
