//! The layout, and the control of the reference model: no policy can be dropped or altered unnoticed.

use std::collections::HashSet;

use cedar_policy::PolicySet;
use serde_json::json;

use super::*;
use crate::access::policy::POLICIES;
use crate::access::{Policy as InForce, act};

#[path = "../../../tests/it/access/reference/mod.rs"]
mod reference;

use reference::{Answer, Draw, Question, decided};

#[test]
fn the_policies_validate_and_every_action_stands_in_the_schema() {
    assert!(Rules::read(&POLICIES).unwrap().sentences().len() >= 30);
    let (schema, _) = Schema::from_cedarschema_str(SCHEMA).unwrap();
    let known: HashSet<String> = schema.actions().map(|a| a.id().unescaped().to_owned()).collect();
    let ours: HashSet<String> = Action::ALL.iter().map(|a| a.as_str().to_owned()).collect();
    assert_eq!(known, ours);
}

#[test]
fn a_policy_that_does_not_validate_stops_the_service() {
    let one = |text: &str| Rules::read(&[text]).map(|_| ()).unwrap_err().to_string();
    let no_id = "@why(\"So.\") permit (principal, action == Action::\"job.run\", resource);";
    assert!(one(no_id).contains("without @id"), "{}", one(no_id));
    let no_why = "@id(\"a\") permit (principal, action == Action::\"job.run\", resource);";
    assert!(one(no_why).contains("no @why"), "{}", one(no_why));
    let unknown =
        "@id(\"a\") @why(\"So.\") permit (principal, action == Action::\"job.run\", resource) when { resource.size };";
    assert!(one(unknown).contains("size"), "{}", one(unknown));
    let typo = "@id(\"a\") @why(\"So.\") permit (principal, action == Action::\"job.rum\", resource);";
    assert!(one(typo).contains("job.rum"), "{}", one(typo));
}

#[test]
fn a_policy_that_the_layout_does_not_understand_stops_the_service() {
    let names = Names::new().unwrap();
    let lay_out = |text: &str| {
        let set = PolicySet::from_str(text).unwrap();
        let heads = set.policies().map(|policy| Head::of(policy, &names)).collect::<Result<Vec<_>, _>>();
        heads.map(|_| ()).unwrap_err().to_string()
    };
    let group = "permit (principal, action in [Action::\"everything\"], resource);";
    assert!(lay_out(group).contains("no action"));
    let hidden =
        "permit (principal, action, resource) when { (if true then principal else resource).programme == \"\" };";
    assert!(lay_out(hidden).contains("reads an attribute"));
}

#[test]
fn the_layout_knows_every_fact_that_a_policy_reads() {
    let rules = Rules::read(&POLICIES).unwrap();
    let part = rules.part(PrincipalKind::FamilyMember, Action::ReadFamily).unwrap();
    let mut policies: Vec<_> = part.set.policies().map(|policy| policy.id().to_string()).collect();
    policies.sort();
    assert_eq!(policies, ["family-own-record", "marked-is-barred", "second-factor"]);
    let named = |facts: &BTreeSet<String>| facts.iter().cloned().collect::<Vec<_>>();
    assert_eq!(named(&part.of_caller), ["account", "family", "programme", "strong"]);
    assert_eq!(named(&part.of_record), ["account", "barred", "families", "programme"]);
    assert!(!part.asks_for_freshness());
    assert!(rules.part(PrincipalKind::Administrator, Action::CloseAccount).unwrap().asks_for_freshness());
}

/// A caller's missing id and a record's are told apart by what stands for them, so a policy that compared with that text
/// would hang on which of the two it is. Only whether a caller has an id at all is asked that way.
#[test]
fn no_policy_compares_a_record_with_a_text() {
    for line in POLICIES.iter().flat_map(|text| text.lines()) {
        let code = line.replace("principal.family != \"\"", "").replace("principal.mentor != \"\"", "");
        assert!(!code.contains("\"\"") && !code.contains("\"none\""), "{line}");
    }
}

