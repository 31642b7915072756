//! The decision: Cedar policies, validated strictly before the first one is made.

use std::collections::HashSet;
use std::marker::PhantomData;

use cedar_policy::{
    Authorizer, Context, Decision as Verdict, Entities, Entity, EntityId, EntityTypeName, EntityUid, Request,
    RestrictedExpression,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::kernel::{Error, Right, Rights};

use super::rules::{Part, Rules};
use super::{Action, ActionTag, Principal, PrincipalKind, Resource, Scope};

pub(super) const POLICIES: [&str; 8] = [
    include_str!("everyone.cedar"),
    include_str!("family.cedar"),
    include_str!("mentor.cedar"),
    include_str!("staff.cedar"),
    include_str!("oversight.cedar"),
    include_str!("glass.cedar"),
    include_str!("release.cedar"),
    include_str!("proof.cedar"),
];

/// Why the policies cannot be used. The service does not start then.
#[derive(Debug, thiserror::Error)]
#[error("policy: {0}")]
pub struct PolicyFault(String);

impl PolicyFault {
    pub(super) fn new(what: String) -> Self {
        Self(what)
    }
}

/// The policies in force.
#[derive(Debug)]
pub struct Policy {
    rules: Rules,
    authorizer: Authorizer,
}

/// A question as Cedar takes it: who, what, and the facts that the policies read. It decides nothing by itself.
#[derive(Debug)]
pub struct Question<'a> {
    part: &'a Part,
    request: Request,
    entities: Entities,
}

/// What was asked for, on which facts, and what decided it: kept in the audit entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The action asked for.
    pub action: Action,
    /// The facts it was decided on.
    pub resource: Resource,
    /// The ids of the deciding policies, sorted; empty when nothing permitted it.
    pub policies: Vec<String>,
}

/// A try that was permitted. Whoever holds one has proof that somebody may do the action to the record; only
/// [`Policy::decide`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision(Tried);

impl std::ops::Deref for Decision {
    type Target = Tried;

    fn deref(&self) -> &Tried {
        &self.0
    }
}

/// The right to do `A` to one record. Only [`Policy::authorize`] makes one.
#[derive(Debug, Clone)]
pub struct Permit<A> {
    decision: Decision,
    action: PhantomData<A>,
}

impl<A> Permit<A> {
    /// The record it is for.
    #[must_use]
    pub fn id<I: From<Uuid>>(&self) -> I {
        I::from(self.decision.resource.id)
    }

    /// The facts it was decided on.
    #[must_use]
    pub fn resource(&self) -> &Resource {
        &self.decision.resource
    }

    /// What decided it.
    #[must_use]
    pub fn decision(&self) -> &Decision {
        &self.decision
    }
}

/// A decision against the caller.
#[derive(Debug, Clone)]
pub struct Denial {
    /// What was asked, and what decided it.
    pub tried: Tried,
    /// Whether the caller may not even know that the record exists, so that the answer must be "not found".
    pub hidden: bool,
    /// What would have made it a yes, if a better proof of who they are would have.
    pub needs: Option<Needs>,
}

/// The proof that a denied caller could still give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// To sign in with more than one factor.
    SecondFactor,
    /// To prove again who they are: the last proof is too old for this.
    FreshProof,
}

/// What a caller has proved about themself at one instant, as the policies see it.
#[derive(Debug, Clone, Copy)]
struct Proof {
    strong: bool,
    fresh: bool,
}

impl Proof {
    fn of(principal: &Principal, now: Timestamp) -> Self {
        Self { strong: principal.strength.is_multi_factor(), fresh: principal.is_fresh(now) }
    }
}

impl From<Box<Denial>> for Error {
    /// What the caller hears. One rule for every service: cannot know of it, not found; lacks a proof, which one; else
    /// forbidden.
    fn from(denial: Box<Denial>) -> Self {
        match denial.needs {
            Some(Needs::SecondFactor) => Self::SecondFactorNeeded,
            Some(Needs::FreshProof) => Self::FreshProofNeeded,
            None if denial.hidden => Self::NotFound,
            None => Self::Forbidden,
        }
    }
}

impl Policy {
    /// Reads the embedded policies and validates them strictly against their schema.
    pub fn load() -> Result<Self, PolicyFault> {
        Ok(Self { rules: Rules::read(&POLICIES)?, authorizer: Authorizer::new() })
    }

    /// Other policies than those in force, to show that the tests notice.
    #[cfg(test)]
    pub(super) fn of(rules: Rules) -> Self {
        Self { rules, authorizer: Authorizer::new() }
    }

