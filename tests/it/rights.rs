//! What caregivers may do for their family: chosen, handed on, taken away, and over at once.

use std::time::Duration;

use kinward::identity::Role;
use serde_json::{Value, json};

use crate::harness::people::{PASSPHRASE, token};
use crate::harness::{Client, World, on_each};
use crate::matching::stage::{Person, facts, family, ids, matched, mentor, text};

const INVITE: &str = include_str!("../../graphql/operations/families/inviteCaregiver.graphql");
const JOIN: &str = include_str!("../../graphql/operations/families/inviteFamilyMember.graphql");
const SET: &str = include_str!("../../graphql/operations/families/setCaregiverRights.graphql");
const REMOVE: &str = include_str!("../../graphql/operations/families/removeCaregiver.graphql");
const RESTRICT: &str = include_str!("../../graphql/operations/families/restrictCaregiver.graphql");
const RESTRICTIONS: &str = include_str!("../../graphql/operations/families/caregiverRestrictions.graphql");
const RIGHTS: &str = include_str!("../../graphql/operations/families/caregiverRights.graphql");
const FAMILY: &str = include_str!("../../graphql/operations/families/family.graphql");
const MINE: &str = include_str!("../../graphql/operations/families/myFamily.graphql");
const PLAN: &str = include_str!("../../graphql/operations/families/safeContactPlan.graphql");
const SET_PLAN: &str = include_str!("../../graphql/operations/families/setSafeContactPlan.graphql");
const MARK: &str = include_str!("../../graphql/operations/families/markAllegedAbuser.graphql");
const MESSAGES: &str = include_str!("../../graphql/operations/messaging/messages.graphql");
const CHANGES: &str = include_str!("../../graphql/operations/messaging/messageChanges.graphql");
const SESSIONS: &str = include_str!("../../graphql/operations/scheduling/sessions.graphql");
const RELEASES: &str = include_str!("../../graphql/operations/releases/releases.graphql");
const DRAFT: &str = include_str!("../../graphql/operations/releases/draftRelease.graphql");
const SIGN: &str = include_str!("../../graphql/operations/releases/signRelease.graphql");
const ALL: [&str; 7] = ["RECORD", "KEEP", "ASK", "MEET", "WRITE", "RELEASE", "DELEGATE"];
const REASON: &str = "A heron said on the phone that he reads along.";
const SECOND: Duration = Duration::from_secs(1);

/// A caregiver who was added by another and has come in.
struct Caregiver {
    client: Client,
    member: String,
    code: String,
}

async fn add(by: &Client, world: &World, first_name: &str, rights: &[&str]) -> Caregiver {
    let input = json!({"firstName": first_name, "relation": "GRANDPARENT", "rights": rights});
    let invited = by.data(INVITE, json!({ "input": input })).await["inviteCaregiver"]["invited"].clone();
    let members = invited["family"]["members"].as_array().unwrap().clone();
    let member = text(&members.iter().find(|member| member["firstName"] == first_name).unwrap()["id"]);
    let code = text(&invited["invitation"]["code"]);
    let client = world.app.client(token(&world.app.accept(&code).await));
    Caregiver { client, member, code }
}

async fn member_of(home: &Person) -> String {
    text(&home.client.data(FAMILY, json!({"id": home.id})).await["family"]["members"][0]["id"])
}

fn choice(member: &str, rights: &[&str]) -> Value {
    json!({"input": {"memberId": member, "rights": rights}})
}

fn about(member: &str) -> Value {
    json!({"input": {"memberId": member}})
}

