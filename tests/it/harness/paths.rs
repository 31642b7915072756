//! The promise about refusals, held in every test: a problem of a mutation names a field, and one that the mutation's
//! input really has.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use async_graphql::parser::types::{BaseType, InputValueDefinition, Type, TypeDefinition, TypeKind};
use serde_json::Value;

use crate::access::fields;

/// Problems of a request as a whole; the architecture test holds the list of who may raise one.
const WHOLE: [&str; 5] =
    ["NO_FACTOR", "NO_PROVIDER", "PASSKEYS_UNAVAILABLE", "PROVIDER_UNAVAILABLE", "TOO_MANY_FACTORS"];

static TYPES: LazyLock<BTreeMap<String, TypeDefinition>> = LazyLock::new(fields::types);

/// Checks every `userErrors` of an answer; the error says what is wrong with the first one that breaks the promise.
/// Answers that select no `field` are passed over, as are root fields under another name.
pub fn check(answer: &Value) -> Result<(), String> {
    for (mutation, payload) in answer["data"].as_object().into_iter().flatten() {
        for problem in payload["userErrors"].as_array().into_iter().flatten() {
            let Some(path) = problem["field"].as_array() else { continue };
            if path.is_empty() && WHOLE.contains(&problem["code"].as_str().unwrap_or_default()) {
                continue;
            }
            let path: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
            names_a_field(mutation, &path).map_err(|why| format!("{mutation}: {why} in {problem}"))?;
        }
    }
    Ok(())
}

fn names_a_field(mutation: &str, path: &[&str]) -> Result<(), String> {
    let Some(arguments) = arguments(mutation) else { return Ok(()) };
    let (first, rest) = path.split_first().ok_or("no field is named")?;
    let mut at = find(arguments.iter().copied(), first)?;
    for step in rest {
        at = match &at.base {
            BaseType::List(inner) => {
                step.parse::<usize>().map_err(|_| format!("`{step}` is no place in a list"))?;
                inner
            }
            BaseType::Named(name) => match TYPES.get(name.as_str()).map(|definition| &definition.kind) {
                Some(TypeKind::InputObject(input)) => find(input.fields.iter().map(|field| &field.node), step)?,
                _ => return Err(format!("`{name}` has no field `{step}`")),
            },
        };
    }
    Ok(())
}

fn arguments(mutation: &str) -> Option<Vec<&'static InputValueDefinition>> {
    let fields = fields::fields(TYPES.get("Mutation")?);
    let field = fields.into_iter().find(|field| field.name.node == mutation)?;
    Some(field.arguments.iter().map(|argument| &argument.node).collect())
}

fn find<'a>(mut among: impl Iterator<Item = &'a InputValueDefinition>, name: &str) -> Result<&'a Type, String> {
    among.find(|one| one.name.node == name).map(|one| &one.ty.node).ok_or(format!("there is no field `{name}`"))
}

#[test]
fn only_fields_of_the_input_count_as_named() {
    for (mutation, path, fits) in [
        ("endMatch", &["input", "matchId"][..], true),
        ("setSafeContactPlan", &["input", "windows", "2", "startMin"], true),
        ("signIn", &["input"], true),
        ("endMatch", &[], false),
        ("endMatch", &["input", "proposalId"], false),
        ("endMatch", &["matchId"], false),
        ("endMatch", &["input", "matchId", "0"], false),
        ("setSafeContactPlan", &["input", "windows", "startMin"], false),
    ] {
        assert_eq!(names_a_field(mutation, path).is_ok(), fits, "{mutation} {path:?}");
    }
}
