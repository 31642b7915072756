//! Mentors: joining, the record and its readers, evidence and readiness, stepping back.

use kinward::identity::Role;
use kinward::kernel::PageRequest;
use kinward::kernel::ids::{EvidenceId, MentorId, TypedId as _};
use kinward::mentors::{self, MentorFilter};
use serde_json::{Value, json};

use crate::families::{Person, new_family, new_mentor, pair, part};
use crate::harness::{World, on_each};

const INVITE: &str = include_str!("../../graphql/operations/mentors/inviteMentor.graphql");
const LIST: &str = include_str!("../../graphql/operations/mentors/mentors.graphql");
const READ: &str = include_str!("../../graphql/operations/mentors/mentor.graphql");
const MINE: &str = include_str!("../../graphql/operations/mentors/myMentorRecord.graphql");
const UPDATE: &str = include_str!("../../graphql/operations/mentors/updateMentor.graphql");
const RECORD: &str = include_str!("../../graphql/operations/mentors/recordEvidence.graphql");
const WITHDRAW: &str = include_str!("../../graphql/operations/mentors/withdrawEvidence.graphql");
const STEP_BACK: &str = include_str!("../../graphql/operations/mentors/stepBack.graphql");
const RETURN: &str = include_str!("../../graphql/operations/mentors/returnToService.graphql");

const KINDS: [&str; 6] = ["APPLICATION", "REFERENCES", "BACKGROUND_CHECK", "INTERVIEW", "TRAINING", "AGREEMENT"];

fn about(id: &str) -> Value {
    json!({ "id": id })
}

fn input(id: &str) -> Value {
    json!({"input": {"id": id}})
}

fn evidence(mentor: &str, kind: &str, expires_on: Option<&str>) -> Value {
    json!({"input": {"mentorId": mentor, "kind": kind, "obtainedOn": "2026-01-10", "expiresOn": expires_on}})
}

async fn make_ready(world: &World, mentor: &Person) {
    for kind in KINDS {
        world.coordinator.data(RECORD, evidence(&mentor.id, kind, Some("2026-11-25"))).await;
    }
}

async fn listed(world: &World, filter: Value) -> Vec<Value> {
    let nodes = world.coordinator.data(LIST, filter).await["mentors"]["nodes"].clone();
    nodes.as_array().unwrap().iter().map(|node| node["firstName"].clone()).collect()
}

#[tokio::test]
async fn a_mentor_joins_and_keeps_their_own_record() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let mentor = new_mentor(&world, "Mo").await;
        let mine = mentor.client.data(MINE, json!({})).await["myMentorRecord"].clone();
        assert_eq!((&mine["id"], &mine["firstName"]), (&json!(mentor.id), &json!("Mo")));
        let record = &mine["record"];
        assert_eq!((&record["state"], &record["capacity"], &record["load"]), (&json!("ACTIVE"), &json!(3), &json!(0)));
        assert_eq!((&record["readiness"]["ready"], &record["readiness"]["missing"]), (&json!(false), &json!(KINDS)));
        let change = json!({"input": {
            "id": mentor.id, "version": 1, "topics": ["waiting", "court"], "about": "I have been there.",
            "capacity": 2, "zone": "Europe/Rome", "languages": ["IT", "en"],
            "profile": {"kinds": ["ONLINE"], "phases": ["LATER", "MISSING"], "ageBands": ["FROM_14_TO_17"],
                        "channels": ["PHONE"], "cultures": ["haitian"], "topicsNotReady": ["police"]}
        }});
        let now = mentor.client.data(UPDATE, change.clone()).await["updateMentor"]["mentor"].clone();
        assert_eq!((&now["topics"], &now["languages"]), (&json!(["court", "waiting"]), &json!(["en", "it"])));
        assert_eq!((&now["about"], &now["record"]["version"]), (&json!("I have been there."), &json!(2)));
        let profile = &now["record"]["profile"];
        assert_eq!((&profile["phases"], &profile["gender"]), (&json!(["MISSING", "LATER"]), &json!("ANY")));
        assert_eq!(profile["topicsNotReady"], json!(["police"]));
        assert_eq!(mentor.client.data(MINE, json!({})).await["myMentorRecord"], now);
        let table = app.dump("mentor").await;
        assert!(table.contains("Europe/Rome") && !table.contains("been there"), "the text shows in the table");
        assert_eq!(world.coordinator.refused(UPDATE, change).await, ["STALE input.version"]);
        let clear = json!({"input": {"id": mentor.id, "about": null}});
        assert_eq!(mentor.client.data(UPDATE, clear).await["updateMentor"]["mentor"]["about"], Value::Null);
        assert_eq!(world.coordinator.fault(MINE, json!({})).await, "FORBIDDEN");
    })
    .await;
}

