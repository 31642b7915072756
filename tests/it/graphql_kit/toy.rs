//! A toy schema behind the kit, on a real socket.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, Schema, SimpleObject, Subscription, Union};
use futures_util::{Stream, StreamExt, stream};
use jiff::SignedDuration;
use kinward::{
    graphql::{
        Admission, Connection, Gate, Kit, Limits, RequestMeta, connection, fault, page_request, router,
        scalars::DateTime, target,
    },
    kernel::{Clock, Code, Error, Ids, ManualClock, PageRequest, Problem, SeededEntropy, ids::FamilyId, page::Cursor},
    payload,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    Red,
    Green,
}

#[derive(Clone)]
pub(super) struct Item(i64);

#[Object]
impl Item {
    async fn number(&self) -> i64 {
        self.0
    }

    async fn name(&self) -> String {
        format!("item {}", self.0)
    }

    async fn children(&self, first: Option<i32>, after: Option<String>) -> Result<Connection<Item>> {
        items(first, after.as_deref())
    }
}

#[derive(SimpleObject)]
pub(super) struct Dog {
    barks: bool,
    size: i32,
}

#[derive(SimpleObject)]
pub(super) struct Cat {
    purrs: bool,
    size: String,
}

#[derive(Union)]
pub(super) enum Pet {
    Dog(Dog),
    Cat(Cat),
}

fn items(first: Option<i32>, after: Option<&str>) -> Result<Connection<Item>> {
    let request: PageRequest = page_request(first, after)?;
    let start = request.after().map_or(0, |cursor| cursor.key + 1);
    let rows = (start..30).take(usize::try_from(request.limit()).unwrap()).map(Item).collect();
    let place = |item: &Item| Cursor { key: item.0, id: Uuid::from_u128(1) };
    Ok(connection(&request, request.page(rows), place, |item| item))
}

pub(super) struct Query;

#[Object]
impl Query {
    async fn hello(&self) -> &str {
        "hello"
    }

    async fn request_id(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(ctx.data::<RequestMeta>()?.request_id.to_string())
    }

    async fn paint(&self, colour: Colour) -> Colour {
        colour
    }

    async fn number(&self, n: i32) -> i32 {
        n
    }

    async fn items(&self, first: Option<i32>, after: Option<String>) -> Result<Connection<Item>> {
        items(first, after.as_deref())
    }

    async fn pets(&self) -> Vec<Pet> {
        vec![Pet::Dog(Dog { barks: true, size: 3 }), Pet::Cat(Cat { purrs: true, size: "small".to_owned() })]
    }

    async fn family(&self, id: ID) -> Result<String> {
        let id: FamilyId = target(&id, "id").map_err(fault)?;
        Ok(id.to_string())
    }

    async fn leak(&self) -> Result<i32> {
        Err(Error::internal("SELECT secret"))?
    }

    async fn slow(&self) -> i32 {
        tokio::time::sleep(Duration::from_mins(1)).await;
        1
    }

    async fn boom(&self) -> i32 {
        assert!(std::hint::black_box(false), "on purpose");
        1
    }
}

#[derive(InputObject)]
pub(super) struct RenameInput {
    name: String,
}

#[derive(InputObject)]
pub(super) struct LineInput {
    count: i32,
    colour: Option<Colour>,
}

/// An input with everything that can be wrong inside: numbers, words, instants, lists, a field that is needed.
#[derive(InputObject)]
pub(super) struct OrderInput {
    lines: Vec<LineInput>,
    title: String,
    urgent: Option<bool>,
    weight: Option<f64>,
    at: Option<DateTime>,
    family_id: Option<ID>,
}

payload! {
    /// What renaming gives.
    RenamePayload {
        /// The new name.
        name: String
    }
}

pub(super) struct Mutation;

#[Object]
impl Mutation {
    async fn rename(&self, input: RenameInput) -> Result<RenamePayload> {
        RenamePayload::from_result(match input.name.as_str() {
            "" => Err(Problem::at(Code::Required, "input.name", "This is needed.").into()),
            "forbidden" => Err(Error::Forbidden),
            _ => Ok(input.name),
        })
    }

    /// Counts what was ordered.
    async fn order(&self, input: OrderInput) -> Result<i32> {
        let _ = (input.title, input.urgent, input.weight, input.at);
        if let Some(id) = input.family_id {
            target::<FamilyId>(&id, "input.familyId").map_err(fault)?;
        }
        Ok(input.lines.iter().filter(|line| line.colour != Some(Colour::Green)).map(|line| line.count).sum())
    }
}

pub(super) struct Subscriptions;

#[Subscription]
impl Subscriptions {
    async fn countdown(&self) -> impl Stream<Item = i32> {
        stream::iter((0..5).rev())
    }

    async fn idle(&self) -> impl Stream<Item = i32> {
        stream::pending()
    }

