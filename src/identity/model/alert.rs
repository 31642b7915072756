//! Security alerts: what staff must hear of, because somebody may be in danger.

use jiff::Timestamp;

use super::account::Role;
use crate::kernel::ids::{AccountId, AlertId, ProgrammeId};
use crate::kernel::states::texts;

texts! {
    /// What happened.
    pub enum AlertKind {
        /// A refresh token was used twice: somebody has a copy of it. The sign-in has ended.
        RefreshReused = "refresh_reused",
    }
}

/// An alert. It holds ids only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityAlert {
    /// Its id.
    pub id: AlertId,
    /// What happened.
    pub kind: AlertKind,
    /// Whose account it is about.
    pub account: AccountId,
    /// The role that they acted in.
    pub role: Role,
    /// The programme that they acted in; none for an administrator.
    pub programme: Option<ProgrammeId>,
    /// When it happened.
    pub raised_at: Timestamp,
    /// Who acted on it first; none while it waits.
    pub handled: Option<Handled>,
}

/// That somebody acted on an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handled {
    /// Who.
    pub by: AccountId,
    /// When they said so.
    pub at: Timestamp,
}