#[tokio::test]
async fn wrong_input_is_named() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let mentor = new_mentor(&world, "Mo").await;
        let wrong = json!({"input": {"firstName": "", "languages": ["e"], "zone": "Mars", "capacity": 11}});
        let want = [
            "REQUIRED input.firstName",
            "TOO_SHORT input.languages.0",
            "INVALID input.languages.0",
            "INVALID input.zone",
            "OUT_OF_RANGE input.capacity",
        ];
        assert_eq!(world.coordinator.refused(INVITE, wrong).await, want);
        assert_eq!(mentor.client.refused(UPDATE, input(&mentor.id)).await, ["REQUIRED input"]);
        let wrong = json!({"input": {
            "id": mentor.id, "topics": vec!["t"; 11], "about": "x".repeat(2001), "capacity": 0, "zone": "",
            "profile": {"cultures": ["Not A Word"]}
        }});
        let told = mentor.client.refused(UPDATE, wrong).await;
        for want in [
            "TOO_LONG input.topics",
            "TOO_LONG input.about",
            "INVALID input.profile.cultures.0",
            "OUT_OF_RANGE input.capacity",
            "REQUIRED input.zone",
        ] {
            assert!(told.iter().any(|problem| problem == want), "{want} is not in {told:?}");
        }
        for (obtained, expires, want) in [
            ("yesterday", Value::Null, "INVALID input.obtainedOn"),
            ("2026-02-30", Value::Null, "INVALID input.obtainedOn"),
            ("2026-11-24", Value::Null, "OUT_OF_RANGE input.obtainedOn"),
            ("1900-01-01", Value::Null, "OUT_OF_RANGE input.obtainedOn"),
            ("2026-01-10", json!("2026-01-10"), "OUT_OF_RANGE input.expiresOn"),
            ("2026-01-10", json!("soon"), "INVALID input.expiresOn"),
        ] {
            let wrong = json!({"input": {"mentorId": mentor.id, "kind": "TRAINING", "obtainedOn": obtained, "expiresOn": expires}});
            assert_eq!(world.coordinator.refused(RECORD, wrong).await, [want], "{obtained} {expires}");
        }
    })
    .await;
}

#[tokio::test]
async fn readiness_comes_and_goes_with_the_evidence() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (mentor, other) = (new_mentor(&world, "Mo").await, new_mentor(&world, "Nia").await);
        make_ready(&world, &mentor).await;
        let record = mentor.client.data(MINE, json!({})).await["myMentorRecord"]["record"].clone();
        let ready = json!({"ready": true, "missing": [], "expired": [], "expiresNext": "2026-11-25"});
        assert_eq!(record["readiness"], ready);
        assert_eq!(listed(&world, json!({"ready": true})).await, ["Mo"]);
        assert_eq!(listed(&world, json!({"ready": false})).await, ["Nia"]);
        // Withdrawn evidence counts no more, and is withdrawn once.
        let pieces = record["evidence"].as_array().unwrap();
        let interview = pieces.iter().find(|piece| piece["kind"] == "INTERVIEW").unwrap()["id"].as_str().unwrap();
        let done = world.coordinator.data(WITHDRAW, input(interview)).await["withdrawEvidence"]["mentor"].clone();
        assert_eq!(done["record"]["readiness"]["missing"], json!(["INTERVIEW"]));
        assert_eq!(world.coordinator.refused(WITHDRAW, input(interview)).await, ["WRONG_STATE input.id"]);
        assert_eq!(listed(&world, json!({"ready": true})).await, [""; 0]);
        world.coordinator.data(RECORD, evidence(&mentor.id, "INTERVIEW", None)).await;
        assert_eq!(listed(&world, json!({"ready": true})).await, ["Mo"]);
        // Only coordinators of the programme touch evidence.
        let there = world.elsewhere().await;
        let lead = world.staff(Role::SafeguardingLead, "Lee").await;
        for (caller, want) in [
            (&mentor.client, "FORBIDDEN"),
            (&lead, "FORBIDDEN"),
            (&other.client, "NOT_FOUND"),
            (&there.coordinator, "NOT_FOUND"),
            (&world.administrator, "NOT_FOUND"),
        ] {
            assert_eq!(caller.fault(RECORD, evidence(&mentor.id, "TRAINING", None)).await, want);
            assert_eq!(caller.fault(WITHDRAW, input(interview)).await, want);
        }
        let missing = EvidenceId::from(uuid::Uuid::from_u128(5)).to_global();
        for id in [missing.as_str(), "junk", &mentor.id] {
            assert_eq!(world.coordinator.fault(WITHDRAW, input(id)).await, "NOT_FOUND");
        }
    })
    .await;
}

#[tokio::test]
async fn evidence_runs_out_on_its_day() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let mentor = new_mentor(&world, "Mo").await;
        make_ready(&world, &mentor).await;
        // Tokens end sooner than evidence: the coordinator's operation is kept from before.
        let op = app.op_of(world.coordinator.token()).await;
        let id = MentorId::from_global(&mentor.id).unwrap();
        let ready = MentorFilter { ready: Some(true), state: None };
        // From the afternoon of the 23rd by UTC to the last hour of the 24th, then to the first of the 25th.
        for (hours, good) in [(32, true), (1, false)] {
            app.clock.advance(jiff::SignedDuration::from_hours(hours));
            let record = mentors::mentor_records(&op, &[id]).await.unwrap().remove(&id).unwrap();
            let readiness = record.unwrap().unwrap().readiness;
            assert_eq!((readiness.ready, readiness.expired.len()), (good, if good { 0 } else { 6 }));
            let listed = mentors::list_mentors(&op, ready, PageRequest::first(10)).await.unwrap();
            assert_eq!(listed.items.len(), usize::from(good), "the query and the model must agree");
        }
    })
    .await;
}

