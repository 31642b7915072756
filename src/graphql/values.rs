//! Values that do not fit their type: literals in the document, and variables beside it. The library takes a string
//! for an enum value, looks at variables only where they are used, and does not say which field of an input is at fault.

use async_graphql::{
    Pos, ServerError, ServerResult, Variables,
    indexmap::IndexMap,
    parser::Positioned,
    parser::types::{
        BaseType, Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet, Type,
        VariableDefinition,
    },
    registry::{MetaEnumValue, MetaInputValue, MetaType, MetaTypeName, Registry},
};
use async_graphql_value::{ConstValue, Name, Value};

use super::{
    FaultCode,
    fault::{refusal, refusal_at},
    rules::root_type,
};

/// Where a value was written: in GraphQL an enum value is a name, in JSON it can only be a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    InDocument,
    InJson,
}

/// What does not fit, and the steps that lead to it, the last one first.
#[derive(Debug)]
struct Misfit {
    why: String,
    steps: Vec<String>,
}

impl Misfit {
    fn new(why: String) -> Self {
        Self { why, steps: Vec::new() }
    }

    /// The same, seen from the outside: the value stands under `step`.
    fn under(mut self, step: impl Into<String>) -> Self {
        self.steps.push(step.into());
        self
    }

    /// The refusal, with the whole path under `extensions.field`; `subject` says what was given.
    fn refuse(&self, subject: &str, at: Pos) -> ServerError {
        let path: Vec<&str> = self.steps.iter().rev().map(String::as_str).collect();
        let place = if path.len() > 1 { format!(" at {}", path.join(".")) } else { String::new() };
        let text = format!("{subject} does not fit{place}: {}", self.why);
        refusal_at(FaultCode::ValidationFailed, text, Some(at), path)
    }
}

/// Checks the variables of the operation that was asked for, as the specification's CoerceVariableValues does.
pub(super) fn check_variables(
    registry: &Registry,
    operation: &OperationDefinition,
    variables: &Variables,
) -> ServerResult<()> {
    for definition in &operation.variable_definitions {
        let definition = &definition.node;
        let (name, ty, at) = (&definition.name.node, &definition.var_type.node, definition.name.pos);
        if !is_input(registry, ty) {
            // Validation says so, with the type's name.
            continue;
        }
        match variables.get(name) {
            None if definition.default_value.is_some() || ty.nullable => {}
            None => {
                let text = format!("Variable \"${name}\" of type \"{ty}\" is needed.");
                return Err(refusal_at(FaultCode::ValidationFailed, text, Some(at), [name.as_str()]));
            }
            Some(value) => {
                let value = value.clone().into_value();
                fits(registry, &ty.to_string(), &value, Written::InJson)
                    .map_err(|misfit| misfit.under(name.as_str()).refuse(&format!("Variable \"${name}\""), at))?;
            }
        }
    }
    Ok(())
}

fn is_input(registry: &Registry, ty: &Type) -> bool {
    match &ty.base {
        BaseType::Named(name) => registry.types.get(name.as_str()).is_some_and(MetaType::is_input),
        BaseType::List(inner) => is_input(registry, inner),
    }
}

/// A document that is at fault by itself, whatever values stand in it.
fn wrong(text: String, at: Pos) -> ServerError {
    refusal(FaultCode::ValidationFailed, text, Some(at))
}

/// Checks every literal of a document: arguments of fields and directives, and defaults of variables.
pub(super) fn check_literals(registry: &Registry, document: &ExecutableDocument) -> ServerResult<()> {
    let mut everywhere = Vec::new();
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        everywhere.extend(&operation.variable_definitions);
        let literals = Literals { registry, definitions: operation.variable_definitions.iter().collect() };
        literals.directives(&operation.directives)?;
        for definition in &operation.variable_definitions {
            let definition = &definition.node;
            if let Some(directive) = definition.directives.first() {
                return Err(wrong("No directive stands on a variable.".to_owned(), directive.pos));
            }
            if let Some(default) =
                definition.default_value.as_ref().filter(|_| is_input(registry, &definition.var_type.node))
            {
                let (name, value) = (definition.name.node.as_str(), default.node.clone().into_value());
                fits(registry, &definition.var_type.node.to_string(), &value, Written::InDocument)
                    .map_err(|misfit| misfit.under(name).refuse("The default of a variable", default.pos))?;
            }
        }
        let root = root_type(registry, operation.ty).and_then(|name| registry.types.get(name));
        literals.selections(root, &operation.selection_set.node)?;
    }
    let literals = Literals { registry, definitions: everywhere };
    for fragment in document.fragments.values() {
        let parent = registry.types.get(fragment.node.type_condition.node.on.node.as_str());
        literals.selections(parent, &fragment.node.selection_set.node)?;
    }
    Ok(())
}

