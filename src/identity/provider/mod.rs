//! The staff's own identity provider, as a client of OpenID Connect: the code flow with PKCE (RFC 7636), state and nonce.
//!
//! What the crate `oauth2` does: the address to go to, the exchange of the code, and the reading of that answer. What
//! `jsonwebtoken` on aws-lc does: signatures. The rules of the ID token are said here (`id_token`), since the crate that
//! knows them all brings a library of RSA with a side channel (RUSTSEC-2023-0071) that this house does not take.
//!
//! The provider is asked who somebody is, and nothing more: the only scope is `openid`, its access token is dropped, nothing
//! of a profile is read. Its document and keys are kept for an hour; a key that is not known is looked for anew at most once a
//! minute, so that nobody who makes up keys makes us call.

mod http;
mod id_token;
mod metadata;

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::Jwk;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardRevocableToken, StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use self::http::Http;
use self::id_token::Expected;
use self::metadata::{Keys, Metadata};
use super::model::provider::{ProvedByProvider, StrongWays};
use crate::kernel::Result;

/// How long the provider's document and keys are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(1);
/// How soon keys are looked for anew.
const KEYS_AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// What an operator says of the provider.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// Its issuer, letter for letter.
    pub issuer: String,
    /// Whether it is on this machine and spoken to in the clear.
    pub is_here: bool,
    /// What it calls us.
    pub client_id: String,
    /// What we show it.
    pub client_secret: SecretString,
    /// The address to which it sends people back.
    pub redirect_url: String,
    /// Which of its words stand for more than one factor.
    pub strong: StrongWays,
    /// How long ago somebody may have signed in there.
    pub proof_within: SignedDuration,
}

/// Why an answer is none. The words are for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The provider cannot be asked now, or speaks so that it cannot be understood.
    Away(&'static str),
    /// What came back is not what was asked for.
    NotGood(&'static str),
}

/// The secrets of one sign-in at the provider, kept sealed until it is answered.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Remembered {
    /// Stands in the ID token.
    pub(super) nonce: String,
    /// Goes with the code (RFC 7636).
    pub(super) verifier: String,
}

/// What stands beside the access token in the provider's answer.
#[derive(Debug, Serialize, Deserialize)]
struct WithIdToken {
    id_token: String,
}

impl ExtraTokenFields for WithIdToken {}

type Answer = StandardTokenResponse<WithIdToken, BasicTokenType>;
type OfProvider = Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// What the provider said of itself, and when.
#[derive(Debug)]
pub(super) struct Known {
    metadata: Metadata,
    keys: Keys,
    read_at: Timestamp,
    keys_read_at: Timestamp,
}

/// The provider.
#[derive(Debug)]
pub struct Provider {
    settings: ProviderSettings,
    http: Http,
    known: Mutex<Option<Arc<Known>>>,
}

impl Provider {
    /// A provider that is asked when it is first needed.
    pub fn new(settings: ProviderSettings) -> Result<Self> {
        Ok(Self { settings, http: Http::new()?, known: Mutex::default() })
    }

    /// Its issuer.
    pub(super) fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// What the provider says of itself, asked anew when that is old.
    pub(super) async fn known(&self, now: Timestamp) -> Result<Arc<Known>, Trouble> {
        let kept = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = kept.filter(|known| known.read_at + KEPT > now) {
            return Ok(known);
        }
        let issuer = self.issuer();
        let document = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let metadata = Metadata::read(self.http.document(&document).await?, issuer, self.settings.is_here)?;
        let keys = Keys::read(&self.http.document(&metadata.jwks_uri).await?)?;
        Ok(self.keep(Known { metadata, keys, read_at: now, keys_read_at: now }))
    }

    fn keep(&self, known: Known) -> Arc<Known> {
        let known = Arc::new(known);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        known
    }