    /// Every policy's id and the sentence that explains it, sorted by id.
    #[must_use]
    pub fn sentences(&self) -> Vec<(String, String)> {
        self.rules.sentences().to_vec()
    }

    /// Decides whether `principal` may, at this instant, do `A` to the record with these facts.
    pub fn authorize<A: ActionTag>(
        &self,
        principal: &Principal,
        resource: Resource,
        now: Timestamp,
    ) -> Result<Permit<A>, Box<Denial>> {
        self.decide(principal, A::ACTION, resource, now).map(|decision| Permit { decision, action: PhantomData })
    }

    /// Decides whether `principal` may list with `A` at `place` (a programme, or the whole service), and how far.
    pub fn scope<A: ActionTag>(
        &self,
        principal: &Principal,
        place: Resource,
        now: Timestamp,
    ) -> Result<Scope<A>, Box<Denial>> {
        self.decide(principal, A::ACTION, place, now).map(|decision| Scope::new(principal, decision))
    }

    /// The bare decision, for the matrix and for [`Policy::authorize`].
    pub fn decide(
        &self,
        principal: &Principal,
        action: Action,
        resource: Resource,
        now: Timestamp,
    ) -> Result<Decision, Box<Denial>> {
        let proof = Proof::of(principal, now);
        let (allowed, policies) = self.ask(principal, proof, action, &resource);
        let tried = Tried { action, resource, policies };
        if allowed {
            return Ok(Decision(tried));
        }
        let needs = self.needs(principal, proof, action, &tried.resource);
        let may_know = tried
            .resource
            .kind
            .read_action()
            .is_some_and(|read| read != action && self.ask(principal, proof, read, &tried.resource).0);
        Err(Box::new(Denial { tried, hidden: !may_know, needs }))
    }

    /// What a denied caller would still have to prove for a yes.
    fn needs(&self, principal: &Principal, proof: Proof, action: Action, resource: &Resource) -> Option<Needs> {
        if self.lacks_second_factor(principal, action) {
            return Some(Needs::SecondFactor);
        }
        let would = |proof| self.ask(principal, proof, action, resource).0;
        let asks_for_freshness = self.rules.part(principal.kind, action).is_some_and(Part::asks_for_freshness);
        if asks_for_freshness && !proof.fresh && would(Proof { fresh: true, ..proof }) {
            return Some(Needs::FreshProof);
        }
        (!proof.strong && would(Proof { strong: true, fresh: true })).then_some(Needs::SecondFactor)
    }

    /// Whether this caller could do the action to records of their own, or near them, if they had shown a second factor,
    /// and cannot without. The answer hangs on the caller and the action alone, never on a record: until they show one,
    /// they hear the same whether a record is there or not.
    #[must_use]
    pub fn lacks_second_factor(&self, principal: &Principal, action: Action) -> bool {
        let serves = principal.is_staff() || principal.kind == PrincipalKind::Mentor;
        if !serves || principal.strength.is_multi_factor() {
            return false;
        }
        let ask = |strong, facts: &Resource| self.ask(principal, Proof { strong, fresh: true }, action, facts).0;
        nearest(principal, action).iter().any(|facts| ask(true, facts) && !ask(false, facts))
    }

    /// Whether others who come in the same role may do the action to such a record, so that it is a right which this caller
    /// was not given. Hangs on the caller and the action alone, as above.
    #[must_use]
    pub fn is_for_their_role(&self, principal: &Principal, action: Action) -> bool {
        let proof = Proof { strong: true, fresh: true };
        nearest(principal, action).iter().any(|facts| self.ask(principal, proof, action, facts).0)
    }

