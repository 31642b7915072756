//! Conversations of a match. A message reaches the other side only with a verdict; what the screener cannot judge is held.

pub mod model;

pub use model::{FIRST_HELD, MessageState, Side, Verdict, check_body, check_client_id, may_edit, state_after};
