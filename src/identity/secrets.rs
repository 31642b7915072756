//! Passphrases and random tokens: how they are made, kept and compared.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::model::passphrase::{TOO_COMMON, check_passphrase, normal_form};
use crate::kernel::{Check, Entropy, Error, Problem, Result};

/// The hash of no passphrase at all, so that an unknown name costs as much time as a known one. Same parameters as below.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Judges, hashes and checks passphrases. Each is brought into its normal form (NFKC) here, so that none is ever hashed or
/// compared in another. Hashes with argon2id (19 MiB, t = 2, p = 1: the OWASP Password Storage Cheat Sheet's second
/// choice), a bounded number at a time, so that a burst of sign-ins cannot take all memory and cores.
#[derive(Debug, Clone)]
pub struct Passphrases {
    slots: Arc<Semaphore>,
    entropy: Arc<dyn Entropy>,
    cost: Params,
}

impl Passphrases {
    /// At most `parallel` at a time.
    #[must_use]
    pub fn new(parallel: usize, entropy: Arc<dyn Entropy>) -> Self {
        Self { slots: Arc::new(Semaphore::new(parallel)), entropy, cost: Params::DEFAULT }
    }

    /// Passphrases that cost next to nothing, for the demonstration and tests: dozens of people at once, none of them real.
    #[must_use]
    pub fn cheap(mut self) -> Self {
        self.cost = Params::new(Params::MIN_M_COST, 1, 1, None).unwrap_or(Params::DEFAULT);
        self
    }

    /// Notes what is wrong with a new passphrase, at the field `path`. `context` are texts of the person's surroundings, the
    /// sign-in name first.
    pub async fn judge(&self, path: &'static str, passphrase: &SecretString, context: Vec<String>) -> Result<()> {
        let passphrase = passphrase.clone();
        self.apart(move || {
            let context: Vec<&str> = context.iter().map(String::as_str).collect();
            let mut check = Check::new();
            check_passphrase(&mut check, path, passphrase.expose_secret(), &context);
            check.done()?;
            if is_breached(passphrase.expose_secret()) {
                let said = "This stands in lists of stolen passphrases. Four or five words that only you would connect work well.";
                return Err(Problem::at(TOO_COMMON, path, said).into());
            }
            Ok(())
        })
        .await
    }

    /// The text to keep for a new passphrase (PHC string format).
    pub async fn hash(&self, passphrase: SecretString) -> Result<String> {
        let mut salt = [0_u8; 16];
        self.entropy.fill(&mut salt);
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.cost.clone());
        self.apart(move || {
            let passphrase = normal_form(passphrase.expose_secret());
            let hash = argon.hash_password_with_salt(passphrase.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(Error::internal)
        })
        .await
    }

    /// Whether the passphrase is the one behind the kept text. With nothing kept it takes as long, and the answer is no.
    pub async fn verify(&self, passphrase: SecretString, kept: Option<String>) -> Result<bool> {
        self.apart(move || {
            let known = kept.is_some();
            let kept = kept.unwrap_or_else(|| NOBODY.to_owned());
            let parsed = PasswordHash::new(&kept).map_err(Error::internal)?;
            let passphrase = normal_form(passphrase.expose_secret());
            let fits = Argon2::default().verify_password(passphrase.as_bytes(), &parsed).is_ok();
            Ok(fits && known)
        })
        .await
    }

    async fn apart<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(Error::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop(slot);
            outcome
        });
        done.await.map_err(Error::internal)?
    }
}

/// A new refresh token: 256 random bits.
#[must_use]
pub fn new_token(entropy: &dyn Entropy) -> SecretString {
    let mut bytes = [0_u8; 32];
    entropy.fill(&mut bytes);
    SecretString::from(URL_SAFE_NO_PAD.encode(bytes))
}

/// Some 5,000 passphrases of our length that stand in lists of stolen ones, as marks.
const BREACHED: &str = include_str!("breached.txt");

/// Whether a passphrase stands in lists of stolen ones, in whatever case. The estimate of guesses alone would take every third
/// of those: words of other languages, and what people took from each other's leaks.
fn is_breached(passphrase: &str) -> bool {
    let folded = Zeroizing::new(normal_form(passphrase).to_lowercase());
    let start = digest_of(&folded).into_iter().take(8).fold(0_u64, |start, byte| (start << 8) | u64::from(byte));
    let mark = format!("{start:016x}");
    BREACHED.lines().any(|line| line == mark)
}

/// What is kept of a random token or code. Plain SHA-256 is enough: there are too many bits to guess.
#[must_use]
pub fn digest_of(token: &str) -> Vec<u8> {
    digest_of_bytes(token.as_bytes())
}

/// What is kept of something that is no text.
#[must_use]
pub fn digest_of_bytes(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}
