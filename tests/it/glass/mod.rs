//! Break-glass: who opens, what is read, when it ends, who is told, who judges.

mod board;
mod ledger;
mod opening;
mod reading;
mod streams;

use kinward::identity::Role;
use serde_json::{Value, json};

use crate::harness::{Client, TestApp, World};
use crate::matching::stage::{self, Person, again, names, text};

const OPEN: &str = include_str!("../../../graphql/operations/breakglass/openBreakGlass.graphql");
const END: &str = include_str!("../../../graphql/operations/breakglass/endBreakGlass.graphql");
const DELAY: &str = include_str!("../../../graphql/operations/breakglass/delayBreakGlass.graphql");
const REVIEW: &str = include_str!("../../../graphql/operations/breakglass/reviewBreakGlass.graphql");
const BOARD: &str = include_str!("../../../graphql/operations/breakglass/breakGlassAccesses.graphql");
const ACCESS: &str = include_str!("../../../graphql/operations/breakglass/breakGlassAccess.graphql");
const ENTRIES: &str = include_str!("../../../graphql/operations/breakglass/breakGlassReadEntries.graphql");
const RECORDS: &str = include_str!("../../../graphql/operations/breakglass/breakGlassRecords.graphql");
const TALK: &str = include_str!("../../../graphql/operations/breakglass/breakGlassConversation.graphql");
const CHANGES: &str = include_str!("../../../graphql/operations/breakglass/breakGlassChanges.graphql");
const FOLLOW: &str = include_str!("../../../graphql/operations/breakglass/breakGlassMessages.graphql");
const LEDGER: &str = include_str!("../../../graphql/operations/ledger/familyLedger.graphql");
const SEND: &str = include_str!("../../../graphql/operations/messaging/sendMessage.graphql");
const MESSAGES: &str = include_str!("../../../graphql/operations/messaging/messages.graphql");

const WHY: &str = "A heron called: the child has not come home.";

/// A matched family and mentor, and two leads of the programme.
struct Stage {
    world: World,
    family: Person,
    mentor: Person,
    request: String,
    of_match: String,
    lead: Client,
    other: Client,
}

impl Stage {
    async fn new(app: &TestApp) -> Self {
        let world = World::new(app).await;
        let family = stage::family(app, &world, "Fay").await;
        let mentor = stage::mentor(app, &world, "Mo", 2).await;
        let (request, of_match) = stage::matched(&world, &family, &mentor).await;
        let lead = world.staff(Role::SafeguardingLead, "Lea").await;
        let other = world.staff(Role::SafeguardingLead, "Lou").await;
        Self { world, family, mentor, request, of_match, lead, other }
    }

    fn input(&self) -> Value {
        json!({"familyId": self.family.id, "category": "MISSING_CHILD", "reason": WHY})
    }

    /// Opens the family, with further input.
    async fn open(&self, more: Value) -> Value {
        let mut input = self.input();
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        self.lead.data(OPEN, json!({ "input": input })).await["openBreakGlass"]["access"].clone()
    }

    /// Sends a message as one of the two sides; the first ones of a match are held for a reader.
    async fn send(&self, side: &Client, body: &str) -> Value {
        let id = format!("m-{}", body.len());
        let input = json!({"matchId": self.of_match, "clientId": id, "body": body});
        side.data(SEND, json!({ "input": input })).await["sendMessage"]["message"].clone()
    }

    /// The two leads, signed in again, once the clock has outrun their tokens.
    async fn leads_again(&mut self, app: &TestApp, names: &[String; 2]) {
        let [lead, other] = again(app, names).await;
        (self.lead, self.other) = (lead, other);
    }

    async fn names_of_leads(&self) -> [String; 2] {
        names([&self.lead, &self.other]).await
    }
}

fn about(id: &Value) -> Value {
    json!({ "id": id })
}

/// The board as somebody sees it: ids in order.
async fn board(reader: &Client, variables: Value) -> Vec<String> {
    let data = reader.data(BOARD, variables).await;
    data["breakGlassAccesses"]["nodes"].as_array().unwrap().iter().map(|node| text(&node["id"])).collect()
}
