//! A match with both its sides, and what they say.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use kinward::access::{Resource, act};
use kinward::identity::{self, Invitee, Role};
use kinward::kernel::ids::{FamilyId, MatchId, MentorId, TypedId as _};
use kinward::messaging::{self, Messaging, NewMessage};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message as Frame, client::IntoClientRequest as _};
use uuid::Uuid;

use crate::harness::{Backend, Client, TestApp, World};

pub const SEND: &str = include_str!("../../../graphql/operations/messaging/sendMessage.graphql");
pub const EDIT: &str = include_str!("../../../graphql/operations/messaging/editMessage.graphql");
pub const REMOVE: &str = include_str!("../../../graphql/operations/messaging/removeMessage.graphql");
pub const REPORT: &str = include_str!("../../../graphql/operations/messaging/reportMessage.graphql");
pub const APPEAL: &str = include_str!("../../../graphql/operations/messaging/appealMessage.graphql");
pub const MESSAGES: &str = include_str!("../../../graphql/operations/messaging/messages.graphql");
pub const MESSAGE: &str = include_str!("../../../graphql/operations/messaging/message.graphql");
pub const CHANGES: &str = include_str!("../../../graphql/operations/messaging/messageChanges.graphql");
pub const CASES: &str = include_str!("../../../graphql/operations/moderation/cases.graphql");
pub const CASE: &str = include_str!("../../../graphql/operations/moderation/case.graphql");
pub const CLAIM: &str = include_str!("../../../graphql/operations/moderation/claimCase.graphql");
pub const RENEW: &str = include_str!("../../../graphql/operations/moderation/renewClaim.graphql");
pub const RELEASE: &str = include_str!("../../../graphql/operations/moderation/releaseClaim.graphql");
pub const DECIDE: &str = include_str!("../../../graphql/operations/moderation/decideCase.graphql");
pub const ESCALATE: &str = include_str!("../../../graphql/operations/moderation/escalateCase.graphql");
pub const REOPEN: &str = include_str!("../../../graphql/operations/moderation/reopenCase.graphql");
pub const NOTE: &str = include_str!("../../../graphql/operations/moderation/addCaseNote.graphql");
pub const NOTES: &str = include_str!("../../../graphql/operations/moderation/notesOnMyMessage.graphql");
pub const QUEUE: &str = include_str!("../../../graphql/operations/moderation/moderationQueue.graphql");

/// A text that the screener holds.
pub const RISKY: &str = "Call me on 555 867 5309 tonight.";
/// A text that the screener delivers and pages.
pub const CRISIS: &str = "I want to end my life.";

/// A family and a mentor in a live match, and their programme.
#[derive(Clone)]
pub struct Talk {
    pub world: World,
    pub family: Client,
    pub mentor: Client,
    pub match_id: MatchId,
    family_id: FamilyId,
    count: Arc<std::sync::atomic::AtomicU32>,
}

pub fn literal(app: &TestApp, id: Uuid) -> String {
    match app.backend {
        Backend::Sqlite => format!("x'{}'", id.simple()),
        Backend::Postgres => format!("'{id}'"),
    }
}

impl Talk {
    /// A match whose first messages have been read long ago.
    pub async fn new(app: &TestApp) -> Self {
        let talk = Self::fresh(app).await;
        for side in [&talk.family, &talk.mentor] {
            for n in 0..3 {
                talk.past(side, &format!("Good morning {n}")).await;
            }
        }
        talk
    }

    /// A match in which nobody has written yet.
    pub async fn fresh(app: &TestApp) -> Self {
        let world = World::new(app).await;
        Self::within(world, 1).await
    }

