//! Denied looks like missing, in time too.
//!
//! To find that somebody may not have a record takes longer than to find that there is none: more is loaded, and more is
//! decided. So whatever is answered with "not found" leaves at the next multiple of a step since it was begun, long after
//! either is known, and the transaction is over by then. On a node so busy that a step does not do, the next one follows, and
//! chance decides which. `cargo bench --bench oracle` shows what is left to be seen.

use std::time::Duration;

use tokio::time::Instant;

use super::Op;
use crate::audit::Draft;
use crate::kernel::Error;

impl Op {
    /// Records denials; what the caller hears stays the same unless they cannot be recorded.
    pub(super) async fn denied(&self, began: Instant, drafts: Vec<Draft>, error: Error) -> Error {
        let recorded = self.core.appender.append(&self.core.db, self.entries(drafts)).await;
        if matches!(error, Error::NotFound) {
            tokio::time::sleep_until(next(began, Instant::now(), self.core.not_found_step)).await;
        }
        recorded.err().unwrap_or(error)
    }
}

/// The first whole number of steps after `began` that is not before `now`; `now` itself when there is no step.
fn next(began: Instant, now: Instant, step: Duration) -> Instant {
    let over = now.duration_since(began).as_nanos().checked_rem(step.as_nanos());
    let left = over.filter(|over| *over > 0).map_or(0, |over| step.as_nanos() - over);
    now + Duration::from_nanos(u64::try_from(left).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn answers_leave_at_whole_steps() {
        let (began, step) = (Instant::now(), Duration::from_millis(10));
        for (taken, leaves) in [(0, 0), (1, 10), (9, 10), (10, 10), (11, 20), (25, 30)] {
            let millis = Duration::from_millis;
            assert_eq!(next(began, began + millis(taken), step), began + millis(leaves), "{taken}");
            assert_eq!(next(began, began + millis(taken), Duration::ZERO), began + millis(taken));
        }
    }
}
