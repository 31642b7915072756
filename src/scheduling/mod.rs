//! Sessions between mentor and family: when both are free, and what becomes of a booked hour.
//!
//! Availability is kept as people say it, in local weekly hours with a zone, and turned into instants only when asked.
//! One predicate, [`Week::check`], decides whether a start can be booked; the list of common slots is the same predicate
//! asked for every start on the grid, so what is listed can be booked. That two sessions of one side never overlap is
//! the database's own rule; a service that loses a race against it answers `SLOT_TAKEN`.
//!
//! A booked session is *proposed* and holds its time for a day. A hold that has run out counts as gone at once: readers
//! see it as expired, the next booking moves it aside, and the job `expire_hold` does so if nobody books.

pub mod graphql;
pub mod jobs;
pub mod model;

mod entity;
mod service;
mod store;

pub use graphql::{Session as ApiSession, SessionOutcome as ApiSessionOutcome};
pub use model::availability::{DayException, MentorHours, NewException, NewWeeklyHours, Party};
pub use model::calendar::{Calendar, Removed, Span, WeeklyRule, Window, tzdb_version, zone};
pub use model::offer::{CommonSlots, LocalTime, Slot, SlotWish, WhyEmpty};
pub use model::session::{
    Canceller, NewOutcome, OWN_PROPOSAL, OpenedSession, Outcome, Session, TOO_EARLY, TOO_LATE, When,
};
pub use model::slots::{Query, SlotRefusal, Week, check_slot, common_slots};
pub use model::states::{SessionSide, SessionState};
pub use service::availability::{
    add_exception, family_days, remove_exception, set_weekly_availability, weekly_availability,
};
pub use service::booking::{NewBooking, NewTime, book_session, reschedule_session};
pub use service::changes::{cancel_session, complete_session, confirm_session, report_no_show};
pub use service::opened::{count_sessions_held, opened_sessions, sessions_held};
pub use service::reads::{list_sessions, my_sessions, outcomes, session};
pub use service::slots::match_slots;
pub use service::watch::session_changes;