    async fn ticks(&self) -> impl Stream<Item = i32> {
        stream::unfold(0, |n| async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Some((n, n + 1))
        })
    }

    async fn flood(&self) -> impl Stream<Item = String> {
        stream::repeat_with(|| "x".repeat(10_000))
    }

    async fn denied(&self) -> Result<stream::BoxStream<'static, i32>> {
        Err::<stream::BoxStream<'static, i32>, _>(fault(Error::NotFound)).map(StreamExt::boxed)
    }
}

/// Whether the bearer of `watched` stands, and how often that was looked up.
#[derive(Default)]
pub(super) struct Watched {
    answer: AtomicU32,
    looks: AtomicU32,
}

impl Watched {
    pub(super) fn gone(&self) {
        self.answer.store(1, Ordering::SeqCst);
    }

    /// Nobody can tell any more.
    pub(super) fn unknown(&self) {
        self.answer.store(2, Ordering::SeqCst);
    }

    pub(super) fn looks(&self) -> u32 {
        self.looks.load(Ordering::SeqCst)
    }

    fn look(&self) -> kinward::kernel::Result<()> {
        self.looks.fetch_add(1, Ordering::SeqCst);
        match self.answer.load(Ordering::SeqCst) {
            0 => Ok(()),
            1 => Err(Error::Unauthenticated),
            _ => Err(Error::Unavailable("on purpose")),
        }
    }
}

/// Tokens: `good`, `short` (one minute), `cuttable`, `watched`, `busy`; anything else is bad, and none is an anonymous caller.
pub(super) struct ToyGate {
    clock: Arc<ManualClock>,
    cut: CancellationToken,
    watched: Arc<Watched>,
}

impl Gate for ToyGate {
    async fn admit(&self, bearer: Option<&str>, _: &RequestMeta) -> kinward::kernel::Result<Admission> {
        let admission = Admission::new(|request, meta| request.data(meta.clone()));
        match bearer {
            None | Some("good") => Ok(admission),
            Some("short") => Ok(admission.until(self.clock.now() + SignedDuration::from_secs(60))),
            Some("cuttable") => Ok(admission.cut_by(self.cut.clone())),
            Some("watched") => {
                let watched = Arc::clone(&self.watched);
                Ok(admission.checked_by(move || {
                    let watched = Arc::clone(&watched);
                    Box::pin(async move { watched.look() })
                }))
            }
            Some("busy") => Err(Error::TooMany { retry_after: 7 }),
            Some(_) => Err(Error::Unauthenticated),
        }
    }
}

pub(super) type ToySchema = Schema<Query, Mutation, Subscriptions>;
pub(super) type ToyKit = Kit<ToySchema, ToyGate>;

/// A running toy.
pub(super) struct Toy {
    pub(super) address: SocketAddr,
    pub(super) clock: Arc<ManualClock>,
    pub(super) cut: CancellationToken,
    pub(super) watched: Arc<Watched>,
    pub(super) shutdown: CancellationToken,
    pub(super) tasks: TaskTracker,
    _server: tokio::task::JoinSet<()>,
}

impl Toy {
    /// Serves the toy on a free port, with introspection on.
    pub(super) async fn start(change: impl FnOnce(&mut ToyKit)) -> Self {
        Self::start_on(0, change).await
    }

    pub(super) async fn start_on(port: u16, change: impl FnOnce(&mut ToyKit)) -> Self {
        let clock = Arc::new(ManualClock::at("2026-11-23T12:00:00Z".parse().unwrap()));
        let cut = CancellationToken::new();
        let ids = Ids::new(clock.clone(), Arc::new(SeededEntropy::new(7)));
        let watched = Arc::new(Watched::default());
        let gate = ToyGate { clock: clock.clone(), cut: cut.clone(), watched: watched.clone() };
        let limits = Limits { introspection: true, ..Limits::default() };
        let plain = Schema::new(Query, Mutation, Subscriptions);
        let mut kit = Kit::new(plain, gate, clock.clone(), ids);
        kit.limits = limits;
        kit.sockets.origins = vec!["https://kinward.example".to_owned()];
        kit.sockets.expiry_check = Duration::from_millis(50);
        change(&mut kit);
        kit.executor = kit.limits.apply(Schema::build(Query, Mutation, Subscriptions)).finish();
        let (shutdown, tasks) = (kit.shutdown.clone(), kit.tasks.clone());
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = router(kit).into_make_service_with_connect_info::<SocketAddr>();
        let mut server = tokio::task::JoinSet::new();
        server.spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, clock, cut, watched, shutdown, tasks, _server: server }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }
}

/// Serves the toy for the public suites: `KINWARD_TOY_PORT` names the port, `KINWARD_TOY_SECONDS` how long.
#[tokio::test]
#[ignore = "serves until its time is over; started by the conformance suites"]
async fn serve_toy_for_conformance() {
    let number = |name: &str, standing| std::env::var(name).map_or(standing, |text| text.parse().unwrap());
    let port = u16::try_from(number("KINWARD_TOY_PORT", 8099)).unwrap();
    let _toy = Toy::start_on(port, |kit| kit.graphiql = true).await;
    tokio::time::sleep(Duration::from_secs(number("KINWARD_TOY_SECONDS", 60))).await;
}
