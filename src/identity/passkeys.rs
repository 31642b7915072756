//! Passkeys (Web Authentication, level 3): a key in a device that checks its owner first.
//!
//! The checks are webauthn-rs's: type, challenge, origin, relying party, presence, verification of the owner, signature and
//! counter. What stands here keeps its types and states as texts, so that a store can seal them. A ceremony's state never
//! leaves the service.

use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Webauthn, WebauthnBuilder,
};

use crate::kernel::{Error, Result};

use super::secrets::digest_of_bytes;

/// The name that a device shows beside the key.
const NAME: &str = "Kinward";
/// The most bytes of a credential that are read.
pub const MOST_BYTES: usize = 16 * 1024;

/// Makes and checks passkeys for one address.
#[derive(Debug)]
pub struct Passkeys(Webauthn);

/// A ceremony that has begun.
pub(super) struct Begun {
    /// What the person's device is asked, as JSON for `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`.
    pub(super) options: String,
    /// What is needed to check its answer.
    pub(super) state: String,
}

/// A passkey as it is kept, before or after it was shown.
pub(super) struct Kept {
    /// The public key and what belongs to it.
    pub(super) secret: String,
    /// Names the credential.
    pub(super) credential_hash: Vec<u8>,
    /// How often it was shown, as the device counts; 0 when it does not.
    pub(super) counter: i64,
}

impl Passkeys {
    /// Passkeys for the service's public address. None when the address is a bare number, to which the standard ties no
    /// key; this very machine goes by its name, `localhost`.
    pub fn new(public_url: &str) -> Result<Option<Self>> {
        let mut origin = Url::parse(public_url).map_err(Error::internal)?;
        if origin.host_str().is_some_and(|host| ["127.0.0.1", "[::1]"].contains(&host)) {
            origin.set_host(Some("localhost")).map_err(Error::internal)?;
        }
        let Some(domain) = origin.domain().map(str::to_owned) else { return Ok(None) };
        let built = WebauthnBuilder::new(&domain, &origin).and_then(|builder| builder.rp_name(NAME).build());
        Ok(Some(Self(built.map_err(Error::internal)?)))
    }

    /// Asks a device for a new key that it can find again by itself. `known` are the keys that the account has.
    pub(super) fn register(&self, account: Uuid, name: &str, known: &[String]) -> Result<Begun> {
        let known =
            known.iter().map(|secret| Ok(parse::<Passkey>(secret)?.cred_id().clone())).collect::<Result<_>>()?;
        let begun = self.0.start_passkey_registration(account, name, name, Some(known));
        let (asked, state) = begun.map_err(Error::internal)?;
        let mut options = inner(&asked)?;
        if let Some(Value::Object(wanted)) = options.get_mut("authenticatorSelection") {
            wanted.insert("residentKey".to_owned(), "required".into());
            wanted.insert("requireResidentKey".to_owned(), true.into());
        }
        Ok(Begun { options: options.to_string(), state: text(&state)? })
    }

    /// The new key, if the device's answer belongs to the ceremony.
    pub(super) fn registered(&self, credential: &str, state: &str) -> Result<Option<Kept>> {
        let state: PasskeyRegistration = parse(state)?;
        let Ok(credential) = serde_json::from_str::<RegisterPublicKeyCredential>(credential) else { return Ok(None) };
        match self.0.finish_passkey_registration(&credential, &state) {
            Ok(passkey) => kept(&passkey).map(Some),
            Err(_) => Ok(None),
        }
    }

    /// Asks for one of these keys.
    pub(super) fn ask(&self, secrets: &[String]) -> Result<Begun> {
        let keys = secrets.iter().map(|secret| parse::<Passkey>(secret)).collect::<Result<Vec<_>>>()?;
        let (asked, state) = self.0.start_passkey_authentication(&keys).map_err(Error::internal)?;
        Ok(Begun { options: inner(&asked)?.to_string(), state: text(&state)? })
    }

