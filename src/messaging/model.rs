//! Bounds of a message, its states, and what a verdict makes of it.

use jiff::{SignedDuration, Timestamp};

use crate::kernel::states::{machine, texts};
use crate::kernel::{Check, Code};

/// Longest message, in characters.
pub const MAX_BODY: usize = 2000;
/// How many of each side's first messages of a match are held for a reader, when the programme says nothing else.
pub const FIRST_HELD: u32 = 3;
/// How long after sending the author may edit.
pub const EDIT_WINDOW: SignedDuration = SignedDuration::from_mins(15);

machine! {
    /// The state of a message.
    pub machine MessageState("message") {
        /// Stored, not judged yet.
        Screening = "screening",
        /// The other side may read it.
        Delivered = "delivered",
        /// Waits for a reader.
        Held = "held",
        /// Refused by a reader.
        Blocked = "blocked",
        /// Taken back after delivery.
        Removed = "removed",
        /// The author asked for another look.
        Appealed = "appealed",
    }
    begins [Screening]
    Screening => [Delivered, Held, Blocked],
    Held => [Delivered, Blocked, Screening],
    Delivered => [Removed, Screening],
    Blocked => [Appealed],
    // Overturned, or upheld.
    Appealed => [Delivered, Blocked],
}

texts! {
    /// Who wrote it.
    pub enum Side {
        /// Somebody of the family.
        Family = "family",
        /// The mentor.
        Mentor = "mentor",
    }
}

texts! {
    /// What was judged, by the screener or by a moderator.
    pub enum Verdict {
        /// Nothing found.
        Deliver = "deliver",
        /// Delivered; a coordinator sees the flag.
        DeliverAndFlag = "deliver_and_flag",
        /// A cry for help: delivered, and somebody is paged.
        DeliverAndPage = "deliver_and_page",
        /// Kept back for a reader.
        Hold = "hold",
        /// A reader let it go as it is.
        Released = "released",
        /// A reader let it go with parts taken out.
        Redacted = "redacted",
        /// A reader refused it.
        Blocked = "blocked",
    }
}

impl Verdict {
    /// Whether the other side may read the message.
    #[must_use]
    pub const fn delivers(self) -> bool {
        !matches!(self, Self::Hold | Self::Blocked)
    }
}

/// The state that a verdict gives a message, when `earlier` messages of the same side came before it in this match and
/// the first `first_held` are kept for a reader. A cry for help is never kept back for being among the first.
#[must_use]
pub const fn state_after(verdict: Verdict, earlier: u32, first_held: u32) -> MessageState {
    match verdict {
        Verdict::Deliver | Verdict::DeliverAndFlag if earlier < first_held => MessageState::Held,
        Verdict::Hold => MessageState::Held,
        Verdict::Blocked => MessageState::Blocked,
        Verdict::Deliver
        | Verdict::DeliverAndFlag
        | Verdict::DeliverAndPage
        | Verdict::Released
        | Verdict::Redacted => MessageState::Delivered,
    }
}

/// Cleans a message's body: 1 to 2000 characters.
pub fn check_body(check: &mut Check, path: &str, body: &str) -> String {
    check.prose(path, body, 1, MAX_BODY)
}

/// Checks the client's own id of a message, which makes sending it twice harmless: 1 to 64 of `A-Z a-z 0-9 _ -`.
pub fn check_client_id(check: &mut Check, path: &str, id: &str) {
    let shaped =
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    check.ensure(shaped, Code::INVALID, path, "Use 1 to 64 letters, digits, _ or -.");
}

/// Whether the author may still edit: within 15 minutes, and only what is delivered or held.
#[must_use]
pub fn may_edit(state: MessageState, sent_at: Timestamp, now: Timestamp) -> bool {
    state.may_become(MessageState::Screening) && now.duration_since(sent_at) <= EDIT_WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_messages_wait_for_a_reader_but_a_cry_for_help_does_not() {
        for earlier in 0..FIRST_HELD {
            assert_eq!(state_after(Verdict::Deliver, earlier, FIRST_HELD), MessageState::Held);
            assert_eq!(state_after(Verdict::DeliverAndFlag, earlier, FIRST_HELD), MessageState::Held);
            assert_eq!(state_after(Verdict::DeliverAndPage, earlier, FIRST_HELD), MessageState::Delivered);
            assert_eq!(state_after(Verdict::Released, earlier, FIRST_HELD), MessageState::Delivered);
        }
        assert_eq!(state_after(Verdict::Deliver, FIRST_HELD, FIRST_HELD), MessageState::Delivered);
        assert_eq!(state_after(Verdict::Hold, 99, 0), MessageState::Held);
        for verdict in Verdict::ALL {
            let state = state_after(*verdict, 9, FIRST_HELD);
            assert_eq!(verdict.delivers(), state == MessageState::Delivered, "{verdict}");
            let from_held = MessageState::Held.may_become(state) || state == MessageState::Held;
            assert!(MessageState::Screening.may_become(state) && from_held);
        }
    }

    #[test]
    fn bodies_and_client_ids_are_bounded() {
        for (body, fine) in
            [("x".to_owned(), true), ("é".repeat(2000), true), ("x".repeat(2001), false), (" ".into(), false)]
        {
            let mut check = Check::new();
            check_body(&mut check, "body", &body);
            assert_eq!(check.done().is_ok(), fine);
        }
        for (id, fine) in [("a_B-9", true), ("", false), ("a b", false), ("é", false), (&"x".repeat(65), false)] {
            let mut check = Check::new();
            check_client_id(&mut check, "clientId", id);
            assert_eq!(check.done().is_ok(), fine, "{id}");
        }
    }

    #[test]
    fn editing_ends_after_fifteen_minutes() {
        let sent = Timestamp::UNIX_EPOCH;
        let after = |minutes| sent + SignedDuration::from_mins(minutes);
        assert!(may_edit(MessageState::Delivered, sent, after(15)));
        assert!(!may_edit(MessageState::Delivered, sent, after(16)));
        assert!(!may_edit(MessageState::Blocked, sent, after(1)));
    }
}