    /// The question as Cedar takes it; none when no policy can say yes to it. For measuring: [`Policy::decide`] makes its
    /// own.
    #[must_use]
    pub fn question(
        &self,
        principal: &Principal,
        action: Action,
        resource: &Resource,
        now: Timestamp,
    ) -> Option<Question<'_>> {
        self.put(principal, Proof::of(principal, now), action, resource)
    }

    /// Whether the policies say yes, and which of them decided. A bare answer: it permits nothing.
    #[must_use]
    pub fn answer(&self, question: &Question<'_>) -> (bool, Vec<String>) {
        let response = self.authorizer.is_authorized(&question.request, &question.part.set, &question.entities);
        let mut policies: Vec<_> = response.diagnostics().reason().map(ToString::to_string).collect();
        policies.sort();
        let clean = response.diagnostics().errors().next().is_none();
        (response.decision() == Verdict::Allow && clean, policies)
    }

    fn ask(&self, principal: &Principal, proof: Proof, action: Action, resource: &Resource) -> (bool, Vec<String>) {
        // An error while building the question is never a yes.
        self.put(principal, proof, action, resource).map_or((false, Vec::new()), |question| self.answer(&question))
    }

    fn put(&self, principal: &Principal, proof: Proof, action: Action, resource: &Resource) -> Option<Question<'_>> {
        // An action is about one kind of record; about any other it is nobody's, whatever a policy leaves open.
        if resource.kind != action.resource_kind() {
            return None;
        }
        let part = self.rules.part(principal.kind, action)?;
        let who = uid(self.rules.who(principal.kind)?, principal.account.map(Uuid::from));
        let what = uid(self.rules.what(resource.kind)?, Some(resource.id));
        let does = self.rules.does(action)?;
        let request = Request::new(who.clone(), does, what.clone(), Context::empty(), None).ok()?;
        let caller = entity(who, &part.of_caller, |name| of_caller(name, principal, proof))?;
        let record = entity(what, &part.of_record, |name| of_record(name, resource))?;
        Some(Question { part, request, entities: Entities::from_entities([caller, record], None).ok()? })
    }
}

/// The records about which a caller may do most: tied to all that is theirs; their own and another's, held by them and not,
/// of staff and not.
fn nearest(principal: &Principal, action: Action) -> Vec<Resource> {
    let tied = Resource {
        programme: principal.programme,
        families: principal.family.into_iter().collect(),
        mentors: principal.mentor.into_iter().collect(),
        openers: principal.account.into_iter().collect(),
        ..Resource::new(action.resource_kind(), Uuid::nil())
    };
    let tied = tied.with_rights(principal.account.map(|account| (account, Rights::ALL)));
    let own = [None, principal.account];
    let of = |account, holder, staff| Resource { account, holder, staff, ..tied.clone() };
    own.iter()
        .flat_map(|account| own.iter().flat_map(|holder| [of(*account, *holder, false), of(*account, *holder, true)]))
        .collect()
}

/// A fact about the caller, by its name in the schema.
fn of_caller(name: &str, principal: &Principal, proof: Proof) -> Option<RestrictedExpression> {
    Some(match name {
        "account" => text(principal.account, NOBODY),
        "programme" => text(principal.programme, NOBODY),
        "family" => text(principal.family, NOBODY),
        "mentor" => text(principal.mentor, NOBODY),
        "strong" => RestrictedExpression::new_bool(proof.strong),
        "fresh" => RestrictedExpression::new_bool(proof.fresh),
        _ => return None,
    })
}

/// A fact about the record, by its name in the schema.
fn of_record(name: &str, resource: &Resource) -> Option<RestrictedExpression> {
    Some(match name {
        "programme" => text(resource.programme, NOTHING),
        "families" => set(&resource.families),
        "mentors" => set(&resource.mentors),
        "account" => text(resource.account, NOTHING),
        "holder" => text(resource.holder, NOTHING),
        "staff" => RestrictedExpression::new_bool(resource.staff),
        "barred" => set(&resource.barred),
        "sides" => set(&resource.sides),
        "escalated" => RestrictedExpression::new_bool(resource.escalated),
        "openers" => set(&resource.openers),
        _ => holders(name, resource)?,
    })
}

/// Who holds a right, by the name of the set in the schema.
fn holders(name: &str, resource: &Resource) -> Option<RestrictedExpression> {
    let right = match name {
        "readers" => Right::Record,
        "keepers" => Right::Keep,
        "askers" => Right::Ask,
        "meeters" => Right::Meet,
        "writers" => Right::Write,
        "releasers" => Right::Release,
        "delegators" => Right::Delegate,
        _ => return None,
    };
    Some(set(&resource.holders_of(right).collect::<Vec<_>>()))
}

/// What stands for a caller's missing id, and for a record's. They differ, so that two who have none are never taken for
/// two who have the same, whatever a policy forgets to ask.
const NOBODY: &str = "";
const NOTHING: &str = "none";

fn uid(of: EntityTypeName, id: Option<Uuid>) -> EntityUid {
    EntityUid::from_type_name_and_id(of, EntityId::new(id.unwrap_or_default().to_string()))
}

/// An entity with these facts. A fact that nobody knows is left out: whoever reads it fails, which is never a yes.
fn entity<'a>(
    uid: EntityUid,
    names: impl IntoIterator<Item = &'a String>,
    fact: impl Fn(&str) -> Option<RestrictedExpression>,
) -> Option<Entity> {
    let facts = names.into_iter().filter_map(|name| fact(name).map(|value| (name.clone(), value)));
    Entity::new(uid, facts.collect(), HashSet::new()).ok()
}

