//! Behaviour through the public face.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise, and says where")]

mod migrations;
mod scheduling_oracle;
mod states;
