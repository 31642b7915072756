//! What the screener says.

use serde::{Deserialize, Serialize};

use crate::kernel::states::texts;

/// The longest text that is screened, in characters.
pub const MAX_CHARS: usize = 4000;

texts! {
    /// What was found.
    pub enum Category {
        /// A telephone number.
        Phone = "phone",
        /// An e-mail address.
        Email = "email",
        /// A link.
        Link = "link",
        /// A name on another service, or a wish to go there.
        Handle = "handle",
        /// A street address.
        StreetAddress = "street_address",
        /// Somebody's identity, above all a child's name.
        ThirdPartyIdentity = "third_party_identity",
        /// A threat.
        Threat = "threat",
        /// Secrecy, pictures, meeting unseen.
        Solicitation = "solicitation",
        /// Money asked for or offered.
        Money = "money",
        /// Work or travel offered in a way that recruiters do.
        Recruitment = "recruitment",
        /// Mild abuse.
        Abuse = "abuse",
        /// A cry for help.
        Crisis = "crisis",
    }
}

texts! {
    /// How a finding weighs.
    pub enum Tier {
        /// Kept back for a reader.
        Hold = "hold",
        /// Delivered, and shown to a coordinator.
        Flag = "flag",
        /// Delivered, and a person is paged.
        Page = "page",
    }
}

impl Category {
    /// What it is, in plain words that end a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Phone => "a telephone number",
            Self::Email => "an e-mail address",
            Self::Link => "a link",
            Self::Handle => "a way to reach somebody elsewhere",
            Self::StreetAddress => "a street address",
            Self::ThirdPartyIdentity => "a name or a date of birth",
            Self::Threat => "a threat",
            Self::Solicitation => "a secret, a picture or a meeting",
            Self::Money => "money asked for or offered",
            Self::Recruitment => "an offer of work or travel",
            Self::Abuse => "an insult",
            Self::Crisis => "a cry for help",
        }
    }

    /// How a finding of this category weighs.
    #[must_use]
    pub const fn tier(self) -> Tier {
        match self {
            Self::Abuse => Tier::Flag,
            Self::Crisis => Tier::Page,
            _ => Tier::Hold,
        }
    }
}

texts! {
    /// What to do with the message, before the rule about first messages.
    pub enum Outcome {
        /// Nothing found.
        Deliver = "deliver",
        /// Deliver, and show it to a coordinator.
        DeliverAndFlag = "deliver_and_flag",
        /// Deliver, and page the coordinator on call.
        DeliverAndPage = "deliver_and_page",
        /// Keep it for a reader.
        Hold = "hold",
    }
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is.
    pub category: Category,
    /// How it weighs.
    pub tier: Tier,
    /// First byte in the original text; always at a character's edge.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// The rule that found it, for example `phone.digits`.
    pub detector: String,
}

/// Everything found, and what follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screening {
    /// What was found, in the order of the text.
    pub findings: Vec<Finding>,
    /// What to do with the message.
    pub outcome: Outcome,
    /// Whether to page the coordinator on call: true for every cry for help, also in a message that is held, and for a
    /// threat to somebody's life.
    pub page: bool,
    /// Whether it is in a language or script for which there are no rules, so that finding nothing says nothing. It is held.
    pub unknown_language: bool,
}

/// What the screener knows beside the text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The author's own last messages, oldest first.
    pub recent: &'a [String],
    /// Names that must not be said: third parties, surnames.
    pub known_names: &'a [String],
}

/// Why a text was not screened; the caller holds the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScreeningError {
    /// Longer than [`MAX_CHARS`].
    #[error("the text is too long to be screened")]
    TooLong,
    /// The rules themselves are broken; shown by a test, never in service.
    #[error("a screening rule cannot be built")]
    BrokenRules,
}

/// The text with every range (bytes; as in findings) replaced by `[removed]`. Ranges may overlap and come in any order;
/// one that does not lie on character edges is widened to them.
#[must_use]
pub fn redact(text: &str, ranges: &[(usize, usize)]) -> String {
    let mut sorted: Vec<_> = ranges.iter().filter(|(a, b)| a < b && *a < text.len()).copied().collect();
    sorted.sort_unstable();
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for (start, end) in sorted {
        let (start, end) = (text.floor_char_boundary(start), text.ceil_char_boundary(end.min(text.len())));
        if end <= at {
            continue;
        }
        if start >= at {
            out.push_str(text.get(at..start).unwrap_or_default());
            out.push_str("[removed]");
        }
        at = end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
