//! Sessions between mentor and family: when both are free, and what becomes of a booked hour.
//!
//! Availability is kept as people say it, in local weekly hours with a zone, and turned into instants only when asked.
//! One predicate, [`Week::check`], decides whether a start can be booked; the list of common slots is the same predicate
//! asked for every start on the grid, so what is listed can be booked.

pub mod model;

pub use model::calendar::{Calendar, Removed, Span, WeeklyRule, Window, tzdb_version, zone};
pub use model::slots::{Query, SlotRefusal, Week, check_slot, common_slots};
pub use model::states::{SessionSide, SessionState};
