//! Families, mentors and the steps from a request to a match, as their clients take them.

use serde_json::{Value, json};

use crate::harness::{
    Client, TestApp, World,
    people::{PASSPHRASE, token},
};

/// The document of an operation, as clients send it.
pub fn document(name: &str) -> String {
    let path = |feature: &str| format!("{}/graphql/operations/{feature}/{name}.graphql", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path("matching")).unwrap()
}

const INVITE_FAMILY: &str = "mutation($input: InviteFamilyMemberInput!) { inviteFamilyMember(input: $input) { invited { family { id } invitation { code } } userErrors { code field message } } }";
const SET_PLAN: &str = "mutation($input: SetSafeContactPlanInput!) { setSafeContactPlan(input: $input) { plan { version } userErrors { code field message } } }";
const INVITE_MENTOR: &str = "mutation($input: InviteMentorInput!) { inviteMentor(input: $input) { invited { mentor { id } invitation { code } } userErrors { code field message } } }";
const EVIDENCE: &str = "mutation($input: RecordEvidenceInput!) { recordEvidence(input: $input) { mentor { id } userErrors { code field message } } }";

/// Somebody with a client of their own and the id of their record.
#[derive(Clone)]
pub struct Person {
    pub client: Client,
    pub id: String,
}

/// A family of one caregiver, without a safe-contact plan.
pub async fn bare_family(app: &TestApp, world: &World, first_name: &str) -> Person {
    let input = json!({"input": {"firstName": first_name, "relation": "PARENT", "zone": "America/Chicago",
        "languages": ["en", "es"]}});
    let invited = world.coordinator.data(INVITE_FAMILY, input).await["inviteFamilyMember"]["invited"].clone();
    let signed_in = app.accept(invited["invitation"]["code"].as_str().unwrap()).await;
    Person { client: app.client(token(&signed_in)), id: text(&invited["family"]["id"]) }
}

/// A family with a safe-contact plan.
pub async fn family(app: &TestApp, world: &World, first_name: &str) -> Person {
    let family = bare_family(app, world, first_name).await;
    let plan = json!({"input": {"familyId": family.id, "zone": "America/Chicago", "channel": "PHONE_CALL",
        "windows": [{"weekday": 1, "startMin": 600, "endMin": 720}]}});
    family.client.data(SET_PLAN, plan).await;
    family
}

/// A mentor without any evidence.
pub async fn bare_mentor(app: &TestApp, world: &World, first_name: &str, capacity: i32) -> Person {
    let input = json!({"input": {"firstName": first_name, "languages": ["en"], "zone": "America/New_York",
        "capacity": capacity}});
    let invited = world.coordinator.data(INVITE_MENTOR, input).await["inviteMentor"]["invited"].clone();
    let signed_in = app.accept(invited["invitation"]["code"].as_str().unwrap()).await;
    Person { client: app.client(token(&signed_in)), id: text(&invited["mentor"]["id"]) }
}

/// A ready mentor.
pub async fn mentor(app: &TestApp, world: &World, first_name: &str, capacity: i32) -> Person {
    let mentor = bare_mentor(app, world, first_name, capacity).await;
    for kind in ["APPLICATION", "REFERENCES", "BACKGROUND_CHECK", "INTERVIEW", "TRAINING", "AGREEMENT"] {
        let input = json!({"input": {"mentorId": mentor.id, "kind": kind, "obtainedOn": "2026-01-10"}});
        world.coordinator.data(EVIDENCE, input).await;
    }
    mentor
}

/// What a family says in these tests.
pub fn facts() -> Value {
    json!({"kind": "ONLINE", "phase": "IN_COURT", "role": "PARENT", "ageBand": "FROM_14_TO_17",
        "cultures": ["haitian"], "topics": ["court"], "channels": ["PHONE"]})
}

/// One step: runs the operation and gives the object of its payload, or the field of a query.
pub async fn step(client: &Client, name: &str, input: Value) -> Value {
    let data = client.data(&document(name), json!({"input": input})).await;
    let payload = data[name].as_object().unwrap();
    payload.iter().find(|(key, _)| *key != "userErrors").unwrap().1.clone()
}

/// The problems of a step that must be refused.
pub async fn refused(client: &Client, name: &str, input: Value) -> Vec<String> {
    client.refused(&document(name), json!({"input": input})).await
}

/// The fault of a step that must not happen.
pub async fn fault(client: &Client, name: &str, input: Value) -> String {
    client.fault(&document(name), json!({"input": input})).await
}

/// One object by its id.
pub async fn look(client: &Client, name: &str, id: &str) -> Value {
    client.data(&document(name), json!({"id": id})).await[name].clone()
}

/// The fault of looking at something.
pub async fn unseen(client: &Client, name: &str, id: &str) -> String {
    client.fault(&document(name), json!({"id": id})).await
}

/// The ids of a list.
pub async fn ids(client: &Client, name: &str) -> Vec<String> {
    let data = client.data(&document(name), json!({"first": 100})).await;
    data[name]["nodes"].as_array().unwrap().iter().map(|node| text(&node["id"])).collect()
}

/// A triaged request of the family.
pub async fn triaged(world: &World, family: &Person) -> String {
    let draft = step(&family.client, "saveSupportRequest", json!({"facts": facts(), "hopes": "Somebody to talk to."}));
    let id = text(&draft.await["id"]);
    step(&family.client, "submitSupportRequest", json!({"requestId": id})).await;
    step(&world.coordinator, "triageSupportRequest", json!({"requestId": id, "urgency": "SOON"})).await;
    id
}

/// A proposal that the family has said yes to.
pub async fn offered(world: &World, family: &Person, mentor: &Person) -> (String, String) {
    let request = triaged(world, family).await;
    let proposed = step(&world.coordinator, "proposeMatch", json!({"requestId": request, "mentorId": mentor.id})).await;
    let proposal = text(&proposed["id"]);
    let yes = json!({"proposalId": proposal, "accept": true, "hasConflict": false});
    step(&family.client, "answerProposalAsFamily", yes).await;
    (request, proposal)
}

/// The mentor's yes.
pub fn yes(proposal: &str) -> Value {
    json!({"proposalId": proposal, "answer": "ACCEPT", "hasConflict": false})
}

/// A live match: its request and its own id.
pub async fn matched(world: &World, family: &Person, mentor: &Person) -> (String, String) {
    let (request, proposal) = offered(world, family, mentor).await;
    step(&mentor.client, "answerProposalAsMentor", yes(&proposal)).await;
    let matches = ids(&family.client, "matches").await;
    (request, matches[0].clone())
}

/// The names with which these sign in again, once the clock has outrun their tokens.
pub async fn names<const N: usize>(clients: [&Client; N]) -> [String; N] {
    let mut names = Vec::new();
    for client in clients {
        let viewer = client.data("{ viewer { account { signInName } } }", json!({})).await;
        names.push(text(&viewer["viewer"]["account"]["signInName"]));
    }
    names.try_into().unwrap()
}

/// Signs them in again.
pub async fn again<const N: usize>(app: &TestApp, names: &[String; N]) -> [Client; N] {
    let mut clients = Vec::new();
    for name in names {
        let nobody = app.op_of_nobody();
        let signed_in = app.app.identity.sign_in(&nobody, name, PASSPHRASE.to_owned().into(), None).await.unwrap();
        clients.push(app.client(token(&signed_in)));
    }
    clients.try_into().unwrap_or_else(|_| panic!("as many clients as names"))
}

/// A JSON text.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