/// What a caregiver hears to one question for each right, in the order of the rights; empty where it was answered.
async fn heard(client: &Client, family: &str, of_match: &str) -> [String; 7] {
    let plan = json!({"input": {"familyId": family, "zone": "America/Chicago", "channel": "IN_APP", "windows": []}});
    let write = "mutation($input: SaveSupportRequestInput!) { saveSupportRequest(input: $input) { userErrors { code field message } } }";
    let asked = [
        (PLAN, json!({"familyId": family})),
        (SET_PLAN, plan),
        (write, json!({"input": {"facts": facts()}})),
        (SESSIONS, json!({"matchId": of_match, "when": "UPCOMING"})),
        (MESSAGES, json!({"matchId": of_match})),
        (RELEASES, json!({"familyId": family})),
        (RIGHTS, json!({"familyId": family})),
    ];
    let mut answers = Vec::new();
    for (document, variables) in asked {
        let answer = client.send(document, variables).await;
        answers.push(answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned());
    }
    answers.try_into().unwrap()
}

#[tokio::test]
async fn a_caregiver_does_what_was_chosen_and_nothing_else() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (home, guide) = (family(&app, &world, "Mara").await, mentor(&app, &world, "Sam", 2).await);
        let (request, of_match) = matched(&world, &home, &guide).await;
        assert_eq!(home.client.data(MINE, json!({})).await["myFamily"]["myRights"], json!(ALL));
        let sets: [&[&str]; 8] =
            [&["RECORD"], &["RECORD", "KEEP"], &["ASK"], &["MEET"], &["WRITE"], &["RELEASE"], &["DELEGATE"], &ALL];
        for rights in sets {
            let aunt = add(&home.client, &world, "Ann", rights).await;
            let told = heard(&aunt.client, &home.id, &of_match).await;
            for (right, code) in ALL.iter().zip(&told) {
                // Who may not see sessions may still know of the match; of the conversation nobody is told.
                let want = match (rights.contains(right), *right) {
                    (true, _) => "",
                    (false, "WRITE") => "NOT_FOUND",
                    (false, _) => "FORBIDDEN",
                };
                assert_eq!(code, want, "{right} of {rights:?}");
            }
            // What hangs on the right to ask is not listed, nor found.
            let asks = rights.contains(&"ASK");
            assert_eq!(!ids(&aunt.client, "supportRequests").await.is_empty(), asks, "{rights:?}");
            assert_eq!(!ids(&aunt.client, "proposals").await.is_empty(), asks, "{rights:?}");
            let one = "query($id: ID!) { supportRequest(id: $id) { id } }";
            let found = aunt.client.send(one, json!({"id": request})).await;
            assert_eq!(found["errors"].is_null(), asks, "{rights:?}");
            // Everybody of the family sees who belongs to it and whom it is matched with.
            assert_eq!(ids(&aunt.client, "matches").await, std::slice::from_ref(&of_match));
            let told = aunt.client.data(FAMILY, json!({"id": home.id})).await["family"]["circumstances"].clone();
            // Nothing was told; who may not see that hears why, and nothing about what is there.
            let want = if rights.contains(&"RECORD") { Value::Null } else { json!({"reason": "NOT_GIVEN_TO_YOU"}) };
            assert_eq!(told, want, "{rights:?}");
            home.client.data(REMOVE, about(&aunt.member)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_hands_on_more_than_they_hold_nor_adds_to_their_own() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let aunt = add(&home.client, &world, "Ann", &["WRITE", "DELEGATE"]).await;
        let invite = |rights: &[&str]| json!({"input": {"firstName": "Bo", "relation": "PARENT", "rights": rights}});
        assert_eq!(aunt.client.refused(INVITE, invite(&["MEET"])).await, ["RIGHTS_TOO_WIDE input.rights"]);
        assert_eq!(aunt.client.refused(INVITE, invite(&[])).await, ["REQUIRED input.rights"]);
        assert_eq!(home.client.refused(INVITE, invite(&["KEEP"])).await, ["INVALID input.rights"]);
        let uncle = add(&aunt.client, &world, "Bo", &["WRITE"]).await;
        // Without the right to delegate, nothing of it; a stranger does not even learn that there is one.
        assert_eq!(uncle.client.fault(INVITE, invite(&["WRITE"])).await, "FORBIDDEN");
        assert_eq!(uncle.client.fault(SET, choice(&uncle.member, &["WRITE", "MEET"])).await, "FORBIDDEN");
        assert_eq!(uncle.client.fault(REMOVE, about(&aunt.member)).await, "FORBIDDEN");
        let stranger = family(&app, &world, "Fay").await;
        for (document, variables) in [(SET, choice(&uncle.member, &["WRITE"])), (REMOVE, about(&uncle.member))] {
            assert_eq!(stranger.client.fault(document, variables).await, "NOT_FOUND");
        }
        assert_eq!(aunt.client.refused(SET, choice(&uncle.member, &["MEET"])).await, ["RIGHTS_TOO_WIDE input.rights"]);
        let own = choice(&aunt.member, &["WRITE", "DELEGATE", "MEET"]);
        assert_eq!(aunt.client.refused(SET, own).await, ["RIGHTS_TOO_WIDE input.rights"]);
        // What another gave may stay and may go.
        home.client.data(SET, choice(&uncle.member, &["WRITE", "MEET"])).await;
        aunt.client.data(SET, choice(&uncle.member, &["MEET"])).await;
        let told = aunt.client.data(RIGHTS, json!({"familyId": home.id})).await["caregiverRights"].clone();
        let held = |name: &str| {
            let one = told.as_array().unwrap().iter().find(|one| one["firstName"] == name);
            one.unwrap()["rights"].clone()
        };
        assert_eq!((held("Mara"), held("Ann")), (json!(ALL), json!(["WRITE", "DELEGATE"])));
        assert_eq!(held("Bo"), json!(["MEET"]));
        // The database says so too, whoever asks it.
        for (sql, rule) in [
            ("UPDATE family_member SET rights = 127, changed_by = account_id WHERE rights = 80", "family_rights_own"),
            ("UPDATE family_member SET rights = 2", "family_member_rights"),
        ] {
            let refused = app.tamper(sql).await.unwrap_err().to_string();
            assert!(refused.contains(rule), "{sql}: {refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_away_ends_at_once() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let (home, guide) = (family(&app, &world, "Mara").await, mentor(&app, &world, "Sam", 2).await);
        let (_, of_match) = matched(&world, &home, &guide).await;
        let aunt = add(&home.client, &world, "Ann", &["WRITE", "MEET"]).await;
        let watch = json!({"matchId": of_match});
        let mut ear = aunt.client.socket().await;
        ear.subscribe("1", CHANGES, &watch).await;
        let mut others = home.client.socket().await;
        others.subscribe("1", CHANGES, &watch).await;
        home.client.data(SET, choice(&aunt.member, &["MEET"])).await;
        assert_eq!(ear.rest_within(SECOND).await, (Vec::new(), 4403));
        // They are signed in still, and come back to what is left to them.
        assert_eq!(aunt.client.fault(MESSAGES, watch.clone()).await, "NOT_FOUND");
        aunt.client.data(SESSIONS, json!({"matchId": of_match, "when": "UPCOMING"})).await;
        let mut again = aunt.client.socket().await;
        again.subscribe("1", CHANGES, &watch).await;
        assert!(again.next().await.to_string().contains("NOT_FOUND"));
        // Removed, they are out; the code is dead for whoever was only invited.
        let mut last = aunt.client.socket().await;
        home.client.data(REMOVE, about(&aunt.member)).await;
        assert_eq!(last.closed_within(SECOND).await, 4403);
        assert_eq!(aunt.client.fault(MINE, json!({})).await, "UNAUTHENTICATED");
        let input = json!({"firstName": "Cy", "relation": "SIBLING", "rights": ["WRITE"]});
        let invited = home.client.data(INVITE, json!({ "input": input })).await["inviteCaregiver"]["invited"].clone();
        let members = invited["family"]["members"].as_array().unwrap().clone();
        let cy = text(&members.iter().find(|member| member["firstName"] == "Cy").unwrap()["id"]);
        home.client.data(REMOVE, about(&cy)).await;
        let accept = "mutation($c: String!, $p: String!) { acceptInvitation(input: {code: $c, passphrase: $p}) \
                      { userErrors { code field message } } }";
        let dead = json!({"c": invited["invitation"]["code"], "p": PASSPHRASE});
        assert_eq!(app.anonymous().refused(accept, dead).await, ["CODE_NOT_GOOD input.code"]);
        assert_eq!(home.client.fault(SET, choice(&cy, &["WRITE"])).await, "NOT_FOUND");
        // The first caregiver heard nothing of it on their own stream, and goes on.
        home.client.data(MESSAGES, watch).await;
    })
    .await;
}

#[tokio::test]
async fn somebody_who_may_delegate_always_stays() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let own = member_of(&home).await;
        let last = ["LAST_DELEGATOR input.memberId"];
        assert_eq!(home.client.refused(REMOVE, about(&own)).await, last);
        assert_eq!(home.client.refused(SET, choice(&own, &["WRITE"])).await, last);
        // Somebody who was only invited does not count: nobody may ever come in with the code.
        let input = json!({"firstName": "Cy", "relation": "SIBLING", "rights": ["DELEGATE"]});
        home.client.data(INVITE, json!({ "input": input })).await;
        assert_eq!(home.client.refused(REMOVE, about(&own)).await, last);
        let plain = add(&home.client, &world, "Bo", &["WRITE"]).await;
        assert_eq!(home.client.refused(REMOVE, about(&own)).await, last);
        // Who may not delegate may leave at any time.
        plain.client.data(REMOVE, about(&plain.member)).await;
        let aunt = add(&home.client, &world, "Ann", &["DELEGATE"]).await;
        home.client.data(REMOVE, about(&own)).await;
        assert_eq!(home.client.fault(MINE, json!({})).await, "UNAUTHENTICATED");
        assert_eq!(aunt.client.refused(REMOVE, about(&aunt.member)).await, last);
    })
    .await;
}

