//! Access tokens: JSON Web Tokens (RFC 7519, profile RFC 9068) signed with Ed25519, good for ten minutes.
//!
//! The rules of RFC 8725 that matter here: one algorithm, never taken from the token; a key chosen by our own `kid`;
//! issuer, audience and type always checked. Times are checked against our clock, not the library's.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::ids::{AccountId, RoleId, SignInId};
use crate::kernel::{Error, Result};

use super::secrets::digest_of;

/// How long an access token is good.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// How far the clocks of two nodes may be apart.
const SKEW: SignedDuration = SignedDuration::from_secs(30);
const AUDIENCE: &str = "kinward";
const TYPE: &str = "at+jwt";
/// The most that a token can be long; a longer one is refused unread.
const MAX_LENGTH: usize = 2_048;
/// RFC 8410, section 7: the fixed start of a PKCS #8 private key for Ed25519, before the 32 bytes of the seed.
const PKCS8_START: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// Signs and checks access tokens.
pub struct Tokens {
    issuer: String,
    kid: String,
    public: Vec<u8>,
    signing: EncodingKey,
    checking: DecodingKey,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl Tokens {
    /// Signs with the Ed25519 key of this seed, in the name of `issuer` (the service's public address).
    pub fn new(issuer: &str, seed: &[u8; 32]) -> Result<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| Error::internal("token signing key"))?;
        let public = pair.public_key().as_ref().to_vec();
        let mut private = PKCS8_START.to_vec();
        private.extend_from_slice(seed);
        let kid = URL_SAFE_NO_PAD.encode(digest_of(&URL_SAFE_NO_PAD.encode(&public)));
        Ok(Self {
            issuer: issuer.to_owned(),
            kid: kid.chars().take(16).collect(),
            signing: EncodingKey::from_ed_der(&private),
            checking: DecodingKey::from_ed_der(&public),
            public,
        })
    }

    /// A token for this session and role, and when it ends.
    pub fn issue(
        &self,
        (account, sign_in, role): (AccountId, SignInId, RoleId),
        id: Uuid,
        now: Timestamp,
    ) -> Result<(String, Timestamp)> {
        let ends = now + LIFETIME;
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
        let header =
            Header { typ: Some(TYPE.to_owned()), kid: Some(self.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        let token = encode(&header, &claims, &self.signing).map_err(Error::internal)?;
        Ok((token, claims.expires_at()))
    }

    /// Reads a token; anything that is not exactly ours and good now is "not signed in".
    pub fn check(&self, token: &str, now: Timestamp) -> Result<Claims> {
        if token.len() > MAX_LENGTH {
            return Err(Error::Unauthenticated);
        }
        let header = decode_header(token).map_err(|_| Error::Unauthenticated)?;
        let ours = header.alg == Algorithm::EdDSA
            && header.typ.as_deref() == Some(TYPE)
            && header.kid.as_deref() == Some(self.kid.as_str());
        if !ours {
            return Err(Error::Unauthenticated);
        }
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_audience(&[AUDIENCE]);
        rules.set_issuer(&[&self.issuer]);
        rules.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        // Times are checked below, against the clock that everything else goes by.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let claims = decode::<Claims>(token, &self.checking, &rules).map_err(|_| Error::Unauthenticated)?.claims;
        let (now, skew) = (now.as_second(), SKEW.as_secs());
        let good = claims.exp > now && claims.nbf <= now.saturating_add(skew) && claims.iat <= now.saturating_add(skew);
        if good { Ok(claims) } else { Err(Error::Unauthenticated) }
    }

    /// The public key as a JSON Web Key Set (RFC 7517, RFC 8037), for whoever checks our tokens.
    #[must_use]
    pub fn jwks(&self) -> serde_json::Value {
        serde_json::json!({"keys": [{
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
            "kid": self.kid, "x": URL_SAFE_NO_PAD.encode(&self.public),
        }]})
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
        let tokens = Tokens::new("https://kinward.example", &[1; 32]).unwrap();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let (token, ends) = tokens.issue(subject(), Uuid::nil(), now).unwrap();
        assert_eq!(ends, now + LIFETIME);
        assert_eq!(tokens.check(&token, now).unwrap().account(), subject().0);
        assert!(tokens.check(&token, ends).is_err());
        assert!(tokens.check(&token, now - SignedDuration::from_mins(1)).is_err());
        for other in [Tokens::new("https://kinward.example", &[2; 32]), Tokens::new("https://other.example", &[1; 32])]
        {
            assert!(other.unwrap().check(&token, now).is_err());
        }
        let (head, rest) = token.split_once('.').unwrap();
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"at+jwt"}"#);
        assert!(tokens.check(&format!("{none}.{rest}"), now).is_err());
        assert!(tokens.check(&format!("{head}.{rest}x"), now).is_err());
        assert!(tokens.check(&"a".repeat(5_000), now).is_err());
        assert!(tokens.check("", now).is_err());
    }

    #[test]
    fn a_token_of_another_type_or_audience_is_refused() {
        let tokens = Tokens::new("https://kinward.example", &[1; 32]).unwrap();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let claims = tokens.check(&tokens.issue(subject(), Uuid::nil(), now).unwrap().0, now).unwrap();
        let head = Header { typ: Some(TYPE.into()), kid: Some(tokens.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        let wrong = [
            encode(&Header { typ: Some("JWT".into()), ..head.clone() }, &claims, &tokens.signing),
            encode(&Header { kid: None, ..head.clone() }, &claims, &tokens.signing),
            encode(&Header { kid: Some("../../key".into()), ..head.clone() }, &claims, &tokens.signing),
            encode(&head, &Claims { aud: "other".into(), ..claims.clone() }, &tokens.signing),
            encode(&head, &Claims { nbf: now.as_second() + 60, ..claims.clone() }, &tokens.signing),
        ];
        assert!(tokens.check(&encode(&head, &claims, &tokens.signing).unwrap(), now).is_ok());
        for token in wrong {
            assert!(tokens.check(&token.unwrap(), now).is_err());
        }
    }
}
