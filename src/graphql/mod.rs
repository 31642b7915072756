//! The GraphQL kit: how the service speaks GraphQL, over HTTP, sockets and event streams. It knows no feature and no
//! database.
//!
//! A feature writes resolvers with `async_graphql` and takes from here: [`fault()`] for what a person cannot act on,
//! [`outcome`] and [`payload!`](crate::payload) for what they can, [`target`] and [`reference`](fn@reference) for
//! global ids, [`page_request`] and [`connection`](fn@connection) for lists, [`Gather`] for what must be asked for once for
//! a whole list. The composition root builds its schema
//! through [`Limits::apply`], answers who calls with a [`Gate`], and serves the [`router`] of a [`Kit`].
//!
//! The way of an operation, whatever it came over:
//! 1. its transport reads the parameters (`http`, `query_string`, `ws_protocol`) and asks the gate;
//! 2. `engine` finds the document (`documents`) and screens it: tokens, parsing, fragment cycles, depth, aliases,
//!    directives, root fields (`lexer`, `screen`). Fragments are never written out before their size is known;
//! 3. the schema's extension (`rules`) checks what the library does not: introspection, subscription roots, fields
//!    that cannot merge (`overlap`), `__typename` (`typename`), literals and variables (`values`), cost (`cost`); then the library validates;
//! 4. resolvers run within the time limit, and `fault` gives every error its code.
//!
//! What stays absent on purpose: batches, multipart, forms, mutations over GET, a queue of outgoing messages.
//!
//! Where the language is narrower here than in graphql-js: a subscription's root field stands at the root, without
//! fragment, `@skip` or `@include`; brackets nest at most 48 deep; no directive stands on a variable's definition;
//! strings know no `\u{…}` and no escaped surrogate pairs. Where it is wider: a field given twice in one input object is
//! taken once.

mod budget;
mod connection;
mod cost;
mod documents;
mod engine;
mod fault;
mod gate;
mod gather;
mod graphiql;
mod http;
mod ids;
mod json;
mod kit;
mod lexer;
mod limits;
mod negotiate;
mod once;
mod overlap;
mod payload;
mod peer;
mod query_string;
pub mod redacted;
mod rules;
pub mod scalars;
mod screen;
mod sse;
pub mod terms;
mod typename;
mod values;
mod ws;
mod ws_open;
mod ws_protocol;

pub use budget::{Budget, Purse};
pub use connection::{Connection, Cursor, connection, page_request};
pub use documents::{TrustedDocuments, sha256_hex};
pub use fault::{FaultCode, fault};
pub use gate::{Admission, Equip, Gate, LookAgain, RequestMeta};
pub use gather::Gather;
pub use ids::{reference, target};
pub use kit::{Kit, router};
pub use limits::{Limits, SocketLimits};
pub use payload::{UserError, UserErrorCode, outcome};
pub use peer::Proxies;
