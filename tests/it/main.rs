//! Behaviour through the public face.

#![expect(clippy::unwrap_used, reason = "a test that meets an error should stop there")]

mod migrations;
