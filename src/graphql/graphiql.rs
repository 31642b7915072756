//! GraphiQL, served from files inside the binary: the page asks no other server for anything.

use axum::{
    Router,
    http::{HeaderName, header},
    response::IntoResponse,
    routing::get,
};

/// Scripts come from here only. The editor sets style attributes, so inline styles are let through.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// `/graphiql` and its files.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    const HTML: &str = "text/html; charset=utf-8";
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    const STYLE: &str = "text/css; charset=utf-8";
    const TEXT: &str = "text/plain; charset=utf-8";
    let files = [
        ("/graphiql", HTML, include_str!("graphiql/page.html")),
        ("/graphiql/page.js", SCRIPT, include_str!("graphiql/page.js")),
        ("/graphiql/graphiql.js", SCRIPT, include_str!("graphiql/graphiql.min.js")),
        ("/graphiql/graphiql.css", STYLE, include_str!("graphiql/graphiql.min.css")),
        ("/graphiql/react.js", SCRIPT, include_str!("graphiql/react.production.min.js")),
        ("/graphiql/react-dom.js", SCRIPT, include_str!("graphiql/react-dom.production.min.js")),
        ("/graphiql/LICENSES.txt", TEXT, include_str!("graphiql/LICENSES.txt")),
    ];
    files.into_iter().fold(Router::new(), |router, (path, kind, text)| {
        router.route(path, get(move || std::future::ready(file(kind, text))))
    })
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let headers: [(HeaderName, &'static str); 4] = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, text)
}
