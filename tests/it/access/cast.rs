//! A match with everything in it, and everybody who has no business there.

use std::collections::BTreeMap;

use kinward::access::{Principal, PrincipalKind, Strength};
use kinward::families::{self, ContactChannel, ContactWindow, InviteFamilyMember, SafeContactPlan};
use kinward::identity::{self, Role, SignedIn, StaffInvitation};
use kinward::kernel::KeysDraft;
use kinward::kernel::ids::{MatchId, TypedId};
use kinward::kernel::page::PageRequest;
use kinward::kernel::terms::{AgeBand, CaregiverRole, ExploitationKind, GenderPreference, Phase};
use kinward::matching::{
    self, BroadFacts, Conflict, FamilyAnswer, Intensity, MatchEnd, MentorAnswer, MentorChoice, NewProposal,
    RequestDraft, Urgency,
};
use kinward::mentors::{self, EvidenceKind, InviteMentor, RecordEvidence};
use kinward::messaging::{self, NewMessage};
use kinward::op::{Op, Origin};
use kinward::scheduling::{self, NewBooking, NewTime, NewWeeklyHours, SlotWish, WeeklyRule};
use serde_json::{Value, json};

use super::matrix::Column;
use crate::harness::people::token;
use crate::harness::{Client, TestApp, World};

const ZONE: &str = "America/Chicago";

/// Somebody without a right to the match, and where its records stand for them.
pub struct Caller {
    pub name: &'static str,
    pub kind: PrincipalKind,
    pub column: Column,
    pub client: Client,
    /// Prefixes of those records that are the caller's own.
    pub own: &'static [&'static str],
}

/// The records that nobody else may touch, by the prefix of their global ids, and the callers who try.
pub struct Cast {
    pub app: TestApp,
    pub records: BTreeMap<&'static str, String>,
    pub callers: Vec<Caller>,
    /// Texts that stand in the records and must never be shown.
    pub secrets: Vec<String>,
    sides: Option<Sides>,
}

struct Sides {
    member: Client,
    family: Op,
    mentor: Client,
    of: MatchId,
}

async fn enter(app: &TestApp, code: &str) -> (Client, Op) {
    let signed_in: SignedIn = app.accept(code).await;
    let client = app.client(token(&signed_in));
    let op = app.op_of(client.token()).await;
    (client, op)
}

async fn family(app: &TestApp, coordinator: &Op, first_name: &str) -> (Client, Op, families::Family) {
    let invite = InviteFamilyMember {
        first_name: first_name.into(),
        relation: CaregiverRole::Parent,
        family: None,
        zone: Some(ZONE.into()),
        languages: Some(vec!["en".into()]),
        rights: None,
    };
    let invited = families::invite_family_member(coordinator, invite).await.unwrap();
    let (client, op) = enter(app, &invited.invited.code).await;
    (client, op, invited.family)
}

async fn mentor(app: &TestApp, coordinator: &Op, first_name: &str) -> (Client, Op, mentors::Mentor) {
    let invite = InviteMentor {
        first_name: first_name.into(),
        languages: vec!["en".into()],
        zone: ZONE.into(),
        capacity: Some(2),
    };
    let invited = mentors::invite_mentor(coordinator, invite).await.unwrap();
    for kind in EvidenceKind::ALL.iter().copied() {
        let proof = RecordEvidence { kind, obtained_on: "2026-10-01".into(), expires_on: Some("2028-10-01".into()) };
        mentors::record_evidence(coordinator, invited.mentor.id, proof).await.unwrap();
    }
    let (client, op) = enter(app, &invited.invited.code).await;
    (client, op, invited.mentor)
}

fn facts() -> BroadFacts {
    BroadFacts {
        kind: ExploitationKind::Online,
        phase: Phase::Recovered,
        role: CaregiverRole::Parent,
        age_band: AgeBand::From14To17,
        cultures: Vec::new(),
        gender: GenderPreference::Any,
        channels: Vec::new(),
        topics: Vec::new(),
        intensity: Intensity::Standard,
        excluded_mentors: Vec::new(),
    }
}

fn plan() -> SafeContactPlan {
    SafeContactPlan {
        zone: ZONE.into(),
        windows: (0..7).map(|weekday| ContactWindow { weekday, start_min: 9 * 60, end_min: 20 * 60 }).collect(),
        channel: ContactChannel::PhoneCall,
        safe_words: "zanzibar library".into(),
        unsafe_notes: "Not on the zanzibar line.".into(),
        voicemail_ok: false,
        text_ok: false,
    }
}

