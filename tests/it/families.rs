//! Families: joining, the record, what is told in confidence, and how it is safe to reach them.

use kinward::identity::Role;
use kinward::kernel::ids::{FamilyId, MentorId, TypedId as _};
use serde_json::{Value, json};

use crate::harness::{Backend, Client, TestApp, World, on_each};

const INVITE: &str = include_str!("../../graphql/operations/families/inviteFamilyMember.graphql");
const LIST: &str = include_str!("../../graphql/operations/families/families.graphql");
const READ: &str = include_str!("../../graphql/operations/families/family.graphql");
const MINE: &str = include_str!("../../graphql/operations/families/myFamily.graphql");
const UPDATE: &str = include_str!("../../graphql/operations/families/updateFamily.graphql");
const PLAN: &str = include_str!("../../graphql/operations/families/safeContactPlan.graphql");
const SET_PLAN: &str = include_str!("../../graphql/operations/families/setSafeContactPlan.graphql");

/// A family or mentor with a signed-in person.
pub struct Person {
    pub id: String,
    pub client: Client,
}

async fn enter(app: &TestApp, invited: &Value, field: &str) -> Person {
    let code = invited["invitation"]["code"].as_str().unwrap();
    let client = app.client(crate::harness::people::token(&app.accept(code).await));
    Person { id: invited[field]["id"].as_str().unwrap().to_owned(), client }
}

/// A new family with one caregiver who used their code.
pub async fn new_family(world: &World, first_name: &str) -> Person {
    let input = json!({"firstName": first_name, "relation": "PARENT", "zone": "America/Chicago", "languages": ["en"]});
    let data = world.coordinator.data(INVITE, json!({ "input": input })).await;
    enter(&world.app, &data["inviteFamilyMember"]["invited"], "family").await
}

/// A new mentor who used their code.
pub async fn new_mentor(world: &World, first_name: &str) -> Person {
    let document = include_str!("../../graphql/operations/mentors/inviteMentor.graphql");
    let input = json!({"firstName": first_name, "zone": "America/Chicago", "languages": ["en"], "capacity": 3});
    let data = world.coordinator.data(document, json!({ "input": input })).await;
    enter(&world.app, &data["inviteMentor"]["invited"], "mentor").await
}

fn literal(app: &TestApp, id: uuid::Uuid) -> String {
    match app.backend {
        Backend::Sqlite => format!("x'{}'", id.simple()),
        Backend::Postgres => format!("'{id}'"),
    }
}

/// Matches the two behind the service's back: a request, a proposal and a live match of this weight.
pub async fn pair(app: &TestApp, family: &Person, mentor: &Person, weight: u8) {
    let number = app.count("SELECT count(*) AS n FROM peer_match").await;
    let id = |n: i64| literal(app, uuid::Uuid::from_u128(u128::try_from(1000 + number * 10 + n).unwrap()));
    let (request, proposal, made) = (id(1), id(2), id(3));
    let family = literal(app, FamilyId::from_global(&family.id).unwrap().uuid());
    let mentor = literal(app, MentorId::from_global(&mentor.id).unwrap().uuid());
    let programme = format!("(SELECT programme_id FROM family WHERE id = {family})");
    for sql in [
        format!(
            "INSERT INTO support_request (id, family_id, programme_id, state, facts, created_at, updated_at, version)
             VALUES ({request}, {family}, {programme}, 'submitted', '{{}}', 1, 1, 1)"
        ),
        format!(
            "INSERT INTO proposal (id, request_id, family_id, mentor_id, programme_id, state, weight, score, snapshot,
               policy_version, created_by, created_at, updated_at, version)
             VALUES ({proposal}, {request}, {family}, {mentor}, {programme}, 'offered_to_family', {weight}, 1, '{{}}',
               'test', (SELECT id FROM account LIMIT 1), 1, 1, 1)"
        ),
        format!(
            "INSERT INTO peer_match (id, request_id, proposal_id, family_id, mentor_id, programme_id, state, weight,
               started_at, first_contact_due_at, version)
             VALUES ({made}, {request}, {proposal}, {family}, {mentor}, {programme}, 'active', {weight}, 1, 1, 1)"
        ),
    ] {
        app.tamper(&sql).await.unwrap();
    }
}

/// Ends all matches behind the service's back.
pub async fn part(app: &TestApp) {
    app.tamper("UPDATE peer_match SET state = 'ended', ended_at = 2").await.unwrap();
}

