//! Sessions between mentor and family, through GraphQL on both databases.

mod availability;
mod booking;
mod changes;
mod reading;
mod slots;
mod watching;

use std::sync::Arc;

use jiff::SignedDuration;
use kinward::access::{Resource, act};
use kinward::identity::{self, Invitee, Role, SignedIn};
use kinward::kernel::ids::{FamilyId, MatchId, MentorId, ProgrammeId, TypedId as _};
use kinward::op::Op;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::harness::{Backend, Client, TestApp, World};

/// A document of the folder that clients use.
pub(crate) fn document(name: &str) -> &'static str {
    let path = format!("scheduling/{name}.graphql");
    kinward::documents::ALL.iter().find(|(at, _)| *at == path).unwrap().1
}

/// Somebody whose tokens follow the clock.
#[derive(Clone)]
pub(crate) struct Person {
    app: TestApp,
    name: String,
    refresh: Arc<Mutex<SecretString>>,
}

impl Person {
    fn new(app: &TestApp, signed_in: SignedIn) -> Self {
        let refresh = Arc::new(Mutex::new(signed_in.refresh_token));
        Self { app: app.clone(), name: signed_in.sign_in_name, refresh }
    }

    /// A client with a token that is good now.
    pub(crate) async fn now(&self) -> Client {
        let mut refresh = self.refresh.lock().await;
        let (identity, nobody) = (&self.app.app.identity, self.app.op_of_nobody());
        let signed_in = match identity.refresh(&nobody, &refresh, None).await {
            Ok(signed_in) => signed_in,
            Err(_) => self.app.sign_in(&self.name).await,
        };
        *refresh = signed_in.refresh_token;
        self.app.client(signed_in.access_token.expose_secret())
    }

    pub(crate) async fn op(&self) -> Op {
        self.app.op_of(self.now().await.token()).await
    }
}

/// A family and its mentor, matched; they share 14:00 to 20:00 UTC on every day of winter.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) app: TestApp,
    pub(crate) programme: ProgrammeId,
    pub(crate) family: Person,
    pub(crate) mentor: Person,
    pub(crate) coordinator: Person,
    pub(crate) family_id: FamilyId,
    pub(crate) mentor_id: MentorId,
    pub(crate) match_id: MatchId,
}

impl Pair {
    /// A matched pair in a new world; the mentor's hours and the family's plan are set.
    pub(crate) async fn new(app: &TestApp) -> Self {
        let world = World::new(app).await;
        Self::within(&world, 1).await
    }

    /// The pair number `n` of a world.
    pub(crate) async fn within(world: &World, n: u128) -> Self {
        let app = &world.app;
        let id = |kind: u128| Uuid::from_u128(kind * 1000 + n);
        let (family_id, mentor_id, match_id) = (FamilyId::from(id(1)), MentorId::from(id(2)), MatchId::from(id(5)));
        seed_mentor(app, world.programme, mentor_id).await;
        seed_match(app, world.programme, n, family_id, mentor_id).await;
        let op = app.op_of(world.coordinator.token()).await;
        let coordinator = world.staff(Role::Coordinator, "Clara").await;
        let coordinator = Person {
            name: sign_in_name(&coordinator).await,
            app: app.clone(),
            refresh: Arc::new(Mutex::new("none".to_owned().into())),
        };
        let family = joined(app, &op, world.programme, Some(family_id), None).await;
        let mentor = joined(app, &op, world.programme, None, Some(mentor_id)).await;
        let programme = world.programme;
        let pair = Self { app: app.clone(), programme, family, mentor, coordinator, family_id, mentor_id, match_id };
        pair.hours("America/New_York", 9 * 60, 17 * 60).await;
        pair
    }

    /// Sets the mentor's hours on every day of the week.
    pub(crate) async fn hours(&self, zone: &str, start: u16, end: u16) {
        let hours: Vec<_> = (0..7).map(|day| json!({"weekday": day, "startMin": start, "endMin": end})).collect();
        let input = json!({"input": {"mentorId": self.mentor_id.to_global(), "zone": zone, "hours": hours}});
        self.mentor.now().await.data(document("setWeeklyAvailability"), input).await;
    }

    pub(crate) fn match_global(&self) -> String {
        self.match_id.to_global()
    }