    /// Asks for any key that the device has for this service.
    pub(super) fn ask_anybody(&self) -> Result<Begun> {
        let (asked, state) = self.0.start_discoverable_authentication().map_err(Error::internal)?;
        Ok(Begun { options: inner(&asked)?.to_string(), state: text(&state)? })
    }

    /// Whose key the device claims to show.
    pub(super) fn claimed(&self, credential: &str) -> Option<Uuid> {
        let credential = serde_json::from_str::<PublicKeyCredential>(credential).ok()?;
        self.0.identify_discoverable_authentication(&credential).ok().map(|(account, _)| account)
    }

    /// The key as it is to be kept from now on, if the device showed this one in answer to [`Passkeys::ask`], or (`anybody`)
    /// to [`Passkeys::ask_anybody`]. It is checked against what is kept now, not against what was when it was asked for.
    pub(super) fn shown(&self, credential: &str, state: &str, anybody: bool, secret: &str) -> Result<Option<Kept>> {
        let mut passkey: Passkey = parse(secret)?;
        let Ok(credential) = serde_json::from_str::<PublicKeyCredential>(credential) else { return Ok(None) };
        if credential.raw_id.as_slice() != passkey.cred_id().as_slice() {
            return Ok(None);
        }
        let checked = if anybody {
            let state: DiscoverableAuthentication = parse(state)?;
            self.0.finish_discoverable_authentication_v2(&credential, state, &passkey)
        } else {
            let state: PasskeyAuthentication = parse(state)?;
            self.0.finish_passkey_authentication(&credential, &state)
        };
        let Ok(result) = checked else { return Ok(None) };
        // Two factors in one only if the device checked its owner; the ceremony asked for it, and this holds to it.
        if !result.user_verified() {
            return Ok(None);
        }
        passkey.update_credential(&result);
        let kept = kept(&passkey)?;
        Ok(Some(Kept { counter: i64::from(result.counter()), ..kept }))
    }
}

fn kept(passkey: &Passkey) -> Result<Kept> {
    let value = serde_json::to_value(passkey).map_err(Error::internal)?;
    let counter = value.pointer("/cred/counter").and_then(Value::as_i64);
    let counter = counter.ok_or_else(|| Error::internal("a passkey without a counter"))?;
    let credential_hash = digest_of_bytes(passkey.cred_id().as_slice());
    Ok(Kept { secret: value.to_string(), credential_hash, counter })
}

/// What stands under `publicKey`, which is all that a browser takes.
fn inner(asked: &impl serde::Serialize) -> Result<Value> {
    let mut value = serde_json::to_value(asked).map_err(Error::internal)?;
    value.get_mut("publicKey").map(Value::take).ok_or_else(|| Error::internal("a ceremony without options"))
}

fn text(state: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(state).map_err(Error::internal)
}

/// Reads what the service itself has kept. The text of a failure could hold a part of it, so it is left out.
fn parse<T: DeserializeOwned>(kept: &str) -> Result<T> {
    serde_json::from_str(kept).map_err(|_| Error::internal("a passkey or its ceremony cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_tied_to_the_public_address() {
        let options = |url: &str| {
            let passkeys = Passkeys::new(url).unwrap()?;
            let begun = passkeys.register(Uuid::from_u128(1), "calm-river-4821", &[]).unwrap();
            Some(serde_json::from_str::<Value>(&begun.options).unwrap())
        };
        assert_eq!(options("https://kinward.example").unwrap()["rp"]["id"], "kinward.example");
        assert_eq!(options("http://127.0.0.1:8080").unwrap()["rp"]["id"], "localhost");
        assert!(options("https://192.0.2.7").is_none());
        let asked = options("https://kinward.example").unwrap();
        let wanted = &asked["authenticatorSelection"];
        assert_eq!((&wanted["residentKey"], &wanted["userVerification"]), (&"required".into(), &"required".into()));
    }
}