fn about(id: &str) -> Value {
    json!({ "id": id })
}

fn plan(family: &str) -> Value {
    json!({
        "familyId": family, "zone": "America/Chicago", "channel": "PHONE_CALL",
        "windows": [{"weekday": 1, "startMin": 600, "endMin": 720}],
        "safeWords": "marigold", "unsafeNotes": "Ask for the piano lesson.", "voicemailOk": false, "textOk": true
    })
}

#[tokio::test]
async fn a_caregiver_joins_and_sees_their_own_family() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let family = new_family(&world, "  Amelie ").await;
        let mine = family.client.data(MINE, json!({})).await["myFamily"].clone();
        assert_eq!(mine["id"], family.id);
        assert_eq!(
            (&mine["members"][0]["firstName"], &mine["members"][0]["relation"]),
            (&json!("Amelie"), &json!("PARENT"))
        );
        assert_eq!((&mine["zone"], &mine["circumstances"]), (&json!("America/Chicago"), &Value::Null));
        // A second caregiver joins the same family, a moment later.
        app.clock.advance(jiff::SignedDuration::from_secs(1));
        let second = json!({"input": {"firstName": "Bo", "relation": "GRANDPARENT", "familyId": family.id}});
        let invited = world.coordinator.data(INVITE, second).await["inviteFamilyMember"]["invited"].clone();
        let listed: Vec<_> =
            invited["family"]["members"].as_array().unwrap().iter().map(|m| m["firstName"].clone()).collect();
        assert_eq!(listed, ["Amelie", "Bo"], "whoever invites sees who is there");
        let bo = enter(&app, &invited, "family").await;
        assert_eq!(bo.id, family.id);
        let members = bo.client.data(READ, about(&family.id)).await["family"]["members"].clone();
        let names: Vec<_> = members.as_array().unwrap().iter().map(|m| m["firstName"].clone()).collect();
        assert_eq!(names, ["Amelie", "Bo"]);
        // Nobody but a caregiver has a family of their own.
        assert_eq!(world.coordinator.fault(MINE, json!({})).await, "FORBIDDEN");
        let recorded = app.count("SELECT count(*) AS n FROM audit_entry WHERE action = 'invitation.family'").await;
        assert_eq!(recorded, 2);
    })
    .await;
}

#[tokio::test]
async fn an_invitation_names_every_problem() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let family = new_family(&world, "Amelie").await;
        let there = world.elsewhere().await;
        let refused = async |by: &Client, input: Value| by.refused(INVITE, json!({ "input": input })).await;
        let empty = json!({"firstName": " ", "relation": "PARENT"});
        let want = ["REQUIRED input.firstName", "REQUIRED input.zone", "REQUIRED input.languages"];
        assert_eq!(refused(&world.coordinator, empty).await, want);
        let wrong = json!({"firstName": "x".repeat(61), "relation": "PARENT", "zone": "Mars/Base", "languages": ["en", "english"]});
        let want = ["TOO_LONG input.firstName", "INVALID input.zone", "INVALID input.languages.1"];
        assert_eq!(refused(&world.coordinator, wrong).await, want);
        let both = json!({"firstName": "Bo", "relation": "PARENT", "familyId": family.id, "zone": "Europe/Rome"});
        assert_eq!(refused(&world.coordinator, both).await, ["INVALID input.zone"]);
        // A family of another programme, an unknown one and junk are all the same.
        let join = |id: &str| json!({"firstName": "Bo", "relation": "PARENT", "familyId": id});
        let unknown = FamilyId::from(uuid::Uuid::from_u128(5)).to_global();
        assert_eq!(refused(&there.coordinator, join(&family.id)).await, ["UNKNOWN_REFERENCE input.familyId"]);
        for id in [unknown.as_str(), "junk", &world.programme_id()] {
            assert_eq!(refused(&world.coordinator, join(id)).await, ["UNKNOWN_REFERENCE input.familyId"], "{id}");
        }
        // A family takes twelve caregivers.
        for n in 2..=12 {
            world.coordinator.data(INVITE, json!({"input": join(&family.id)})).await;
            assert_eq!(app.count("SELECT count(*) AS n FROM family_member").await, n);
        }
        assert_eq!(refused(&world.coordinator, join(&family.id)).await, ["FAMILY_FULL input.familyId"]);
        assert_eq!(app.count("SELECT count(*) AS n FROM family").await, 1);
    })
    .await;
}

