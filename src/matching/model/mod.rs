//! The pure part of matching: states, facts, the policy.

pub mod evaluate;
pub mod facts;
pub mod hours;
pub mod inputs;
pub mod records;
pub mod refusals;
pub mod states;
#[cfg(test)]
mod tests;