impl Cast {
    pub async fn new(app: &TestApp) -> Self {
        let world = World::new(app).await;
        let elsewhere = world.elsewhere().await;
        let coordinator = app.op_of(world.coordinator.token()).await;
        let mut cast =
            Self { app: app.clone(), records: BTreeMap::new(), callers: Vec::new(), secrets: Vec::new(), sides: None };
        cast.play(&world, &coordinator).await;
        let (other_family, ..) = family(app, &coordinator, "Imani").await;
        let (other_mentor, ..) = mentor(app, &coordinator, "Theo").await;
        let auditor = world.staff(Role::Auditor, "Otto").await;
        let lead = world.staff(Role::SafeguardingLead, "Lea").await;
        cast.opened(&lead).await;
        let callers = [
            ("anonymous", PrincipalKind::Anonymous, Column::Other, app.anonymous()),
            ("another family", PrincipalKind::FamilyMember, Column::Other, other_family),
            ("unmatched mentor", PrincipalKind::Mentor, Column::Other, other_mentor),
            ("auditor", PrincipalKind::Auditor, Column::Other, auditor),
            ("administrator", PrincipalKind::Administrator, Column::Other, world.administrator.clone()),
            ("coordinator elsewhere", PrincipalKind::Coordinator, Column::OtherProgramme, elsewhere.coordinator),
        ];
        for (name, kind, column, client) in callers {
            cast.callers.push(Caller { name, kind, column, client, own: &[] });
        }
        cast
    }

    /// The records of one programme, without anybody who tries.
    pub async fn within(world: &World) -> Self {
        let app = world.app.clone();
        let coordinator = app.op_of(world.coordinator.token()).await;
        let mut cast = Self { app, records: BTreeMap::new(), callers: Vec::new(), secrets: Vec::new(), sides: None };
        cast.play(world, &coordinator).await;
        cast
    }

    /// The caregiver and the mentor of the match.
    pub fn sides(&self) -> [Client; 2] {
        let sides = self.sides.as_ref().unwrap();
        [sides.member.clone(), sides.mentor.clone()]
    }

    /// A second caregiver, who is marked before they came in.
    async fn marked(&mut self, world: &World) {
        let invite = include_str!("../../../graphql/operations/families/inviteFamilyMember.graphql");
        let input = json!({"firstName": "Zanzibo", "relation": "SIBLING", "familyId": self.records["fam"]});
        let invited = world.coordinator.data(invite, json!({ "input": input })).await;
        let members = invited["inviteFamilyMember"]["invited"]["family"]["members"].as_array().unwrap().clone();
        let member = members.iter().find(|member| member["firstName"] == "Zanzibo").unwrap();
        let mark = include_str!("../../../graphql/operations/families/markAllegedAbuser.graphql");
        let input = json!({"memberId": member["id"], "reason": "The zanzibar caller says that he did it."});
        world.coordinator.data(mark, json!({ "input": input })).await;
        let marks = include_str!("../../../graphql/operations/families/allegedAbusers.graphql");
        let marks = world.coordinator.data(marks, json!({"familyId": self.records["fam"]})).await;
        self.records.insert("mrk", marks["allegedAbusers"]["nodes"][0]["id"].as_str().unwrap().to_owned());
    }

    /// A release that the family signed.
    async fn released(&mut self, member: &Client) {
        let draft = include_str!("../../../graphql/operations/releases/draftRelease.graphql");
        let input = json!({"familyId": self.records["fam"], "purpose": "OTHER", "fields": ["FIRST_NAMES"],
            "receiver": {"name": "Zanzibar", "organisation": "Zanzibar Aid"}, "purposeDetail": "For a zanzibar day."});
        let drafted = member.data(draft, json!({ "input": input })).await["draftRelease"]["release"].clone();
        let sign = include_str!("../../../graphql/operations/releases/signRelease.graphql");
        let input = json!({"releaseId": drafted["id"], "version": drafted["version"], "language": "ENGLISH",
            "textVersion": drafted["terms"]["version"], "confirmedFields": ["FIRST_NAMES"]});
        member.data(sign, json!({ "input": input })).await;
        self.records.insert("rls", drafted["id"].as_str().unwrap().to_owned());
    }

    /// The family, opened by break-glass; its ledger does not show it yet.
    pub async fn opened(&mut self, lead: &Client) {
        let open = "mutation($input: OpenBreakGlassInput!) { openBreakGlass(input: $input) { access { id } userErrors { code field message } } }";
        let why = "A zanzibar caller says that the child is gone.";
        let delay = json!({"until": "2026-12-20T00:00:00Z", "reason": why});
        let input =
            json!({"familyId": self.records["fam"], "category": "MISSING_CHILD", "reason": why, "delay": delay});
        let opened = lead.data(open, json!({ "input": input })).await;
        self.records.insert("brk", opened["openBreakGlass"]["access"]["id"].as_str().unwrap().to_owned());
    }