    /// The address at the provider to which somebody goes.
    pub(super) fn address(&self, known: &Known, state: &str, remembered: &Remembered) -> Result<String, Trouble> {
        let verifier = PkceCodeVerifier::new(remembered.verifier.clone());
        let client = self.client(known)?;
        let mut request = client
            .authorize_url(|| CsrfToken::new(state.to_owned()))
            .add_scope(Scope::new("openid".to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_extra_param("nonce", remembered.nonce.clone())
            .add_extra_param("max_age", self.settings.proof_within.as_secs().to_string());
        if !self.settings.strong.levels.is_empty() {
            request = request.add_extra_param("acr_values", self.settings.strong.levels.join(" "));
        }
        Ok(request.url().0.into())
    }

    /// Exchanges the code of an answer and checks what comes for it. `issuer` is whom the answer says that it is from.
    pub(super) async fn hear(
        &self,
        code: &SecretString,
        issuer: Option<&str>,
        remembered: &Remembered,
        now: Timestamp,
    ) -> Result<ProvedByProvider, Trouble> {
        let known = self.known(now).await?;
        let other = issuer.is_some_and(|issuer| issuer != self.issuer());
        if other || (issuer.is_none() && known.metadata.names_itself()) {
            return Err(Trouble::NotGood("the answer is another provider's"));
        }
        let answer = self.exchange(&known, code, remembered).await?;
        let token = &answer.extra_fields().id_token;
        let (algorithm, kid) = id_token::named(token)?;
        let key = self.key(known, algorithm, kid.as_deref(), now).await?;
        let expected = Expected {
            issuer: self.issuer(),
            client_id: &self.settings.client_id,
            nonce: &remembered.nonce,
            access_token: answer.access_token().secret(),
            now,
            proof_within: self.settings.proof_within,
        };
        let said = id_token::check(token, algorithm, &key, &expected)?;
        Ok(ProvedByProvider {
            issuer: self.issuer().to_owned(),
            subject: said.subject,
            is_multi_factor: self.settings.strong.are_multi_factor(&said.amr, said.acr.as_deref()),
            at: said.proved_at,
        })
    }

    fn client(&self, known: &Known) -> Result<OfProvider, Trouble> {
        let none = |_| Trouble::Away("an address of the provider is none");
        let of = &self.settings;
        let how = if known.metadata.takes_secret_in_body() { AuthType::RequestBody } else { AuthType::BasicAuth };
        Ok(Client::new(ClientId::new(of.client_id.clone()))
            .set_client_secret(ClientSecret::new(of.client_secret.expose_secret().to_owned()))
            .set_auth_type(how)
            .set_auth_uri(AuthUrl::new(known.metadata.authorization_endpoint.clone()).map_err(none)?)
            .set_token_uri(TokenUrl::new(known.metadata.token_endpoint.clone()).map_err(none)?)
            .set_redirect_uri(RedirectUrl::new(of.redirect_url.clone()).map_err(none)?))
    }

    async fn exchange(&self, known: &Known, code: &SecretString, of: &Remembered) -> Result<Answer, Trouble> {
        let client = self.client(known)?;
        let request = client
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(of.verifier.clone()));
        request.request_async(&self.http).await.map_err(|error| match error {
            RequestTokenError::Request(away) => away.into(),
            RequestTokenError::ServerResponse(said) if said.error().as_ref() == "invalid_client" => {
                Trouble::Away("the provider does not know this service by its secret")
            }
            RequestTokenError::ServerResponse(_) => Trouble::NotGood("the provider does not take the code"),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                Trouble::NotGood("the provider answered without a token")
            }
        })
    }

    /// The key that a token names; the provider may have got a new one since it was asked.
    async fn key(
        &self,
        known: Arc<Known>,
        algorithm: jsonwebtoken::Algorithm,
        kid: Option<&str>,
        now: Timestamp,
    ) -> Result<Jwk, Trouble> {
        if let Some(key) = known.keys.find(algorithm, kid) {
            return Ok(key.clone());
        }
        let unknown = Trouble::NotGood("its key is not known");
        if known.keys_read_at + KEYS_AGAIN > now {
            return Err(unknown);
        }
        let keys = Keys::read(&self.http.document(&known.metadata.jwks_uri).await?)?;
        let metadata = known.metadata.clone();
        let known = self.keep(Known { metadata, keys, read_at: known.read_at, keys_read_at: now });
        known.keys.find(algorithm, kid).cloned().ok_or(unknown)
    }
}
