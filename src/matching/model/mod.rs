//! The pure part of matching: states, facts, the policy.

pub mod evaluate;
pub mod facts;
pub mod states;
#[cfg(test)]
mod tests;
