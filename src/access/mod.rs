//! Who may do what to which record. Pure: no input or output, and no knowledge of any feature.
//!
//! A service loads the *facts* about a record (whose it is, who is tied to it now), asks [`Policy::authorize`], and gets
//! a [`Permit`] or a [`Denial`]. Stores take permits and [`Scope`]s; nothing outside this module can make either:
//!
//! ```compile_fail,E0451
//! use std::marker::PhantomData;
//! use kinward::access::{Decision, Permit, act};
//!
//! // The fields are private: only the policies make a permit, even for who holds a decision about something else.
//! fn forge(decision: Decision) -> Permit<act::ReadFamily> {
//!     Permit { decision, action: PhantomData }
//! }
//! ```
//!
//! Nor can a decision be made by hand, which is the proof that faces between features ask for:
//!
//! ```compile_fail,E0423
//! use kinward::access::{Decision, Tried};
//!
//! fn forge(tried: Tried) -> Decision {
//!     Decision(tried)
//! }
//! ```
//!
//! To add an action: a line in `action.rs`, a line in `schema.cedarschema`, a policy with `@id` and `@why`, the same rule
//! in plain words in the reference model (`tests/it/access/reference`), then regenerate the permission matrix (the failing
//! test says how).

mod action;
mod policy;
mod principal;
mod resource;
mod rules;
mod scope;

pub use action::{Action, ActionTag, Effect, act};
pub use policy::{Decision, Denial, Needs, Permit, Policy, PolicyFault, Question, Tried};
pub use principal::{FRESH, Principal, PrincipalKind, Strength};
pub use resource::{Guarded, Resource, ResourceKind};
pub use scope::{Reach, Scope};
