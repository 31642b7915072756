//! Every value that the schema takes, given wrong: out of range, of another type, an unknown word, null, left out, no id.
//! The answer has a code and the path that leads to the value, for variables and for literals in the document.

use std::collections::BTreeMap;

use async_graphql::parser::types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind};
use serde_json::{Map, Value, json};

use crate::access::fields;
use crate::harness::{Client, on_each};

type Types = BTreeMap<String, TypeDefinition>;

/// A value and the path that leads to it.
type Wrong = (Vec<String>, Option<Value>);

fn kind<'a>(types: &'a Types, of: &Type) -> (&'a str, Option<&'a TypeKind>) {
    match &of.base {
        BaseType::List(inner) => kind(types, inner),
        BaseType::Named(name) => match types.get_key_value(name.as_str()) {
            Some((name, definition)) => (name, Some(&definition.kind)),
            None => {
                (["Int", "Float", "Boolean", "ID"].into_iter().find(|known| known == name).unwrap_or("String"), None)
            }
        },
    }
}

fn inputs(kind: Option<&TypeKind>) -> Option<Vec<&InputValueDefinition>> {
    match kind? {
        TypeKind::InputObject(input) => Some(input.fields.iter().map(|field| &field.node).collect()),
        _ => None,
    }
}

/// A value that fits, with every field said.
fn good(types: &Types, of: &Type) -> Value {
    if let BaseType::List(inner) = &of.base {
        return json!([good(types, inner)]);
    }
    let (name, kind) = kind(types, of);
    if let Some(fields) = inputs(kind) {
        let fields = fields.into_iter().map(|field| (field.name.node.to_string(), good(types, &field.ty.node)));
        return Value::Object(fields.collect());
    }
    match (name, kind) {
        (_, Some(TypeKind::Enum(words))) => json!(words.values[0].node.value.node.to_string()),
        ("Int" | "Float", _) => json!(1),
        ("Boolean", _) => json!(true),
        ("DateTime", _) => json!("2026-12-01T16:00:00Z"),
        ("UUID", _) => json!("00000000-0000-0000-0000-000000000001"),
        _ => json!("junk"),
    }
}

/// What can be wrong about a value of this type, and about what is inside it; none stands for leaving it out.
fn wrong(types: &Types, of: &Type, has_default: bool, path: &[String]) -> Vec<Wrong> {
    let mut all = Vec::new();
    if !of.nullable {
        all.push((path.to_vec(), Some(Value::Null)));
        if !has_default && path.last().is_none_or(|step| step.parse::<usize>().is_err()) {
            all.push((path.to_vec(), None));
        }
    }
    let below = |step: &str| [path, &[step.to_owned()]].concat();
    if let BaseType::List(inner) = &of.base {
        all.extend(wrong(types, inner, false, &below("0")));
        return all;
    }
    let (name, kind) = kind(types, of);
    let bad = match (name, kind) {
        (_, Some(TypeKind::InputObject(_))) => vec![json!("no object"), json!(7)],
        (_, Some(TypeKind::Enum(_))) => vec![json!("NO_SUCH_WORD"), json!(7)],
        ("Int", _) => vec![json!(2_147_483_648_i64), json!(-2_147_483_649_i64), json!(1.5), json!("1")],
        ("Float", _) => vec![json!("1")],
        ("Boolean", _) => vec![json!("yes"), json!(1)],
        ("DateTime" | "UUID", _) => vec![json!("tomorrow"), json!(7)],
        ("ID", _) => vec![json!(true)],
        _ => vec![json!(12), json!(["x", "y"])],
    };
    all.extend(bad.into_iter().map(|value| (path.to_vec(), Some(value))));
    for field in inputs(kind).into_iter().flatten() {
        let has_default = field.default_value.is_some();
        all.extend(wrong(types, &field.ty.node, has_default, &below(&field.name.node)));
    }
    all
}

/// Puts a value where the path leads, or takes away what stands there.
fn put(into: &mut Value, path: &[String], value: Option<&Value>) {
    let (step, rest) = path.split_first().unwrap();
    match into {
        Value::Array(items) if rest.is_empty() => items[0] = value.unwrap().clone(),
        Value::Array(items) => put(&mut items[0], rest, value),
        Value::Object(fields) if rest.is_empty() => {
            fields.remove(step);
            fields.extend(value.map(|value| (step.clone(), value.clone())));
        }
        Value::Object(fields) => put(&mut fields[step], rest, value),
        other => panic!("nothing can be put into {other}"),
    }
}

