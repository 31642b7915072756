//! What every room stands on: ids, time, randomness, errors, pages, text. No input or output.

pub mod clock;
pub mod code;
pub mod entropy;
pub mod error;
pub mod ids;
pub mod keys;
pub mod language;
pub mod page;
pub mod rights;
pub mod seal;
pub mod states;
pub mod terms;
pub mod text;
pub mod visible;
pub mod zone;

pub use clock::{Clock, ManualClock, SystemClock};
pub use code::Code;
pub use entropy::{Entropy, Ids, SeededEntropy, SystemEntropy};
pub use error::{Error, Problem, Result};
pub use keys::{KeysDraft, MatchingKeys};
pub use page::{Page, PageRequest};
pub use rights::{Right, Rights};
pub use seal::{Place, Sealer};
pub use text::Check;
pub use visible::{RedactionReason, Visible};