#[tokio::test]
async fn of_two_caregivers_who_remove_each_other_one_stays() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let own = member_of(&home).await;
        let aunt = add(&home.client, &world, "Ann", &ALL).await;
        let (out, back) = (about(&aunt.member), about(&own));
        let (one, other) = tokio::join!(home.client.send(REMOVE, out), aunt.client.send(REMOVE, back));
        let done = |answer: &Value| answer["data"]["removeCaregiver"]["memberId"].is_string();
        assert!(done(&one) != done(&other), "{one:#} {other:#}");
        let left = "SELECT count(*) AS n FROM family_member WHERE removed_at IS NULL AND rights >= 64";
        assert_eq!(app.count(left).await, 1);
    })
    .await;
}

#[tokio::test]
async fn staff_take_rights_away_with_a_reason_and_never_give_them() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let own = member_of(&home).await;
        let take = |rights: &[&str]| json!({"input": {"memberId": own, "rights": rights, "reason": REASON}});
        let mut socket = home.client.socket().await;
        let short = json!({"input": {"memberId": own, "rights": ["WRITE"], "reason": "He did."}});
        assert_eq!(world.coordinator.refused(RESTRICT, short).await, ["TOO_SHORT input.reason"]);
        let left = world.coordinator.data(RESTRICT, take(&["WRITE"])).await["restrictCaregiver"]["caregiver"].clone();
        assert_eq!((&left["firstName"], &left["rights"]), (&json!("Mara"), &json!(["WRITE"])));
        assert_eq!(socket.closed_within(SECOND).await, 4403);
        assert_eq!(home.client.fault(PLAN, json!({"familyId": home.id})).await, "FORBIDDEN");
        for wider in [&["WRITE"][..], &["WRITE", "MEET"]] {
            assert_eq!(world.coordinator.refused(RESTRICT, take(wider)).await, ["RIGHTS_TOO_WIDE input.rights"]);
        }
        let lead = world.staff(Role::SafeguardingLead, "Lea").await;
        lead.data(RESTRICT, take(&[])).await;
        let shown =
            lead.data(RESTRICTIONS, json!({"familyId": home.id})).await["caregiverRestrictions"]["nodes"].clone();
        assert_eq!(shown.as_array().unwrap().len(), 2);
        assert_eq!((&shown[1]["rightsLeft"], &shown[1]["reason"]), (&json!(["WRITE"]), &json!(REASON)));
        assert_eq!(home.client.fault(RESTRICTIONS, json!({"familyId": home.id})).await, "FORBIDDEN");
        let elsewhere = world.elsewhere().await;
        assert_eq!(elsewhere.coordinator.fault(RESTRICT, take(&[])).await, "NOT_FOUND");
        for table in ["caregiver_restriction", "audit_entry", "outbox"] {
            assert!(!app.dump(table).await.contains("heron"), "the reason stands in {table}");
        }
        let recorded =
            "SELECT count(*) AS n FROM audit_entry WHERE action = 'family.restrict_caregiver' AND outcome = 'allowed'";
        assert_eq!(app.count(recorded).await, 2);
        // A coordinator helps a family to start anew: whom they add holds everything, unless they choose.
        let input = json!({"firstName": "Eve", "relation": "PARENT", "familyId": home.id});
        let code = world.coordinator.data(JOIN, json!({ "input": input })).await["inviteFamilyMember"]["invited"]
            ["invitation"]["code"].clone();
        let eve = app.client(token(&app.accept(&text(&code)).await));
        assert_eq!(eve.data(MINE, json!({})).await["myFamily"]["myRights"], json!(ALL));
        eve.data(SET, choice(&own, &["WRITE", "MEET"])).await;
    })
    .await;
}

