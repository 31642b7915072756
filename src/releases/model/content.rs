//! What is told under a release: only what was asked for and agreed to is ever filled in.

use jiff::Timestamp;

use crate::kernel::terms::{ExploitationKind, Phase};

/// Hours in which it is safe to reach a family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// IANA name of the zone in which they are meant.
    pub zone: String,
    /// Day (0 is Monday), first minute of the local day, first minute no longer inside.
    pub windows: Vec<(u8, u16, u16)>,
}

/// A time in which the family had a mentor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Support {
    /// When it began.
    pub from: Timestamp,
    /// When it ended; none while it lasts.
    pub until: Option<Timestamp>,
}

/// How the support went, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeSummary {
    /// How many sessions took place.
    pub sessions_held: u64,
    /// How the last support ended, as a word of matching's own list; none while it lasts.
    pub ended: Option<&'static str>,
}

/// What is told. A part is there exactly when its field was asked for; what the programme does not know is empty.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// The caregivers' first names.
    pub first_names: Option<Vec<String>>,
    /// Languages, as lower-case tags.
    pub languages: Option<Vec<String>>,
    /// The safe channel, as a word of the plan's own list; none when no contact is safe or nothing was said.
    pub contact_channel: Option<Option<&'static str>>,
    /// The safe hours; none when nothing was said.
    pub contact_hours: Option<Option<Hours>>,
    /// What happened; none when nothing was said.
    pub situation_kind: Option<Option<ExploitationKind>>,
    /// Where the family stands; none when nothing was said.
    pub situation_phase: Option<Option<Phase>>,
    /// When the family had a mentor, the latest first.
    pub support_dates: Option<Vec<Support>>,
    /// When sessions took place, the latest first.
    pub session_dates: Option<Vec<Timestamp>>,
    /// How it went.
    pub outcome_summary: Option<OutcomeSummary>,
}

/// What is told is nobody's business in a log.
impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Content").finish_non_exhaustive()
    }
}