struct Literals<'a> {
    registry: &'a Registry,
    /// The variables that can be named here: those of the operation, and in a fragment those of any.
    definitions: Vec<&'a Positioned<VariableDefinition>>,
}

impl Literals<'_> {
    fn selections(&self, parent: Option<&MetaType>, set: &SelectionSet) -> ServerResult<()> {
        for selection in &set.items {
            self.directives(selection.node.directives())?;
            match &selection.node {
                Selection::Field(field) => self.field(parent, &field.node)?,
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    let parent = on.map_or(parent, |on| self.registry.types.get(on));
                    self.selections(parent, &inline.node.selection_set.node)?;
                }
                Selection::FragmentSpread(_) => {}
            }
        }
        Ok(())
    }

    fn field(&self, parent: Option<&MetaType>, field: &Field) -> ServerResult<()> {
        let meta = parent.and_then(|parent| parent.field_by_name(&field.name.node));
        if let Some(meta) = meta {
            self.arguments(&meta.args, &field.arguments, field.name.pos)?;
        }
        let child = meta.and_then(|meta| self.registry.types.get(MetaTypeName::concrete_typename(&meta.ty)));
        self.selections(child, &field.selection_set.node)
    }

    fn directives(&self, directives: &[Positioned<Directive>]) -> ServerResult<()> {
        for directive in directives {
            if let Some(meta) = self.registry.directives.get(directive.node.name.node.as_str()) {
                self.arguments(&meta.args, &directive.node.arguments, directive.pos)?;
                self.variables(&meta.args, &directive.node.arguments)?;
            }
        }
        Ok(())
    }

    /// The library checks the types of variables in the arguments of fields, but not of directives.
    fn variables(
        &self,
        known: &IndexMap<String, MetaInputValue>,
        given: &[(Positioned<Name>, Positioned<Value>)],
    ) -> ServerResult<()> {
        for (name, value) in given {
            let (Value::Variable(variable), Some(meta)) = (&value.node, known.get(name.node.as_str())) else {
                continue;
            };
            for definition in self.definitions.iter().filter(|definition| definition.node.name.node == *variable) {
                let mut ty = definition.node.var_type.node.clone();
                // A default that is not null stands in for a variable that was left out.
                let stands_in = definition.node.default_value.as_ref().is_some_and(|d| d.node != ConstValue::Null);
                ty.nullable &= !stands_in;
                if !MetaTypeName::create(&meta.ty).is_subtype(&MetaTypeName::create(&ty.to_string())) {
                    let text =
                        format!("Variable \"${variable}\" is not of the type \"{}\" that is needed here.", meta.ty);
                    return Err(wrong(text, value.pos));
                }
            }
        }
        Ok(())
    }

    fn arguments(
        &self,
        known: &IndexMap<String, MetaInputValue>,
        given: &[(Positioned<Name>, Positioned<Value>)],
        at: Pos,
    ) -> ServerResult<()> {
        for (name, value) in given {
            let name = name.node.as_str();
            if let Some(meta) = known.get(name) {
                fits(self.registry, &meta.ty, &value.node, Written::InDocument)
                    .map_err(|misfit| misfit.under(name).refuse(&format!("Argument \"{name}\""), value.pos))?;
            }
        }
        for (name, meta) in known {
            if is_needed(meta) && !given.iter().any(|(given, _)| given.node == name.as_str()) {
                let text = format!("Argument \"{name}\" of type \"{}\" is needed.", meta.ty);
                return Err(refusal_at(FaultCode::ValidationFailed, text, Some(at), [name.as_str()]));
            }
        }
        Ok(())
    }
}

