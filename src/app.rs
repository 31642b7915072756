//! What is built once per process: the core of all services, the features' own parts, the background work, and a stop
//! that loses nothing.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::Policy;
use crate::audit::{self, Appender};
use crate::config::{BusKind, SecretKey, Settings};
use crate::db::{self, Db};
use crate::events::{self, Bus, Hub, LocalBus, NatsBus};
use crate::graphql::Budget;
use crate::identity::{
    Identity, Lifetime, Lifetimes, Passkeys, Passphrases, Provider, ProviderSettings, StrongWays, Throttle,
    ThrottleRules, Tokens,
};
use crate::jobs::{Handler, Runner};
use crate::kernel::{Clock, Entropy, Error, Ids, Result, Sealer};
use crate::keyring;
use crate::messaging::Messaging;
use crate::op::{Core, Op};
use crate::screening::Screener;

/// The subject that the nodes of one service share on NATS.
const BUS_SUBJECT: &str = "kinward.events";
/// How often each node looks for late events, due jobs and entries without a place in the index.
const TICK: Duration = Duration::from_millis(250);
/// How old an event in the outbox is before any node publishes it.
const STALE: SignedDuration = SignedDuration::from_millis(500);

/// Where time and randomness come from.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Whether passphrases cost next to nothing, for invented people only.
    pub cheap_passphrases: bool,
}

impl Default for Sources {
    fn default() -> Self {
        let clock = Arc::new(crate::kernel::SystemClock);
        Self { clock, entropy: Arc::new(crate::kernel::SystemEntropy), cheap_passphrases: false }
    }
}

/// One running node.
#[derive(Debug, Clone)]
pub struct App {
    /// What all services share.
    pub core: Arc<Core>,
    /// Keys, passphrase workers and rate limits of identity.
    pub identity: Arc<Identity>,
    /// What conversations need: the screener, and who opens cases.
    pub messaging: Arc<Messaging>,
    /// The settings in force.
    pub settings: Arc<Settings>,
    /// What each caller may spend.
    pub budget: Arc<Budget>,
    /// Runs background jobs.
    pub runner: Runner,
    /// Fires when the node is to stop.
    pub stop: CancellationToken,
    /// Everything that a stop waits for.
    pub tasks: TaskTracker,
}

impl App {
    /// Connects to the database, brings it up to date if `migrate`, and builds the node. Nothing runs yet.
    pub async fn build(settings: Settings, sources: Sources, migrate: bool) -> Result<Self> {
        let Sources { clock, entropy, cheap_passphrases } = sources;
        let url = settings.database.url.expose_secret().to_owned();
        let max_connections = settings.database.max_connections;
        if migrate {
            let owner = Db::connect(&db::Options { url: url.clone(), max_connections: 1, role: None }).await?;
            owner.migrate().await?;
            owner.close().await;
        }
        let role = Some(settings.database.runtime_role.clone());
        let db = Db::connect(&db::Options { url, max_connections, role }).await?;
        let sealer = Sealer::new(settings.keys.sealing.expose(), Arc::clone(&entropy))?;
        keyring::check(&db, &sealer).await?;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let hub = Arc::new(Hub::default());
        let bus = bus(&settings, &hub, &tasks, &stop).await?;
        let core = Arc::new(Core {
            db: db.clone(),
            ids: Ids::new(Arc::clone(&clock), Arc::clone(&entropy)),
            policy: Policy::load().map_err(Error::internal)?,
            sealer,
            appender: Appender::new(tasks.clone()),
            hub,
            bus,
            not_found_step: Duration::from_millis(settings.limits.not_found_millis.into()),
            clocks: settings.clocks.clone(),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
        });
        let passphrases = Passphrases::new(settings.limits.passphrase_hashes as usize, entropy);
        let identity = Arc::new(Identity {
            tokens: tokens(&settings)?,
            passphrases: if cheap_passphrases { passphrases.cheap() } else { passphrases },
            throttle: throttle(&settings),
            lifetimes: lifetimes(&settings)?,
            provider: provider(&settings)?,
            passkeys: Passkeys::new(settings.server.public_url.as_str())?,
        });
        let screener = Arc::new(Screener::new().map_err(Error::internal)?);
        let messaging = Arc::new(Messaging::new(screener, Arc::new(crate::moderation::Opener)));
        let node = core.ids.make::<uuid::Uuid>().to_string();
        let runner = Runner::new(db, clock, node, handlers(&core));
        let budget = Arc::new(Budget::new(NonZeroU32::new(settings.limits.caller_cost).unwrap_or(NonZeroU32::MAX)));
        Ok(Self { core, identity, messaging, budget, settings: Arc::new(settings), runner, stop, tasks })
    }

