//! Kinward: the service behind a peer-support network.
//!
//! Families of children who were trafficked, exploited or are missing are matched with trained peer mentors, meet in
//! scheduled sessions and write to each other in moderated real time. People's safety hangs on it, so the house is built
//! around eight promises, and every room keeps one of them.
//!
//! # What the service promises
//! 1. **No permit, no data.** Nothing reads or writes a person's data without a [`Permit`](access::Permit) or
//!    [`Scope`](access::Scope), which only [`access`] can build. The decision is made in the service, on facts from the
//!    same database snapshot as the data.
//! 2. **No record, no change.** The audit entry is written in the change's own transaction; a change that nothing was
//!    recorded for is not committed. A read's entry is on disk before the answer leaves. Denials are recorded too.
//! 3. **Held until judged.** A message reaches the other side only with a verdict stored in the same transaction; the
//!    database refuses it otherwise. What the screener cannot judge is held. Nothing is released because time passed. A
//!    cry for help is the one exception: it is delivered *and* opens an urgent case on the coordinators' queue.
//! 4. **Nothing is sent unsafely.** The service sends no notices yet; when it does, they go through one outbox.
//! 5. **Consent that acts.** Ending a match or suspending an account cuts access on the next request, and on open
//!    subscriptions within a second. Where the word of it is lost, nothing is delivered all the same: who calls is looked up
//!    again before each delivery, and every few seconds.
//! 6. **What is listed can be booked.** One predicate lists free slots and validates a booking; the database makes a
//!    double booking impossible, for both sides.
//! 7. **Denied looks like missing.** Who may not know that a thing exists gets the same bytes as if it did not.
//! 8. **We store the least.** No child's name, no address; no content in logs, URLs or audit entries.
//!
//! # The rooms, from the ground up
//! [`kernel`] holds ids, time, randomness, errors, pages, checked text and sealing, and does no input or output. [`access`]
//! decides. [`config`] is what an operator decides; [`db`] is the two databases behind one transaction runner. On them stand
//! the platform services: [`audit`], [`events`], [`jobs`], and [`op`], which ties them together: an [`Op`](op::Op) is the
//! first argument of every use case and the only way to the database. [`ties`] reads who is tied to whom now, [`keyring`] checks the sealing key at the start. [`graphql`] is
//! the kit for speaking GraphQL; it knows no feature.
//!
//! Then the features, which look one way only: `identity <- families, mentors <- matching <- scheduling, messaging <-
//! moderation`, with the pure `screening` below messaging and `oversight` beside them; above these, `breakglass` opens a
//! family to a safeguarding lead in an emergency, `releases` is the one door outside, and `ledger` tells the family of both. Each has the same shape: `model` (pure
//! rules and state machines), `entity` and `store` (private; the only place with SQL), `service` (the use cases: authorize,
//! load, rule, write, audit, publish), `graphql` (mapping, nothing else), `jobs`.
//!
//! Last the composition roots, which may use anything and are used by nobody: [`app`], `gate`, [`schema`], [`routes`],
//! `documents`, [`cli`], [`demo`]. The test `tests/it/architecture` reads every `use` path and fails on a breach.
//!
//! # Where the house differs from its first plan
//! - Instants are integers of microseconds in both databases ([`db::At`]), not the databases' own time types: those differ
//!   in precision and, on SQLite, compare as text.
//! - `ties` is a room of its own, since matches decide access in features below `matching`.
//! - An invited person's account is made with the invitation, in the state `invited`, so that `identity` needs to know
//!   nothing of families and mentors.
//!
//! # How to add a use case
//! 1. An action in `access/action.rs` and `access/schema.cedarschema`, a policy with `@id` and `@why`.
//! 2. The rule and its problem codes in the feature's `model`, with unit tests.
//! 3. The query in `store`, taking a permit or a scope; the use case in `service`.
//! 4. The resolver, and a document under `graphql/operations`.
//! 5. A test through GraphQL in `tests/it`; then `UPDATE_FILES=1 cargo test --test it` and read the diff: schema, permission
//!    matrix, field table.

/// So that unit tests can read a file of the integration tests, which calls this crate by its name.
#[cfg(test)]
extern crate self as kinward;

pub mod kernel;
pub mod logging;

pub mod access;
pub mod config;
pub mod db;

pub mod audit;
pub mod events;
pub mod graphql;
pub mod jobs;
pub mod keyring;
pub mod op;
pub mod ties;

pub mod breakglass;
pub mod families;
pub mod identity;
pub mod ledger;
pub mod matching;
pub mod mentors;
pub mod messaging;
pub mod moderation;
pub mod oversight;
pub mod releases;
pub mod scheduling;
pub mod screening;

pub mod app;
pub mod cli;
pub mod demo;
pub mod documents;
pub mod gate;
pub mod node;
pub mod routes;
pub mod schema;
