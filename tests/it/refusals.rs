//! Every mutation, asked for a step that does not follow any more: the refusal names the field of the input that names the
//! thing. A new mutation finds its place here, among the refused or among those that no state stands in the way of.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::access::fields;
use crate::harness::{Client, TestApp, World, on_each};
use crate::matching::stage::{Person, facts, family, matched, mentor, text, yes};

/// Mutations that no state of a record can stand in the way of. What can be wrong about them is a field of their own
/// (a version, a word, a place in a list), and their feature's tests say so.
const STATELESS: [&str; 30] = [
    "acceptInvitation",
    "addCaseNote",
    "addDayOff",
    "addExtraHours",
    "beginPasskeySignIn",
    "beginProviderSignIn",
    "changePassphrase",
    "createProgramme",
    "endOtherSignIns",
    "endSignIn",
    "endSignIns",
    "handleSecurityAlert",
    "inviteCaregiver",
    "inviteFamilyMember",
    "inviteMentor",
    "inviteStaff",
    "recordEvidence",
    "refreshTokens",
    "removeAvailabilityException",
    "setFamilyMatchingKeys",
    "setMentorMatchingKeys",
    "setProgrammeSettings",
    "setSafeContactPlan",
    "setWeeklyAvailability",
    "signIn",
    "signOut",
    "signOutEverywhere",
    "switchRole",
    "updateFamily",
    "updateMentor",
];

/// Those whose own tests show which field they name: `factors`, `glass`, `marks`, `oidc`, `releases`, `rights`.
const ELSEWHERE: [&str; 33] = [
    "acceptInvitationWithProvider",
    "answerChallenge",
    "approveFactorReset",
    "beginAuthenticator",
    "beginInvitation",
    "beginPasskey",
    "beginProof",
    "confirmAuthenticator",
    "confirmPasskey",
    "delayBreakGlass",
    "discardRelease",
    "disclose",
    "draftRelease",
    "endBreakGlass",
    "finishProviderSignIn",
    "liftMark",
    "makeEntryCode",
    "markAllegedAbuser",
    "openBreakGlass",
    "proveAgain",
    "removeCaregiver",
    "removeFactor",
    "renameFactor",
    "renewRecoveryCodes",
    "requestFactorReset",
    "restrictCaregiver",
    "reviewBreakGlass",
    "revokeRelease",
    "revokeRole",
    "setCaregiverRights",
    "signRelease",
    "stopFactorReset",
    "stopResetAtSignIn",
];

/// What a refused step looks like: the mutation, who asks, the input, and `CODE path`.
type Row<'a> = (&'static str, &'a Client, Value, &'static str);

/// A document for a mutation that selects nothing but what stands in the way.
fn document(mutation: &str) -> String {
    let types = fields::types();
    let all = fields::fields(&types["Mutation"]);
    let field = all.into_iter().find(|field| field.name.node == mutation).unwrap();
    let input = &field.arguments[0].node.ty.node;
    format!("mutation($input: {input}) {{ {mutation}(input: $input) {{ userErrors {{ code field message }} }} }}")
}

async fn done(client: &Client, mutation: &str, input: Value) {
    client.data(&document(mutation), json!({"input": input})).await;
}

