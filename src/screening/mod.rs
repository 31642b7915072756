//! What stands in a message that the other side should not read unseen: text in, findings out.
//!
//! Pure and linear in the text's length. The screener never decides alone to let something go that it could not read: it
//! answers with an error, and the caller holds the message. A cry for help is delivered *and* pages a person, unless
//! something to hold stands beside it; then it is held, and still pages. So does a threat to somebody's life, which is held.
//!
//! Danger to oneself, from oneself or from somebody else, is a cry for help; what the author means to do to others, a weapon
//! in their hands, and knowing where somebody is are threats. The rules are for English and Spanish, the languages of the
//! programmes; a text in another language is held ([`Screening::unknown_language`]).

mod address;
mod disguise;
mod fold;
mod identity;
mod language;
mod numbers;
mod phone;
mod rules;
mod screener;
mod shown;
#[cfg(test)]
mod tests;
mod types;

pub use screener::{SCREENER_VERSION, Screener};
pub use shown::{NOT_TO_BE_SHOWN, check_shown, held_for};
pub use types::{Category, Context, Finding, MAX_CHARS, Outcome, Screening, ScreeningError, Tier, redact};
