//! Entries for reads: many callers, few transactions.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio_util::task::TaskTracker;

use crate::db::Db;
use crate::kernel::{Error, Result};

use super::{Entry, append};

/// Writes the entries of reads and denials in batches. Nobody is answered before their entry is on disk, and a caller who
/// leaves while they wait harms nobody: the batches are written by a task of their own, which runs as long as something
/// waits and which a stop waits for.
#[derive(Debug)]
pub struct Appender {
    queue: Arc<Mutex<Queue>>,
    room: Arc<Semaphore>,
    tasks: TaskTracker,
}

/// What waits to be written.
#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// Whether a task is writing. It takes whatever is queued before it ends.
    is_written: bool,
}

/// The entries of one caller.
#[derive(Debug)]
struct Waiting {
    entries: Vec<Entry>,
    /// Tells the caller how it went. One who has left is not told; their entries are written all the same.
    told: oneshot::Sender<Result<()>>,
    _room: OwnedSemaphorePermit,
}

/// Entries in one statement, and in one write unless one caller brings more.
const BATCH: usize = 256;
/// Entries that wait at most; who brings further ones waits until there is room.
const ROOM: u32 = 4_096;

impl Appender {
    /// An appender whose tasks are tracked here, so that a stop waits until what is queued is written.
    #[must_use]
    pub fn new(tasks: TaskTracker) -> Self {
        Self { queue: Arc::default(), room: Arc::new(Semaphore::new(ROOM as usize)), tasks }
    }

    /// Writes the entries and returns once they are durable.
    ///
    /// # Errors
    /// When they could not be written.
    pub async fn append(&self, db: &Db, entries: Vec<Entry>) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let size = u32::try_from(entries.len()).unwrap_or(ROOM).min(ROOM);
        let room = Arc::clone(&self.room).acquire_many_owned(size).await.map_err(Error::internal)?;
        let (told, hears) = oneshot::channel();
        let begins = {
            let mut queue = lock(&self.queue);
            queue.waiting.push_back(Waiting { entries, told, _room: room });
            !std::mem::replace(&mut queue.is_written, true)
        };
        if begins {
            let turn = Turn { queue: Arc::clone(&self.queue), is_over: false };
            self.tasks.spawn(write(turn, db.clone()));
        }
        hears.await.unwrap_or_else(|_| Err(unwritten()))
    }
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unwritten() -> Error {
    Error::Unavailable("the audit log cannot be written")
}

/// The one task that writes. However it ends, also when it is cut off, those who still wait hear of it, and the next
/// caller begins a new one.
struct Turn {
    queue: Arc<Mutex<Queue>>,
    is_over: bool,
}

impl Turn {
    /// The callers whose entries go into the next write; none when nobody waits, and then this turn is over.
    fn next(&mut self) -> Vec<Waiting> {
        let mut queue = lock(&self.queue);
        let mut entries = 0;
        let fits = |waiting: &&Waiting| {
            entries += waiting.entries.len();
            entries <= BATCH
        };
        let callers = queue.waiting.iter().take_while(fits).count().max(1).min(queue.waiting.len());
        self.is_over = callers == 0;
        queue.is_written = !self.is_over;
        queue.waiting.drain(..callers).collect()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.is_over {
            let mut queue = lock(&self.queue);
            queue.waiting.clear();
            queue.is_written = false;
        }
    }
}

async fn write(mut turn: Turn, db: Db) {
    loop {
        let mut callers = turn.next();
        if callers.is_empty() {
            return;
        }
        let batch: Vec<Entry> = callers.iter_mut().flat_map(|caller| std::mem::take(&mut caller.entries)).collect();
        let batch = &batch;
        let written = db.write(|conn| async move {
            for part in batch.chunks(BATCH) {
                append(&conn, part).await?;
            }
            Ok(())
        });
        let written = written.await;
        if let Err(error) = &written {
            tracing::error!(%error, entries = batch.len(), "audit entries could not be written");
        }
        for caller in callers {
            // Whoever has left does not listen any more.
            let _ = caller.told.send(if written.is_ok() { Ok(()) } else { Err(unwritten()) });
        }
    }
}
