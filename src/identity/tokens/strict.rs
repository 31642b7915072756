//! Reads the outside of a token before any library does: whatever has more than one reading is refused here.
//!
//! A library for tokens accepts what the specifications allow somebody to write: unknown header fields, fields given
//! twice, critical extensions it does not know, keys inside the token. None of that is ever in a token of ours, so none
//! of it gets any further (RFC 8725, sections 3.1 to 3.3 and 3.10).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

/// The most that a token can be long, in bytes; a longer one is refused unread.
pub(super) const MAX_LENGTH: usize = 2_048;
/// How long an Ed25519 signature is, in bytes (RFC 8032, section 5.1.6).
const SIGNATURE_LENGTH: usize = 64;

/// The only header that we write. Anything beside these three fields, or one of them twice, is refused: `jwk`, `jku`,
/// `x5u`, `x5c` would name a key of the sender's, `crit` a rule that we do not know.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// The `kid` of a token that has exactly the form of ours: three parts, each in the one spelling that base64url has for
/// its bytes, a header with exactly our fields, a payload that is an object, a signature of the right length. Says nothing
/// yet of whether the signature is good.
pub(super) fn key_named(token: &str, algorithm: &str, kind: &str) -> Option<String> {
    if token.len() > MAX_LENGTH {
        return None;
    }
    let mut parts = token.split('.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || bytes(signature)?.len() != SIGNATURE_LENGTH {
        return None;
    }
    let _payload = object(payload)?;
    let header: Header = serde_json::from_slice(&object(header)?).ok()?;
    (header.alg == algorithm && header.typ == kind).then_some(header.kid)
}

/// The bytes of a part. The engine refuses padding, bits left over, white space and the alphabet of plain base64.
fn bytes(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

/// The bytes of a part that is a JSON object. An array would do for a list of the same values, so it is kept out.
fn object(part: &str) -> Option<Vec<u8>> {
    bytes(part).filter(|bytes| bytes.first() == Some(&b'{'))
}
