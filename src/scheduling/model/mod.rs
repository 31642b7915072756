//! The pure part of scheduling: calendars, common slots, the states of a session.

pub mod availability;
pub mod calendar;
pub mod offer;
pub mod session;
pub mod slots;
pub mod states;
