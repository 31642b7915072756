//! Two programmes full of data that looks alike: nobody who acts in one can tell whether the other is there.

use kinward::access::PrincipalKind;
use kinward::identity::Role;
use kinward::kernel::ids::{AccountId, ProgrammeId, RoleId, TypedId as _};
use serde_json::{Value, json};

use super::cast::{Caller, Cast};
use super::matrix::Column;
use super::sweep::{Root, Schema, turned_away, with_unknown_ids};
use crate::harness::{Backend, Client, Socket, TestApp, World, on_each, people::token};

const GRANT: &str = include_str!("../../../graphql/operations/identity/grantRole.graphql");

/// Lists that tell of the log itself, which grows by every question here; the tests of `audit` show whose entries they tell.
const OF_THE_LOG: [&str; 2] = ["Query.auditEntries", "Query.auditVerification"];

fn caller(name: &'static str, kind: PrincipalKind, client: &Client) -> Caller {
    Caller { name, kind, column: Column::OtherProgramme, client: client.clone(), own: &[] }
}

/// Everybody who acts in a programme, each in their role, and somebody who has a role in both and acts in the first.
async fn callers(here: &World, cast: &mut Cast) -> Vec<Caller> {
    let lead = here.staff(Role::SafeguardingLead, "Lea").await;
    let auditor = here.staff(Role::Auditor, "Otto").await;
    let both = here.staff(Role::Coordinator, "Bea").await;
    cast.opened(&lead).await;
    let [member, guide] = cast.sides();
    vec![
        caller("family", PrincipalKind::FamilyMember, &member),
        caller("mentor", PrincipalKind::Mentor, &guide),
        caller("coordinator", PrincipalKind::Coordinator, &here.coordinator),
        caller("lead", PrincipalKind::SafeguardingLead, &lead),
        caller("auditor", PrincipalKind::Auditor, &auditor),
        caller("coordinator of both", PrincipalKind::Coordinator, &both),
    ]
}

/// What everybody hears to every question that names no record: their lists, and what is their own.
async fn heard(roots: &[Root], callers: &[Caller]) -> Vec<(String, (u16, Vec<u8>))> {
    let mut all = Vec::new();
    for root in roots.iter().filter(|root| root.ids.is_empty() && !OF_THE_LOG.contains(&root.name.as_str())) {
        for caller in callers {
            let answer = caller.client.raw(&root.document, &root.variables).await;
            all.push((format!("{} as {}", root.name, caller.name), answer));
        }
    }
    all
}

/// The ids of the other programme's records; a programme's own id is nobody's secret to its staff.
fn shows(there: &Cast, answer: &[u8], sent: &Value) -> Option<String> {
    let (answer, sent) = (String::from_utf8_lossy(answer), sent.to_string());
    let ids = there.records.iter().filter(|(prefix, _)| **prefix != "prg").map(|(_, id)| id);
    ids.filter(|id| !sent.contains(*id)).find(|id| answer.contains(id.as_str())).cloned()
}

async fn open(socket: &mut Socket, id: &str, root: &Root, variables: &Value) -> Value {
    socket.subscribe(id, &root.document, variables).await;
    let mut answer = socket.next().await;
    answer["id"] = Value::Null;
    answer
}

#[tokio::test]
async fn nobody_can_tell_that_there_is_a_twin() {
    let schema = Schema::load();
    let schema = &schema;
    // Boxed: so many steps make a large future.
    on_each(|app| {
        Box::pin(async move {
            let here = World::new(&app).await;
            let there = here.elsewhere().await;
            let mut ours = Cast::within(&here).await;
            let callers = callers(&here, &mut ours).await;
            grant_coordinator(&here, &callers[5].client, there.programme).await;
            let lists: Vec<Root> = schema.roots("Query", &ours);
            let alone = heard(&lists, &callers).await;

            // The same names, the same states, one of each kind of record: in the other programme.
            let mut theirs = Cast::within(&there).await;
            let lead = there.staff(Role::SafeguardingLead, "Lea").await;
            theirs.opened(&lead).await;
            assert_eq!(ours.records.keys().collect::<Vec<_>>(), theirs.records.keys().collect::<Vec<_>>());
            let beside = heard(&lists, &callers).await;
            let mut faults = Vec::new();
            for ((name, before), (_, after)) in alone.iter().zip(&beside) {
                if before != after {
                    let (before, after) = (String::from_utf8_lossy(&before.1), String::from_utf8_lossy(&after.1));
                    faults.push(format!("{name} hears of the twin:\n    {before}\n    {after}"));
                }
                faults.extend(shows(&theirs, &after.1, &Value::Null).map(|id| format!("{name} shows {id}")));
            }
            let mut tried = alone.len();
            for root in ["Query", "Mutation"].into_iter().flat_map(|kind| schema.roots(kind, &theirs)) {
                for caller in callers.iter().filter(|_| !root.ids.is_empty()) {
                    tried += 1;
                    let hidden = caller.client.raw(&root.document, &root.variables).await;
                    let missing = caller.client.raw(&root.document, &with_unknown_ids(&root)).await;
                    let name = format!("{} as {}", root.name, caller.name);
                    let answer: Value = serde_json::from_slice(&hidden.1).unwrap_or_default();
                    if !turned_away(caller, &answer) {
                        faults.push(format!("{name} was not turned away: {answer}"));
                    }
                    if hidden != missing {
                        let (a, b) = (String::from_utf8_lossy(&hidden.1), String::from_utf8_lossy(&missing.1));
                        faults.push(format!("{name} tells the twin's record from a missing one:\n    {a}\n    {b}"));
                    }
                }
            }
            for root in schema.roots("Subscription", &theirs).iter().filter(|root| !root.ids.is_empty()) {
                for caller in &callers {
                    tried += 1;
                    let mut socket = caller.client.socket().await;
                    let hidden = open(&mut socket, "1", root, &root.variables).await;
                    let mut socket = caller.client.socket().await;
                    let missing = open(&mut socket, "1", root, &with_unknown_ids(root)).await;
                    if hidden != missing {
                        faults.push(format!("{} as {}:\n    {hidden}\n    {missing}", root.name, caller.name));
                    }
                }
            }
            assert!(faults.is_empty(), "{} of {tried} tries went wrong:\n{}", faults.len(), faults.join("\n"));
            assert!(tried > 600, "few fields were tried: {tried}");
        })
    })
    .await;
}

