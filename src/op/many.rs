//! Deciding about many records for one read of all of them: the fields of a list that need a permit of their own.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use uuid::Uuid;

use crate::access::{ActionTag, Guarded, Permit, Resource, Tried};
use crate::audit::{Draft, Outcome};
use crate::kernel::ids::TypedId;
use crate::kernel::{Error, Result, Visible};

use super::{Tx, lock};

/// What is answered about each of many records: as if each had been asked for alone.
pub type Each<I, T> = HashMap<I, Result<T>>;

/// What was decided about each of many records.
#[derive(Debug)]
pub struct Decided<A, I> {
    /// The rights to those that the caller may have, in the order asked for.
    pub permits: Vec<Permit<A>>,
    refused: HashMap<I, Error>,
}

impl<A: ActionTag, I: TypedId + Eq + Hash> Decided<A, I> {
    /// The records that the caller may have.
    #[must_use]
    pub fn ids(&self) -> Vec<I> {
        self.permits.iter().map(Permit::id).collect()
    }

    /// The answers: a value for each record that the caller may have, and for each other one why not.
    #[must_use]
    pub fn answers<T>(self, mut values: HashMap<I, T>) -> Each<I, T> {
        let permitted =
            self.permits.iter().map(Permit::id).map(|id: I| (id, values.remove(&id).ok_or(Error::NotFound)));
        let permitted: Each<I, T> = permitted.collect();
        permitted.into_iter().chain(self.refused.into_iter().map(|(id, error)| (id, Err(error)))).collect()
    }

    /// The same for a field that is empty for those who may see the record but not this part of it.
    #[must_use]
    pub fn answers_or_nothing<T>(self, values: HashMap<I, T>) -> Each<I, Option<T>> {
        self.or_else(values, Some, || None)
    }

    /// The same for a confidential part of the records: who may see a record but not this gets the reason.
    #[must_use]
    pub fn visible<T>(self, tx: &Tx, values: HashMap<I, T>) -> Each<I, Visible<T>> {
        self.or_else(values, Visible::Shown, || Visible::Redacted(tx.op().why_redacted::<A>()))
    }

    fn or_else<T, U>(self, values: HashMap<I, T>, shown: impl Fn(T) -> U, kept: impl Fn() -> U) -> Each<I, U> {
        let answer = |(id, answer)| match answer {
            Ok(value) => (id, Ok(shown(value))),
            Err(Error::Forbidden) => (id, Ok(kept())),
            Err(other) => (id, Err(other)),
        };
        self.answers(values).into_iter().map(answer).collect()
    }
}

impl Tx {
    /// Decides record by record, as [`Tx::allow`] does, for a read of all of them. A record that `found` does not hold is
    /// missing. What is permitted stands in one entry, which lists the records, and so does what is refused and what is
    /// missing; the entry of a single record is about that record.
    pub fn allow_each<A, I, G>(&self, ids: &[I], mut found: HashMap<I, G>) -> Decided<A, I>
    where
        A: ActionTag,
        I: TypedId + Eq + Hash,
        G: Guarded,
    {
        let (allowed, denied) = {
            let log = lock(&self.log);
            (log.allowed.len(), log.denied.len())
        };
        let mut decided = Decided { permits: Vec::new(), refused: HashMap::new() };
        for id in ids {
            match self.allow::<A>(found.remove(id)) {
                Ok(permit) => decided.permits.push(permit),
                Err(error) => drop(decided.refused.insert(*id, error)),
            }
        }
        let mut log = lock(&self.log);
        gather(&mut log.allowed, allowed);
        gather(&mut log.denied, denied);
        decided
    }
}

/// Makes one draft of all from this place on that went the same way.
fn gather(drafts: &mut Vec<Draft>, from: usize) {
    let (refused, others) = drafts.split_off(from).into_iter().partition(|draft| draft.outcome == Outcome::Denied);
    for alike in [others, refused] {
        drafts.extend(merged(alike));
    }
}

fn merged(drafts: Vec<Draft>) -> Option<Draft> {
    let ids: Vec<Uuid> = drafts.iter().map(|draft| draft.tried.resource.id).filter(|id| !id.is_nil()).collect();
    let policies: BTreeSet<String> = drafts.iter().flat_map(|draft| draft.tried.policies.clone()).collect();
    let families: BTreeSet<_> = drafts.iter().flat_map(|draft| draft.tried.resource.families.clone()).collect();
    let mut drafts = drafts.into_iter();
    let first = drafts.next()?;
    let is_alone = ids.len() <= 1 && drafts.len() == 0;
    if is_alone {
        return Some(first);
    }
    let of = &first.tried.resource;
    let programme =
        of.programme.filter(|programme| drafts.all(|draft| draft.tried.resource.programme == Some(*programme)));
    let resource =
        Resource { programme, families: families.into_iter().collect(), ..Resource::new(of.kind, Uuid::nil()) };
    let tried = Tried { action: first.tried.action, resource, policies: policies.into_iter().collect() };
    Some(Draft { tried, ids, ..first })
}