#[tokio::test]
async fn only_coordinators_of_the_programme_invite_and_list() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let family = new_family(&world, "Amelie").await;
        let mentor = new_mentor(&world, "Mo").await;
        let lead = world.staff(Role::SafeguardingLead, "Lee").await;
        let auditor = world.staff(Role::Auditor, "Otto").await;
        let new = json!({"firstName": "Bo", "relation": "PARENT", "zone": "Europe/Rome", "languages": ["it"]});
        for caller in [&family.client, &mentor.client, &lead, &auditor, &world.administrator] {
            assert_eq!(caller.fault(INVITE, json!({ "input": new })).await, "FORBIDDEN");
        }
        for caller in [&family.client, &mentor.client, &auditor, &world.administrator] {
            assert_eq!(caller.fault(LIST, json!({})).await, "FORBIDDEN");
        }
        for caller in [&world.coordinator, &lead] {
            assert_eq!(caller.data(LIST, json!({})).await["families"]["nodes"][0]["id"], family.id);
        }
        let there = world.elsewhere().await;
        assert_eq!(there.coordinator.data(LIST, json!({})).await["families"]["nodes"], json!([]));
        assert_eq!(app.count("SELECT count(*) AS n FROM family").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_board_turns_its_pages_newest_first() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let mut made = Vec::new();
        for name in ["A", "B", "C", "D", "E"] {
            made.push(new_family(&world, name).await.id);
        }
        made.reverse();
        let mut seen = Vec::new();
        let mut after = Value::Null;
        loop {
            let page = world.coordinator.data(LIST, json!({"first": 2, "after": after})).await["families"].clone();
            let nodes = page["nodes"].as_array().unwrap();
            seen.extend(nodes.iter().map(|n| (n["id"].clone(), n["members"][0]["firstName"].clone())));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        // All were made in the same instant: the ids decide, and no family is left out or shown twice.
        let mut ids: Vec<String> = seen.iter().map(|(id, _)| id.as_str().unwrap().to_owned()).collect();
        assert_eq!(ids.len(), 5);
        ids.sort_unstable();
        made.sort_unstable();
        assert_eq!(ids, made);
        assert!(seen.iter().all(|(_, name)| "ABCDE".contains(name.as_str().unwrap())));
        for wrong in [0, -1, 101] {
            assert_eq!(world.coordinator.fault(LIST, json!({ "first": wrong })).await, "BAD_REQUEST");
        }
        assert_eq!(world.coordinator.fault(LIST, json!({"after": "junk"})).await, "BAD_REQUEST");
    })
    .await;
}

#[tokio::test]
async fn a_family_that_one_may_not_see_does_not_exist() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let family = new_family(&world, "Amelie").await;
        let other = new_family(&world, "Olga").await;
        let mentor = new_mentor(&world, "Mo").await;
        let auditor = world.staff(Role::Auditor, "Otto").await;
        let there = world.elsewhere().await;
        let missing = FamilyId::from(uuid::Uuid::from_u128(5)).to_global();
        let update = |id: &str| json!({"input": {"id": id, "zone": "Europe/Rome"}});
        for caller in [&other.client, &mentor.client, &there.coordinator, &auditor, &world.administrator] {
            for (document, variables, none) in [
                (READ, about(&family.id), about(&missing)),
                (UPDATE, update(&family.id), update(&missing)),
                (PLAN, json!({"familyId": family.id}), json!({ "familyId": missing })),
                (SET_PLAN, json!({"input": plan(&family.id)}), json!({"input": plan(&missing)})),
            ] {
                assert_eq!(caller.fault(document, variables.clone()).await, "NOT_FOUND");
                assert_eq!(caller.raw(document, &variables).await, caller.raw(document, &none).await);
            }
        }
        for junk in ["", "junk", &mentor.id] {
            assert_eq!(family.client.fault(READ, about(junk)).await, "NOT_FOUND", "{junk}");
        }
        let lead = world.staff(Role::SafeguardingLead, "Lee").await;
        lead.data(READ, about(&family.id)).await;
        assert_eq!(lead.fault(UPDATE, update(&family.id)).await, "FORBIDDEN");
        assert_eq!(lead.fault(SET_PLAN, json!({"input": plan(&family.id)})).await, "FORBIDDEN");
    })
    .await;
}

