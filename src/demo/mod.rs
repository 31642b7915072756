//! `kinward demo`: an invented programme to look around in, and the walk that plays and checks the main journey.

mod seed;
mod walk;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;

use crate::app::{App, Sources};
use crate::cli::{say, serve_until_told};
use crate::config::Settings;
use crate::db::{Db, Options};
use crate::kernel::{Entropy as _, Error, Result, SystemEntropy};
use crate::{logging, routes};

/// Names the file that gets the addresses and tokens of a running demonstration, for the conformance suites.
const TOKENS_FILE: &str = "KINWARD_DEMO_TOKENS";
/// How many ports above the wanted one are tried.
const PORTS: u16 = 50;

/// Runs the demonstration, or plays the walk and exits.
pub async fn run(data: Option<PathBuf>, port: u16, walk: bool, timings: bool) -> Result<ExitCode> {
    let scratch = Scratch::new(data)?;
    let listener = listen(port).await?;
    let port = listener.local_addr().map_err(Error::internal)?.port();
    let settings = Settings::for_demo(&scratch.folder, port, &SystemEntropy).map_err(Error::internal)?;
    logging::start(&settings.log);
    if walk {
        walk_through(settings, listener).await
    } else {
        look_around(settings, listener, Stopwatch::start(timings)).await
    }
}

fn sources() -> Sources {
    Sources { cheap_passphrases: true, ..Sources::default() }
}

/// Plays the walk against a node that serves at `base` on an empty database; whether everything went as it must.
pub async fn walk_passes(app: &App, base: &str) -> bool {
    walk::play(app, base).await
}

async fn walk_through(settings: Settings, listener: TcpListener) -> Result<ExitCode> {
    let base = format!("http://{}", settings.server.listen);
    let app = App::build(settings, sources(), true).await?;
    app.start();
    let serving = app.clone();
    app.tasks.spawn(async move {
        if let Err(error) = routes::serve(&serving, listener).await {
            tracing::error!(%error, "serving failed");
        }
    });
    let passed = walk_passes(&app, &base).await;
    app.stop().await;
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

async fn look_around(settings: Settings, listener: TcpListener, mut watch: Stopwatch) -> Result<ExitCode> {
    let base = format!("http://{}", settings.server.listen);
    migrate(&settings).await?;
    watch.lap("migrations");
    let garden = seed::Garden::new(settings).await?;
    watch.lap("the node");
    let seeded = seed::plant(&garden).await?;
    watch.lap("planting");
    let app = garden.into_the_present();
    let people = seeded.sign_in(&app).await?;
    watch.lap("sign-ins");
    tell(&base, &people);
    watch.tell();
    if let Ok(file) = std::env::var(TOKENS_FILE) {
        write_tokens(Path::new(&file), &base, &people)?;
    }
    serve_until_told(&app, listener).await?;
    Ok(ExitCode::SUCCESS)
}

async fn migrate(settings: &Settings) -> Result<()> {
    let url = settings.database.url.expose_secret().to_owned();
    let owner = Db::connect(&Options { url, max_connections: 1, role: None }).await?;
    owner.migrate().await?;
    owner.close().await;
    Ok(())
}

/// How long the parts of the start take.
struct Stopwatch {
    is_asked_for: bool,
    since: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl Stopwatch {
    fn start(is_asked_for: bool) -> Self {
        Self { is_asked_for, since: Instant::now(), laps: Vec::new() }
    }

    fn lap(&mut self, part: &'static str) {
        self.laps.push((part, self.since.elapsed()));
        self.since = Instant::now();
    }

    fn tell(&self) {
        if !self.is_asked_for {
            return;
        }
        say("\nThe start took, in seconds:");
        let all = self.laps.iter().map(|(_, took)| *took).sum();
        for (part, took) in self.laps.iter().copied().chain([("all", all)]) {
            say(format_args!("  {part:<17} {:.2}", took.as_secs_f64()));
        }
    }
}

fn tell(base: &str, people: &[seed::SignedInPerson]) {
    say("Kinward demonstration: invented people, made-up keys.\n");
    say(format_args!("  endpoint   {base}/graphql"));
    say(format_args!("  GraphiQL   {base}/graphiql\n"));
    say(format_args!("Sign in with the passphrase \"{}\" as:", seed::PASSPHRASE));
    for person in people {
        say(format_args!("  {:<17} {:<24} {}", person.role, person.session.sign_in_name, person.tries));
    }
    say(
        "\nMentors and staff are asked for a second factor then. answerChallenge takes a code of an authenticator that holds",
    );
    say("this secret, or a recovery code, which is good once:");
    for person in people {
        if let Some(secret) = &person.entry.secret {
            let recovery = person.entry.recovery_codes.first().map_or("", String::as_str);
            say(format_args!("  {:<17} {secret:<32} {recovery}", person.role));
        }
    }
    say("\nOr put a header into GraphiQL (good for ten minutes):");
    for person in people {
        let token = person.session.access_token.expose_secret();
        say(format_args!("  {:<17} {{\"Authorization\": \"Bearer {token}\"}}", person.role));
    }
    say("\nCtrl-C stops it.");
}

fn write_tokens(file: &Path, base: &str, people: &[seed::SignedInPerson]) -> Result<()> {
    let tokens: serde_json::Map<_, _> = people
        .iter()
        .map(|person| (person.role.to_owned(), person.session.access_token.expose_secret().into()))
        .collect();
    let ws = format!("{}/graphql", base.replacen("http", "ws", 1));
    let all = serde_json::json!({"endpoint": format!("{base}/graphql"), "ws": ws, "tokens": tokens});
    // Written beside and moved into place: whoever waits for the file never reads half of it.
    let beside = file.with_extension("new");
    std::fs::write(&beside, all.to_string()).map_err(Error::internal)?;
    std::fs::rename(&beside, file).map_err(Error::internal)
}

/// The wanted port, or the next free one above it.
async fn listen(port: u16) -> Result<TcpListener> {
    for port in port..=port.saturating_add(PORTS) {
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)).await {
            return Ok(listener);
        }
    }
    Err(Error::internal(format!("no free port from {port} on")))
}

