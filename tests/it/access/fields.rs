//! Every field of the schema and what guards it: `graphql/field-actions.tsv`.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::types::{FieldDefinition, TypeDefinition, TypeKind, TypeSystemDefinition};
use kinward::access::Action;

use crate::committed;

pub const FILE: &str = "graphql/field-actions.tsv";

const HEAD: &str = "\
# What guards each field of the schema: the actions that the policies are asked for, separated by commas, or one of
#   public     anybody may ask; the reason stands beside it
#   payload    says how a change went, or carries what the change made; guarded by the mutation that answers with it
#   page-info  says where a page stands; guarded by the list
# A field of an object is guarded by whatever handed the object out; the actions here are those that can.
# `UPDATE_FILES=1 cargo test --test it fields` adds a line with `?` for each new field and takes stale ones out.
";

/// Actions that guard no field of their own, with the reason.
const WITHOUT_A_FIELD: [(&str, &str); 2] = [
    ("job.run", "the service's own background work has no field"),
    ("system.bootstrap", "only the command line makes the first administrator's invitation"),
];

/// The types of the schema by name.
pub fn types() -> BTreeMap<String, TypeDefinition> {
    let document = async_graphql::parser::parse_schema(kinward::schema::sdl()).unwrap();
    let types = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some((definition.node.name.node.to_string(), definition.node)),
        _ => None,
    });
    types.collect()
}

/// The fields of an object type or interface; none for the other kinds.
pub fn fields(definition: &TypeDefinition) -> Vec<&FieldDefinition> {
    match &definition.kind {
        TypeKind::Object(object) => object.fields.iter().map(|field| &field.node).collect(),
        TypeKind::Interface(interface) => interface.fields.iter().map(|field| &field.node).collect(),
        _ => Vec::new(),
    }
}

/// The committed lines: what guards each field, and the note beside it.
pub fn guards() -> BTreeMap<String, (Vec<String>, String)> {
    let text = std::fs::read_to_string(committed::path(FILE)).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let mut columns = line.split('\t');
            let (field, guard) = (columns.next().unwrap(), columns.next().unwrap_or("?"));
            let note = columns.next().unwrap_or_default();
            (field.to_owned(), (guard.split(',').map(str::to_owned).collect(), note.to_owned()))
        })
        .collect()
}

#[test]
fn every_field_says_what_guards_it() {
    let committed = guards();
    let mut want = String::from(HEAD);
    for (name, definition) in types() {
        for field in fields(&definition) {
            let field = format!("{name}.{}", field.name.node);
            let (guard, note) = committed.get(&field).cloned().unwrap_or_else(|| (vec!["?".into()], String::new()));
            want.push_str(format!("{field}\t{}\t{note}", guard.join(",")).trim_end());
            want.push('\n');
        }
    }
    committed::compare(FILE, "fields", &want);
    let open: Vec<&str> = want.lines().filter(|line| line.contains("\t?")).collect();
    assert!(open.is_empty(), "say in {FILE} what guards these fields:\n{}", open.join("\n"));
}

#[test]
fn every_guard_is_an_action_and_every_action_guards_a_field() {
    let known: BTreeSet<&str> = Action::ALL.iter().map(|action| action.as_str()).collect();
    let mut idle = known.clone();
    for (field, (guards, note)) in guards() {
        for guard in &guards {
            match guard.as_str() {
                "public" | "payload" | "page-info" => {
                    assert_eq!(guards.len(), 1, "{field}: {guard} stands alone");
                    assert!(guard != "public" || !note.is_empty(), "{field}: say why it is public");
                }
                action => assert!(known.contains(action), "{field}: there is no action {action}"),
            }
            idle.remove(guard.as_str());
        }
    }
    for (action, _) in WITHOUT_A_FIELD {
        assert!(idle.remove(action), "{action} guards a field, or is no action: take it off the list");
    }
    assert!(idle.is_empty(), "these actions guard no field: {idle:?}");
}

#[test]
fn every_root_field_is_guarded_by_an_action() {
    for (field, (guards, _)) in guards() {
        let root = ["Query.", "Mutation.", "Subscription."].iter().any(|root| field.starts_with(root));
        let named = ["payload", "page-info", "public"].iter().any(|word| guards.contains(&(*word).to_owned()));
        assert!(!root || !named, "{field}: a root field needs an action, so that it is swept");
    }
}
