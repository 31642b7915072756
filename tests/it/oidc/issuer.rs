//! A small identity provider inside the test: discovery, keys, and a token endpoint that insists on what a real one insists on.
//! What it signs can be forged in every part.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
};
use aws_lc_rs::{digest, hmac};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use base64::{Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use oauth2::url::{Url, form_urlencoded};
use serde_json::{Value, json};

pub const CLIENT_ID: &str = "kinward";
pub const CLIENT_SECRET: &str = "a secret between the two of them";
pub const ACCESS_TOKEN: &str = "an-access-token";
/// The address to which the demonstration's settings and the default path lead.
const REDIRECT: &str = "http://127.0.0.1:8080/signed-in";

fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a token is signed with.
pub enum Sign {
    Ec,
    /// With a key of the same name that is not the provider's.
    StrangeEc,
    Rsa,
    Ed,
    Hmac(Vec<u8>),
    Nothing,
    /// Signed well, then changed.
    Changed,
}

/// A token before it is signed.
pub struct Forged {
    pub header: Value,
    pub claims: Value,
    pub sign: Sign,
}

/// Where somebody was sent, read from the address.
#[derive(Clone)]
pub struct Begun {
    pub secret: String,
    pub state: String,
    pub address: String,
    pub asked: BTreeMap<String, String>,
}

impl Begun {
    pub fn new(begun: &Value) -> Self {
        let address = begun["address"].as_str().unwrap().to_owned();
        let asked: BTreeMap<String, String> = Url::parse(&address).unwrap().query_pairs().into_owned().collect();
        Self { secret: begun["secret"].as_str().unwrap().into(), state: asked["state"].clone(), address, asked }
    }
}

/// A status, headers, and a body.
type Instead = (u16, Vec<(&'static str, String)>, String);

/// What the provider says, beside its tokens.
#[derive(Clone, Default)]
pub struct Manner {
    /// Put over the discovery document; null takes away.
    pub document: Value,
    /// In place of the keys.
    pub keys: Option<Value>,
    /// In place of the answers of these paths.
    pub instead: BTreeMap<String, Instead>,
    /// Paths that never answer.
    pub silent: Vec<String>,
}

#[derive(Default)]
struct Inside {
    manner: Manner,
    codes: BTreeMap<String, (String, String)>,
    asked: BTreeMap<String, usize>,
}

/// The provider.
pub struct Issuer {
    pub url: String,
    inside: Arc<Mutex<Inside>>,
    keys: Keys,
    server: tokio::task::JoinHandle<()>,
}

struct Keys {
    ec: EcdsaKeyPair,
    strange: EcdsaKeyPair,
    rsa: RsaKeyPair,
    ed: Ed25519KeyPair,
}

#[derive(Clone)]
struct Served {
    url: String,
    keys: Value,
    inside: Arc<Mutex<Inside>>,
}

impl Issuer {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let url = format!("http://{address}");
        let ec = || {
            let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.unwrap().as_ref()).unwrap()
        };
        let keys = Keys {
            ec: ec(),
            strange: ec(),
            rsa: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
            ed: Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap(),
        };
        let inside = Arc::new(Mutex::new(Inside::default()));
        let served = Served { url: url.clone(), keys: keys.public(), inside: Arc::clone(&inside) };
        let router = Router::new().fallback(answer).with_state(served);
        let server = async move { axum::serve(listener, router).await.unwrap() };
        #[expect(clippy::disallowed_methods, reason = "the provider is not part of the node, and ends with the test")]
        let server = tokio::spawn(server);
        Self { url, inside, keys, server }
    }

    /// From now on it behaves so.
    pub fn behave(&self, manner: Manner) {
        self.inside.lock().unwrap().manner = manner;
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.inside.lock().unwrap().asked.get(path).copied().unwrap_or_default()
    }

    /// Nobody answers any more.
    pub fn stop(&self) {
        self.server.abort();
    }

    /// The public keys, as they are published.
    pub fn public_keys(&self) -> Value {
        self.keys.public()
    }

    /// Somebody has signed in there: a code, for which the token can be had that `forge` has made of a good one.
    pub fn grant(&self, begun: &Begun, subject: &str, now: Timestamp, forge: impl FnOnce(&mut Forged)) -> String {
        let now = now.as_second();
        let claims = json!({
            "iss": self.url, "aud": CLIENT_ID, "sub": subject, "nonce": begun.asked["nonce"],
            "iat": now, "exp": now + 300, "auth_time": now - 5, "amr": ["pwd", "mfa"],
        });
        let header = json!({"alg": "ES256", "kid": "ec-1", "typ": "JWT"});
        let mut forged = Forged { header, claims, sign: Sign::Ec };
        forge(&mut forged);
        let code = base64(digest::digest(&digest::SHA256, begun.state.as_bytes()));
        let token = self.keys.sign(&forged);
        self.inside.lock().unwrap().codes.insert(code.clone(), (begun.asked["code_challenge"].clone(), token));
        code
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Keys {
    fn public(&self) -> Value {
        let point = self.ec.public_key().as_ref();
        // RFC 8017, A.1.1: the modulus of 2048 bits stands behind nine bytes of DER.
        let rsa = self.rsa.public_key().as_ref();
        json!({"keys": [
            {"kty": "EC", "crv": "P-256", "kid": "ec-1", "use": "sig", "alg": "ES256",
             "x": base64(&point[1..33]), "y": base64(&point[33..65])},
            {"kty": "RSA", "kid": "rsa-1", "use": "sig", "n": base64(&rsa[9..265]), "e": "AQAB"},
            {"kty": "OKP", "crv": "Ed25519", "kid": "ed-1", "x": base64(self.ed.public_key().as_ref())},
            {"kty": "oct", "kid": "oct-1", "k": base64("known to everybody")},
            {"kty": "of the future", "kid": "odd-1"},
        ]})
    }

    fn sign(&self, forged: &Forged) -> String {
        let message = format!("{}.{}", base64(forged.header.to_string()), base64(forged.claims.to_string()));
        let (bytes, random) = (message.as_bytes(), SystemRandom::new());
        let ec = |key: &EcdsaKeyPair| key.sign(&random, bytes).unwrap().as_ref().to_vec();
        let signature = match &forged.sign {
            Sign::Ec => ec(&self.ec),
            Sign::StrangeEc => ec(&self.strange),
            Sign::Ed => self.ed.sign(bytes).as_ref().to_vec(),
            Sign::Hmac(secret) => hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), bytes).as_ref().to_vec(),
            Sign::Nothing => Vec::new(),
            Sign::Rsa => {
                let mut signature = vec![0; self.rsa.public_modulus_len()];
                self.rsa.sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature).unwrap();
                signature
            }
            Sign::Changed => {
                let mut claims = forged.claims.clone();
                claims["sub"] = json!("somebody-else");
                let changed = base64(claims.to_string());
                return format!("{}.{changed}.{}", base64(forged.header.to_string()), base64(ec(&self.ec)));
            }
        };
        format!("{message}.{}", base64(signature))
    }
}

