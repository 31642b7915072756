//! Twenty-five families, each gone a different way along the journey.

use super::mentors::Planted;
use super::{Entry, Garden};
use crate::families::{self, ContactChannel, ContactWindow, InviteFamilyMember, SafeContactPlan};
use crate::kernel::Result;
use crate::kernel::ids::{FamilyId, MatchId, ProposalId, RequestId};
use crate::kernel::page::PageRequest;
use crate::kernel::terms::{AgeBand, CaregiverRole, ExploitationKind, GenderPreference, Phase};
use crate::matching::{
    self, BroadFacts, Conflict, FamilyAnswer, Intensity, MatchEnd, MentorAnswer, MentorChoice, NewProposal,
    RequestDraft, Urgency,
};
use crate::messaging::{self, NewMessage};
use crate::op::Op;
use crate::scheduling::{self, NewBooking, NewTime, SlotWish};

/// How far a family has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Invited,
    Planned,
    Drafted,
    Submitted,
    Triaged,
    Proposed,
    Accepted,
    Matched,
    Ended,
}

/// First name, what they are to the child, and the stage. The first one is matched: the demonstration signs in as her.
const FAMILIES: [(&str, CaregiverRole, Stage); 25] = [
    ("Rosa", CaregiverRole::Grandparent, Stage::Matched),
    ("Imani", CaregiverRole::Parent, Stage::Matched),
    ("Keiko", CaregiverRole::Parent, Stage::Matched),
    ("Daniel", CaregiverRole::Sibling, Stage::Matched),
    ("Farah", CaregiverRole::Parent, Stage::Ended),
    ("Greta", CaregiverRole::FosterParent, Stage::Ended),
    ("Hugo", CaregiverRole::Parent, Stage::Accepted),
    ("Ines", CaregiverRole::Parent, Stage::Accepted),
    ("Jamal", CaregiverRole::Parent, Stage::Proposed),
    ("Karin", CaregiverRole::Grandparent, Stage::Proposed),
    ("Leo", CaregiverRole::Parent, Stage::Proposed),
    ("Maya", CaregiverRole::Parent, Stage::Triaged),
    ("Noor", CaregiverRole::Parent, Stage::Triaged),
    ("Olga", CaregiverRole::Parent, Stage::Triaged),
    ("Priya", CaregiverRole::OtherCaregiver, Stage::Submitted),
    ("Quinn", CaregiverRole::Parent, Stage::Submitted),
    ("Rafael", CaregiverRole::Parent, Stage::Submitted),
    ("Sofia", CaregiverRole::Parent, Stage::Submitted),
    ("Tariq", CaregiverRole::Sibling, Stage::Drafted),
    ("Uma", CaregiverRole::Parent, Stage::Drafted),
    ("Vera", CaregiverRole::Parent, Stage::Planned),
    ("Wim", CaregiverRole::Parent, Stage::Planned),
    ("Xenia", CaregiverRole::Parent, Stage::Planned),
    ("Yusuf", CaregiverRole::Parent, Stage::Invited),
    ("Zoe", CaregiverRole::Parent, Stage::Invited),
];

/// Plants all families; what the first two, who are matched with different mentors, need to sign in.
pub(super) async fn plant(garden: &Garden, coordinator: &Op, mentors: &[Planted]) -> Result<[Entry; 2]> {
    let mut entries = Vec::new();
    // Those who have not got as far as a match came in these days, so that their clocks still run.
    let recent = FAMILIES.iter().position(|(_, _, stage)| *stage < Stage::Matched);
    for (at, (first_name, relation, stage)) in FAMILIES.into_iter().enumerate() {
        if Some(at) == recent {
            garden.hours_pass(7 * 24);
        }
        let invite = InviteFamilyMember {
            first_name: first_name.into(),
            relation,
            family: None,
            zone: Some("America/New_York".into()),
            languages: Some(vec!["en".into()]),
            rights: None,
        };
        let invited = families::invite_family_member(coordinator, invite).await?;
        if stage == Stage::Invited {
            continue;
        }
        let (op, entry) = garden.welcome(&invited.invited.code).await?;
        entries.push(entry);
        let road = Road { garden, coordinator, family: &op, id: invited.family.id };
        // Each mentor has two places, and these are spread so that none is full at once.
        if let Some(mentor) = mentors.get(at % mentors.len().max(1)) {
            road.walk(stage, relation, mentor).await?;
        }
        garden.hours_pass(if at % 4 == 0 { 2 } else { 0 });
    }
    let mut entries = entries.into_iter();
    Ok([entries.next().unwrap_or_default(), entries.next().unwrap_or_default()])
}

struct Road<'a> {
    garden: &'a Garden,
    coordinator: &'a Op,
    family: &'a Op,
    id: FamilyId,
}

