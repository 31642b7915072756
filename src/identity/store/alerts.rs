//! Security alerts.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use super::HeldRole;
use crate::access::{Reach, Scope, act};
use crate::db::{At, Conn, Order};
use crate::identity::Role;
use crate::identity::entity::security_alert;
use crate::identity::model::alert::{AlertKind, SecurityAlert};
use crate::kernel::ids::{AlertId, ProgrammeId, SignInId};
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
    let items = page.items.into_iter().map(|row| {
        let unknown = || Error::internal("an unknown kind of alert or role is stored");
        let alert = SecurityAlert {
            id: row.id.into(),
            kind: AlertKind::parse(&row.kind).ok_or_else(unknown)?,
            account: row.account_id.into(),
            role: Role::parse(&row.role).ok_or_else(unknown)?,
            programme: row.programme_id.map(ProgrammeId::from),
            raised_at: row.raised_at.timestamp(),
        };
        Ok((Cursor { key: row.raised_at.0, id: row.id }, alert))
    });
    Ok(Page { items: items.collect::<Result<_>>()?, has_next: page.has_next })
}
