//! What was told, and what may be told now.

use async_graphql::{ID, SimpleObject};

use super::types::{ReleaseField, ReleaseReceiver};
use crate::graphql::scalars::DateTime;
use crate::graphql::terms::{ExploitationKind, Phase, each};
use crate::kernel::ids::TypedId as _;
use crate::releases::{self, Content, model};

/// That something was told: what, when and to whom, never the content.
#[derive(SimpleObject)]
pub struct Disclosure {
    /// Its id.
    id: ID,
    /// The release.
    release_id: ID,
    /// To whom.
    receiver: ReleaseReceiver,
    /// What.
    fields: Vec<ReleaseField>,
    /// When.
    disclosed_at: DateTime,
}

impl From<releases::Disclosure> for Disclosure {
    fn from(disclosure: releases::Disclosure) -> Self {
        Self {
            id: ID(disclosure.id.to_global()),
            release_id: ID(disclosure.release.to_global()),
            receiver: disclosure.receiver.into(),
            fields: each(disclosure.fields),
            disclosed_at: disclosure.at.into(),
        }
    }
}

/// Hours on one day of the week in which contact is safe.
#[derive(SimpleObject)]
pub struct DisclosedWindow {
    /// The day: 0 is Monday, 6 is Sunday.
    weekday: u8,
    /// The first minute of the local day.
    start_min: u16,
    /// The first minute no longer inside.
    end_min: u16,
}

/// Hours in which it is safe to reach the family.
#[derive(SimpleObject)]
pub struct DisclosedHours {
    /// IANA name of the zone in which they are meant.
    zone: String,
    /// The hours.
    windows: Vec<DisclosedWindow>,
}

impl From<model::Hours> for DisclosedHours {
    fn from(hours: model::Hours) -> Self {
        let windows = hours.windows.into_iter();
        let window = |(weekday, start_min, end_min)| DisclosedWindow { weekday, start_min, end_min };
        Self { zone: hours.zone, windows: windows.map(window).collect() }
    }
}

/// A time in which the family had a mentor.
#[derive(SimpleObject)]
pub struct DisclosedSupport {
    /// When it began.
    from: DateTime,
    /// When it ended; null while it lasts.
    until: Option<DateTime>,
}

impl From<model::Support> for DisclosedSupport {
    fn from(support: model::Support) -> Self {
        Self { from: support.from.into(), until: support.until.map(DateTime) }
    }
}

/// How the support went, in one line.
#[derive(SimpleObject)]
pub struct DisclosedOutcome {
    /// How many sessions took place.
    sessions_held: u64,
    /// How the last support ended, for example `goal_reached`; null while it lasts.
    ended: Option<&'static str>,
}

impl From<model::OutcomeSummary> for DisclosedOutcome {
    fn from(summary: model::OutcomeSummary) -> Self {
        Self { sessions_held: summary.sessions_held, ended: summary.ended }
    }
}

/// What may be told. Only the parts named by `fields` are there; a part that is there and empty is not known.
#[derive(SimpleObject)]
pub struct DisclosedContent {
    /// The caregivers' first names.
    first_names: Option<Vec<String>>,
    /// Languages, as lower-case BCP 47 tags.
    languages: Option<Vec<String>>,
    /// The one channel on which it is safe to reach the family, for example `phone_call`.
    contact_channel: Option<&'static str>,
    /// The hours in which it is safe to reach the family.
    contact_hours: Option<DisclosedHours>,
    /// What happened, in broad terms.
    situation_kind: Option<ExploitationKind>,
    /// Where the family stands, in broad terms.
    situation_phase: Option<Phase>,
    /// When the family had a mentor, the latest first.
    support_dates: Option<Vec<DisclosedSupport>>,
    /// When sessions took place, the latest first.
    session_dates: Option<Vec<DateTime>>,
    /// How the support went.
    outcome_summary: Option<DisclosedOutcome>,
}

impl From<Content> for DisclosedContent {
    fn from(content: Content) -> Self {
        Self {
            first_names: content.first_names,
            languages: content.languages,
            contact_channel: content.contact_channel.flatten(),
            contact_hours: content.contact_hours.flatten().map(DisclosedHours::from),
            situation_kind: content.situation_kind.flatten().map(ExploitationKind::from),
            situation_phase: content.situation_phase.flatten().map(Phase::from),
            support_dates: content.support_dates.map(each),
            session_dates: content.session_dates.map(each),
            outcome_summary: content.outcome_summary.map(DisclosedOutcome::from),
        }
    }
}

/// What may be told now, with the record of it.
#[derive(SimpleObject)]
pub struct Disclosed {
    /// The record.
    disclosure: Disclosure,
    /// What may be told. It is kept nowhere.
    content: DisclosedContent,
}

impl From<releases::Disclosed> for Disclosed {
    fn from(disclosed: releases::Disclosed) -> Self {
        Self { disclosure: disclosed.disclosure.into(), content: disclosed.content.into() }
    }
}