    /// The starts that a caller is offered.
    pub(crate) async fn starts(&self, by: &Person, count: u32) -> Vec<String> {
        let input = json!({"input": {"matchId": self.match_global(), "count": count}});
        let slots = by.now().await.data(document("commonSlots"), input).await;
        let slots = slots["commonSlots"]["slots"].as_array().unwrap();
        slots.iter().map(|slot| slot["startsAt"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) fn booking(&self, start: &str) -> Value {
        json!({"input": {"matchId": self.match_global(), "startsAt": start}})
    }

    /// Books a time and gives the session.
    pub(crate) async fn book(&self, by: &Person, start: &str) -> Value {
        by.now().await.data(document("bookSession"), self.booking(start)).await["bookSession"]["session"].clone()
    }

    /// A session that the family booked and the mentor confirmed.
    pub(crate) async fn confirmed(&self, start: &str) -> Value {
        let session = self.book(&self.family, start).await;
        let input = json!({"input": {"sessionId": session["id"]}});
        self.mentor.now().await.data(document("confirmSession"), input).await["confirmSession"]["session"].clone()
    }

    /// Puts the match into another state, behind the service's back.
    pub(crate) async fn match_state(&self, state: &str) {
        let ended = if state == "ended" { ", ended_at = 1" } else { "" };
        let id = uuid(&self.app, self.match_id);
        let sql = format!("UPDATE peer_match SET state = '{state}'{ended} WHERE id = {id}");
        self.app.tamper(&sql).await.unwrap();
    }

    /// Moves the clock to an instant.
    pub(crate) fn go_to(&self, at: &str) {
        let at: jiff::Timestamp = at.parse().unwrap();
        self.app.clock.advance(at.duration_since(self.app.app.core.clock.now()));
    }

    pub(crate) async fn sessions_in(&self, state: &str) -> i64 {
        self.app.count(&format!("SELECT count(*) AS n FROM session WHERE state = '{state}'")).await
    }
}

pub(crate) fn hour(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// An id as SQL spells it.
pub(crate) fn uuid(app: &TestApp, id: impl Into<Uuid>) -> String {
    let id: Uuid = id.into();
    match app.backend {
        Backend::Sqlite => format!("x'{}'", id.simple()),
        Backend::Postgres => format!("'{id}'"),
    }
}

async fn sign_in_name(client: &Client) -> String {
    let viewer = client.data("{ viewer { account { signInName } } }", json!({})).await;
    viewer["viewer"]["account"]["signInName"].as_str().unwrap().to_owned()
}

/// Invites somebody as the coordinator would and lets them sign in.
async fn joined(
    app: &TestApp,
    op: &Op,
    programme: ProgrammeId,
    family: Option<FamilyId>,
    mentor: Option<MentorId>,
) -> Person {
    let role = if family.is_some() { Role::FamilyMember } else { Role::Mentor };
    let invitee = &Invitee { programme: Some(programme), role, family, mentor, first_name: "Robin".to_owned() };
    let made = op
        .write(|tx| async move {
            let permit = tx.allow::<act::InviteFamilyMember>(Some(Resource::programme(programme)))?;
            identity::invite(&tx, permit.decision(), invitee.clone()).await
        })
        .await
        .unwrap();
    if let Some(family) = family {
        app.belongs(made.account, family).await;
    }
    Person::new(app, app.accept(&made.code).await)
}

async fn run(app: &TestApp, sql: &str) {
    app.tamper(sql).await.unwrap();
}

async fn seed_mentor(app: &TestApp, programme: ProgrammeId, mentor: MentorId) {
    let (mentor, programme) = (uuid(app, mentor), uuid(app, programme));
    let profile = serde_json::to_string(&kinward::mentors::Profile::default()).unwrap();
    run(
        app,
        &format!(
            "INSERT INTO mentor (id, programme_id, state, languages, topics, profile, capacity, zone, created_at,
             updated_at, version) VALUES ({mentor}, {programme}, 'active', '[\"en\"]', '[]', '{profile}', 10,
             'America/New_York', 1, 1, 1)"
        ),
    )
    .await;
}

/// A family with a plan (14:00 to 20:00 in London, every day) and its match with the mentor.
async fn seed_match(app: &TestApp, programme: ProgrammeId, n: u128, family: FamilyId, mentor: MentorId) {
    let id = |kind: u128| uuid(app, Uuid::from_u128(kind * 1000 + n));
    let (family, mentor, programme) = (uuid(app, family), uuid(app, mentor), uuid(app, programme));
    let windows: Vec<_> = (0..7).map(|day| json!({"weekday": day, "start_min": 840, "end_min": 1200})).collect();
    let windows = json!(windows);
    let sealed = if app.backend == Backend::Sqlite { "x'00'" } else { "'\\x00'" };
    let (request, proposal, of_match) = (id(3), id(4), id(5));
    for sql in [
        format!(
            "INSERT INTO family (id, programme_id, zone, languages, created_at, updated_at, version)
             VALUES ({family}, {programme}, 'Europe/London', '[\"en\"]', 1, 1, 1)"
        ),
        format!(
            "INSERT INTO safe_contact_plan (family_id, zone, windows, channel, details_sealed, updated_at, version)
             VALUES ({family}, 'Europe/London', '{windows}', 'in_app', {sealed}, 1, 1)"
        ),
        format!(
            "INSERT INTO support_request (id, family_id, programme_id, state, facts, created_at, updated_at, version)
             VALUES ({request}, {family}, {programme}, 'submitted', '{{}}', 1, 1, 1)"
        ),
        format!(
            "INSERT INTO proposal (id, request_id, family_id, mentor_id, programme_id, state, weight, score, snapshot,
             policy_version, created_by, created_at, updated_at, version)
             VALUES ({proposal}, {request}, {family}, {mentor}, {programme}, 'offered_to_family', 1, 50, '{{}}', '1',
             (SELECT id FROM account LIMIT 1), 1, 1, 1)"
        ),
        format!(
            "INSERT INTO peer_match (id, request_id, proposal_id, family_id, mentor_id, programme_id, state, weight,
             started_at, first_contact_due_at, version)
             VALUES ({of_match}, {request}, {proposal}, {family}, {mentor}, {programme}, 'active', 1, 1, 2, 1)"
        ),
    ] {
        run(app, &sql).await;
    }
}

/// A further match of the same mentor, with a family of its own.
pub(crate) async fn further_match(pair: &Pair, n: u128) -> MatchId {
    let family = FamilyId::from(Uuid::from_u128(1000 + n));
    seed_match(&pair.app, pair.programme, n, family, pair.mentor_id).await;
    MatchId::from(Uuid::from_u128(5000 + n))
}
