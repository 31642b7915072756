//! Resets of those who lost what they sign in with.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;

use crate::access::{Decision, Permit, Reach, Scope, act};
use crate::db::{At, Conn, Order};
use crate::identity::entity::{account, factor, factor_reset};
use crate::identity::model::reset::{APPROVAL_WITHIN, FactorReset, Lost, PendingReset, ResetState, VerifiedBy};
use crate::kernel::ids::{AccountId, FactorResetId, ProgrammeId};
use crate::kernel::page::Cursor;
use crate::kernel::{Error, Page, PageRequest, Result};

/// A reset to be asked for, of the account of the permit.
pub(in crate::identity) struct NewReset {
    pub(in crate::identity) id: FactorResetId,
    pub(in crate::identity) lost: Lost,
    pub(in crate::identity) verified_by: VerifiedBy,
    pub(in crate::identity) by: AccountId,
    pub(in crate::identity) now: Timestamp,
}

pub(in crate::identity) async fn insert_reset(
    conn: &Conn,
    permit: &Permit<act::RequestReset>,
    new: &NewReset,
) -> Result<()> {
    let whose = permit.resource();
    let row = factor_reset::ActiveModel {
        id: Set(new.id.uuid()),
        account_id: Set(whose.id),
        programme_id: Set(whose.programme.map(Uuid::from)),
        of_staff: Set(i32::from(whose.staff)),
        lost: Set(new.lost.as_str().to_owned()),
        verified_by: Set(new.verified_by.as_str().to_owned()),
        state: Set(ResetState::Requested.as_str().to_owned()),
        requested_by: Set(new.by.uuid()),
        requested_at: Set(At::from(new.now)),
        approved_by: Set(None),
        approved_at: Set(None),
        due_at: Set(None),
        ended_at: Set(None),
        ended_by: Set(None),
    };
    factor_reset::Entity::insert(row).exec_without_returning(conn.raw()).await?;
    Ok(())
}

fn reset_of(row: &factor_reset::Model, now: Timestamp) -> Result<FactorReset> {
    let unreadable = || Error::internal(format!("the reset {} is unreadable", row.id));
    let requested_at = row.requested_at.timestamp();
    let state = ResetState::parse(&row.state).ok_or_else(unreadable)?.seen_at(now, requested_at);
    let lapsed = Some(requested_at + APPROVAL_WITHIN).filter(|_| state == ResetState::Lapsed);
    Ok(FactorReset {
        id: row.id.into(),
        account: row.account_id.into(),
        programme: row.programme_id.map(ProgrammeId::from),
        lost: Lost::parse(&row.lost).ok_or_else(unreadable)?,
        verified_by: VerifiedBy::parse(&row.verified_by).ok_or_else(unreadable)?,
        state,
        requested_by: row.requested_by.into(),
        requested_at,
        approved_by: row.approved_by.map(AccountId::from),
        due_at: row.due_at.map(At::timestamp),
        ended_at: row.ended_at.map(At::timestamp).or(lapsed),
        ended_by: row.ended_by.map(AccountId::from),
    })
}

/// A reset, in the state that it has at `now`.
pub(in crate::identity) async fn reset(conn: &Conn, id: FactorResetId, now: Timestamp) -> Result<Option<FactorReset>> {
    let found = factor_reset::Entity::find_by_id(id.uuid()).one(conn.raw()).await?;
    found.map(|row| reset_of(&row, now)).transpose()
}

fn open_of(account: AccountId) -> Select<factor_reset::Entity> {
    let open = ResetState::ALL.iter().filter(|state| state.is_open()).map(|state| state.as_str());
    factor_reset::Entity::find()
        .filter(factor_reset::Column::AccountId.eq(account.uuid()))
        .filter(factor_reset::Column::State.is_in(open))
}

/// The reset of an account that is stored as open, though it may have lapsed.
pub(in crate::identity) async fn open_reset(
    conn: &Conn,
    account: AccountId,
    now: Timestamp,
) -> Result<Option<FactorReset>> {
    open_of(account).one(conn.raw()).await?.map(|row| reset_of(&row, now)).transpose()
}

/// The reset of somebody's own account that can still take something from them.
pub(in crate::identity) async fn pending_reset(
    conn: &Conn,
    account: AccountId,
    now: Timestamp,
) -> Result<Option<PendingReset>> {
    let found = open_reset(conn, account, now).await?.filter(|reset| reset.state.is_open());
    let seen = |reset: FactorReset| PendingReset {
        id: reset.id,
        lost: reset.lost,
        requested_at: reset.requested_at,
        due_at: reset.due_at,
    };
    Ok(found.map(seen))
}

