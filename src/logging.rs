//! The service's log: lines on standard error, as text or JSON.
//!
//! What may stand in it: ids, states, counts, durations, names of our own code. What must stay absent, at every level:
//! names and contact details of people, contents of messages and notes, tokens, network addresses, and error texts of
//! the database, which can repeat values.
//!
//! Libraries know nothing of this rule: one that speaks the WebSocket protocol would tell every frame. So none of them is
//! heard below the level `info`, whatever the filter asks for.

use std::io::Write;

use tracing::{Dispatch, Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry};

use crate::config::{Log, LogFormat};

/// What our own code calls itself in the log.
const OURS: &str = "kinward";

/// Starts the log of this process. Called once, before anything else is built; a second call changes nothing.
pub fn start(log: &Log) {
    if to(log, std::io::stderr).try_init().is_err() {
        tracing::debug!("the log had been started already");
    }
}

/// A log as these settings ask for, written by `writer`.
pub fn to<W>(log: &Log, writer: W) -> Dispatch
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    // The settings have been checked, so the filter is valid; should it not be, the log still speaks.
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let all = Registry::default().with(filter).with(filter_fn(may_speak));
    let lines = OneLine(writer);
    match log.format {
        LogFormat::Text => all.with(fmt::layer().with_ansi(false).with_writer(lines)).into(),
        LogFormat::Json => all.with(fmt::layer().json().flatten_event(true).with_writer(lines)).into(),
    }
}

fn may_speak(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    let ours = target == OURS || target.starts_with("kinward::");
    // They call every synchronised passkey an error, and a line of theirs may hold what a device sent.
    let passkeys = target.starts_with("webauthn_rs") || target.starts_with("webauthn_attestation");
    ours || (*metadata.level() <= Level::INFO && !passkeys)
}

/// Writes each event as one line: a line break or another control character inside it is shown as an escape, so that no
/// text can pass for a line of its own or steer a terminal.
struct OneLine<W>(W);

impl<'w, W: MakeWriter<'w>> MakeWriter<'w> for OneLine<W> {
    type Writer = Escaping<W::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        Escaping(self.0.make_writer())
    }
}

/// The writer of one event, which arrives in one piece with its line break.
struct Escaping<W>(W);

impl<W: Write> Write for Escaping<W> {
    fn write(&mut self, event: &[u8]) -> std::io::Result<usize> {
        let (line, end) = event.strip_suffix(b"\n").map_or((event, &b""[..]), |line| (line, b"\n"));
        let text = String::from_utf8_lossy(line);
        let mut safe = String::with_capacity(text.len() + 1);
        for c in text.chars() {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
                safe.extend(c.escape_default());
            } else {
                safe.push(c);
            }
        }
        self.0.write_all(safe.as_bytes())?;
        self.0.write_all(end)?;
        Ok(event.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn told(format: LogFormat, work: impl FnOnce()) -> String {
        let kept = Kept::default();
        let writer = kept.clone();
        let log = Log { format, filter: "trace".into() };
        tracing::dispatcher::with_default(&to(&log, move || writer.clone()), work);
        String::from_utf8(kept.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn no_text_can_pass_for_a_line_of_its_own() {
        for format in [LogFormat::Text, LogFormat::Json] {
            let forged = "x\n2026-01-01T00:00:00Z  INFO kinward: all is well\r\u{1b}[2J\u{2028}end";
            let told = told(format, || tracing::error!(reason = %forged, "failed"));
            assert_eq!(told.lines().count(), 1, "{told}");
            assert!(told.contains("all is well") && told.ends_with('\n'), "{told}");
            assert!(!told.trim_end().contains(|c: char| c.is_control()), "{told:?}");
        }
    }

    #[test]
    fn libraries_are_not_heard_below_info() {
        let told = told(LogFormat::Text, || {
            tracing::trace!(target: "tungstenite::protocol", "frame: secret");
            tracing::debug!(target: "kinwardly", "frame: secret");
            tracing::info!(target: "tungstenite::protocol", "opened");
            tracing::trace!(target: "kinward::op", "ours");
        });
        assert!(!told.contains("secret") && told.contains("opened") && told.contains("ours"), "{told}");
    }
}