    /// Starts the background work: late events, due jobs, places in the audit index, tidying.
    pub fn start(&self) {
        let app = self.clone();
        self.tasks.spawn(async move {
            // What an older version left in clear; it may still run beside this one, so every start looks again.
            if let Err(error) = crate::mentors::seal_keys_in_clear(&Op::system(&app.core)).await {
                tracing::warn!(%error, "keys in clear are sealed at the next start");
            }
            while !app.stop.is_cancelled() {
                if let Err(error) = app.tick().await {
                    tracing::warn!(%error, "background work failed and is tried again");
                }
                tokio::select! {
                    () = app.stop.cancelled() => {}
                    () = tokio::time::sleep(TICK) => {}
                }
            }
        });
    }

    /// One round of the background work. Tests call it to get to the end of what is due.
    pub async fn tick(&self) -> Result<()> {
        let (core, now) = (&self.core, self.core.clock.now());
        // Each part goes on when another fails: a bus that is down must not keep proposals from expiring.
        let relayed = events::relay_stale(&core.db, core.bus.as_ref(), now, STALE).await.map(|_| ());
        let ran = self.runner.run_due(&self.stop).await.map(|_| ());
        let indexed = self.index().await;
        self.budget.tidy();
        let tidied = self.identity.throttle.tidy(core).await;
        relayed.and(ran).and(indexed).and(tidied)
    }

    async fn index(&self) -> Result<()> {
        while audit::index_pending(&self.core.db, self.core.clock.now()).await? > 0 {}
        Ok(())
    }

    /// Stops: in-flight requests finish within the grace period, sockets are closed, leases are returned, the last entries of
    /// the audit log get their places.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(self.settings.server.shutdown_grace, self.tasks.wait()).await.is_err() {
            tracing::warn!("the grace period is over; what still runs is cut off");
        }
        if !matches!(tokio::time::timeout(self.settings.server.shutdown_grace, self.index()).await, Ok(Ok(()))) {
            tracing::warn!("the last audit entries get their places at the next start");
        }
        self.core.db.close().await;
    }
}

fn tokens(settings: &Settings) -> Result<Tokens> {
    let keys = &settings.keys;
    let others = keys.token_signing_next.iter().chain(&keys.token_signing_former).map(SecretKey::expose);
    Tokens::new(settings.server.public_url.as_str(), keys.token_signing.expose(), others)
}

fn lifetimes(settings: &Settings) -> Result<Lifetimes> {
    let of = &settings.sign_ins;
    let lifetime = |idle: Duration, longest: Duration| -> Result<Lifetime> {
        let exact = |span| SignedDuration::try_from(span).map_err(Error::internal);
        Ok(Lifetime { idle: exact(idle)?, longest: exact(longest)? })
    };
    Ok(Lifetimes {
        family: lifetime(of.family_idle, of.family_longest)?,
        mentor: lifetime(of.mentor_idle, of.mentor_longest)?,
        staff: lifetime(of.staff_idle, of.staff_longest)?,
        administrator: lifetime(of.administrator_idle, of.administrator_longest)?,
    })
}

