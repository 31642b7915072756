//! Rate limits for tries with a secret, made so that nobody can shut a family out by trying its name.
//!
//! Passphrases are counted in the database, so that all nodes know of all tries. What is counted is a name *from a place*:
//! after a few tries from one place, each further one from there waits, twice as long from time to time. Who tries a name
//! from many places meets a second count, of all tries with the name from places that it never signed in from. Places where
//! the right passphrase was shown before are not part of that: a source (the keyed hash of an address), and a device, which
//! keeps a key that it was given at sign-in and shows it with the next one. So an attacker slows themself, and at worst
//! somebody at a new device in a new place; a coordinator can help them meanwhile. A device with its key passes even from
//! the attacker's own address.
//!
//! A name that nobody has is counted like any other, so that the answer tells nothing. Names, addresses and device keys are
//! kept under keyed hashes only. Whatever is right ends the count.
//!
//! Codes and tokens have too many bits to guess. What exists is counted by itself, ten tries within the window, and what
//! does not exist by the address that made it up: nobody is kept from using their own by a neighbour who makes up others.
//! These counts, and that of all sign-ins from one address, are each node's own: with three nodes there are three times as
//! many. They bound cost, not guessing.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::hmac;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::kernel::ids::AccountId;
use crate::kernel::{Error, Result};
use crate::op::{Core, Op, Tx};

use super::model::throttling::REMEMBERED;
use super::secrets::{digest_of, new_token};
use super::store::{self, Tried};

/// The longest device key that is looked at, in bytes; ours are shorter.
const MOST_KEY: usize = 128;
/// How long a place is known after the last sign-in from it.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(180 * 24);
/// How often what is too old is taken out.
const TIDY_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// How many tries there may be.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// With one name from one place, before each further one waits; also with one code or token within the window.
    pub per_place: NonZeroU32,
    /// With one name from all places together that it never signed in from, before each further one from such a place waits.
    pub from_new_places: NonZeroU32,
    /// From one address within the window.
    pub per_source: NonZeroU32,
    /// The window, and the longest that a try has to wait.
    pub window: Duration,
}

/// Counts tries.
#[derive(Debug)]
pub struct Throttle {
    rules: Rules,
    key: hmac::Key,
    by_object: DefaultKeyedRateLimiter<Vec<u8>>,
    by_source: DefaultKeyedRateLimiter<Vec<u8>>,
    tidied: Mutex<Option<Timestamp>>,
}

impl Throttle {
    /// Counts by these rules, under hashes with this key.
    #[must_use]
    pub fn new(rules: Rules, key: &[u8; 32]) -> Self {
        let quota = |tries: NonZeroU32| {
            let each = rules.window / tries.get();
            Quota::with_period(each).unwrap_or(Quota::per_minute(tries)).allow_burst(tries)
        };
        Self {
            rules,
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
            by_object: RateLimiter::keyed(quota(rules.per_place)),
            by_source: RateLimiter::keyed(quota(rules.per_source)),
            tidied: Mutex::new(None),
        }
    }

    /// What stands for a text of this kind beside a name: 128 bits of a keyed hash.
    fn mark(&self, kind: &str, name: &str, text: &str) -> Uuid {
        let tag = hmac::sign(&self.key, format!("throttle\0{kind}\0{name}\0{text}").as_bytes());
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(tag.as_ref()) {
            *to = *from;
        }
        Uuid::from_bytes(bytes)
    }

    fn place(&self, name: &str, source: Option<&str>) -> Uuid {
        self.mark("source", name, source.unwrap_or_default())
    }

    fn anywhere(&self, name: &str) -> Uuid {
        self.mark("name", name, "")
    }

