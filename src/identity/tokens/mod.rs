//! Access tokens: JSON Web Tokens (RFC 7519, profile RFC 9068) signed with Ed25519, good for ten minutes.
//!
//! The rules of RFC 8725 that matter here: one algorithm, never taken from the token; a key chosen among our own by `kid`;
//! issuer, audience and type always checked; a form that can be read in one way only. Times are checked against our clock,
//! not the library's.
//!
//! Keys are replaced without signing anybody out: the next key is published before it signs, a former one still checks
//! until the longest token has ended. `deploy/README.md` tells the steps.

mod strict;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::ids::{AccountId, RoleId, SignInId};
use crate::kernel::{Error, Result};

use super::secrets::digest_of;

/// How long an access token is good.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// How far the clocks of two nodes may be apart.
const SKEW: SignedDuration = SignedDuration::from_secs(30);
const ALGORITHM: &str = "EdDSA";
const AUDIENCE: &str = "kinward";
const TYPE: &str = "at+jwt";
/// RFC 8410, section 7: the fixed start of a PKCS #8 private key for Ed25519, before the 32 bytes of the seed.
const PKCS8_START: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// What a token says: exactly this, each once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    rid: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: Uuid,
}

impl Claims {
    /// Whose token it is.
    #[must_use]
    pub fn account(&self) -> AccountId {
        AccountId::from(self.sub)
    }

    /// The signed-in session.
    #[must_use]
    pub fn sign_in(&self) -> SignInId {
        SignInId::from(self.sid)
    }

    /// The role acted in.
    #[must_use]
    pub fn role(&self) -> RoleId {
        RoleId::from(self.rid)
    }

    /// When it ends.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        Timestamp::from_second(self.exp).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Whether it is good at this instant: begun, not over, and no longer than a token of ours ever is.
    fn good_at(&self, now: Timestamp) -> bool {
        let (now, latest) = (now.as_second(), now.as_second().saturating_add(SKEW.as_secs()));
        let length = self.exp.saturating_sub(self.iat);
        self.exp > now && self.nbf <= latest && self.iat <= latest && (1..=LIFETIME.as_secs()).contains(&length)
    }
}

/// One key: what it is called, and its public part.
struct Key {
    kid: String,
    public: Vec<u8>,
    checking: DecodingKey,
}

impl Key {
    fn new(seed: &[u8; 32]) -> Result<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| Error::internal("token signing key"))?;
        let public = pair.public_key().as_ref().to_vec();
        let kid = URL_SAFE_NO_PAD.encode(digest_of(&URL_SAFE_NO_PAD.encode(&public)));
        let checking = DecodingKey::from_ed_der(&public);
        Ok(Self { kid: kid.chars().take(16).collect(), public, checking })
    }
}

/// Signs and checks access tokens.
pub struct Tokens {
    issuer: String,
    signing: EncodingKey,
    /// The key that signs now, then the others that are published and checked.
    keys: Vec<Key>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kids: Vec<&str> = self.keys.iter().map(|key| key.kid.as_str()).collect();
        f.debug_struct("Tokens").field("kids", &kids).finish_non_exhaustive()
    }
}