/// The staff's identity provider, where the settings name one; it is asked when somebody first needs it.
fn provider(settings: &Settings) -> Result<Option<Provider>> {
    let of = &settings.oidc;
    let (Some(issuer), Some(client_id), Some(client_secret)) = (&of.issuer_url, &of.client_id, &of.client_secret)
    else {
        return Ok(None);
    };
    Provider::new(ProviderSettings {
        issuer: issuer.as_str().to_owned(),
        is_here: issuer.is_here(),
        client_id: client_id.clone(),
        client_secret: client_secret.clone(),
        redirect_url: format!("{}{}", settings.server.public_url.as_str(), of.redirect_path),
        strong: StrongWays::new(&of.strong_amr, &of.strong_acr),
        proof_within: SignedDuration::try_from(of.proof_within).map_err(Error::internal)?,
    })
    .map(Some)
}

fn throttle(settings: &Settings) -> Throttle {
    let limits = &settings.limits;
    let tries = |count: u32| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
    let rules = ThrottleRules {
        per_place: tries(limits.sign_in_tries_per_name),
        from_new_places: tries(limits.sign_in_tries_from_new_places),
        per_source: tries(limits.sign_in_tries_per_address),
        window: limits.sign_in_window,
    };
    Throttle::new(rules, settings.keys.source_hash.expose())
}

async fn bus(
    settings: &Settings,
    hub: &Arc<Hub>,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Result<Arc<dyn Bus>> {
    match (settings.bus.kind, &settings.bus.nats_url) {
        (BusKind::Local, _) => Ok(Arc::new(LocalBus(Arc::clone(hub)))),
        (BusKind::Nats, None) => Err(Error::internal("bus.nats_url is needed for bus.kind = \"nats\"")),
        (BusKind::Nats, Some(url)) => {
            let (bus, subscriber) = NatsBus::connect(url.expose_secret(), BUS_SUBJECT).await?;
            let (hub, stop) = (Arc::clone(hub), stop.clone());
            tasks.spawn(async move {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = NatsBus::pump(subscriber, hub) => {}
                }
            });
            Ok(Arc::new(bus))
        }
    }
}

/// Every kind of background job and what runs it. A feature adds a line here.
fn handlers(core: &Arc<Core>) -> HashMap<&'static str, Handler> {
    use crate::breakglass::jobs as breakglass;
    use crate::identity::jobs as identity;
    use crate::matching::jobs as matching;
    use crate::releases::jobs as releases;
    use crate::scheduling::jobs as scheduling;
    HashMap::from([
        (
            identity::FORGET_CHALLENGES,
            handler(core, |op, _| Box::pin(async move { identity::forget_challenges(&op).await })),
        ),
        (
            identity::SETTLE_RESET,
            handler(core, |op, payload| Box::pin(async move { identity::settle_reset(&op, payload).await })),
        ),
        (
            breakglass::LAPSE,
            handler(core, |op, payload| Box::pin(async move { breakglass::lapse(&op, payload).await })),
        ),
        (releases::EXPIRE, handler(core, |op, payload| Box::pin(async move { releases::expire(&op, payload).await }))),
        (
            matching::EXPIRE_PROPOSAL,
            handler(core, |op, payload| Box::pin(async move { matching::expire_proposal(&op, payload).await })),
        ),
        (
            identity::MENTOR_SHUT_OUT,
            handler(core, |op, payload| Box::pin(async move { matching::mentor_shut_out(&op, payload).await })),
        ),
        (
            scheduling::EXPIRE_HOLD,
            handler(core, |op, payload| Box::pin(async move { scheduling::expire_hold(&op, payload).await })),
        ),
        (
            scheduling::MATCH_ENDED,
            handler(core, |op, payload| Box::pin(async move { scheduling::match_ended(&op, payload).await })),
        ),
    ])
}

/// A feature's job: what it does as the service itself, with its payload.
type Work = fn(Op, serde_json::Value) -> BoxFuture<'static, Result<()>>;

fn handler(core: &Arc<Core>, work: Work) -> Handler {
    let core = Arc::clone(core);
    Arc::new(move |job| work(Op::system(&core), job.payload))
}