    /// The same in a programme that is there already; `n` keeps ids apart.
    pub async fn within(world: World, n: u128) -> Self {
        let app = world.app.clone();
        let op = app.op_of(world.coordinator.token()).await;
        let id = |kind: u128| Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000 + kind * 1000 + n);
        let (family, mentor) = (FamilyId::from(id(1)), MentorId::from(id(2)));
        let [fam, men, req, prp, mat] = [1, 2, 3, 4, 5].map(|kind| literal(&app, id(kind)));
        let prg = literal(&app, world.programme.uuid());
        let acc = literal(&app, op.principal().account.unwrap().uuid());
        for sql in [
            format!(
                "INSERT INTO family (id, programme_id, zone, languages, created_at, updated_at, version) \
                 VALUES ({fam}, {prg}, 'America/Chicago', '[\"en\"]', 1, 1, 1)"
            ),
            format!(
                "INSERT INTO mentor (id, programme_id, state, languages, topics, profile, capacity, zone, created_at, updated_at, version) \
                 VALUES ({men}, {prg}, 'active', '[\"en\"]', '[]', '{{}}', 2, 'America/Chicago', 1, 1, 1)"
            ),
            format!(
                "INSERT INTO support_request (id, family_id, programme_id, state, facts, created_at, updated_at, submitted_at, version) \
                 VALUES ({req}, {fam}, {prg}, 'submitted', '{{}}', 1, 1, 1, 1)"
            ),
            format!(
                "INSERT INTO proposal (id, request_id, family_id, mentor_id, programme_id, state, weight, score, snapshot, policy_version, created_by, created_at, updated_at, version) \
                 VALUES ({prp}, {req}, {fam}, {men}, {prg}, 'offered_to_family', 1, 50, '{{}}', '1', {acc}, 1, 1, 1)"
            ),
            format!(
                "INSERT INTO peer_match (id, request_id, proposal_id, family_id, mentor_id, programme_id, state, weight, started_at, first_contact_due_at, version) \
                 VALUES ({mat}, {req}, {prp}, {fam}, {men}, {prg}, 'active', 1, 1, 1, 1)"
            ),
        ] {
            app.tamper(&sql).await.unwrap();
        }
        let family_id = family;
        let family = world.join(Role::FamilyMember, Some(family_id), None, "Fay").await;
        let mentor = world.join(Role::Mentor, None, Some(mentor), "Mo").await;
        Self { world, family, mentor, match_id: id(5).into(), family_id, count: Arc::default() }
    }

    /// A further caregiver of the family.
    pub async fn caregiver(&self, first_name: &str) -> Client {
        self.world.join(Role::FamilyMember, Some(self.family_id), None, first_name).await
    }

    pub fn app(&self) -> &TestApp {
        &self.world.app
    }

    pub fn id(&self) -> String {
        self.match_id.to_global()
    }

    /// A message of somebody as it would be after the first ones.
    async fn past(&self, side: &Client, body: &str) {
        let op = self.app().op_of(side.token()).await;
        let messaging = Messaging { first_held: 0, ..(*self.app().app.messaging).clone() };
        let new = NewMessage { to: self.match_id, client_id: self.client_id(), body: body.into() };
        messaging::send_message(&op, &messaging, new).await.unwrap();
    }

    fn client_id(&self) -> String {
        format!("c-{}", self.count.fetch_add(1, std::sync::atomic::Ordering::SeqCst))
    }

    pub fn input(&self, body: &str) -> Value {
        json!({"input": {"matchId": self.id(), "clientId": self.client_id(), "body": body}})
    }

    /// Sends a message and gives it back as its author sees it.
    pub async fn send(&self, side: &Client, body: &str) -> Value {
        side.data(SEND, self.input(body)).await["sendMessage"]["message"].clone()
    }

    /// The texts that somebody sees, newest first.
    pub async fn seen(&self, side: &Client) -> Vec<String> {
        let page = side.data(MESSAGES, json!({"matchId": self.id(), "first": 50})).await;
        let edges = page["messages"]["edges"].as_array().unwrap().clone();
        edges.iter().map(|edge| edge["node"]["body"].as_str().unwrap_or("(none)").to_owned()).collect()
    }

    /// The cases that are not decided, as a coordinator sees them.
    pub async fn cases(&self) -> Vec<Value> {
        let page = self.world.coordinator.data(CASES, json!({})).await;
        page["cases"]["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone()).collect()
    }

    /// The only case that is not decided.
    pub async fn only_case(&self) -> Value {
        let cases = self.cases().await;
        assert_eq!(cases.len(), 1, "{cases:#?}");
        cases[0].clone()
    }

    /// Claims a case and decides it.
    pub async fn decide(&self, reader: &Client, case: &Value, decision: Value) -> Value {
        reader.data(CLAIM, json!({"input": {"id": case["id"]}})).await;
        let mut input = decision;
        input["id"] = case["id"].clone();
        reader.data(DECIDE, json!({ "input": input })).await["decideCase"]["case"].clone()
    }

    /// Ends the match as `matching` does: the row, and the event.
    pub async fn end(&self) {
        let id = literal(self.app(), self.match_id.uuid());
        let sql = format!("UPDATE peer_match SET state = 'ended', ended_at = 2 WHERE id = {id}");
        self.app().tamper(&sql).await.unwrap();
        let topic = format!("match:{}", self.match_id.uuid());
        let event = kinward::events::Event { id: Uuid::nil().into(), topic, body: json!({}) };
        self.app().app.core.hub.dispatch(&Arc::new(event));
    }
}

