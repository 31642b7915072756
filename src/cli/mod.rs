//! The command line: maps words to services, and their outcomes to exit codes.
//!
//! 0: done. 1: it was tried and failed, or something that was checked is not as it must be. 2: the call itself was wrong
//! (unknown words, faulty settings). What was asked for goes to standard output, errors to standard error.

mod commands;

pub(crate) use commands::serve_until_told;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::SettingsErrors;
use crate::kernel::Error;

/// Kinward: families, trained peer mentors, and the coordinators who keep them safe.
///
/// To look around, run `kinward demo`: it needs nothing else. To see the whole journey played and checked, run
/// `kinward demo --walk`.
#[derive(Debug, Parser)]
#[command(name = "kinward", version, propagate_version = true)]
struct Cli {
    /// The settings file (TOML). Environment variables such as KINWARD_SERVER__LISTEN win over it.
    #[arg(long, global = true, env = "KINWARD_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run an invented programme on a fresh SQLite database, to look around. Nothing else is needed.
    #[command(
        after_help = "Example: kinward demo --port 9000\n\nOnly for looking: keys are made up, all people are invented."
    )]
    Demo {
        /// Where to keep the database; a temporary folder, removed at the end, when left out.
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// The port on 127.0.0.1; the next free one if it is taken.
        #[arg(long, default_value_t = 8080, value_name = "N")]
        port: u16,
        /// Play the main journey as separate people over real HTTP and WebSocket, check every step, and exit.
        #[arg(long)]
        walk: bool,
        /// Also say how long each part of the start took.
        #[arg(long, conflicts_with = "walk")]
        timings: bool,
    },
    /// Serve.
    #[command(after_help = "The database must be up to date: run `kinward migrate up` first.")]
    Serve,
    /// Bring the database up to date, or say whether it is.
    Migrate {
        #[command(subcommand)]
        what: Migrate,
    },
    /// Print the GraphQL schema, sorted.
    Schema,
    /// Check the settings as a whole, and say what is wrong.
    CheckConfig,
    /// Make the first administrator's invitation; prints its one-time code.
    Bootstrap {
        /// Their first name.
        #[arg(long, default_value = "Administrator", value_name = "NAME")]
        first_name: String,
    },
    /// The audit log.
    Audit {
        #[command(subcommand)]
        what: Audit,
    },
}

#[derive(Debug, Subcommand)]
enum Migrate {
    /// Apply all migrations that have not been applied.
    Up,
    /// List the migrations, and whether each has been applied.
    Status,
}

#[derive(Debug, Subcommand)]
enum Audit {
    /// Check order, gaps and hashes of every entry; names the first one that is not as it was written.
    Verify,
}

/// Why a command ended otherwise than well.
#[derive(Debug)]
enum Failure {
    /// The settings are faulty.
    Settings(SettingsErrors),
    /// It was tried and failed.
    Failed(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(match error {
            Error::Refused(problems) => problems.iter().map(|p| p.message.as_ref()).collect::<Vec<_>>().join(" "),
            Error::Internal(what) => what,
            other => other.to_string(),
        })
    }
}

impl From<SettingsErrors> for Failure {
    fn from(errors: SettingsErrors) -> Self {
        Self::Settings(errors)
    }
}

/// Runs the program with the process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = error.exit_code();
            // Help and version go to standard output, mistakes to standard error; clap knows which is which.
            let _ = error.print();
            return ExitCode::from(u8::try_from(code).unwrap_or(2));
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(1, &error.to_string()),
    };
    match runtime.block_on(commands::run(cli)) {
        Ok(code) => code,
        Err(Failure::Settings(errors)) => fail(2, &errors.to_string()),
        Err(Failure::Failed(what)) => fail(1, &what),
    }
}

fn fail(code: u8, what: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "kinward: {what}");
    ExitCode::from(code)
}

/// Tells of what is not as it should be, and yet no reason to stop.
fn warn(what: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "kinward: warning: {what}");
}

/// Prints a line of what was asked for. A closed pipe is no reason to fail.
pub(crate) fn say(line: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}