/// A value as a document spells it, along its type: the words of an enum are names.
fn literal(types: &Types, of: Option<&Type>, value: &Value) -> String {
    let named = of.map(|of| kind(types, of).1);
    match value {
        Value::Object(fields) => {
            let known = inputs(named.flatten()).unwrap_or_default();
            let spell = |(name, value): (&String, &Value)| {
                let of = known.iter().find(|field| field.name.node == name.as_str()).map(|field| &field.ty.node);
                format!("{name}: {}", literal(types, of, value))
            };
            format!("{{{}}}", fields.iter().map(spell).collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| literal(types, of, item)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(word) if matches!(named, Some(Some(TypeKind::Enum(_)))) => word.clone(),
        other => other.to_string(),
    }
}

/// A root field, called with nothing selected but its type's name.
struct Root<'a> {
    types: &'a Types,
    kind: &'static str,
    field: &'a FieldDefinition,
}

impl Root<'_> {
    fn arguments(&self) -> impl Iterator<Item = &InputValueDefinition> {
        self.field.arguments.iter().map(|argument| &argument.node)
    }

    fn selection(&self) -> &'static str {
        match kind(self.types, &self.field.ty.node).1 {
            Some(TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_)) => "{ __typename }",
            _ => "",
        }
    }

    fn by_variables(&self) -> String {
        let heads: Vec<String> =
            self.arguments().map(|argument| format!("${0}: {1}", argument.name.node, argument.ty.node)).collect();
        let given: Vec<String> = self.arguments().map(|argument| format!("{0}: ${0}", argument.name.node)).collect();
        let (heads, given) = (heads.join(", "), given.join(", "));
        format!("{} ({heads}) {{ {}({given}) {} }}", self.kind, self.field.name.node, self.selection())
    }

    fn by_literals(&self, given: &Map<String, Value>) -> String {
        let spell = |argument: &InputValueDefinition| {
            let value = given.get(argument.name.node.as_str())?;
            Some(format!("{}: {}", argument.name.node, literal(self.types, Some(&argument.ty.node), value)))
        };
        let given: Vec<String> = self.arguments().filter_map(spell).collect();
        let given = if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) };
        format!("{} {{ {}{given} {} }}", self.kind, self.field.name.node, self.selection())
    }

    /// Tries every wrong value; how many there were.
    async fn try_all(&self, client: &Client) -> usize {
        let whole = self.arguments().map(|a| (a.name.node.to_string(), good(self.types, &a.ty.node)));
        let whole = Value::Object(whole.collect());
        let mut tried = 0;
        for argument in self.arguments() {
            let name = argument.name.node.to_string();
            for (path, value) in wrong(self.types, &argument.ty.node, argument.default_value.is_some(), &[name]) {
                let mut given = whole.clone();
                put(&mut given, &path, value.as_ref());
                for (query, variables) in
                    [(self.by_variables(), given.clone()), (self.by_literals(given.as_object().unwrap()), json!({}))]
                {
                    let answer = client.send(&query, variables).await;
                    let error = &answer["errors"][0]["extensions"];
                    assert_eq!(
                        (&error["code"], &error["field"]),
                        (&json!("VALIDATION_FAILED"), &json!(path)),
                        "{given}"
                    );
                    tried += 1;
                }
            }
        }
        tried
    }
}

fn roots<'a>(types: &'a Types, kind: &'static str, name: &str) -> Vec<Root<'a>> {
    let fields = fields::fields(&types[name]);
    fields.into_iter().map(|field| Root { types, kind, field }).collect()
}

#[tokio::test]
async fn every_value_that_does_not_fit_is_named_by_its_path() {
    let types = &fields::types();
    on_each(|app| async move {
        let mut tried = 0;
        for root in roots(types, "query", "Query").iter().chain(&roots(types, "mutation", "Mutation")) {
            tried += root.try_all(&app.anonymous()).await;
        }
        assert!(tried > 1_000, "only {tried} values were tried");
    })
    .await;
}

/// The paths of all ids inside.
fn ids(types: &Types, of: &Type, path: &[String]) -> Vec<Vec<String>> {
    let below = |step: &str| [path, &[step.to_owned()]].concat();
    if let BaseType::List(inner) = &of.base {
        return ids(types, inner, &below("0"));
    }
    let (name, kind) = kind(types, of);
    let fields = inputs(kind).into_iter().flatten();
    let inside = fields.flat_map(|field| ids(types, &field.ty.node, &below(&field.name.node)));
    inside.chain((name == "ID").then(|| path.to_vec())).collect()
}

#[tokio::test]
async fn a_text_that_is_no_id_is_answered_with_its_path() {
    let types = &fields::types();
    on_each(|app| async move {
        let mut named = 0;
        for root in roots(types, "query", "Query").iter().chain(&roots(types, "mutation", "Mutation")) {
            let (mut given, mut paths) = (Map::new(), Vec::new());
            for argument in root.arguments() {
                let (name, of) = (argument.name.node.to_string(), &argument.ty.node);
                let here = ids(types, of, std::slice::from_ref(&name));
                if !of.nullable || !here.is_empty() {
                    given.insert(name, good(types, of));
                }
                paths.extend(here);
            }
            if paths.is_empty() || root.field.name.node == "nodes" {
                continue;
            }
            let payload = if root.kind == "mutation" { "{ userErrors { code field } }" } else { root.selection() };
            let query = root.by_variables().replace(root.selection(), payload);
            let answer = app.anonymous().send(&query, Value::Object(given)).await;
            let fault = &answer["errors"][0]["extensions"];
            let problem = &answer["data"][root.field.name.node.as_str()]["userErrors"][0];
            let (code, path) =
                if fault.is_null() { (&problem["code"], &problem["field"]) } else { (&fault["code"], &fault["field"]) };
            assert!(
                ["NOT_FOUND", "UNKNOWN_REFERENCE"].contains(&code.as_str().unwrap_or_default()),
                "{query} {answer}"
            );
            assert!(paths.iter().any(|known| json!(known) == *path), "{query} {answer}");
            named += 1;
        }
        assert!(named > 50, "only {named} fields take an id");
    })
    .await;
}
