//! Payloads of scheduling.

use async_graphql::{Result, SimpleObject};

use super::super::model::offer::SlotWish;
use super::super::{model, service};
use super::types::SessionSlot;
use super::{AvailabilityException, MentorAvailability, Session};
use crate::graphql::{UserError, UserErrorCode, fault, outcome};
use crate::kernel::ids::{MatchId, MeetingId};
use crate::op::Op;

crate::payload! {
    /// What became of setting weekly hours.
    pub SetWeeklyAvailabilityPayload {
        /// The mentor's hours now.
        availability: MentorAvailability
    }
    /// What became of a day off.
    pub AddDayOffPayload {
        /// The day off.
        exception: AvailabilityException
    }
    /// What became of extra hours.
    pub AddExtraHoursPayload {
        /// The extra hours.
        exception: AvailabilityException
    }
    /// What became of taking a day off or extra hours back.
    pub RemoveAvailabilityExceptionPayload {
        /// What was taken back.
        exception: AvailabilityException
    }
    /// What became of agreeing to a session.
    pub ConfirmSessionPayload {
        /// The session now.
        session: Session
    }
    /// What became of calling a session off.
    pub CancelSessionPayload {
        /// The session now.
        session: Session
    }
    /// What became of saying how a session went.
    pub CompleteSessionPayload {
        /// The session now.
        session: Session
    }
    /// What became of saying that somebody did not come.
    pub ReportNoShowPayload {
        /// The session now.
        session: Session
    }
}

/// What became of a booking.
#[derive(SimpleObject)]
pub struct BookSessionPayload {
    /// The session, when it was booked.
    session: Option<Session>,
    /// Other times to choose from, when this one was refused.
    fresh_slots: Vec<SessionSlot>,
    /// What stands in the way; empty when it was done.
    user_errors: Vec<UserError>,
}

impl BookSessionPayload {
    pub(super) async fn new(
        op: &Op,
        of_match: MatchId,
        duration: Option<i32>,
        booked: crate::kernel::Result<model::session::Session>,
    ) -> Result<Self> {
        let (session, user_errors) = outcome(booked)?;
        let wish = SlotWish { duration, ..SlotWish::default() };
        let fresh_slots = if about_time(&user_errors) { fresh(op, of_match, wish).await? } else { Vec::new() };
        Ok(Self { session: session.map(Session::from), fresh_slots, user_errors })
    }
}

/// What became of moving a session.
#[derive(SimpleObject)]
pub struct RescheduleSessionPayload {
    /// The session at its new time, when it was moved.
    session: Option<Session>,
    /// Other times to choose from, when this one was refused.
    fresh_slots: Vec<SessionSlot>,
    /// What stands in the way; empty when it was done.
    user_errors: Vec<UserError>,
}

impl RescheduleSessionPayload {
    pub(super) async fn new(
        op: &Op,
        id: MeetingId,
        duration: Option<i32>,
        moved: crate::kernel::Result<model::session::Session>,
    ) -> Result<Self> {
        let (session, user_errors) = outcome(moved)?;
        let mut fresh_slots = Vec::new();
        if about_time(&user_errors) {
            let now = service::reads::session(op, id).await.map_err(fault)?;
            let usual = i32::try_from(now.ends_at.duration_since(now.starts_at).as_mins()).ok();
            let wish = SlotWish { duration: duration.or(usual), moving: Some(id), ..SlotWish::default() };
            fresh_slots = fresh(op, now.of_match, wish).await?;
        }
        Ok(Self { session: session.map(Session::from), fresh_slots, user_errors })
    }
}

/// Whether another time would help.
fn about_time(errors: &[UserError]) -> bool {
    errors.iter().any(|error| matches!(error.code, UserErrorCode::SlotTaken | UserErrorCode::NotACommonSlot))
}

async fn fresh(op: &Op, of_match: MatchId, wish: SlotWish) -> Result<Vec<SessionSlot>> {
    let common = service::slots::match_slots(op, of_match, wish).await.map_err(fault)?;
    Ok(common.slots.into_iter().map(SessionSlot::from).collect())
}
