//! What the provider says of itself: its addresses (OpenID Connect Discovery 1.0) and its public keys (RFC 7517).

use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use oauth2::url::{Host, Url};
use serde::Deserialize;
use serde_json::Value;

use super::Trouble;

/// Signatures that are taken: all of them with a public key. The token's own word chooses among these and no others.
pub(super) const ALGORITHMS: [Algorithm; 4] = [Algorithm::ES256, Algorithm::PS256, Algorithm::RS256, Algorithm::EdDSA];
/// The most keys that are looked at.
const MOST_KEYS: usize = 50;

/// What of the discovery document is used.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
}

impl Metadata {
    /// Reads the document of `issuer`. It must name that very issuer, or one provider could speak for another; and each of
    /// its addresses is spoken to over TLS, except on this machine when the issuer is on it.
    pub(super) fn read(document: Value, issuer: &str, is_here: bool) -> Result<Self, Trouble> {
        let metadata: Self =
            serde_json::from_value(document).map_err(|_| Trouble::Away("the discovery document is not whole"))?;
        if metadata.issuer != issuer {
            return Err(Trouble::Away("the discovery document is another issuer's"));
        }
        for address in [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri] {
            if !is_safe(address, is_here) {
                return Err(Trouble::Away("an address in the discovery document is not safe"));
            }
        }
        if metadata.code_challenge_methods_supported.as_ref().is_some_and(|all| !all.iter().any(|one| one == "S256")) {
            return Err(Trouble::Away("the provider does not speak PKCE with S256"));
        }
        Ok(metadata)
    }

    /// Whether the secret goes into the body. By default it goes into the header (OpenID Connect Core 1.0, section 9).
    pub(super) fn takes_secret_in_body(&self) -> bool {
        let has = |all: &Vec<String>, wanted: &str| all.iter().any(|one| one == wanted);
        self.token_endpoint_auth_methods_supported
            .as_ref()
            .is_some_and(|all| !has(all, "client_secret_basic") && has(all, "client_secret_post"))
    }

    /// Whether its answers name it (RFC 9207): then one that does not is none of its.
    pub(super) fn names_itself(&self) -> bool {
        self.authorization_response_iss_parameter_supported.unwrap_or_default()
    }
}

fn is_safe(address: &str, is_here: bool) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    plain && (url.scheme() == "https" || (url.scheme() == "http" && is_here && loopback))
}

/// The provider's public keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys(Vec<Jwk>);

impl Keys {
    /// Reads a set of keys. Those of a kind that is not known here are passed over.
    pub(super) fn read(document: &Value) -> Result<Self, Trouble> {
        let keys = document.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or(Trouble::Away("the provider's keys are no set of keys"))?;
        let readable = keys.iter().take(MOST_KEYS).filter_map(|key| Jwk::deserialize(key).ok());
        Ok(Self(readable.collect()))
    }

    /// The key for a signature: the one of this name; where the token names none, the only one that there is.
    pub(super) fn find(&self, algorithm: Algorithm, kid: Option<&str>) -> Option<&Jwk> {
        let mut fitting =
            self.0.iter().filter(|key| fits(key, algorithm) && (kid.is_none() || key.common.key_id.as_deref() == kid));
        let first = fitting.next()?;
        // Two keys of one name are as bad as none: nobody could say which of them is meant.
        fitting.next().is_none().then_some(first)
    }
}

/// Whether the key is for signatures of this kind. A key is never used with an algorithm of another family.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let of_kind = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256 | Algorithm::PS256) => true,
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES256) => key.curve == EllipticCurve::P256,
        (AlgorithmParameters::OctetKeyPair(key), Algorithm::EdDSA) => key.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    let common = &key.common;
    let for_signing = common.public_key_use.as_ref().is_none_or(|of| *of == PublicKeyUse::Signature)
        && common.key_operations.as_ref().is_none_or(|of| of.contains(&KeyOperations::Verify));
    let named = common.key_algorithm.is_none_or(|of| of.to_string() == format!("{algorithm:?}"));
    of_kind && for_signing && named
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_are_spoken_to_over_tls_but_for_this_machine() {
        for (address, is_here, safe) in [
            ("https://login.example/token", false, true),
            ("https://other.example:8443/token?tenant=1", false, true),
            ("http://127.0.0.1:9000/token", true, true),
            ("http://localhost/token", true, true),
            ("http://[::1]:9000/token", true, true),
            ("http://127.0.0.1:9000/token", false, false),
            ("http://login.example/token", true, false),
            ("http://localhost.example/token", true, false),
            ("https://user@login.example/token", false, false),
            ("https://login.example/token#x", false, false),
            ("file:///etc/passwd", true, false),
            ("ftp://127.0.0.1/token", true, false),
            ("/token", true, false),
        ] {
            assert_eq!(is_safe(address, is_here), safe, "{address}");
        }
    }

    #[test]
    fn a_key_serves_its_own_kind_of_signature() {
        let rsa = |more: Value| {
            let mut key = json!({"kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB"});
            key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            Keys::read(&json!({"keys": [key, {"kty": "odd", "use": 7}, 3]})).unwrap()
        };
        let plain = rsa(json!({}));
        assert!(plain.find(Algorithm::RS256, Some("a")).is_some() && plain.find(Algorithm::PS256, None).is_some());
        assert!(plain.find(Algorithm::RS256, Some("b")).is_none());
        for algorithm in [Algorithm::ES256, Algorithm::EdDSA, Algorithm::HS256, Algorithm::RS512] {
            assert!(plain.find(algorithm, Some("a")).is_none(), "{algorithm:?}");
        }
        assert!(rsa(json!({"alg": "PS256"})).find(Algorithm::RS256, Some("a")).is_none());
        assert!(rsa(json!({"use": "enc"})).find(Algorithm::RS256, Some("a")).is_none());
        assert!(rsa(json!({"key_ops": ["encrypt"]})).find(Algorithm::RS256, Some("a")).is_none());
        let key = json!({"kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB"});
        assert!(Keys::read(&json!({"keys": [key, key]})).unwrap().find(Algorithm::RS256, Some("a")).is_none());
        assert!(Keys::read(&json!({"keys": {}})).is_err());
    }
}
