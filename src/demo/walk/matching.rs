//! From the board to a match, with both sides' consent in order.

use serde_json::{Value, json};

use super::{Cast, Script, Walked, sees, text};

pub(super) async fn play(script: &mut Script<'_>, cast: &mut Cast) -> Walked<()> {
    candidates(script, cast).await?;
    let proposal = propose(script, cast).await?;
    let second = second_proposal(script, cast).await?;
    consent(script, cast, &proposal).await?;
    full(script, cast, &second).await
}

async fn candidates(script: &mut Script<'_>, cast: &Cast) -> Walked<()> {
    script.step("Cora triages the request and compares mentors.");
    let triage = |urgency: &str| json!({"input": {"requestId": cast.request_id, "urgency": urgency}});
    script.done(&cast.coordinator, "matching/triageSupportRequest", triage("SOON")).await?;
    // A second mentor, who has shown nothing yet, stands among the excluded with the reason.
    let second = json!({"input": {"firstName": "Nadia", "languages": ["en"], "zone": "America/Chicago"}});
    script.done(&cast.coordinator, "mentors/inviteMentor", second).await?;
    let asked = json!({"requestId": cast.request_id});
    let list = script.done(&cast.coordinator, "matching/candidates", asked.clone()).await?;
    let (first, out) = (&list["ranked"][0], &list["excluded"][0]);
    sees(
        &cast.coordinator,
        format_args!("{} fits with {} points: {}", first["firstName"], first["score"], best(first)),
    );
    sees(&cast.coordinator, format_args!("{} is excluded: {}", out["firstName"], out["reasons"]));
    script.must(first["mentorId"] == cast.mentor_id.as_str(), "the ready mentor is ranked first")?;
    script.must(out["reasons"].to_string().contains("NOT_READY"), "the other is excluded as not ready")?;
    script.refused(&cast.mentor, "to compare mentors", "matching/candidates", asked, "NOT_FOUND").await
}

/// The reasons that brought points.
fn best(candidate: &Value) -> String {
    let reasons = candidate["reasons"].as_array().into_iter().flatten();
    let scored = reasons.filter(|reason| reason["points"].as_i64().unwrap_or(0) > 0);
    let words = scored.map(|reason| format!("{} {}/{}", text(&reason["factor"]), reason["points"], reason["max"]));
    words.collect::<Vec<_>>().join(", ")
}

async fn propose(script: &mut Script<'_>, cast: &Cast) -> Walked<String> {
    script.step("She proposes Marcus. Rosa sees a profile without a name.");
    let propose = |mentor: &str| json!({"input": {"requestId": cast.request_id, "mentorId": mentor}});
    let junk = propose(&cast.family_id);
    script
        .refused(&cast.coordinator, "to propose a family", "matching/proposeMatch", junk, "UNKNOWN_REFERENCE")
        .await?;
    let made = script.done(&cast.coordinator, "matching/proposeMatch", propose(&cast.mentor_id)).await?;
    let id = text(&made["proposal"]["id"]);
    let seen = script.done(&cast.family, "matching/proposal", json!({"id": id})).await?;
    sees(&cast.family, format_args!("A mentor who speaks {}.", seen["profile"]["languages"]));
    script.must(!seen.to_string().contains("Marcus"), "the profile has no name")?;
    script.must(!seen.to_string().contains(&cast.mentor_id), "the profile leads to no mentor")?;
    let document = "matching/proposal";
    script
        .refused(&cast.mentor, "to look before the family said yes", document, json!({"id": id}), "NOT_FOUND")
        .await?;
    Ok(id)
}

