//! What an operation costs: one for each field, a page's worth for each field below a connection, and a look-up for each
//! id in a list of ids.

use async_graphql::{
    ServerResult, Variables,
    parser::{
        Positioned,
        types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet, VariableDefinition},
    },
    registry::{MetaField, MetaType, MetaTypeName, Registry},
};
use async_graphql_value::{ConstValue, Value};

use super::{FaultCode, fault::refusal, rules::root_type};
use crate::kernel::page::{DEFAULT_PAGE, MAX_PAGE};

/// What one id in a list of ids costs beside the fields asked of its record: a transaction, and an entry in the audit log
/// that nobody can remove. With the standing limit of 5,000 one operation looks up fewer than 250 records.
const LOOK_UP: usize = 20;

/// What an operation costs; refused if that is more than `most`.
pub(super) fn check(
    registry: &Registry,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    most: usize,
) -> ServerResult<usize> {
    let count = Count { registry, document, variables, definitions: &operation.variable_definitions };
    let root = root_type(registry, operation.ty).and_then(|name| registry.types.get(name));
    let cost = count.selections(root, &operation.selection_set.node, 1);
    if cost > most {
        let text = format!("This operation costs {cost}; at most {most} is allowed. Ask for smaller pages.");
        return Err(refusal(FaultCode::LimitExceeded, text, Some(operation.selection_set.pos)));
    }
    Ok(cost)
}

struct Count<'a> {
    registry: &'a Registry,
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    definitions: &'a [Positioned<VariableDefinition>],
}

impl Count<'_> {
    /// `page` is the page size of the connection that these selections stand directly below, else 1.
    fn selections(&self, parent: Option<&MetaType>, set: &SelectionSet, page: usize) -> usize {
        let cost_of = |selection: &Selection| match selection {
            Selection::Field(field) => self.field(parent, &field.node, page),
            Selection::InlineFragment(inline) => {
                let on = inline.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                let parent = on.map_or(parent, |on| self.registry.types.get(on));
                self.selections(parent, &inline.node.selection_set.node, page)
            }
            Selection::FragmentSpread(spread) => {
                self.document.fragments.get(&spread.node.fragment_name.node).map_or(1, |fragment| {
                    let parent = self.registry.types.get(fragment.node.type_condition.node.on.node.as_str());
                    self.selections(parent, &fragment.node.selection_set.node, page)
                })
            }
        };
        set.items.iter().fold(0, |sum, selection| sum.saturating_add(cost_of(&selection.node)))
    }

    fn field(&self, parent: Option<&MetaType>, field: &Field, page: usize) -> usize {
        let Some(meta) = parent.and_then(|parent| parent.field_by_name(&field.name.node)) else {
            // A field that is not there is named by validation; what stands below it still counts.
            return self.selections(None, &field.selection_set.node, 1).saturating_add(1);
        };
        let named = MetaTypeName::concrete_typename(&meta.ty);
        let child = self.registry.types.get(named);
        let connection = named.ends_with("Connection") && child.is_some_and(|t| t.field_by_name("pageInfo").is_some());
        let size = if connection || meta.args.contains_key("first") { self.page_size(field, meta) } else { 1 };
        let below = self.selections(child, &field.selection_set.node, if connection { size } else { 1 });
        if meta.args.contains_key("ids") {
            return below.saturating_add(1 + LOOK_UP).saturating_mul(self.ids(field));
        }
        // A connection's page multiplies its nodes and edges, not what it says of the page as a whole; a plain list
        // that takes `first` multiplies everything below it.
        let times = match field.name.node.as_str() {
            "nodes" | "edges" => page,
            _ if connection => 1,
            _ => size,
        };
        below.saturating_add(1).saturating_mul(times)
    }

    fn page_size(&self, field: &Field, meta: &MetaField) -> usize {
        let standing = meta.args.get("first").and_then(|arg| arg.default_value.as_ref()).and_then(|d| d.parse().ok());
        let asked = match field.get_argument("first").map(|value| &value.node) {
            None => standing,
            Some(Value::Number(number)) => number.as_u64(),
            Some(Value::Variable(name)) => self.variable(name),
            Some(_) => None,
        };
        // More than a page can hold is refused by the resolver with a plain sentence.
        let asked = asked.unwrap_or(u64::from(DEFAULT_PAGE)).clamp(1, u64::from(MAX_PAGE));
        usize::try_from(asked).unwrap_or(usize::MAX)
    }

    /// How many ids a field names. One that stands alone is a list of one.
    fn ids(&self, field: &Field) -> usize {
        let asked = match field.get_argument("ids").map(|value| &value.node) {
            Some(Value::List(ids)) => ids.len(),
            Some(Value::Variable(name)) => match self.value(name) {
                Some(ConstValue::List(ids)) => ids.len(),
                _ => 1,
            },
            _ => 1,
        };
        // More than may be named at once is refused by the resolver with a plain sentence.
        asked.clamp(1, usize::try_from(MAX_PAGE).unwrap_or(usize::MAX))
    }

    fn variable(&self, name: &str) -> Option<u64> {
        match self.value(name)? {
            ConstValue::Number(number) => number.as_u64(),
            _ => None,
        }
    }

    /// What a variable holds: what was given for it, else what stands in the operation.
    fn value(&self, name: &str) -> Option<&ConstValue> {
        self.variables.get(name).or_else(|| {
            let definition = self.definitions.iter().find(|definition| definition.node.name.node == name)?;
            definition.node.default_value.as_ref().map(|value| &value.node)
        })
    }
}
