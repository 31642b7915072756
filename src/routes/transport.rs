//! Nothing crosses a network in the clear: where people reach the service over HTTPS, it takes plain HTTP only from this
//! machine and from the proxies that speak TLS in front of it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};

use crate::config::Settings;
use crate::graphql::Proxies;

/// How a proxy tells over what it got the request.
const HEADER: &str = "x-forwarded-proto";
/// What a supervisor asks on the machine's own network; it holds nothing of anybody.
const HEALTH: &str = "/health";

/// Puts the guard in front of every route, if people reach the service over HTTPS.
pub(super) fn guarded(router: Router, settings: &Settings) -> Router {
    if !settings.server.public_url.is_https() {
        return router;
    }
    let proxies = Arc::new(Proxies::new(settings.server.trusted_proxies.clone()));
    router.layer(from_fn_with_state(proxies, only_over_tls))
}

/// Refuses, and does not redirect: a client that sends its token in the clear must notice, not be helped along.
async fn only_over_tls(State(proxies): State<Arc<Proxies>>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    if request.uri().path() == HEALTH || came_safely(&proxies, peer, request.headers()) {
        return next.run(request).await;
    }
    tracing::warn!("a request over plain HTTP was refused");
    (StatusCode::FORBIDDEN, "This service is reached over HTTPS only.").into_response()
}

fn came_safely(proxies: &Proxies, peer: Option<IpAddr>, headers: &HeaderMap) -> bool {
    let near = peer.is_some_and(|peer| peer.to_canonical().is_loopback() || proxies.trusts(peer.to_canonical()));
    // The last word is that of the proxy that we talk to.
    let said = headers.get_all(HEADER).iter().next_back().and_then(|value| value.to_str().ok());
    let last = said.and_then(|value| value.rsplit(',').next()).map(str::trim);
    near && last.is_none_or(|scheme| scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("wss"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comes(peer: &str, said: &[&str]) -> bool {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let mut headers = HeaderMap::new();
        for value in said {
            headers.append(HEADER, value.parse().unwrap());
        }
        came_safely(&proxies, Some(peer.parse().unwrap()), &headers)
    }

    #[test]
    fn plain_http_is_taken_from_this_machine_and_from_trusted_proxies_only() {
        assert!(comes("127.0.0.1", &[]) && comes("::1", &[]) && comes("10.0.0.1", &["https"]));
        assert!(comes("::ffff:10.0.0.1", &["https"]));
        assert!(!comes("203.0.113.7", &[]) && !comes("203.0.113.7", &["https"]));
        assert!(!came_safely(&Proxies::default(), None, &HeaderMap::new()));
    }

    #[test]
    fn the_proxys_word_that_it_was_plain_is_taken() {
        assert!(!comes("10.0.0.1", &["http"]) && !comes("127.0.0.1", &["HTTP"]));
        // What stands before the nearest proxy's word may be made up.
        assert!(!comes("10.0.0.1", &["https", "http"]) && !comes("10.0.0.1", &["https, http"]));
        assert!(comes("10.0.0.1", &["http, https"]) && comes("10.0.0.1", &["wss"]));
    }
}
