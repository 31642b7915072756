//! From an empty database to a request on the coordinators' board.

use serde_json::{Value, json};

use super::client::Person;
use super::{Cast, Difference, Script, Walked, factors, sees, text};
use crate::identity;
use crate::op::Op;

/// The passphrase of everybody in the walk.
pub(super) const PASSPHRASE: &str = "seven lanterns over still water";

/// Somebody uses their code, and goes on with a token.
async fn accept(script: &Script<'_>, name: &'static str, code: &str) -> Walked<(Person, Value)> {
    let newcomer = Person::new(name, &script.base);
    let input = json!({"input": {"code": code, "passphrase": PASSPHRASE}});
    let payload = script.done(&newcomer, "identity/acceptInvitation", input).await?;
    let session = payload["session"].clone();
    Ok((newcomer.with_token(&text(&session["accessToken"])), session))
}

pub(super) async fn play(script: &mut Script<'_>) -> Walked<Cast> {
    let (administrator, coordinator) = staff(script).await?;
    let (mentor, mentor_id) = mentor(script, &coordinator).await?;
    let (family, family_id) = newcomer(script, &coordinator, "Rosa", "GRANDPARENT").await?;
    let (stranger, stranger_family_id) = newcomer(script, &coordinator, "Imani", "PARENT").await?;
    plan(script, &family, &family_id, &stranger_family_id).await?;
    let request_id = request(script, &family, &stranger, &family_id).await?;
    let match_id = String::new();
    let people = Cast {
        administrator,
        coordinator,
        family,
        mentor,
        stranger,
        family_id,
        mentor_id,
        stranger_family_id,
        request_id,
        match_id,
    };
    Ok(people)
}

async fn staff(script: &mut Script<'_>) -> Walked<(Person, Person)> {
    script.step("The first administrator comes in on the code of `kinward bootstrap`.");
    let invited = identity::bootstrap(&Op::system(&script.app.core), "Ada").await;
    let code = invited.map_err(|error| Difference::of("bootstrap", &error))?.code;
    let (administrator, session) = accept(script, "Ada", &code).await?;
    sees(&administrator, format_args!("I am {}, an {}.", session["signInName"], session["acting"]["role"]));
    let nobody = Person::new("somebody", &script.base);
    let again = json!({"input": {"code": code, "passphrase": PASSPHRASE}});
    script.refused(&nobody, "the same code again", "identity/acceptInvitation", again, "CODE_NOT_GOOD").await?;
    factors::first(script, &administrator).await?;

    script.step("She makes a programme and invites its coordinator.");
    let new = json!({"input": {"name": "Harbour Lights", "zone": "America/Chicago"}});
    let programme = script.done(&administrator, "identity/createProgramme", new).await?["programme"].clone();
    let invite = json!({"input": {"programmeId": programme["id"], "role": "COORDINATOR", "firstName": "Cora"}});
    let invited = script.done(&administrator, "identity/inviteStaff", invite).await?;
    let (coordinator, session) = accept(script, "Cora", &text(&invited["invitation"]["code"])).await?;
    let keys = factors::enrol(script, &coordinator).await?;
    sees(&coordinator, format_args!("I act in {}.", programme["name"]));
    let nowhere = json!({"input": {"name": "x", "zone": "Mars/Olympus"}});
    script.refused(&administrator, "a programme on Mars", "identity/createProgramme", nowhere, "TOO_SHORT").await?;
    factors::again(script, &text(&session["signInName"]), &keys).await?;
    Ok((administrator, coordinator))
}