#[tokio::test]
async fn a_mentor_steps_back_and_returns_without_a_reason() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (mentor, other) = (new_mentor(&world, "Mo").await, new_mentor(&world, "Nia").await);
        assert_eq!(mentor.client.refused(RETURN, input(&mentor.id)).await, ["WRONG_STATE input.id"]);
        let away = mentor.client.data(STEP_BACK, input(&mentor.id)).await["stepBack"]["mentor"].clone();
        assert_eq!((&away["record"]["state"], &away["record"]["version"]), (&json!("STEPPED_BACK"), &json!(2)));
        assert_eq!(world.coordinator.refused(STEP_BACK, input(&mentor.id)).await, ["WRONG_STATE input.id"]);
        assert_eq!(listed(&world, json!({"state": "STEPPED_BACK"})).await, ["Mo"]);
        assert_eq!(listed(&world, json!({"state": "ACTIVE"})).await, ["Nia"]);
        assert_eq!(other.client.fault(STEP_BACK, input(&mentor.id)).await, "NOT_FOUND");
        let back = world.coordinator.data(RETURN, input(&mentor.id)).await["returnToService"]["mentor"].clone();
        assert_eq!(back["record"]["state"], "ACTIVE");
    })
    .await;
}

#[tokio::test]
async fn a_matched_family_sees_a_first_name_and_a_profile_and_no_record() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (family, other) = (new_family(&world, "Amelie").await, new_family(&world, "Olga").await);
        let (mentor, peer) = (new_mentor(&world, "Mo").await, new_mentor(&world, "Nia").await);
        assert_eq!(family.client.fault(READ, about(&mentor.id)).await, "NOT_FOUND");
        pair(&app, &family, &mentor, 2).await;
        let seen = family.client.data(READ, about(&mentor.id)).await["mentor"].clone();
        assert_eq!((&seen["firstName"], &seen["record"]), (&json!("Mo"), &Value::Null));
        // The record's load counts the live match.
        let listed = world.coordinator.data(LIST, json!({"first": 100})).await["mentors"]["nodes"].clone();
        let of = |name: &str| {
            listed.as_array().unwrap().iter().find(|node| node["firstName"] == name).unwrap()["record"]["load"].clone()
        };
        assert_eq!((of("Mo"), of("Nia")), (json!(2), json!(0)));
        let there = world.elsewhere().await;
        let missing = MentorId::from(uuid::Uuid::from_u128(5)).to_global();
        for caller in [&other.client, &peer.client, &there.coordinator, &world.administrator] {
            let hidden = caller.raw(READ, &about(&mentor.id)).await;
            assert_eq!(hidden, caller.raw(READ, &about(&missing)).await);
            assert_eq!(caller.fault(READ, about(&mentor.id)).await, "NOT_FOUND");
        }
        let update = json!({"input": {"id": mentor.id, "capacity": 1}});
        assert_eq!(family.client.fault(UPDATE, update).await, "FORBIDDEN");
        part(&app).await;
        assert_eq!(family.client.fault(READ, about(&mentor.id)).await, "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn only_staff_list_mentors_and_only_coordinators_invite() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (family, mentor) = (new_family(&world, "Amelie").await, new_mentor(&world, "Mo").await);
        let lead = world.staff(Role::SafeguardingLead, "Lee").await;
        let auditor = world.staff(Role::Auditor, "Otto").await;
        let new = json!({"input": {"firstName": "Nia", "languages": ["en"], "zone": "Europe/Rome"}});
        for caller in [&family.client, &mentor.client, &lead, &auditor, &world.administrator] {
            assert_eq!(caller.fault(INVITE, new.clone()).await, "FORBIDDEN");
        }
        for caller in [&family.client, &mentor.client, &auditor, &world.administrator] {
            assert_eq!(caller.fault(LIST, json!({})).await, "FORBIDDEN");
        }
        let seen = lead.data(LIST, json!({})).await["mentors"]["nodes"].clone();
        assert_eq!((&seen[0]["firstName"], &seen[0]["record"]["capacity"]), (&json!("Mo"), &json!(3)));
        let invited = world.coordinator.data(INVITE, new).await["inviteMentor"]["invited"].clone();
        assert_eq!(invited["mentor"]["record"]["capacity"], 2);
        let there = world.elsewhere().await;
        assert_eq!(there.coordinator.data(LIST, json!({})).await["mentors"]["nodes"], json!([]));
        assert_eq!(app.count("SELECT count(*) AS n FROM mentor").await, 2);
    })
    .await;
}
