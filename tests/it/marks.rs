//! The mark on an alleged abuser: at once, in whatever role, without a word, and until another lifts it.

use std::time::Duration;

use kinward::identity::Role;
use kinward::kernel::ids::{AccountId, TypedId as _};
use serde_json::{Value, json};

use crate::harness::people::{PASSPHRASE, token};
use crate::harness::{Client, World, on_each};
use crate::matching::stage::{Person, bare_mentor, family, matched, mentor, text};

const MARK: &str = include_str!("../../graphql/operations/families/markAllegedAbuser.graphql");
const MARKS: &str = include_str!("../../graphql/operations/families/allegedAbusers.graphql");
const INVITE: &str = include_str!("../../graphql/operations/families/inviteFamilyMember.graphql");
const LIFT: &str = include_str!("../../graphql/operations/families/liftMark.graphql");
const READ: &str = include_str!("../../graphql/operations/families/family.graphql");
const REASON: &str = "The other parent named him to a heron on the phone.";
const SECOND: Duration = Duration::from_secs(1);

/// Invites a second caregiver and gives the code.
async fn second(world: &World, family: &Person) -> String {
    let input = json!({"firstName": "Bo", "relation": "PARENT", "familyId": family.id});
    let data = world.coordinator.data(INVITE, json!({ "input": input })).await;
    text(&data["inviteFamilyMember"]["invited"]["invitation"]["code"])
}

async fn member(reader: &Client, family: &Person, first_name: &str) -> String {
    let shown = reader.data(READ, json!({"id": family.id})).await["family"]["members"].clone();
    let found = shown.as_array().unwrap().iter().find(|member| member["firstName"] == first_name).cloned();
    text(&found.unwrap()["id"])
}

fn mark(member: &str) -> Value {
    json!({"input": {"memberId": member, "reason": REASON}})
}