async fn mentor(script: &mut Script<'_>, coordinator: &Person) -> Walked<(Person, String)> {
    script.step("Cora invites a mentor and records what shows that he is ready.");
    let invite =
        json!({"input": {"firstName": "Marcus", "languages": ["en", "es"], "zone": "America/Chicago", "capacity": 2}});
    let invited = script.done(coordinator, "mentors/inviteMentor", invite).await?["invited"].clone();
    let id = text(&invited["mentor"]["id"]);
    let (mentor, _) = accept(script, "Marcus", &text(&invited["invitation"]["code"])).await?;
    factors::enrol(script, &mentor).await?;
    let today = script.app.core.clock.now().to_string();
    let day = today.get(..10).unwrap_or_default();
    for kind in ["APPLICATION", "REFERENCES", "BACKGROUND_CHECK", "INTERVIEW", "TRAINING", "AGREEMENT"] {
        let evidence = json!({"input": {"mentorId": id, "kind": kind, "obtainedOn": day, "expiresOn": "2099-01-01"}});
        script.done(coordinator, "mentors/recordEvidence", evidence).await?;
    }
    let every_day: Vec<Value> =
        (0..7).map(|day| json!({"weekday": day, "startMin": 8 * 60, "endMin": 20 * 60})).collect();
    let hours = json!({"input": {"mentorId": id, "zone": "America/Chicago", "hours": every_day}});
    script.done(&mentor, "scheduling/setWeeklyAvailability", hours).await?;
    let own = json!({"input": {"mentorId": id, "kind": "TRAINING", "obtainedOn": day}});
    script.refused(&mentor, "to record evidence for himself", "mentors/recordEvidence", own, "FORBIDDEN").await?;
    Ok((mentor, id))
}

async fn newcomer(
    script: &mut Script<'_>,
    coordinator: &Person,
    name: &'static str,
    relation: &str,
) -> Walked<(Person, String)> {
    script.step(&format!("Cora tells {name} a code by phone; {name} signs in on it."));
    let invite =
        json!({"input": {"firstName": name, "relation": relation, "languages": ["en"], "zone": "America/New_York"}});
    let invited = script.done(coordinator, "families/inviteFamilyMember", invite).await?["invited"].clone();
    let (person, session) = accept(script, name, &text(&invited["invitation"]["code"])).await?;
    sees(&person, format_args!("My name for signing in is {}.", session["signInName"]));
    let weak = json!({"input": {"code": "0000-0000-0000-0000", "passphrase": "short"}});
    script.refused(&person.clone(), "a short passphrase", "identity/acceptInvitation", weak, "TOO_SHORT").await?;
    Ok((person, text(&invited["family"]["id"])))
}

async fn plan(script: &mut Script<'_>, family: &Person, own: &str, other: &str) -> Walked<()> {
    script.step("Rosa says how it is safe to reach her.");
    let windows: Vec<Value> =
        (0..7).map(|day| json!({"weekday": day, "startMin": 9 * 60, "endMin": 21 * 60})).collect();
    let plan = |id: &str, windows: &[Value]| {
        json!({"input": {"familyId": id, "zone": "America/New_York", "channel": "PHONE_CALL", "windows": windows,
            "safeWords": "the library book", "unsafeNotes": "Never on the landline."}})
    };
    script.done(family, "families/setSafeContactPlan", plan(own, &windows)).await?;
    sees(family, "Calls only, between nine and nine, and never on the landline.");
    let backwards = [json!({"weekday": 0, "startMin": 600, "endMin": 540})];
    let document = "families/setSafeContactPlan";
    script.refused(family, "hours that end before they begin", document, plan(own, &backwards), "OUT_OF_RANGE").await?;
    script.refused(family, "another family's plan", document, plan(other, &windows), "NOT_FOUND").await
}

async fn request(script: &mut Script<'_>, family: &Person, stranger: &Person, family_id: &str) -> Walked<String> {
    script.step("She asks for a mentor.");
    let facts = json!({"kind": "ONLINE", "phase": "RECOVERED", "role": "GRANDPARENT", "ageBand": "FROM_14_TO_17"});
    let draft = json!({"input": {"facts": facts, "hopes": "Somebody who has been through the waiting."}});
    let saved = script.done(family, "matching/saveSupportRequest", draft).await?;
    let id = text(&saved["supportRequest"]["id"]);
    let which = json!({"input": {"requestId": id}});
    let submitted = script.done(family, "matching/submitSupportRequest", which.clone()).await?;
    let shown = &submitted["supportRequest"];
    script.must(shown["familyId"] == family_id, "the request is her family's")?;
    sees(family, format_args!("My request is {}; somebody answers by {}.", shown["state"], shown["dueAt"]));
    script.refused(family, "to send it twice", "matching/submitSupportRequest", which, "WRONG_STATE").await?;
    script.refused(stranger, "to read it", "matching/supportRequest", json!({"id": id}), "NOT_FOUND").await?;
    Ok(id)
}