    /// Counts one try with a name and a passphrase, before it is known whether it is right.
    pub(super) async fn try_name(&self, op: &Op, name: &str, device_key: Option<&SecretString>) -> Result<()> {
        let (source, now) = (op.origin().source.as_deref(), op.now());
        let device_key = device_key.map(ExposeSecret::expose_secret).filter(|key| key.len() <= MOST_KEY);
        let device = device_key.map(|key| self.mark("device", name, key));
        let place = self.place(name, source);
        let asked = &[Some(place), device].into_iter().flatten().collect::<Vec<_>>();
        let known = op.core().db.read(|conn| async move { store::known_places(&conn, asked).await }).await?;
        let per_place = |mark| Tried { mark, free: self.rules.per_place.get() };
        let tried = &if let Some(device) = device.filter(|device| known.contains(device)) {
            vec![per_place(device)]
        } else {
            self.count(None, source)?;
            // The service's own operations come from no address, and count as a known place.
            let is_new = source.is_some() && !known.contains(&place);
            let anywhere = Tried { mark: self.anywhere(name), free: self.rules.from_new_places.get() };
            std::iter::once(per_place(place)).chain(is_new.then_some(anywhere)).collect()
        };
        let longest = SignedDuration::try_from(self.rules.window).map_err(Error::internal)?;
        let counted = op.core().db.write(|conn| async move { store::count_try(&conn, tried, longest, now).await });
        match counted.await? {
            None => Ok(()),
            Some(wait) => Err(Error::TooMany { retry_after: whole_seconds(wait) }),
        }
    }

    /// Welcomes somebody who has just shown the right secret: their tries are forgotten and the place is known from now on.
    /// The answer is a new key for the device.
    pub(super) async fn welcome(&self, tx: &Tx, account: AccountId, name: &str) -> Result<SecretString> {
        let (conn, source) = (tx.conn()?, tx.op().origin().source.as_deref());
        let place = self.place(name, source);
        store::forget_name_tries(conn, &[place, self.anywhere(name)]).await?;
        let device_key = new_token(tx.op().core().entropy.as_ref());
        let device = self.mark("device", name, device_key.expose_secret());
        let known: Vec<Uuid> = source.map(|_| place).into_iter().chain([device]).collect();
        store::remember_places(conn, account, &known, tx.now()).await?;
        Ok(device_key)
    }

    /// Counts one try with `object`, a code or token that exists (hashed at once), and one from `source`.
    pub fn count(&self, object: Option<&str>, source: Option<&str>) -> Result<()> {
        let tries = [(&self.by_object, object), (&self.by_source, source)];
        for (limiter, key) in tries {
            let Some(key) = key else { continue };
            if let Err(wait) = limiter.check_key(&digest_of(key)) {
                let retry_after = wait.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
                return Err(Error::TooMany { retry_after });
            }
        }
        Ok(())
    }

    /// Forgets what is over, so that neither memory nor tables grow with every name ever tried.
    pub async fn tidy(&self, core: &Core) -> Result<()> {
        for limiter in [&self.by_object, &self.by_source] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        let now = core.clock.now();
        {
            let mut tidied = self.tidied.lock().unwrap_or_else(PoisonError::into_inner);
            if tidied.is_some_and(|at| at + TIDY_EVERY > now) {
                return Ok(());
            }
            *tidied = Some(now);
        }
        core.db.write(|conn| async move { store::forget_old(&conn, now - REMEMBERED, now - KNOWN_FOR).await }).await
    }
}

/// Rounded up, so that whoever comes back then is not too early.
fn whole_seconds(wait: SignedDuration) -> u64 {
    u64::try_from((wait.as_millis() + 999).div_euclid(1_000)).unwrap_or_default().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_and_sources_are_counted_each_for_itself() {
        let few = |count| NonZeroU32::new(count).unwrap();
        let window = Duration::from_mins(1);
        let rules = Rules { per_place: few(2), from_new_places: few(5), per_source: few(3), window };
        let throttle = Throttle::new(rules, &[7; 32]);
        assert!(throttle.count(Some("a"), Some("x")).is_ok());
        assert!(throttle.count(Some("a"), Some("x")).is_ok());
        assert!(matches!(throttle.count(Some("a"), Some("y")), Err(Error::TooMany { retry_after }) if retry_after > 0));
        assert!(throttle.count(Some("b"), Some("x")).is_ok());
        assert!(throttle.count(Some("c"), Some("x")).is_err());
        // Nothing of a name can be read in its mark, and no two kinds are mistaken for each other.
        assert_ne!(throttle.mark("name", "ab", ""), throttle.mark("name", "a", "b"));
        assert_ne!(throttle.mark("name", "a", ""), Throttle::new(rules, &[8; 32]).mark("name", "a", ""));
    }
}
