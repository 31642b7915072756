//! The shared vocabulary of families' requests and mentors' profiles, as GraphQL enums, and what both sides' records share.

use async_graphql::{Enum, MaybeUndefined, SimpleObject};

use crate::kernel::{keys, terms};

/// What happened, in broad terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "terms::ExploitationKind")]
pub enum ExploitationKind {
    /// Forced or exploited labour.
    Labour,
    /// Sexual exploitation.
    SexualExploitation,
    /// Exploitation that took place online.
    Online,
    /// Missing, and at risk.
    MissingAtRisk,
    /// Not known, or not said.
    Unknown,
}

/// Where a family stands, or stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "terms::Phase")]
pub enum Phase {
    /// The child is missing.
    Missing,
    /// The child is back.
    Recovered,
    /// Courts are at work.
    InCourt,
    /// Some time after.
    Later,
}

/// What a caregiver is to the child, or a mentor was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "terms::CaregiverRole")]
pub enum CaregiverRole {
    /// Mother, father or step-parent.
    Parent,
    /// A grandparent.
    Grandparent,
    /// A foster parent.
    FosterParent,
    /// A grown sister or brother.
    Sibling,
    /// Anyone else who cares for the child.
    OtherCaregiver,
}

/// The child's age at the time, in bands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "terms::AgeBand")]
pub enum AgeBand {
    /// Younger than 10.
    #[graphql(name = "UNDER_10")]
    Under10,
    /// 10 to 13.
    #[graphql(name = "FROM_10_TO_13")]
    From10To13,
    /// 14 to 17.
    #[graphql(name = "FROM_14_TO_17")]
    From14To17,
    /// 18 or older.
    Adult,
}

/// How family and mentor meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "terms::Channel")]
pub enum Channel {
    /// In writing, inside the service.
    Messages,
    /// By telephone.
    Phone,
    /// By video.
    Video,
}

/// Whom a family would rather talk to, or what a mentor says of themself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "terms::GenderPreference")]
pub enum GenderPreference {
    /// A woman.
    Woman,
    /// A man.
    Man,
    /// No wish, or not said.
    Any,
}

/// The keys that keep a family and mentors of its case or town apart, in the plain form in which they are compared.
#[derive(Debug, SimpleObject)]
pub struct MatchingKeys {
    /// The case that somebody belongs to; null when unknown.
    case_key: Option<String>,
    /// The town where somebody lives; null when unknown.
    town_key: Option<String>,
}

impl From<keys::MatchingKeys> for MatchingKeys {
    fn from(keys: keys::MatchingKeys) -> Self {
        let text = |key: Option<keys::Key>| key.map(|key| key.as_str().to_owned());
        Self { case_key: text(keys.case), town_key: text(keys.town) }
    }
}

/// A text that may be left as it is (none), taken away (empty) or changed.
pub(crate) fn changed(text: MaybeUndefined<String>) -> Option<String> {
    match text {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(String::new()),
        MaybeUndefined::Value(text) => Some(text),
    }
}

/// A language in which the service itself speaks to families.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "terms::TextLanguage")]
pub enum TextLanguage {
    /// English.
    English,
    /// Spanish.
    Spanish,
}

/// Turns a list of values into the other side's.
pub(crate) fn each<T, U: From<T>>(list: Vec<T>) -> Vec<U> {
    list.into_iter().map(U::from).collect()
}