/// Whether a value fits a type; if not, why. A variable fits here: whether its own type does is another rule's work.
fn fits(registry: &Registry, ty: &str, value: &Value, written: Written) -> Result<(), Misfit> {
    if matches!(value, Value::Variable(_)) {
        return Ok(());
    }
    match MetaTypeName::create(ty) {
        MetaTypeName::NonNull(_) if matches!(value, Value::Null) => {
            Err(Misfit::new(format!("\"{ty}\" cannot be null.")))
        }
        MetaTypeName::NonNull(inner) => fits(registry, inner, value, written),
        _ if matches!(value, Value::Null) => Ok(()),
        MetaTypeName::List(inner) => match value {
            Value::List(items) => items.iter().enumerate().try_for_each(|(place, item)| {
                fits(registry, inner, item, written).map_err(|misfit| misfit.under(place.to_string()))
            }),
            one => fits(registry, inner, one, written),
        },
        MetaTypeName::Named(name) => named_fits(registry, name, value, written),
    }
}

fn named_fits(registry: &Registry, name: &str, value: &Value, written: Written) -> Result<(), Misfit> {
    match registry.types.get(name) {
        Some(MetaType::Enum { enum_values, .. }) => enum_fits(name, enum_values, value, written),
        Some(MetaType::InputObject { input_fields, oneof, .. }) => match value {
            Value::Object(given) => object_fits(registry, name, (input_fields, *oneof), given, written),
            _ => Err(Misfit::new(format!("\"{name}\" needs an object."))),
        },
        Some(MetaType::Scalar { is_valid, .. }) => {
            let holds = match (name, value) {
                ("Int", Value::Number(number)) => number.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
                ("Float", Value::Number(_)) | ("String" | "ID", Value::String(_)) | ("Boolean", Value::Boolean(_)) => {
                    true
                }
                ("ID", Value::Number(number)) => number.is_i64() || number.is_u64(),
                ("Int" | "Float" | "String" | "Boolean" | "ID", _) => false,
                // A custom scalar with variables inside cannot be judged before they are filled in.
                (_, value) => match (is_valid, value.clone().into_const()) {
                    (Some(is_valid), Some(constant)) => is_valid(&constant),
                    _ => true,
                },
            };
            if holds { Ok(()) } else { Err(Misfit::new(format!("a value of type \"{name}\" is needed."))) }
        }
        _ => Ok(()),
    }
}

fn enum_fits(
    name: &str,
    known: &IndexMap<String, MetaEnumValue>,
    value: &Value,
    written: Written,
) -> Result<(), Misfit> {
    let held = match (value, written) {
        (Value::Enum(given), Written::InDocument) => known.contains_key(given.as_str()),
        (Value::String(given), Written::InJson) => known.contains_key(given),
        _ => false,
    };
    if held { Ok(()) } else { Err(Misfit::new(format!("a value of the enum \"{name}\" is needed."))) }
}

/// Whether an argument or field must be given.
fn is_needed(meta: &MetaInputValue) -> bool {
    MetaTypeName::create(&meta.ty).is_non_null() && meta.default_value.is_none()
}

fn object_fits(
    registry: &Registry,
    name: &str,
    (known, one_of): (&IndexMap<String, MetaInputValue>, bool),
    given: &IndexMap<Name, Value>,
    written: Written,
) -> Result<(), Misfit> {
    if let Some(extra) = given.keys().find(|key| !known.contains_key(key.as_str())) {
        let extra: String = extra.chars().take(64).collect();
        return Err(Misfit::new(format!("\"{name}\" has no field \"{extra}\".")).under(extra));
    }
    if one_of && (given.len() != 1 || given.values().any(|value| matches!(value, Value::Null))) {
        return Err(Misfit::new(format!("\"{name}\" needs exactly one field, and that not null.")));
    }
    for (field, meta) in known {
        match given.get(field.as_str()) {
            Some(value) => fits(registry, &meta.ty, value, written).map_err(|misfit| misfit.under(field))?,
            None if is_needed(meta) => {
                return Err(Misfit::new(format!("\"{name}\" needs the field \"{field}\".")).under(field));
            }
            None => {}
        }
    }
    Ok(())
}