struct Told(BTreeSet<&'static str>);

impl Told {
    async fn refuses(&mut self, rows: Vec<Row<'_>>) {
        for (mutation, client, input, want) in rows {
            let problems = client.refused(&document(mutation), json!({"input": input})).await;
            assert_eq!(problems, [want], "{mutation} {input}");
            self.0.insert(mutation);
        }
    }
}

/// A match with a session, a message that is held, and the case about it.
struct Scene {
    world: World,
    home: Person,
    nils: Person,
    request: String,
    proposal: String,
    of_match: String,
    session: String,
    starts_at: String,
    message: String,
    case: String,
}

impl Scene {
    async fn new(app: &TestApp) -> Self {
        let world = World::new(app).await;
        let home = family(app, &world, "Mara").await;
        let nils = mentor(app, &world, "Nils", 2).await;
        let (request, of_match) = matched(&world, &home, &nils).await;
        let proposals = world.coordinator.data("{ proposals { nodes { id } } }", json!({})).await;
        let hours = json!([{"weekday": 1, "startMin": 0, "endMin": 1440}]);
        let hours = json!({"mentorId": nils.id, "zone": "America/Chicago", "hours": hours});
        done(&nils.client, "setWeeklyAvailability", hours).await;
        let slots = "query($id: ID!) { commonSlots(input: {matchId: $id, count: 1}) { slots { startsAt } } }";
        let slots = home.client.data(slots, json!({"id": of_match})).await;
        let starts_at = text(&slots["commonSlots"]["slots"][0]["startsAt"]);
        let book = "mutation($input: BookSessionInput!) { bookSession(input: $input) { session { id } userErrors { code field message } } }";
        let booked = home.client.data(book, json!({"input": {"matchId": of_match, "startsAt": starts_at}})).await;
        let send = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { id } userErrors { code field message } } }";
        let input = json!({"input": {"matchId": of_match, "clientId": "m-1", "body": "Good evening."}});
        let sent = home.client.data(send, input).await;
        let cases = world.coordinator.data("{ cases { nodes { id } } }", json!({})).await;
        Self {
            request,
            proposal: text(&proposals["proposals"]["nodes"][0]["id"]),
            of_match,
            session: text(&booked["bookSession"]["session"]["id"]),
            starts_at,
            message: text(&sent["sendMessage"]["message"]["id"]),
            case: text(&cases["cases"]["nodes"][0]["id"]),
            world,
            home,
            nils,
        }
    }

    async fn account(&self, of: &Client) -> String {
        text(&of.data("{ viewer { account { id } } }", json!({})).await["viewer"]["account"]["id"])
    }

    fn id(of: &str) -> Value {
        json!({ "id": of })
    }

    /// While the match is live.
    fn during(&self) -> Vec<Row<'_>> {
        let (staff, home, nils) = (&self.world.coordinator, &self.home.client, &self.nils.client);
        let (of_request, of_proposal) = (json!({"requestId": self.request}), json!({"proposalId": self.proposal}));
        let (of_match, of_session) = (json!({"matchId": self.of_match}), json!({"sessionId": self.session}));
        let and = |base: &Value, more: Value| {
            let mut all = base.as_object().unwrap().clone();
            all.extend(more.as_object().unwrap().clone());
            Value::Object(all)
        };
        let no = and(&of_proposal, json!({"accept": false}));
        vec![
            ("saveSupportRequest", home, json!({"facts": facts()}), "REQUEST_OPEN input.requestId"),
            ("saveSupportRequest", home, and(&of_request, json!({"facts": facts()})), "WRONG_STATE input.requestId"),
            ("submitSupportRequest", home, of_request.clone(), "WRONG_STATE input.requestId"),
            ("triageSupportRequest", staff, and(&of_request, json!({"urgency": "SOON"})), "MATCH_LIVE input.requestId"),
            ("closeSupportRequest", staff, and(&of_request, json!({"reason": "OTHER"})), "MATCH_LIVE input.requestId"),
            ("proposeMatch", staff, and(&of_request, json!({"mentorId": self.nils.id})), "WRONG_STATE input.requestId"),
            ("answerProposalAsFamily", home, no, "WRONG_STATE input.proposalId"),
            ("answerProposalAsMentor", nils, yes(&self.proposal), "WRONG_STATE input.proposalId"),
            (
                "provideInformation",
                staff,
                and(&of_proposal, json!({"information": "In spring."})),
                "WRONG_STATE input.proposalId",
            ),
            ("withdrawProposal", staff, of_proposal, "WRONG_STATE input.proposalId"),
            ("resumeMatch", staff, of_match, "WRONG_STATE input.matchId"),
            ("confirmSession", home, of_session.clone(), "OWN_PROPOSAL input.sessionId"),
            (
                "rescheduleSession",
                home,
                and(&of_session, json!({"startsAt": self.starts_at})),
                "WRONG_STATE input.sessionId",
            ),
            ("completeSession", nils, and(&of_session, json!({"wellbeing": 3})), "WRONG_STATE input.sessionId"),
            ("reportNoShow", nils, and(&of_session, json!({"side": "FAMILY"})), "WRONG_STATE input.sessionId"),
            ("removeMessage", home, Self::id(&self.message), "WRONG_STATE input.id"),
            ("appealMessage", home, Self::id(&self.message), "WRONG_STATE input.id"),
            ("reportMessage", home, Self::id(&self.message), "OWN_MESSAGE input.id"),
            ("renewClaim", staff, Self::id(&self.case), "CLAIM_FIRST input.id"),
            ("releaseClaim", staff, Self::id(&self.case), "CLAIM_FIRST input.id"),
            ("decideCase", staff, json!({"id": self.case, "decision": "DELIVER"}), "CLAIM_FIRST input.id"),
            ("reopenCase", staff, Self::id(&self.case), "WRONG_STATE input.id"),
            ("returnToService", nils, Self::id(&self.nils.id), "WRONG_STATE input.id"),
        ]
    }

    /// After its end, with the case decided.
    fn after(&self) -> Vec<Row<'_>> {
        let (staff, home) = (&self.world.coordinator, &self.home.client);
        let (of_match, of_session) = (json!({"matchId": self.of_match}), json!({"sessionId": self.session}));
        let goodbye = json!({"matchId": self.of_match, "goodbyeAt": "2026-12-01T15:00:00Z"});
        let book = json!({"matchId": self.of_match, "startsAt": self.starts_at});
        let send = json!({"matchId": self.of_match, "clientId": "m-2", "body": "Good morning."});
        vec![
            ("withdrawSupportRequest", home, json!({"requestId": self.request}), "WRONG_STATE input.requestId"),
            ("endMatch", home, of_match.clone(), "WRONG_STATE input.matchId"),
            ("planGoodbye", home, goodbye, "WRONG_STATE input.matchId"),
            ("pauseMatch", staff, of_match.clone(), "WRONG_STATE input.matchId"),
            ("nameBackupMentor", staff, of_match, "WRONG_STATE input.matchId"),
            ("bookSession", home, book, "WRONG_STATE input.matchId"),
            ("cancelSession", home, of_session, "WRONG_STATE input.sessionId"),
            ("sendMessage", home, send, "MATCH_ENDED input.matchId"),
            ("editMessage", home, json!({"id": self.message, "body": "Good night."}), "MATCH_ENDED input.id"),
            ("claimCase", staff, Self::id(&self.case), "WRONG_STATE input.id"),
            ("escalateCase", staff, Self::id(&self.case), "WRONG_STATE input.id"),
        ]
    }
}