#[tokio::test]
async fn a_marked_caregiver_is_out_at_once_and_is_told_nothing() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let family = family(&app, &world, "Fay").await;
        let code = second(&world, &family).await;
        let bo = app.accept(&code).await;
        let client = app.client(token(&bo));
        let id = member(&client, &family, "Bo").await;
        let mut socket = client.socket().await;
        let mut other = family.client.socket().await;
        // A caregiver cannot mark, not even themself.
        assert_eq!(family.client.fault(MARK, mark(&id)).await, "FORBIDDEN");
        let short = json!({"input": {"memberId": id, "reason": "He did."}});
        assert_eq!(world.coordinator.refused(MARK, short).await, ["TOO_SHORT input.reason"]);

        let left = world.coordinator.data(MARK, mark(&id)).await["markAllegedAbuser"]["family"].clone();
        assert_eq!(left["members"].as_array().unwrap().len(), 1, "{left:#}");
        assert_eq!(socket.closed_within(SECOND).await, 4403);
        assert_eq!(client.fault(READ, json!({"id": family.id})).await, "UNAUTHENTICATED");
        let refresh = "mutation($t: String!) { refreshTokens(input: {refreshToken: $t}) { userErrors { code } } }";
        let refresh_token = secrecy::ExposeSecret::expose_secret(&bo.refresh_token);
        assert_eq!(app.anonymous().fault(refresh, json!({"t": refresh_token})).await, "UNAUTHENTICATED");
        // Signing in answers as it does for a wrong passphrase.
        let sign_in = "mutation($n: String!, $p: String!) { signIn(input: {signInName: $n, passphrase: $p}) \
                       { userErrors { code field message } } }";
        let right = app.anonymous().raw(sign_in, &json!({"n": bo.sign_in_name, "p": PASSPHRASE})).await;
        let wrong = app.anonymous().raw(sign_in, &json!({"n": bo.sign_in_name, "p": "a wrong one, and long"})).await;
        assert_eq!(right, wrong);
        // The other caregiver goes on, on the open socket too.
        other.subscribe("1", READ, &json!({"id": family.id})).await;
        assert_eq!(other.next().await["type"], "next");
        // Marked once is marked: nobody can be found to mark again.
        assert_eq!(world.coordinator.fault(MARK, mark(&id)).await, "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn only_coordinators_and_leads_of_the_programme_see_who_is_marked_and_why() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let family = family(&app, &world, "Fay").await;
        let code = second(&world, &family).await;
        let id = member(&world.coordinator, &family, "Bo").await;
        let lead = world.staff(Role::SafeguardingLead, "Lea").await;
        lead.data(MARK, mark(&id)).await;
        // The code that was told by phone is dead.
        let accept = "mutation($c: String!, $p: String!) { acceptInvitation(input: {code: $c, passphrase: $p}) \
                      { userErrors { code field message } } }";
        let dead = app.anonymous().refused(accept, json!({"c": code, "p": PASSPHRASE})).await;
        assert_eq!(dead, ["CODE_NOT_GOOD input.code"]);
        for reader in [&lead, &world.coordinator] {
            let marks = reader.data(MARKS, json!({"familyId": family.id})).await["allegedAbusers"]["nodes"].clone();
            assert_eq!((&marks[0]["firstName"], &marks[0]["reason"]), (&json!("Bo"), &json!(REASON)));
        }
        let elsewhere = world.elsewhere().await;
        assert_eq!(family.client.fault(MARKS, json!({"familyId": family.id})).await, "FORBIDDEN");
        for stranger in [&world.administrator, &elsewhere.coordinator] {
            assert_eq!(stranger.fault(MARKS, json!({"familyId": family.id})).await, "NOT_FOUND");
        }
        for table in ["alleged_abuser", "audit_entry", "outbox"] {
            assert!(!app.dump(table).await.contains("heron"), "the reason stands in {table}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_marked_account_is_barred_in_whatever_role() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let family = family(&app, &world, "Fay").await;
        let mo = mentor(&app, &world, "Mo", 2).await;
        let (request, of_match) = matched(&world, &family, &mo).await;
        let code = second(&world, &family).await;
        let bo = app.accept(&code).await;
        let account = app.op_of(token(&bo)).await.principal().account.map(AccountId::to_global);
        let grant =
            "mutation($input: GrantRoleInput!) { grantRole(input: $input) { userErrors { code field message } } }";
        // A caregiver gets no role of staff in their own programme, so this one comes after the mark.
        let elsewhere = world.elsewhere().await;
        let role = |world: &World, role: &str| {
            json!({"input": {"accountId": account, "programmeId": world.programme_id(), "role": role}})
        };
        world.administrator.data(grant, role(&elsewhere, "AUDITOR")).await;
        let id = member(&world.coordinator, &family, "Bo").await;
        world.coordinator.data(MARK, mark(&id)).await;
        world.administrator.data(grant, role(&world, "COORDINATOR")).await;
        let nobody = app.op_of_nobody();
        let again =
            app.app.identity.sign_in(&nobody, &bo.sign_in_name, PASSPHRASE.to_owned().into(), None).await.unwrap();
        let again = again.session.unwrap();
        app.enrol(&again).await;
        let coordinator = again.roles.iter().find(|held| held.role == Role::Coordinator).unwrap().id;
        let op = app.op_of(token(&again)).await;
        let staff = app.client(token(&app.app.identity.switch_role(&op, coordinator).await.unwrap()));
        // They are a coordinator, and this family is not there for them.
        staff.data("{ families { nodes { id } } }", json!({})).await;
        let read = "query($id: ID!) { X(id: $id) { id } }";
        for (field, id) in [("family", &family.id), ("supportRequest", &request), ("match", &of_match)] {
            assert_eq!(staff.fault(&read.replace('X', field), json!({ "id": id })).await, "NOT_FOUND", "{field}");
        }
        let other = bare_mentor(&app, &world, "Mia", 1).await;
        staff.data(&read.replace('X', "mentor"), json!({"id": other.id})).await;
        // Everybody else still finds it.
        world.coordinator.data(&read.replace('X', "match"), json!({ "id": of_match })).await;
        // Neither a case nor an opening of the family is there for them, nor in their lists.
        let write = include_str!("../../graphql/operations/messaging/sendMessage.graphql");
        let new = json!({"matchId": of_match, "clientId": "m-1", "body": "Hello to you."});
        family.client.data(write, json!({ "input": new })).await;
        let lead = world.staff(Role::SafeguardingLead, "Lea").await;
        let open = include_str!("../../graphql/operations/breakglass/openBreakGlass.graphql");
        let opening = json!({"familyId": family.id, "category": "MISSING_CHILD", "reason": REASON});
        let opened = lead.data(open, json!({ "input": opening })).await["openBreakGlass"]["access"]["id"].clone();
        let lists = "{ cases { nodes { id } } breakGlassAccesses { nodes { id } } }";
        let theirs = world.coordinator.data(lists, json!({})).await;
        let case = theirs["cases"]["nodes"][0]["id"].clone();
        assert_eq!(theirs["breakGlassAccesses"]["nodes"][0]["id"], opened);
        let none = staff.data(lists, json!({})).await;
        assert_eq!((&none["cases"]["nodes"], &none["breakGlassAccesses"]["nodes"]), (&json!([]), &json!([])));
        for (field, id) in [("case", &case), ("breakGlassAccess", &opened)] {
            assert_eq!(staff.fault(&read.replace('X', field), json!({ "id": id })).await, "NOT_FOUND", "{field}");
        }
        // The mark was a mistake: once it is lifted the family is there; a case about a match of their own never is.
        let marks = lead.data(MARKS, json!({"familyId": family.id})).await["allegedAbusers"]["nodes"].clone();
        let lift = json!({"input": {"markId": marks[0]["id"], "reason": "It was another one, says the heron."}});
        lead.data(LIFT, lift).await;
        for (field, id) in [("family", &json!(family.id)), ("breakGlassAccess", &opened)] {
            staff.data(&read.replace('X', field), json!({ "id": id })).await;
        }
    })
    .await;
}

