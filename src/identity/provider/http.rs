//! The one way out to the provider: bounded in time, in size and in number, and led nowhere else.

use std::time::Duration;

use futures_util::future::BoxFuture;
use oauth2::http::{self, StatusCode, header};
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use tokio::sync::Semaphore;

use super::Trouble;
use crate::kernel::{Error, Result};

/// How long one call may take, from looking up the name to the last byte. A sign-in makes three at most, and all of them fit
/// into the time that an operation may take.
const LONGEST: Duration = Duration::from_secs(3);
/// The most that is read of an answer, in bytes.
const MOST_BYTES: usize = 128 * 1024;
/// Calls that may be under way at once on one node.
const AT_ONCE: usize = 8;

/// Why a call did not bring an answer, in words for the log.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Away(pub(super) &'static str);

impl From<Away> for Trouble {
    fn from(away: Away) -> Self {
        Self::Away(away.0)
    }
}

#[derive(Debug)]
pub(super) struct Http {
    client: reqwest::Client,
    places: Semaphore,
}

impl Http {
    pub(super) fn new() -> Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(LONGEST)
            // Whoever leads elsewhere is not followed, and no variable of the environment names a proxy.
            .redirect(Policy::none())
            .no_proxy()
            .user_agent("kinward");
        Ok(Self { client: client.build().map_err(Error::internal)?, places: Semaphore::new(AT_ONCE) })
    }

    /// The JSON document at this address.
    pub(super) async fn document(&self, url: &str) -> Result<serde_json::Value, Away> {
        let request = http::Request::get(url).header(header::ACCEPT, "application/json").body(Vec::new());
        let answer = self.send(request.map_err(|_| Away("an address of the provider is none"))?).await?;
        if answer.status() != StatusCode::OK {
            return Err(Away("the provider answered with an error"));
        }
        serde_json::from_slice(answer.body()).map_err(|_| Away("the provider's answer is no JSON"))
    }

    /// One call. An answer that says that the provider itself is in trouble, or leads elsewhere, is none.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Away> {
        let _place = self.places.try_acquire().map_err(|_| Away("too many calls are under way"))?;
        let request = reqwest::Request::try_from(request).map_err(|_| Away("an address of the provider is none"))?;
        let mut answer = self.client.execute(request).await.map_err(|error| Away(word(&error)))?;
        let status = answer.status();
        if status.is_redirection() || status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Away("the provider answered with an error"));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| Away(word(&error)))? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(Away("the provider's answer is too large"));
            }
            body.extend_from_slice(&chunk);
        }
        let mut plain = http::Response::builder().status(status);
        if let Some(kind) = answer.headers().get(header::CONTENT_TYPE) {
            plain = plain.header(header::CONTENT_TYPE, kind);
        }
        plain.body(body).map_err(|_| Away("the provider's answer cannot be read"))
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Away;
    type Future = BoxFuture<'c, Result<HttpResponse, Away>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// What went wrong, without the address, which may hold a code.
fn word(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "the provider took too long"
    } else if error.is_connect() {
        "the provider cannot be reached"
    } else {
        "the provider's answer cannot be read"
    }
}