    fn keep(&mut self, prefix: &'static str, id: impl TypedId) {
        self.records.insert(prefix, id.to_global());
    }

    async fn play(&mut self, world: &World, coordinator: &Op) {
        let app = &world.app;
        let (member, family, record) = family(app, coordinator, "Zanzibara").await;
        let (guide, mentor, mentor_record) = mentor(app, coordinator, "Marlo").await;
        self.secrets = vec!["zanzibar".into(), "Zanzibar".into()];
        self.keep("prg", world.programme);
        self.keep("fam", record.id);
        self.keep("mem", record.members[0].id);
        self.keep("men", mentor_record.id);
        self.keep("acc", family.principal().account.unwrap());
        self.keep("rol", family.principal().role.unwrap());
        self.keep("sgn", family.principal().sign_in.unwrap());
        families::set_safe_contact_plan(&family, record.id, plan(), None).await.unwrap();
        let keys = || KeysDraft { case: Some("zanzibar 1".into()), town: Some("Old Zanzibar".into()) };
        families::set_family_keys(coordinator, record.id, keys(), None).await.unwrap();
        let hopes = Some("A zanzibar hope.".into());
        let draft = RequestDraft { request: None, facts: facts(), hopes, version: None };
        let request = matching::save_support_request(&family, draft).await.unwrap().id;
        matching::submit_support_request(&family, request, None).await.unwrap();
        matching::triage_support_request(coordinator, request, Urgency::Soon, None).await.unwrap();
        let new = NewProposal { request, mentor: mentor_record.id, intensity: None, version: None };
        let proposal = matching::propose_match(coordinator, new).await.unwrap().id;
        let conflict = || Conflict { exists: Some(false), detail: None };
        let yes = FamilyAnswer { proposal, accept: true, conflict: conflict(), reason: None, version: None };
        matching::answer_proposal_as_family(&family, yes).await.unwrap();
        let choice = MentorChoice::Accept;
        let yes = MentorAnswer { proposal, choice, conflict: conflict(), reason: None, question: None, version: None };
        matching::answer_proposal_as_mentor(&mentor, yes).await.unwrap();
        let own = matching::list_matches(&family, Vec::new(), PageRequest::first(1)).await.unwrap();
        let of = own.items[0].record.id;
        self.keep("req", request);
        self.keep("prp", proposal);
        self.keep("mat", of);

        let rules = (0..7).map(|weekday| WeeklyRule { weekday, start_min: 8 * 60, end_min: 21 * 60 }).collect();
        let hours = NewWeeklyHours { zone: ZONE.into(), rules };
        scheduling::set_weekly_availability(&mentor, mentor_record.id, hours).await.unwrap();
        let wish = SlotWish { from: None, count: Some(1), duration: None, moving: None };
        let slot = scheduling::match_slots(&family, of, wish).await.unwrap().slots[0].starts_at;
        let time = NewTime { starts_at: slot, duration: None, side: None };
        let session = scheduling::book_session(&family, NewBooking { of_match: of, time }).await.unwrap();
        self.keep("ses", session.id);

        // The first message of a match is held for a reader, so there is a case.
        let new = NewMessage { to: of, client_id: "m-1".into(), body: "A zanzibar evening.".into() };
        let message = messaging::send_message(&family, &app.app.messaging, new).await.unwrap();
        self.keep("msg", message.message.id);
        let cases = world.coordinator.data("{ cases(first: 1) { nodes { id } } }", json!({})).await;
        self.records.insert("cas", cases["cases"]["nodes"][0]["id"].as_str().unwrap().to_owned());
        // The mentor's are the same, which a coordinator learned too late.
        mentors::set_mentor_keys(coordinator, mentor_record.id, keys(), None).await.unwrap();
        self.small_things(world, &member, &guide).await;
        self.marked(world).await;
        self.copied(world, &family).await;
        let (lost, verified_by) = (identity::Lost::Factors, identity::VerifiedBy::InPerson);
        let guide_account = mentor.principal().account.unwrap();
        let reset = identity::request_reset(coordinator, guide_account, lost, verified_by).await.unwrap();
        self.keep("frs", reset.id);
        self.released(&member).await;
        self.sides = Some(Sides { member, family, mentor: guide, of });
    }

