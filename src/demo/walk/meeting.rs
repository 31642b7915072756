//! A session: what is listed can be booked, and one hour only once.

use serde_json::json;

use super::{Cast, Script, Walked, sees, text};

pub(super) async fn play(script: &mut Script<'_>, cast: &Cast) -> Walked<()> {
    script.step("Rosa lists common free times and books one; a booking of the same hour at the same moment loses.");
    let wish = json!({"input": {"matchId": cast.match_id, "count": 5, "durationMinutes": 45}});
    let slots = script.done(&cast.family, "scheduling/commonSlots", wish.clone()).await?["slots"].clone();
    let first = &slots[0];
    sees(
        &cast.family,
        format_args!("{} for me, {} for him.", first["familyStart"]["text"], first["mentorStart"]["text"]),
    );
    let book = json!({"input": {"matchId": cast.match_id, "startsAt": first["startsAt"], "durationMinutes": 45}});
    let document = "scheduling/bookSession";
    let (hers, his) = tokio::join!(cast.family.ask(document, book.clone()), cast.mentor.ask(document, book));
    let mut won = None;
    for (person, answer) in [(&cast.family, hers?), (&cast.mentor, his?)] {
        let payload = &answer["data"]["bookSession"];
        if payload["session"].is_object() {
            sees(person, format_args!("The hour is mine: {}.", payload["session"]["localStart"]["text"]));
            won = Some((person.name, text(&payload["session"]["id"])));
        } else {
            let (code, fresh) = (&payload["userErrors"][0]["code"], &payload["freshSlots"][0]["startsAt"]);
            sees(person, format_args!("{code}; the next free time is {fresh}."));
            script.must(code == "SLOT_TAKEN", "the loser hears that the slot is taken")?;
            script.must(fresh.is_string(), "the loser gets fresh slots")?;
        }
    }
    let Some((winner, session)) = won else { return script.must(false, "one booking wins") };
    let early = json!({"input": {"matchId": cast.match_id, "startsAt": "2020-01-01T00:00:00Z", "durationMinutes": 45}});
    script.refused(&cast.family, "an hour long past", document, early, "NOT_A_COMMON_SLOT").await?;

    script.step("The other side confirms.");
    let which = json!({"input": {"sessionId": session}});
    let (booker, other) =
        if winner == cast.family.name { (&cast.family, &cast.mentor) } else { (&cast.mentor, &cast.family) };
    let document = "scheduling/confirmSession";
    script.refused(booker, "to confirm for the other side", document, which.clone(), "OWN_PROPOSAL").await?;
    let done = script.done(other, document, which.clone()).await?;
    sees(other, format_args!("Our session is {}.", done["session"]["state"]));
    script.refused(&cast.stranger, "to see it", "scheduling/session", json!({"id": session}), "NOT_FOUND").await
}