#[test]
fn nobody_who_acts_nowhere_meets_what_belongs_nowhere() {
    let policy = InForce::load().unwrap();
    let mut caller = crate::access::Principal::anonymous();
    caller.kind = PrincipalKind::Coordinator;
    let nowhere = crate::access::Resource::new(ResourceKind::Family, uuid::Uuid::from_u128(1));
    assert!(policy.authorize::<act::ReadFamily>(&caller, nowhere, reference::NOW).is_err());
}

/// Every way in which one policy is altered here: what was done to it, and what is left of it. Actions that other policies
/// speak of for the same callers are not added: those may give them already. The kind of record is left alone, since a
/// question about another than the action's is never put.
fn mutants(policy: &Value, spoken_of: &BTreeSet<Action>) -> Vec<(String, Option<Value>)> {
    let mut all = vec![("dropped".to_owned(), None)];
    let mut keep = |what: String, change: &dyn Fn(&mut Value)| {
        let mut altered = policy.clone();
        change(&mut altered);
        if altered != *policy {
            all.push((what, Some(altered)));
        }
    };
    let flipped = if policy["effect"] == "permit" { "forbid" } else { "permit" };
    keep("the other effect".into(), &|p| p["effect"] = json!(flipped));
    keep("any caller".into(), &|p| p["principal"] = json!({"op": "All"}));
    keep("no condition".into(), &|p| p["conditions"] = json!([]));
    let named: Vec<Value> = match policy["action"]["op"].as_str() {
        Some("==") => vec![policy["action"]["entity"].clone()],
        _ => policy["action"]["entities"].as_array().cloned().unwrap_or_default(),
    };
    for action in &named {
        let rest: Vec<&Value> = named.iter().filter(|other| *other != action).collect();
        keep(format!("without {}", action["id"]), &|p| p["action"] = json!({"op": "in", "entities": rest}));
    }
    let is_named = |action: &Action| named.iter().any(|named| named["id"] == action.as_str());
    let kinds: Vec<ResourceKind> = Action::ALL.iter().filter(|a| is_named(a)).map(|a| a.resource_kind()).collect();
    let near = |action: &&Action| !spoken_of.contains(action) && kinds.contains(&action.resource_kind());
    for action in Action::ALL.iter().filter(near) {
        let mut more = named.clone();
        more.push(json!({"type": "Action", "id": action.as_str()}));
        keep(format!("also {}", action.as_str()), &|p| p["action"] = json!({"op": "in", "entities": more}));
    }
    if policy["resource"]["op"] == "All" {
        keep("any action".into(), &|p| p["action"] = json!({"op": "All"}));
    }
    for (at, condition) in policy["conditions"].as_array().into_iter().flatten().enumerate() {
        let other = if condition["kind"] == "when" { "unless" } else { "when" };
        keep(format!("{other} instead"), &|p| p["conditions"][at]["kind"] = json!(other));
        for (what, body) in altered(&condition["body"]) {
            keep(what, &|p| p["conditions"][at]["body"] = body.clone());
        }
    }
    all
}

/// The facts that can stand for each other, by their type.
const TEXTS: [&str; 5] = ["account", "programme", "family", "mentor", "holder"];
const SETS: [&str; 12] = [
    "families",
    "mentors",
    "barred",
    "sides",
    "openers",
    "readers",
    "keepers",
    "askers",
    "meeters",
    "writers",
    "releasers",
    "delegators",
];