    /// Ends the match; from now on its mentor is the only one who tries.
    pub async fn part(&mut self) {
        let Some(Sides { family, mentor, of, .. }) = self.sides.take() else { panic!("they have parted already") };
        let end = MatchEnd { id: of, reason: None, reopen: Some(true), not_again: false, version: None };
        matching::end_match(&family, end).await.unwrap();
        self.app.settle().await;
        let (kind, column) = (PrincipalKind::Mentor, Column::Unmatched);
        self.callers = vec![Caller {
            name: "former mentor",
            kind,
            column,
            client: mentor,
            own: &["men", "evi", "avl", "fct", "frs"],
        }];
    }

    /// A coordinator and a mentor who have come in and have no second factor.
    pub async fn weak_callers(&self) -> Vec<Caller> {
        let programme = kinward::kernel::ids::ProgrammeId::from_global(&self.records["prg"]).unwrap();
        let system = self.app.system().core().clone();
        let by = |kind, programme| {
            let principal = Principal {
                kind,
                account: None,
                programme,
                strength: Strength::Passkey,
                proved_at: Some(system.clock.now()),
                ..Principal::anonymous()
            };
            Op::new(system.clone(), principal, Origin::default())
        };
        let administrator = by(PrincipalKind::Administrator, None);
        let staff = StaffInvitation { programme, role: Role::Coordinator, first_name: "Colin".into() };
        let coordinator = identity::invite_staff(&administrator, staff).await.unwrap().code;
        let invite = InviteMentor {
            first_name: "Wren".into(),
            languages: vec!["en".into()],
            zone: ZONE.into(),
            capacity: Some(1),
        };
        let mentor = mentors::invite_mentor(&by(PrincipalKind::Coordinator, Some(programme)), invite).await.unwrap();
        let mut callers = Vec::new();
        for (name, kind, code) in [
            ("weak coordinator", PrincipalKind::Coordinator, coordinator),
            ("weak mentor", PrincipalKind::Mentor, mentor.invited.code),
        ] {
            let client = self.app.client(token(&self.app.accept_bare(&code).await));
            callers.push(Caller { name, kind, column: Column::Other, client, own: &[] });
        }
        callers
    }

    /// A security alert about the family, which has lost a copy of a token of another sign-in.
    async fn copied(&mut self, world: &World, family: &Op) {
        let app = &world.app;
        let account = family.principal().account.unwrap();
        let name = identity::account(family, account).await.unwrap().sign_in_name;
        let (identity, nobody) = (&app.app.identity, app.op_of_nobody());
        let copied = app.sign_in(&name).await.refresh_token;
        identity.refresh(&nobody, &copied, None).await.unwrap();
        identity.refresh(&nobody, &copied, None).await.unwrap_err();
        let alerts = world.coordinator.data("{ securityAlerts { nodes { id } } }", json!({})).await;
        self.records.insert("alr", alerts["securityAlerts"]["nodes"][0]["id"].as_str().unwrap().to_owned());
    }

    /// A piece of evidence, a day off, an open invitation.
    async fn small_things(&mut self, world: &World, member: &Client, guide: &Client) {
        member.data("{ viewer { firstName } }", json!({})).await;
        let query = "query($id: ID!) { mentor(id: $id) { record { evidence { id } } } }";
        let men = self.records["men"].clone();
        let shown = world.coordinator.data(query, json!({"id": men.clone()})).await;
        let evidence = shown["mentor"]["record"]["evidence"][0]["id"].as_str().unwrap().to_owned();
        self.records.insert("evi", evidence);
        let off = "mutation($input: AddDayOffInput!) { addDayOff(input: $input) { exception { id } userErrors { code field message } } }";
        let off = guide.data(off, json!({"input": {"ownerId": men, "date": "2026-12-20"}})).await;
        let own = guide.data("{ myFactors { factors { id } } }", json!({})).await;
        self.records.insert("fct", own["myFactors"]["factors"][0]["id"].as_str().unwrap().to_owned());
        self.records.insert("avl", off["addDayOff"]["exception"]["id"].as_str().unwrap().to_owned());
        let administrator = world.app.op_of(world.administrator.token()).await;
        let staff = StaffInvitation { programme: world.programme, role: Role::Auditor, first_name: "Olga".into() };
        let invited = identity::invite_staff(&administrator, staff).await.unwrap();
        self.keep("inv", invited.invitation);
    }

    /// Whether an answer shows something of the records. The ids that the caller sent do not count, nor does a programme's.
    pub fn shows(&self, caller: &Caller, answer: &Value, sent: &Value) -> Option<String> {
        let (answer, sent) = (answer["data"].to_string(), sent.to_string());
        let strange = |prefix: &str| prefix != "prg" && !caller.own.contains(&prefix);
        let ids = self.records.iter().filter(|(prefix, id)| strange(prefix) && !sent.contains(*id)).map(|(_, id)| id);
        ids.chain(&self.secrets).find(|text| answer.contains(text.as_str())).cloned()
    }
}
