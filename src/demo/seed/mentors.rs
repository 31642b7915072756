//! Twelve mentors: eight ready, two with something missing, one whose training has run out, one who stepped back.

use super::{Entry, Garden};
use crate::kernel::ids::MentorId;
use crate::kernel::terms::{AgeBand, CaregiverRole, Channel, ExploitationKind, GenderPreference, Phase};
use crate::kernel::{Error, Result};
use crate::mentors::{self, EvidenceKind, InviteMentor, Profile, RecordEvidence, UpdateMentor};
use crate::op::Op;
use crate::scheduling::{self, NewWeeklyHours, WeeklyRule};

/// A mentor who can be proposed.
pub(super) struct Planted {
    pub(super) id: MentorId,
    pub(super) op: Op,
    pub(super) entry: Entry,
}

/// First name, second language, zone, and how ready.
const MENTORS: [(&str, &str, &str, Ready); 12] = [
    ("Marcus", "es", "America/Chicago", Ready::Yes),
    ("Nadia", "fr", "America/New_York", Ready::Yes),
    ("Theo", "es", "America/Denver", Ready::Yes),
    ("Grace", "de", "America/Chicago", Ready::Yes),
    ("Hana", "ja", "America/Los_Angeles", Ready::Yes),
    ("Samuel", "pt", "America/New_York", Ready::Yes),
    ("Irene", "es", "America/Phoenix", Ready::Yes),
    ("Jonas", "sv", "America/Chicago", Ready::Yes),
    ("Wren", "es", "America/Chicago", Ready::NoInterview),
    ("Pavel", "ru", "America/New_York", Ready::NoInterview),
    ("Lucia", "it", "America/Chicago", Ready::TrainingOver),
    ("Amir", "ar", "America/Denver", Ready::SteppedBack),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ready {
    Yes,
    NoInterview,
    TrainingOver,
    SteppedBack,
}

/// Plants all mentors; answers the ready ones.
pub(super) async fn plant(garden: &Garden, coordinator: &Op) -> Result<Vec<Planted>> {
    let mut ready = Vec::new();
    for (at, (first_name, language, zone, state)) in MENTORS.into_iter().enumerate() {
        let invite = InviteMentor {
            first_name: first_name.into(),
            languages: vec!["en".into(), language.into()],
            zone: zone.into(),
            capacity: Some(2),
        };
        let invited = mentors::invite_mentor(coordinator, invite).await?;
        let id = invited.mentor.id;
        let (op, entry) = garden.welcome(&invited.invited.code).await?;
        mentors::update_mentor(&op, id, profile(at)).await?;
        hours(&op, id, zone).await?;
        evidence(garden, coordinator, id, state).await?;
        match state {
            Ready::Yes => ready.push(Planted { id, op, entry }),
            Ready::SteppedBack => drop(mentors::step_back(&op, id).await?),
            Ready::NoInterview | Ready::TrainingOver => {}
        }
    }
    Ok(ready)
}

fn profile(at: usize) -> UpdateMentor {
    let pick = |list: &[Phase]| list.get(at % list.len()).copied().into_iter().collect();
    let roles = [CaregiverRole::Parent, CaregiverRole::Grandparent, CaregiverRole::FosterParent];
    let profile = Profile {
        kinds: vec![ExploitationKind::Online, ExploitationKind::MissingAtRisk],
        phases: pick(&[Phase::Recovered, Phase::InCourt, Phase::Missing, Phase::Later]),
        roles: roles.get(at % roles.len()).copied().into_iter().collect(),
        age_bands: vec![AgeBand::From14To17, AgeBand::From10To13],
        cultures: Vec::new(),
        gender: GenderPreference::Any,
        channels: vec![Channel::Messages, Channel::Video],
        topics_not_ready: Vec::new(),
    };
    UpdateMentor {
        version: None,
        languages: None,
        topics: Some(vec!["courts".into(), "school".into()]),
        about: Some("I have been through the waiting, and I listen well.".into()),
        profile: Some(profile),
        capacity: None,
        zone: None,
    }
}

async fn hours(op: &Op, id: MentorId, zone: &str) -> Result<()> {
    let rules = (0..7).map(|weekday| WeeklyRule { weekday, start_min: 8 * 60, end_min: 21 * 60 }).collect();
    scheduling::set_weekly_availability(op, id, NewWeeklyHours { zone: zone.into(), rules }).await?;
    Ok(())
}

async fn evidence(garden: &Garden, coordinator: &Op, id: MentorId, state: Ready) -> Result<()> {
    let today = crate::kernel::Clock::now(garden.clock.as_ref()).to_zoned(jiff::tz::TimeZone::UTC).date();
    let day = |months: i64| today.checked_add(jiff::Span::new().months(months)).map_err(Error::internal);
    for kind in EvidenceKind::ALL.iter().copied() {
        if kind == EvidenceKind::Interview && state == Ready::NoInterview {
            continue;
        }
        let over = kind == EvidenceKind::Training && state == Ready::TrainingOver;
        let expires_on = if over { day(-1)? } else { day(18)? };
        let proof =
            RecordEvidence { kind, obtained_on: day(-14)?.to_string(), expires_on: Some(expires_on.to_string()) };
        mentors::record_evidence(coordinator, id, proof).await?;
    }
    Ok(())
}