async fn grant_coordinator(world: &World, client: &Client, programme: ProgrammeId) -> AccountId {
    let account = world.app.op_of(client.token()).await.principal().account.unwrap();
    let input = json!({"accountId": account.to_global(), "programmeId": programme.to_global(), "role": "COORDINATOR"});
    world.administrator.data(GRANT, json!({ "input": input })).await;
    account
}

fn literal(app: &TestApp, id: uuid::Uuid) -> String {
    match app.backend {
        Backend::Sqlite => format!("x'{}'", id.simple()),
        Backend::Postgres => format!("'{id}'"),
    }
}

/// How many entries there are of an account's own acts, and how many of those say that it acted in this programme.
async fn entries(app: &TestApp, of: AccountId, programme: ProgrammeId) -> (i64, i64) {
    let of = literal(app, of.uuid());
    let count = format!("SELECT count(*) AS n FROM audit_entry WHERE actor_id = {of}");
    let acting = format!("\"kind\":\"coordinator\",\"programme\":\"{}\"", programme.uuid());
    (app.count(&count).await, app.count(&format!("{count} AND canonical LIKE '%{acting}%'")).await)
}

#[tokio::test]
async fn a_coordinator_of_both_acts_in_one_at_a_time_and_every_entry_says_in_which() {
    on_each(|app| async move {
        let here = World::new(&app).await;
        let there = here.elsewhere().await;
        let (ours, theirs) = (Cast::within(&here).await, Cast::within(&there).await);
        let both = here.staff(Role::Coordinator, "Bea").await;
        let account = grant_coordinator(&here, &both, there.programme).await;
        let held = both.data("{ viewer { account { roles { id programmeId } } } }", json!({})).await;
        let held = held["viewer"]["account"]["roles"].as_array().unwrap().clone();
        let mut acting = both;
        let lists = "{ families { nodes { id } } mentors { nodes { id } } supportRequests { nodes { id } }
            matches { nodes { id } } cases { nodes { id } } }";
        let family = "query($id: ID!) { family(id: $id) { id } }";
        for (world, seen, hidden) in [(&here, &ours, &theirs), (&there, &theirs, &ours)] {
            let role = held.iter().find(|role| role["programmeId"] == json!(world.programme_id())).unwrap();
            let role = RoleId::from_global(role["id"].as_str().unwrap()).unwrap();
            let op = app.op_of(acting.token()).await;
            let client = app.client(token(&app.app.identity.switch_role(&op, role).await.unwrap()));
            acting = client.clone();
            let before = entries(&app, account, world.programme).await;
            let shown = client.data(lists, json!({})).await.to_string();
            for prefix in ["fam", "men", "req", "mat", "cas"] {
                assert!(shown.contains(&seen.records[prefix]), "{prefix} is missing");
                assert!(!shown.contains(&hidden.records[prefix]), "{prefix} of the other programme");
            }
            client.data(family, json!({"id": seen.records["fam"]})).await;
            assert_eq!(client.fault(family, json!({"id": hidden.records["fam"]})).await, "NOT_FOUND");
            let after = entries(&app, account, world.programme).await;
            // The lists, the reading and the denied try: each says in which programme it was made.
            assert!(after.0 >= before.0 + 7, "{before:?} {after:?}");
            assert_eq!(after.0 - before.0, after.1 - before.1, "an entry says another programme");
        }
    })
    .await;
}