#[tokio::test]
async fn who_is_marked_is_never_added_given_rights_or_let_sign() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let uncle = add(&home.client, &world, "Bo", &["RELEASE", "DELEGATE"]).await;
        let plain = add(&home.client, &world, "Ann", &["WRITE"]).await;
        let input = json!({"familyId": home.id, "purpose": "HOUSING", "fields": ["FIRST_NAMES"],
            "purposeDetail": "A room for the autumn.", "receiver": {"name": "Nora", "organisation": "Harbour House"}});
        let draft = uncle.client.data(DRAFT, json!({ "input": input })).await["draftRelease"]["release"].clone();
        let sign = json!({"input": {"releaseId": draft["id"], "version": draft["version"], "language": "ENGLISH",
            "textVersion": draft["terms"]["version"], "confirmedFields": ["FIRST_NAMES"]}});
        // Without the right nobody signs, caregiver or not.
        assert_eq!(plain.client.fault(SIGN, sign.clone()).await, "NOT_FOUND");
        let mark = json!({"input": {"memberId": uncle.member, "reason": REASON}});
        world.coordinator.data(MARK, mark).await;
        assert_eq!(uncle.client.fault(SIGN, sign).await, "UNAUTHENTICATED");
        for (document, variables) in [(SET, choice(&uncle.member, &["WRITE"])), (REMOVE, about(&uncle.member))] {
            assert_eq!(home.client.fault(document, variables).await, "NOT_FOUND");
        }
        let again = json!({"c": uncle.code, "p": PASSPHRASE});
        let accept = "mutation($c: String!, $p: String!) { acceptInvitation(input: {code: $c, passphrase: $p}) \
                      { userErrors { code field message } } }";
        assert_eq!(app.anonymous().refused(accept, again).await, ["CODE_NOT_GOOD input.code"]);
        for (sql, rule) in [
            ("UPDATE family_member SET removed_at = NULL", "alleged_abuser_apart"),
            ("UPDATE family_member SET rights = 1 WHERE removed_at IS NOT NULL", "family_rights_removed"),
        ] {
            let refused = app.tamper(sql).await.unwrap_err().to_string();
            assert!(refused.contains(rule), "{sql}: {refused}");
        }
    })
    .await;
}
