//! What people send: read once, kept as it is, bounded, and never more than was asked for.

use kinward::kernel::ids::TypedId as _;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{CREATE, SIGN_IN};
use crate::harness::{Backend, Client, TestApp, World, on_each};
use crate::scheduling::{Pair, document};

const PROGRAMME: &str = "query($id: ID!) { programme(id: $id) { name } }";

/// Texts that mean something to an interpreter that we may not have thought of. None is longer than a programme's name.
const HOSTILE: [&str; 16] = [
    "'; DROP TABLE programme; --",
    "\" OR \"\"=\"",
    "x'); UPDATE account SET state='active'; --",
    "<script>alert(document.cookie)</script>",
    "<img src=x onerror=alert(1)>",
    "</script><svg onload=alert(1)>",
    "{\"$where\": \"sleep(1000)\"}",
    "${7*7} {{7*7}} <%= 7*7 %> #{7*7}",
    "$(touch /tmp/x) `id` | cat; & del",
    "%s%s%n {} {0} {:?} %x",
    "../../../../etc/passwd",
    "*)(uid=*))(|(uid=*",
    "' or count(/*)=1 or 'a'='b",
    "\\input{/etc/passwd} \\write18{id}",
    "&lt;b&gt; &#x3c; %3Cb%3E \\u003cb\\u003e",
    "[x](javascript:alert(1)) \\\\ \u{2028} \u{2029} é 🙂",
];

#[tokio::test]
async fn hostile_text_comes_back_as_it_went() {
    on_each(|app| async move {
        let world = World::new(&app).await;
        for text in HOSTILE {
            let input = json!({"input": {"name": text, "zone": "Europe/Oslo"}});
            let made = world.administrator.data(CREATE, input).await["createProgramme"]["programme"].clone();
            assert_eq!(made["name"], text);
            let read = world.administrator.data(PROGRAMME, json!({"id": made["id"]})).await;
            assert_eq!(read["programme"]["name"], text);
            // Found again by what it is, not by what it would do.
            let taken = json!({"input": {"name": text, "zone": "Europe/Oslo"}});
            assert_eq!(world.administrator.refused(CREATE, taken).await, ["NAME_TAKEN input.name"]);
            // A name to sign in with leads to nobody, and to nobody else.
            let sign_in = json!({"input": {"signInName": text, "passphrase": "a passphrase of nobody"}});
            let (status, answer) = app.anonymous().raw(SIGN_IN, &sign_in).await;
            let answer = String::from_utf8(answer).unwrap();
            assert!(
                status == 200 && (answer.contains("WRONG_NAME") || answer.contains("TOO_MANY")),
                "{text}: {answer}"
            );
        }
        assert_eq!(app.count("SELECT count(*) AS n FROM programme").await, 1 + i64::try_from(HOSTILE.len()).unwrap());
    })
    .await;
}

#[tokio::test]
async fn what_is_encoded_twice_is_decoded_once() {
    let app = TestApp::start(Backend::Sqlite).await;
    let get = async |query: &str| reqwest::get(format!("{}/graphql?query={query}", app.url)).await.unwrap();
    assert_eq!(get("%7B__typename%7D").await.status(), StatusCode::OK);
    assert_eq!(get("%257B__typename%257D").await.status(), StatusCode::BAD_REQUEST);
    // A part that reads as an escape once it is decoded stays what it is.
    let answer = get("%7Bx:__typename%20@include(if:%20%2574rue)%7D").await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let world = World::new(&app).await;
    let input = json!({"input": {"name": "%41\\u0041&#65;", "zone": "Europe/Oslo"}});
    let made = world.administrator.data(CREATE, input).await;
    assert_eq!(made["createProgramme"]["programme"]["name"], "%41\\u0041&#65;");
    app.finish().await;
}

#[tokio::test]
async fn text_that_is_not_what_it_seems_is_refused() {
    let app = TestApp::start(Backend::Sqlite).await;
    let world = World::new(&app).await;
    for (text, code) in [
        ("zero\0byte", "INVALID"),
        ("line\nbreak", "INVALID"),
        ("escape\u{1b}[2J", "INVALID"),
        ("\u{202e}drawkcab", "INVALID"),
        ("\u{200b}\u{200b}\u{200b}", "REQUIRED"),
    ] {
        let input = json!({"input": {"name": text, "zone": "Europe/Oslo"}});
        assert_eq!(world.administrator.refused(CREATE, input).await, [format!("{code} input.name")], "{text:?}");
    }
    // One spelling: what looks the same is the same.
    let input = |name: &str| json!({"input": {"name": name, "zone": "Europe/Oslo"}});
    world.administrator.data(CREATE, input("Café of hope")).await;
    assert_eq!(world.administrator.refused(CREATE, input(" Cafe\u{301} of hope ")).await, ["NAME_TAKEN input.name"]);
    app.finish().await;
}

