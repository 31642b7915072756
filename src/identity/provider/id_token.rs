//! Checking an ID token (OpenID Connect Core 1.0, section 3.1.3.7; RFC 8725): what is not exactly what was asked for, by the
//! provider itself, for this service, in this sign-in and just now, is refused.

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use super::Trouble;
use super::metadata::ALGORITHMS;
use crate::identity::model::provider::ANSWER_LIFETIME;

/// The longest token that is read, in bytes.
const MOST_BYTES: usize = 16 * 1024;
/// How far the provider's clock may be from ours.
const SKEW: SignedDuration = SignedDuration::from_secs(60);
/// The longest name of a person, in bytes (OpenID Connect Core 1.0, section 2).
const LONGEST_SUBJECT: usize = 255;

/// What the token must say.
#[derive(Debug)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    /// The access token that came with it, for `at_hash`.
    pub(super) access_token: &'a str,
    pub(super) now: Timestamp,
    pub(super) proof_within: SignedDuration,
}

/// What a good token says.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) subject: String,
    pub(super) amr: Vec<String>,
    pub(super) acr: Option<String>,
    pub(super) proved_at: Timestamp,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<serde_json::Value>,
}

/// One audience, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    auth_time: Option<i64>,
    nonce: Option<String>,
    azp: Option<String>,
    at_hash: Option<String>,
    amr: Option<Vec<String>>,
    acr: Option<String>,
}

/// The algorithm and the key that a token names. Whatever else its head says leads nowhere; rules that it calls critical are
/// not known here.
pub(super) fn named(token: &str) -> Result<(Algorithm, Option<String>), Trouble> {
    let head = token.split('.').next().filter(|_| token.len() <= MOST_BYTES && token.split('.').count() == 3);
    let head = head.and_then(|head| URL_SAFE_NO_PAD.decode(head).ok());
    let head: Option<Header> = head.and_then(|head| serde_json::from_slice(&head).ok());
    let head = head.ok_or(Trouble::NotGood("it is no token"))?;
    if head.crit.is_some() || head.typ.is_some_and(|kind| !kind.eq_ignore_ascii_case("JWT")) {
        return Err(Trouble::NotGood("it is another kind of token"));
    }
    let algorithm = ALGORITHMS.into_iter().find(|known| format!("{known:?}") == head.alg);
    Ok((algorithm.ok_or(Trouble::NotGood("its algorithm is not taken"))?, head.kid))
}

/// Checks signature and claims.
pub(super) fn check(token: &str, algorithm: Algorithm, key: &Jwk, expected: &Expected<'_>) -> Result<Said, Trouble> {
    let key = DecodingKey::from_jwk(key).map_err(|_| Trouble::NotGood("its key cannot be used"))?;
    let mut rules = Validation::new(algorithm);
    rules.set_audience(&[expected.client_id]);
    rules.set_issuer(&[expected.issuer]);
    rules.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    // Times are checked below, against the clock that everything else goes by.
    rules.validate_exp = false;
    rules.validate_nbf = false;
    let claims = decode::<Claims>(token, &key, &rules);
    let claims = claims.map_err(|_| Trouble::NotGood("signature, issuer or audience do not fit"))?.claims;
    parties(&claims, expected)?;
    times(&claims, expected)?;
    if claims.at_hash.as_deref().is_some_and(|hash| hash != half_hash(algorithm, expected.access_token)) {
        return Err(Trouble::NotGood("the access token is not the one that it was made with"));
    }
    let proved_at = proved_at(&claims, expected)?;
    Ok(Said { subject: claims.sub, amr: claims.amr.unwrap_or_default(), acr: claims.acr, proved_at })
}

/// By whom, for whom, about whom, and in which sign-in.
fn parties(claims: &Claims, expected: &Expected<'_>) -> Result<(), Trouble> {
    let ours = match &claims.aud {
        Audience::One(one) => one == expected.client_id,
        // Others whom it is for are not known here, so they are not trusted either.
        Audience::Several(all) => all.len() == 1 && all.iter().all(|one| one == expected.client_id),
    };
    let to_us = claims.azp.as_deref().is_none_or(|to| to == expected.client_id);
    if claims.iss != expected.issuer || !ours || !to_us {
        return Err(Trouble::NotGood("it is not for this service alone"));
    }
    let nonce = claims.nonce.as_deref().unwrap_or_default();
    if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err(Trouble::NotGood("it is not of this sign-in"));
    }
    if claims.sub.is_empty() || claims.sub.len() > LONGEST_SUBJECT {
        return Err(Trouble::NotGood("it names nobody"));
    }
    Ok(())
}

fn times(claims: &Claims, expected: &Expected<'_>) -> Result<(), Trouble> {
    let (earliest, latest) = ((expected.now - SKEW).as_second(), (expected.now + SKEW).as_second());
    let oldest = (expected.now - SKEW - ANSWER_LIFETIME).as_second();
    let begun = claims.iat <= latest && claims.nbf.is_none_or(|begin| begin <= latest);
    let good = begun && claims.exp > earliest && claims.iat >= oldest;
    if good { Ok(()) } else { Err(Trouble::NotGood("it is not of this time")) }
}

/// When the person proved to the provider who they are. It was asked to say so (`max_age`), so it must.
fn proved_at(claims: &Claims, expected: &Expected<'_>) -> Result<Timestamp, Trouble> {
    let at = claims.auth_time.and_then(|at| Timestamp::from_second(at).ok());
    let at = at.ok_or(Trouble::NotGood("it does not say when the person signed in"))?;
    let earliest = expected.now - expected.proof_within - SKEW;
    if at < earliest || at > expected.now + SKEW {
        return Err(Trouble::NotGood("the person signed in too long ago"));
    }
    Ok(at.min(expected.now))
}

/// The left half of a hash of the access token (OpenID Connect Core 1.0, section 3.1.3.6).
fn half_hash(algorithm: Algorithm, access_token: &str) -> String {
    let by = if algorithm == Algorithm::EdDSA { &digest::SHA512 } else { &digest::SHA256 };
    let hash = digest::digest(by, access_token.as_bytes());
    let half: Vec<u8> = hash.as_ref().iter().copied().take(hash.as_ref().len() / 2).collect();
    URL_SAFE_NO_PAD.encode(half)
}
