//! What a reader may see of a record, or why a part of it is kept from them.

use super::states::texts;

texts! {
    /// Why a part of a record is kept from a reader who may see the record. It says something about the reader only, never
    /// whether there is anything to see.
    pub enum RedactionReason {
        /// Nobody in the role that they act in sees it.
        NotYourRole = "not_your_role",
        /// Others in their role do; they were not given the right to it.
        NotGivenToYou = "not_given_to_you",
    }
}

/// A confidential part of a record as a service hands it out: there is no way to its content but through what may be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visible<T> {
    /// The reader may see it.
    Shown(T),
    /// It is kept from them, whether there is anything or not.
    Redacted(RedactionReason),
}