#[tokio::test]
async fn a_field_that_is_not_offered_cannot_be_set() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let (family, mentor) = (pair.family.now().await, pair.mentor.now().await);
        let before = app.dump("family").await + &app.dump("mentor").await + &app.dump("account").await;
        let id = pair.family_id.to_global();
        let update_family = "mutation($input: UpdateFamilyInput!) { updateFamily(input: $input) { family { id } } }";
        let update_mentor = "mutation($input: UpdateMentorInput!) { updateMentor(input: $input) { mentor { id } } }";
        let own = pair.mentor_id.to_global();
        let tries = [
            (&family, update_family, json!({"id": id, "zone": "Europe/Oslo", "programmeId": "prg_x"})),
            (&family, update_family, json!({"id": id, "zone": "Europe/Oslo", "createdAt": 1})),
            (&mentor, update_mentor, json!({"id": own, "zone": "Europe/Oslo", "state": "ready"})),
            (&mentor, update_mentor, json!({"id": own, "zone": "Europe/Oslo", "readiness": {"ready": true}})),
            (&mentor, update_mentor, json!({"id": own, "zone": "Europe/Oslo", "accountId": "acc_x"})),
            (&family, SIGN_IN, json!({"signInName": "a", "passphrase": "b", "role": "ADMINISTRATOR"})),
        ];
        for (client, document, input) in tries {
            assert_eq!(client.fault(document, json!({"input": input})).await, "VALIDATION_FAILED", "{input}");
        }
        let literal =
            format!("mutation {{ updateFamily(input: {{id: \"{id}\", state: \"x\"}}) {{ family {{ id }} }} }}");
        assert_eq!(family.fault(&literal, json!({})).await, "VALIDATION_FAILED");
        let after = app.dump("family").await + &app.dump("mentor").await + &app.dump("account").await;
        assert_eq!(before, after);
    })
    .await;
}

#[tokio::test]
async fn json_that_nests_without_end_is_refused() {
    let app = TestApp::start(Backend::Sqlite).await;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [200, 20_000] {
            let nested = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let body = format!("{{\"query\":\"{{__typename}}\",\"extensions\":{{\"x\":{nested}}}}}");
            let request = reqwest::Client::new().post(format!("{}/graphql", app.url));
            let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{open} {depth}");
        }
    }
    let mut socket = app.anonymous().socket().await;
    socket.say_text(&format!("{{\"type\":\"ping\",\"payload\":{}1{}}}", "[".repeat(2_000), "]".repeat(2_000))).await;
    assert_eq!(socket.closed_within(std::time::Duration::from_secs(5)).await, 4400);
    assert_eq!(app.anonymous().send("{__typename}", json!({})).await["data"]["__typename"], "Query");
    app.finish().await;
}

/// Fails if the service broke over this, and gives whether it did it.
async fn survives(client: &Client, document: &str, variables: Value) -> bool {
    let (status, answer) = client.raw(document, &variables).await;
    let text = String::from_utf8(answer).unwrap();
    assert!(status < 500 && !text.contains("\"INTERNAL\""), "{variables}: {text}");
    !text.contains("\"code\":")
}

#[tokio::test]
async fn numbers_and_times_at_their_ends_break_nothing() {
    on_each(|app| async move {
        let pair = Pair::new(&app).await;
        let (family, mentor) = (pair.family.now().await, pair.mentor.now().await);
        let (family_id, mentor_id) = (pair.family_id.to_global(), pair.mentor_id.to_global());
        let plan =
            "mutation($input: SetSafeContactPlanInput!) { setSafeContactPlan(input: $input) { userErrors { code } } }";
        let capacity = "mutation($input: UpdateMentorInput!) { updateMentor(input: $input) { userErrors { code } } }";
        let messages = "query($id: ID!, $n: Int) { messages(matchId: $id, first: $n) { edges { cursor } } }";
        for n in [i32::MIN, i32::MIN + 1, -1, 1441, i32::MAX - 1, i32::MAX] {
            for window in [json!([n, 0, 60]), json!([0, n, 60]), json!([0, 0, n]), json!([n, n, n])] {
                let hours = json!([{"weekday": window[0], "startMin": window[1], "endMin": window[2]}]);
                let input =
                    json!({"familyId": family_id, "zone": "America/Chicago", "channel": "IN_APP", "windows": hours});
                assert!(!survives(&family, plan, json!({"input": input})).await, "{window}");
                let input = json!({"mentorId": mentor_id, "zone": "America/Chicago", "hours": hours});
                let set = document("setWeeklyAvailability");
                assert!(!survives(&mentor, set, json!({"input": input})).await, "{window}");
            }
            let wish = json!({"matchId": pair.match_global(), "count": n, "durationMinutes": n});
            assert!(!survives(&family, document("commonSlots"), json!({"input": wish})).await, "{n}");
            let length =
                json!({"matchId": pair.match_global(), "startsAt": "2026-11-26T15:00:00Z", "durationMinutes": n});
            assert!(!survives(&family, document("bookSession"), json!({"input": length})).await, "{n}");
            assert!(!survives(&mentor, capacity, json!({"input": {"id": mentor_id, "capacity": n}})).await, "{n}");
            assert!(!survives(&family, messages, json!({"id": pair.match_global(), "n": n})).await, "{n}");
            let old = json!({"id": family_id, "zone": "America/Chicago", "version": n});
            let update = "mutation($input: UpdateFamilyInput!) { updateFamily(input: $input) { userErrors { code } } }";
            assert!(!survives(&family, update, json!({"input": old})).await, "{n}");
        }
        for at in ["-009999-01-02T01:59:59Z", "0000-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-30T22:00:00Z"] {
            let book = json!({"matchId": pair.match_global(), "startsAt": at});
            assert!(!survives(&family, document("bookSession"), json!({"input": book})).await, "{at}");
            let wish = json!({"matchId": pair.match_global(), "from": at});
            survives(&family, document("commonSlots"), json!({"input": wish})).await;
        }
        for date in ["0000-01-01", "-9999-01-01", "9999-12-31", "2026-02-30", "99999-01-01"] {
            let hours = json!({"ownerId": mentor_id, "date": date, "startMin": 0, "endMin": 60});
            assert!(!survives(&mentor, document("addExtraHours"), json!({"input": hours})).await, "{date}");
        }
    })
    .await;
}