#[tokio::test]
async fn a_mentor_sees_little_and_only_while_matched() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (family, mentor) = (new_family(&world, "Amelie").await, new_mentor(&world, "Mo").await);
        let told = json!({"input": {"id": family.id, "circumstances": "A long road."}});
        family.client.data(UPDATE, told).await;
        family.client.data(SET_PLAN, json!({"input": plan(&family.id)})).await;
        assert_eq!(mentor.client.fault(READ, about(&family.id)).await, "NOT_FOUND");
        pair(&app, &family, &mentor, 1).await;
        let seen = mentor.client.data(READ, about(&family.id)).await["family"].clone();
        assert_eq!(seen["members"][0]["firstName"], "Amelie");
        assert_eq!((&seen["zone"], &seen["languages"]), (&json!("America/Chicago"), &json!(["en"])));
        for hidden in [&seen["createdAt"], &seen["members"][0]["relation"]] {
            assert_eq!(*hidden, Value::Null);
        }
        // What is kept from the mentor says so, typed, and is the same where there is nothing.
        let parts = "query($id: ID!) { family(id: $id) {
            circumstances { ... on ConfidentialText { text } ... on Redacted { reason } }
            safeContactPlan { ... on SafeContactPlan { safeWords unsafeNotes channel } ... on Redacted { reason } }
            matchingKeys { ... on MatchingKeys { caseKey } ... on Redacted { reason } } } }";
        let why = json!({"reason": "NOT_YOUR_ROLE"});
        let nothing = new_family(&world, "Noor").await;
        let second = new_mentor(&world, "Nils").await;
        pair(&app, &nothing, &second, 2).await;
        for (reader, family) in [(&mentor, &family), (&second, &nothing)] {
            let kept = reader.client.data(parts, about(&family.id)).await["family"].clone();
            assert_eq!(kept, json!({"circumstances": why, "safeContactPlan": why, "matchingKeys": why}));
        }
        let shown = family.client.data(parts, about(&family.id)).await["family"].clone();
        assert_eq!(shown["circumstances"], json!({"text": "A long road."}));
        assert_eq!(shown["safeContactPlan"]["channel"], plan(&family.id)["channel"]);
        let empty = nothing.client.data(parts, about(&nothing.id)).await["family"].clone();
        assert_eq!((&empty["circumstances"], &empty["safeContactPlan"]), (&Value::Null, &Value::Null));
        let denied =
            "SELECT count(*) AS n FROM audit_entry WHERE action = 'family.read_circumstances' AND outcome = 'denied'";
        assert_eq!(app.count(denied).await, 3);
        assert_eq!(mentor.client.fault(PLAN, json!({"familyId": family.id})).await, "FORBIDDEN");
        let update = json!({"input": {"id": family.id, "zone": "Europe/Rome"}});
        assert_eq!(mentor.client.fault(UPDATE, update).await, "FORBIDDEN");
        part(&app).await;
        assert_eq!(mentor.client.fault(READ, about(&family.id)).await, "NOT_FOUND");
        assert_eq!(mentor.client.fault(PLAN, json!({"familyId": family.id})).await, "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_record_is_changed_field_by_field_and_never_overwritten_unseen() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let family = new_family(&world, "Amelie").await;
        let update = |more: Value| {
            let mut input = json!({"id": family.id});
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({ "input": input })
        };
        let changed =
            json!({"version": 1, "languages": ["ES", "en", "es"], "circumstances": "What happened, broadly."});
        let now = family.client.data(UPDATE, update(changed)).await["updateFamily"]["family"].clone();
        assert_eq!((&now["version"], &now["languages"]), (&json!(2), &json!(["en", "es"])));
        assert_eq!(
            (&now["zone"], &now["circumstances"]),
            (&json!("America/Chicago"), &json!({"text": "What happened, broadly."}))
        );
        let stale = update(json!({"version": 1, "zone": "Europe/Rome"}));
        assert_eq!(world.coordinator.refused(UPDATE, stale).await, ["STALE input.version"]);
        world.coordinator.data(UPDATE, update(json!({"version": 2, "zone": "Europe/Rome"}))).await;
        // What is left out stays; null takes away.
        let kept = world.coordinator.data(READ, about(&family.id)).await["family"].clone();
        assert_eq!(
            (&kept["zone"], &kept["circumstances"]),
            (&json!("Europe/Rome"), &json!({"text": "What happened, broadly."}))
        );
        let (families, accounts) = (app.dump("family").await, app.dump("account").await);
        assert!(families.contains("Europe/Rome") && !families.contains("broadly"), "circumstances show in the table");
        assert!(accounts.contains("active") && !accounts.contains("Amelie"), "a name shows in the table");
        let gone = family.client.data(UPDATE, update(json!({"circumstances": null}))).await;
        assert_eq!(gone["updateFamily"]["family"]["circumstances"], Value::Null);
        assert_eq!(family.client.refused(UPDATE, update(json!({}))).await, ["REQUIRED input"]);
        let wrong = json!({"zone": "", "languages": [], "circumstances": "x".repeat(4001)});
        let want = ["REQUIRED input.zone", "REQUIRED input.languages", "TOO_LONG input.circumstances"];
        assert_eq!(family.client.refused(UPDATE, update(wrong)).await, want);
        let many = json!({"languages": vec!["en"; 11], "circumstances": "to\u{0}o"});
        let want = ["TOO_LONG input.languages", "INVALID input.circumstances"];
        assert_eq!(family.client.refused(UPDATE, update(many)).await, want);
    })
    .await;
}

