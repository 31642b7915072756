//! Fields of one answer that share a name must be the same field (OverlappingFieldsCanBeMerged in the specification).
//! The library looks at one level only. Instead of comparing pairs, each level is grouped by answer name once.

use std::collections::BTreeMap;

use async_graphql::{
    Pos, ServerError, ServerResult,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
    registry::{MetaType, MetaTypeName, Registry},
};

use super::{FaultCode, fault::refusal, rules::root_type};

/// Refuses an operation in which two fields under one name could answer differently. `most` is the most fields that
/// the operation can hold; the work is bounded by a multiple of it.
pub(super) fn check(
    registry: &Registry,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    most: usize,
) -> ServerResult<()> {
    let mut merge = Merge { registry, document, left: most.saturating_mul(8) };
    let root = root_type(registry, operation.ty).and_then(|name| registry.types.get(name));
    merge.level(&[(root, &operation.selection_set.node)], true)
}

/// One occurrence of a field, with the type it is asked of.
#[derive(Clone, Copy)]
struct Use<'a> {
    parent: Option<&'a MetaType>,
    field: &'a Field,
    at: Pos,
}

type Group<'a> = Vec<Use<'a>>;

struct Merge<'a> {
    registry: &'a Registry,
    document: &'a ExecutableDocument,
    left: usize,
}

impl<'a> Merge<'a> {
    /// Checks selection sets that answer into one object. `same` asks for the same field under each name; otherwise
    /// the parents are known to differ, and only the shapes must agree.
    fn level(&mut self, sets: &[(Option<&'a MetaType>, &'a SelectionSet)], same: bool) -> ServerResult<()> {
        let mut groups: BTreeMap<&'a str, Group<'a>> = BTreeMap::new();
        for (parent, set) in sets {
            self.collect(*parent, set, &mut groups)?;
        }
        for uses in groups.values().filter(|uses| !uses.is_empty()) {
            if uses.len() == 1 {
                self.below(uses, same)?;
                continue;
            }
            self.same_shape(uses)?;
            if !same {
                self.below(uses, false)?;
                continue;
            }
            let parts = by_parent(uses);
            for part in &parts {
                same_field(part)?;
                self.below(part, true)?;
            }
            if parts.len() > 1 {
                self.below(uses, false)?;
            }
        }
        Ok(())
    }

    fn below(&mut self, uses: &[Use<'a>], same: bool) -> ServerResult<()> {
        let sets: Vec<_> = uses
            .iter()
            .filter(|each| !each.field.selection_set.node.items.is_empty())
            .map(|each| (self.type_of(*each), &each.field.selection_set.node))
            .collect();
        if sets.is_empty() { Ok(()) } else { self.level(&sets, same) }
    }

    fn collect(
        &mut self,
        parent: Option<&'a MetaType>,
        set: &'a SelectionSet,
        groups: &mut BTreeMap<&'a str, Group<'a>>,
    ) -> ServerResult<()> {
        for selection in &set.items {
            self.left = self.left.checked_sub(1).ok_or_else(|| {
                let text = "Too many fields share a name. Use fewer fragments or aliases.";
                refusal(FaultCode::LimitExceeded, text, Some(selection.pos))
            })?;
            match &selection.node {
                Selection::Field(field) => {
                    let name = field.node.response_key().node.as_str();
                    groups.entry(name).or_default().push(Use { parent, field: &field.node, at: field.pos });
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    let parent = on.map_or(parent, |on| self.registry.types.get(on));
                    self.collect(parent, &inline.node.selection_set.node, groups)?;
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        let parent = self.registry.types.get(fragment.node.type_condition.node.on.node.as_str());
                        self.collect(parent, &fragment.node.selection_set.node, groups)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn type_name(each: Use<'a>) -> Option<&'a str> {
        if each.field.name.node == "__typename" {
            return Some("String!");
        }
        each.parent?.field_by_name(&each.field.name.node).map(|meta| meta.ty.as_str())
    }

    fn type_of(&self, each: Use<'a>) -> Option<&'a MetaType> {
        self.registry.types.get(MetaTypeName::concrete_typename(Self::type_name(each)?))
    }

    fn same_shape(&self, uses: &[Use<'a>]) -> ServerResult<()> {
        let mut known = uses.iter().filter_map(|each| Some((*each, Self::type_name(*each)?)));
        let Some((first, shape)) = known.next() else { return Ok(()) };
        for (other, its) in known {
            let both_composite =
                [first, other].iter().all(|each| self.type_of(*each).is_some_and(MetaType::is_composite));
            let agree = if both_composite { wrapping(shape) == wrapping(its) } else { shape == its };
            if !agree {
                return Err(conflict(first, other, "they return conflicting types"));
            }
        }
        Ok(())
    }
}

/// The uses that can meet in one object: those of each object type, with those of abstract types among them.
fn by_parent<'a>(uses: &[Use<'a>]) -> Vec<Group<'a>> {
    let is_object = |each: &Use<'a>| matches!(each.parent, Some(MetaType::Object { .. }));
    let mut parts: BTreeMap<&str, Group<'a>> = BTreeMap::new();
    for each in uses.iter().filter(|each| is_object(each)) {
        parts.entry(each.parent.map_or("", MetaType::name)).or_default().push(*each);
    }
    let shared: Group<'a> = uses.iter().filter(|each| !is_object(each)).copied().collect();
    if parts.is_empty() {
        return vec![shared];
    }
    for part in parts.values_mut() {
        part.extend(shared.iter().copied());
    }
    parts.into_values().collect()
}

fn same_field(uses: &[Use<'_>]) -> ServerResult<()> {
    let Some((first, others)) = uses.split_first() else { return Ok(()) };
    for other in others {
        if first.field.name.node != other.field.name.node {
            return Err(conflict(*first, *other, "they are different fields"));
        }
        let (one, two) = (&first.field.arguments, &other.field.arguments);
        let equal = one.len() == two.len()
            && one.iter().all(|(name, value)| {
                other.field.get_argument(&name.node).is_some_and(|theirs| theirs.node == value.node)
            });
        if !equal {
            return Err(conflict(*first, *other, "they have different arguments"));
        }
    }
    Ok(())
}

/// The lists and non-nulls around a type's name.
fn wrapping(ty: &str) -> String {
    ty.chars().filter(|c| matches!(c, '[' | ']' | '!')).collect()
}

fn conflict(first: Use<'_>, other: Use<'_>, why: &str) -> ServerError {
    let name = &first.field.response_key().node;
    let text = format!("Fields \"{name}\" conflict because {why}. Use different aliases.");
    let mut error = refusal(FaultCode::ValidationFailed, text, Some(first.at));
    error.locations.push(other.at);
    error
}
