//! What each command does.

use std::path::Path;
use std::process::ExitCode;

use secrecy::ExposeSecret as _;

use super::{Audit, Cli, Command, Failure, Migrate, say, warn};
use crate::app::{App, Sources};
use crate::config::Settings;
use crate::db::{Db, Options};
use crate::kernel::Error;
use crate::op::Op;
use crate::{audit, identity, logging, oversight, routes, schema};

pub(super) async fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let file = cli.config.as_deref();
    match cli.command {
        Command::Demo { data, port, walk, timings } => {
            crate::demo::run(data, port, walk, timings).await.map_err(Failure::from)
        }
        Command::Serve => serve(file).await,
        Command::Migrate { what } => migrate(&settings(file)?, &what).await,
        Command::Schema => {
            say(schema::sdl().trim_end());
            Ok(ExitCode::SUCCESS)
        }
        Command::CheckConfig => {
            settings(file)?;
            say("The settings are good.");
            Ok(ExitCode::SUCCESS)
        }
        Command::Bootstrap { first_name } => bootstrap(settings(file)?, &first_name).await,
        Command::Audit { what: Audit::Verify } => verify(settings(file)?).await,
    }
}

/// The settings; what is to be warned of is told at once.
fn settings(file: Option<&Path>) -> Result<Settings, Failure> {
    let (settings, open) = Settings::inspect(file, std::env::vars());
    open.iter().for_each(warn);
    Ok(settings?)
}

async fn serve(file: Option<&Path>) -> Result<ExitCode, Failure> {
    let (settings, open) = Settings::inspect(file, std::env::vars());
    let settings = settings?;
    logging::start(&settings.log);
    for secret in &open {
        tracing::warn!(
            setting = secret.setting,
            mode = format!("{:04o}", secret.mode),
            "a secret stands in a file that others than its owner may open"
        );
    }
    let app = up_to_date(settings.clone()).await?;
    let listen = settings.server.listen;
    let listener = tokio::net::TcpListener::bind(listen).await;
    let listener = listener.map_err(|error| Failure::Failed(format!("server.listen = {listen}: {error}")))?;
    tracing::info!(%listen, "serving");
    serve_until_told(&app, listener).await?;
    Ok(ExitCode::SUCCESS)
}

/// Serves until the process is told to stop (SIGTERM or Ctrl-C), then stops in order.
pub(crate) async fn serve_until_told(app: &App, listener: tokio::net::TcpListener) -> Result<(), Error> {
    app.start();
    let serving = app.clone();
    app.tasks.spawn(async move {
        if let Err(error) = routes::serve(&serving, listener).await {
            tracing::error!(%error, "serving failed");
            serving.stop.cancel();
        }
    });
    tokio::select! {
        told = told_to_stop() => told?,
        () = app.stop.cancelled() => {}
    }
    tracing::info!("stopping");
    app.stop().await;
    Ok(())
}

async fn told_to_stop() -> Result<(), Error> {
    let mut terminate =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).map_err(Error::internal)?;
    tokio::select! {
        done = tokio::signal::ctrl_c() => done.map_err(Error::internal),
        _ = terminate.recv() => Ok(()),
    }
}

async fn owner(settings: &Settings) -> Result<Db, Error> {
    let url = settings.database.url.expose_secret().to_owned();
    Db::connect(&Options { url, max_connections: 1, role: None }).await
}

async fn migrate(settings: &Settings, what: &Migrate) -> Result<ExitCode, Failure> {
    let db = owner(settings).await?;
    if matches!(what, Migrate::Up) {
        db.migrate().await?;
    }
    for (name, applied) in db.migration_status().await? {
        say(format_args!("{}  {name}", if applied { "applied" } else { "pending" }));
    }
    db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// The node, on a database that is up to date already.
async fn up_to_date(settings: Settings) -> Result<App, Failure> {
    let db = owner(&settings).await?;
    let pending = db.migration_status().await?.iter().filter(|(_, applied)| !applied).count();
    db.close().await;
    if pending > 0 {
        return Err(Failure::Failed(format!("{pending} migrations are pending: run `kinward migrate up` first")));
    }
    Ok(App::build(settings, Sources::default(), false).await?)
}

async fn bootstrap(settings: Settings, first_name: &str) -> Result<ExitCode, Failure> {
    let app = up_to_date(settings).await?;
    let invited = identity::bootstrap(&Op::system(&app.core), first_name).await?;
    say(format_args!("One-time code of the first administrator: {}", invited.code));
    say(format_args!("Good until {}. Use it with the mutation acceptInvitation.", invited.expires_at));
    app.stop().await;
    Ok(ExitCode::SUCCESS)
}

async fn verify(settings: Settings) -> Result<ExitCode, Failure> {
    let app = up_to_date(settings).await?;
    let report = oversight::verify(&Op::system(&app.core)).await?;
    app.stop().await;
    Ok(tell(&report))
}

/// Prints what a verification saw; the exit code says whether the log is whole.
pub(crate) fn tell(report: &audit::Report) -> ExitCode {
    match &report.first_fault {
        None => {
            let (verified, pending) = (report.verified, report.pending);
            say(format_args!(
                "The audit log verifies: {verified} entries in order, {pending} waiting for their place."
            ));
            ExitCode::SUCCESS
        }
        Some(finding) => {
            say(format_args!("The audit log does NOT verify after {} good entries: {finding}.", report.verified));
            ExitCode::from(1)
        }
    }
}