#[tokio::test]
async fn a_safe_contact_plan_is_set_sealed_and_kept_apart() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let family = new_family(&world, "Amelie").await;
        let which = json!({"familyId": family.id});
        assert_eq!(family.client.data(PLAN, which.clone()).await["safeContactPlan"], Value::Null);
        let set = family.client.data(SET_PLAN, json!({"input": plan(&family.id)})).await;
        let set = set["setSafeContactPlan"]["plan"].clone();
        assert_eq!((&set["version"], &set["safeWords"]), (&json!(1), &json!("marigold")));
        let lead = world.staff(Role::SafeguardingLead, "Lee").await;
        for caller in [&family.client, &world.coordinator, &lead] {
            assert_eq!(caller.data(PLAN, which.clone()).await["safeContactPlan"], set);
        }
        let table = app.dump("safe_contact_plan").await;
        assert!(
            table.contains("America/Chicago") && !table.contains("marigold") && !table.contains("piano"),
            "{table}"
        );
        let mut stale = plan(&family.id);
        stale["version"] = json!(0);
        assert_eq!(world.coordinator.refused(SET_PLAN, json!({ "input": stale })).await, ["STALE input.version"]);
        stale["version"] = json!(1);
        stale["channel"] = json!("NONE");
        stale["textOk"] = json!(false);
        stale["windows"] = json!([]);
        let set =
            world.coordinator.data(SET_PLAN, json!({ "input": stale })).await["setSafeContactPlan"]["plan"].clone();
        assert_eq!((&set["version"], &set["channel"], &set["windows"]), (&json!(2), &json!("NONE"), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn a_plan_names_every_problem() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let family = new_family(&world, "Amelie").await;
        let window = |weekday: i32, start: i32, end: i32| json!({"weekday": weekday, "startMin": start, "endMin": end});
        for (field, value, want) in [
            ("zone", json!("Mars/Base"), "INVALID input.zone"),
            ("windows", json!([]), "REQUIRED input.windows"),
            ("windows", json!(vec![window(1, 0, 60); 22]), "TOO_LONG input.windows"),
            ("windows", json!([window(7, 0, 60)]), "OUT_OF_RANGE input.windows.0.weekday"),
            ("windows", json!([window(-1, 0, 60)]), "OUT_OF_RANGE input.windows.0.weekday"),
            ("windows", json!([window(0, 60, 60)]), "OUT_OF_RANGE input.windows.0.endMin"),
            ("windows", json!([window(0, 60, 70_000)]), "OUT_OF_RANGE input.windows.0.endMin"),
            ("channel", json!("IN_APP"), "INVALID input.voicemailOk"),
            ("safeWords", json!("two\nlines"), "INVALID input.safeWords"),
            ("safeWords", json!("x".repeat(201)), "TOO_LONG input.safeWords"),
            ("unsafeNotes", json!("x".repeat(2001)), "TOO_LONG input.unsafeNotes"),
        ] {
            let mut input = plan(&family.id);
            input[field] = value;
            assert_eq!(family.client.refused(SET_PLAN, json!({ "input": input })).await, [want], "{field}");
        }
        assert_eq!(app.count("SELECT count(*) AS n FROM safe_contact_plan").await, 0);
    })
    .await;
}
