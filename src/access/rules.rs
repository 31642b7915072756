//! The policies: read and checked as a whole, then laid out by the question that they can answer.
//!
//! Most policies say in their head whom and what they are about, so for each kind of caller and each action only a few are
//! left, and of the facts only those that these few read. Both follow from the policies themselves; a policy whose head or
//! reading is not understood stops the service from starting, so the layout can never leave out one that would have spoken.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr as _;
use std::sync::Arc;

use cedar_policy::{
    ActionConstraint, EntityId, EntityTypeName, EntityUid, Policy, PolicyId, PolicySet, PrincipalConstraint, Schema,
    ValidationMode, Validator,
};
use serde_json::Value;

use super::{Action, PolicyFault, PrincipalKind, ResourceKind};

/// The vocabulary of the policies.
pub(super) const SCHEMA: &str = include_str!("schema.cedarschema");

#[expect(clippy::needless_pass_by_value, reason = "it turns the errors of others into ours, which come by value")]
fn fault(what: impl ToString) -> PolicyFault {
    PolicyFault::new(what.to_string())
}

/// Cedar's names of our kinds and actions, made once.
#[derive(Debug, Clone)]
struct Names {
    who: Vec<EntityTypeName>,
    what: Vec<EntityTypeName>,
    does: Vec<EntityUid>,
}

impl Names {
    fn new() -> Result<Self, PolicyFault> {
        let name = |text: String| EntityTypeName::from_str(&text).map_err(fault);
        let who = PrincipalKind::ALL.iter().map(|kind| name(format!("Who::{}", kind.cedar_type())));
        let what = ResourceKind::ALL.iter().map(|kind| name(format!("What::{}", kind.as_str())));
        let action = name("Action".into())?;
        let does = Action::ALL
            .iter()
            .map(|does| EntityUid::from_type_name_and_id(action.clone(), EntityId::new(does.as_str())));
        Ok(Self { who: who.collect::<Result<_, _>>()?, what: what.collect::<Result<_, _>>()?, does: does.collect() })
    }
}

/// The policies that can answer one kind of question.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// The policies.
    pub(super) set: PolicySet,
    /// The facts about the caller that they read.
    pub(super) of_caller: BTreeSet<String>,
    /// The facts about the record that they read.
    pub(super) of_record: BTreeSet<String>,
}

impl Part {
    /// Whether it can change the answer how lately the caller proved who they are.
    pub(super) fn asks_for_freshness(&self) -> bool {
        self.of_caller.contains("fresh")
    }

    fn of<'a>(heads: impl IntoIterator<Item = &'a Head>) -> Result<Self, PolicyFault> {
        let mut part = Self::default();
        for head in heads {
            part.of_caller.extend(head.reads.of_caller.iter().cloned());
            part.of_record.extend(head.reads.of_record.iter().cloned());
            part.set.add(head.policy.clone()).map_err(fault)?;
        }
        Ok(part)
    }
}

/// The facts that a policy reads.
#[derive(Debug, Clone, Default)]
struct Reads {
    of_caller: BTreeSet<String>,
    of_record: BTreeSet<String>,
}

impl Reads {
    fn of(policy: &Policy) -> Result<Self, PolicyFault> {
        let json = policy.to_json().map_err(fault)?;
        let mut reads = Self::default();
        reads.note(json.get("conditions").unwrap_or(&Value::Null), policy.id())?;
        Ok(reads)
    }

    /// Notes the facts that an expression reads, in Cedar's JSON form.
    fn note(&mut self, expression: &Value, policy: &PolicyId) -> Result<(), PolicyFault> {
        match expression {
            Value::Array(parts) => parts.iter().try_for_each(|part| self.note(part, policy)),
            Value::Object(parts) => parts.iter().try_for_each(|(operator, operands)| {
                if matches!(operator.as_str(), "." | "has") {
                    self.note_access(operands).ok_or_else(|| {
                        fault(format!("{policy} reads an attribute of something else than principal or resource"))
                    })?;
                }
                self.note(operands, policy)
            }),
            _ => Ok(()),
        }
    }

    fn note_access(&mut self, operands: &Value) -> Option<()> {
        let attribute = operands.get("attr")?.as_str()?.to_owned();
        match operands.get("left")?.get("Var")?.as_str()? {
            "principal" => self.of_caller.insert(attribute),
            "resource" => self.of_record.insert(attribute),
            _ => return None,
        };
        Some(())
    }
}

/// The policies in force.
#[derive(Debug)]
pub(super) struct Rules {
    names: Names,
    /// By kind of caller, then by action. Questions that the same policies can answer share a part.
    parts: Vec<Arc<Part>>,
    sentences: Vec<(String, String)>,
}

