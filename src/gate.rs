//! Who calls: the kit's [`Gate`], answered by identity.

use std::net::IpAddr;
use std::sync::Arc;

use async_graphql::Request;
use aws_lc_rs::hmac;
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::access::Principal;
use crate::app::App;
use crate::events::Listener;
use crate::graphql::{Admission, Budget, Gate, RequestMeta};
use crate::identity::{self, Caller, Identity};
use crate::kernel::Result;
use crate::op::{Core, Op, Origin};

/// Admits callers: anonymous ones without a token, others by a token that is good now.
#[derive(Debug)]
pub struct Door {
    core: Arc<Core>,
    identity: Arc<Identity>,
    source_key: hmac::Key,
    budget: Arc<Budget>,
    stop: CancellationToken,
    tasks: tokio_util::task::TaskTracker,
}

impl Door {
    /// The door of this node.
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self {
            core: Arc::clone(&app.core),
            identity: Arc::clone(&app.identity),
            source_key: hmac::Key::new(hmac::HMAC_SHA256, app.settings.keys.source_hash.expose()),
            budget: Arc::clone(&app.budget),
            stop: app.stop.clone(),
            tasks: app.tasks.clone(),
        }
    }

    /// The keyed hash that stands for a caller's place in the network.
    fn source(&self, address: IpAddr) -> String {
        let tag = hmac::sign(&self.source_key, place(address).as_bytes());
        tag.as_ref().iter().take(16).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }

    /// A signal that fires when this caller's access is cut: signed out, suspended, role revoked. The watch ends with
    /// `done`, which the admission holds.
    fn watch(&self, caller: &Caller, mut listener: Listener, done: CancellationToken) -> CancellationToken {
        let sign_in = caller.principal.sign_in.map(|id| serde_json::json!(id.uuid()));
        let (cut, stop) = (CancellationToken::new(), self.stop.clone());
        let guard = cut.clone().drop_guard();
        self.tasks.spawn(async move {
            let _guard = guard;
            loop {
                let heard = tokio::select! {
                    () = stop.cancelled() => return,
                    () = done.cancelled() => return,
                    heard = listener.next() => heard,
                };
                let of_other = |event: &crate::events::Event| {
                    let spared = event.body.get("except").is_some_and(|id| Some(id) == sign_in.as_ref());
                    let other = |id: &serde_json::Value| !id.is_null() && Some(id) != sign_in.as_ref();
                    spared || event.body.get("sign_in").is_some_and(other)
                };
                match heard {
                    Some(Some(event)) if of_other(&event) => {}
                    // Cut, or events were missed: better to close one socket too many. The client comes back with its
                    // token and is checked anew.
                    _ => return,
                }
            }
        });
        cut
    }
}

/// What counts as one place in the network: an IPv4 address, or the IPv6 network of 64 bits that a single subscriber is
/// given (RFC 6177), within which addresses can be changed at will.
fn place(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:x}", address.to_bits() >> 64),
    }
}

impl Gate for Door {
    async fn admit(&self, bearer: Option<&str>, meta: &RequestMeta) -> Result<Admission> {
        let caller = match bearer {
            None => None,
            Some(token) => {
                let claims = self.identity.tokens.check(token, self.core.clock.now())?;
                // Listening comes before looking: access that is cut in between is heard of.
                let listener = self.core.hub.listen(&identity::access_topic(claims.account()));
                Some((self.identity.authenticate(&self.core, token).await?, listener))
            }
        };
        let source = meta.peer.map(|peer| self.source(peer));
        let (core, identity) = (Arc::clone(&self.core), Arc::clone(&self.identity));
        let principal = caller.as_ref().map_or_else(Principal::anonymous, |(caller, _)| caller.principal.clone());
        // Whoever is not known pays as one with all from the same place.
        let payer = principal.account.map(|id| id.uuid().to_string()).or_else(|| source.clone());
        let purse = self.budget.purse(payer.unwrap_or_default());
        let done = CancellationToken::new();
        let held = done.clone().drop_guard();
        let equip = move |request: Request, meta: &RequestMeta| {
            // The guard lives and dies with the admission: a finished request leaves no watch behind.
            let _held = &held;
            let user_agent = meta.user_agent.clone();
            let origin = Origin { request: meta.request_id, source: source.clone(), user_agent, purpose: None };
            let op = Op::new(Arc::clone(&core), principal.clone(), origin);
            crate::schema::equip(request, op).data(Arc::clone(&identity)).data(purse.clone())
        };
        let mut admission = Admission::new(equip);
        if let Some((caller, listener)) = caller {
            let (core, identity) = (Arc::clone(&self.core), Arc::clone(&self.identity));
            let who = Arc::new(caller.principal.clone());
            let look_again = move || -> BoxFuture<'static, Result<()>> {
                let (core, identity, who) = (Arc::clone(&core), Arc::clone(&identity), Arc::clone(&who));
                Box::pin(async move { identity.still_stands(&core, &who).await })
            };
            admission = admission.cut_by(self.watch(&caller, listener, done)).until(caller.expires_at);
            admission = admission.checked_by(look_again);
        }
        Ok(admission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_subscriber_are_one_place() {
        let of = |address: &str| place(address.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("203.0.113.7"), of("203.0.113.8"));
    }
}
