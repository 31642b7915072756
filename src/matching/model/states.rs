//! The states of requests, proposals and matches.

use crate::kernel::states::{machine, texts};

machine! {
    /// The state of a family's support request.
    pub machine RequestState("support_request") {
        /// Being written.
        Draft = "draft",
        /// Sent; waits for a coordinator.
        Submitted = "submitted",
        /// Read, with an urgency.
        Triaged = "triaged",
        /// A proposal is under way.
        Proposing = "proposing",
        /// A match stands.
        Matched = "matched",
        /// Taken back by the family.
        Withdrawn = "withdrawn",
        /// Closed by the programme, with a reason.
        Closed = "closed",
    }
    begins [Draft, Submitted]
    Draft => [Submitted, Withdrawn, Closed],
    Submitted => [Triaged, Withdrawn, Closed],
    Triaged => [Proposing, Withdrawn, Closed],
    // Back to triaged when a candidate falls away.
    Proposing => [Triaged, Matched, Withdrawn, Closed],
    // Back when the match ended and the family wants another mentor.
    Matched => [Submitted, Triaged, Withdrawn, Closed],
}

machine! {
    /// The state of a proposal: the family is asked first, then the mentor.
    pub machine ProposalState("proposal") {
        /// The family sees an anonymous profile.
        OfferedToFamily = "offered_to_family",
        /// The family said yes; the mentor is about to be asked.
        AcceptedByFamily = "accepted_by_family",
        /// The mentor is asked.
        OfferedToMentor = "offered_to_mentor",
        /// The mentor asked for more; the clock stands.
        NeedsInformation = "needs_information",
        /// Both said yes: a match stands.
        Accepted = "accepted",
        /// One side said no.
        Declined = "declined",
        /// Nobody answered in time.
        Expired = "expired",
        /// Taken back by the coordinator or with the request.
        Withdrawn = "withdrawn",
    }
    begins [OfferedToFamily]
    OfferedToFamily => [AcceptedByFamily, OfferedToMentor, Declined, Expired, Withdrawn],
    AcceptedByFamily => [OfferedToMentor, Withdrawn, Expired],
    OfferedToMentor => [Accepted, Declined, NeedsInformation, Expired, Withdrawn],
    NeedsInformation => [OfferedToMentor, Declined, Withdrawn, Expired],
}

impl ProposalState {
    /// Whether the proposal is under way and takes a place of the mentor's.
    #[must_use]
    pub fn is_live(self) -> bool {
        !self.is_final()
    }
}

machine! {
    /// The state of a match.
    pub machine MatchState("peer_match") {
        /// In contact.
        Active = "active",
        /// Resting for a while.
        Paused = "paused",
        /// A goodbye is planned.
        Ending = "ending",
        /// Over.
        Ended = "ended",
    }
    begins [Active]
    Active => [Paused, Ending, Ended],
    Paused => [Active, Ending, Ended],
    Ending => [Ended, Active],
}

texts! {
    /// Why a match ended. No reason carries a penalty for the family.
    pub enum EndReason {
        /// What was hoped for is reached.
        GoalReached = "goal_reached",
        /// The family chose so; it need not say why.
        FamilyChoice = "family_choice",
        /// The mentor chose so.
        MentorChoice = "mentor_choice",
        /// The mentor cannot go on.
        MentorUnavailable = "mentor_unavailable",
        /// They did not suit each other.
        NotAFit = "not_a_fit",
        /// For somebody's safety.
        Safety = "safety",
        /// The family is with another programme now.
        MovedProgramme = "moved_programme",
        /// None of these.
        Other = "other",
    }
}

texts! {
    /// Why a coordinator closed a request.
    pub enum CloseReason {
        /// The family was supported and needs no more.
        Supported = "supported",
        /// The family cannot be reached in a safe way.
        Unreachable = "unreachable",
        /// Another service fits better, and the family was told.
        ReferredElsewhere = "referred_elsewhere",
        /// Outside of what the programme does.
        OutOfScope = "out_of_scope",
        /// There is another request of this family.
        Duplicate = "duplicate",
        /// The family is with another programme now.
        MovedProgramme = "moved_programme",
        /// None of these.
        Other = "other",
    }
}
