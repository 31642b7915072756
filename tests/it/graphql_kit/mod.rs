//! The GraphQL kit, behind a real socket and without any feature.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod http;
mod limits;
mod socket;
mod sse;
mod toy;
