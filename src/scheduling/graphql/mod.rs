//! The GraphQL face of scheduling.

mod availability;
mod inputs;
mod payloads;
mod types;
mod watch;

use async_graphql::{Context, ID, Object, Result};

use self::inputs::{
    AddDayOffInput, AddExtraHoursInput, BookSessionInput, CancelSessionInput, CommonSlotsInput, CompleteSessionInput,
    ConfirmSessionInput, RemoveAvailabilityExceptionInput, ReportNoShowInput, RescheduleSessionInput,
    SetWeeklyAvailabilityInput,
};
use self::payloads::{
    AddDayOffPayload, AddExtraHoursPayload, BookSessionPayload, CancelSessionPayload, CompleteSessionPayload,
    ConfirmSessionPayload, RemoveAvailabilityExceptionPayload, ReportNoShowPayload, RescheduleSessionPayload,
    SetWeeklyAvailabilityPayload,
};
use super::model::session::When;
use super::service;
use crate::graphql::{Connection, connection, fault, page_request, target};
use crate::kernel::page::Cursor;
use crate::op::Op;

pub use self::availability::{AvailabilityException, MentorAvailability, WeeklyHours};
pub use self::types::{
    CommonSlots, LocalTime, NoSlotsReason, Session, SessionFields, SessionOutcome, SessionSlot, SessionsWhen,
};
pub use self::watch::{SchedulingSubscription, SessionChange};

/// The queries of scheduling.
#[derive(Debug, Default)]
pub struct SchedulingQuery;

#[Object]
impl SchedulingQuery {
    /// A mentor's weekly hours, days off and extra hours, for the mentor and their coordinator.
    async fn weekly_availability(&self, ctx: &Context<'_>, mentor_id: ID) -> Result<MentorAvailability> {
        let id = target(&mentor_id, "mentorId").map_err(fault)?;
        let hours = service::availability::weekly_availability(ctx.data::<Op>()?, id).await;
        Ok(hours.map_err(fault)?.into())
    }

    /// A family's days off and extra hours beside the weekly hours of its safe-contact plan.
    async fn family_days(&self, ctx: &Context<'_>, family_id: ID) -> Result<Vec<AvailabilityException>> {
        let id = target(&family_id, "familyId").map_err(fault)?;
        let days = service::availability::family_days(ctx.data::<Op>()?, id).await.map_err(fault)?;
        Ok(days.into_iter().map(AvailabilityException::from).collect())
    }

    /// Times that suit both sides of a match and are free. What is listed can be booked.
    async fn common_slots(&self, ctx: &Context<'_>, input: CommonSlotsInput) -> Result<CommonSlots> {
        let (id, wish) = input.read().map_err(fault)?;
        let slots = service::slots::match_slots(ctx.data::<Op>()?, id, wish).await;
        Ok(slots.map_err(fault)?.into())
    }

    /// One session.
    async fn session(&self, ctx: &Context<'_>, id: ID) -> Result<Session> {
        let id = target(&id, "id").map_err(fault)?;
        Ok(service::reads::session(ctx.data::<Op>()?, id).await.map_err(fault)?.into())
    }

    /// The sessions of one match: upcoming ones with the soonest first, past ones with the latest first.
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        match_id: ID,
        when: SessionsWhen,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<Session>> {
        let request = page_request(first, after.as_deref())?;
        let id = target(&match_id, "matchId").map_err(fault)?;
        let page = service::reads::list_sessions(ctx.data::<Op>()?, id, When::from(when), request).await;
        Ok(connection(&request, page.map_err(fault)?, place, Session::from))
    }

    /// The caller's own sessions in all their matches, for families and mentors.
    async fn my_sessions(
        &self,
        ctx: &Context<'_>,
        when: SessionsWhen,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<Session>> {
        let request = page_request(first, after.as_deref())?;
        let page = service::reads::my_sessions(ctx.data::<Op>()?, When::from(when), request).await;
        Ok(connection(&request, page.map_err(fault)?, place, Session::from))
    }
}

fn place(session: &super::Session) -> Cursor {
    Cursor { key: session.starts_at.as_microsecond(), id: session.id.uuid() }
}

/// The mutations of scheduling.
#[derive(Debug, Default)]
pub struct SchedulingMutation;

#[Object]
impl SchedulingMutation {
    /// Replaces all weekly hours of a mentor. Sessions that are agreed already stay.
    async fn set_weekly_availability(
        &self,
        ctx: &Context<'_>,
        input: SetWeeklyAvailabilityInput,
    ) -> Result<SetWeeklyAvailabilityPayload> {
        let id = target(&input.mentor_id, "input.mentorId").map_err(fault)?;
        let hours = service::availability::set_weekly_availability(ctx.data::<Op>()?, id, input.hours()).await;
        SetWeeklyAvailabilityPayload::from_result(hours)
    }

