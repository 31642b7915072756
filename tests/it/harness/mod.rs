//! A whole node per test: its own database, a clock that the test moves, seeded randomness, real HTTP.

mod client;
mod database;
pub mod passkey;
pub mod paths;
pub mod people;
mod socket;

pub use client::Client;
pub use database::{Backend, backends};
pub use people::World;
pub use socket::Socket;

use std::future::Future;
use std::sync::Arc;

use kinward::app::{App, Sources};
use kinward::config::Settings;
use kinward::kernel::{ManualClock, SeededEntropy};
use kinward::op::Op;

/// The instant at which every test begins: a Monday afternoon in UTC.
pub const START: &str = "2026-11-23T15:00:00Z";

/// A running node.
#[derive(Clone)]
pub struct TestApp {
    pub app: App,
    pub clock: Arc<ManualClock>,
    pub url: String,
    pub backend: Backend,
    pub authenticators: people::Authenticators,
    database: Arc<database::Database>,
}

impl TestApp {
    /// Starts a node on a fresh database. Background work runs only when the test calls [`TestApp::settle`].
    pub async fn start(backend: Backend) -> Self {
        Self::start_with(backend, |_| {}).await
    }

    /// The same with changed settings.
    pub async fn start_with(backend: Backend, change: impl FnOnce(&mut Settings)) -> Self {
        let database = Arc::new(database::Database::fresh(backend).await);
        Self::join(database, backend, change).await
    }

    /// A further node on the same database.
    pub async fn second_node(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let joined = Self::join(Arc::clone(&self.database), self.backend, change).await;
        Self { authenticators: self.authenticators.clone(), ..joined }
    }

    async fn join(database: Arc<database::Database>, backend: Backend, change: impl FnOnce(&mut Settings)) -> Self {
        let clock = Arc::new(ManualClock::at(START.parse().unwrap()));
        // Each node draws other ids; the first node of every test draws the same ones each time.
        let entropy = Arc::new(SeededEntropy::new(database.next_seed()));
        let mut settings = Settings::for_demo(std::path::Path::new("."), 8080, &SeededEntropy::new(1)).unwrap();
        settings.database.url = database.url.clone().into();
        // Tests ask for much that is not there.
        settings.limits.not_found_millis = 0;
        change(&mut settings);
        let sources = Sources { clock: Arc::clone(&clock) as _, entropy, cheap_passphrases: true };
        let app = App::build(settings, sources, false).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = app.clone();
        app.tasks.spawn(async move { kinward::routes::serve(&serving, listener).await.unwrap() });
        Self { app, clock, url, backend, authenticators: people::Authenticators::default(), database }
    }

    /// Does all background work that is due now.
    pub async fn settle(&self) {
        self.app.tick().await.unwrap();
    }

    /// Moves the clock and does the background work that falls due.
    pub async fn advance(&self, by: jiff::SignedDuration) {
        self.clock.advance(by);
        self.settle().await;
    }

    /// The present instant in whole seconds since 1970.
    pub fn clock_seconds(&self) -> i64 {
        self.app.core.clock.now().as_second()
    }

    /// The service's own operation.
    pub fn system(&self) -> Op {
        Op::system(&self.app.core)
    }

    /// A caller without a token.
    pub fn anonymous(&self) -> Client {
        Client::new(self.url.clone(), None)
    }

    /// A caller with this access token.
    pub fn client(&self, token: &str) -> Client {
        Client::new(self.url.clone(), Some(token.to_owned()))
    }

    /// Stops the node; fails if a job failed for good.
    pub async fn finish(self) {
        self.settle().await;
        let failed = self.count("SELECT count(*) AS n FROM job WHERE failed_at IS NOT NULL").await;
        assert_eq!(failed, 0, "a background job failed for good");
        self.app.stop().await;
    }

    /// Where the database is, for connections of a test's own.
    pub fn database_url(&self) -> &str {
        &self.database.url
    }

    /// The number in column `n` of a query, for looking behind the face.
    pub async fn count(&self, sql: &str) -> i64 {
        self.database.count(sql).await
    }

    /// Runs SQL behind the service's back, as the owner of the database.
    pub async fn tamper(&self, sql: &str) -> Result<(), sea_orm::DbErr> {
        self.database.tamper(sql).await
    }

    /// All values of all rows of a table as one text, to show what a thief of the disk would read.
    pub async fn dump(&self, table: &str) -> String {
        self.database.dump(table).await
    }
}

/// Runs the same test on a fresh node over each database that is there: SQLite always, PostgreSQL when
/// `KINWARD_TEST_POSTGRES` names one.
pub async fn on_each<F, Fut>(test: F)
where
    F: Fn(TestApp) -> Fut,
    Fut: Future<Output = ()>,
{
    for backend in backends() {
        let app = TestApp::start(backend).await;
        test(app.clone()).await;
        app.finish().await;
    }
}
