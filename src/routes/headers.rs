//! What every answer tells a browser, whatever it answers: this is data and no page, for this origin only.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::config::Settings;

/// An answer is no document: nothing may be loaded by it, nothing run in it, nothing show it inside a page.
const POLICY: &str = "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'; sandbox";
/// No page of this origin needs a device.
const DEVICES: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
                       magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(self), usb=()";
/// Two years, and every name below ours (RFC 6797).
const HTTPS_ONLY: &str = "max-age=63072000; includeSubDomains";

/// Puts the headers on every answer that does not bring its own, also on those that no route gave.
pub(super) fn on_every_answer(router: Router, settings: &Settings) -> Router {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), DEVICES),
    ];
    // A browser that heard this from a plain address would refuse that address for two years.
    let https = settings.server.public_url.is_https().then_some((header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY));
    fixed.into_iter().chain(https).fold(router, |router, (name, value)| {
        router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)))
    })
}
