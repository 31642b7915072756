//! What the mutations take and answer with.

use async_graphql::{ID, InputObject};

use super::types::{BreakGlassAccess, BreakGlassCategory, BreakGlassVerdict};
use crate::breakglass::{NewDelay, NewOpening};
use crate::graphql::scalars::DateTime;
use crate::payload;

/// A family to be opened in an emergency.
#[derive(InputObject)]
pub struct OpenBreakGlassInput {
    /// Which family.
    family_id: ID,
    /// Why, in broad terms; the family reads it in plain words.
    category: BreakGlassCategory,
    /// Why, for the programme's coordinators and leads only: 20 to 2000 characters.
    #[graphql(secret)]
    reason: String,
    /// For how many minutes, 1 to 60; 60 when left out.
    minutes: Option<i32>,
    /// Only when telling the family would be unsafe.
    delay: Option<BreakGlassDelayInput>,
}

impl OpenBreakGlassInput {
    pub(super) fn read(self) -> NewOpening {
        let delay = self.delay.map(|delay| NewDelay { until: delay.until.0, reason: delay.reason });
        NewOpening { category: self.category.into(), reason: self.reason, minutes: self.minutes, delay }
    }

    /// Which family.
    pub(super) fn family(&self) -> &ID {
        &self.family_id
    }
}

/// Until when telling the family would be unsafe.
#[derive(InputObject)]
pub struct BreakGlassDelayInput {
    /// Until when: within the next 30 days.
    until: DateTime,
    /// Why, for the programme's coordinators and leads only: 20 to 2000 characters.
    #[graphql(secret)]
    reason: String,
}

/// An opening to be ended.
#[derive(InputObject)]
pub struct EndBreakGlassInput {
    /// The opening.
    pub(super) id: ID,
}

/// Telling the family to be put off once more.
#[derive(InputObject)]
pub struct DelayBreakGlassInput {
    /// The opening.
    pub(super) id: ID,
    /// Until when: within the next 30 days.
    until: DateTime,
    /// Why, for the programme's coordinators and leads only: 20 to 2000 characters.
    #[graphql(secret)]
    reason: String,
}

impl DelayBreakGlassInput {
    pub(super) fn read(self) -> NewDelay {
        NewDelay { until: self.until.0, reason: self.reason }
    }
}

/// What somebody else found.
#[derive(InputObject)]
pub struct ReviewBreakGlassInput {
    /// The opening.
    pub(super) id: ID,
    /// The verdict.
    pub(super) verdict: BreakGlassVerdict,
    /// What led to it: 20 to 2000 characters.
    #[graphql(secret)]
    pub(super) note: String,
}

payload! {
    /// What became of an opening.
    pub OpenBreakGlassPayload { /// The opening.
        access: BreakGlassAccess }
    /// What became of an early end.
    pub EndBreakGlassPayload { /// The opening.
        access: BreakGlassAccess }
    /// What became of a delay.
    pub DelayBreakGlassPayload { /// The opening.
        access: BreakGlassAccess }
    /// What became of a review.
    pub ReviewBreakGlassPayload { /// The opening.
        access: BreakGlassAccess }
}
