//! Who stands: only mentors whose account is in use and still a mentor's are proposed and matched.

use kinward::kernel::Error;
use kinward::kernel::ids::{MentorId, ProposalId, TypedId as _};
use kinward::matching::{self, Conflict, MentorAnswer, MentorChoice};
use serde_json::{Value, json};
use uuid::Uuid;

use super::stage::{
    Person, document, family, fault, ids, look, mentor, offered, prove, refused, step, text, triaged, yes,
};
use crate::harness::{Backend, Client, TestApp, World, on_each};

const INVITE: &str = "mutation($input: InviteMentorInput!) { inviteMentor(input: $input) { invited { mentor { id } } userErrors { code field message } } }";

/// An id as SQL spells it.
pub fn literal(app: &TestApp, id: Uuid) -> String {
    match app.backend {
        Backend::Sqlite => format!("x'{}'", id.simple()),
        Backend::Postgres => format!("'{id}'"),
    }
}

async fn account(client: &Client) -> String {
    text(&client.data("{ viewer { account { id } } }", json!({})).await["viewer"]["account"]["id"])
}

/// Does something to an account, as the administrator.
async fn administer(world: &World, mutation: &str, account: &str) {
    let document = format!(
        "mutation($id: ID!) {{ {mutation}(input: {{id: $id}}) {{ account {{ state }} userErrors {{ code field message }} }} }}"
    );
    world.administrator.data(&document, json!({"id": account})).await;
}

/// A mentor with all evidence who has not used the code.
async fn invited(world: &World, first_name: &str) -> String {
    let input = json!({"input": {"firstName": first_name, "languages": ["en"], "zone": "America/Chicago"}});
    let made = world.coordinator.data(INVITE, input).await["inviteMentor"]["invited"].clone();
    let id = text(&made["mentor"]["id"]);
    prove(world, &id).await;
    id
}

/// Takes the mentor's role away; no use case does it yet.
async fn revoke_role(app: &TestApp, mentor: &Person) {
    let id = literal(app, MentorId::from_global(&mentor.id).unwrap().uuid());
    app.tamper(&format!("UPDATE role SET revoked_at = 1 WHERE mentor_id = {id}")).await.unwrap();
}

/// The ids of the ranked, and the excluded with their reasons.
async fn compared(world: &World, request: &str) -> (Vec<String>, Vec<(String, Value)>) {
    let answer = world.coordinator.data(&document("candidates"), json!({"requestId": request})).await;
    let list = |name: &str| answer["candidates"][name].as_array().unwrap().clone();
    let ranked = list("ranked").iter().map(|one| text(&one["mentorId"])).collect();
    let excluded = list("excluded").iter().map(|one| (text(&one["mentorId"]), one["reasons"].clone())).collect();
    (ranked, excluded)
}

#[tokio::test]
async fn a_mentor_without_an_active_account_is_never_ranked_or_proposed() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let nils = mentor(&app, &world, "Nils", 2).await;
        let (sam, clio, rae) = (
            mentor(&app, &world, "Sam", 2).await,
            mentor(&app, &world, "Clio", 2).await,
            mentor(&app, &world, "Rae", 2).await,
        );
        let ida = invited(&world, "Ida").await;
        let of_sam = account(&sam.client).await;
        administer(&world, "suspendAccount", &of_sam).await;
        administer(&world, "closeAccount", &account(&clio.client).await).await;
        revoke_role(&app, &rae).await;
        let request = triaged(&world, &home).await;
        let (ranked, mut excluded) = compared(&world, &request).await;
        assert_eq!(ranked, std::slice::from_ref(&nils.id));
        let mut out = [ida, sam.id.clone(), clio.id, rae.id];
        out.sort();
        excluded.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(excluded, out.clone().map(|id| (id, json!(["NO_ACTIVE_ACCOUNT"]))));
        for id in &out {
            let propose = json!({"requestId": request, "mentorId": id});
            let problems = refused(&world.coordinator, "proposeMatch", propose).await;
            assert_eq!(problems, ["NO_ACTIVE_ACCOUNT input.mentorId"]);
        }
        let propose = json!({"requestId": request, "mentorId": nils.id});
        let id = text(&step(&world.coordinator, "proposeMatch", propose).await["id"]);
        step(&home.client, "answerProposalAsFamily", json!({"proposalId": id, "accept": true, "hasConflict": false}))
            .await;
        step(&nils.client, "answerProposalAsMentor", yes(&id)).await;
        let of_match = ids(&home.client, "matches").await.remove(0);
        for id in &out {
            let input = json!({"matchId": of_match, "mentorId": id});
            let problems = refused(&world.coordinator, "nameBackupMentor", input).await;
            assert_eq!(problems, ["NO_ACTIVE_ACCOUNT input.mentorId"]);
        }
        // Who is let in again can be matched again.
        administer(&world, "reinstateAccount", &of_sam).await;
        let other = family(&app, &world, "Olga").await;
        let (ranked, _) = compared(&world, &triaged(&world, &other).await).await;
        assert!(ranked.contains(&sam.id) && ranked.contains(&nils.id) && ranked.len() == 2, "{ranked:?}");
    })
    .await;
}

