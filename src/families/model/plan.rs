//! The safe-contact plan.

use serde::{Deserialize, Serialize};

use crate::kernel::states::texts;
use crate::kernel::{Check, Code};

/// The most windows in a plan: three on each day of the week.
pub const MAX_WINDOWS: usize = 21;

texts! {
    /// How the programme may reach somebody.
    pub enum ContactChannel {
        /// Only inside the service.
        InApp = "in_app",
        /// By telephone.
        PhoneCall = "phone_call",
        /// By text message.
        TextMessage = "text_message",
        /// Not at all, until the family says otherwise.
        None = "none",
    }
}

/// Hours on one day of the week in which contact is safe, by the plan's local clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactWindow {
    /// The day: 0 is Monday, 6 is Sunday.
    pub weekday: u8,
    /// The first minute of the local day, 0 to 1439.
    pub start_min: u16,
    /// The first minute no longer inside, up to 1440.
    pub end_min: u16,
}

/// How it is safe to reach a family. What is not written here is not allowed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SafeContactPlan {
    /// IANA name of the zone in which the windows are meant.
    pub zone: String,
    /// When contact is safe; empty means at no time.
    pub windows: Vec<ContactWindow>,
    /// The one channel to use.
    pub channel: ContactChannel,
    /// A word that tells the caller that it is safe to talk.
    pub safe_words: String,
    /// What to keep from saying or doing, and who may pick up.
    pub unsafe_notes: String,
    /// Whether a neutral voicemail may be left.
    pub voicemail_ok: bool,
    /// Whether a neutral text message may be left beside a call.
    pub text_ok: bool,
}

/// Nothing but the shape shows in logs: words and notes are the family's secret.
impl std::fmt::Debug for SafeContactPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SafeContactPlan").field("windows", &self.windows.len()).finish_non_exhaustive()
    }
}

impl SafeContactPlan {
    /// Cleans the plan and notes every problem. `zone_known` says whether there is a zone of this name (the bundled
    /// data is the scheduling feature's, which this one may not ask).
    #[must_use]
    pub fn validated(self, check: &mut Check, path: &str, zone_known: impl Fn(&str) -> bool) -> Self {
        let at = |field: &str| format!("{path}.{field}");
        check.at_most(&at("windows"), &self.windows, MAX_WINDOWS);
        for (index, window) in self.windows.iter().take(MAX_WINDOWS).enumerate() {
            let here = format!("{path}.windows.{index}");
            check.range(&format!("{here}.weekday"), window.weekday, 0..=6);
            check.range(&format!("{here}.startMin"), window.start_min, 0..=1439);
            check.range(&format!("{here}.endMin"), window.end_min, 1..=1440);
            let ordered = window.start_min < window.end_min;
            let message = "The end must be later than the start.";
            check.ensure(ordered, Code::OutOfRange, &format!("{here}.endMin"), message);
        }
        let reachable = matches!(self.channel, ContactChannel::PhoneCall | ContactChannel::TextMessage);
        let needed = !reachable || !self.windows.is_empty();
        check.ensure(needed, Code::Required, &at("windows"), "Say when it is safe to call or to text.");
        let leaves = self.channel == ContactChannel::PhoneCall || !(self.voicemail_ok || self.text_ok);
        let message = "A voicemail or a text beside a call needs calls as the channel.";
        check.ensure(leaves, Code::Invalid, &at("voicemailOk"), message);
        let zone = check.line(&at("zone"), &self.zone, 1, 64);
        check.ensure(zone_known(&zone), Code::Invalid, &at("zone"), "Choose a time zone such as America/New_York.");
        let safe_words = check.line(&at("safeWords"), &self.safe_words, 0, 200);
        let unsafe_notes = check.prose(&at("unsafeNotes"), &self.unsafe_notes, 0, 2000);
        Self { zone, safe_words, unsafe_notes, ..self }
    }

    /// Whether contact is safe at this local weekday (0 is Monday) and minute.
    #[must_use]
    pub fn allows(&self, weekday: u8, minute: u16) -> bool {
        self.channel != ContactChannel::None
            && self.windows.iter().any(|w| w.weekday == weekday && (w.start_min..w.end_min).contains(&minute))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> SafeContactPlan {
        SafeContactPlan {
            zone: "America/Chicago".to_owned(),
            windows: vec![ContactWindow { weekday: 1, start_min: 600, end_min: 720 }],
            channel: ContactChannel::PhoneCall,
            safe_words: " garden ".to_owned(),
            unsafe_notes: "Ask for the piano lesson.".to_owned(),
            voicemail_ok: false,
            text_ok: false,
        }
    }

    fn wrong(change: impl FnOnce(&mut SafeContactPlan)) -> Vec<String> {
        let mut plan = plan();
        change(&mut plan);
        let mut check = Check::new();
        let _ = plan.validated(&mut check, "input", |zone| zone == "America/Chicago");
        match check.done() {
            Err(crate::kernel::Error::Refused(problems)) => problems.iter().map(|p| p.field().join(".")).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_plan_is_checked_all_at_once() {
        let mut check = Check::new();
        assert_eq!(plan().validated(&mut check, "input", |_| true).safe_words, "garden");
        assert!(check.done().is_ok());
        assert_eq!(wrong(|_| {}), Vec::<String>::new());
        assert_eq!(wrong(|p| p.zone = "Mars".to_owned()), ["input.zone"]);
        assert_eq!(wrong(|p| p.windows.clear()), ["input.windows"]);
        assert_eq!(wrong(|p| p.windows = vec![p.windows[0]; 22]), ["input.windows"]);
        assert_eq!(wrong(|p| p.windows[0].end_min = 600), ["input.windows.0.endMin"]);
        assert_eq!(wrong(|p| p.windows[0].weekday = 7), ["input.windows.0.weekday"]);
        assert_eq!(wrong(|p| (p.channel, p.voicemail_ok) = (ContactChannel::InApp, true)), ["input.voicemailOk"]);
    }

    #[test]
    fn what_is_not_written_is_not_allowed() {
        let mut plan = plan();
        assert!(plan.allows(1, 600) && plan.allows(1, 719));
        assert!(!plan.allows(1, 720) && !plan.allows(2, 600));
        plan.channel = ContactChannel::None;
        assert!(!plan.allows(1, 600));
        assert!(!format!("{plan:?}").contains("piano"));
    }
}