/// Steps that are taken once, and again.
async fn twice(scene: &Scene, told: &mut Told) {
    let (staff, boss) = (&scene.world.coordinator, &scene.world.administrator);
    let record = "query($id: ID!) { mentor(id: $id) { record { evidence { id } } } }";
    let record = staff.data(record, json!({"id": scene.nils.id})).await;
    let evidence = text(&record["mentor"]["record"]["evidence"][0]["id"]);
    let programme = scene.world.programme_id();
    let invite = "mutation($input: InviteStaffInput!) { inviteStaff(input: $input) { invitation { invitationId } userErrors { code field message } } }";
    let input = json!({"input": {"programmeId": programme, "role": "AUDITOR", "firstName": "Otto"}});
    let invitation = text(&boss.data(invite, input).await["inviteStaff"]["invitation"]["invitationId"]);
    let account = scene.account(&scene.home.client).await;
    let role = json!({"accountId": scene.account(staff).await, "programmeId": programme, "role": "SAFEGUARDING_LEAD"});
    for (mutation, client, input, want) in [
        ("withdrawEvidence", staff, Scene::id(&evidence), "WRONG_STATE input.id"),
        ("revokeInvitation", boss, Scene::id(&invitation), "WRONG_STATE input.id"),
        ("stepBack", &scene.nils.client, Scene::id(&scene.nils.id), "WRONG_STATE input.id"),
        ("grantRole", boss, role, "ROLE_HELD input.role"),
        ("suspendAccount", boss, Scene::id(&account), "WRONG_STATE input.id"),
        ("reinstateAccount", boss, Scene::id(&account), "WRONG_STATE input.id"),
        ("closeAccount", boss, Scene::id(&account), "WRONG_STATE input.id"),
    ] {
        done(client, mutation, input.clone()).await;
        told.refuses(vec![(mutation, client, input, want)]).await;
    }
}

#[tokio::test]
async fn every_mutation_says_which_field_names_what_has_moved_on() {
    on_each(|app| async move {
        let (scene, mut told) = (Scene::new(&app).await, Told(BTreeSet::new()));
        told.refuses(scene.during()).await;
        done(&scene.world.coordinator, "claimCase", Scene::id(&scene.case)).await;
        done(&scene.world.coordinator, "decideCase", json!({"id": scene.case, "decision": "DELIVER"})).await;
        done(&scene.home.client, "endMatch", json!({"matchId": scene.of_match})).await;
        app.settle().await;
        told.refuses(scene.after()).await;
        twice(&scene, &mut told).await;
        let types = fields::types();
        let all: BTreeSet<&str> =
            fields::fields(&types["Mutation"]).iter().map(|field| field.name.node.as_str()).collect();
        let known: BTreeSet<&str> = told.0.iter().copied().chain(STATELESS).chain(ELSEWHERE).collect();
        assert_eq!(known, all, "give each mutation its place: refused above, or in STATELESS or ELSEWHERE");
    })
    .await;
}
