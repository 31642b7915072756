//! Rate limits for tries with a secret: sign-in, codes, refresh.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::kernel::{Error, Result};

use super::secrets::digest_of;

/// Counts tries by the name tried and by the caller's hashed address. The count is this node's own.
#[derive(Debug)]
pub struct Throttle {
    by_name: DefaultKeyedRateLimiter<Vec<u8>>,
    by_source: DefaultKeyedRateLimiter<Vec<u8>>,
}

impl Throttle {
    /// This many tries for one name, and from one address, at once; they come back evenly over the window.
    #[must_use]
    pub fn new(per_name: NonZeroU32, per_source: NonZeroU32, window: Duration) -> Self {
        let quota = |tries: NonZeroU32| {
            let each = window / tries.get();
            Quota::with_period(each).unwrap_or(Quota::per_minute(tries)).allow_burst(tries)
        };
        Self { by_name: RateLimiter::keyed(quota(per_name)), by_source: RateLimiter::keyed(quota(per_source)) }
    }

    /// Counts one try with `name` (hashed at once, known or not, so that the answer tells nothing) from `source`.
    pub fn count(&self, name: Option<&str>, source: Option<&str>) -> Result<()> {
        let tries = [(&self.by_name, name), (&self.by_source, source)];
        for (limiter, key) in tries {
            let Some(key) = key else { continue };
            if let Err(wait) = limiter.check_key(&digest_of(key)) {
                let retry_after = wait.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
                return Err(Error::TooMany { retry_after });
            }
        }
        Ok(())
    }

    /// Forgets keys that are full again, so that memory does not grow with every name ever tried.
    pub fn tidy(&self) {
        for limiter in [&self.by_name, &self.by_source] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_counted_by_name_and_by_source() {
        let few = NonZeroU32::new(2).unwrap();
        let throttle = Throttle::new(few, NonZeroU32::new(3).unwrap(), Duration::from_mins(1));
        assert!(throttle.count(Some("a"), Some("x")).is_ok());
        assert!(throttle.count(Some("a"), Some("x")).is_ok());
        assert!(matches!(throttle.count(Some("a"), Some("y")), Err(Error::TooMany { retry_after }) if retry_after > 0));
        assert!(throttle.count(Some("b"), Some("x")).is_ok());
        assert!(throttle.count(Some("c"), Some("x")).is_err());
        throttle.tidy();
    }
}
