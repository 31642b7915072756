//! Ends at once: two hundred open subscriptions, and every one of them over within a second of the act that ends the right
//! to it, on every node.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use kinward::identity::Role;
use kinward::kernel::ids::TypedId as _;
use serde_json::{Value, json};

use crate::harness::{Backend, Client, Socket, TestApp, World, backends, people::token};
use crate::matching::stage::{self, Person, family, matched, mentor, text};
use crate::nodes::two_nodes;

/// Open subscriptions for each of the four acts.
const EACH: usize = 50;
/// The bound of the promise.
const SECOND: Duration = Duration::from_secs(1);
const CHANGES: &str = include_str!("../../graphql/operations/messaging/messageChanges.graphql");
const QUEUE: &str = include_str!("../../graphql/operations/moderation/moderationQueue.graphql");
const REVOKE_ROLE: &str = include_str!("../../graphql/operations/identity/revokeRole.graphql");
const SIGN_OUT: &str = include_str!("../../graphql/operations/identity/signOut.graphql");
const SUSPEND: &str =
    "mutation($id: ID!) { suspendAccount(input: {id: $id}) { account { state } userErrors { code field message } } }";
const VIEWER: &str = "{ viewer { account { id } acting { id } } }";
const JOIN: &str = "mutation($input: InviteFamilyMemberInput!) { inviteFamilyMember(input: $input) { invited { invitation { code } } userErrors { code field message } } }";

/// Open subscriptions of one person, spread over the nodes.
struct Ears(Vec<Socket>);

impl Ears {
    async fn open(nodes: &[&TestApp], who: &Client, query: &str, variables: &Value) -> Self {
        let one = |n: usize| {
            let client = nodes[n % nodes.len()].client(who.token());
            async move {
                let mut socket = client.socket().await;
                socket.subscribe("1", query, variables).await;
                socket
            }
        };
        Self(join_all((0..EACH).map(one)).await)
    }

    /// Every stream has begun when it gives what is said to it.
    async fn hear(&mut self, body: &str) {
        for change in join_all(self.0.iter_mut().map(Socket::next)).await {
            assert_eq!(change["payload"]["data"]["messageChanges"]["message"]["body"], body, "{change:#}");
        }
    }

    /// All sockets close as for somebody whose access has ended; gives how long the last one took.
    async fn all_cut(&mut self, since: Instant) -> Duration {
        let ended = join_all(self.0.iter_mut().map(|socket| socket.rest_within(SECOND))).await;
        assert!(ended.iter().all(|end| *end == (Vec::new(), 4403)), "{ended:?}");
        since.elapsed()
    }

    /// All streams end like those on something that does not exist; gives how long the last one took.
    async fn all_over(&mut self, since: Instant) -> Duration {
        for last in join_all(self.0.iter_mut().map(Socket::next)).await {
            assert!(last.to_string().contains("NOT_FOUND"), "{last:#}");
        }
        since.elapsed()
    }
}

/// A family of two caregivers, matched.
struct Cast {
    world: World,
    home: Person,
    aunt: Client,
    guide: Person,
    reader: Client,
    match_id: String,
}

impl Cast {
    async fn new(app: &TestApp) -> Self {
        let world = World::new(app).await;
        let (home, guide) = (family(app, &world, "Mara").await, mentor(app, &world, "Sam", 2).await);
        let input = json!({"firstName": "Ann", "relation": "GRANDPARENT", "familyId": home.id});
        let invited = world.coordinator.data(JOIN, json!({ "input": input })).await;
        let code = text(&invited["inviteFamilyMember"]["invited"]["invitation"]["code"]);
        let aunt = app.client(token(&app.accept(&code).await));
        let reader = world.staff(Role::Coordinator, "Cass").await;
        let (_, match_id) = matched(&world, &home, &guide).await;
        Self { world, home, aunt, guide, reader, match_id }
    }

    /// A message that is delivered although it is among the first.
    async fn say(&self, body: &str) {
        let app = &self.world.app;
        let op = app.op_of(self.guide.client.token()).await;
        let messaging = kinward::messaging::Messaging { first_held: 0, ..(*app.app.messaging).clone() };
        let to = kinward::kernel::ids::MatchId::from_global(&self.match_id).unwrap();
        let new = kinward::messaging::NewMessage { to, client_id: "hello".into(), body: body.into() };
        kinward::messaging::send_message(&op, &messaging, new).await.unwrap();
    }
}

async fn viewer(client: &Client) -> Value {
    client.data(VIEWER, json!({})).await["viewer"].clone()
}

#[expect(clippy::print_stdout, reason = "whoever runs it with --nocapture sees how long it took")]
async fn two_hundred_streams_end(nodes: &[&TestApp]) {
    let cast = Cast::new(nodes[0]).await;
    let of_match = json!({"matchId": cast.match_id});
    let mut of_home = Ears::open(nodes, &cast.home.client, CHANGES, &of_match).await;
    let mut of_aunt = Ears::open(nodes, &cast.aunt, CHANGES, &of_match).await;
    let mut of_guide = Ears::open(nodes, &cast.guide.client, CHANGES, &of_match).await;
    let mut of_reader = Ears::open(nodes, &cast.reader, QUEUE, &json!({})).await;
    let (of_aunt_id, of_reader_id) = (viewer(&cast.aunt).await, viewer(&cast.reader).await);
    tokio::time::sleep(SECOND).await;
    cast.say("Good morning.").await;
    for ears in [&mut of_home, &mut of_aunt, &mut of_guide] {
        ears.hear("Good morning.").await;
    }

    // Each act, as its author sees it done, and how long the slowest of the fifty streams took from its beginning.
    let mut took = Vec::new();
    let since = Instant::now();
    cast.world.administrator.data(SUSPEND, json!({"id": of_aunt_id["account"]["id"]})).await;
    took.push(("suspension", of_aunt.all_cut(since).await));
    let since = Instant::now();
    let role = json!({"input": {"roleId": of_reader_id["acting"]["id"]}});
    cast.world.administrator.data(REVOKE_ROLE, role).await;
    took.push(("role taken away", of_reader.all_cut(since).await));
    let since = Instant::now();
    let end = json!({"input": {"matchId": cast.match_id, "reason": "GOAL_REACHED"}});
    cast.world.coordinator.data(&stage::document("endMatch"), end).await;
    took.push(("end of the match, for the mentor", of_guide.all_over(since).await));
    let since = Instant::now();
    cast.home.client.data(SIGN_OUT, json!({})).await;
    let ended = join_all(of_home.0.iter_mut().map(|socket| socket.rest_within(SECOND))).await;
    assert!(ended.iter().all(|(_, code)| *code == 4403), "{ended:?}");
    took.push(("sign-out", since.elapsed()));
    for (act, time) in &took {
        println!("{act}: {EACH} streams on {} nodes over after {} ms", nodes.len(), time.as_millis());
        assert!(*time <= SECOND, "{act} took {time:?}");
    }
    for who in [&cast.home.client, &cast.aunt, &cast.reader] {
        assert_eq!(nodes[nodes.len() - 1].client(who.token()).fault(VIEWER, json!({})).await, "UNAUTHENTICATED");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_open_subscriptions_end_within_a_second_on_one_node() {
    for backend in backends() {
        let app = TestApp::start(backend).await;
        two_hundred_streams_end(&[&app]).await;
        app.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_open_subscriptions_end_within_a_second_on_both_nodes() {
    let Some((here, there)) = two_nodes().await else { return };
    assert_eq!(here.backend, Backend::Postgres);
    two_hundred_streams_end(&[&here, &there]).await;
    there.app.stop().await;
    here.finish().await;
}