impl World {
    /// Somebody of a family, or a mentor, who uses their invitation.
    pub async fn join(
        &self,
        role: Role,
        family: Option<FamilyId>,
        mentor: Option<MentorId>,
        first_name: &str,
    ) -> Client {
        let op = self.app.op_of(self.coordinator.token()).await;
        let programme = self.programme;
        let invited = op
            .write(|tx| async move {
                let permit = tx.allow::<act::InviteFamilyMember>(Some(Resource::programme(programme)))?;
                let programme = Some(programme);
                let invitee = Invitee { programme, role, family, mentor, first_name: first_name.into() };
                identity::invite(&tx, permit.decision(), invitee).await
            })
            .await
            .unwrap();
        if let Some(family) = family {
            self.app.belongs(invited.account, family).await;
        }
        let signed_in = self.app.accept(&invited.code).await;
        self.app.client(crate::harness::people::token(&signed_in))
    }
}

/// An open subscription.
pub struct Ear(tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>);

impl Ear {
    /// Opens a socket and subscribes. Gives the ear once the service has taken the subscription up.
    pub async fn open(client: &Client, query: &str, variables: Value) -> Self {
        let mut request = client.ws_url().into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let mut ear = Self(tokio_tungstenite::connect_async(request).await.unwrap().0);
        let bearer = format!("Bearer {}", client.token());
        ear.say(json!({"type": "connection_init", "payload": {"authorization": bearer}})).await;
        assert_eq!(ear.next().await["type"], "connection_ack");
        ear.say(json!({"id": "1", "type": "subscribe", "payload": {"query": query, "variables": variables}})).await;
        // The subscription has begun when its first look at the database is over.
        tokio::time::sleep(Duration::from_millis(400)).await;
        ear
    }

    async fn say(&mut self, message: Value) {
        self.0.send(Frame::text(message.to_string())).await.unwrap();
    }

    /// The next message, within five seconds.
    pub async fn next(&mut self) -> Value {
        self.within(Duration::from_secs(5)).await.unwrap()
    }

    /// The next message within this time, if one comes.
    pub async fn within(&mut self, time: Duration) -> Option<Value> {
        let read = async {
            loop {
                if let Frame::Text(text) = self.0.next().await.unwrap().unwrap() {
                    return serde_json::from_str(&text).unwrap();
                }
            }
        };
        tokio::time::timeout(time, read).await.ok()
    }

    /// The change that comes next.
    pub async fn change(&mut self) -> Value {
        let message = self.next().await;
        assert_eq!(message["type"], "next", "{message:#}");
        assert!(message["payload"].get("errors").is_none(), "{message:#}");
        message["payload"]["data"].as_object().unwrap().values().next().unwrap().clone()
    }

    /// Nothing comes for a while.
    pub async fn quiet(&mut self) {
        let heard = self.within(Duration::from_millis(400)).await;
        assert!(heard.is_none(), "{heard:#?}");
    }
}
