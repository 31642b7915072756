//! What one caller may spend: the cost of every operation is paid from a purse that fills evenly. It bounds what a single
//! caller can make the service do, however small each of their operations is.

use std::num::NonZeroU32;
use std::sync::Arc;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::kernel::{Error, Result};

/// A mutation costs as many times its fields: it takes a transaction, an audit entry and its place in the log.
const MUTATION: usize = 20;

/// The purses of all callers of one node.
#[derive(Debug)]
pub struct Budget {
    per_minute: NonZeroU32,
    purses: DefaultKeyedRateLimiter<String>,
}

impl Budget {
    /// Each caller may spend this much in a minute, at once or evenly.
    #[must_use]
    pub fn new(per_minute: NonZeroU32) -> Self {
        Self { per_minute, purses: RateLimiter::keyed(Quota::per_minute(per_minute)) }
    }

    /// The purse of one caller, to be put beside their requests. `caller` tells callers apart, and is kept while it is not
    /// full.
    #[must_use]
    pub fn purse(self: &Arc<Self>, caller: String) -> Purse {
        Purse { budget: Arc::clone(self), caller }
    }

    /// Forgets the purses that are full again.
    pub fn tidy(&self) {
        self.purses.retain_recent();
        self.purses.shrink_to_fit();
    }
}

/// One caller's purse.
#[derive(Debug, Clone)]
pub struct Purse {
    budget: Arc<Budget>,
    caller: String,
}

impl Purse {
    /// Takes the cost of an operation out, or refuses with the time after which there is enough.
    pub(super) fn pay(&self, cost: usize, is_mutation: bool) -> Result<()> {
        let price = if is_mutation { cost.saturating_mul(MUTATION) } else { cost };
        // What costs more than a full purse takes all of it.
        let price = u32::try_from(price).unwrap_or(u32::MAX).clamp(1, self.budget.per_minute.get());
        let Some(price) = NonZeroU32::new(price) else { return Ok(()) };
        match self.budget.purses.check_key_n(&self.caller, price) {
            Ok(Err(wait)) => {
                let wait = wait.wait_time_from(DefaultClock::default().now());
                Err(Error::TooMany { retry_after: wait.as_secs().saturating_add(1) })
            }
            Ok(Ok(())) | Err(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purse_that_is_empty_says_how_long_and_leaves_the_others_alone() {
        let budget = Arc::new(Budget::new(NonZeroU32::new(600).unwrap()));
        let (one, other) = (budget.purse("one".into()), budget.purse("other".into()));
        assert!(one.pay(500, false).is_ok());
        let Err(Error::TooMany { retry_after }) = one.pay(300, false) else { panic!("paid from an empty purse") };
        assert!((15..=21).contains(&retry_after), "{retry_after}");
        assert!(other.pay(30, true).is_ok(), "a mutation of 30 costs all of 600");
        assert!(other.pay(1, false).is_err());
        assert!(budget.purse("third".into()).pay(usize::MAX, true).is_ok(), "no operation is dearer than a full purse");
    }
}
