//! Behaviour through the public face.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, and says where"
)]

mod access;
mod architecture;
mod asvs;
mod audit;
mod bootstrap;
mod codes;
mod committed;
mod ends;
mod factors;
mod families;
mod gathered;
mod glass;
mod graphql_files;
mod graphql_kit;
mod harness;
mod identity;
mod journey;
mod marks;
mod matching;
mod mentors;
mod migrations;
mod nodes;
mod oidc;
mod operators;
mod passphrases;
mod refusals;
mod releases;
mod rights;
mod scheduling;
mod scheduling_oracle;
mod scheduling_races;
mod security;
mod settings;
mod sign_ins;
mod states;
mod talk;
mod throttle;
mod tokens;
mod wrong_values;
