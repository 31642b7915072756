//! Parts of a record that not everybody sees who sees the record: typed, so that no reader takes the one for the other.

use async_graphql::{Enum, SimpleObject, Union};

use super::terms::MatchingKeys;
use crate::kernel::{self, Visible};

/// Why a part of a record is kept from you. It says something about you only, never whether there is anything to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "kernel::RedactionReason")]
pub enum RedactionReason {
    /// Nobody in the role that you act in sees it.
    NotYourRole,
    /// Others in your role do; you were not given the right to it.
    NotGivenToYou,
}

/// A part of a record that is kept from you.
#[derive(Debug, SimpleObject)]
pub struct Redacted {
    /// Why.
    reason: RedactionReason,
}

impl From<kernel::RedactionReason> for Redacted {
    fn from(reason: kernel::RedactionReason) -> Self {
        Self { reason: reason.into() }
    }
}

/// A text that was told or noted in confidence.
#[derive(SimpleObject)]
pub struct ConfidentialText {
    /// The text.
    text: String,
}

impl From<String> for ConfidentialText {
    fn from(text: String) -> Self {
        Self { text }
    }
}

/// A text that was told or noted in confidence, or why it is kept from you.
#[derive(Union)]
pub enum VisibleText {
    /// The text.
    Shown(ConfidentialText),
    /// Why not.
    Redacted(Redacted),
}

/// The keys that keep a family and mentors of its case or town apart, or why they are kept from you.
#[derive(Union)]
pub enum VisibleMatchingKeys {
    /// The keys.
    Shown(MatchingKeys),
    /// Why not.
    Redacted(Redacted),
}

/// A part of a record as a union of it and [`Redacted`].
pub(crate) fn seen<T, S, U>(part: Visible<T>) -> U
where
    S: From<T>,
    U: From<S> + From<Redacted>,
{
    match part {
        Visible::Shown(value) => S::from(value).into(),
        Visible::Redacted(reason) => Redacted::from(reason).into(),
    }
}

/// The same of a part that may not be there: null where the reader may see that there is nothing.
pub(crate) fn seen_if_there<T, S, U>(part: Visible<Option<T>>) -> Option<U>
where
    S: From<T>,
    U: From<S> + From<Redacted>,
{
    match part {
        Visible::Shown(value) => value.map(|value| S::from(value).into()),
        Visible::Redacted(reason) => Some(Redacted::from(reason).into()),
    }
}