/// What becomes of a reset.
pub(in crate::identity) enum ResetStep {
    /// Somebody else approves it.
    Approve { by: AccountId, due: Timestamp },
    /// Somebody stops it; nobody does when the account was closed.
    Stop { by: Option<AccountId> },
    /// It is done.
    Finish,
    /// Nobody approved it in time.
    Lapse,
}

impl ResetStep {
    fn to(&self) -> ResetState {
        match self {
            Self::Approve { .. } => ResetState::Approved,
            Self::Stop { .. } => ResetState::Stopped,
            Self::Finish => ResetState::Done,
            Self::Lapse => ResetState::Lapsed,
        }
    }
}

/// Takes the step if the reset is still stored in this state; whether it was.
pub(in crate::identity) async fn step_reset(
    conn: &Conn,
    _proof: &Decision,
    (id, from): (FactorResetId, ResetState),
    step: ResetStep,
    now: Timestamp,
) -> Result<bool> {
    let state = Set(step.to().as_str().to_owned());
    let now = At::from(now);
    let ended = |by: Option<AccountId>| factor_reset::ActiveModel {
        ended_at: Set(Some(now)),
        ended_by: Set(by.map(Uuid::from)),
        ..Default::default()
    };
    let change = match step {
        ResetStep::Approve { by, due } => factor_reset::ActiveModel {
            approved_by: Set(Some(by.uuid())),
            approved_at: Set(Some(now)),
            due_at: Set(Some(At::from(due))),
            ..Default::default()
        },
        ResetStep::Stop { by } => ended(by),
        ResetStep::Finish | ResetStep::Lapse => ended(None),
    };
    let done = factor_reset::Entity::update_many()
        .set(factor_reset::ActiveModel { state, ..change })
        .filter(factor_reset::Column::Id.eq(id.uuid()))
        .filter(factor_reset::Column::State.eq(from.as_str()))
        .exec(conn.raw())
        .await?;
    Ok(done.rows_affected == 1)
}

/// Resets, newest first: staff's for administrators, those of a programme's families and mentors for its own staff.
pub(in crate::identity) async fn resets(
    conn: &Conn,
    scope: &Scope<act::ListResets>,
    request: PageRequest,
    now: Timestamp,
) -> Result<Page<(Cursor, FactorReset)>> {
    let of_staff = |is: bool| factor_reset::Column::OfStaff.eq(i32::from(is));
    let query = match scope.reach() {
        Reach::Everything => factor_reset::Entity::find().filter(of_staff(true)),
        Reach::Programme(programme) => factor_reset::Entity::find()
            .filter(factor_reset::Column::ProgrammeId.eq(programme.uuid()))
            .filter(of_staff(false)),
        Reach::Family(_) | Reach::Mentor(_) | Reach::Account(_) | Reach::Nothing => {
            return Ok(request.page(Vec::new()));
        }
    };
    let (key, id) = (factor_reset::Column::RequestedAt, factor_reset::Column::Id);
    let page = request.page(crate::db::page(query, key, id, Order::Descending, request).all(conn.raw()).await?);
    let items = page.items.iter().map(|row| {
        let cursor = Cursor { key: row.requested_at.0, id: row.id };
        Ok((cursor, reset_of(row, now)?))
    });
    Ok(Page { items: items.collect::<Result<_>>()?, has_next: page.has_next })
}

/// Takes every factor from an account.
pub(in crate::identity) async fn remove_factors(conn: &Conn, account: AccountId) -> Result<()> {
    factor::Entity::delete_many().filter(factor::Column::AccountId.eq(account.uuid())).exec(conn.raw()).await?;
    Ok(())
}

/// Takes the passphrase from an account.
pub(in crate::identity) async fn remove_passphrase(conn: &Conn, id: AccountId, now: Timestamp) -> Result<()> {
    account::Entity::update_many()
        .col_expr(account::Column::PassphraseHash, Expr::value(None::<String>))
        .col_expr(account::Column::UpdatedAt, Expr::value(At::from(now).0))
        .filter(account::Column::Id.eq(id.uuid()))
        .exec(conn.raw())
        .await?;
    Ok(())
}