impl Rules {
    /// Reads policies and validates them strictly against their schema.
    pub(super) fn read(texts: &[&str]) -> Result<Self, PolicyFault> {
        let set = parse(texts)?;
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).map_err(fault)?;
        let checked = Validator::new(schema).validate(&set, ValidationMode::Strict);
        if !checked.validation_passed_without_warnings() {
            return Err(fault(checked));
        }
        let names = Names::new()?;
        let heads = set.policies().map(|policy| Head::of(policy, &names)).collect::<Result<Vec<_>, _>>()?;
        Self::lay_out(names, &heads)
    }

    fn lay_out(names: Names, heads: &[Head]) -> Result<Self, PolicyFault> {
        let mut cells: Vec<Vec<usize>> = vec![Vec::new(); names.who.len() * names.does.len()];
        for (at, head) in heads.iter().enumerate() {
            for kind in &head.who {
                for action in &head.actions {
                    if let Some(cell) = cells.get_mut(kind * names.does.len() + action) {
                        cell.push(at);
                    }
                }
            }
        }
        let mut made: BTreeMap<Vec<usize>, Arc<Part>> = BTreeMap::new();
        let mut parts = Vec::with_capacity(cells.len());
        for cell in cells {
            let part = match made.entry(cell) {
                Entry::Occupied(known) => Arc::clone(known.get()),
                Entry::Vacant(new) => {
                    let part = Part::of(new.key().iter().filter_map(|at| heads.get(*at)))?;
                    Arc::clone(new.insert(Arc::new(part)))
                }
            };
            parts.push(part);
        }
        let sentence =
            |policy: &Policy| (policy.id().to_string(), policy.annotation("why").unwrap_or_default().to_owned());
        let mut sentences: Vec<_> = heads.iter().map(|head| sentence(&head.policy)).collect();
        sentences.sort();
        Ok(Self { names, parts, sentences })
    }

    /// Every policy's id and the sentence that explains it, sorted by id.
    pub(super) fn sentences(&self) -> &[(String, String)] {
        &self.sentences
    }

    /// The policies that can say something when this kind of caller asks for this action; none when no policy can.
    pub(super) fn part(&self, kind: PrincipalKind, action: Action) -> Option<&Part> {
        let part = self.parts.get(kind as usize * self.names.does.len() + action as usize)?;
        (!part.set.is_empty()).then_some(part)
    }

    /// The entity type of this kind of caller.
    pub(super) fn who(&self, kind: PrincipalKind) -> Option<EntityTypeName> {
        self.names.who.get(kind as usize).cloned()
    }

    /// The entity type of this kind of record.
    pub(super) fn what(&self, kind: ResourceKind) -> Option<EntityTypeName> {
        self.names.what.get(kind as usize).cloned()
    }

    /// The entity of this action.
    pub(super) fn does(&self, action: Action) -> Option<EntityUid> {
        self.names.does.get(action as usize).cloned()
    }
}

fn parse(texts: &[&str]) -> Result<PolicySet, PolicyFault> {
    let mut set = PolicySet::new();
    for text in texts {
        let parsed = PolicySet::from_str(text).map_err(fault)?;
        for policy in parsed.policies() {
            let id = policy.annotation("id").ok_or_else(|| fault(format!("a policy without @id: {policy}")))?;
            if policy.annotation("why").is_none_or(str::is_empty) {
                return Err(fault(format!("{id} has no @why")));
            }
            set.add(policy.new_id(PolicyId::new(id))).map_err(fault)?;
        }
    }
    Ok(set)
}

/// What a policy says in its head, and the facts that its body reads.
#[derive(Debug, Clone)]
struct Head {
    policy: Policy,
    /// The kinds of caller that it can be about, by their place.
    who: Vec<usize>,
    /// The actions that it is about, by their place.
    actions: Vec<usize>,
    reads: Reads,
}

impl Head {
    fn of(policy: &Policy, names: &Names) -> Result<Self, PolicyFault> {
        let mut who: Vec<usize> = (0..names.who.len()).collect();
        if let PrincipalConstraint::Is(kind) = policy.principal_constraint() {
            who.retain(|at| names.who.get(*at) == Some(&kind));
        }
        let place = |action: &EntityUid| {
            // A group of actions would be a stranger: its members are not told by the policy's head.
            let unknown = || fault(format!("{} is about {action}, which is no action", policy.id()));
            names.does.iter().position(|known| known == action).ok_or_else(unknown)
        };
        let actions = match policy.action_constraint() {
            ActionConstraint::Any => (0..names.does.len()).collect(),
            ActionConstraint::Eq(action) => vec![place(&action)?],
            ActionConstraint::In(actions) => actions.iter().map(place).collect::<Result<_, _>>()?,
        };
        Ok(Self { policy: policy.clone(), who, actions, reads: Reads::of(policy)? })
    }
}

#[cfg(test)]
mod tests;
