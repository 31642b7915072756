//! The service's log: lines on standard error, as text or JSON.
//!
//! What may stand in it: ids, states, counts, durations, names of our own code. What must stay absent, at every level:
//! names and contact details of people, contents of messages and notes, tokens, network addresses, and error texts of
//! the database, which can repeat values.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Log, LogFormat};

/// Starts the log of this process. Called once, before anything else is built; a second call changes nothing.
pub fn start(log: &Log) {
    // The settings have been checked, so the filter is valid; should it not be, the log still speaks.
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Text => builder.finish().try_init(),
        LogFormat::Json => builder.json().flatten_event(true).finish().try_init(),
    };
    if started.is_err() {
        tracing::debug!("the log had been started already");
    }
}
