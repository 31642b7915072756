//! Behaviour through the public face.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, and says where"
)]

mod access;
mod architecture;
mod audit;
mod committed;
mod families;
mod graphql_files;
mod graphql_kit;
mod harness;
mod identity;
mod journey;
mod matching;
mod mentors;
mod migrations;
mod nodes;
mod passphrases;
mod scheduling;
mod scheduling_oracle;
mod scheduling_races;
mod settings;
mod sign_ins;
mod states;
mod talk;
mod throttle;
mod tokens;