async fn answer(State(served): State<Served>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let path = uri.path().to_owned();
    let manner = {
        let mut inside = served.inside.lock().unwrap();
        *inside.asked.entry(path.clone()).or_default() += 1;
        inside.manner.clone()
    };
    if manner.silent.contains(&path) {
        std::future::pending::<()>().await;
    }
    if let Some((status, headers, body)) = manner.instead.get(&path) {
        let mut answer = (StatusCode::from_u16(*status).unwrap(), body.clone()).into_response();
        for (name, value) in headers {
            answer.headers_mut().insert(*name, value.parse().unwrap());
        }
        return answer;
    }
    match path.as_str() {
        "/.well-known/openid-configuration" => document(&served.url, &manner.document),
        "/keys" => axum::Json(manner.keys.unwrap_or(served.keys)).into_response(),
        "/token" => token(&served, &headers, &body),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn document(url: &str, over: &Value) -> Response {
    let mut document = json!({
        "issuer": url, "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"), "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
    });
    document.as_object_mut().unwrap().extend(over.as_object().cloned().unwrap_or_default());
    document.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    axum::Json(document).into_response()
}

/// Gives the token for a code, once, to who knows the client's secret, the address and the verifier of the challenge.
fn token(served: &Served, headers: &HeaderMap, body: &[u8]) -> Response {
    let refuse = |code: &str| (StatusCode::BAD_REQUEST, axum::Json(json!({ "error": code }))).into_response();
    let form: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    let said = |name: &str| form.get(name).cloned().unwrap_or_default();
    let escaped: String = form_urlencoded::byte_serialize(CLIENT_SECRET.as_bytes()).collect();
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT_ID}:{escaped}")));
    let in_header = headers.get("authorization").is_some_and(|given| given == basic.as_str());
    let in_body = said("client_id") == CLIENT_ID && said("client_secret") == CLIENT_SECRET;
    if !in_header && !in_body {
        return refuse("invalid_client");
    }
    let granted = served.inside.lock().unwrap().codes.remove(&said("code"));
    let Some((challenge, id_token)) = granted else { return refuse("invalid_grant") };
    let shown = base64(digest::digest(&digest::SHA256, said("code_verifier").as_bytes()));
    if said("grant_type") != "authorization_code" || said("redirect_uri") != REDIRECT || shown != challenge {
        return refuse("invalid_grant");
    }
    let answer = json!({"access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 60, "id_token": id_token});
    axum::Json(answer).into_response()
}
