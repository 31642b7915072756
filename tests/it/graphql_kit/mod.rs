//! The GraphQL kit, behind a real socket and without any feature.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unused_async,
    reason = "a test that cannot go on fails; resolvers of a toy have nothing to wait for"
)]

mod http;
mod limits;
mod socket;
mod sse;
mod toy;
mod values;