impl Tokens {
    /// Signs with the Ed25519 key of the seed `signing`, in the name of `issuer` (the service's public address). Tokens of
    /// the `others` are good too: the key that is to sign next, and those that signed until lately.
    pub fn new<'a>(
        issuer: &str,
        signing: &'a [u8; 32],
        others: impl IntoIterator<Item = &'a [u8; 32]>,
    ) -> Result<Self> {
        let mut private = PKCS8_START.to_vec();
        private.extend_from_slice(signing);
        Ok(Self {
            issuer: issuer.to_owned(),
            signing: EncodingKey::from_ed_der(&private),
            keys: std::iter::once(signing).chain(others).map(Key::new).collect::<Result<_>>()?,
        })
    }

    /// A token for this session and role, and when it ends: after ten minutes, or with the sign-in at `at_most`.
    pub fn issue(
        &self,
        (account, sign_in, role): (AccountId, SignInId, RoleId),
        id: Uuid,
        now: Timestamp,
        at_most: Timestamp,
    ) -> Result<(String, Timestamp)> {
        let ends = (now + LIFETIME).min(at_most);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: account.uuid(),
            sid: sign_in.uuid(),
            rid: role.uuid(),
            iat: now.as_second(),
            nbf: now.as_second(),
            exp: ends.as_second(),
            jti: id,
        };
        let kid = self.keys.first().map(|key| key.kid.clone());
        let header = Header { typ: Some(TYPE.to_owned()), kid, ..Header::new(Algorithm::EdDSA) };
        let token = encode(&header, &claims, &self.signing).map_err(Error::internal)?;
        Ok((token, claims.expires_at()))
    }

    /// Reads a token; anything that is not exactly ours and good now is "not signed in".
    pub fn check(&self, token: &str, now: Timestamp) -> Result<Claims> {
        let kid = strict::key_named(token, ALGORITHM, TYPE).ok_or(Error::Unauthenticated)?;
        // The name is compared with those of our own keys and never leads to a file, a query or an address.
        let key = self.keys.iter().find(|key| key.kid == kid).ok_or(Error::Unauthenticated)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_audience(&[AUDIENCE]);
        rules.set_issuer(&[&self.issuer]);
        rules.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        // Times are checked below, against the clock that everything else goes by.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let claims = decode::<Claims>(token, &key.checking, &rules).map_err(|_| Error::Unauthenticated)?.claims;
        if claims.good_at(now) { Ok(claims) } else { Err(Error::Unauthenticated) }
    }

    /// The public keys as a JSON Web Key Set (RFC 7517, RFC 8037), for whoever checks our tokens: the one that signs now
    /// first, then the next and the former ones.
    #[must_use]
    pub fn jwks(&self) -> serde_json::Value {
        let keys = self.keys.iter().map(|key| {
            serde_json::json!({
                "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": ALGORITHM,
                "kid": key.kid, "x": URL_SAFE_NO_PAD.encode(&key.public),
            })
        });
        serde_json::json!({ "keys": keys.collect::<Vec<_>>() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject() -> (AccountId, SignInId, RoleId) {
        (Uuid::from_u128(1).into(), Uuid::from_u128(2).into(), Uuid::from_u128(3).into())
    }

    #[test]
    fn a_token_is_good_for_ten_minutes_and_only_ours() {
        let tokens = Tokens::new("https://kinward.example", &[1; 32], []).unwrap();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let (token, ends) = tokens.issue(subject(), Uuid::nil(), now, Timestamp::MAX).unwrap();
        assert_eq!(ends, now + LIFETIME);
        assert_eq!(tokens.check(&token, now).unwrap().account(), subject().0);
        assert!(tokens.check(&token, ends).is_err());
        assert!(tokens.check(&token, now - SignedDuration::from_mins(1)).is_err());
        let soon = now + SignedDuration::from_mins(3);
        assert_eq!(tokens.issue(subject(), Uuid::nil(), now, soon).unwrap().1, soon);
        for (issuer, seed) in [("https://kinward.example", [2; 32]), ("https://other.example", [1; 32])] {
            assert!(Tokens::new(issuer, &seed, []).unwrap().check(&token, now).is_err());
        }
    }

    #[test]
    fn every_key_is_published_and_the_first_one_signs() {
        let (old, new) = ([1; 32], [2; 32]);
        let issuer = "https://kinward.example";
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let before = Tokens::new(issuer, &old, [&new]).unwrap();
        let after = Tokens::new(issuer, &new, [&old]).unwrap();
        let kids = |tokens: &Tokens| tokens.keys.iter().map(|key| key.kid.clone()).collect::<Vec<_>>();
        assert_eq!(kids(&before), kids(&after).into_iter().rev().collect::<Vec<_>>());
        assert_eq!(before.jwks()["keys"].as_array().unwrap().len(), 2);
        for (from, to) in [(&before, &after), (&after, &before)] {
            let (token, _) = from.issue(subject(), Uuid::nil(), now, Timestamp::MAX).unwrap();
            assert!(to.check(&token, now).is_ok());
        }
        let (token, _) = before.issue(subject(), Uuid::nil(), now, Timestamp::MAX).unwrap();
        assert!(Tokens::new(issuer, &new, []).unwrap().check(&token, now).is_err());
    }
}
