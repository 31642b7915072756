//! The pure part of scheduling: calendars, common slots, the states of a session.

pub mod calendar;
pub mod slots;
pub mod states;
