//! A device with passkeys, in software: what a browser and its authenticator answer, and what a forger would.
//!
//! Written from the standard (Web Authentication, level 3), not from the library that the service checks it with.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// The page that people are on: where tests' nodes say that they are.
pub const ORIGIN: &str = "http://localhost:8080";

/// How the device and the browser behave.
#[derive(Clone)]
pub struct Manner {
    /// The page that asks.
    pub origin: String,
    /// Whether the device checked that it is its owner.
    pub verified: bool,
    /// Another challenge than the one asked.
    pub challenge: Option<String>,
    /// Another relying party than the one asked.
    pub rp: Option<String>,
    /// Whether a byte of the signature is turned.
    pub forged: bool,
}

impl Manner {
    /// As it should be.
    pub fn proper() -> Self {
        Self { origin: ORIGIN.to_owned(), verified: true, challenge: None, rp: None, forged: false }
    }
}

/// One passkey.
pub struct Passkey {
    pair: EcdsaKeyPair,
    id: Vec<u8>,
    user: Vec<u8>,
    /// How often it was shown; it grows by one before each.
    pub counter: u32,
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

/// What the browser says that it was asked.
fn client_data(kind: &str, options: &Value, manner: &Manner) -> String {
    let challenge = manner.challenge.clone().unwrap_or_else(|| options["challenge"].as_str().unwrap().to_owned());
    json!({"type": kind, "challenge": challenge, "origin": manner.origin, "crossOrigin": false}).to_string()
}

/// What the device says: for whom, how, and how often by now. 1 is presence, 4 verification.
fn device_data(rp: &str, manner: &Manner, further: u8, counter: u32) -> Vec<u8> {
    let rp = manner.rp.as_deref().unwrap_or(rp);
    let flags = 1 | further | if manner.verified { 4 } else { 0 };
    [digest(&SHA256, rp.as_bytes()).as_ref(), &[flags], &counter.to_be_bytes()].concat()
}

impl Passkey {
    /// Makes a key as asked; it and the credential.
    pub fn make(options: &str, manner: &Manner) -> (Self, String) {
        let asked: Value = serde_json::from_str(options).unwrap();
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let id = digest(&SHA256, pair.public_key().as_ref()).as_ref()[..16].to_vec();
        let key = Self { pair, id, user: bytes(&asked["user"]["id"]), counter: 0 };
        let credential = key.offer(options, manner);
        (key, credential)
    }

    /// The credential of a new key, which could be offered twice.
    pub fn offer(&self, options: &str, manner: &Manner) -> String {
        let asked: Value = serde_json::from_str(options).unwrap();
        // An uncompressed point: 4, x, y.
        let point = self.pair.public_key().as_ref();
        let (x, y) = (&point[1..33], &point[33..65]);
        // COSE in CBOR: {1: 2, 3: -7, -1: 1, -2: x, -3: y}, an ES256 key on P-256.
        let cose = [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32][..], x, &[0x22, 0x58, 32], y].concat();
        // 64: a key follows, after the kind of device (nobody says) and the length of its name.
        let mut data = device_data(asked["rp"]["id"].as_str().unwrap(), manner, 64, self.counter);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend([&self.id[..], &cose].concat());
        let length = u16::try_from(data.len()).unwrap().to_be_bytes();
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": …}.
        let object = [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59", &length[..], &data].concat();
        let response = json!({
            "attestationObject": text(&object),
            "clientDataJSON": text(client_data("webauthn.create", &asked, manner).as_bytes()),
        });
        self.credential(&response)
    }

    /// Shows the key as asked; the credential.
    pub fn show(&mut self, options: &str, manner: &Manner) -> String {
        self.counter = self.counter.wrapping_add(1);
        let asked: Value = serde_json::from_str(options).unwrap();
        let browser = client_data("webauthn.get", &asked, manner);
        let data = device_data(asked["rpId"].as_str().unwrap(), manner, 0, self.counter);
        let signed = [&data[..], digest(&SHA256, browser.as_bytes()).as_ref()].concat();
        let mut signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap().as_ref().to_vec();
        if manner.forged {
            *signature.last_mut().unwrap() ^= 1;
        }
        let response = json!({
            "authenticatorData": text(&data),
            "clientDataJSON": text(browser.as_bytes()),
            "signature": text(&signature),
            "userHandle": text(&self.user),
        });
        self.credential(&response)
    }

    /// Says that the key is somebody else's.
    pub fn claim(&mut self, user: [u8; 16]) {
        self.user = user.to_vec();
    }

    /// The key's name, as it stands in options.
    pub fn name(&self) -> String {
        text(&self.id)
    }

    fn credential(&self, response: &Value) -> String {
        let id = text(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {}})
            .to_string()
    }
}