    /// Takes one day's weekly hours away, for a mentor or for a family.
    async fn add_day_off(&self, ctx: &Context<'_>, input: AddDayOffInput) -> Result<AddDayOffPayload> {
        let (party, new) = input.read().map_err(fault)?;
        AddDayOffPayload::from_result(service::availability::add_exception(ctx.data::<Op>()?, party, new).await)
    }

    /// Adds hours on one day, for a mentor or for a family. A day off does not touch them.
    async fn add_extra_hours(&self, ctx: &Context<'_>, input: AddExtraHoursInput) -> Result<AddExtraHoursPayload> {
        let (party, new) = input.read().map_err(fault)?;
        AddExtraHoursPayload::from_result(service::availability::add_exception(ctx.data::<Op>()?, party, new).await)
    }

    /// Takes a day off or extra hours back.
    async fn remove_availability_exception(
        &self,
        ctx: &Context<'_>,
        input: RemoveAvailabilityExceptionInput,
    ) -> Result<RemoveAvailabilityExceptionPayload> {
        let id = target(&input.exception_id, "input.exceptionId").map_err(fault)?;
        let removed = service::availability::remove_exception(ctx.data::<Op>()?, id).await;
        RemoveAvailabilityExceptionPayload::from_result(removed)
    }

    /// Books one of the common slots. The session is proposed and holds its time for a day; the other side confirms.
    /// A refusal for the time (`SLOT_TAKEN`, `NOT_A_COMMON_SLOT`) comes with fresh slots.
    async fn book_session(&self, ctx: &Context<'_>, input: BookSessionInput) -> Result<BookSessionPayload> {
        let op = ctx.data::<Op>()?;
        let new = input.read().map_err(fault)?;
        let booked = service::booking::book_session(op, new).await;
        BookSessionPayload::new(op, new.of_match, input.duration_minutes, booked).await
    }

    /// Agrees to a proposed session; not for the side that asked for the time.
    async fn confirm_session(&self, ctx: &Context<'_>, input: ConfirmSessionInput) -> Result<ConfirmSessionPayload> {
        let id = target(&input.session_id, "input.sessionId").map_err(fault)?;
        let confirmed = service::changes::confirm_session(ctx.data::<Op>()?, id, input.version).await;
        ConfirmSessionPayload::from_result(confirmed)
    }

    /// Moves a confirmed session to another common slot; the other side confirms it again.
    async fn reschedule_session(
        &self,
        ctx: &Context<'_>,
        input: RescheduleSessionInput,
    ) -> Result<RescheduleSessionPayload> {
        let op = ctx.data::<Op>()?;
        let (id, time) = input.read().map_err(fault)?;
        let moved = service::booking::reschedule_session(op, id, time, input.version).await;
        RescheduleSessionPayload::new(op, id, input.duration_minutes, moved).await
    }

    /// Calls a session off before it begins.
    async fn cancel_session(&self, ctx: &Context<'_>, input: CancelSessionInput) -> Result<CancelSessionPayload> {
        let id = target(&input.session_id, "input.sessionId").map_err(fault)?;
        let op = ctx.data::<Op>()?;
        CancelSessionPayload::from_result(service::changes::cancel_session(op, id, input.reason, input.version).await)
    }

    /// Says that a session took place and how it went; for its mentor, once it has begun.
    async fn complete_session(&self, ctx: &Context<'_>, input: CompleteSessionInput) -> Result<CompleteSessionPayload> {
        let id = target(&input.session_id, "input.sessionId").map_err(fault)?;
        let completed = service::changes::complete_session(ctx.data::<Op>()?, id, input.outcome()).await;
        CompleteSessionPayload::from_result(completed)
    }

    /// Says that one side did not come, from ten minutes after the start on.
    async fn report_no_show(&self, ctx: &Context<'_>, input: ReportNoShowInput) -> Result<ReportNoShowPayload> {
        let id = target(&input.session_id, "input.sessionId").map_err(fault)?;
        let reported = service::changes::report_no_show(ctx.data::<Op>()?, id, input.side.into()).await;
        ReportNoShowPayload::from_result(reported)
    }
}