impl Road<'_> {
    async fn walk(&self, stage: Stage, relation: CaregiverRole, mentor: &Planted) -> Result<()> {
        self.plan().await?;
        if stage < Stage::Drafted {
            return Ok(());
        }
        let request = self.draft(relation).await?;
        if stage >= Stage::Submitted {
            matching::submit_support_request(self.family, request, None).await?;
        }
        if stage >= Stage::Triaged {
            matching::triage_support_request(self.coordinator, request, Urgency::Soon, None).await?;
        }
        if stage < Stage::Proposed {
            return Ok(());
        }
        let proposal = self.propose(request, mentor).await?;
        if stage >= Stage::Accepted {
            self.accept(proposal).await?;
        }
        if stage >= Stage::Matched {
            let of = self.matched(proposal, mentor).await?;
            self.meet(of, mentor).await?;
            self.talk(of, mentor).await?;
            if relation == CaregiverRole::Sibling {
                self.say(self.family, of, "dark", "I cannot go on, I want to die.").await?;
            }
            if stage == Stage::Ended {
                let end = MatchEnd { id: of, reason: None, reopen: None, not_again: false, version: None };
                matching::end_match(self.family, end).await?;
            }
        }
        Ok(())
    }

    async fn plan(&self) -> Result<()> {
        let windows = (0..7).map(|weekday| ContactWindow { weekday, start_min: 9 * 60, end_min: 20 * 60 }).collect();
        let plan = SafeContactPlan {
            zone: "America/New_York".into(),
            windows,
            channel: ContactChannel::PhoneCall,
            safe_words: "the library book".into(),
            unsafe_notes: "Not on the landline.".into(),
            voicemail_ok: false,
            text_ok: false,
        };
        families::set_safe_contact_plan(self.family, self.id, plan, None).await?;
        Ok(())
    }

    async fn draft(&self, role: CaregiverRole) -> Result<RequestId> {
        let facts = BroadFacts {
            kind: ExploitationKind::Online,
            phase: Phase::Recovered,
            role,
            age_band: AgeBand::From14To17,
            cultures: Vec::new(),
            gender: GenderPreference::Any,
            channels: Vec::new(),
            topics: Vec::new(),
            intensity: Intensity::Standard,
            excluded_mentors: Vec::new(),
        };
        let hopes = Some("Somebody who has been through the waiting.".into());
        let draft = RequestDraft { request: None, facts, hopes, version: None };
        Ok(matching::save_support_request(self.family, draft).await?.id)
    }

    async fn propose(&self, request: RequestId, mentor: &Planted) -> Result<ProposalId> {
        let new = NewProposal { request, mentor: mentor.id, intensity: None, version: None };
        Ok(matching::propose_match(self.coordinator, new).await?.id)
    }

    async fn accept(&self, proposal: ProposalId) -> Result<()> {
        let conflict = Conflict { exists: Some(false), detail: None };
        let yes = FamilyAnswer { proposal, accept: true, conflict, reason: None, version: None };
        matching::answer_proposal_as_family(self.family, yes).await?;
        Ok(())
    }

    async fn matched(&self, proposal: ProposalId, mentor: &Planted) -> Result<MatchId> {
        let conflict = Conflict { exists: Some(false), detail: None };
        let choice = MentorChoice::Accept;
        let yes = MentorAnswer { proposal, choice, conflict, reason: None, question: None, version: None };
        matching::answer_proposal_as_mentor(&mentor.op, yes).await?;
        let own = matching::list_matches(self.family, Vec::new(), PageRequest::first(1)).await?;
        let id = own.items.first().map(|view| view.record.id);
        id.ok_or(crate::kernel::Error::NotFound)
    }

    /// A session two weeks ahead, so that it lies ahead in the demonstration too.
    async fn meet(&self, of: MatchId, mentor: &Planted) -> Result<()> {
        let from = crate::kernel::Clock::now(self.garden.clock.as_ref()) + jiff::SignedDuration::from_hours(14 * 24);
        let wish = SlotWish { from: Some(from), count: Some(1), duration: None, moving: None };
        let slots = scheduling::match_slots(self.family, of, wish).await?.slots;
        let Some(slot) = slots.first() else { return Ok(()) };
        let time = NewTime { starts_at: slot.starts_at, duration: None, side: None };
        let session = scheduling::book_session(self.family, NewBooking { of_match: of, time }).await?;
        scheduling::confirm_session(&mentor.op, session.id, None).await?;
        Ok(())
    }

    async fn talk(&self, of: MatchId, mentor: &Planted) -> Result<()> {
        let words = [
            (&mentor.op, "Good evening. I am glad that we can talk."),
            (self.family, "Thank you for writing. The evenings are long."),
        ];
        for (at, (op, body)) in words.into_iter().enumerate() {
            self.say(op, of, &format!("seed-{at}"), body).await?;
        }
        Ok(())
    }

    async fn say(&self, op: &Op, to: MatchId, client_id: &str, body: &str) -> Result<()> {
        let new = NewMessage { to, client_id: client_id.into(), body: body.into() };
        messaging::send_message(op, &self.garden.app.messaging, new).await?;
        Ok(())
    }
}
