//! Messages: what arrives, what is held, what calls somebody.

use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Person, Stream};
use super::{Cast, Script, Walked, sees, text};

/// Long enough to see that nothing arrives, short enough to wait for.
const SILENCE: Duration = Duration::from_millis(400);

/// The subscriptions that are open when the match ends.
pub(super) struct Open {
    pub(super) mentor: Stream,
}

async fn send(script: &Script<'_>, person: &Person, cast: &Cast, id: &str, body: &str) -> Walked<Value> {
    let input = json!({"input": {"matchId": cast.match_id, "clientId": id, "body": body}});
    script.done(person, "messaging/sendMessage", input).await
}

/// The coordinator's most urgent open case of a kind.
async fn first_case(script: &Script<'_>, cast: &Cast, kind: &str) -> Walked<String> {
    let wish = json!({"state": "OPEN", "kind": kind});
    let list = script.done(&cast.coordinator, "moderation/cases", wish).await?;
    Ok(text(&list["edges"][0]["node"]["id"]))
}

async fn decide(script: &Script<'_>, cast: &Cast, case: &str, decision: Value) -> Walked<()> {
    script.done(&cast.coordinator, "moderation/claimCase", json!({"input": {"id": case}})).await?;
    script.done(&cast.coordinator, "moderation/decideCase", decision).await?;
    Ok(())
}

pub(super) async fn play(script: &mut Script<'_>, cast: &Cast) -> Walked<Open> {
    let mut family = first_words(script, cast).await?;
    held(script, cast, &mut family).await?;
    crisis(script, cast, &mut family).await?;
    let follow = json!({"matchId": cast.match_id});
    let mut mentor = cast.mentor.follow("messaging/messageChanges", follow).await?;
    script.must(mentor.is_silent(SILENCE).await, "nothing is replayed without a cursor")?;
    Ok(Open { mentor })
}

async fn first_words(script: &mut Script<'_>, cast: &Cast) -> Walked<Stream> {
    script.step("Rosa follows the conversation. The first messages of a match wait for a reader, then arrive.");
    let follow = json!({"matchId": cast.match_id});
    let mut stream = cast.family.follow("messaging/messageChanges", follow).await?;
    let words =
        ["Good evening, Rosa. I am glad we can talk.", "I know how long the evenings get.", "Write whenever you like."];
    for (at, body) in words.into_iter().enumerate() {
        let sent = send(script, &cast.mentor, cast, &format!("hello-{at}"), body).await?;
        script.must(sent["message"]["state"] == "HELD", "a first message is held")?;
        let case = first_case(script, cast, "HELD_MESSAGE").await?;
        decide(script, cast, &case, json!({"input": {"id": case, "decision": "DELIVER"}})).await?;
        let seen = stream.result().await.unwrap_or_default();
        script.must(seen["messageChanges"]["message"]["body"] == body, "a released message arrives")?;
    }
    let sent = send(script, &cast.mentor, cast, "usual", "Shall we speak on the day we booked?").await?;
    script.must(sent["message"]["state"] == "DELIVERED", "then an ordinary message is delivered at once")?;
    let seen = stream.result().await.unwrap_or_default();
    sees(&cast.family, format_args!("{}", seen["messageChanges"]["message"]["body"]));
    let same = send(script, &cast.mentor, cast, "usual", "Shall we speak on the day we booked?").await?;
    script.must(same["message"]["id"] == sent["message"]["id"], "the same client id gives the same message")?;
    let empty = json!({"input": {"matchId": cast.match_id, "clientId": "empty", "body": "  "}});
    script.refused(&cast.mentor, "to send nothing", "messaging/sendMessage", empty, "REQUIRED").await?;
    Ok(stream)
}

async fn held(script: &mut Script<'_>, cast: &Cast, stream: &mut Stream) -> Walked<()> {
    script.step("Marcus writes a phone number in words. It is held; Rosa sees nothing.");
    let body = "You can call me on five five five, oh one two, three four six seven after eight.";
    let sent = send(script, &cast.mentor, cast, "number", body).await?;
    sees(&cast.mentor, format_args!("My message is {}.", sent["message"]["state"]));
    script.must(sent["message"]["state"] == "HELD", "a phone number in words is held")?;
    script.must(stream.is_silent(SILENCE).await, "nothing arrives at the family")?;
    let list = script.done(&cast.family, "messaging/messages", json!({"matchId": cast.match_id})).await?;
    script.must(!list.to_string().contains("five five five"), "the family's list does not hold it")?;
    script.refused(&cast.mentor, "to look at the queue", "moderation/cases", json!({}), "FORBIDDEN").await?;

    script.step("Cora claims the case, takes the number out, and delivers the rest.");
    let case = first_case(script, cast, "HELD_MESSAGE").await?;
    let redact = json!({"input": {"id": case, "decision": "REDACT", "text": "You can call me [removed] after eight."}});
    script
        .refused(&cast.coordinator, "to decide before claiming", "moderation/decideCase", redact.clone(), "CLAIM_FIRST")
        .await?;
    script.refused(&cast.mentor, "to open the case", "moderation/case", json!({"id": case}), "NOT_FOUND").await?;
    decide(script, cast, &case, redact).await?;
    let seen = stream.result().await.unwrap_or_default();
    let body = &seen["messageChanges"]["message"]["body"];
    sees(&cast.family, body);
    script.must(body == "You can call me [removed] after eight.", "only the redacted text arrives")
}

async fn crisis(script: &mut Script<'_>, cast: &Cast, stream: &mut Stream) -> Walked<()> {
    script.step("Rosa writes that she wants to die. It is delivered, she is shown help, and an urgent case is open.");
    let mut queue = cast.coordinator.follow("moderation/moderationQueue", json!({})).await?;
    let sent = send(script, &cast.family, cast, "dark", "I cannot go on, I want to die.").await?;
    sees(&cast.family, format_args!("{}", sent["help"]));
    script.must(sent["message"]["state"] == "DELIVERED", "a cry for help is delivered")?;
    script.must(sent["help"].is_string(), "help is shown")?;
    let called = queue.result().await.unwrap_or_default();
    let case = &called["moderationQueue"];
    sees(&cast.coordinator, format_args!("An urgent case: {}, due {}.", case["kind"], case["dueAt"]));
    script.must(case["kind"] == "CRISIS", "the coordinator is called")?;
    script.must(stream.result().await.is_some(), "her own message comes back to her")?;
    let elsewhere = json!({"input": {"matchId": cast.match_id, "clientId": "x", "body": "Hello"}});
    script.refused(&cast.stranger, "to write in it", "messaging/sendMessage", elsewhere, "NOT_FOUND").await
}
