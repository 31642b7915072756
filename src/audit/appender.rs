//! Entries for reads: many callers, few transactions.

use std::sync::{Mutex, PoisonError};

use crate::db::Db;
use crate::kernel::{Error, Result};

use super::{Entry, append};

/// Writes the entries of reads and denials in batches. Whoever comes first writes for all who wait; nobody is answered
/// before their entry is on disk.
#[derive(Debug, Default)]
pub struct Appender {
    queue: Mutex<Queue>,
    writing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<Entry>,
    /// How many entries have ever been queued; a caller's ticket is this number after its own.
    queued: u64,
    /// All tickets up to here have been dealt with.
    settled: u64,
    /// Tickets of batches that could not be written, as half-open ranges; emptied of old ones as they are answered.
    failed: Vec<(u64, u64)>,
}

/// Entries in one write: bounds the statement's size.
const BATCH: usize = 256;

impl Appender {
    /// Writes the entries and returns once they are durable.
    pub async fn append(&self, db: &Db, entries: Vec<Entry>) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let own = entries.len() as u64;
        let ticket = {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.queued += entries.len() as u64;
            queue.waiting.extend(entries);
            queue.queued
        };
        let _turn = self.writing.lock().await;
        loop {
            let (batch, from) = {
                let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
                if queue.settled >= ticket {
                    return queue.answer(ticket - own, ticket);
                }
                let size = queue.waiting.len().min(BATCH);
                (queue.waiting.drain(..size).collect::<Vec<_>>(), queue.settled)
            };
            let mut turn = Turn { queue: &self.queue, from, to: from + batch.len() as u64, written: false };
            let batch = &batch;
            let written = db.write(|conn| async move { append(&conn, batch).await }).await;
            if let Err(error) = &written {
                tracing::error!(%error, entries = batch.len(), "audit entries could not be written");
            }
            turn.written = written.is_ok();
        }
    }
}

/// A batch that is being written. However it ends, also when the request that writes for all is dropped half-way, the
/// batch is settled: those who wait for it go on, and hear that it failed unless it is known to be written.
struct Turn<'a> {
    queue: &'a Mutex<Queue>,
    from: u64,
    to: u64,
    written: bool,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.settled = self.to;
        if !self.written {
            queue.failed.push((self.from, self.to));
            let keep = queue.failed.len().saturating_sub(1024);
            queue.failed.drain(..keep);
        }
    }
}

impl Queue {
    /// What the owner of the entries after `before`, up to `ticket`, hears: any of them may have been in a failed batch.
    fn answer(&self, before: u64, ticket: u64) -> Result<()> {
        if self.failed.iter().any(|(from, to)| *from < ticket && before < *to) {
            return Err(Error::Unavailable("the audit log cannot be written"));
        }
        Ok(())
    }
}
