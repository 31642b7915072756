//! Behaviour through the public face.
mod graphql_kit;