fn text(id: Option<impl Into<Uuid>>, missing: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(id.map_or_else(|| missing.to_owned(), |id| id.into().to_string()))
}

fn set<I: Copy + Into<Uuid>>(ids: &[I]) -> RestrictedExpression {
    RestrictedExpression::new_set(ids.iter().map(|id| text(Some(*id), NOTHING)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{FRESH, ResourceKind, Strength, act};
    use crate::kernel::ids::{FamilyId, MentorId, ProgrammeId};
    use jiff::SignedDuration;

    #[test]
    fn a_former_mentor_is_answered_as_if_the_family_did_not_exist() {
        let policy = Policy::load().unwrap();
        let (programme, family, mentor) = (
            ProgrammeId::from(Uuid::from_u128(1)),
            FamilyId::from(Uuid::from_u128(2)),
            MentorId::from(Uuid::from_u128(3)),
        );
        let mut caller = Principal::anonymous();
        caller.kind = PrincipalKind::Mentor;
        caller.strength = Strength::SecondFactor;
        caller.programme = Some(programme);
        caller.mentor = Some(mentor);
        let former = Resource::new(ResourceKind::Family, family).in_programme(programme).of_family(family);
        let current = former.clone().of_mentor(mentor);
        let now = Timestamp::UNIX_EPOCH;
        assert!(policy.authorize::<act::ReadFamily>(&caller, current.clone(), now).is_ok());
        assert!(policy.authorize::<act::ReadFamily>(&caller, former, now).unwrap_err().hidden);
        // May read, may not change: forbidden rather than hidden.
        assert!(!policy.authorize::<act::UpdateFamily>(&caller, current, now).unwrap_err().hidden);
    }

    #[test]
    fn a_grave_act_asks_for_a_fresh_proof_and_only_of_who_could_do_it() {
        let policy = Policy::load().unwrap();
        let now = Timestamp::UNIX_EPOCH + FRESH;
        let programme = ProgrammeId::from(Uuid::from_u128(1));
        let somebody = Resource::new(ResourceKind::Account, Uuid::from_u128(2)).in_programme(programme);
        let mut caller = Principal::anonymous();
        caller.kind = PrincipalKind::Administrator;
        caller.strength = Strength::SecondFactor;
        caller.account = Some(Uuid::from_u128(3).into());
        caller.proved_at = Some(Timestamp::UNIX_EPOCH);
        let close = |caller: &Principal, at| policy.authorize::<act::CloseAccount>(caller, somebody.clone(), at);
        assert!(close(&caller, now - SignedDuration::from_secs(1)).is_ok());
        assert_eq!(close(&caller, now).unwrap_err().needs, Some(Needs::FreshProof));
        // Who could not do it with a fresh proof either is told nothing of proofs.
        caller.kind = PrincipalKind::Coordinator;
        caller.programme = Some(programme);
        let denial = close(&caller, now).unwrap_err();
        assert_eq!((denial.needs, denial.hidden), (None, false));
    }

    #[test]
    fn without_a_second_factor_staff_hear_the_same_of_every_record() {
        let policy = Policy::load().unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let programme = ProgrammeId::from(Uuid::from_u128(1));
        let mut caller = Principal::anonymous();
        caller.kind = PrincipalKind::Coordinator;
        caller.account = Some(Uuid::from_u128(3).into());
        caller.programme = Some(programme);
        caller.strength = Strength::Passphrase;
        caller.proved_at = Some(now);
        let family = Resource::new(ResourceKind::Family, Uuid::from_u128(2));
        let needs = |caller: &Principal, facts: Resource| {
            let denial = policy.authorize::<act::ReadFamily>(caller, facts, now).unwrap_err();
            denial.needs
        };
        let (here, there) = (family.clone().in_programme(programme), family.in_programme(Uuid::from_u128(9).into()));
        assert_eq!(needs(&caller, here), Some(Needs::SecondFactor));
        assert_eq!(needs(&caller, there.clone()), Some(Needs::SecondFactor));
        // What they could not do with one either is answered as ever.
        assert!(!policy.lacks_second_factor(&caller, Action::ListAccounts));
        assert!(policy.lacks_second_factor(&caller, Action::ReadAccount));
        assert!(!policy.lacks_second_factor(&caller, Action::ManageOwnSessions));
        let own = Resource::new(ResourceKind::Account, Uuid::from_u128(3)).of_account(Uuid::from_u128(3).into());
        assert!(policy.authorize::<act::ReadAccount>(&caller, own, now).is_ok());
        caller.strength = Strength::SecondFactor;
        assert_eq!(needs(&caller, there), None);
    }
}