/// Where the demonstration keeps its database: a folder of its own that goes with it, or the one that was named.
struct Scratch {
    folder: PathBuf,
    own: bool,
    /// Held as long as this demonstration runs.
    _lock: std::fs::File,
}

impl Scratch {
    fn new(named: Option<PathBuf>) -> Result<Self> {
        let own = named.is_none();
        let folder = named.unwrap_or_else(|| {
            let mut random = [0_u8; 8];
            SystemEntropy.fill(&mut random);
            std::env::temp_dir().join(format!("kinward-demo-{:016x}", u64::from_le_bytes(random)))
        });
        std::fs::create_dir_all(&folder).map_err(|error| Error::internal(format!("{}: {error}", folder.display())))?;
        let lock = lock(&folder.join("kinward-demo.lock"))?;
        // The demonstration always begins anew, in a file whose name no real database has.
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.join(format!("kinward-demo.sqlite{end}")));
        }
        Ok(Self { folder, own, _lock: lock })
    }
}

/// Keeps a second demonstration from beginning anew in the folder of one that runs. The lock goes with its process.
fn lock(file: &Path) -> Result<std::fs::File> {
    let fault = |error: std::io::Error| Error::internal(format!("{}: {error}", file.display()));
    let opened = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(file).map_err(fault)?;
    match opened.try_lock() {
        Ok(()) => Ok(opened),
        Err(std::fs::TryLockError::WouldBlock) => {
            let folder = file.parent().unwrap_or(file).display();
            Err(Error::internal(format!("another demonstration runs in {folder}; stop it, or name another folder")))
        }
        Err(std::fs::TryLockError::Error(error)) => Err(fault(error)),
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.own {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}
