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
/// Most versions of one message, so that whoever judges it can be shown them all.
pub const MAX_VERSIONS: i32 = 20;
/// Most messages that one person sends in one conversation within a time.
pub const PACE: (u64, SignedDuration) = (60, SignedDuration::from_mins(10));
/// Longest reason that somebody gives for a report or an appeal, in characters.
pub const MAX_REASON: usize = 1000;
/// What an author of a cry for help is shown at once, before any person has answered: in both languages of the programmes,
/// since a record may be wrong about the one that somebody reads in need.
pub const HELP: &str = "If somebody is in danger now, call 911. If you think of ending your life, call or text 988, at any hour. \
    Outside of the United States, call your local emergency number. \
    Your message stands first in the coordinators' queue, but nobody may be reading it this minute.\n\n\
    Si alguien está en peligro ahora, llame al 911. Si piensa en quitarse la vida, llame al 988 y oprima 2, o envíe AYUDA al 988, \
    a cualquier hora. Fuera de los Estados Unidos, llame al número de emergencias de su país. \
    Su mensaje es el primero que verá la coordinación, pero puede que nadie lo esté leyendo en este momento.";

/// The client id belongs to another message of the same author.
pub const CLIENT_ID_REUSED: Code = Code::ClientIdReused;
/// Nothing more can be written after the end of the match.
pub const MATCH_ENDED: Code = Code::MatchEnded;
/// The time for edits is over.
pub const TOO_LATE_TO_EDIT: Code = Code::TooLateToEdit;
/// The message was changed as often as it can be.
pub const TOO_MANY_EDITS: Code = Code::TooManyEdits;
/// The author has sent very many messages in a short time.
pub const TOO_FAST: Code = Code::TooFast;
/// A moderator has yet to judge the message, so its words stay. One code for whatever the case is about: the author does not
/// learn whether somebody reported it.
pub const UNDER_REVIEW: Code = Code::UnderReview;
/// One's own message cannot be reported.
pub const OWN_MESSAGE: Code = Code::OwnMessage;

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
    Held => [Delivered, Blocked],
    // An edit is screened anew; what is held waits for its reader.
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
    /// Whose words a kept version holds.
    pub enum Form {
        /// The author's own.
        Written = "written",
        /// What a moderator let others see instead.
        Shown = "shown",
    }
}

/// The words of a message as they once were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Which version of the message.
    pub number: i32,
    /// Whose words they are.
    pub form: Form,
    /// The words.
    pub body: String,
    /// Whether the other side could read them.
    pub was_delivered: bool,
    /// Since when they stood.
    pub kept_at: Timestamp,
}

texts! {
    /// What was judged, by the screener or by a moderator.
    pub enum Verdict {
        /// Nothing found.
        Deliver = "deliver",
        /// Delivered; a coordinator sees the flag.
        DeliverAndFlag = "deliver_and_flag",
        /// A cry for help: delivered, and somebody is paged. No reader let it go.
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

texts! {
    /// Why a verdict fell as it did, for who reads the case.
    pub enum Why {
        /// Nothing stood in the way.
        Clear = "clear",
        /// The findings say it.
        Findings = "findings",
        /// It is among the first messages of its side in this match.
        FirstMessages = "first_messages",
        /// The screener could not read it.
        NotScreened = "not_screened",
        /// It is in a language or script that the screener has no rules for.
        UnknownLanguage = "unknown_language",
        /// A reader had kept something back, and the author changed the words: somebody must read the new ones.
        EditedWhileHeld = "edited_while_held",
        /// A moderator decided.
        Moderator = "moderator",
    }
}

impl Verdict {
    /// Whether a message that this verdict let go counts among the first of its side: not one that was let go only because
    /// it is a cry for help.
    #[must_use]
    pub const fn counts(self) -> bool {
        self.delivers() && !matches!(self, Self::DeliverAndPage)
    }

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

/// The steps that a moderator's verdict takes a message through, each allowed by the table: a delivered message is judged
/// again by way of `screening`, a blocked one by way of `appealed`. One that its author took back stays as it is when it is
/// refused, so that a case about it can still end. `None` when this verdict cannot be carried out.
#[must_use]
pub const fn steps_of_verdict(from: MessageState, delivers: bool) -> Option<&'static [MessageState]> {
    use MessageState::{Appealed, Blocked, Delivered, Held, Removed, Screening};
    match (from, delivers) {
        (Held | Appealed, true) => Some(&[Delivered]),
        (Held | Appealed, false) => Some(&[Blocked]),
        (Delivered, true) => Some(&[Screening, Delivered]),
        (Delivered, false) => Some(&[Screening, Blocked]),
        (Blocked, true) => Some(&[Appealed, Delivered]),
        (Blocked, false) => Some(&[Appealed, Blocked]),
        (Removed, false) => Some(&[]),
        (Removed, true) | (Screening, _) => None,
    }
}

/// Whether somebody other than the author may know of a message: never of one that has not been delivered.
#[must_use]
pub const fn shows_to_others(state: MessageState) -> bool {
    matches!(state, MessageState::Delivered | MessageState::Removed)
}

/// Cleans a message's body: 1 to 2000 characters.
pub fn check_body(check: &mut Check, path: &str, body: &str) -> String {
    check.prose(path, body, 1, MAX_BODY)
}

/// Checks the client's own id of a message, which makes sending it twice harmless: 1 to 64 of `A-Z a-z 0-9 _ -`.
pub fn check_client_id(check: &mut Check, path: &str, id: &str) {
    let shaped =
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    check.ensure(shaped, Code::Invalid, path, "Use 1 to 64 letters, digits, _ or -.");
}

/// Whether the time for edits is not over: 15 minutes from the sending.
#[must_use]
pub fn in_edit_window(sent_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(sent_at) <= EDIT_WINDOW
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
        // Nobody has read what was delivered as a cry for help, so it does not count among the first.
        assert!(!Verdict::DeliverAndPage.counts() && Verdict::Released.counts() && !Verdict::Hold.counts());
        assert_eq!(state_after(Verdict::Hold, 99, 0), MessageState::Held);
        for verdict in Verdict::ALL {
            let state = state_after(*verdict, 9, FIRST_HELD);
            assert_eq!(verdict.delivers(), state == MessageState::Delivered, "{verdict}");
            let from_held = MessageState::Held.may_become(state) || state == MessageState::Held;
            assert!(MessageState::Screening.may_become(state) && from_held);
        }
    }

    #[test]
    fn a_moderators_verdict_takes_only_steps_of_the_table() {
        for from in MessageState::ALL {
            for delivers in [true, false] {
                let Some(steps) = steps_of_verdict(*from, delivers) else {
                    assert!(*from == MessageState::Screening || (*from == MessageState::Removed && delivers));
                    continue;
                };
                let mut at = *from;
                for step in steps {
                    assert!(at.may_become(*step), "{at} {step}");
                    at = *step;
                }
                assert_eq!(at == MessageState::Delivered, delivers);
                assert!(!steps.is_empty() || *from == MessageState::Removed, "a refusal of {from} does something");
            }
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
        assert!(in_edit_window(sent, after(15)) && !in_edit_window(sent, after(16)));
        let editable = |state: &&MessageState| state.may_become(MessageState::Screening);
        assert_eq!(MessageState::ALL.iter().filter(editable).collect::<Vec<_>>(), [&MessageState::Delivered]);
    }
}
