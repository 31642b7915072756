//! What becomes of a booked session.

use crate::kernel::states::{machine, texts};

machine! {
    /// The state of a session between mentor and family.
    pub machine SessionState("session") {
        /// Asked for by one side; holds the slot until the hold expires.
        Proposed = "proposed",
        /// Both sides agreed.
        Confirmed = "confirmed",
        /// It took place.
        Completed = "completed",
        /// One side did not come.
        NoShow = "no_show",
        /// Called off before it began.
        Cancelled = "cancelled",
        /// Nobody confirmed in time; the slot is free again.
        Expired = "expired",
    }
    begins [Proposed, Confirmed]
    Proposed => [Confirmed, Cancelled, Expired],
    // Back to proposed is a new time for the same session: rescheduling keeps the identity.
    Confirmed => [Completed, NoShow, Cancelled, Proposed],
}

impl SessionState {
    /// Whether a session in this state keeps its time for itself, on both sides.
    #[must_use]
    pub const fn holds_slot(self) -> bool {
        matches!(self, Self::Proposed | Self::Confirmed)
    }
}

texts! {
    /// The side that booked, cancelled, or did not come.
    pub enum SessionSide {
        /// The family.
        Family = "family",
        /// The mentor.
        Mentor = "mentor",
    }
}