#[tokio::test]
async fn a_mentor_who_falls_away_between_proposal_and_answer_is_not_matched() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let other = family(&app, &world, "Olga").await;
        let (sam, rae) = (mentor(&app, &world, "Sam", 2).await, mentor(&app, &world, "Rae", 2).await);
        // Both were let in a moment ago, and their answers are on their way.
        let (of_sam, of_rae) = (app.op_of(sam.client.token()).await, app.op_of(rae.client.token()).await);
        let (request, to_sam) = offered(&world, &home, &sam).await;
        let (_, to_rae) = offered(&world, &other, &rae).await;
        administer(&world, "suspendAccount", &account(&sam.client).await).await;
        revoke_role(&app, &rae).await;
        for (mentor, op, id) in [(&sam, &of_sam, &to_sam), (&rae, &of_rae, &to_rae)] {
            assert_eq!(fault(&mentor.client, "answerProposalAsMentor", yes(id)).await, "UNAUTHENTICATED");
            let answer = MentorAnswer {
                proposal: ProposalId::from_global(id).unwrap(),
                choice: MentorChoice::Accept,
                conflict: Conflict { exists: Some(false), detail: None },
                reason: None,
                question: None,
                version: None,
            };
            let told = matching::answer_proposal_as_mentor(op, answer).await;
            let Err(Error::Refused(problems)) = told else { panic!("{told:?}") };
            let told: Vec<_> = problems.iter().map(|p| format!("{} {}", p.code, p.field().join("."))).collect();
            assert_eq!(told, ["NO_ACTIVE_ACCOUNT input.proposalId"]);
        }
        assert!(ids(&world.coordinator, "matches").await.is_empty());
        // Nobody waits for an answer that cannot come: the request is back on the board, due at once.
        app.settle().await;
        assert_eq!(look(&world.coordinator, "proposal", &to_sam).await["state"], "WITHDRAWN");
        let back = look(&world.coordinator, "supportRequest", &request).await;
        assert_eq!(back["state"], "TRIAGED");
        assert_eq!(moment(&back["dueAt"]), app.app.core.clock.now());
        // A role that went another way than by a use case sends no word; the clock still does its part.
        assert_eq!(look(&world.coordinator, "proposal", &to_rae).await["state"], "OFFERED_TO_MENTOR");
    })
    .await;
}

fn moment(text: &Value) -> jiff::Timestamp {
    text.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_mentor_who_is_let_in_again_in_time_keeps_the_proposal() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let sam = mentor(&app, &world, "Sam", 2).await;
        let (request, to_sam) = offered(&world, &home, &sam).await;
        let of_sam = account(&sam.client).await;
        administer(&world, "suspendAccount", &of_sam).await;
        administer(&world, "reinstateAccount", &of_sam).await;
        app.settle().await;
        assert_eq!(look(&world.coordinator, "proposal", &to_sam).await["state"], "OFFERED_TO_MENTOR");
        assert_eq!(look(&world.coordinator, "supportRequest", &request).await["state"], "PROPOSING");
        // The second time nobody lets them in before the service looks.
        administer(&world, "closeAccount", &of_sam).await;
        app.settle().await;
        app.settle().await;
        assert_eq!(look(&world.coordinator, "proposal", &to_sam).await["state"], "WITHDRAWN");
        assert_eq!(look(&world.coordinator, "supportRequest", &request).await["state"], "TRIAGED");
    })
    .await;
}

