//! Programmes.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{credential_by_id, roles_of};
use crate::access::{ActionTag, Permit, Reach, Resource, Scope, act};
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
    /// What was decided for it.
    pub settings: ProgrammeSettings,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What a programme decides for itself; what is not stored stands as it does by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct ProgrammeSettings {
    /// Whether a mentor is never proposed to a family of the same town.
    pub keep_towns_apart: bool,
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

fn programme_of(row: programme::Model) -> Result<Programme> {
    let settings = settings_in(&row)?;
    let (id, created_at) = (row.id.into(), row.created_at.timestamp());
    Ok(Programme { id, name: row.name, zone: row.zone, settings, created_at })
}

fn settings_in(row: &programme::Model) -> Result<ProgrammeSettings> {
    serde_json::from_str(&row.settings).map_err(Error::internal)
}

async fn row(conn: &Conn, id: Uuid) -> Result<programme::Model> {
    programme::Entity::find_by_id(id).one(conn.raw()).await?.ok_or(Error::NotFound)
}

/// What a programme decides for itself, for a caller that has decided already.
pub(in crate::identity) async fn settings(conn: &Conn, id: ProgrammeId) -> Result<ProgrammeSettings> {
    settings_in(&row(conn, id.uuid()).await?)
}

/// Changes the settings of the permit's programme. What a newer version of the service keeps beside them stays.
pub(in crate::identity) async fn set_settings(
    conn: &Conn,
    permit: &Permit<act::SetProgramme>,
    settings: ProgrammeSettings,
) -> Result<()> {
    let id = permit.id::<Uuid>();
    let mut all: Map<String, Json> = serde_json::from_str(&row(conn, id).await?.settings).map_err(Error::internal)?;
    all.insert("keep_towns_apart".to_owned(), Json::Bool(settings.keep_towns_apart));
    let change = programme::ActiveModel { settings: Set(Json::Object(all).to_string()), ..Default::default() };
    programme::Entity::update_many().set(change).filter(programme::Column::Id.eq(id)).exec(conn.raw()).await?;
    Ok(())
}

pub(in crate::identity) async fn programme_facts(conn: &Conn, id: ProgrammeId) -> Result<Option<Resource>> {
    let found = programme::Entity::find_by_id(id.uuid()).one(conn.raw()).await?;
    Ok(found.map(|_| Resource::programme(id)))
}

pub(in crate::identity) async fn load_programme<A: ActionTag>(conn: &Conn, permit: &Permit<A>) -> Result<Programme> {
    programme_of(row(conn, permit.id::<Uuid>()).await?)
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
    let Page { items, has_next } = request.page(rows);
    let with_cursor = |row: programme::Model| Ok((Cursor { key: row.created_at.0, id: row.id }, programme_of(row)?));
    Ok(Page { items: items.into_iter().map(with_cursor).collect::<Result<_>>()?, has_next })
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