/// Every way in which one part of an expression is altered: one side of an `and` or `or` alone, the opposite of a
/// comparison, another fact of the same type.
fn altered(expression: &Value) -> Vec<(String, Value)> {
    let Some((operator, operands)) = expression.as_object().and_then(|parts| parts.iter().next()) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    match operator.as_str() {
        "&&" | "||" => {
            all.push((format!("left of {operator} alone"), operands["left"].clone()));
            all.push((format!("right of {operator} alone"), operands["right"].clone()));
        }
        "==" => all.push(("unlike".to_owned(), json!({"!=": operands}))),
        "!=" => all.push(("alike".to_owned(), json!({"==": operands}))),
        "Set" => {
            let members = operands.as_array().unwrap();
            for at in 0..members.len() {
                let mut rest = members.clone();
                all.push((format!("without {}", rest.remove(at)), json!({"Set": rest})));
            }
        }
        "!" => all.push(("not turned round".to_owned(), operands["arg"].clone())),
        "." => {
            let attribute = operands["attr"].as_str().unwrap();
            let alike: &[&str] = if SETS.contains(&attribute) { &SETS } else { &TEXTS };
            for other in alike.iter().filter(|other| alike.contains(&attribute) && **other != attribute) {
                let mut access = operands.clone();
                access["attr"] = json!(other);
                all.push((format!("{other} for {attribute}"), json!({".": access})));
            }
        }
        _ => {}
    }
    if let Some(parts) = operands.as_object() {
        for (name, part) in parts {
            for (what, part) in altered(part) {
                let mut operands = operands.clone();
                operands[name] = part;
                all.push((what, json!({ operator: operands })));
            }
        }
    } else if let Some(parts) = operands.as_array() {
        for (at, part) in parts.iter().enumerate() {
            for (what, part) in altered(part) {
                let mut operands = operands.clone();
                operands[at] = part;
                all.push((what, json!({ operator: operands })));
            }
        }
    }
    all
}

/// Questions of every kind of caller about every action, with the model's answers: each round has one of each.
fn questions() -> Vec<(Question, Answer)> {
    const ROUNDS: usize = 150;
    let mut draw = Draw::new(7);
    let mut asked = Vec::with_capacity(ROUNDS * PrincipalKind::ALL.len() * Action::ALL.len());
    for _ in 0..ROUNDS {
        for kind in PrincipalKind::ALL {
            for action in Action::ALL {
                let question = draw.question(kind, *action);
                let answer = question.answer();
                asked.push((question, answer));
            }
        }
    }
    asked
}

/// Whether the model and the altered policies differ in an answer to what the altered policy was or is about.
fn differs(altered: &InForce, asked: &[(Question, Answer)], about: &[&Head]) -> bool {
    let is_about = |question: &Question| {
        let (kind, action) = (question.who.kind as usize, question.action as usize);
        about.iter().any(|head| head.who.contains(&kind) && head.actions.contains(&action))
    };
    asked.iter().any(|(question, answer)| is_about(question) && decided(altered, question) != *answer)
}

/// The actions that any policy speaks of for one of this policy's callers, its own too.
fn spoken_of(one: &Head, whole: &[Head]) -> BTreeSet<Action> {
    let near = whole.iter().filter(|head| head.who.iter().any(|who| one.who.contains(who)));
    near.flat_map(|head| &head.actions).map(|at| Action::ALL[*at]).collect()
}

#[test]
fn no_policy_can_be_dropped_or_altered_without_a_difference() {
    let (asked, names) = (questions(), Names::new().unwrap());
    let heads: Vec<Head> =
        parse(&POLICIES).unwrap().policies().map(|policy| Head::of(policy, &names).unwrap()).collect();
    let mut tried = 0;
    let mut unnoticed = Vec::new();
    for (at, before) in heads.iter().enumerate() {
        let id = before.policy.id();
        for (what, left) in mutants(&before.policy.to_json().unwrap(), &spoken_of(before, &heads)) {
            let after = left.map(|left| Head::of(&Policy::from_json(Some(id.clone()), left).unwrap(), &names).unwrap());
            let mut all = heads.clone();
            all.splice(at..=at, after.clone());
            let altered = InForce::of(Rules::lay_out(names.clone(), &all).unwrap());
            tried += 1;
            if !differs(&altered, &asked, &[before, after.as_ref().unwrap_or(before)]) {
                unnoticed.push(format!("{id}: {what}"));
            }
        }
    }
    // It takes nothing away that anybody has: it stands there against a later policy that gave too much.
    unnoticed.retain(|change| !change.starts_with("staff-never-sign: "));
    assert!(unnoticed.is_empty(), "{} of {tried} changes go unnoticed:\n{}", unnoticed.len(), unnoticed.join("\n"));
    assert!(tried > 1_200, "{tried}");
}