const JOIN: &str = "mutation($input: InviteFamilyMemberInput!) { inviteFamilyMember(input: $input) { invited { invitation { accountId code } } userErrors { code field message } } }";
const FAMILY: &str = "query($id: ID!) { family(id: $id) { members { firstName } } }";

/// Invites a further caregiver of a family: their account and the code.
async fn further(world: &World, home: &Person, first_name: &str) -> (String, String) {
    let input = json!({"input": {"firstName": first_name, "relation": "GRANDPARENT", "familyId": home.id}});
    let made = world.coordinator.data(JOIN, input).await["inviteFamilyMember"]["invited"]["invitation"].clone();
    (text(&made["accountId"]), text(&made["code"]))
}

/// The first names in the match and in the family's record, as somebody sees them, in the order of the alphabet.
async fn seen(client: &Client, of_match: &str, family: &str) -> (Vec<String>, Vec<String>) {
    let record = client.data(FAMILY, json!({"id": family})).await;
    let listed = client.data(&document("matches"), json!({})).await["matches"]["nodes"][0].clone();
    let the = look(client, "match", of_match).await;
    assert_eq!(the["familyFirstNames"], listed["familyFirstNames"]);
    let sorted = |names: &mut dyn Iterator<Item = &Value>| {
        let mut names: Vec<String> = names.map(text).collect();
        names.sort();
        names
    };
    let members = record["family"]["members"].as_array().unwrap();
    (
        sorted(&mut the["familyFirstNames"].as_array().unwrap().iter()),
        sorted(&mut members.iter().map(|member| &member["firstName"])),
    )
}

#[tokio::test]
async fn the_mentor_sees_the_caregivers_who_stand_and_no_others() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let home = family(&app, &world, "Mara").await;
        let nils = mentor(&app, &world, "Nils", 2).await;
        let (paul, code) = further(&world, &home, "Paul").await;
        app.accept(&code).await;
        // Ivy never used her code.
        further(&world, &home, "Ivy").await;
        let (_, of_match) = super::stage::matched(&world, &home, &nils).await;
        let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let shown = |names: &[&str]| (all(names), all(names));
        let by_mentor = async || seen(&nils.client, &of_match, &home.id).await;
        assert_eq!(by_mentor().await, shown(&["Mara", "Paul"]));
        administer(&world, "suspendAccount", &paul).await;
        assert_eq!(by_mentor().await, shown(&["Mara"]));
        // Nor does the match name him to anybody; the record stays whole for staff and for the family itself.
        for client in [&world.coordinator, &home.client] {
            let whole = (all(&["Mara"]), all(&["Ivy", "Mara", "Paul"]));
            assert_eq!(seen(client, &of_match, &home.id).await, whole);
        }
        administer(&world, "reinstateAccount", &paul).await;
        assert_eq!(by_mentor().await, shown(&["Mara", "Paul"]));
        let id = literal(&app, kinward::kernel::ids::AccountId::from_global(&paul).unwrap().uuid());
        for (away, back) in [
            (
                "UPDATE role SET revoked_at = 1 WHERE account_id =",
                "UPDATE role SET revoked_at = NULL WHERE account_id =",
            ),
            (
                "UPDATE family_member SET removed_at = 1 WHERE account_id =",
                "UPDATE family_member SET removed_at = NULL WHERE account_id =",
            ),
        ] {
            app.tamper(&format!("{away} {id}")).await.unwrap();
            assert_eq!(by_mentor().await, shown(&["Mara"]), "{away}");
            app.tamper(&format!("{back} {id}")).await.unwrap();
            assert_eq!(by_mentor().await, shown(&["Mara", "Paul"]), "{back}");
        }
        administer(&world, "closeAccount", &paul).await;
        assert_eq!(by_mentor().await, shown(&["Mara"]));
    })
    .await;
}
