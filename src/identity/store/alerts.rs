//! Security alerts.

use std::collections::HashMap;

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use super::HeldRole;
use crate::access::{Permit, Reach, Scope, act};
use crate::db::{At, Conn, Order};
use crate::identity::Role;
use crate::identity::entity::{alert_handling, security_alert};
use crate::identity::model::alert::{AlertKind, Handled, SecurityAlert};
use crate::kernel::ids::{AccountId, AlertId, ProgrammeId, SignInId};
use crate::kernel::page::Cursor;
use crate::kernel::{Error, Page, PageRequest, Result};

/// An alert to be raised about a sign-in in a role.
pub(in crate::identity) struct NewAlert<'a> {
    pub(in crate::identity) id: AlertId,
    pub(in crate::identity) kind: AlertKind,
    pub(in crate::identity) sign_in: SignInId,
    pub(in crate::identity) held: &'a HeldRole,
    pub(in crate::identity) raised_at: Timestamp,
}

pub(in crate::identity) async fn insert_alert(conn: &Conn, new: &NewAlert<'_>) -> Result<()> {
    let row = security_alert::ActiveModel {
        id: Set(new.id.uuid()),
        kind: Set(new.kind.as_str().to_owned()),
        account_id: Set(new.held.account.uuid()),
        programme_id: Set(new.held.programme.map(Uuid::from)),
        role: Set(new.held.role.as_str().to_owned()),
        sign_in_id: Set(new.sign_in.uuid()),
        raised_at: Set(At::from(new.raised_at)),
    };
    security_alert::Entity::insert(row).exec_without_returning(conn.raw()).await?;
    Ok(())
}

/// Alerts, newest first: all of them, or those about the families and mentors of one programme. What happened to staff is
/// for administrators alone.
pub(in crate::identity) async fn alerts(
    conn: &Conn,
    scope: &Scope<act::ListSecurityAlerts>,
    request: PageRequest,
) -> Result<Page<(Cursor, SecurityAlert)>> {
    let query = match scope.reach() {
        Reach::Everything => security_alert::Entity::find(),
        Reach::Programme(programme) => security_alert::Entity::find()
            .filter(security_alert::Column::ProgrammeId.eq(programme.uuid()))
            .filter(security_alert::Column::Role.is_in([Role::FamilyMember.as_str(), Role::Mentor.as_str()])),
        Reach::Family(_) | Reach::Mentor(_) | Reach::Account(_) | Reach::Nothing => {
            return Ok(request.page(Vec::new()));
        }
    };
    let (key, id) = (security_alert::Column::RaisedAt, security_alert::Column::Id);
    let rows = crate::db::page(query, key, id, Order::Descending, request).all(conn.raw()).await?;
    let page = request.page(rows);
    let handled = handled(conn, page.items.iter().map(|row| row.id).collect()).await?;
    let items = page.items.into_iter().map(|row| {
        let (cursor, by) = (Cursor { key: row.raised_at.0, id: row.id }, handled.get(&row.id).copied());
        Ok((cursor, alert_of(&row, by)?))
    });
    Ok(Page { items: items.collect::<Result<_>>()?, has_next: page.has_next })
}

fn alert_of(row: &security_alert::Model, handled: Option<Handled>) -> Result<SecurityAlert> {
    let unknown = || Error::internal("an unknown kind of alert or role is stored");
    Ok(SecurityAlert {
        id: row.id.into(),
        kind: AlertKind::parse(&row.kind).ok_or_else(unknown)?,
        account: row.account_id.into(),
        role: Role::parse(&row.role).ok_or_else(unknown)?,
        programme: row.programme_id.map(ProgrammeId::from),
        raised_at: row.raised_at.timestamp(),
        handled,
    })
}

/// Who acted on each of these alerts.
async fn handled(conn: &Conn, alerts: Vec<Uuid>) -> Result<HashMap<Uuid, Handled>> {
    let query = alert_handling::Entity::find().filter(alert_handling::Column::AlertId.is_in(alerts));
    let rows = query.all(conn.raw()).await?.into_iter();
    Ok(rows.map(|row| (row.alert_id, Handled { by: row.handled_by.into(), at: row.handled_at.timestamp() })).collect())
}

/// Whose account an alert is about.
pub(in crate::identity) async fn account_of_alert(conn: &Conn, id: AlertId) -> Result<Option<AccountId>> {
    Ok(security_alert::Entity::find_by_id(id.uuid()).one(conn.raw()).await?.map(|row| row.account_id.into()))
}

/// Notes who acted on an alert about the account that the permit is for, unless somebody did before; the alert as it is now.
pub(in crate::identity) async fn handle_alert(
    conn: &Conn,
    permit: &Permit<act::HandleSecurityAlert>,
    id: AlertId,
    new: Handled,
) -> Result<SecurityAlert> {
    let query =
        security_alert::Entity::find_by_id(id.uuid()).filter(security_alert::Column::AccountId.eq(permit.id::<Uuid>()));
    let row = query.one(conn.raw()).await?.ok_or(Error::NotFound)?;
    let before = handled(conn, vec![row.id]).await?.remove(&row.id);
    if before.is_none() {
        let handling = alert_handling::ActiveModel {
            alert_id: Set(row.id),
            handled_by: Set(new.by.uuid()),
            handled_at: Set(At::from(new.at)),
        };
        alert_handling::Entity::insert(handling).exec_without_returning(conn.raw()).await?;
    }
    alert_of(&row, Some(before.unwrap_or(new)))
}