#[tokio::test]
async fn another_lead_lifts_a_mark_that_was_a_mistake() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let family = family(&app, &world, "Fay").await;
        second(&world, &family).await;
        let id = member(&world.coordinator, &family, "Bo").await;
        let (lead, other) =
            (world.staff(Role::SafeguardingLead, "Lea").await, world.staff(Role::SafeguardingLead, "Lou").await);
        lead.data(MARK, mark(&id)).await;
        let marks = lead.data(MARKS, json!({"familyId": family.id})).await["allegedAbusers"]["nodes"].clone();
        let lift = |reason: &str| json!({"input": {"markId": marks[0]["id"], "reason": reason}});
        let why = "It was another one, says the heron.";
        // Who marked does not lift, nor does anybody but a lead.
        for (who, want) in [(&lead, "FORBIDDEN"), (&world.coordinator, "FORBIDDEN"), (&family.client, "FORBIDDEN")] {
            assert_eq!(who.fault(LIFT, lift(why)).await, want);
        }
        let elsewhere = world.elsewhere().await;
        assert_eq!(elsewhere.coordinator.fault(LIFT, lift(why)).await, "NOT_FOUND");
        assert_eq!(other.refused(LIFT, lift("Sorry.")).await, ["TOO_SHORT input.reason"]);
        let left = other.data(LIFT, lift(why)).await["liftMark"]["family"].clone();
        assert_eq!(left["members"].as_array().unwrap().len(), 1, "lifted is not added: {left:#}");
        assert_eq!(other.refused(LIFT, lift(why)).await, ["WRONG_STATE input.markId"]);
        let shown =
            world.coordinator.data(MARKS, json!({"familyId": family.id})).await["allegedAbusers"]["nodes"].clone();
        assert_eq!((&shown[0]["reason"], &shown[0]["lifted"]["reason"]), (&json!(REASON), &json!(why)));
        for table in ["mark_lift", "audit_entry", "outbox"] {
            assert!(!app.dump(table).await.contains("heron"), "the reason stands in {table}");
        }
        let recorded =
            "SELECT count(*) AS n FROM audit_entry WHERE action = 'family.lift_mark' AND outcome = 'allowed'";
        assert_eq!(app.count(recorded).await, 1);
    })
    .await;
}