async fn consent(script: &mut Script<'_>, cast: &mut Cast, proposal: &str) -> Walked<()> {
    script.step("Rosa says yes, then Marcus. Only now both see first names.");
    let yes = json!({"input": {"proposalId": proposal, "accept": true, "hasConflict": false}});
    let (family, mentor) = ("matching/answerProposalAsFamily", "matching/answerProposalAsMentor");
    let undeclared = json!({"input": {"proposalId": proposal, "accept": true}});
    script.refused(&cast.family, "to accept without a word on conflicts", family, undeclared, "REQUIRED").await?;
    script.refused(&cast.stranger, "to answer for her", family, yes.clone(), "NOT_FOUND").await?;
    script.done(&cast.family, family, yes).await?;
    let accept = json!({"input": {"proposalId": proposal, "answer": "ACCEPT", "hasConflict": false}});
    script.done(&cast.mentor, mentor, accept.clone()).await?;
    script.refused(&cast.mentor, "to accept twice", mentor, accept, "WRONG_STATE").await?;
    let list = script.done(&cast.mentor, "matching/matches", json!({})).await?;
    cast.match_id = text(&list["nodes"][0]["id"]);
    for person in [&cast.family, &cast.mentor] {
        let seen = script.done(person, "matching/match", json!({"id": cast.match_id})).await?;
        let (names, with) = (&seen["familyFirstNames"], &seen["mentorFirstName"]);
        sees(person, format_args!("Our match: {names} and {with}, first contact by {}.", seen["firstContactDueAt"]));
        script.must(seen.to_string().contains("Rosa") && seen.to_string().contains("Marcus"), "both first names")?;
    }
    Ok(())
}

/// A second family is proposed to Marcus too, who then says that he has place for one only.
async fn second_proposal(script: &mut Script<'_>, cast: &Cast) -> Walked<String> {
    script.step("Imani asks for a mentor too, and says yes to Marcus. He finds that he has place for one family only.");
    let windows: Vec<Value> = vec![json!({"weekday": 0, "startMin": 600, "endMin": 1200})];
    let plan = json!({"input": {"familyId": cast.stranger_family_id, "zone": "America/New_York", "channel": "IN_APP",
        "windows": windows}});
    script.done(&cast.stranger, "families/setSafeContactPlan", plan).await?;
    let facts = json!({"kind": "ONLINE", "phase": "RECOVERED", "role": "PARENT", "ageBand": "FROM_14_TO_17"});
    let saved = script.done(&cast.stranger, "matching/saveSupportRequest", json!({"input": {"facts": facts}})).await?;
    let request = text(&saved["supportRequest"]["id"]);
    let which = json!({"input": {"requestId": request}});
    script.done(&cast.stranger, "matching/submitSupportRequest", which).await?;
    let triage = json!({"input": {"requestId": request, "urgency": "ROUTINE"}});
    script.done(&cast.coordinator, "matching/triageSupportRequest", triage).await?;
    let propose = json!({"input": {"requestId": request, "mentorId": cast.mentor_id}});
    let made = script.done(&cast.coordinator, "matching/proposeMatch", propose).await?;
    let id = text(&made["proposal"]["id"]);
    let yes = json!({"input": {"proposalId": id, "accept": true, "hasConflict": false}});
    script.done(&cast.stranger, "matching/answerProposalAsFamily", yes).await?;
    let capacity = |capacity: i32| json!({"input": {"id": cast.mentor_id, "capacity": capacity}});
    script
        .refused(&cast.mentor, "to have place for ninety", "mentors/updateMentor", capacity(90), "OUT_OF_RANGE")
        .await?;
    script.done(&cast.mentor, "mentors/updateMentor", capacity(1)).await?;
    Ok(id)
}

async fn full(script: &mut Script<'_>, cast: &Cast, second: &str) -> Walked<()> {
    script.step("His one place is taken now: a second yes is refused, and Cora sees why.");
    let accept = json!({"input": {"proposalId": second, "answer": "ACCEPT", "hasConflict": false}});
    let document = "matching/answerProposalAsMentor";
    script.refused(&cast.mentor, "to take a second family", document, accept, "MENTOR_FULL").await?;
    let seen = script.done(&cast.coordinator, "matching/proposal", json!({"id": second})).await?;
    sees(&cast.coordinator, format_args!("Imani's proposal is still {}: I can ask somebody else.", seen["state"]));
    script.must(seen["state"] == "OFFERED_TO_MENTOR", "the refused yes changed nothing")
}
